"""The turn-end hint in the session loop: what it hears, when, and what becomes of its failure."""

from __future__ import annotations

import numpy as np
import pytest

from tests.core.small_book import small_book
from tests.fakes import MemoryJournal, ScriptedHint, Stage, line
from voice_coach.adapters.room_script import When
from voice_coach.core.audio import RATE_HZ
from voice_coach.core.clock import PaceSettings
from voice_coach.core.errors import EngineError
from voice_coach.core.events import CommandName
from voice_coach.runtime import LATELY_FRAMES

BOOK = small_book(pace=PaceSettings(minutes=0.5))
DESIGN = "There is a service and a store."


def stage(hint: ScriptedHint | None, **options: object) -> Stage:
    """A candidate who says two sentences, then nothing."""
    lines = [line(3.0), line(2.0, when=When.THEN, wait_s=1.5)]
    chosen = {"lines": lines, "texts": (DESIGN, DESIGN), **options}
    return Stage(book=BOOK, hint=hint, **chosen)  # type: ignore[arg-type]  # a test's options are of the right types


def first_wait(journal: MemoryJournal) -> float:
    return float(journal.of("turn_ended")[0]["wait_s"])


def test_each_end_of_speech_is_judged_and_journalled() -> None:
    scene = stage(ScriptedHint(0.4))
    scene.run()
    ends = [entry["offset_s"] for entry in scene.journal.of("speech_ended")]
    hints = scene.journal.of("hint_heard")
    assert [(entry["offset_s"], entry["complete"]) for entry in hints] == [(end_s, 0.4) for end_s in ends]
    assert len(hints) == 2


def test_it_hears_the_end_of_the_utterance_and_the_silence_that_told_it() -> None:
    hint = ScriptedHint(0.4)
    scene = stage(hint, lines=[line(12.0)], texts=(DESIGN,))
    scene.run()
    (heard,) = hint.heard
    assert len(heard) == LATELY_FRAMES * 320 == 8 * RATE_HZ
    voiced = np.nonzero(np.abs(heard) > 1000)[0]
    assert 0.25 <= (len(heard) - voiced[-1]) / RATE_HZ <= 0.4
    assert voiced[0] < 100


def test_the_coachs_voice_is_not_in_it_where_the_microphone_hears_it() -> None:
    hint = ScriptedHint(0.4)
    scene = stage(hint, lines=[line(1.0)], texts=(DESIGN,))
    scene.run()
    opened_s = scene.journal.of("playback_ended")[1]["t"]
    ended_s = scene.journal.of("speech_ended")[0]["t"]
    assert len(hint.heard[0]) / RATE_HZ == pytest.approx(ended_s - opened_s, abs=0.05)


def test_a_voice_that_sounds_finished_is_answered_sooner() -> None:
    waits = {}
    for complete in (None, 0.1, 0.99):
        scene = stage(None if complete is None else ScriptedHint(complete))
        scene.run()
        waits[complete] = first_wait(scene.journal)
    assert waits[0.99] < waits[0.1] == waits[None]


def test_nothing_of_a_pause_is_judged() -> None:
    hint = ScriptedHint(0.4)
    lines = [line(1.0), line(3.0, when=When.THEN, wait_s=4.0)]
    scene = stage(hint, lines=lines, texts=(DESIGN, "We are talking."))
    scene.when(lambda: len(hint.heard) == 1, lambda: scene.notices.put(CommandName.PAUSE))
    scene.when(
        lambda: scene.rehearsal.state.is_paused and len(scene.journal.of("room_said")) > 1,
        lambda: scene.notices.put(CommandName.STOP),
    )
    scene.run()
    assert len(scene.journal.of("speech_ended")) > 1
    assert len(hint.heard) == 1


def test_one_that_fails_is_told_once_and_done_without() -> None:
    hint = ScriptedHint(EngineError("scripted: cannot hear"))
    scene = stage(hint)
    state = scene.run()
    assert len(hint.heard) == 1
    (told,) = scene.told
    assert (told.role, told.name, told.to) == ("hint", "scripted", None)
    assert len(scene.journal.of("engine_fell_back")) == 1
    assert not scene.journal.of("hint_heard")
    assert not state.failed
    silent = stage(None)
    silent.run()
    assert first_wait(scene.journal) == first_wait(silent.journal)
