"""Reports on disk."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from tests.report import made
from voice_coach.cli.app import run
from voice_coach.compose import report as reports
from voice_coach.compose.report import find_session, write_report, write_to
from voice_coach.core.errors import InputError, StorageError


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_it_is_written_whole_for_its_owner_alone_with_the_recording(tmp_path: Path) -> None:
    folder = made.session(tmp_path, audio_s=20.0)
    path = write_report(folder)
    assert path == folder / "report.html"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not list(folder.glob("*.part"))
    first = text(path)
    assert "data:audio/webm;base64," in first
    assert "URL shortener</h1>" in first
    assert "30 November 2026, 18:15 UTC" in first
    assert text(write_report(folder)) == first, "the same session gives the same bytes"


def test_it_can_do_without_the_recording(tmp_path: Path) -> None:
    folder = made.session(tmp_path, audio_s=5.0)
    other = tmp_path / "page.html"
    written = write_to(other, folder, with_audio=False)
    assert not written.has_audio
    assert written.size == other.stat().st_size
    assert "<audio" not in text(other)
    (folder / "audio.flac").unlink()
    assert "<audio" not in text(write_report(folder))


def test_a_recording_that_broke_off_is_left_out(tmp_path: Path) -> None:
    folder = made.session(tmp_path, audio_s=5.0)
    sound = folder / "audio.flac"
    sound.write_bytes(sound.read_bytes()[:21] + bytes(5) + sound.read_bytes()[26:])
    assert "<audio" not in text(write_report(folder))


def test_terms_of_the_lexicon_are_marked(tmp_path: Path) -> None:
    assert 'class="w m"' in text(write_report(made.session(tmp_path)))


def test_a_session_that_was_not_judged_says_how_to_have_it_judged(tmp_path: Path) -> None:
    folder = made.session(tmp_path)
    (folder / "session.json").unlink()
    with pytest.raises(InputError, match=r"was not judged yet; run voice-coach recover"):
        write_report(folder)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"schema": 1}'])
def test_an_analysis_that_is_none_is_named(tmp_path: Path, content: str) -> None:
    folder = made.session(tmp_path)
    (folder / "session.json").write_text(content, encoding="utf-8")
    with pytest.raises(StorageError, match=r"session\.json: is no analysis"):
        write_report(folder)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    folder = made.session(tmp_path)
    folder.chmod(0o500)
    with pytest.raises(StorageError, match=r"report\.html: cannot be written"):
        write_report(folder)


def test_sessions_of_ones_own_are_compared_and_nothing_else(tmp_path: Path) -> None:
    for day in range(1, 5):
        made.session(tmp_path, name=f"2026110{day}T181500Z-url-shortener")
    room = made.session(tmp_path, name="20261105T181500Z-url-shortener")
    with (room / "journal.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps({"t": 1.0, "kind": "room_said"}) + "\n")
    made.session(tmp_path, made.analysis(drill={"kind": "storage"}), name="20261106T181500Z-drill-storage")
    made.session(tmp_path, made.not_assessed(), name="20261107T181500Z-url-shortener")
    (made.session(tmp_path, name="20261108T181500Z-url-shortener") / "session.json").write_text(
        "{", encoding="utf-8"
    )
    made.session(tmp_path, name="20261231T181500Z-url-shortener")
    assert "Against your last 4 sessions" in text(write_report(made.session(tmp_path)))


@pytest.mark.parametrize(
    "unlike",
    [
        made.analysis(drill={"kind": "storage", "passed": True, "items": []}),
        made.without_times(made.analysis()),
    ],
    ids=["a drill", "laid-out times"],
)
def test_what_is_no_rehearsal_is_not_compared(tmp_path: Path, unlike: dict[str, Any]) -> None:
    for day in range(1, 5):
        made.session(tmp_path, name=f"2026110{day}T181500Z-url-shortener")
    assert "Against your last" not in text(write_report(made.session(tmp_path, unlike)))


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("a.srt", "1\n00:"),
        ("a.vtt", "WEBVTT\n"),
        ("a.md", "# URL shortener, 30 November 2026, 18:15 UTC\n\n**Coach** (0:00) Design a service"),
    ],
)
def test_the_transcript_can_be_had_as_a_file(
    tmp_path: Path, name: str, begins: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = made.session(tmp_path)
    path = tmp_path / name
    assert run(["report", str(folder), "--no-open", "--transcript", str(path)]) == 0
    assert text(path).startswith(begins)
    assert capsys.readouterr().out == f"{folder / 'report.html'}\n{path}\n"


@pytest.mark.parametrize("name", ["a.pdf", "none/a.md"])
def test_a_transcript_that_cannot_be_written_is_told_before(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = made.session(tmp_path)
    assert run(["report", str(folder), "--no-open", "--transcript", str(tmp_path / name)]) == 2
    assert name in capsys.readouterr().err
    assert not (folder / "report.html").exists()


class TestFinding:
    @pytest.fixture
    def root(self, tmp_path: Path) -> Path:
        for name in ("20261101T181500Z-url-shortener", "20261101T191500Z-chat", "20261102T181500Z-chat"):
            made.session(tmp_path, name=name)
        return tmp_path

    @pytest.mark.parametrize(
        ("named", "found"),
        [
            ("latest", "20261102T181500Z-chat"),
            ("20261101T191500Z-chat", "20261101T191500Z-chat"),
            ("20261101T19", "20261101T191500Z-chat"),
            ("{root}/20261101T191500Z-chat", "20261101T191500Z-chat"),
        ],
    )
    def test_it_is_found(self, root: Path, named: str, found: str) -> None:
        assert find_session(root, named.format(root=root)) == root / found

    @pytest.mark.parametrize(
        ("named", "told"),
        [("20261101", "is the beginning of 2 sessions"), ("2025", "no session in .* is called")],
    )
    def test_what_is_not_one_session_is_told(self, root: Path, named: str, told: str) -> None:
        with pytest.raises(InputError, match=told):
            find_session(root, named)

    def test_where_nothing_is_kept_that_is_told(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="holds no such session yet"):
            find_session(tmp_path / "none", "latest")


def test_the_latest_are_looked_at_and_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "COMPARED_SESSIONS", 3)
    for day in range(1, 7):
        made.session(tmp_path, name=f"2026110{day}T181500Z-url-shortener")
    assert "Against your last 3 sessions" in text(write_report(made.session(tmp_path)))
