"""Judges a file: the recording goes through the same ears as a live session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

from voice_coach.adapters.session_audio import read_candidate
from voice_coach.adapters.transcript_file import read_transcript
from voice_coach.compose.engines import engine_needs, make_ears, make_stt, not_on_gpu
from voice_coach.compose.judging import Judging
from voice_coach.compose.options import AUDIO_SUFFIXES, TRANSCRIPT_SUFFIXES
from voice_coach.core.analysis import Answer, Engines, Source, SourceKind
from voice_coach.core.audio import RATE_HZ, duration_s
from voice_coach.core.errors import InputError
from voice_coach.core.transcript import Speaker, Transcript
from voice_coach.listening import frames_of, listen, tells_language
from voice_coach.prompts.questions import match_question

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from voice_coach.compose.content import Content
    from voice_coach.config import Config
    from voice_coach.core.audio import Pcm
    from voice_coach.ports import SpeechToText
    from voice_coach.shell import Ears

MARKDOWN_SUFFIXES = (".md", ".markdown")
_NEARLY = 0.99
"""As much as was listened to while there may be more."""


def analyze_file(
    path: Path,
    question: str | None,
    config: Config,
    content: Content,
    *,
    on_progress: Callable[[float], None],
) -> dict[str, Any]:
    """The analysis of the recording or transcript at *path*, as the contract spells it.

    *on_progress* gets how much of a recording was listened to, and 1 when only the verdicts are left.
    Raises InputError for a file that is missing, empty, corrupt or of an unknown kind.
    """
    if path.is_dir():
        message = f"{path}: is a folder: name a file in it"
        raise InputError(message)
    if not path.is_file():
        message = f"{path}: no such file"
        raise InputError(message)
    suffix = path.suffix.lower()
    judging = Judging(config=config, content=content)
    if suffix in TRANSCRIPT_SUFFIXES:
        transcript, asked = read_transcript(path, content.lexicon.fillers)
        on_progress(1.0)
        return judging.document(
            Answer(
                transcript=judging.corrected(transcript),
                source=Source(kind=SourceKind.TRANSCRIPT),
                engines=Engines(),
                **_question(content, question or asked),
            )
        )
    if suffix not in AUDIO_SUFFIXES:
        raise InputError(_unread(path))
    pcm = read_candidate(path)
    stt = make_stt(engine_needs(config, content))
    transcript = transcribe(pcm, make_ears(config, of_one=False), stt, on_progress)
    on_progress(1.0)
    return judging.document(
        Answer(
            transcript=transcript,
            source=Source(kind=SourceKind.AUDIO, duration_s=duration_s(pcm), sample_rate_hz=RATE_HZ),
            engines=Engines(stt=stt.name),
            **_question(content, question),
        ),
        () if stt.fallback is None else (not_on_gpu(stt.name, stt.fallback),),
    )


def transcribe(pcm: Pcm, ears: Ears, stt: SpeechToText, on_progress: Callable[[float], None]) -> Transcript:
    """All words in *pcm* (16 kHz mono), said by one candidate."""
    transcript = Transcript()
    for heard in listen(frames_of(pcm), ears.detector, ears.endpointer):
        for piece in heard.pieces:
            if tells_language(piece, transcript):
                transcript = transcript.with_language(stt.other_language(piece))
            transcript = transcript.with_words(Speaker.CANDIDATE, stt.transcribe(piece))
            on_progress(min(_NEARLY, piece.end_s * RATE_HZ / len(pcm)))
    return transcript


def _unread(path: Path) -> str:
    """Why the file at *path* cannot be analysed, and what can."""
    kinds = ", ".join(sorted(item.removeprefix(".") for item in (*AUDIO_SUFFIXES, *TRANSCRIPT_SUFFIXES)))
    if path.suffix.lower() in MARKDOWN_SUFFIXES:
        return (
            f"{path}: Markdown cannot be analysed; known are {kinds}: voice-coach report --transcript FILE.vtt writes "
            "a session's words so"
        )
    return f"{path}: cannot tell what this is; known are {kinds}"


class _Asked(TypedDict, total=False):
    question: str
    asked: str


def _question(content: Content, named: str | None) -> _Asked:
    """What an answer's question is: a pack's id where one fits, else the words as they are, and its words."""
    if named is None:
        return {}
    found = match_question(content.questions, named)
    if found is None:
        return {"question": named, "asked": named}
    return {"question": found.id, "asked": f"{named} {found.asked}"}
