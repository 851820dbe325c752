"""Which earlier sessions a speaker is compared with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.compose.small_engines import CONTENT, small_config
from voice_coach.adapters.session_folder import JournalFile, SessionFolder
from voice_coach.compose.judging import Judging
from voice_coach.core.session_state import SessionState
from voice_coach.core.transcript import Speaker, Transcript, laid_out

TEXT = "We keep the mapping in one table and look it up by the short code, which is one read. " * 10


def earlier(root: Path, number: int, *, words: int = 400, kinds: tuple[str, ...] = ("transcript",)) -> None:
    folder = SessionFolder(path=root / f"2026010{number}T000000Z-url-shortener")
    folder.path.mkdir()
    document = {"source": {"kind": "session"}, "speech": {"words": words, "wpm": 100.0 + number}}
    folder.analysis_path.write_text(json.dumps(document), encoding="utf-8")
    journal = JournalFile(folder.journal_path)
    for kind in kinds:
        journal.write({"t": 0.0, "kind": kind})
    journal.close()


def opened(root: Path, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The folders in *root* whose files are read from now on."""
    seen: set[str] = set()
    for name in ("read_bytes", "read_text", "open"):
        read = getattr(Path, name)

        def noted(path: Path, *given: Any, read: Any = read, **more: Any) -> Any:  # noqa: ANN401 - as Path has them
            if root in path.parents:
                seen.add(path.parent.name)
            return read(path, *given, **more)

        monkeypatch.setattr(Path, name, noted)
    return seen


def sessions_compared_with(root: Path) -> int:
    """How many earlier sessions the speaker's own median of the pace is made of."""
    folder = SessionFolder(path=root / "20270101T000000Z-url-shortener")
    folder.path.mkdir()
    state = SessionState(transcript=Transcript().with_words(Speaker.CANDIDATE, laid_out(TEXT, 0.0, 80.0)))
    judging = Judging(config=small_config(), content=CONTENT)
    judging.write(folder, state, question="url-shortener", stt="none", fell_back=())
    own = judging.last["speech"]["own"]
    return int(own["wpm"]["sessions"]) if "wpm" in own else 0


@pytest.mark.parametrize(
    ("words", "kinds", "counted"),
    [
        (400, ("transcript",), 4),
        (20, ("transcript",), 3),
        (400, ("transcript", "room_said"), 3),
    ],
)
def test_rooms_and_sessions_of_few_words_are_not_how_somebody_speaks(
    words: int, kinds: tuple[str, ...], counted: int, tmp_path: Path
) -> None:
    for number in range(3):
        earlier(tmp_path, number)
    earlier(tmp_path, 3, words=words, kinds=kinds)
    assert sessions_compared_with(tmp_path) == counted


def test_a_session_without_a_journal_is_not_counted(tmp_path: Path) -> None:
    for number in range(4):
        earlier(tmp_path, number)
    next(tmp_path.glob("20260100*/journal.jsonl")).unlink()
    assert sessions_compared_with(tmp_path) == 3


def test_however_many_sessions_there_are_as_few_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The newest ones: feedback does not come later with every session."""
    for number in range(100, 130):
        earlier(tmp_path, number)
    read = opened(tmp_path, monkeypatch)
    assert sessions_compared_with(tmp_path) == 20
    assert len(read) <= 21
    assert "2026010100T000000Z-url-shortener" not in read


def test_among_drills_no_more_than_sixty_are_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(100, 175):
        earlier(tmp_path, number, words=10)
    read = opened(tmp_path, monkeypatch)
    assert sessions_compared_with(tmp_path) == 0
    assert len(read) <= 61
