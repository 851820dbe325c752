"""``voice-coach history`` in this process: what it prints, deletes and refuses."""

from __future__ import annotations

import csv
import io
import json
import sys
from typing import TYPE_CHECKING, Any

import pytest
from rich.console import Console

from tests.compose.test_forget import running, tree
from tests.sessions_made import Made, after, make_session
from voice_coach.adapters.history_index import FILE
from voice_coach.cli import history as command
from voice_coach.cli.app import run
from voice_coach.cli.history import BARS
from voice_coach.cli.options import CommandOptions
from voice_coach.compose.history import Overview, overview
from voice_coach.core.history import HistorySettings

if TYPE_CHECKING:
    from pathlib import Path

Printed = pytest.CaptureFixture[str]
NOW = after(9.2)


@pytest.fixture(autouse=True)
def _nothing_of_the_users(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("CONFIG", "DATA", "CACHE"):
        monkeypatch.setenv(f"VOICE_COACH_{name}", str(tmp_path / "none" / name))
    monkeypatch.setattr(command, "_now", lambda: NOW)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Eight rehearsals, the later the better, a drill and a simulated room."""
    folder = tmp_path / "sessions"
    for number in range(8):
        missed = ["storage_decision", "rambling", *(["opening_roadmap"] if number < 4 else [])]
        made = Made(started=after(number), missed=missed, score=50 + number, wpm=120.0 + number)
        make_session(folder, made)
    items = [("clarify", "met"), ("estimate", "not_met"), ("wrap_up", "not_met")]
    drill = Made(started=after(8), drill="framework", passed=False, score=33, answer_s=48.0, items=items)
    make_session(folder, drill)
    make_session(folder, Made(started=after(9), at_microphone=False, score=None))
    return folder


def done(capsys: Printed, root: Path, *arguments: str, status: int = 0) -> tuple[str, str]:
    """What a command prints on stdout and stderr."""
    assert run(["history", *arguments, "--sessions", str(root)]) == status
    captured = capsys.readouterr()
    return captured.out, captured.err


def document(capsys: Printed, root: Path, *arguments: str) -> Any:  # noqa: ANN401 - any JSON
    out, err = done(capsys, root, *arguments, "--json")
    assert err == ""
    return json.loads(out)


class TestList:
    def test_plain_lines_where_nobody_watches(self, capsys: Printed, root: Path) -> None:
        out, err = done(capsys, root)
        lines = out.splitlines()
        assert err == ""
        assert lines[0].split() == ["session", "when", "what", "length", "score", "wpm", "fillers/min"]
        assert lines[1].startswith("20261129T120000Z  29 Nov ")
        assert lines[1][32:] == "url-shortener      12:22      –  131          3.2  not judged, simulated"
        assert lines[2][32:] == "drill: framework    0:48     33  131          3.2  not passed"
        told = "What was not spoken at a microphone counts for nothing in trends, streaks and drills."
        assert lines.count(told) == 1
        assert "Your own trend, over 8 rehearsals at a microphone:" in lines
        assert f"words a minute       127          123  +3%  {BARS}" in lines
        assert "Better: opening roadmap (3 of the latest 3, 1 of 5 before)" in lines
        assert (
            "Keeps missing: storage decision (not heard in 5 of the latest 5); "
            "rambling (made in 5 of the latest 5)" in lines
        )
        assert lines[-1] == "9 days in a row."

    def test_what_is_listed_names_a_session(self, capsys: Printed, root: Path) -> None:
        for name in ("20261121T120000Z-twin", "my best one"):
            make_session(root, name=name)
        out, _ = done(capsys, root)
        cells = [line.split("  ")[0] for line in out.splitlines()[1:13]]
        assert "my best one" in cells
        assert "20261121T120000Z-url-shortener" in cells, "two began then"
        for cell in cells:
            assert document(capsys, root, "show", cell)["name"].startswith(cell)

    def test_nothing_is_said_of_simulated_ones_where_there_are_none(
        self, capsys: Printed, root: Path
    ) -> None:
        done(capsys, root, "forget", "latest", "--yes")
        out, _ = done(capsys, root)
        assert "counts for nothing" not in out

    def test_so_many_are_listed_and_all_count(self, capsys: Printed, root: Path) -> None:
        out, _ = done(capsys, root, "--limit", "2")
        assert out.count("url-shortener") == 1
        assert "over 8 rehearsals" in out

    def test_as_json(self, capsys: Printed, root: Path) -> None:
        found = document(capsys, root, "--limit", "3")
        assert [row["kind"] for row in found["sessions"]] == ["practice", "drill", "practice"]
        assert found["of"] == 10
        assert found["days_in_a_row"] == 9
        assert found["notes"] == []
        assert found["trends"]["sessions"] == 8
        assert found["trends"]["measures"][0] == {
            "id": "wpm",
            "latest": 127.0,
            "median": 123.0,
            "deviation": 0.033,
            "sessions": 8,
        }
        changes = {item["id"]: item["change"] for item in found["trends"]["elements"]}
        assert changes["checklist.opening_roadmap"] == "improved"
        assert changes["checklist.storage_decision"] == "keeps_missing"
        assert changes["checklist.scaling_strategy"] is None

    def test_few_sessions_claim_nothing(self, capsys: Printed, tmp_path: Path) -> None:
        for number in (0, 4):
            make_session(tmp_path, Made(started=after(number), missed=["rambling"]))
        out, _ = done(capsys, tmp_path)
        assert "over 2 rehearsals" in out
        assert "%" not in out
        assert "Keeps missing" not in out
        assert "in a row" not in out

    def test_no_session_yet(self, capsys: Printed, tmp_path: Path) -> None:
        assert run(["history"]) == 0
        assert "No session was judged yet" in capsys.readouterr().out
        assert not (tmp_path / "none").exists()
        assert document(capsys, tmp_path)["sessions"] == []

    def test_what_is_damaged_is_told_beside_the_data(self, capsys: Printed, root: Path) -> None:
        folder = make_session(root, Made(started=after(9.1)))
        (folder / "session.json").write_text("{", encoding="utf-8")
        out, err = done(capsys, root, "--json")
        assert json.loads(out)["of"] == 10
        assert err.startswith(f"voice-coach: {folder / 'session.json'}: is damaged")
        assert err.count("\n") == 1

    @pytest.mark.parametrize("width", [80, 120])
    def test_on_a_terminal_it_fits(self, root: Path, width: int) -> None:
        asked = "Design a service that lets everybody book a seat"
        other = Made(started=after(9.1), question=asked, at_microphone=False)
        make_session(root, other, name="20261129T150000Z-imported")
        make_session(root, Made(started=after(9.15), drill="failure-modes", passed=False))
        console = Console(file=io.StringIO(), force_terminal=True, width=width, color_system=None)
        found: Overview = overview(root, HistorySettings(), NOW)
        command.show_all(console, found, 20)
        assert isinstance(console.file, io.StringIO)
        lines = console.file.getvalue().splitlines()
        assert max(map(len, lines)) <= width
        assert any(BARS in line for line in lines)
        assert ("fillers/min" in lines[0]) is (width > 80)
        assert all(line.startswith("2026") for line in lines[1:13]), "no line is wrapped"
        assert sum("drill: framework" in line for line in lines) == 1

    @pytest.mark.parametrize(
        ("values", "bars"), [((), ""), ((3.0,), ""), ((2.0, 2.0), "▅▅"), ((1.0, 8.0, 4.5), "▁█▅")]
    )
    def test_bars(self, values: tuple[float, ...], bars: str) -> None:
        assert command._bars(values) == bars

    @pytest.mark.parametrize(
        ("arguments", "part"),
        [
            (["--limit", "-1"], "--limit"),
            (["--limit", "3", "show", "latest"], "options stand after the command: voice-coach history show"),
            (["--json", "rebuild"], "options stand after the command"),
            (["nosuch"], "No such command 'nosuch'"),
            (["forget"], "name a session, or one of --audio, --everything and --expired"),
            (["forget", "latest", "--everything"], "name a session, or one of"),
            (["forget", "--audio", "--expired"], "name a session, or one of"),
            (["--sessions", "absent"], "--sessions absent: no such folder"),
        ],
    )
    def test_wrong_use_is_one_line(self, capsys: Printed, arguments: list[str], part: str) -> None:
        assert run(["history", *arguments]) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert part in err
        assert err.count("\n") == 1


class TestShow:
    def test_one_by_the_beginning_of_its_name(self, capsys: Printed, root: Path) -> None:
        out, _ = done(capsys, root, "show", "20261120")
        lines = dict(line.split("  ", 1) for line in out.splitlines())
        assert lines["session"].strip() == "20261120T120000Z-url-shortener"
        assert "opening roadmap" in lines["not heard"]
        assert lines["mistakes"].strip() == "rambling"
        assert "storage decision" not in lines["heard"]

    def test_the_latest_as_json(self, capsys: Printed, root: Path) -> None:
        found = document(capsys, root, "show", "latest")
        assert document(capsys, root, "show") == found
        assert found["name"] == "20261129T120000Z-url-shortener"
        assert found["started"] == "2026-11-29T12:00:00Z"
        assert (found["at_microphone"], found["origin"]) == (False, "simulated")
        assert found["verdicts"]["checklist.opening_roadmap"] == "met"

    def test_doubt_is_told(self, capsys: Printed, root: Path) -> None:
        for confidence, said in ((0.61, "storage decision (perhaps)"), (0.62, "storage decision")):
            made = Made(started=after(9.1), missed=["storage_decision"], confidence=confidence)
            make_session(root, made, name=f"doubt-{confidence}")
            out, _ = done(capsys, root, "show", f"doubt-{confidence}")
            (line,) = (line for line in out.splitlines() if line.startswith("not heard"))
            assert line.split("  ")[-1].strip() == said

    def test_it_is_the_doubt_of_the_report_whatever_counts_in_a_trend(
        self, capsys: Printed, root: Path, tmp_path: Path
    ) -> None:
        settings = tmp_path / "config.toml"
        settings.write_text("[history]\nsure_probability = 0.9\n", encoding="utf-8")
        made = Made(started=after(9.1), missed=["storage_decision"], confidence=0.7)
        make_session(root, made, name="surer")
        out, _ = done(capsys, root, "show", "surer", "--config", str(settings))
        assert "(perhaps)" not in out

    def test_where_it_came_from(self, capsys: Printed, root: Path) -> None:
        out, _ = done(capsys, root, "show")
        assert "origin             simulated; counts for nothing in trends, streaks and drills" in out
        out, _ = done(capsys, root, "show", "20261120")
        assert "origin" not in out

    def test_a_drill_tells_its_parts(self, capsys: Printed, root: Path) -> None:
        out, _ = done(capsys, root, "show", "20261128")
        assert "estimate, wrap up" in out

    def test_one_that_is_none_is_told(self, capsys: Printed, root: Path) -> None:
        _, err = done(capsys, root, "show", "2025", status=2)
        assert "no session in" in err


class TestExport:
    def rows(self, text: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(text)))

    def test_csv_on_stdout(self, capsys: Printed, root: Path) -> None:
        out, err = done(capsys, root, "export")
        rows = self.rows(out)
        assert err == ""
        assert len(rows) == 10
        assert rows[1]["drill"] == "framework"
        assert rows[1]["passed"] == "no"
        assert rows[1]["missed"] == "estimate wrap_up"
        assert rows[-1]["checklist.storage_decision"] == "not_met"
        assert rows[-1]["missed"] == "opening_roadmap storage_decision rambling"
        assert rows[0]["score"] == ""
        assert float(rows[-1]["wpm"]) == 120.0

    @pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r"])
    def test_no_cell_is_a_formula(self, capsys: Printed, tmp_path: Path, first: str) -> None:
        made = Made()
        folder = make_session(tmp_path, made)
        document = json.loads((folder / "session.json").read_text(encoding="utf-8"))
        document["question"] = f'{first}HYPERLINK("http://x", "a, b")'
        (folder / "session.json").write_text(json.dumps(document), encoding="utf-8")
        out, _ = done(capsys, tmp_path, "export")
        (row,) = self.rows(out)
        assert row["question"] == f"'{document['question']}"
        assert not [cell for cell in row.values() if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]

    def test_markdown(self, capsys: Printed, root: Path) -> None:
        folder = make_session(root, name="20261110T120000Z-odd")
        document = json.loads((folder / "session.json").read_text(encoding="utf-8"))
        document["question"] = "a | b\n<script> *c*"
        (folder / "session.json").write_text(json.dumps(document), encoding="utf-8")
        out, _ = done(capsys, root, "export", "--format", "md")
        lines = out.splitlines()
        assert lines[0] == "# Rehearsals"
        assert "| 2026-11-28 12:00 | drill: framework | 0:48 | 33 | 131 | 3.2 | estimate, wrap up |" in lines
        assert any(r" a \| b \<script\> \*c\* | 12:22 |" in line for line in lines)
        assert lines[-2].startswith("- Better: opening roadmap")
        assert lines[-1].startswith("- Keeps missing: storage decision")

    def test_into_a_new_file_alone(self, capsys: Printed, root: Path, tmp_path: Path) -> None:
        path = tmp_path / "out.csv"
        out, _ = done(capsys, root, "export", str(path))
        assert out == f"{path}: 10 sessions\n"
        kept = path.read_bytes()
        assert len(self.rows(kept.decode())) == 10
        _, err = done(capsys, root, "export", str(path), status=2)
        assert "is already there; name a new file" in err
        assert path.read_bytes() == kept

    def test_as_json(self, capsys: Printed, root: Path, tmp_path: Path) -> None:
        found = document(capsys, root, "export")
        assert (found["sessions"], found["format"]) == (10, "csv")
        assert len(self.rows(found["text"])) == 10
        path = tmp_path / "out.md"
        assert document(capsys, root, "export", str(path), "--format", "md")["file"] == str(path)
        assert path.read_text(encoding="utf-8").startswith("# Rehearsals")


class TestRebuild:
    def test_it_loses_nothing(self, capsys: Printed, root: Path) -> None:
        before = document(capsys, root)
        assert done(capsys, root, "rebuild") == ("10 sessions\n", "")
        (root / FILE).unlink()
        assert document(capsys, root, "rebuild") == {"sessions": 10, "notes": []}
        assert document(capsys, root) == before


class TestForget:
    def test_what_is_for_good_needs_a_yes(self, capsys: Printed, root: Path) -> None:
        before = tree(root)
        for arguments in (["latest"], ["latest", "--audio"], ["--audio"], ["--everything"]):
            _, err = done(capsys, root, "forget", *arguments, status=2)
            assert "for good; add --yes" in err
        assert tree(root) == before

    @pytest.mark.parametrize(("answer", "count"), [("y\n", 9), ("n\n", 10), ("\n", 10)])
    def test_on_a_terminal_it_asks(
        self, capsys: Printed, monkeypatch: pytest.MonkeyPatch, root: Path, answer: str, count: int
    ) -> None:
        monkeypatch.setattr(CommandOptions, "is_watched", True)
        monkeypatch.setattr(sys, "stdin", io.StringIO(answer))
        out, _ = done(capsys, root, "forget", "latest")
        assert f"Delete 20261129T120000Z-url-shortener in {root}, for good? [y/N]" in out
        assert ("nothing was deleted" in out) is (count == 10)
        assert document(capsys, root)["of"] == count

    def test_a_session(self, capsys: Printed, root: Path) -> None:
        out, _ = done(capsys, root, "forget", "20261128", "--yes")
        assert out == "deleted 20261128T120000Z-drill-framework: 4 files, 0.0 MB\n"
        assert document(capsys, root)["of"] == 9

    def test_sound_as_json(self, capsys: Printed, root: Path) -> None:
        found = document(capsys, root, "forget", "--audio", "--yes")
        assert len(found["sound"]) == 10
        assert (found["sessions"], found["files"], found["left"]) == ([], 20, [])
        assert document(capsys, root, "forget", "--audio")["files"] == 0
        assert document(capsys, root)["of"] == 10

    def test_everything(self, capsys: Printed, root: Path) -> None:
        (root / "mine.txt").write_text("mine", encoding="utf-8")
        (root / "20261120T120000Z-url-shortener" / "mine.txt").write_text("mine", encoding="utf-8")
        out, _ = done(capsys, root, "forget", "--everything", "--yes")
        left = root / "20261120T120000Z-url-shortener" / "mine.txt"
        assert out.splitlines()[1] == f"left alone, since the program did not write it: {left}"
        assert tree(root) == {"mine.txt", left.parent.name, f"{left.parent.name}/mine.txt"}
        for arguments in (["--audio"], ["--everything"]):
            assert done(capsys, root, "forget", *arguments) == ("nothing to delete\n", "")

    def test_what_is_expired(self, capsys: Printed, root: Path, tmp_path: Path) -> None:
        settings = tmp_path / "config.toml"
        settings.write_text("[history]\nkeeps_sessions_days = 8\nkeeps_audio_days = 5\n", encoding="utf-8")
        arguments = ("forget", "--expired", "--config", str(settings), "--yes")
        found = document(capsys, root, *arguments)
        assert [name[:8] for name in found["sessions"]] == ["20261120", "20261121"]
        assert [name[:8] for name in found["sound"]] == ["20261122", "20261123", "20261124"]
        assert done(capsys, root, *arguments)[0] == "nothing to delete\n"

    def test_a_running_session_is_refused(self, capsys: Printed, root: Path) -> None:
        before = tree(root)
        with running(root / "20261129T120000Z-url-shortener"):
            _, err = done(capsys, root, "forget", "--everything", "--yes", status=2)
        assert "is still running; end it first" in err
        assert tree(root) == before


def test_it_imports_no_engine() -> None:
    import subprocess

    script = (
        "import sys; import voice_coach.cli.history; "
        "print([name for name in ('fsrs', 'onnxruntime', 'faster_whisper', 'soundfile', 'textual', 'matplotlib') "
        "if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"
