"""Applies the rubric's rules to what was heard."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from voice_coach.core.cue_index import Hit
from voice_coach.core.cues import Span
from voice_coach.core.heard import Heard, Line
from voice_coach.core.rubric import Rule

NEGATION = "/negation"
RETRACTION = "/retraction"
_SET = re.compile(r"\{(\w+)\}")
REPLY_SENTENCES = 8
"""How far into a reply the interviewer's question still lends its words."""
_PER_LINE = 0.05
_PER_CUE = 0.02
_CUES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A rule that was met."""

    rule: Rule
    lines: tuple[int, ...]
    """Which lines, ascending."""
    spans: tuple[tuple[int, int, int], ...]
    """Line, first word, end, for everything that matched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """A hit in its place; *line* is -1 where it stands in the interviewer's question."""

    line: int
    hit: Hit


def tag_of(rule: Rule, number: int) -> str:
    """The tag under which the cue ``rule.all[number]`` is indexed: a set that stands alone keeps its name."""
    alone = _SET.fullmatch(rule.all[number])
    return alone.group(1) if alone else f"{rule.name}/{number}"


def tag_unless(rule: Rule) -> str:
    """The tag under which the rule's exclusions are indexed."""
    return f"{rule.name}/unless"


def matches(rule: Rule, heard: Heard, *, reach: int, until: int | None = None) -> Iterator[Match]:
    """All matches of *rule* that share no line, those within the fewest sentences first. *until*: only in lines
    before this index.
    """
    usable = [
        number for number, line in enumerate(heard.lines[:until]) if not _is_barred(rule, heard, number, line)
    ]
    if not _can_match(rule, [heard.lines[number] for number in usable]):
        return
    taken: set[int] = set()
    for size in range(1, rule.window + 1):
        for window in _windows(usable, size):
            if taken.isdisjoint(window) and (match := _match_in(rule, heard.lines, window, reach)):
                taken.update(match.lines)
                yield match


def _windows(usable: Sequence[int], size: int) -> Iterator[list[int]]:
    """Runs that reach over exactly *size* sentences; what is barred between is left out."""
    for position, start in enumerate(usable):
        window = [number for number in usable[position : position + size] if number < start + size]
        if window[-1] == start + size - 1:
            yield window


def _can_match(rule: Rule, lines: Sequence[Line]) -> bool:
    """Whether everything that has to be said is said at all."""
    tags = [tag_of(rule, number) for number in range(len(rule.all)) if number != rule.heard_in_question]
    tags += [several.of for several in rule.several]
    return bool(lines) and all(any(tag in line.hits for line in lines) for tag in tags)


def worth(match: Match) -> float:
    """How well *match* shows its item: a reliable rule, few sentences, much of it."""
    return (
        match.rule.confidence - _PER_LINE * (len(match.lines) - 1) + _PER_CUE * min(_CUES, len(match.spans))
    )


def spans_in(match: Match, number: int) -> list[Span]:
    """What matched in one line."""
    return [Span(first=first, end=end) for line, first, end in match.spans if line == number]


def _is_barred(rule: Rule, heard: Heard, number: int, line: Line) -> bool:
    total = len(heard.words)
    return (
        (line.is_question and not rule.questions)
        or tag_unless(rule) in line.hits
        or (rule.within_s is not None and line.own_start_s > rule.within_s)
        or (rule.last_share is not None and line.words_before < total * (1.0 - rule.last_share))
        or (number + 1 < len(heard.lines) and RETRACTION in heard.lines[number + 1].hits)
    )


def _match_in(rule: Rule, lines: Sequence[Line], window: Sequence[int], reach: int) -> Match | None:
    groups: list[list[_Seen]] = []
    for number in range(len(rule.all)):
        tag = tag_of(rule, number)
        seen = [_Seen(line=at, hit=hit) for at in window for hit in _affirmed(rule, lines[at], tag, reach)]
        if not seen and number == rule.heard_in_question:
            seen = _in_question(lines[window[0]], tag)
        if not seen:
            return None
        groups.append(seen)
    chosen = _apart(groups, rule.in_order)
    if chosen is None:
        return None
    counted = _several(rule, lines, window, reach)
    if counted is None:
        return None
    found = [seen for seen in (*chosen, *counted) if seen.line >= 0]
    if not found or (window[0] not in {seen.line for seen in found}):
        return None
    return Match(
        rule=rule,
        lines=tuple(sorted({seen.line for seen in found})),
        spans=tuple(_place(seen) for seen in found),
    )


def _place(seen: _Seen) -> tuple[int, int, int]:
    return seen.line, seen.hit.span.first, seen.hit.span.end


def _several(rule: Rule, lines: Sequence[Line], window: Sequence[int], reach: int) -> list[_Seen] | None:
    """One hit for each different cue, or None where there are too few."""
    found: list[_Seen] = []
    for several in rule.several:
        first: dict[int, _Seen] = {}
        for at in window:
            for hit in _affirmed(rule, lines[at], several.of, reach):
                first.setdefault(hit.cue, _Seen(line=at, hit=hit))
        different = _not_inside(list(first.values()))
        if len(different) < several.at_least or len({s.line for s in different}) < several.in_sentences:
            return None
        found += different
    return found


def _not_inside(seen: Sequence[_Seen]) -> list[_Seen]:
    """Without those that overlap an earlier or a longer one: "message queue" is one thing, not two."""
    kept: list[_Seen] = []
    ordered = sorted(seen, key=lambda s: (s.line, s.hit.span.first - s.hit.span.end, s.hit.span.first))
    for item in ordered:
        if not any(_overlap(item, other) for other in kept):
            kept.append(item)
    return kept


def _apart(groups: Sequence[Sequence[_Seen]], in_order: int) -> tuple[_Seen, ...] | None:
    """One of each group, no two on the same words, none of the first *in_order* in an earlier line than
    the one before.
    """
    chosen: list[_Seen] = []

    def choose(number: int) -> bool:
        if number == len(groups):
            return True
        for candidate in groups[number]:
            is_late = not 0 < number < in_order or candidate.line >= chosen[-1].line
            if is_late and not any(_overlap(candidate, other) for other in chosen):
                chosen.append(candidate)
                if choose(number + 1):
                    return True
                chosen.pop()
        return False

    return tuple(chosen) if choose(0) else None


def _overlap(one: _Seen, other: _Seen) -> bool:
    a, b = one.hit.span, other.hit.span
    return one.line == other.line and one.line >= 0 and a.first < b.end and b.first < a.end


def _affirmed(rule: Rule, line: Line, tag: str, reach: int) -> Iterator[Hit]:
    negations = line.hits.get(NEGATION, ()) if rule.affirmed else ()
    for hit in line.hits.get(tag, ()):
        if not any(0 <= hit.span.first - negation.span.end < reach for negation in negations):
            yield hit


def _in_question(line: Line, tag: str) -> list[_Seen]:
    if line.place_in_reply >= REPLY_SENTENCES:
        return []
    return [_Seen(line=-1, hit=hit) for hit in line.reply_to.get(tag, ())]


def cues_of(rules: Sequence[Rule], sets: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    """Everything that has to be indexed for *rules*, by tag. Raises KeyError for a set that is not in
    *sets*.
    """
    cues: dict[str, Sequence[str]] = {}
    for rule in rules:
        for number, source in enumerate(rule.all):
            tag = tag_of(rule, number)
            cues[tag] = (source,) if "/" in tag else sets[tag]
        for several in rule.several:
            cues[several.of] = sets[several.of]
        cues[tag_unless(rule)] = rule.unless
    return cues
