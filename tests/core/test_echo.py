"""Over loudspeakers: what the microphone hears of the coach itself stops nothing and is nobody's words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.small_book import small_book
from tests.scenario import Scenario
from voice_coach.core import events
from voice_coach.core.commands import StopSpeaking
from voice_coach.core.echo import EchoSettings, without_echo
from voice_coach.core.events import Intent
from voice_coach.core.interview_state import Line
from voice_coach.core.session_state import SessionState, Speaking
from voice_coach.core.transcript import Word, laid_out

SETTINGS = EchoSettings(blind_s=2.0)
LINE = "Most users are on one continent, so start there and keep it simple."


def over_loudspeakers(*, words_per_s: float = 1.0) -> Scenario:
    """The question is just becoming audible, and the microphone hears it."""
    book = small_book(echo=SETTINGS)
    scenario = Scenario(book=book, is_full_duplex=True, may_echo=True, coach_words_per_s=words_per_s)
    scenario.begin().until(lambda: is_audible(scenario))
    return scenario


def is_audible(scenario: Scenario) -> bool:
    return scenario.state.speaking is not None and scenario.state.speaking.started_s is not None


def stops(scenario: Scenario) -> int:
    return sum(isinstance(command, StopSpeaking) for command in scenario.issued)


def voice(scenario: Scenario, seconds: float) -> Scenario:
    """Voice without a word."""
    onset_s = scenario.now_s
    scenario.post(events.SpeechStarted(at_s=onset_s, onset_s=onset_s))
    scenario.passes(seconds)
    scenario.post(events.SpeechEnded(at_s=scenario.now_s, offset_s=scenario.now_s))
    return scenario


class TestBlind:
    def test_the_first_echo_stops_nothing(self) -> None:
        assert stops(voice(over_loudspeakers().passes(0.4), 1.6)) == 0

    def test_with_headphones_the_same_is_the_candidate(self) -> None:
        scenario = Scenario(book=small_book(), is_full_duplex=True, coach_words_per_s=1.0)
        scenario.begin().until(lambda: is_audible(scenario))
        assert stops(voice(scenario.passes(0.4), 0.2)) == 1

    def test_whoever_talks_on_is_heard(self) -> None:
        scenario = over_loudspeakers().passes(1.0)
        onset_s = scenario.now_s
        scenario.post(events.SpeechStarted(at_s=onset_s, onset_s=onset_s))
        scenario.passes(1.2)
        assert stops(scenario) == 0
        scenario.passes(0.6)
        assert stops(scenario) == 1

    def test_words_stop_it_at_any_time(self) -> None:
        scenario = over_loudspeakers(words_per_s=0.3).candidate_says("Wait a moment", after_s=0.2, for_s=0.6)
        assert scenario.state.at_s < 2.0
        assert stops(scenario) == 1
        assert "moment" in scenario.state.words[-1].text

    @pytest.mark.parametrize("said", ["Mm-hm.", "Okay.", ""])
    def test_but_for_those_that_only_show_that_one_listens(self, said: str) -> None:
        scenario = over_loudspeakers(words_per_s=0.3).candidate_says(said, after_s=0.2, for_s=0.6)
        assert stops(scenario) == 0

    def test_once_the_room_is_learnt_voice_stops_it_at_once(self) -> None:
        scenario = voice(over_loudspeakers().passes(2.2), 0.0)
        assert stops(scenario) == 1

    def test_what_was_learnt_holds_for_the_next_line(self) -> None:
        scenario = over_loudspeakers()
        scenario.until(lambda: len(scenario.said) > 0 and is_audible(scenario))
        assert stops(voice(scenario, 0.0)) == 1

    def test_and_not_after_a_glitch(self) -> None:
        scenario = over_loudspeakers().passes(2.2)
        scenario.post(events.FramesLost(at_s=scenario.now_s, frames=10))
        assert stops(voice(scenario.passes(0.4), 1.2)) == 0
        assert stops(voice(scenario.passes(1.4), 0.0)) == 1

    def test_nor_after_a_stop_for_nothing_which_may_have_been_the_echo(self) -> None:
        scenario = voice(over_loudspeakers().passes(2.2), 0.4)
        assert stops(scenario) == 1
        scenario.until(lambda: is_audible(scenario) and scenario.state.utterances == 2)
        assert stops(voice(scenario.passes(0.4), 1.0)) == 1


def speaking(text: str = LINE, *, may_echo: bool = True) -> SessionState:
    """The coach has been saying *text* since second 10, two words a second."""
    line = Line(text=text, intent=Intent.ANSWER)
    now = Speaking(utterance=1, line=line, because={}, started_s=10.0, duration_s=len(text.split()) / 2.0)
    return replace(SessionState(), may_echo=may_echo, speaking=now, at_s=20.0)


def heard(text: str, start_s: float, end_s: float, state: SessionState) -> tuple[str, str]:
    """What is kept of *text* and what is echo."""
    kept, echo = without_echo(laid_out(text, start_s, end_s), state, SETTINGS)
    return said(kept), said(echo)


def said(words: tuple[Word, ...]) -> str:
    return " ".join(word.text for word in words)


class TestWords:
    @pytest.mark.parametrize(
        "text",
        [
            "most users are on one continent so start there",
            "most users own one continent so start their",
            "Most users.",
        ],
    )
    def test_what_the_coach_says_itself_is_nobodys(self, text: str) -> None:
        end_s = 10.2 + len(text.split()) / 2.0
        assert heard(text, 10.2, end_s, speaking()) == ("", text)

    @pytest.mark.parametrize(
        ("p", "is_late", "is_kept"), [(0.4, False, False), (0.8, False, True), (0.4, True, True)]
    )
    def test_words_are_doubted_while_the_canceller_learns(
        self, p: float, *, is_late: bool, is_kept: bool
    ) -> None:
        """ "Herb is right" is what Whisper once wrote for the coach's own voice on a virtual card."""
        start_s = 13.0 if is_late else 11.3
        words = [replace(word, p=p) for word in laid_out("Herb is right.", start_s, start_s + 0.8)]
        kept, echo = without_echo(words, speaking(), SETTINGS)
        assert (said(kept), said(echo)) == (("Herb is right.", "") if is_kept else ("", "Herb is right."))
        assert without_echo(words, speaking(may_echo=False), SETTINGS) == (tuple(words), ())
        drafted, _ = without_echo(words, speaking(), SETTINGS, is_draft=True)
        assert said(drafted) == ("Herb is right." if is_late else "")

    @pytest.mark.parametrize("start_s", [8.0, 11.4])
    def test_what_is_said_before_or_after_the_coach_is_no_echo_however_doubted(self, start_s: float) -> None:
        """It had spoken for 1.5 s since the glitch, from second 10 on, when the candidate began."""
        words = [replace(word, p=0.3) for word in laid_out("I would pick a store.", start_s, start_s + 4.0)]
        over = replace(speaking(), at_s=11.5, glitch_s=9.9)
        assert without_echo(words, over, SETTINGS) == (tuple(words), ())

    def test_what_the_candidate_says_stays(self) -> None:
        text = "Wait, are most of them on one continent?"
        assert heard(text, 10.2, 13.0, speaking()) == (text, "")

    def test_of_both_only_the_candidates_words_stay(self) -> None:
        text = "most users are on wait can I ask about the number of users please"
        kept, echo = heard(text, 10.1, 16.6, speaking())
        assert echo == "most users are on"
        assert kept == "wait can I ask about the number of users please"

    def test_whoever_repeats_it_afterwards_says_so(self) -> None:
        text = "Most users are on one continent, okay."
        assert heard(text, 17.2, 20.0, speaking()) == (text, "")

    def test_without_an_echo_nothing_is_looked_for(self) -> None:
        text = "Most users are on one continent."
        assert heard(text, 10.2, 13.0, speaking(may_echo=False)) == (text, "")

    def test_a_line_that_has_just_ended_is_known_too(self) -> None:
        scenario = over_loudspeakers(words_per_s=2.0)
        scenario.until(lambda: len(scenario.said) > 0)
        line = scenario.said[0]
        assert heard(line.text, line.start_s + 0.2, line.end_s + 0.2, scenario.state) == ("", line.text)
