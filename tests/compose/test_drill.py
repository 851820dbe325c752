"""Drills as they are set up, run, begun again and recovered, with small engines and a room."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import soundfile

from tests.adapters.voices import ToneVoice
from tests.compose.small_engines import CONTENT, small_config, use
from tests.sounds import tone
from voice_coach.adapters.audio_file import write_wav
from voice_coach.adapters.session_folder import find
from voice_coach.compose import report, session_engines
from voice_coach.compose.drill import DrillOutcome, plan_drill, run_drill
from voice_coach.compose.drill_choice import most_needed
from voice_coach.compose.options import PracticeOptions, Speed
from voice_coach.compose.recover import recover_all
from voice_coach.compose.report import write_report
from voice_coach.core.drill import KINDS
from voice_coach.core.errors import ConfigError, InputError, StorageError

if TYPE_CHECKING:
    from voice_coach.core.session_state import SessionState
    from voice_coach.tui import Look

SEVEN = "Clarify, requirements, rough numbers, big picture, deep dive, tradeoffs, summary."


@dataclass(slots=True)
class Watcher:
    """A screen that may be interrupted at."""

    stops_at_words: int | None = None
    shown: list[str] = field(default_factory=list)

    def start(self) -> None:
        """Nothing is seen."""

    def show(self, state: SessionState, level_dbfs: float) -> None:
        words = sum(len(turn.words) for turn in state.transcript.turns if turn.speaker == "candidate")
        if self.stops_at_words is not None and words >= self.stops_at_words:
            self.stops_at_words = None  # pressed once: the session is still brought to its end
            raise KeyboardInterrupt

    def stop(self) -> None:
        """See :meth:`start`."""


@dataclass(slots=True)
class Place:
    """Where drills are run."""

    root: Path
    told: list[str] = field(default_factory=list)
    screens: list[Watcher] = field(default_factory=list)

    @property
    def sessions(self) -> Path:
        return self.root / "sessions"

    def room(self, lines: int, entry: str = "") -> Path:
        """A candidate who says something *lines* times, each time when asked; *entry*: what else stands there."""
        write_wav(self.root / "line.wav", tone(2.0))
        path = self.root / "room.toml"
        path.write_text(f'[[say]]\naudio = "line.wav"\n{entry}' * lines)
        return path

    def run(
        self,
        kind: str,
        lines: int,
        *,
        stops_at_words: int | None = None,
        entry: str = "",
        **more: Any,  # noqa: ANN401 - options
    ) -> DrillOutcome:
        options = PracticeOptions(
            input=str(self.room(lines, entry)), speed=Speed.MAX, sessions=self.sessions, seed=0, **more
        )

        def screen(_: Look) -> Watcher:
            self.screens.append(Watcher(stops_at_words))
            return self.screens[-1]

        return run_drill(kind, small_config(), CONTENT, options, screen, self.told.append)

    @property
    def documents(self) -> list[Any]:
        return [
            json.loads(folder.analysis_path.read_text(encoding="utf-8")) for folder in find(self.sessions)
        ]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_candidate_for_machines_without_sound(kind: str) -> None:
    assert CONTENT.drill_room(kind).is_file()


def test_an_attempt_is_kept_judged_and_told(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, [SEVEN, "No, thank you."], ToneVoice())
    outcome = place.run("framework", 2)
    (document,) = place.documents
    assert outcome.passed
    assert (outcome.score, outcome.attempts) == (100, 1)
    assert document["question"] == "drill-framework"
    assert document["drill"] == outcome.analysis["drill"]
    assert document["score"]["total"] == 100
    assert document["feedback"]["lines"] == document["drill"]["said"]
    assert {item["verdict"] for item in document["mistakes"]} == {"not_assessed"}
    assert document["drill"]["seconds"] == pytest.approx(document["pacing"]["answer_s"])


def test_a_room_that_waits_for_a_wrap_up_is_heard_to_its_end(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, [SEVEN, "No, thank you."], ToneVoice())
    outcome = place.run("framework", 2, entry="closing = true\n")
    assert outcome.passed


def test_what_the_rubric_knows_has_its_verdict_there_as_well(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "I start with the requirements, then sketch the design, and at the end I sum up the tradeoffs."
    use(monkeypatch, [said, "No."], ToneVoice())
    place.run("opening", 2)
    verdicts = {item["id"]: item for item in place.documents[0]["checklist"]}
    assert verdicts["opening_roadmap"]["verdict"] == "met"
    assert verdicts["opening_roadmap"]["evidence"]
    assert verdicts["storage_decision"]["verdict"] == "not_assessed"


def test_again_begins_at_once_with_all_engines_in_a_folder_of_its_own(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    stt = use(monkeypatch, ["Clarify.", "Again.", SEVEN, "No."], ToneVoice())
    loaded: list[object] = []

    def make(needs: object) -> object:
        loaded.append(needs)
        return stt

    monkeypatch.setattr(session_engines, "make_stt", make)
    outcome = place.run("framework", 4)
    first, second = place.documents
    assert len(loaded) == 1
    assert [document["drill"]["attempt"] for document in (first, second)] == [1, 2]
    assert [document["drill"]["passed"] for document in (first, second)] == [False, True]
    assert outcome.attempts == 2
    assert len(place.screens) == 2
    for folder, document in zip(find(place.sessions), (first, second), strict=True):
        said = [line for line in folder.journal_lines() if line["kind"] == "room_said"]
        length_s = soundfile.info(folder.audio_path).duration
        assert all(0.0 <= line["start"] < line["end"] <= length_s for line in said)
        words = [word for turn in document["transcript"]["turns"] for word in turn["words"]]
        assert all(0.0 <= word["start"] <= length_s for word in words)


def test_who_passes_gets_other_prompts_again_and_who_does_not_the_same(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [
        "I'm assuming one second.",
        "First this, then that.",
        "It is fast, but we lose order.",
        "Moving on.",
    ]
    use(monkeypatch, [*texts, "Again.", "Stop."], ToneVoice())
    place.run("phrases", 6)
    seeds = [folder.journal_lines()[0]["seed"] for folder in find(place.sessions)]
    passed = place.documents[0]["drill"]["passed"]
    assert seeds == [0, int(passed)]


def test_each_attempt_has_a_report_when_the_drill_ends(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, [SEVEN, "Again.", "Stop."], ToneVoice())
    written: list[str] = []

    def write(folder: Path, **_more: object) -> Path:
        written.append(folder.name)
        return folder / "report.html"

    monkeypatch.setattr(report, "write_report", write)
    outcome = place.run("framework", 3)
    assert written == [folder.path.name for folder in find(place.sessions)]
    assert len(written) > 1
    assert outcome.report == outcome.folder / "report.html"


def test_a_report_that_fails_ends_no_drill(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_folder: Path, **_more: object) -> Path:
        raise StorageError("no space")

    use(monkeypatch, [SEVEN, "No, thank you."], ToneVoice())
    monkeypatch.setattr(report, "write_report", fails)
    outcome = place.run("framework", 2)
    assert outcome.passed
    assert outcome.report is None
    assert "no space" in place.told[-1]


def test_an_attempt_that_was_broken_off_can_be_recovered(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, [SEVEN], ToneVoice())
    with pytest.raises(KeyboardInterrupt):
        place.run("framework", 1, stops_at_words=3)
    (folder,) = find(place.sessions)
    before = place.documents[0]["drill"]
    folder.drop_analysis()
    monkeypatch.setattr(report, "write_report", write_report)
    recovery = recover_all(small_config(), CONTENT, place.sessions, on_session=lambda _: None, tell=print)
    assert not recovery.failures
    assert (folder.path / "report.html").exists()
    assert place.documents[0]["drill"]["items"] == before["items"]
    assert place.documents[0]["drill"]["score"] == before["score"]


def test_a_drill_that_is_none_any_more_is_told_when_it_is_recovered(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, [SEVEN], ToneVoice())
    with pytest.raises(KeyboardInterrupt):
        place.run("framework", 1, stops_at_words=3)
    (folder,) = find(place.sessions)
    folder.drop_analysis()
    text = folder.journal_path.read_text().replace("drill-framework", "drill-frame-work")
    folder.journal_path.write_text(text)
    recovery = recover_all(small_config(), CONTENT, place.sessions, on_session=lambda _: None, tell=print)
    assert "did you mean framework?" in str(recovery.failures[0])


def test_minutes_are_shared_by_the_rounds(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, ["Stop."], ToneVoice())
    place.run("failure-modes", 1, minutes=1.0)
    (folder,) = find(place.sessions)
    assert folder.journal_lines()[0]["target_s"] == 60.0


def test_a_wrong_name_is_told_with_the_nearest(place: Place) -> None:
    options = PracticeOptions(input=str(place.room(1)), speed=Speed.MAX)
    with pytest.raises(InputError, match="did you mean framework"):
        plan_drill(small_config(), CONTENT, options, "frame work")
    with pytest.raises(InputError, match="there are framework, opening"):
        plan_drill(small_config(), CONTENT, options, "juggling")
    with pytest.raises(ConfigError, match="--minutes 0"):
        plan_drill(small_config(), CONTENT, PracticeOptions(minutes=0.0, input=options.input), "phrases")


def test_without_a_name_the_history_chooses_and_says_why(tmp_path: Path) -> None:
    needed = most_needed(small_config(), CONTENT, tmp_path / "nothing kept yet")
    assert needed.kind == "framework"
    assert needed.why.endswith(".")
    assert not (tmp_path / "nothing kept yet").exists()


def test_why_a_drill_was_chosen_is_said_first(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, [SEVEN, "Again.", SEVEN, "No."], ToneVoice())
    run_drill(
        "framework",
        small_config(),
        CONTENT,
        PracticeOptions(input=str(place.room(4)), speed=Speed.MAX, sessions=place.sessions),
        lambda _: Watcher(),
        place.told.append,
        why="Nothing is known of you yet.",
    )
    first, second = (document["transcript"]["turns"][0]["text"] for document in place.documents)
    assert first.startswith("Nothing is known of you yet.")
    assert second.startswith("This one is the framework.")
