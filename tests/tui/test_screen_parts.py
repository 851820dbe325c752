from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tui.screens import ANSWERING, NAMES, OUT, WORDS, answering, look, said, speaking
from voice_coach.adapters.keyboard import KEYS as READ_KEYS
from voice_coach.core.drafts import Drafts
from voice_coach.core.pressure import Pressure
from voice_coach.core.session_stage import Stage
from voice_coach.core.session_state import SessionState
from voice_coach.core.transcript import Speaker, laid_out
from voice_coach.tui import big
from voice_coach.tui.head import head, scales
from voice_coach.tui.keys import KEYS, OFFER_KEYS, REVIEW_KEYS, key_help
from voice_coach.tui.parts import (
    LEVEL_CELLS,
    checklist,
    heard,
    level_bar,
    level_cells,
    notices,
    phase_bar,
)


class TestBigLetters:
    @given(st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789: ", max_size=12), st.integers(1, 4))
    def test_all_rows_are_as_wide_and_high_as_was_said(self, text: str, scale: int) -> None:
        rows = big.drawn(text, scale)
        assert len(rows) == big.height(scale)
        assert {len(row) for row in rows} == {big.width(text, scale)}

    def test_no_two_look_the_same_but_nought_and_o(self) -> None:
        texts = [*"ABCDEFGHIJKLMNPQRSTUVWXYZ0123456789:"]
        drawn = {big.drawn(text) for text in texts}
        # Five and S are the same in most fonts of this size; the words and the clock tell which it is.
        assert len(drawn) == len(texts) - 1

    def test_twice_as_big_is_every_dot_four_times(self) -> None:
        assert big.drawn("7", 2) == ("██████", "    ██", "    ██", "    ██", "    ██")

    def test_every_word_of_a_state_has_room_for_the_longest(self) -> None:
        assert max(big.width(word) for _, word in WORDS if not word.startswith("no ")) == big.width(
            "listening"
        )


class TestHead:
    @pytest.mark.parametrize(
        ("width", "height", "word", "clock"),
        [(20, 6, 0, 0), (38, 12, 0, 1), (58, 20, 1, 1), (78, 24, 1, 2), (118, 40, 2, 2), (198, 60, 3, 4)],
    )
    def test_the_letters_grow_with_the_screen(self, width: int, height: int, word: int, clock: int) -> None:
        found = scales(width, height)
        assert (found.word, found.clock) == (word, clock)
        assert len(head(ANSWERING, look(), (width, height))) == found.rows

    @given(st.integers(1, 250), st.integers(1, 80), st.floats(0, 3000), st.sampled_from([ANSWERING, OUT]))
    def test_it_is_never_wider_or_higher_than_there_is_room(
        self, width: int, height: int, elapsed_s: float, state: SessionState
    ) -> None:
        state = replace(state, clock=answering().clock, at_s=75.0 + elapsed_s)
        rows = head(state, look(), (width, height))
        assert max(row.cell_len for row in rows) <= width
        assert len(rows) <= max(4, height // 4 + 1)
        assert len(rows) == len(head(ANSWERING, look(), (width, height))), (
            "no word or time changes its height"
        )

    @pytest.mark.parametrize(("state", "word"), WORDS, ids=[word for _, word in WORDS])
    @pytest.mark.parametrize("size", [(20, 6), (40, 12), (60, 20), (80, 24), (120, 40), (200, 60)])
    def test_every_word_can_be_drawn_at_every_size(
        self, state: SessionState, word: str, size: tuple[int, int]
    ) -> None:
        rows = "\n".join(row.plain for row in head(state, look(), size))
        scale = scales(*size).word
        is_lost = word.startswith("no ")
        if scale:
            assert all(part in rows for part in big.drawn("paused" if is_lost else word, scale))
        else:
            assert word.upper() in rows or is_lost, "which device is lost may be too long to be said"

    def test_state_and_clock_stand_in_big_letters_and_below_what_they_mean(self) -> None:
        rows = [row.plain for row in head(replace(answering(), voice_since_s=70.0), look(), (78, 24))]
        assert all(part in row for part, row in zip(big.drawn("listening"), rows[1:4], strict=True))
        assert all(row.endswith(part) for part, row in zip(big.drawn("0:07", 2), rows[:5], strict=True))
        assert rows[5].startswith("to you ")
        assert rows[5].endswith("of 0:30 · time for: outline")

    def test_a_lost_device_is_a_pause_in_big_letters_and_named_below(self) -> None:
        rows = [row.plain for row in head(OUT, look(), (78, 24))]
        assert all(part in row for part, row in zip(big.drawn("paused"), rows[1:4], strict=True))
        assert rows[5].startswith("no microphone; ")

    def test_where_it_is_narrow_the_state_is_a_word_in_capitals(self) -> None:
        rows = [row.plain for row in head(OUT, look(), (38, 12))]
        assert "NO MICROPHONE" in rows[1]

    def test_while_the_answer_is_judged_something_moves(self) -> None:
        judged = replace(ANSWERING, stage=Stage.ASSESSING)
        below = {head(judged, look(), (78, 24), beat)[-1].plain for beat in range(40)}
        assert len(below) == 4


class TestPhases:
    def test_they_are_as_wide_as_their_budgets_and_filled_up_to_now(self) -> None:
        names, bar = phase_bar(answering(9.0), look(), 49)
        assert names.plain.split() == ["clarify", "outline", "deepen", "evaluate"]
        assert [names.plain.index(name) for name in names.plain.split()] == [0, 10, 20, 40]
        assert bar.plain == "█████████ █████░░░░ ░░░░░░░░░░░░░░░░░░░ ░░░░░░░░░"
        (now,) = [names.plain[s.start : s.end].strip() for s in names.spans if s.style == "bold"]
        assert now == "outline"

    def test_where_it_is_narrow_the_current_one_alone_is_named(self) -> None:
        names, bar = phase_bar(answering(29.0), look(), 20)
        assert names.plain == " " * 12 + "evaluate"
        assert bar.cell_len == 20

    @given(st.integers(18, 250), st.floats(0, 90))
    def test_they_fill_the_width_whatever_the_time(self, width: int, elapsed_s: float) -> None:
        names, bar = phase_bar(answering(elapsed_s), look(), width)
        assert bar.cell_len == width
        assert names.cell_len <= width
        assert "░" not in bar.plain or elapsed_s < 30


class TestLevel:
    @pytest.mark.parametrize(
        ("level_dbfs", "cells"),
        [(-120, 0), (-60, 0), (-30, LEVEL_CELLS // 2), (0, LEVEL_CELLS), (6, LEVEL_CELLS)],
    )
    def test_it_fills_a_bar(self, level_dbfs: float, cells: int) -> None:
        assert level_cells(level_dbfs) == cells
        row = level_bar(level_dbfs, 78).plain
        assert row.startswith("microphone")
        assert (row.count("▮"), row.count("·")) == (cells, LEVEL_CELLS - cells)

    def test_it_is_shorter_where_it_is_narrow(self) -> None:
        assert level_bar(-10.0, 20).cell_len == 20


class TestHeard:
    STATE = replace(
        ANSWERING,
        transcript=said((Speaker.COACH, "Design a garage."), (Speaker.CANDIDATE, "There are gates.")),
        drafts=Drafts(words=laid_out("and a queue", 76.0, 77.0)),
    )

    def test_the_latest_words_of_both_stand_there_and_a_draft_is_set_apart(self) -> None:
        rows = heard(replace(self.STATE, speaking=speaking()), 60, 10)
        assert [row.plain for row in rows] == [
            "coach  Design a garage.",
            "you    There are gates. and a queue …",
            "coach  Why this store?",
        ]
        assert [rows[1].plain[s.start : s.end] for s in rows[1].spans if s.style == "dim"] == [
            "and a queue …"
        ]

    def test_a_draft_stands_where_it_was_said(self) -> None:
        replied = said((Speaker.COACH, "Design a garage.")).with_words(
            Speaker.COACH, laid_out("Yes.", 20.0, 21.0), is_apart=True
        )
        drafts = Drafts(words=laid_out("May I ask?", 12.0, 14.0))
        rows = heard(replace(ANSWERING, transcript=replied, drafts=drafts), 60, 10)
        assert [row.plain for row in rows] == [
            "coach  Design a garage.",
            "you    May I ask? …",
            "coach  Yes.",
        ]

    def test_nothing_moves_when_the_coach_has_said_it_or_a_draft_becomes_a_transcript(self) -> None:
        begun = replace(self.STATE, drafts=Drafts(), transcript=said((Speaker.COACH, "Design a garage.")))
        before = heard(replace(begun, speaking=speaking("You have an hour. " * 8)), 60, 10)
        turns = ((Speaker.COACH, "Design a garage. " + "You have an hour. " * 8),)
        after = heard(replace(begun, transcript=said(*turns)), 60, 10)
        assert [row.plain for row in before] == [row.plain for row in after]

    def test_a_long_answer_shows_its_end(self) -> None:
        text = "word " * 3002 + "the end."
        rows = heard(replace(ANSWERING, transcript=said((Speaker.CANDIDATE, text))), 60, 5)
        assert len(rows) == 5
        assert rows[-1].plain.endswith(" the end.")

    @given(st.text(max_size=300), st.integers(1, 130), st.integers(0, 30))
    def test_whatever_was_said_it_fits(self, text: str, width: int, height: int) -> None:
        state = replace(ANSWERING, speaking=speaking(f"a{text}"), transcript=self.STATE.transcript)
        rows = heard(state, width, height)
        assert len(rows) <= height
        assert all("\n" not in row.plain and len(row) <= width for row in rows)


class TestChecklist:
    STATE = replace(ANSWERING, covered=frozenset({"storage_decision"}))

    def shown(self, pressure: Pressure, state: SessionState | None = None) -> list[str]:
        return [row.plain for row in checklist(state or self.STATE, look(pressure))]

    def test_a_gentle_one_lights_up_live(self) -> None:
        assert self.shown(Pressure.GENTLE) == ["listened for", "□ opening roadmap", "■ storage decision"]

    def test_a_normal_one_names_nothing_that_is_missing(self) -> None:
        assert self.shown(Pressure.NORMAL) == ["heard so far", "■ storage decision"]

    def test_a_tough_one_shows_nothing(self) -> None:
        assert self.shown(Pressure.TOUGH) == []

    @pytest.mark.parametrize("stage", [Stage.CLOSING, Stage.FEEDBACK, Stage.ENDED])
    def test_once_it_is_over_the_verdicts_count(self, stage: Stage) -> None:
        assert self.shown(Pressure.GENTLE, replace(self.STATE, stage=stage)) == []

    def test_the_names_are_those_that_were_given(self) -> None:
        rows = self.shown(Pressure.GENTLE, replace(self.STATE, covered=frozenset(NAMES)))
        assert rows[1:] == [f"■ {name}" for name in NAMES.values()]


class TestNotices:
    def test_a_lost_device_is_told_until_it_is_back(self) -> None:
        told = ["The voice is pyttsx3 now."]
        rows = [row.plain for row in notices(OUT, told, 78, 3)]
        assert rows == [*told, "Paused: the microphone 'Blue' is gone: plug it in"]
        assert [row.plain for row in notices(ANSWERING, told, 78, 3)] == told

    def test_the_newest_stay(self) -> None:
        rows = notices(OUT, [f"notice {number}" for number in range(9)], 78, 2)
        assert [row.plain for row in rows] == [
            "notice 8",
            "Paused: the microphone 'Blue' is gone: plug it in",
        ]
        assert notices(OUT, ["one"], 78, 0) == []


class TestKeys:
    def test_every_key_that_is_read_is_shown(self) -> None:
        assert set("".join((*KEYS, *REVIEW_KEYS, *OFFER_KEYS))) == set(READ_KEYS) - {"="}
        assert READ_KEYS["="] is READ_KEYS["+"]

    @pytest.mark.parametrize("width", [78, 118])
    def test_all_stand_on_one_line_of_a_usual_screen(self, width: int) -> None:
        row = key_help(ANSWERING, width)
        assert row.cell_len <= width
        assert row.plain.split() == [part for key, word in KEYS.items() for part in (key, word)]

    @pytest.mark.parametrize(
        ("stage", "keys"), [(Stage.REVIEWING, REVIEW_KEYS), (Stage.OFFERING, OFFER_KEYS)]
    )
    def test_so_do_those_of_the_time_after_the_answer(self, stage: Stage, keys: Mapping[str, str]) -> None:
        row = key_help(replace(ANSWERING, stage=stage), 88)
        assert row.plain.split() == [part for key, word in keys.items() for part in (key, *word.split())]

    def test_where_it_is_narrow_stop_pause_and_done_stay(self) -> None:
        assert key_help(ANSWERING, 38).plain == "p pause d done s skip r repeat q stop"
        assert key_help(ANSWERING, 15).plain == "p pause  q stop"
        assert key_help(ANSWERING, 1).plain == "q stop"

    def test_those_that_mean_nothing_now_are_left_out(self) -> None:
        assert key_help(replace(ANSWERING, is_paused=True), 78).plain == "p resume  q stop"
        assert "d done" not in key_help(replace(ANSWERING, stage=Stage.FEEDBACK), 78).plain
