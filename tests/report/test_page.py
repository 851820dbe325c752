"""The page as text: what is in it, for every kind of session."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest

from tests.report import made
from tests.report.test_markup import HOSTILE, Structure, said_everywhere
from voice_coach.core.rubric_ids import CHECKLIST
from voice_coach.report import labels, moments, pictures
from voice_coach.report.data import Earlier, Report
from voice_coach.report.labels import clock
from voice_coach.report.page import page


def sound() -> str:
    return "data:audio/webm;base64,AAAA"


def report(document: dict[str, Any] | None = None, **more: Any) -> Report:  # noqa: ANN401 - any field of Report
    document = document or made.analysis()
    return Report(
        **{
            "name": made.NAME,
            "title": "URL shortener",
            "started": "30 November 2026, 18:15 UTC",
            "analysis": document,
            "journal": made.journal(document),
            **more,
        }
    )


def read(markup: str) -> str:
    """What a person reads of it: neither style nor script."""
    bare = re.sub(r"<(style|script)>.*?</\1>", "", markup, flags=re.DOTALL)
    return " ".join(" ".join(Structure(bare).pieces).split())


def test_the_same_session_gives_the_same_page() -> None:
    assert page(report()) == page(report())


def test_the_verdict_comes_first_and_in_words() -> None:
    shown = read(page(report()))
    assert shown.index("71 of 100") < shown.index("Keep this line") < shown.index("First to work on")
    assert "Try saying: “At a high level, three parts work together.”" in shown
    assert "voice-coach drill failure-modes" in shown
    assert "inside the target of 3:12 to 4:48" in shown


def test_the_quote_to_keep_leads_to_where_it_was_said() -> None:
    shown = read(page(report()))
    kept = shown[shown.index("Keep this line") : shown.index("First to work on")]
    assert kept.endswith("0:29 “I would pick a key value store” ")


def test_doubt_is_said_as_doubt() -> None:
    shown = read(page(report()))
    assert "Perhaps not heard 58 % sure: judge for yourself" in shown


def test_the_page_asks_for_nothing_outside_itself() -> None:
    markup = page(report(sound=sound))
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', markup)
    assert policy is not None
    assert "default-src &#x27;none&#x27;" in policy[1]
    assert "unsafe" not in policy[1]
    assert not re.search(r"""(src|href)=["'](?!#|data:)""", markup)
    assert "http" not in re.sub(r'http-equiv|xmlns="[^"]*"', "", markup)
    assert ' style="' not in markup


def test_every_link_leads_somewhere_and_no_id_comes_twice() -> None:
    markup = page(report(sound=sound))
    ids = re.findall(r'\bid="([^"]+)"', markup)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', markup)) <= set(ids)


def test_without_sound_nothing_offers_to_be_heard() -> None:
    shown = page(report())
    assert "<audio" not in shown
    assert "Hear" not in read(shown).replace("Heard", "")
    assert 'href="#t' in shown, "quotes lead to their place all the same"


def test_with_sound_the_feedback_can_be_heard_again() -> None:
    document = made.analysis()
    end = document["transcript"]["turns"][-1]["end"]
    assert f'data-at="{end + 1.0:.2f}" data-until="{end + 3.0:.2f}"' in page(report(document, sound=sound))


def test_times_that_were_laid_out_are_not_shown_as_measured() -> None:
    markup = page(report(made.without_times(made.analysis()), sound=sound))
    shown = read(markup)
    assert "Times are laid out" in shown
    assert "not measured" in shown
    assert "<audio" not in markup, "no word is where its time says"
    assert "data-t=" not in markup


def test_no_length_is_judged_where_times_were_laid_out() -> None:
    document = made.analysis()
    measured, shown = (read(page(report(one))) for one in (document, made.without_times(document)))
    took = clock(document["pacing"]["answer_s"])
    assert f"Your time {took} inside the target" in measured
    assert f"Your time about {took} at an ordinary pace" in shown
    assert "the target of" not in shown
    assert "about 0:29 “I would pick a key value store”" in shown
    assert f"Bars are your {took}" in measured
    assert "Bars are shares of your words" in shown
    assert "Longest stretch without a check-in not measured" in shown


def test_the_comparison_doubts_what_the_verdict_doubts() -> None:
    past = tuple(
        Earlier(score=60.0, speech={}, met=frozenset(), judged=frozenset({"tradeoff_summary"}))
        for _ in range(3)
    )
    document = made.analysis()
    doubted = [item for item in document["checklist"] if labels.verdict(item, 0.62)[0] == "doubt"]
    shown = read(page(report(document, earlier=past)))
    compared = shown[shown.index("The elements of a strong answer, now and before") :]
    assert doubted
    for item in doubted:
        name = labels.title(item["id"])
        assert f"{name} perhaps" in compared


def test_an_answer_that_was_not_judged_says_why() -> None:
    shown = read(page(report(made.not_assessed())))
    assert "This answer was not judged. The answer was too short to judge." in shown
    assert "No score" in shown
    assert shown.count("The answer was too short to judge.") == 2, "at the top, and as it was read"
    assert "Stages: none recognised" in shown


def test_many_turns_of_the_coach_are_all_there() -> None:
    markup = page(report(made.analysis(made.conversation(20))))
    assert markup.count('<li class="turn coach">') == 20
    assert markup.count(">follow-up</span>") == 19


def test_words_are_marked_for_what_they_are() -> None:
    turns = made.conversation(3)
    first = turns[1]["words"]
    first[5].update(text="Redis", heard="Riddies")
    for word in first[6:]:
        word["start"] += 3.0
        word["end"] += 3.0
    markup = page(report(made.analysis(turns)))
    assert re.search(r'<span class="w f"[^>]*>Um,</span>', markup)
    assert re.search(r'class="w c"[^>]*>Redis</span><span class="heard"> \(heard: Riddies\)</span>', markup)
    assert 'class="gap">3 s<' in markup
    assert 'href="#checklist-opening_roadmap"' in markup, "a quote says what it counts for"


def stood_still(*lines: tuple[float, str, Mapping[str, object]]) -> Report:
    """A session of which an answer has a minute without a word in it, and what was journalled from there on."""
    document = made.analysis(made.conversation(1))
    turn = document["transcript"]["turns"][1]
    gap = turn["words"][60]["end"]
    for word in turn["words"][61:]:
        word["start"] += 60.0
        word["end"] += 60.0
    turn["end"] += 60.0
    journalled = [{"t": gap + at, "kind": kind, **more} for at, kind, more in lines]
    return report(document, journal=[*made.journal(document), *journalled])


PAUSED = (1.0, "command", {"name": "pause"})
RESUMED = (59.0, "command", {"name": "resume"})


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param([PAUSED, RESUMED], id="paused"),
        pytest.param(
            [
                (1.0, "device_lost", {"role": "microphone"}),
                (20.0, "device_lost", {"role": "loudspeaker"}),
                (30.0, "device_back", {"role": "microphone"}),
                (59.0, "device_back", {"role": "loudspeaker"}),
            ],
            id="two devices lost",
        ),
        pytest.param(
            [
                PAUSED,
                (10.0, "device_lost", {"role": "microphone"}),
                (20.0, "device_back", {"role": "microphone"}),
                RESUMED,
            ],
            id="a device lost in a pause",
        ),
        pytest.param([(1.0, "machine_slept", {"until_s": 59.0, "asleep_s": 58.0})], id="the machine slept"),
    ],
)
def test_no_silence_is_the_candidates_while_the_session_stood_still(
    lines: list[tuple[float, str, Mapping[str, object]]],
) -> None:
    """Nor is it time in which they spoke slowly."""
    silent = stood_still()
    [silence] = moments.pauses(silent)
    assert silence.length > 60
    if lines[0][1] == "machine_slept":
        lines = [(at, kind, {**more, "until_s": silence.end - 1.0}) for at, kind, more in lines]
    held = stood_still(*lines)
    [hold] = moments.holds(held)
    assert hold.length == pytest.approx(58.0, abs=0.2)
    assert moments.pauses(held) == []
    slowest = min(value for _, value in moments.pace(held) if value is not None)
    assert slowest > 120
    assert min(value for _, value in moments.pace(silent) if value is not None) < 60


def test_a_pause_on_command_is_no_pause_for_thought() -> None:
    paused = stood_still(PAUSED, RESUMED)
    assert moments.pauses(paused) == []
    markup = page(paused)
    assert ">paused<" in markup
    assert "You: “pause”" in markup


def test_earlier_sessions_are_compared_from_the_third_on() -> None:
    def past(score: float) -> Earlier:
        return Earlier(
            score=score,
            speech={"wpm": 120.0},
            met=frozenset(CHECKLIST[:1]),
            judged=frozenset(CHECKLIST),
        )

    two = read(page(report(earlier=[past(40.0), past(50.0)])))
    assert "Your median" not in two
    shown = read(page(report(earlier=[past(40.0), past(50.0), past(60.0)])))
    assert "Score 71 50 more than usual" in shown
    assert "A roadmap at the start heard 3 of 3" in shown


def test_a_drill_is_judged_on_its_own_items_alone() -> None:
    document = made.analysis()
    quoted = [made.evidence(document["transcript"]["turns"], "I would pick a key value store")]
    part = {"id": "reason", "verdict": "met", "why": "It was said.", "evidence": quoted}
    document["drill"] = {"kind": "storage", "attempt": 1, "passed": True, "score": 100, "items": [part]}
    document["score"]["parts"] = []
    drilled = report(document)
    markup = page(drilled)
    shown = read(markup)
    assert "71 of 100 passed" in shown
    for gone in ("checklist", "mistakes", "delivery", "clarification", "deep-dives"):
        assert f'id="{gone}"' not in markup
    for gone in (
        "Perhaps heard",
        "elements heard",
        "Phases against",
        "Stages:",
        "the target of",
        "Deep dive",
    ):
        assert gone not in shown
    assert len(moments.marks(drilled)) == len(quoted)
    assert 'class="ref drill" href="#drill-reason"' in markup
    assert 'id="drill-reason"' in markup


def test_what_other_parts_add_is_shown() -> None:
    document = made.analysis(
        drill={
            "kind": "storage",
            "attempt": 2,
            "passed": True,
            "score": 80,
            "seconds": 61.4,
            "items": [{"id": "reason", "verdict": "met", "why": "It was.", "evidence": []}],
        },
        redos=[
            {
                "item": "api",
                "goal": "say it shorter.",
                "before": "An interface.",
                "after": "",
                "verdict_before": "not_met",
                "verdict_after": "met",
            }
        ],
        corrections=[
            {
                "item": "scaling_strategy",
                "before": "not_met",
                "after": "met",
                "quote": "the main parts,",
                "start": 11.0,
                "end": 12.0,
            }
        ],
        second_opinion={
            "changes": [],
            "sentences": [{"text": "Clear.", "item": "api", "evidence": []}],
            "agreed": 2,
            "dropped": {},
        },
        language_model={
            "requests": 3,
            "tokens": 1200,
            "tokens_allowed": 9000,
            "cost": None,
            "cost_allowed": 1.0,
        },
    )
    shown = read(page(report(document)))
    for part in (
        "The drill",
        "Storage: passed, 80 of 100, 61 seconds, attempt 2.",
        "Goal: say it shorter.",
        "Interface Not heard, then heard",
        "Not heard at first, heard after you said so",
        "“the main parts,”",
        "It agreed with 2",
        "1,200 of 9,000 tokens",
    ):
        assert part in shown, part


def test_a_change_of_scope_is_told_with_its_quotes() -> None:
    quote = {"start": 11.0, "end": 12.0, "quote": "the main parts,"}
    change = {
        "change": "regions",
        "text": "Now it must run in two regions.",
        "at": 30.0,
        "first_content_s": 4.2,
        "first_content": [quote],
        "taken_up": {"verdict": "met", "evidence": [quote]},
        "touched": [],
        "revisited": [{"part": "database", "before": [quote], "after": [quote]}],
        "defended": {"verdict": "not_made", "confidence": 0.9, "evidence": []},
    }
    shown = read(page(report(made.analysis(adaptation=[change]))))
    assert "Now it must run in two regions. Taken up" in shown
    assert "the first word about it took 4 seconds" in shown


def test_a_spoken_script_is_words_on_the_page() -> None:
    markup = page(said_everywhere(HOSTILE))
    assert markup.count("<script") == 1
    assert "<img" not in markup
    assert HOSTILE in Structure(markup).read


@pytest.mark.parametrize("minutes", [0.1, 1, 4, 15, 45])
def test_an_axis_has_room_for_its_times(minutes: float) -> None:
    assert 1 <= len(moments.ticks(60 * minutes)) <= 14


def test_the_pace_is_that_of_the_candidates_own_time() -> None:
    known = [value for _, value in moments.pace(report()) if value is not None]
    assert known
    assert min(known) > 130, "the coach's turns are left out"
    assert max(known) < 170


@pytest.mark.parametrize(("many", "highest"), [(0, "10"), (2, "10"), (9, "18")])
def test_the_curve_of_fillers_is_named_with_its_unit_and_drawn_in_it(many: int, highest: str) -> None:
    document = made.analysis()
    said = {"text": "um", "start": 1.0, "end": 1.2}
    document["speech"]["fillers"] = [said] * many
    drawn = pictures.timeline(report(document)).svg
    names = re.findall(r"<text[^>]*>\s*([^<]+?)\s*</text>", drawn)
    place = names.index("fillers a")
    assert names[place + 1] == "minute"
    assert {"5", highest} <= set(names), "five a minute, and the top of the axis"
