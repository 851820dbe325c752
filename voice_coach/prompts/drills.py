"""Drills: one file each under ``prompts/drills/``, and the lines that they share."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from functools import partial
from typing import TYPE_CHECKING

from voice_coach.core.counting import counted
from voice_coach.core.drill import KINDS, TAKEN_UP, TOUCHED, Drill, DrillBook, DrillLines, RoundKind
from voice_coach.core.errors import PromptError
from voice_coach.core.rubric_ids import CHECKLIST, CLARIFICATION, DEEP_DIVES, DELIVERY, MISTAKES
from voice_coach.prompts.folder import (
    Problem,
    cue_problems,
    list_problems,
    load_checked,
    placeholder_problems,
    repeated_ids,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from voice_coach.core.content import Question
    from voice_coach.core.drill import DrillItem, DrillRound
    from voice_coach.toml_lines import Key

LONGEST_LINE = 35
"""Words that are spoken in one go."""
LONGEST_GOAL = 22
LONGEST_WHAT = 7
"""Words of what an item is called."""
LONGEST_S = 360.0
"""Of the candidate's time in a drill as it is drawn."""
SHORTEST_ROUND_S, LONGEST_ROUND_S = 5.0, 180.0
_ID = re.compile(r"[a-z0-9]+([-_][a-z0-9]+)*")
_JUDGED = frozenset({*CHECKLIST, *MISTAKES, *DELIVERY, *CLARIFICATION, *DEEP_DIVES, TAKEN_UP, TOUCHED})
_SLOTS = {
    "round_left": {"left"},
    "status": {"number", "count"},
    "heard": {"count", "all", "unit", "what", "quote"},
    "heard_only": {"what", "quote"},
    "heard_none": {"unit", "quote"},
    **{
        name: {"what"} for name in ("met", "not_met", "unsaid", "absent_met", "absent_not_met", "not_reached")
    },
}
"""What the shared lines must hold; all others hold none."""


def load_drills(
    folder: Path, sets: Mapping[str, Sequence[str]], questions: Mapping[str, Question]
) -> DrillBook:
    """The drills in *folder* (``prompts``) by kind, those of ``KINDS`` first. Raises PromptError.

    *sets* are the cue sets that cues may name, *questions* the packs that rounds may name.
    """
    paths = {path.stem: path for path in sorted((folder / "drills").glob("*.toml"))}
    missing = [kind for kind in KINDS if kind not in paths]
    if missing:
        message = f"{folder / 'drills' / missing[0]}.toml: no such file; every kind of drill has one"
        raise PromptError(message)
    kinds = [*KINDS, *(kind for kind in paths if kind not in KINDS)]
    return DrillBook(
        drills={kind: load_drill(paths[kind], sets, questions) for kind in kinds},
        lines=load_checked(folder / "drill_lines.toml", DrillLines, _line_problems),
    )


def load_drill(path: Path, sets: Mapping[str, Sequence[str]], questions: Mapping[str, Question]) -> Drill:
    """The drill at *path*, changes of scope filled in from their packs. Raises PromptError."""
    drill = load_checked(path, Drill, partial(_problems, sets=sets, questions=questions), kind=path.stem)
    return replace(drill, round=tuple(_with_change(_filled(part, drill), questions) for part in drill.round))


def check_drills(
    folder: Path, sets: Mapping[str, Sequence[str]], questions: Mapping[str, Question]
) -> list[str]:
    """Every complaint about the drills in *folder* and the lines that they share."""
    found = list_problems(folder / "drill_lines.toml", DrillLines, _line_problems)
    for path in sorted((folder / "drills").glob("*.toml")):
        problems = partial(_problems, sets=sets, questions=questions)
        found += list_problems(path, Drill, problems, kind=path.stem)
    return found


def _filled(part: DrillRound, drill: Drill) -> DrillRound:
    """*part* with what the drill says for all of its rounds."""
    return replace(
        part,
        limit_s=part.limit_s or drill.round_s,
        kind=part.kind if part.kind.asks else drill.kind_of_round,
        at_least=part.at_least or drill.at_least,
        item=part.item or drill.item,
    )


def _with_change(part: DrillRound, questions: Mapping[str, Question]) -> DrillRound:
    if not part.change:
        return part
    changes = {change.id: change for change in questions[part.pack].scope_change}
    return replace(part, scope_change=changes[part.change])


def _problems(
    drill: Drill, *, sets: Mapping[str, Sequence[str]], questions: Mapping[str, Question]
) -> Iterator[Problem]:
    sets = {**sets, **drill.sets}
    for name, cues in drill.sets.items():
        yield from cue_problems(("sets", name), cues, sets)
    yield from cue_problems(("ignored",), drill.ignored, sets)
    if not drill.round:
        yield Problem(("round",), "needs at least one [[round]]")
        return
    if not 1 <= drill.pass_score <= 100:  # noqa: PLR2004 - the best score
        yield Problem(("pass_score",), f"{drill.pass_score} is not from 1 to 100")
    if not 0 <= drill.draw <= len(drill.round):
        yield Problem(("draw",), f"{drill.draw} of {counted(len(drill.round), 'round')} cannot be drawn")
    yield from _spoken(("intro",), drill.intro, LONGEST_LINE)
    yield from _sentence(("carry_on",), drill.carry_on)
    yield from repeated_ids(("round",), [part.id for part in drill.round])
    for index, item in enumerate(drill.item):
        has_change = all(part.change for part in drill.round)
        yield from _item_problems(("item", index), item, sets, has_change=has_change)
    for number, part in enumerate(drill.round):
        yield from _round_problems(("round", number), part, drill, sets, questions)
    longest = sorted((part.limit_s or drill.round_s for part in drill.round), reverse=True)[
        : drill.draw or None
    ]
    if sum(longest) > LONGEST_S:
        yield Problem(("round",), f"{sum(longest):g} s of talk are too many for a drill; draw fewer rounds")


def _round_problems(
    at: tuple[Key, ...],
    own: DrillRound,
    drill: Drill,
    sets: Mapping[str, Sequence[str]],
    questions: Mapping[str, Question],
) -> Iterator[Problem]:
    part = _filled(own, drill)
    if not _ID.fullmatch(part.id):
        yield Problem((*at, "id"), f"{part.id!r} is no id; small letters, digits and hyphens")
    if not SHORTEST_ROUND_S <= part.limit_s <= LONGEST_ROUND_S:
        yield Problem(
            (*at, "limit_s"), f"{part.limit_s:g} is not from {SHORTEST_ROUND_S:g} to {LONGEST_ROUND_S:g}"
        )
    if part.ask:
        yield from _spoken((*at, "ask"), part.ask, LONGEST_LINE)
    elif not part.change:
        yield Problem((*at, "ask"), "is empty; say what is asked")
    for index, text in enumerate(part.read_out):
        yield from _spoken((*at, "read_out", index), text, LONGEST_LINE)
    yield from _pack_problems(at, part, questions)
    optional = sum(not item.is_required and not item.is_absent for item in part.item)
    if not part.item:
        yield Problem((*at, "item"), "needs at least one [[round.item]], or the drill an [[item]]")
    if not 0 <= part.at_least <= optional:
        yield Problem(
            (*at, "at_least"), f"{part.at_least} of {counted(optional, 'item')} cannot be asked for"
        )
    if part.in_order:
        yield from _sentence((*at, "order_goal"), part.order_goal)
    yield from repeated_ids((*at, "item"), [item.id for item in own.item])
    for index, item in enumerate(own.item):
        yield from _item_problems((*at, "item", index), item, sets, has_change=bool(part.change))


def _pack_problems(
    at: tuple[Key, ...], part: DrillRound, questions: Mapping[str, Question]
) -> Iterator[Problem]:
    is_asked = part.kind is RoundKind.QUESTIONS or bool(part.change)
    if is_asked and part.pack not in questions:
        yield Problem((*at, "pack"), f"no question pack is called {part.pack!r}")
    elif part.change and part.change not in {change.id for change in questions[part.pack].scope_change}:
        yield Problem((*at, "change"), f"{part.pack} has no change of scope called {part.change!r}")
    if part.scope_change is not None:
        yield Problem((*at, "scope_change"), "is taken from the pack; name it by change")


def _item_problems(
    at: tuple[Key, ...], item: DrillItem, sets: Mapping[str, Sequence[str]], *, has_change: bool
) -> Iterator[Problem]:
    if not _ID.fullmatch(item.id):
        yield Problem((*at, "id"), f"{item.id!r} is no id; small letters, digits and hyphens")
    if not 1 <= len(item.what.split()) <= LONGEST_WHAT:
        yield Problem((*at, "what"), f"1 to {LONGEST_WHAT} words")
    yield from _sentence((*at, "goal"), item.goal)
    if not item.cues and not item.judged:
        yield Problem((*at, "cues"), "needs cues, or the rubric id that it is judged by")
    if item.with_cues and not item.cues:
        yield Problem((*at, "with_cues"), "goes with cues only")
    if item.rivals and not item.with_cues:
        yield Problem((*at, "rivals"), "goes with with_cues only")
    if item.judged and item.judged not in _JUDGED:
        yield Problem((*at, "judged"), f"{item.judged!r} is no id of the rubric")
    if item.judged in (TAKEN_UP, TOUCHED) and not has_change:
        yield Problem((*at, "judged"), f"{item.judged} goes with a change of scope only")
    yield from cue_problems((*at, "cues"), item.cues, sets)
    yield from cue_problems((*at, "with_cues"), item.with_cues, sets)
    yield from cue_problems((*at, "rivals"), item.rivals, sets)
    yield from cue_problems((*at, "unless"), item.unless, sets)


def _spoken(at: tuple[Key, ...], text: str, most: int) -> Iterator[Problem]:
    words = len(text.split())
    if not 1 <= words <= most:
        yield Problem(at, f"{counted(words, 'word')} spoken; 1 to {most}")
    if "{" in text or "}" in text:
        yield Problem(at, "nothing is filled in here; leave the braces out")


def _sentence(at: tuple[Key, ...], text: str) -> Iterator[Problem]:
    """One sentence, to be said after another one."""
    yield from _spoken(at, text, LONGEST_GOAL)
    if not text.endswith((".", "?")) or re.search(r"[.!?] ", text):
        yield Problem(at, "must be one sentence")


def _line_problems(lines: DrillLines) -> Iterator[Problem]:
    for field in fields(DrillLines):
        value = getattr(lines, field.name)
        variants: tuple[str, ...] = (value,) if isinstance(value, str) else value
        if not variants:
            yield Problem((field.name,), "needs at least one variant")
        for index, text in enumerate(variants):
            at: tuple[Key, ...] = (field.name,) if isinstance(value, str) else (field.name, index)
            if not 1 <= len(text.split()) <= LONGEST_LINE:
                yield Problem(at, f"1 to {LONGEST_LINE} words")
            yield from placeholder_problems(at, text, _SLOTS.get(field.name, set()))
