"""What a quicker recogniser makes of the sound that has no transcript yet."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.core.small_book import small_book
from tests.scenario import Scenario
from voice_coach.core import events, session
from voice_coach.core.commands import Draft, Render, Speak, Transcribe
from voice_coach.core.drafts import Drafts
from voice_coach.core.events import CommandName, Drafted, Intent, PieceCut
from voice_coach.core.transcript import Speaker, laid_out

ASKED = "The requirements are small. How many spaces are there?"
STATED = "the requirements are small and there is a service and a store"


def draft(text: str, start_s: float, end_s: float) -> Drafted:
    return Drafted(at_s=end_s, start_s=start_s, end_s=end_s, words=laid_out(text, start_s, end_s))


def piece(number: int, start_s: float, end_s: float) -> PieceCut:
    return PieceCut(at_s=end_s, piece=number, start_s=start_s, end_s=end_s, voiced_s=end_s - start_s)


def texts(drafts: Drafts) -> list[str]:
    return [word.text for word in drafts.words]


class TestWhatIsKept:
    def test_a_later_look_takes_the_place_of_an_earlier_one(self) -> None:
        drafts = (
            Drafts().drafted(draft("we chart it", 0.0, 2.0), ()).drafted(draft("we shard it", 0.0, 3.0), ())
        )
        assert texts(drafts) == ["we", "shard", "it"]

    def test_a_look_at_the_end_alone_leaves_what_came_before_it(self) -> None:
        drafts = Drafts().drafted(draft("we shard it", 0.0, 2.0), ()).drafted(draft("by user", 2.0, 4.0), ())
        assert texts(drafts) == ["we", "shard", "it", "by", "user"]

    def test_the_words_of_a_piece_go_when_its_transcript_has_come(self) -> None:
        drafts = Drafts().drafted(draft("we shard it", 0.0, 2.0), ()).cut(piece(0, 0.0, 2.0))
        drafts = drafts.drafted(draft("by user", 2.2, 4.0), ()).transcribed(0)
        assert texts(drafts) == ["by", "user"]

    def test_a_look_that_comes_after_the_transcript_changes_nothing(self) -> None:
        drafts = Drafts().cut(piece(0, 0.0, 2.0)).transcribed(0)
        assert drafts.drafted(draft("we shard it", 0.0, 2.0), ()) == drafts

    def test_nothing_of_a_pause_is_kept(self) -> None:
        drafts = Drafts().drafted(draft("one two three four", 0.0, 4.0), ((0.5, 2.9),))
        assert texts(drafts) == ["one", "four"]


@given(st.lists(st.tuples(st.floats(0.0, 60.0), st.floats(0.1, 8.0)), max_size=12), st.data())
def test_no_word_stands_twice_and_all_are_in_order(
    looks: list[tuple[float, float]], data: st.DataObject
) -> None:
    drafts, cut_s, number = Drafts(), 0.0, 0
    for start_s, length_s in sorted(looks, key=sum):
        end_s = start_s + length_s
        drafts = drafts.drafted(draft("four words are said", start_s, end_s), ())
        if data.draw(st.booleans()) and end_s > cut_s:
            drafts = drafts.cut(piece(number, cut_s, end_s))
            cut_s = end_s
            drafts = drafts.transcribed(number)
            number += 1
            assert drafts.words == ()
    starts_s = [word.start_s for word in drafts.words]
    assert starts_s == sorted(starts_s)
    assert len(set(starts_s)) == len(starts_s)


class SlowScenario(Scenario):
    """The transcripts take their time; a look does not."""

    slow_s = 3.0
    looks = True

    def _carry_out(self, command: object) -> None:
        if isinstance(command, Transcribe):
            words = self._texts.pop(command.piece)
            due_s = self.now_s + self.slow_s
            self._at(due_s, lambda: events.Transcribed(at_s=self.now_s, piece=command.piece, words=words))
        elif isinstance(command, Draft) and self.looks:
            looked_at = self._looked_at()
            self._at(self.now_s, lambda: replace(looked_at, at_s=self.now_s))
        else:
            super()._carry_out(command)  # type: ignore[arg-type]  # any other command

    def _looked_at(self) -> Drafted:
        words = tuple(word for text in self._texts.values() for word in text if word.end_s <= self.now_s)
        start_s = words[0].start_s if words else self.now_s
        return Drafted(at_s=self.now_s, start_s=start_s, end_s=self.now_s, words=words)


def begun() -> SlowScenario:
    return SlowScenario(book=small_book()).start()


class TestTheTurn:
    def test_a_question_is_answered_before_its_transcript_has_come(self) -> None:
        scenario = begun()
        scenario.candidate_says(ASKED)
        end_s = scenario.state.last_offset_s
        scenario.until_coach_has_spoken()
        answer = scenario.said[-1]
        assert answer.text == "Eight hundred spaces."
        assert answer.because["drafted"] is True
        assert answer.start_s - end_s < 1.5
        scenario.passes(5.0)
        candidate, coach = scenario.state.transcript.turns[-2:]
        assert (candidate.text, coach.speaker) == (ASKED, Speaker.COACH)
        assert scenario.state.drafts.words == ()

    def test_the_answer_is_rendered_before_it_is_due_and_once(self) -> None:
        scenario = begun()
        before = len(scenario.issued)
        scenario.candidate_says(ASKED).until(lambda: scenario.state.ahead is not None)
        assert scenario.state.speaking is None
        scenario.until_coach_has_spoken()
        ordered = [item for item in scenario.issued[before:] if isinstance(item, Render)]
        assert [item.text for item in ordered].count("Eight hundred spaces.") == 1
        assert scenario.state.ahead is None

    def test_a_draft_that_comes_late_is_answered_at_once(self) -> None:
        """Not with the next tick."""
        scenario = begun()
        scenario.slow_s, scenario.looks = 30.0, False
        scenario.candidate_says(ASKED).passes(1.0)
        assert scenario.state.speaking is None
        late = draft(ASKED, scenario.state.last_offset_s - 4.0, scenario.now_s)
        done = session.step(scenario.state, late, scenario.book)
        assert any(isinstance(command, Speak) for command in done.commands)

    def test_a_statement_is_answered_only_when_its_transcript_has_come(self) -> None:
        scenario = begun()
        scenario.slow_s = 30.0
        scenario.candidate_says(STATED).passes(20.0)
        assert scenario.said[-1].intent is Intent.QUESTION
        scenario.until_coach_has_spoken()
        assert scenario.said[-1].because["drafted"] is False

    def test_what_is_only_drafted_is_in_no_transcript(self) -> None:
        scenario = begun()
        scenario.slow_s = 30.0
        scenario.candidate_says(STATED)
        assert [word.text for word in scenario.state.words] == STATED.split()
        assert list(scenario.state.transcript.by(Speaker.CANDIDATE)) == []

    def test_talk_is_looked_at_as_it_goes_on(self) -> None:
        scenario = begun()
        scenario.candidate_says(STATED, for_s=20.0)
        assert 8 <= sum(isinstance(command, Draft) for command in scenario.issued) <= 11

    def test_nothing_is_looked_at_in_a_pause(self) -> None:
        scenario = begun()
        scenario.presses(CommandName.PAUSE).until(lambda: scenario.state.speaking is None)
        before = len(scenario.issued)
        scenario.candidate_says(STATED, for_s=20.0)
        assert not any(isinstance(command, Draft) for command in scenario.issued[before:])

    def test_a_follow_up_that_was_not_foreseen_comes_behind_a_bridge(self) -> None:
        """What is said last, and only drafted, mends the gap that the next question would have been about."""
        scenario = begun()
        scenario.candidate_says("the requirements are small and at a high level there is a service")
        scenario.until(lambda: scenario.state.armed == "Why this store?")
        scenario.candidate_says("postgres because it is known and that's my design")
        scenario.until(lambda: scenario.said[-1].intent is Intent.FOLLOW_UP)
        assert [line.text for line in scenario.said[-2:]] == ["<bridge>", "What grows first?"]
