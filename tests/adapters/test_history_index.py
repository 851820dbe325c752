"""The index of past sessions: it equals the folders, whatever happens to either."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.sessions_made import NOON, Made, after, analysis_of, make_session
from voice_coach.adapters import history_index
from voice_coach.adapters.history_index import FILE, MIGRATIONS, SET_ASIDE, History, SessionRow, start_of
from voice_coach.core.history import Origin

DAMAGE = ("", "{", "[]", '{"schema": 1}', "[" * 100_000, '{"schema": 1, "score": NaN}', "\x00")


def looked(root: Path) -> tuple[SessionRow, ...]:
    """What the index holds after a look."""
    with History.open(root) as history:
        history.refresh()
        return history.sessions()


def told(root: Path) -> list[str]:
    with History.open(root) as history:
        history.refresh()
        history.sessions()
        return history.told


def fresh(root: Path) -> tuple[SessionRow, ...]:
    """What an index that knew nothing would hold."""
    with History.open(root / "none") as history:
        history._root = root
        history.refresh()
        return history.sessions()


def content(rows: tuple[SessionRow, ...]) -> list[tuple[object, ...]]:
    return [
        (
            row.name,
            row.started,
            row.score,
            row.passed,
            dict(row.verdicts),
            dict(row.speech),
            row.origin,
        )
        for row in rows
    ]


class TestRows:
    def test_newest_first_with_all_that_is_known(self, tmp_path: Path) -> None:
        make_session(tmp_path, Made(missed=("scale",)))
        make_session(tmp_path, Made(started=after(1), drill="opening", passed=False, score=40))
        drill, practice = looked(tmp_path)
        assert (drill.name, drill.drill, drill.passed, drill.score) == (
            "20261121T120000Z-drill-opening",
            "opening",
            False,
            40.0,
        )
        assert practice.folder == tmp_path / practice.name
        assert practice.started == NOON
        assert practice.verdicts["clarification.scale"] == "not_met"
        assert practice.confidences["clarification.scale"] == 0.85
        assert practice.speech["wpm"] == practice.wpm == 131.0
        assert practice.at_microphone

    def test_who_spoke_is_told_by_the_journal(self, tmp_path: Path) -> None:
        make_session(tmp_path)
        make_session(tmp_path, Made(started=after(1), at_microphone=False))
        for day, source in ((2, "audio"), (3, "transcript")):
            folder = make_session(tmp_path, Made(started=after(day)))
            imported = json.dumps({"t": 0.0, "kind": "imported", "file": "a", "question": None})
            (folder / "journal.jsonl").write_text(imported + "\n", encoding="utf-8")
            document = {**analysis_of(Made()), "source": {"kind": source}}
            (folder / "session.json").write_text(json.dumps(document), encoding="utf-8")
        folder = make_session(tmp_path, Made(started=after(4)))
        started = json.dumps({"t": 0.0, "kind": "session_started", "question": "room_said"})
        (folder / "journal.jsonl").write_text(started + "\n", encoding="utf-8")
        for day, journal in ((5, "torn"), (6, "3\n"), (7, "")):
            folder = make_session(tmp_path, Made(started=after(day)))
            (folder / "journal.jsonl").write_text(journal, encoding="utf-8")
        folder = make_session(tmp_path, Made(started=after(8)))
        (folder / "journal.jsonl").unlink()
        assert [row.origin for row in looked(tmp_path)] == [
            *[Origin.UNKNOWN] * 4,
            Origin.RECORDING,
            Origin.TRANSCRIPT,
            Origin.RECORDING,
            Origin.SIMULATED,
            Origin.MICROPHONE,
        ]

    def test_a_folder_of_another_name_has_the_time_of_its_analysis(self, tmp_path: Path) -> None:
        folder = make_session(tmp_path, name="my best one")
        os.utime(folder / "session.json", (1e9, 1e9))
        (row,) = looked(tmp_path)
        assert row.started == datetime.fromtimestamp(1e9, UTC)

    @pytest.mark.parametrize(
        ("name", "is_named"),
        [
            ("20261120T120000Z-url-shortener", True),
            ("20269920T120000Z-url-shortener", False),
            ("sessions", False),
            ("20261120T120000Z", False),
        ],
    )
    def test_names_tell_when_a_session_began(self, name: str, *, is_named: bool) -> None:
        assert (start_of(name) == NOON) is is_named

    def test_what_is_no_session_is_passed_over(self, tmp_path: Path) -> None:
        (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
        (tmp_path / "empty").mkdir()
        (tmp_path / "odd" / "session.json").mkdir(parents=True)
        assert looked(tmp_path) == ()
        assert looked(tmp_path / "none") == ()
        assert not (tmp_path / "none").exists()

    @pytest.mark.parametrize("text", DAMAGE)
    def test_what_is_damaged_is_left_out_and_told_each_time(self, tmp_path: Path, text: str) -> None:
        make_session(tmp_path)
        folder = make_session(tmp_path, Made(started=after(1)))
        (folder / "session.json").write_text(text, encoding="utf-8")
        for _ in range(2):
            assert len(looked(tmp_path)) == 1
            (line,) = told(tmp_path)
            assert line.startswith(f"{folder / 'session.json'}: is damaged (")
            assert line.endswith("and left out; delete it, and voice-coach recover makes it anew")
            assert "\n" not in line

    def test_half_a_character_in_an_analysis_breaks_nothing(self, tmp_path: Path) -> None:
        make_session(tmp_path, Made(question="caf\ud800"), name="20261120T120000Z-cafe")
        (row,) = looked(tmp_path)
        assert row.question == "caf?"

    def test_a_name_that_is_no_text_is_told(self, tmp_path: Path) -> None:
        try:
            make_session(tmp_path, name=os.fsdecode(b"20261120T120000Z-\xff"))
        except OSError:
            pytest.skip("this system takes no such names")
        assert looked(tmp_path) == ()
        (line,) = told(tmp_path)
        assert "its name is no text" in line


class TestFile:
    def test_it_is_private_and_small_beside_the_sessions(self, tmp_path: Path) -> None:
        make_session(tmp_path)
        looked(tmp_path)
        assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
        assert (tmp_path / FILE).stat().st_size < 64_000

    def test_only_what_is_new_or_changed_is_read(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        read: list[str] = []
        original = History._read

        def counting(self: History, name: str, mtime_ns: int, size: int) -> tuple[object, ...] | None:
            read.append(name)
            return original(self, name, mtime_ns, size)

        monkeypatch.setattr(History, "_read", counting)
        folders = [make_session(tmp_path, Made(started=after(number))) for number in range(5)]
        assert len(looked(tmp_path)) == len(read) == 5
        read.clear()
        assert len(looked(tmp_path)) == 5
        assert read == []
        document = analysis_of(Made(score=99))
        (folders[2] / "session.json").write_text(json.dumps(document), encoding="utf-8")
        assert {row.score for row in looked(tmp_path)} == {71.0, 99.0}
        assert read == [folders[2].name]

    def test_nothing_is_written_where_nothing_is_new(self, tmp_path: Path) -> None:
        make_session(tmp_path)
        looked(tmp_path)
        before = (tmp_path / FILE).read_bytes()
        statements: list[str] = []
        with History.open(tmp_path) as history:
            history._connection.set_trace_callback(statements.append)
            history.refresh()
            history.sessions()
        assert all(statement.startswith("SELECT") for statement in statements)
        assert len(statements) == 3
        assert (tmp_path / FILE).read_bytes() == before

    def test_an_old_file_is_brought_up_to_date(self, tmp_path: Path) -> None:
        folder = make_session(tmp_path, Made(score=88))
        status = (folder / "session.json").stat()
        with sqlite3.connect(tmp_path / FILE) as old:
            for statement in MIGRATIONS[0]:
                old.execute(statement)
            old.execute("PRAGMA user_version = 1")
            columns = "name, mtime_ns, size, started_s, kind, at_microphone, score, verdicts, confidences"
            values = (folder.name, status.st_mtime_ns, status.st_size, 1.0, "practice", 1, 88.0, "{}", "{}")
            old.execute(f"INSERT INTO session ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)  # noqa: S608
        old.close()
        with History.open(tmp_path) as history:
            (row,) = history.sessions()
            assert (row.score, row.speech, row.origin) == (88.0, {}, Origin.UNKNOWN)
            history.refresh()
            (row,) = history.sessions()
            assert (row.score, row.speech["wpm"], row.origin) == (88.0, 131.0, Origin.MICROPHONE)
            assert history.told == []
        assert version(tmp_path) == len(MIGRATIONS)

    def test_a_file_of_a_newer_version_is_set_aside(self, tmp_path: Path) -> None:
        make_session(tmp_path)
        with sqlite3.connect(tmp_path / FILE) as newer:
            newer.execute("PRAGMA user_version = 99")
            newer.execute("CREATE TABLE precious (a)")
        newer.close()
        (line,) = told(tmp_path)
        assert line == (
            f"{tmp_path / FILE}: was written by a newer version; it was renamed to {SET_ASIDE}, "
            "and made anew from the sessions"
        )
        assert len(looked(tmp_path)) == 1
        assert told(tmp_path) == []
        with sqlite3.connect(tmp_path / SET_ASIDE) as kept:
            assert kept.execute("SELECT count(*) FROM precious").fetchone() == (0,)
        kept.close()

    @pytest.mark.parametrize("damage", ["garbage", "empty table", "torn", "foreign"])
    def test_a_damaged_file_is_set_aside(self, tmp_path: Path, damage: str) -> None:
        for number in range(30):
            make_session(tmp_path, Made(started=after(number)))
        looked(tmp_path)
        path = tmp_path / FILE
        if damage == "garbage":
            path.write_bytes(b"no database at all" * 100)
        elif damage == "torn":
            path.write_bytes(path.read_bytes()[:4096] + b"\xff" * 40_000)
        else:
            path.unlink()
            with sqlite3.connect(path) as other:
                other.execute("CREATE TABLE session (name)")
                if damage == "empty table":
                    other.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
            other.close()
        (line,) = told(tmp_path)
        assert line.startswith(f"{path}: is damaged; it was renamed to {SET_ASIDE}")
        assert len(looked(tmp_path)) == 30
        assert told(tmp_path) == []

    def test_a_damaged_file_that_cannot_be_renamed_is_passed_over(self, tmp_path: Path) -> None:
        make_session(tmp_path)
        (tmp_path / FILE).write_bytes(b"no database at all" * 100)
        (tmp_path / SET_ASIDE / "full").mkdir(parents=True)
        assert len(looked(tmp_path)) == 1
        assert "it is no index of this program" in told(tmp_path)[0]
        assert (tmp_path / FILE).read_bytes().startswith(b"no database")

    def test_an_analysis_that_cannot_be_read_is_told_and_tried_again(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folder = make_session(tmp_path)

        def refused(path: Path) -> bytes:
            raise PermissionError(13, "Permission denied", str(path))

        with monkeypatch.context() as patched:
            patched.setattr(Path, "read_bytes", refused)
            (line,) = told(tmp_path)
        assert line == f"{folder / 'session.json'}: cannot be read: Permission denied; it is left out"
        assert len(looked(tmp_path)) == 1

    @pytest.mark.parametrize("change", ["verdicts = '{'", "speech = NULL", "kind = 'lesson'"])
    def test_a_row_that_makes_no_sense_is_damage(self, tmp_path: Path, change: str) -> None:
        make_session(tmp_path)
        before = looked(tmp_path)
        with sqlite3.connect(tmp_path / FILE) as connection:
            connection.execute(f"UPDATE session SET {change}")  # noqa: S608 - of this test
        connection.close()
        (line,) = told(tmp_path)
        assert "is damaged; it was renamed" in line
        assert looked(tmp_path) == before

    def test_what_breaks_while_it_is_open_is_made_anew(self, tmp_path: Path) -> None:
        make_session(tmp_path)
        with History.open(tmp_path) as history:
            history.refresh()
            history._connection.execute("DROP TABLE session")
            assert len(history.sessions()) == 1
            assert len(history.told) == 1

    def test_where_it_cannot_be_written_it_is_made_in_memory(self, tmp_path: Path) -> None:
        make_session(tmp_path)
        (tmp_path / FILE).mkdir()
        for _ in range(2):
            assert len(looked(tmp_path)) == 1
        (line,) = told(tmp_path)
        assert line.startswith(f"{tmp_path / FILE}: cannot be used: ")
        assert "read anew each time" in line

    def test_a_folder_that_nobody_may_write_to_is_read(self) -> None:
        # Not even root may here.
        root = Path("/proc/self")
        if not root.is_dir():
            pytest.skip("this system has no such folder")
        assert looked(root) == ()
        assert "cannot be used" in told(root)[0]

    def test_a_file_that_cannot_be_written_any_more_is_used_from_memory(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make_session(tmp_path)
        looked(tmp_path)

        def read_only(path: Path) -> sqlite3.Connection:
            return sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, isolation_level=None)

        monkeypatch.setattr(history_index, "_connected", read_only)
        make_session(tmp_path, Made(started=after(1)))
        with History.open(tmp_path) as history:
            assert len(history.sessions()) == 1
            history.refresh()
            assert len(history.sessions()) == 2
            assert "attempt to write a readonly database" in history.told[0]
            assert history._connection.execute("SELECT count(*) FROM session").fetchone() == (2,)

    def test_a_lock_that_is_never_given_up_is_told(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make_session(tmp_path)
        looked(tmp_path)
        make_session(tmp_path, Made(started=after(1)))
        monkeypatch.setattr(history_index, "BUSY_S", 0.01)
        holder = sqlite3.connect(tmp_path / FILE, isolation_level=None)
        holder.execute("BEGIN EXCLUSIVE")
        assert len(looked(tmp_path)) == 2
        assert "database is locked" in told(tmp_path)[0]
        holder.close()


def version(root: Path) -> int:
    connection = sqlite3.connect(root / FILE)
    found = connection.execute("PRAGMA user_version").fetchone()[0]
    connection.close()
    return int(found)


WORKER = """
import sys
from datetime import timedelta
from pathlib import Path
from tests.sessions_made import NOON, Made, make_session
from voice_coach.adapters.history_index import History

root, mine = Path(sys.argv[1]), int(sys.argv[2])
sys.stdin.readline()
for number in range(8):
    make_session(root, Made(started=NOON + timedelta(seconds=2 * number + mine), turns=1))
    with History.open(root) as history:
        if number == 4:
            history.rebuild()
        history.refresh()
        names = {row.name for row in history.sessions()}
        assert not history.told, history.told
        for own in range(number + 1):
            assert Made(started=NOON + timedelta(seconds=2 * own + mine)).name in names
"""


def test_two_processes_refresh_at_once(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WORKER, str(tmp_path)]
    processes = [
        subprocess.Popen([*command, mine], stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for mine in ("0", "1")
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
    with History.open(tmp_path) as history:
        assert len(history.sessions()) == 16
    assert content(looked(tmp_path)) == content(fresh(tmp_path))


class Folders(RuleBasedStateMachine):
    """Sessions come, change, break and go; the index is looked at, rebuilt, broken and deleted."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self.root = Path(self._folder.name) / "sessions"
        self.root.mkdir()
        self.written = 0

    def teardown(self) -> None:
        self._folder.cleanup()

    def _write(self, folder: Path, text: str) -> None:
        """As a program does it that takes its time: no two files are written in one tick of the clock."""
        path = folder / "session.json"
        path.write_text(text, encoding="utf-8")
        self.written += 1
        os.utime(path, ns=(self.written * 10**9, self.written * 10**9))

    @rule(
        number=st.integers(0, 3),
        score=st.none() | st.integers(0, 100),
        drill=st.sampled_from([None, "opening"]),
        name=st.sampled_from([None, "mine"]),
    )
    def add_or_change(self, number: int, score: int | None, drill: str | None, name: str | None) -> None:
        made = Made(started=after(number), score=score, drill=drill, turns=0, has_sound=False)
        folder = self.root / (name or made.name)
        if not folder.exists():
            make_session(self.root, made, name)
        self._write(folder, json.dumps(analysis_of(made)))

    @rule(data=st.data(), text=st.sampled_from(DAMAGE))
    def damage(self, data: st.DataObject, text: str) -> None:
        for folder in self._one(data):
            self._write(folder, text)

    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        for folder in self._one(data):
            shutil.rmtree(folder)

    @rule()
    def rebuild(self) -> None:
        with History.open(self.root) as history:
            history.rebuild()

    @rule()
    def refresh(self) -> None:
        looked(self.root)

    @rule(content=st.sampled_from([None, b"", b"garbage", b"SQLite format 3\x00" + bytes(4000)]))
    def break_the_index(self, content: bytes | None) -> None:
        path = self.root / FILE
        path.unlink(missing_ok=True)
        if content is not None:
            path.write_bytes(content)

    def _one(self, data: st.DataObject) -> list[Path]:
        folders = sorted(path for path in self.root.iterdir() if path.is_dir())
        return [data.draw(st.sampled_from(folders))] if folders else []

    @invariant()
    def it_equals_the_folders(self) -> None:
        assert content(looked(self.root)) == content(fresh(self.root))


Folders.TestCase.settings = settings(max_examples=8, stateful_step_count=10, deadline=None)
test_the_index_equals_the_folders = Folders.TestCase
