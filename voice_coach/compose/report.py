"""A session's report: from its folder to one HTML file."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voice_coach.adapters import opus, session_folder
from voice_coach.adapters.session_audio import is_whole
from voice_coach.adapters.session_folder import SessionFolder, write_whole
from voice_coach.compose.content import load_content
from voice_coach.compose.earlier import COMPARED_SESSIONS, earlier_rehearsals, is_rehearsal
from voice_coach.compose.forget import named
from voice_coach.core.errors import InputError, StorageError
from voice_coach.core.speech_norms import MEASURES
from voice_coach.report.data import Earlier, Report

if TYPE_CHECKING:
    from collections.abc import Callable

    from voice_coach.compose.content import Content

REPORT = "report.html"
_GROUPS = ("checklist", "mistakes", "delivery", "clarification", "deep_dives")
_NEEDED = frozenset({"source", "engines", "transcript", "speech", "pacing", "score", "feedback", *_GROUPS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A report on disk."""

    path: Path
    size: int
    """In bytes."""
    has_audio: bool
    title: str
    """What was asked, and when, in words."""
    analysis: Mapping[str, Any]


def write_report(folder: Path, *, with_audio: bool = True, content: Content | None = None) -> Path:
    """Writes ``report.html`` into the session's *folder*; see :func:`write_to`."""
    return write_to(folder / REPORT, folder, with_audio=with_audio, content=content).path


def reported(folder: Path, content: Content, tell: Callable[[str], None]) -> Path | None:
    """The report of the session in *folder*. Whatever goes wrong with it is told and loses nothing: it can be written
    again.
    """
    try:
        return write_report(folder, content=content)
    except Exception as failure:  # noqa: BLE001 - a picture is not worth a session
        reason = " ".join(str(failure).split()) or type(failure).__name__
        tell(f"The report could not be written: {reason}; `voice-coach report` tries again.")
        return None


def write_to(path: Path, folder: Path, *, with_audio: bool = True, content: Content | None = None) -> Written:
    """Writes the report of the session in *folder* to *path*.

    *content* names the question and the terms; the bundled one by default. The recording becomes part of the file where
    there is one and *with_audio*. Raises InputError where the session was not judged, StorageError where something
    cannot be read or written.
    """
    from voice_coach.report.page import page

    content = content or load_content()
    session = SessionFolder(path=folder)
    analysis = _analysis(session)
    has_audio = with_audio and session.audio_path.exists() and is_whole(session.audio_path)
    question = str(analysis.get("question") or "")
    pack = content.questions.get(question)
    title, started = pack.title if pack else _words(question), _started(folder.name)
    with ThreadPoolExecutor(max_workers=1) as aside:
        # libopus works on another core while the pages and pictures are made.
        sound = aside.submit(_sound, session.audio_path) if has_audio else None
        text = page(
            Report(
                name=folder.name,
                title=title,
                started=started,
                analysis=analysis,
                journal=session.journal_lines(),
                lexicon=content.lexicon,
                doubt_below=content.rubric.checklist.doubt_below,
                earlier=_earlier(session) if is_rehearsal(analysis) else (),
                sound=None if sound is None else sound.result,
            )
        )
    write_whole(path, text, mend="free space and run voice-coach report")
    return Written(
        path=path,
        size=len(text.encode(errors="backslashreplace")),
        has_audio=has_audio,
        title=", ".join(item for item in (title, started) if item),
        analysis=analysis,
    )


def find_session(root: Path, name: str) -> Path:
    """The folder of the session *name*: a path, or what :func:`~voice_coach.compose.forget.named` finds in *root*.

    Raises InputError.
    """
    path = Path(name).expanduser()
    if (path / session_folder.JOURNAL).is_file():
        return path
    return named(session_folder.find(root), name, lambda session: session.path.name, root).path


def _analysis(session: SessionFolder) -> dict[str, Any]:
    path = session.analysis_path
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as failure:
        message = f"{session.path}: was not judged yet; run voice-coach recover, then this again"
        raise InputError(message) from failure
    except OSError as failure:
        message = f"{path}: cannot be read: {failure.strerror}"
        raise StorageError(message) from failure
    with suppress(ValueError):
        found = json.loads(text)
        if isinstance(found, dict) and set(found) >= _NEEDED:
            return found
    message = f"{path}: is no analysis; delete it and run voice-coach recover"
    raise StorageError(message)


def _sound(path: Path) -> str:
    return f"data:{opus.MEDIA_TYPE};base64,{base64.b64encode(opus.encoded(path)).decode()}"


def _words(question: str) -> str:
    """What a question without a pack is called."""
    words = question.replace("-", " ").replace("_", " ").strip()
    return (words[:1].upper() + words[1:]) if words else "Rehearsal"


def _started(name: str) -> str:
    """When the session called *name* began, as people say it there; empty where its name does not say."""
    with suppress(ValueError):
        began = datetime.strptime(name[:16], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        return f"{began.day} {began:%B %Y, %H:%M} UTC"
    return ""


def _earlier(session: SessionFolder) -> tuple[Earlier, ...]:
    """What the latest rehearsals before this one came to, oldest first."""
    found: list[Earlier] = []
    for analysis in earlier_rehearsals(session):
        with suppress(ValueError, KeyError, TypeError, AttributeError):
            found.append(_past(analysis))
        if len(found) == COMPARED_SESSIONS:
            break
    return tuple(reversed(found))


def _past(found: Mapping[str, Any]) -> Earlier:
    speech = found["speech"]
    return Earlier(
        score=found["score"]["total"],
        speech={name: float(speech[name]) for name in MEASURES if isinstance(speech.get(name), int | float)},
        met=frozenset(item["id"] for item in found["checklist"] if item["verdict"] == "met"),
        judged=frozenset(item["id"] for item in found["checklist"] if item["verdict"] != "not_assessed"),
    )
