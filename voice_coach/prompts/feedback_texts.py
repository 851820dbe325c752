"""Checks what is said after an answer: short enough for the ear, slots as promised, one advice for each
element.
"""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from voice_coach.core.counting import counted
from voice_coach.core.cues import check_cue
from voice_coach.core.faults import IDS
from voice_coach.core.gate import Reason
from voice_coach.core.lexicon_cues import BUILDING_BLOCKS
from voice_coach.core.pacing import Length
from voice_coach.core.phrasing import LINE_WORDS, slots_of
from voice_coach.core.rubric_ids import CHECKLIST, CLARIFICATION, DEEP_DIVES, DELIVERY, STAGES
from voice_coach.core.sayings import ANY, MOST_WORDS
from voice_coach.core.speech_faults import ITEMS
from voice_coach.prompts.folder import Problem

if TYPE_CHECKING:
    from voice_coach.core.advice import Advice, Praise
    from voice_coach.core.rubric import AdaptationTexts, FeedbackTexts
    from voice_coach.toml_lines import Key

    Location = tuple[Key, ...]

_SLOT_WORDS = {
    "time": 4,
    "quote": 12,
    "items": 18,
    "length": 6,
    "low": 4,
    "high": 4,
    "noun": 8,
    "pace": 4,
    "missing": 18,
    "stronger": 18,
    "try_saying": 22,
    "goal": 21,
    "line": 18,
    "closing": 4,
    "seconds": 5,
}
"""How many words a slot is filled with, at most."""
_BUILT = {
    "component": 3,
    "other": 3,
    "own": 12,
    "said": 12,
    "need": 10,
    "reason": 12,
    "load": 5,
    "limit": 3,
    "parts": 13,
    "steps": 18,
}
"""The candidate's own words: a part and another one, a clause about the part, the clause that was half of it, a
requirement, how the data is read, a number of the load, a time limit, the parts and the steps of the answer. They may
begin with a capital. A line is used where they can be filled and fit, and the last of a list has none of them.
"""
_ALWAYS = {"length", "closing"}
"""What can always be filled in a line about something that was not heard."""
_HEARD = {"time", "quote"}
_FIELDS: Mapping[str, set[str]] = {
    "strength": _HEARD,
    "strength_bare": {"time", "noun"},
    "strength_unprompted": {"line"},
    "strength_prompted": {"line"},
    "strength_plain": {"line"},
    "strength_pace": {"pace"},
    "strength_time": {"length"},
    "also": {"items"},
    "heard": _HEARD,
    "first_heard": _HEARD,
    "second_heard": _HEARD,
    "doubt_heard": {"missing"},
    "first_fix": {"missing"},
    "second_fix": {"missing"},
    "first_doubt": {"missing"},
    "second_doubt": {"missing"},
    "first_stronger": {"stronger"},
    "second_stronger": {"stronger"},
    "say": {"try_saying"},
    "redo": {"goal"},
    "redo_met": set(),
    "prompted": {"noun", "time"},
    "late": {"noun", "time"},
    "say_unasked": {"try_saying"},
    "why_unasked": set(),
    "why_early": set(),
}
_ADAPTATION: Mapping[str, set[str]] = {
    "not_taken_up": {"time"},
    "slow": {"time", "seconds"},
    "revisited": {"time", "quote"},
    "taken_up": {"time"},
}
_LENGTH_SLOTS = {
    Length.SHORT: ({"length", "low"}, {"low"}),
    Length.WITHIN: ({"length"}, None),
    Length.LONG: ({"length", "high"}, {"high"}),
}
_MEASURED = {
    "monologue": {"time"},
    "pace_slow": {"pace"},
    "pace_fast": {"pace"},
    "fillers": {"low", "high", "time", "quote"},
}


def feedback_problems(texts: FeedbackTexts) -> Iterator[Problem]:
    """What is wrong beyond the shape."""
    for name, slots in _FIELDS.items():
        yield from _list_problems((name,), getattr(texts, name), needed=slots)
    for verdict, (needed, at_edge) in _LENGTH_SLOTS.items():
        lines = texts.length.get(verdict, ())
        yield from _list_problems(("length", verdict.value), lines, needed=needed, may={"low", "high"})
        if at_edge is not None:
            lines = texts.length_edge.get(verdict, ())
            yield from _list_problems(("length_edge", verdict.value), lines, needed=at_edge)
    yield from _list_problems(("length_estimated",), texts.length_estimated, needed={"length"})
    yield from _adaptation_problems(texts.adaptation)
    for reason in Reason:
        yield from _list_problems(("not_assessed", reason.value), texts.not_assessed.get(reason, ()))
    yield from _text_problems(("steps",), texts.steps, needed={"first", "middle", "last"})
    for stage, name in texts.step_names.items():
        if stage not in STAGES:
            yield Problem(("step_names", stage), f"is none of {', '.join(STAGES)}")
        yield from _text_problems(("step_names", stage), name, may={"component"})
    for subject, cues in texts.subjects.items():
        yield from _cue_problems(("subjects", subject), cues)
    for index, advice in enumerate(texts.advice):
        yield from _advice_problems(("advice", index), advice, texts)
    for index, praise in enumerate(texts.praise):
        yield from _praise_problems(("praise", index), praise)
    met = (*CHECKLIST, *DELIVERY, *CLARIFICATION, *DEEP_DIVES)
    for key, items, wanted in (
        ("advice", [advice.item for advice in texts.advice], (*IDS, *ITEMS)),
        ("praise", [praise.item for praise in texts.praise], met),
    ):
        if sorted(items) != sorted(wanted):
            yield Problem((key,), f"needs one table for each of {', '.join(wanted)}")


def _adaptation_problems(texts: AdaptationTexts) -> Iterator[Problem]:
    for name, slots in _ADAPTATION.items():
        yield from _list_problems(("adaptation", name), getattr(texts, name), needed=slots)


def _advice_problems(where: Location, advice: Advice, texts: FeedbackTexts) -> Iterator[Problem]:
    measured = _MEASURED.get(advice.item, set())
    always = (_ALWAYS | measured) - {"time", "quote"}
    own = {*_BUILT, *_HEARD, *always}
    for name in ("missing", "near"):
        if lines := getattr(advice, name):
            yield from _list_problems((*where, name), lines, may=own, last=always | _HEARD)
    if advice.doubted or advice.doubted_alone:
        yield from _list_problems((*where, "doubted"), advice.doubted, may=own, last=_HEARD)
        yield from _list_problems((*where, "doubted_alone"), advice.doubted_alone, may=own, last={"time"})
    yield from _list_problems((*where, "alone"), advice.alone, may=own, last=always)
    yield from _list_problems((*where, "why"), advice.why)
    yield from _list_problems((*where, "redo"), advice.redo, may=own, last=set(), most=_SLOT_WORDS["goal"])
    if ANY not in advice.try_saying:
        yield Problem((*where, "try_saying"), f"needs the key {ANY}, for answers that name no part")
    for category, lines in advice.try_saying.items():
        name, _, subject = category.partition(" ")
        if name not in {*BUILDING_BLOCKS, *texts.kinds, ANY}:
            names = ", ".join(sorted({*BUILDING_BLOCKS, *texts.kinds}))
            yield Problem((*where, "try_saying", category), f"is none of {names}")
        if subject and subject not in texts.subjects:
            yield Problem((*where, "try_saying", category), f"no subject is named {subject!r}")
        last = set() if name == ANY else {"component"}
        yield from _list_problems(
            (*where, "try_saying", category), lines, may=set(_BUILT), last=last, most=MOST_WORDS
        )
    yield from _cue_problems((*where, "keys"), advice.keys)
    yield from _cue_problems((*where, "goes_on"), advice.goes_on)
    yield from _cue_problems((*where, "announced"), advice.announced)
    if advice.item in CHECKLIST:
        most = _SLOT_WORDS["stronger"]
        yield from _list_problems((*where, "stronger"), advice.stronger, needed={"time"}, most=most)
        yield from _list_problems(
            (*where, "next_saying"), advice.next_saying, may=set(_BUILT), last=set(), most=MOST_WORDS
        )


def _praise_problems(where: Location, praise: Praise) -> Iterator[Problem]:
    yield from _list_problems((*where, "lines"), praise.lines, most=_SLOT_WORDS["line"])
    yield from _list_problems((*where, "noun"), [praise.noun], most=_SLOT_WORDS["noun"])
    yield from _cue_problems((*where, "keys"), praise.keys)


def _cue_problems(where: Location, cues: Sequence[str]) -> Iterator[Problem]:
    for index, cue in enumerate(cues):
        try:
            check_cue(cue)
        except ValueError as error:
            yield Problem((*where, index), str(error))


def _text_problems(
    where: Location, text: str, *, needed: set[str] | None = None, may: set[str] | None = None
) -> Iterator[Problem]:
    """*needed* and *may* as for :func:`_list_problems`; these slots are never capitalised."""
    needed, may = needed or set(), may or set()
    try:
        held = slots_of(text)
    except ValueError as error:
        yield Problem(where, f"braces: {error}")
        return
    if not needed <= held <= needed | may:
        yield Problem(where, _wanted(needed, may))


def _list_problems(
    where: Location,
    lines: Sequence[str],
    *,
    needed: set[str] | None = None,
    may: set[str] | None = None,
    last: set[str] | None = None,
    most: int = LINE_WORDS,
) -> Iterator[Problem]:
    """*needed*: the slots that each line must hold; *may*: those that it may; *last*: those of the last line.

    Lines with slots that may not be filled are only used where they fit, so that only others are measured.
    """
    needed, may = needed or set(), may or set()
    if not lines:
        yield Problem(where, "needs at least one line")
    for index, line in enumerate(lines):
        is_last = last is not None and index + 1 == len(lines)
        allowed = (last if is_last else may) or set()
        try:
            held = {name.lower() for _, name, _, _ in string.Formatter().parse(line) if name is not None}
        except ValueError as error:
            yield Problem((*where, index), f"braces: {error}")
            continue
        if not needed <= held <= needed | allowed:
            yield Problem((*where, index), _wanted(needed, allowed))
        words = spoken_words(line)
        if (is_last or not held - needed) and not 1 <= words <= most:
            yield Problem((*where, index), f"up to {counted(words, 'word')} spoken; at most {most}")


def _wanted(needed: set[str], allowed: set[str]) -> str:
    must = ", ".join(f"{{{name}}}" for name in sorted(needed)) or "no slot"
    also = ", ".join(f"{{{name}}}" for name in sorted(allowed - needed))
    return f"must hold {must}, and may hold {also}" if also else f"must hold {must} and no other"


def spoken_words(line: str) -> int:
    """The words of *line* with its slots filled as fully as they can be."""
    for slot, words in (_SLOT_WORDS | _BUILT).items():
        for name in (slot, slot.capitalize()):
            line = line.replace(f"{{{name}}}", ("word " * words).strip())
    return len(line.split())
