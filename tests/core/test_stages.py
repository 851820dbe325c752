from __future__ import annotations

from tests.core.exemplars import STRONG
from tests.core.spoken import candidate, judge
from voice_coach.core.rubric_ids import STAGES
from voice_coach.core.stages import segment, stage_of_each
from voice_coach.core.transcript import Transcript


def stages_of(text: str) -> list[str]:
    heard = judge().listen(candidate(text))
    return list(stage_of_each(heard, judge().rubric.stages))


def test_a_strong_answer_goes_through_the_steps_in_order() -> None:
    heard = judge().listen(candidate(STRONG))
    stretches = segment(heard, judge().rubric.stages)
    order = list(dict.fromkeys(stretch.stage for stretch in stretches))
    assert order == sorted(order, key=STAGES.index)
    assert {"requirements", "high_level", "deep_dive"} <= set(order)
    assert order[-1] in {"tradeoffs", "wrap_up"}


def test_stretches_are_in_time_order_and_do_not_overlap() -> None:
    stretches = segment(judge().listen(candidate(STRONG)), judge().rubric.stages)
    moments = [moment for stretch in stretches for moment in (stretch.start_s, stretch.end_s)]
    assert moments == sorted(moments)


def test_questions_about_the_product_are_clarification() -> None:
    text = "Who is using it? Is it only staff, or customers as well? Are pictures out of scope?"
    assert stages_of(text) == ["clarify"] * 3


def test_one_stray_cue_does_not_change_the_step() -> None:
    text = (
        "The table has four columns, and the primary key is the message id. The index on conversation and "
        "time serves the query. Users like it. The partition key would be the conversation, because every "
        "query names one."
    )
    assert set(stages_of("Well. " * 20 + text)[-4:]) == {"deep_dive"}


def test_talk_about_the_answer_is_no_step() -> None:
    text = (
        "My plan is the requirements first, then the architecture, and finally tradeoffs. "
        + STRONG.split("tradeoffs. ")[1]
    )
    assert stages_of(text)[0] == "none"


def test_nothing_said_has_no_stages() -> None:
    assert segment(judge().listen(Transcript()), judge().rubric.stages) == ()
