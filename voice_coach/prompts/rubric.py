"""The rubric: what is listened for, what it is worth and what is said about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from voice_coach.core.content import Lexicon
from voice_coach.core.cues import CueSets, check_cue
from voice_coach.core.lexicon_cues import with_lexicon
from voice_coach.core.phrasing import slots_of
from voice_coach.core.rubric import (
    AdaptationCues,
    Checklist,
    Doubt,
    FeedbackTexts,
    Gate,
    Reasons,
    Rubric,
    Rule,
    Score,
    Stages,
)
from voice_coach.core.rubric_ids import (
    BY_ABSENCE,
    CHECKLIST,
    CLARIFICATION,
    DEEP_DIVES,
    DELIVERY,
    MISTAKES,
    STAGES,
)
from voice_coach.core.stages import NO_STAGE
from voice_coach.prompts.feedback_texts import feedback_problems
from voice_coach.prompts.folder import Problem, list_problems, load_checked

if TYPE_CHECKING:
    from collections.abc import Callable

    from voice_coach.toml_lines import Key

    Location = tuple[Key, ...]

T = TypeVar("T")
Sets = Mapping[str, Sequence[str]]
_POINTS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedCues:
    """The file ``cues.toml``."""

    __pydantic_config__ = {"extra": "forbid"}

    sets: dict[str, tuple[str, ...]]


def load_rubric(folder: Path, lexicon: Lexicon | None = None) -> Rubric:
    """The files of *folder* (``prompts/rubric``). Raises PromptError naming file, line and key."""
    named = load_checked(folder / "cues.toml", NamedCues, partial(_set_problems, lexicon=lexicon))
    sets = CueSets(with_lexicon(named.sets, lexicon or Lexicon(term=())))
    reasons = load_checked(folder / "reasons.toml", Reasons, partial(_reason_problems, sets=sets))
    return Rubric(
        sets=named.sets,
        checklist=load_checked(folder / "checklist.toml", Checklist, partial(_checklist_problems, sets=sets)),
        gate=load_checked(folder / "gate.toml", Gate, partial(_gate_problems, sets=sets)),
        stages=load_checked(folder / "stages.toml", Stages, partial(_stage_problems, sets=sets)),
        reasons=reasons,
        score=load_checked(folder / "score.toml", Score, _score_problems),
        feedback=load_checked(
            folder / "feedback.toml", FeedbackTexts, partial(_feedback_problems, doubts=reasons.doubt)
        ),
        adaptation=load_checked(
            folder / "adaptation.toml", AdaptationCues, partial(_adaptation_problems, sets=sets)
        ),
    )


def check_rubric(folder: Path, lexicon: Lexicon | None = None) -> list[str]:
    """Every complaint about the files of *folder*."""
    found = list_problems(folder / "cues.toml", NamedCues, partial(_set_problems, lexicon=lexicon))
    if found:
        return found
    named = load_checked(folder / "cues.toml", NamedCues, partial(_set_problems, lexicon=lexicon))
    sets = CueSets(with_lexicon(named.sets, lexicon or Lexicon(term=())))
    reasons = (folder / "reasons.toml", Reasons, partial(_reason_problems, sets=sets))
    wrong = _listed(*reasons)
    doubts = () if wrong else load_checked(*reasons).doubt
    return [
        *_listed(folder / "checklist.toml", Checklist, partial(_checklist_problems, sets=sets)),
        *_listed(folder / "gate.toml", Gate, partial(_gate_problems, sets=sets)),
        *_listed(folder / "stages.toml", Stages, partial(_stage_problems, sets=sets)),
        *wrong,
        *_listed(folder / "score.toml", Score, _score_problems),
        *_listed(folder / "feedback.toml", FeedbackTexts, partial(_feedback_problems, doubts=doubts)),
        *_listed(folder / "adaptation.toml", AdaptationCues, partial(_adaptation_problems, sets=sets)),
    ]


def _listed(path: Path, kind: type[T], problems: Callable[[T], Iterator[Problem]]) -> list[str]:
    return list_problems(path, kind, problems)


def _set_problems(named: NamedCues, *, lexicon: Lexicon | None) -> Iterator[Problem]:
    sets = CueSets(with_lexicon(named.sets, lexicon or Lexicon(term=())))
    for name, cues in named.sets.items():
        if not cues:
            yield Problem(("sets", name), "needs at least one cue")
        yield from _cue_problems(("sets", name), cues, sets)


def _checklist_problems(checklist: Checklist, *, sets: Sets) -> Iterator[Problem]:
    yield from _id_problems("item", [item.id for item in checklist.item], CHECKLIST)
    yield from _cue_problems(("negation",), checklist.negation, sets)
    yield from _cue_problems(("retraction",), checklist.retraction, sets)
    yield from _cue_problems(("passed_over",), checklist.passed_over, sets)
    patterns = {rule.name for rule in checklist.pattern}
    names: set[str] = set()
    for index, item in enumerate(checklist.item):
        where: Location = ("item", index)
        yield from _cue_problems((*where, "asked"), item.asked, sets)
        yield from _cue_problems((*where, "near"), item.near, sets)
        for number, rule in enumerate(item.rule):
            yield from _rule_problems((*where, "rule", number), rule, sets, patterns, names)
    for number, rule in enumerate(checklist.pattern):
        yield from _rule_problems(("pattern", number), rule, sets, patterns, names)


def _rule_problems(
    where: Location, rule: Rule, sets: Sets, patterns: set[str], names: set[str]
) -> Iterator[Problem]:
    if rule.name in names:
        yield Problem((*where, "name"), f"{rule.name!r} is used twice")
    names.add(rule.name)
    if not 0.0 < rule.confidence < 1.0:
        yield Problem((*where, "confidence"), f"{rule.confidence} is not between 0 and 1")
    if not rule.all and not rule.several:
        yield Problem(where, "needs all or several")
    if rule.before is not None and rule.before not in patterns:
        yield Problem((*where, "before"), f"no pattern is named {rule.before!r}")
    if rule.heard_in_question is not None and not 0 <= rule.heard_in_question < len(rule.all):
        yield Problem((*where, "heard_in_question"), "is the place of a cue in all, from 0")
    for several in rule.several:
        if several.of not in sets:
            yield Problem((*where, "several"), f"no set is named {several.of!r}")
    yield from _cue_problems((*where, "all"), rule.all, sets)
    yield from _cue_problems((*where, "unless"), rule.unless, sets)


def _gate_problems(gate: Gate, *, sets: Sets) -> Iterator[Problem]:
    yield from _cue_problems(("topic",), gate.topic, sets)


def _stage_problems(stages: Stages, *, sets: Sets) -> Iterator[Problem]:
    yield from _id_problems("stage", [stage.id for stage in stages.stage], (*STAGES, NO_STAGE))
    yield from _cue_problems(("check_in",), stages.check_in, sets)
    for index, stage in enumerate(stages.stage):
        yield from _cue_problems(("stage", index, "strong"), stage.strong, sets)
        yield from _cue_problems(("stage", index, "weak"), stage.weak, sets)


def _reason_problems(reasons: Reasons, *, sets: Sets) -> Iterator[Problem]:
    wanted = (*MISTAKES, *DELIVERY, *CLARIFICATION, *DEEP_DIVES)
    yield from _id_problems("reason", [reason.id for reason in reasons.reason], wanted)
    yield from _cue_problems(("asks",), reasons.asks, sets)
    yield from _cue_problems(("about_before",), reasons.about_before, sets)
    yield from _cue_problems(("scope_change",), reasons.scope_change, sets)
    yield from _cue_problems(("scope_kept",), reasons.scope_kept, sets)
    for name, cues in reasons.asked.items():
        if name not in CHECKLIST:
            yield Problem(("asked", name), f"{name!r} is none of {', '.join(CHECKLIST)}")
        yield from _cue_problems(("asked", name), cues, sets)
    for index, reason in enumerate(reasons.reason):
        yield from _cue_problems(("reason", index, "asked"), reason.asked, sets)
        yield from _cue_problems(("reason", index, "asked_for"), reason.asked_for, sets)
        if bool(reason.asked_for) != bool(reason.excused):
            yield Problem(("reason", index), "asked_for and excused go together")
    for index, doubt in enumerate(reasons.doubt):
        yield from _doubt_problems(("doubt", index), doubt, sets)


def _doubt_problems(where: Location, doubt: Doubt, sets: Sets) -> Iterator[Problem]:
    if doubt.last_share is not None and not 0.0 < doubt.last_share <= 1.0:
        yield Problem((*where, "last_share"), f"{doubt.last_share:g} is not between 0 and 1")
    of_words = (*CHECKLIST, *DELIVERY, *DEEP_DIVES)
    for key, wanted in (("not_flat", of_words), ("not_made", tuple(sorted(BY_ABSENCE)))):
        for name in getattr(doubt, key):
            if name not in wanted:
                yield Problem((*where, key), f"{name!r} is none of {', '.join(wanted)}")
    if not doubt.said:
        yield Problem((*where, "said"), "needs at least one cue")
    yield from _cue_problems((*where, "said"), doubt.said, sets)
    yield from _cue_problems((*where, "unless"), doubt.unless, sets)
    try:
        slots = slots_of(doubt.why)
    except ValueError as error:
        yield Problem((*where, "why"), f"braces: {error}")
        return
    if slots != {"quote"}:
        yield Problem((*where, "why"), "must hold {quote} and no other")


def _feedback_problems(texts: FeedbackTexts, *, doubts: Sequence[Doubt]) -> Iterator[Problem]:
    yield from feedback_problems(texts)
    not_flat = {name for doubt in doubts for name in doubt.not_flat}
    for index, advice in enumerate(texts.advice):
        if advice.item in not_flat and not (advice.doubted or advice.doubted_alone):
            yield Problem(
                ("advice", index),
                f"{advice.item!r} is not_flat in reasons.toml; give it doubted and doubted_alone, or take it out there",
            )


def _adaptation_problems(cues: AdaptationCues, *, sets: Sets) -> Iterator[Problem]:
    for key in ("lead_in", "changes"):
        if not getattr(cues, key):
            yield Problem((key,), "needs at least one cue")
        yield from _cue_problems((key,), getattr(cues, key), sets)


def _score_problems(score: Score) -> Iterator[Problem]:
    groups = {"checklist": score.checklist, "mistakes": score.mistakes, "delivery": score.delivery}
    numbers: dict[Location, int] = {("pacing_outside_target",): score.pacing_outside_target}
    numbers |= {(key, name): points for key, group in groups.items() for name, points in group.items()}
    for where, points in numbers.items():
        if points < 0:
            yield Problem(where, f"{points} is negative; choose 0 or more")
    if not 0.0 <= score.sure_from <= 1.0:
        yield Problem(("sure_from",), f"{score.sure_from:g} is not between 0 and 1")
    for key, wanted in (("mistakes", MISTAKES), ("delivery", DELIVERY)):
        for name in groups[key]:
            if name not in wanted:
                yield Problem((key, name), f"is none of {', '.join(wanted)}")
    yield from _same_ids(("checklist",), tuple(score.checklist), CHECKLIST)
    total = sum(score.checklist.values())
    if total != _POINTS:
        yield Problem(("checklist",), f"the points sum to {total}; make it {_POINTS}")


def _cue_problems(where: Location, cues: Sequence[str], sets: Sets) -> Iterator[Problem]:
    for index, cue in enumerate(cues):
        try:
            check_cue(cue, sets)
        except ValueError as error:
            yield Problem((*where, index), str(error))


def _id_problems(key: str, ids: Sequence[str], wanted: Sequence[str]) -> Iterator[Problem]:
    for index, name in enumerate(ids):
        if name not in wanted:
            yield Problem((key, index, "id"), f"{name!r} is none of {', '.join(wanted)}")
    yield from _same_ids((key,), ids, wanted)


def _same_ids(where: Location, ids: Sequence[str], wanted: Sequence[str]) -> Iterator[Problem]:
    missing = [name for name in wanted if name not in ids]
    twice = [name for name in wanted if ids.count(name) > 1]
    unknown = [name for name in ids if name not in wanted]
    for problem, names in (("missing", missing), ("there twice", twice), ("unknown", unknown)):
        if names:
            yield Problem(where, f"{problem}: {', '.join(names)}")


def strings_of(texts: object) -> Iterator[str]:
    """Every string in a tree of dataclasses, tuples and dicts."""
    if isinstance(texts, str):
        yield texts
    elif isinstance(texts, Mapping):
        for value in texts.values():
            yield from strings_of(value)
    elif isinstance(texts, tuple):
        for value in texts:
            yield from strings_of(value)
    elif hasattr(texts, "__dataclass_fields__"):
        for entry in fields(texts):  # type: ignore[arg-type]
            yield from strings_of(getattr(texts, entry.name))
