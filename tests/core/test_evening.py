"""Laws of every evening's plan, and what is said of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_coach.core.drill import KINDS
from voice_coach.core.evening import (
    Ended,
    Evening,
    EveningSettings,
    Outcome,
    Step,
    StepKind,
    Why,
    minutes_of,
    morning,
    rest,
    weakest,
)
from voice_coach.core.evening_told import EveningTold, spoken_hours
from voice_coach.prompts.evening import load_evening
from voice_coach.prompts.folder import prompts_folder

BOOK = load_evening(prompts_folder() / "evening.toml")
SETTINGS = EveningSettings()
QUESTIONS = ("news-feed", "rate-limiter", "url-shortener", "checkout")
TWO_ANSWERS_MINUTES = 40.0
"""Two answers, a short break and good night."""
PLANNED = [drill.kind for drill in BOOK.drill if drill.is_planned]

needs = st.dictionaries(st.sampled_from(KINDS), st.floats(0.0, 1.0), max_size=5)
evenings = st.builds(
    lambda needs, known: Evening(needs=needs, familiar=QUESTIONS[:known], fresh=QUESTIONS[known:]),
    needs,
    st.integers(0, len(QUESTIONS)),
)
left = st.floats(0.0, 480.0)


@st.composite
def outcomes(draw: st.DrawFn, step: Step) -> Outcome:
    """What may come of *step*."""
    if draw(st.booleans()) and draw(st.booleans()):
        return Outcome(step=step, ended=Ended.SKIPPED)
    seconds = step.minutes * 60 * draw(st.floats(0.3, 1.5))
    if step.kind is StepKind.ANSWER:
        return Outcome(step=step, ended=Ended.DONE, seconds=seconds, needs=draw(needs))
    passed = draw(st.sampled_from([True, False, None])) if step.kind is StepKind.DRILL else None
    score = None if passed is None else draw(st.floats(0.0, 100.0))
    return Outcome(step=step, ended=Ended.DONE, seconds=seconds, passed=passed, score=score)


@st.composite
def spent(draw: st.DrawFn) -> tuple[Evening, float]:
    """An evening of which some steps were done, and the minutes that are left."""
    evening, minutes = draw(evenings), draw(left)
    for _ in range(draw(st.integers(0, 14))):
        step = rest(evening, minutes, BOOK, SETTINGS)[0]
        if step.kind is StepKind.BED:
            break
        outcome = draw(outcomes(step))
        evening, minutes = evening.after(outcome), max(0.0, minutes - outcome.seconds / 60)
    return evening, minutes


def of(steps: tuple[Step, ...], kind: StepKind) -> list[Step]:
    return [step for step in steps if step.kind is kind]


class TestLaws:
    @given(spent())
    def test_it_fits_and_ends_with_bed(self, now: tuple[Evening, float]) -> None:
        evening, minutes = now
        steps = rest(evening, minutes, BOOK, SETTINGS)
        assert minutes_of(steps) <= minutes + 1e-6 or len(steps) == 1
        assert [step.kind for step in steps].count(StepKind.BED) == 1
        assert steps[-1].kind is StepKind.BED

    @given(spent())
    def test_no_more_new_questions_than_allowed_and_the_last_is_familiar(
        self, now: tuple[Evening, float]
    ) -> None:
        evening, minutes = now
        to_come = of(rest(evening, minutes, BOOK, SETTINGS), StepKind.ANSWER)
        gone = evening.of(StepKind.ANSWER)
        answered = [outcome.step for outcome in gone if outcome.ended is Ended.DONE]
        assert sum(step.is_new for step in [*answered, *to_come]) <= SETTINGS.most_new_questions
        assert len(gone) + len(to_come) <= SETTINGS.answers
        if len(to_come) > 1:
            assert not to_come[-1].is_new
        seen = set(evening.familiar)
        for step in [*(outcome.step for outcome in gone), *to_come]:
            assert step.is_new == (step.question not in seen)
            if step in answered or step in to_come:
                seen.add(step.question or "")

    @given(needs, st.floats(TWO_ANSWERS_MINUTES, 480.0))
    def test_who_knows_no_question_and_skips_the_first_answer_is_asked_for_the_second(
        self, needs: dict[str, float], minutes: float
    ) -> None:
        evening = Evening(needs=needs, fresh=QUESTIONS)
        first, _ = of(rest(evening, minutes, BOOK, SETTINGS), StepKind.ANSWER)
        skipped = evening.after(Outcome(step=first, ended=Ended.SKIPPED))
        (second,) = of(rest(skipped, minutes, BOOK, SETTINGS), StepKind.ANSWER)
        assert second.is_new

    @given(evenings, st.floats(TWO_ANSWERS_MINUTES, 480.0))
    def test_two_full_answers_wherever_there_is_time_with_a_break_between(
        self, evening: Evening, minutes: float
    ) -> None:
        steps = rest(evening, minutes, BOOK, SETTINGS)
        kinds = [step.kind for step in steps]
        first, second = (at for at, kind in enumerate(kinds) if kind is StepKind.ANSWER)
        assert StepKind.BREAK in kinds[first:second]
        assert all(step.minutes >= SETTINGS.short_break_minutes for step in of(steps, StepKind.BREAK))

    @given(spent(), st.floats(0.0, 240.0))
    def test_more_time_takes_no_answer_away_and_with_as_many_no_drill(
        self, now: tuple[Evening, float], more: float
    ) -> None:
        evening, minutes = now
        some, all_ = (rest(evening, time, BOOK, SETTINGS) for time in (minutes, minutes + more))
        fewer, many = len(of(some, StepKind.ANSWER)), len(of(all_, StepKind.ANSWER))
        assert fewer <= many
        if fewer == many:
            assert {step.id for step in of(some, StepKind.DRILL)} <= {
                step.id for step in of(all_, StepKind.DRILL)
            }

    @given(spent())
    def test_ids_are_not_repeated_within_an_evening(self, now: tuple[Evening, float]) -> None:
        evening, minutes = now
        ids = [outcome.step.id for outcome in evening.done]
        ids += [step.id for step in rest(evening, minutes, BOOK, SETTINGS)]
        assert len(set(ids)) == len(ids)

    @given(spent())
    def test_what_went_well_is_not_repeated_and_what_did_not_once_at_most(
        self, now: tuple[Evening, float]
    ) -> None:
        evening, minutes = now
        to_come = of(rest(evening, minutes, BOOK, SETTINGS), StepKind.DRILL)
        for outcome in evening.of(StepKind.DRILL):
            kind = outcome.step.drill
            again = [step for step in to_come if step.drill == kind]
            assert len(again) <= (outcome.passed is False and outcome.step.why is not Why.AGAIN)
        drills = [*(outcome.step for outcome in evening.of(StepKind.DRILL)), *to_come]
        assert sum(step.why is not Why.PLAN for step in drills) <= SETTINGS.most_extra_drills

    @given(spent(), st.floats(0.0, 100.0))
    def test_a_drill_that_fails_comes_again_where_one_that_passes_does_not(
        self, now: tuple[Evening, float], score: float
    ) -> None:
        evening, _ = now
        steps = rest(evening, 480.0, BOOK, SETTINGS)
        step = steps[0]
        extras = sum(outcome.step.why is not Why.PLAN for outcome in evening.of(StepKind.DRILL))
        if (
            step.kind is not StepKind.DRILL
            or step.why is not Why.PLAN
            or extras >= SETTINGS.most_extra_drills
        ):
            return
        done = Outcome(step=step, ended=Ended.DONE, seconds=60.0, score=score)
        passed = rest(evening.after(replace(done, passed=True)), 480.0, BOOK, SETTINGS)
        failed = rest(evening.after(replace(done, passed=False, score=0.0)), 480.0, BOOK, SETTINGS)
        assert step.drill not in {one.drill for one in passed}
        assert [one.why for one in failed if one.drill == step.drill] == [Why.AGAIN]

    @given(spent())
    def test_the_same_evening_has_the_same_rest(self, now: tuple[Evening, float]) -> None:
        evening, minutes = now
        copied = replace(evening, done=tuple(evening.done), needs=dict(evening.needs))
        assert rest(copied, minutes, BOOK, SETTINGS) == rest(evening, minutes, BOOK, SETTINGS)

    @given(evenings, left)
    def test_it_comes_to_its_end_whatever_is_left_out(self, evening: Evening, minutes: float) -> None:
        for _ in range(40):
            step = rest(evening, minutes, BOOK, SETTINGS)[0]
            if step.kind is StepKind.BED:
                return
            evening = evening.after(Outcome(step=step, ended=Ended.SKIPPED))
        pytest.fail("there is always something more to do")


class TestPlan:
    def test_two_hours_are_the_guides_plan(self) -> None:
        evening = Evening(familiar=("url-shortener",), fresh=("news-feed", "checkout"))
        steps = rest(evening, 120.0, BOOK, SETTINGS)
        assert [step.id for step in steps] == [
            "framework",
            "clarify",
            "components",
            "tradeoffs",
            "break-1",
            "answer-1",
            "break-2",
            "answer-2",
            "bed",
        ]
        new, familiar = of(steps, StepKind.ANSWER)
        assert (new.question, new.is_new) == ("news-feed", True)
        assert (familiar.question, familiar.is_new) == ("url-shortener", False)

    def test_who_never_practised_answers_the_same_question_twice(self) -> None:
        first, second = of(rest(Evening(fresh=QUESTIONS), 120.0, BOOK, SETTINGS), StepKind.ANSWER)
        assert (first.question, second.question) == ("news-feed", "news-feed")
        assert (first.is_new, second.is_new) == (True, False)

    def test_a_quarter_of_an_hour_is_for_the_most_valuable_drills(self) -> None:
        steps = rest(Evening(fresh=QUESTIONS), 15.0, BOOK, SETTINGS)
        assert [step.id for step in steps] == ["framework", "clarify", "bed"]

    def test_a_weak_point_of_an_answer_gets_its_drill_before_the_last_one(self) -> None:
        evening = Evening(fresh=QUESTIONS)
        minutes = 120.0
        while (step := rest(evening, minutes, BOOK, SETTINGS)[0]).id != "break-2":
            outcome = Outcome(step=step, ended=Ended.DONE, seconds=60 * step.minutes, passed=True)
            if step.kind is StepKind.ANSWER:
                outcome = replace(outcome, passed=None, needs={"storage": 1.0, "tradeoffs": 1.0})
            evening = evening.after(outcome)
            minutes -= step.minutes
        steps = rest(evening, minutes, BOOK, SETTINGS)
        assert [step.id for step in steps] == ["break-2", "storage", "answer-2", "bed"]
        assert steps[1].why is Why.WEAK

    def test_what_failed_is_not_done_again_at_once(self) -> None:
        evening = Evening(needs={"storage": 1.0, "opening": 0.6}, fresh=QUESTIONS)
        for kind in PLANNED:
            step = Step(id=kind, kind=StepKind.DRILL, minutes=1.0, drill=kind)
            evening = evening.after(Outcome(step=step, ended=Ended.DONE, passed=True))
        step = Step(id="storage", kind=StepKind.DRILL, minutes=1.0, drill="storage", why=Why.WEAK)
        evening = evening.after(Outcome(step=step, ended=Ended.DONE, passed=False, score=0.0))
        drills = of(rest(evening, 240.0, BOOK, SETTINGS), StepKind.DRILL)
        assert [drill.id for drill in drills] == ["opening", "storage-2"]

    def test_of_two_that_failed_the_other_one_comes_first(self) -> None:
        evening = Evening(fresh=QUESTIONS)
        for kind, score in (("framework", 90.0), ("clarify", 90.0), ("components", 30.0), ("tradeoffs", 0.0)):
            step = Step(id=kind, kind=StepKind.DRILL, minutes=1.0, drill=kind)
            outcome = Outcome(step=step, ended=Ended.DONE, passed=score > 50.0, score=score)
            evening = evening.after(outcome)
        drills = of(rest(evening, 240.0, BOOK, SETTINGS), StepKind.DRILL)
        assert [drill.id for drill in drills] == ["components-2", "tradeoffs-2"]

    def test_the_best_known_question_is_kept_for_the_last(self) -> None:
        steps = rest(Evening(familiar=("checkout", "news-feed")), 120.0, BOOK, SETTINGS)
        assert [step.question for step in of(steps, StepKind.ANSWER)] == ["news-feed", "checkout"]

    def test_where_time_has_run_short_the_answers_stay_and_the_least_valuable_goes(self) -> None:
        evening = Evening(fresh=QUESTIONS)
        long = rest(evening, 61.0, BOOK, SETTINGS)
        short = rest(evening, 52.0, BOOK, SETTINGS)
        assert [step.id for step in of(long, StepKind.DRILL)] == ["framework", "clarify", "tradeoffs"]
        assert [step.id for step in of(short, StepKind.DRILL)] == ["framework", "clarify"]
        assert len(of(long, StepKind.ANSWER)) == len(of(short, StepKind.ANSWER)) == 2

    def test_full_answers_stay_under_15_minutes(self) -> None:
        assert SETTINGS.answer_minutes * 1.2 < 15.0

    def test_the_morning_is_eight_minutes_each_once(self) -> None:
        steps = morning(Evening(), BOOK, SETTINGS)
        assert [step.drill for step in steps[:-1]] == ["framework", "opening", "tradeoffs", "phrases"]
        assert minutes_of(steps) <= 8.0
        failed = Outcome(step=steps[0], ended=Ended.DONE, passed=False, score=0.0)
        assert morning(Evening().after(failed), BOOK, SETTINGS) == steps[1:]


def done(step: Step, **more: object) -> Outcome:
    return Outcome(step=step, ended=Ended.DONE, seconds=60.0, **more)  # type: ignore[arg-type]


ANSWER = Step(id="answer-1", kind=StepKind.ANSWER, minutes=18.0, question="news-feed", is_new=True)
TRADEOFFS = Step(id="tradeoffs", kind=StepKind.DRILL, minutes=5.0, drill="tradeoffs")
FRAMEWORK = Step(id="framework", kind=StepKind.DRILL, minutes=3.0, drill="framework")


class TestTold:
    told = EveningTold(BOOK, {"news-feed": "News feed", "url-shortener": "URL shortener"})

    def test_the_whole_plan_in_one_breath(self) -> None:
        steps = rest(Evening(fresh=QUESTIONS), 120.0, BOOK, SETTINGS)
        text = self.told.opening(steps, 2.0)
        assert text.startswith("Two hours until bed.")
        assert "the framework, clarifying, the components, the tradeoffs and two full answers" in text
        assert len(text.split()) <= 45

    def test_one_answer_is_not_counted(self) -> None:
        assert self.told.names([ANSWER]) == "a full answer"
        assert self.told.names([ANSWER, ANSWER]) == "two full answers"

    def test_each_step_is_told_with_its_purpose_and_length(self) -> None:
        evening = Evening(familiar=("url-shortener",), fresh=QUESTIONS[:1])
        texts = []
        minutes = 120.0
        while (step := rest(evening, minutes, BOOK, SETTINGS)[0]).kind is not StepKind.BED:
            if step.kind is not StepKind.BREAK:
                texts.append(self.told.announcement(step, evening))
            passed = step.drill != "framework"
            evening = evening.after(done(step, passed=passed, score=None))
            minutes -= step.minutes
        assert texts[0].startswith("First, the framework. Seven steps")
        assert "Three minutes." in texts[0]
        assert any("never seen" in text or "have not seen" in text for text in texts)
        assert any("Once more, the framework" in text for text in texts)
        assert "URL shortener" in texts[-1]
        assert all("{" not in text for text in texts)

    def test_what_went_well_is_in_the_candidates_words(self) -> None:
        strength = "At two minutes ten I heard, “I would keep it simple”."
        evening = Evening().after(done(TRADEOFFS, passed=True, score=90.0, quote="reads get slower"))
        assert "the tradeoffs. I heard you say, “reads get slower”" in self.told.closing(evening)[0]
        evening = evening.after(done(ANSWER, strength=strength, score=60.0))
        assert self.told.closing(evening)[0].endswith(f"in your answer on News feed. {strength}")

    def test_nothing_is_praised_that_did_not_go_well(self) -> None:
        failed = Evening().after(done(TRADEOFFS, passed=False, score=20.0))
        unjudged = Evening().after(done(TRADEOFFS))
        skipped = Evening().after(Outcome(step=TRADEOFFS, ended=Ended.SKIPPED))
        for evening in (failed, unjudged, skipped, Evening()):
            assert "went well" not in self.told.closing(evening)[0]
        assert "You went through the tradeoffs" in self.told.closing(failed)[0]
        assert "You went through the tradeoffs" in self.told.closing(unjudged)[0]
        assert "did not practise" in self.told.closing(skipped)[0]

    def test_the_morning_is_given_what_the_weakest_point_asks_for(self) -> None:
        evening = Evening(needs={"storage": 0.6}).after(done(TRADEOFFS, passed=False, score=10.0))
        assert weakest(evening, BOOK) == "tradeoffs"
        assert self.told.closing(evening)[1].endswith(BOOK.of("tradeoffs").keep)
        evening = evening.after(done(replace(TRADEOFFS, id="tradeoffs-2"), passed=True, score=80.0))
        assert self.told.keep(evening) == BOOK.of("storage").keep
        assert self.told.keep(Evening()) == BOOK.keep

    @pytest.mark.parametrize(
        ("hours", "spoken"),
        [
            (2.0, "two hours"),
            (1.0, "one hour"),
            (1.5, "one and a half hours"),
            (0.5, "thirty minutes"),
            (0.25, "fifteen minutes"),
            (1.25, "one hour fifteen minutes"),
            (1.74, "one hour forty-four minutes"),
        ],
    )
    def test_hours_as_they_are_said(self, hours: float, spoken: str) -> None:
        assert spoken_hours(hours) == spoken
