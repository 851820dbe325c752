"""What is forgotten, and that nothing else is."""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sessions_made import NOON, Made, after, make_session
from voice_coach.adapters.history_index import FILE, SET_ASIDE, History
from voice_coach.compose.forget import (
    Forgetting,
    forget_all_sound,
    forget_everything,
    forget_expired,
    forget_named,
    keep_to_retention,
    what,
)
from voice_coach.core.errors import InputError, StorageError
from voice_coach.core.history import HistorySettings

OURS = ("audio.flac", "journal.jsonl", "report.html", "session.json")


def tree(root: Path) -> set[str]:
    return {str(path.relative_to(root)) for path in root.rglob("*")}


@contextmanager
def running(folder: Path) -> Iterator[None]:
    """As a session has its journal."""
    handle = os.open(folder / "journal.jsonl", os.O_WRONLY | os.O_APPEND)
    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    try:
        yield
    finally:
        os.close(handle)


def indexed(root: Path) -> list[str]:
    """What the index holds without a look."""
    with History.open(root) as history:
        return [row.name for row in history.sessions()]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Three sessions with an index, and what is somebody's own."""
    folder = tmp_path / "sessions"
    for number in range(3):
        make_session(folder, Made(started=after(number)))
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    (folder / "photos").mkdir()
    (folder / "photos" / "audio.flac").write_bytes(b"mine")
    with History.open(folder) as history:
        history.refresh()
    return folder


FIRST = "20261120T120000Z-url-shortener"
LAST = "20261122T120000Z-url-shortener"


class TestNames:
    @pytest.mark.parametrize(
        ("name", "found"), [(FIRST, FIRST), ("20261120", FIRST), ("latest", LAST), ("20261122T12", LAST)]
    )
    def test_a_session_is_named_in_full_or_shortened(self, root: Path, name: str, found: str) -> None:
        chosen = forget_named(root, name, is_sound_alone=False)
        assert [folder.path.name for folder in chosen.sessions] == [found]

    def test_a_session_is_named_by_its_folder(self, root: Path, tmp_path: Path) -> None:
        (folder,) = forget_named(root, f"{root / FIRST}/", is_sound_alone=False).sessions
        assert folder.path == root / FIRST
        with pytest.raises(InputError, match="no session in"):
            forget_named(root, str(tmp_path / "elsewhere" / FIRST), is_sound_alone=False)

    @pytest.mark.parametrize(
        ("name", "reason"),
        [
            ("2026112", "is the beginning of 3 sessions"),
            ("2025", "no session in"),
            ("", "no session in"),
            ("photos", "no session in"),
            ("../sessions", "no session in"),
        ],
    )
    def test_a_name_that_means_none_or_several_is_told(self, root: Path, name: str, reason: str) -> None:
        with pytest.raises(InputError, match=reason):
            forget_named(root, name, is_sound_alone=False)

    def test_a_name_may_be_the_beginning_of_another_one(self, tmp_path: Path) -> None:
        make_session(tmp_path, name="talk")
        make_session(tmp_path, name="talk-2")
        (folder,) = forget_named(tmp_path, "talk", is_sound_alone=False).sessions
        assert folder.path.name == "talk"

    def test_where_there_is_none_it_is_told(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="holds no such session yet"):
            forget_named(tmp_path / "none", "latest", is_sound_alone=True)


class TestForgetting:
    def test_one_session_goes_with_its_folder_and_its_row(self, root: Path) -> None:
        before = tree(root)
        done = forget_named(root, "20261121", is_sound_alone=False).carry_out()
        gone = "20261121T120000Z-url-shortener"
        assert before - tree(root) == {gone, *(f"{gone}/{name}" for name in OURS)}
        assert (done.files, done.left) == (4, ())
        assert gone not in indexed(root)
        assert len(indexed(root)) == 2

    def test_the_sound_of_one_goes_with_the_report_that_holds_it(self, root: Path) -> None:
        before = tree(root)
        forget_named(root, "latest", is_sound_alone=True).carry_out()
        assert before - tree(root) == {f"{LAST}/audio.flac", f"{LAST}/report.html"}
        assert len(indexed(root)) == 3

    def test_all_sound_goes_and_nothing_else(self, root: Path) -> None:
        before = tree(root)
        forget_all_sound(root).carry_out()
        gone = {name for name in before if not name.startswith("photos")}
        gone = {name for name in gone if name.endswith(("audio.flac", "report.html"))}
        assert before - tree(root) == gone
        assert len(gone) == 6
        assert forget_all_sound(root).is_empty

    def test_everything_is_what_the_program_wrote(self, root: Path) -> None:
        (root / SET_ASIDE).write_bytes(b"x")
        (root / "evening.json").write_text("{}", encoding="utf-8")
        (root / "evening-simulated.json").write_text("{}", encoding="utf-8")
        (root / f"{FILE}-journal").write_bytes(b"")
        (root / "20261123T120000Z-never-began").mkdir()
        (root / FIRST / "session.json.part").write_text("half", encoding="utf-8")
        forget_everything(root).carry_out()
        assert tree(root) == {"notes.txt", "photos", "photos/audio.flac"}

    def test_what_is_not_the_programs_stays_and_is_told(self, root: Path) -> None:
        (root / FIRST / "my notes.md").write_text("mine", encoding="utf-8")
        done = forget_everything(root).carry_out()
        assert done.left == (root / FIRST / "my notes.md",)
        assert (root / FIRST / "my notes.md").read_text(encoding="utf-8") == "mine"

    def test_what_another_program_calls_the_same_is_no_session(self, root: Path) -> None:
        for name, file, text in [
            ("diary", "journal.jsonl", '{"t": 0, "kind": "entry"}\n'),
            ("notes", "journal.jsonl", "Dear diary\n"),
            ("browser", "session.json", '{"schema": 3, "tabs": []}'),
            ("editor", "session.json", "[1]"),
        ]:
            (root / name).mkdir()
            (root / name / file).write_text(text, encoding="utf-8")
        kept = make_session(root, name="my best one")
        (kept / "journal.jsonl").unlink()  # still known by its analysis
        before = tree(root)
        forget_everything(root).carry_out()
        others = {"diary", "notes", "browser", "editor"}
        assert {name for name in before if name.split("/")[0] in others} <= tree(root)
        assert not kept.exists()

    def test_a_folder_that_goes_meanwhile_hides_no_other(
        self, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        gone = root / "20261101T120000Z-gone"
        gone.mkdir()
        exists = Path.exists

        def goes(path: Path) -> bool:
            if path.parent == gone and gone.is_dir():
                gone.rmdir()
            return exists(path)

        monkeypatch.setattr(Path, "exists", goes)
        assert len(forget_everything(root).sessions) == 3

    def test_links_are_not_followed(self, root: Path, tmp_path: Path) -> None:
        elsewhere = make_session(tmp_path / "elsewhere")
        (root / "20261124T120000Z-linked").symlink_to(elsewhere)
        (root / LAST / "audio.flac").unlink()
        (root / LAST / "audio.flac").symlink_to(elsewhere / "audio.flac")
        forget_everything(root).carry_out()
        assert tree(elsewhere) == set(OURS)
        assert not (root / LAST).exists()

    @pytest.mark.parametrize(
        "choose",
        [
            lambda root: forget_named(root, "latest", is_sound_alone=False),
            forget_all_sound,
            forget_everything,
        ],
        ids=["session", "sound", "everything"],
    )
    def test_a_running_session_is_refused_before_anything_is_deleted(
        self, root: Path, choose: Callable[[Path], Forgetting]
    ) -> None:
        before = tree(root)
        with running(root / LAST), pytest.raises(InputError, match="is still running; end it first"):
            choose(root)
        assert tree(root) == before

    def test_what_cannot_be_deleted_is_told_and_the_history_is_still_right(self, root: Path) -> None:
        (root / LAST / "report.html").unlink()
        (root / LAST / "report.html").mkdir()
        with pytest.raises(StorageError, match=r"report.html: cannot be deleted: .*; delete it yourself"):
            forget_everything(root).carry_out()
        assert indexed(root) == [LAST]

    def test_without_an_index_none_is_made(self, root: Path) -> None:
        (root / FILE).unlink()
        forget_named(root, "latest", is_sound_alone=False).carry_out()
        assert not (root / FILE).exists()

    @pytest.mark.parametrize(
        ("chosen", "words"),
        [
            (Forgetting(root=Path()), "nothing"),
            (Forgetting(root=Path(), has_state=True), "the history"),
        ],
    )
    def test_what_is_deleted_is_said(self, chosen: Forgetting, words: str) -> None:
        assert what(chosen) == words

    def test_sessions_and_sound_are_counted_in_what_is_said(self, root: Path) -> None:
        assert what(forget_named(root, "latest", is_sound_alone=False)) == LAST
        assert what(forget_named(root, "latest", is_sound_alone=True)) == (
            f"the sound of {LAST}, with the reports that hold it"
        )
        assert what(forget_everything(root)) == "3 sessions and the history"
        assert what(forget_all_sound(root)) == "the sound of 3 sessions, with the reports that hold it"


class TestRetention:
    NOW = after(10.5)

    def kept(self, root: Path, **settings: int) -> Forgetting:
        return forget_expired(root, HistorySettings(**settings), self.NOW)

    def test_by_default_all_is_kept(self, root: Path) -> None:
        assert self.kept(root).is_empty

    @pytest.mark.parametrize(("days", "count"), [(8, 3), (9, 2), (10, 1), (11, 0), (36_500, 0)])
    def test_sessions_are_kept_so_many_days(self, root: Path, days: int, count: int) -> None:
        assert len(self.kept(root, keeps_sessions_days=days).sessions) == count
        assert len(self.kept(root, keeps_audio_days=days).sound) == count

    def test_a_session_that_goes_needs_no_second_deletion(self, root: Path) -> None:
        chosen = self.kept(root, keeps_audio_days=9, keeps_sessions_days=10)
        assert [folder.path.name for folder in chosen.sessions] == [FIRST]
        assert [folder.path.name[:8] for folder in chosen.sound] == ["20261121"]

    def test_what_has_no_sound_any_more_is_not_told_again(self, root: Path) -> None:
        self.kept(root, keeps_audio_days=1).carry_out()
        assert self.kept(root, keeps_audio_days=1).is_empty

    def test_a_running_session_is_left_alone(self, root: Path) -> None:
        with running(root / FIRST):
            names = [folder.path.name for folder in self.kept(root, keeps_sessions_days=1).sessions]
        assert FIRST not in names
        assert len(names) == 2

    def test_a_folder_of_another_name_has_the_age_of_its_latest_file(self, root: Path) -> None:
        folder = make_session(root, name="my best one")
        os.utime(folder, (NOON.timestamp(), NOON.timestamp()))
        assert folder in [item.path for item in self.kept(root, keeps_sessions_days=10).sessions]

    def test_a_folder_whose_age_cannot_be_read_is_told(
        self, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folder = make_session(root, name="my best one")
        stat = Path.stat

        def fails(path: Path, *, follow_symlinks: bool = True) -> os.stat_result:
            if path == folder:
                raise PermissionError(13, "Permission denied")
            return stat(path, follow_symlinks=follow_symlinks)

        monkeypatch.setattr(Path, "stat", fails)
        with pytest.raises(StorageError, match="my best one: cannot be read"):
            self.kept(root, keeps_sessions_days=10)

    def test_what_was_deleted_is_told(self, root: Path) -> None:
        told: list[str] = []
        keep = HistorySettings(keeps_sessions_days=10)
        for _ in range(2):
            keep_to_retention(root, keep, self.NOW, told.append)
        assert told == [f"As [history] in the settings says: deleted {FIRST}."]
        keep_to_retention(root / "none", keep, self.NOW, told.append)
        assert len(told) == 1

    def test_that_it_cannot_be_deleted_is_told_and_ends_nothing(self, root: Path) -> None:
        (root / FIRST / "audio.flac").unlink()
        (root / FIRST / "audio.flac").mkdir()
        told: list[str] = []
        keep_to_retention(root, HistorySettings(keeps_sessions_days=10), self.NOW, told.append)
        assert len(told) == 1
        assert "could not be deleted" in told[0]


@settings(max_examples=25, deadline=None)
@given(
    present=st.lists(st.sets(st.sampled_from([*OURS, "mine.txt"])), min_size=1, max_size=4),
    data=st.data(),
)
def test_forgetting_removes_exactly_what_it_names(present: list[set[str]], data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        names = []
        for number, files in enumerate(present):
            session = make_session(root, Made(started=after(number), turns=0))
            for name in OURS:
                if name not in files | {"journal.jsonl"}:
                    (session / name).unlink()
            if "mine.txt" in files:
                (session / "mine.txt").write_text("mine", encoding="utf-8")
            names.append(session.name)
        name = data.draw(st.sampled_from(names))
        sound = data.draw(st.booleans())
        before = tree(root)
        forget_named(root, name, is_sound_alone=sound).carry_out()
        ours = {"audio.flac", "report.html"} if sound else set(OURS)
        gone = {f"{name}/{item}" for item in ours} & before
        if not sound and f"{name}/mine.txt" not in before:
            gone.add(name)
        assert tree(root) == before - gone
