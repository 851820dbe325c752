"""What the checklist's rules of cues find in an answer.

A rule asks for several cues together (:mod:`voice_coach.core.rules`), so each match carries the sentences in
which they stood. It is quick enough to be asked after every sentence of a running session, where it says what
need not be asked about any more; the verdicts at the end weigh it together with what the trained detectors
found (:mod:`voice_coach.core.judge`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from voice_coach.core import rubric_ids
from voice_coach.core.candidate_time import Interval
from voice_coach.core.content import Lexicon
from voice_coach.core.cue_index import CueIndex
from voice_coach.core.cues import Span
from voice_coach.core.findings import Component, Finding, Verdict
from voice_coach.core.gate import TOPIC
from voice_coach.core.heard import Heard, Line, listen, quote
from voice_coach.core.lexicon_cues import COMPONENT, with_lexicon
from voice_coach.core.own_words import LIMIT, LOAD, REASON, clause
from voice_coach.core.quoting import short_quote
from voice_coach.core.rubric import Item, Rubric, Rule
from voice_coach.core.rules import (
    NEGATION,
    RETRACTION,
    Match,
    best_lines,
    cues_of,
    matches,
    spans_in,
    worth,
)
from voice_coach.core.stages import CHECK_IN
from voice_coach.core.transcript import Evidence, Transcript

_SURE = 0.95
_MORE = 0.04
"""What each further place where an item is met adds to the confidence."""
_MOST_QUOTES = 3
_SAID_WORDS = 14
_SENTENCE_WORDS = 20


class RuleJudge:
    """Compiles all cues once; holds nothing of what it has heard.

    Raises ValueError for a malformed cue (the loader checks them before and names the file and line).
    """

    def __init__(self, rubric: Rubric, lexicon: Lexicon) -> None:
        self.rubric = rubric
        self.lexicon = lexicon
        self._items = {item.id: item for item in rubric.checklist.item}
        self._sets = with_lexicon(rubric.sets, lexicon)
        self._patterns = {rule.name: rule for rule in rubric.checklist.pattern}
        self._index = CueIndex(_all_cues(rubric, self._sets), self._sets)
        self.terms = tuple(term.id for term in lexicon.term)

    def listen(self, transcript: Transcript, excluded: Sequence[Interval] = (), question: str = "") -> Heard:
        """The candidate's sentences with all cues found; shared by everything that is judged.

        *question*: its words, where more is known of them than the interviewer says first.
        """
        return listen(transcript, self._index, excluded, question)

    def covered_so_far(self, transcript: Transcript, excluded: Sequence[Interval] = ()) -> frozenset[str]:
        """The checklist items that are met by now, whatever the length of the answer."""
        heard = self.listen(transcript, excluded)
        return frozenset(
            item.id
            for item in self.rubric.checklist.item
            if any(next(self._matches(rule, heard), None) for rule in item.rule)
        )

    def checklist(self, heard: Heard) -> Iterator[Finding]:
        """The verdict on each item, in the rubric's order; asks not whether the answer can be judged at
        all.
        """
        for id_ in rubric_ids.CHECKLIST:
            yield self._finding(self._items[id_], heard)

    def near(self, id_: str, heard: Heard) -> Finding | None:
        """Half of what *id_* asks for, or None where not even that was said."""
        finding = _not_met(self._items[id_], heard)
        return None if finding.heard is None else finding

    def spans(self, id_: str, number: int, heard: Heard) -> list[Span]:
        """What the rules of *id_* found in one line."""
        return [
            span
            for rule in self._items[id_].rule
            for match in self._matches(rule, heard)
            for span in spans_in(match, number)
        ]

    def component_spans(self, line: Line) -> list[Span]:
        """The building blocks that are named in *line*."""
        return [hit.span for hit in line.hits.get(COMPONENT, ())]

    def _finding(self, item: Item, heard: Heard) -> Finding:
        found = [match for rule in item.rule for match in self._matches(rule, heard)]
        if not found:
            return _not_met(item, heard)
        found.sort(key=lambda match: (-worth(match), match.lines))
        own = [match for match in found if not _is_prompted(item, match, heard)]
        shown = _apart(own or found)
        best = max(match.rule.confidence for match in found)
        places = len(_apart(found))
        line, keys = _clearest(shown[0], heard)
        return Finding(
            id=item.id,
            verdict=Verdict.MET,
            confidence=round(min(_SURE, best + _MORE * (places - 1)), 2),
            prompted=not own,
            evidence=_evidence(shown[: item.places], heard),
            heard=short_quote(line.words, keys),
            own=clause(line.words, keys, _SAID_WORDS),
            whole=clause(line.words, keys, _SENTENCE_WORDS),
            place=heard.lines[min(match.lines[0] for match in shown)].words_before / len(heard.words),
            why=item.met,
        )

    def _matches(self, rule: Rule, heard: Heard) -> Iterator[Match]:
        reach = self.rubric.checklist.negation_reach
        until = None
        if rule.before is not None:
            first = next(matches(self._patterns[rule.before], heard, reach=reach), None)
            until = None if first is None else first.lines[0]
        return matches(rule, heard, reach=reach, until=until)

    def components(self, heard: Heard) -> Iterator[Component]:
        """The building blocks in the order in which they were first named."""
        first: dict[int, Evidence] = {}
        count: dict[int, int] = {}
        for line in heard.lines:
            for hit in sorted(line.hits.get(COMPONENT, ()), key=lambda hit: hit.span.first):
                first.setdefault(hit.cue, short_quote(line.words, [hit.span]))
                count[hit.cue] = count.get(hit.cue, 0) + 1
        for cue, evidence in first.items():
            yield Component(id=self.terms[cue], evidence=evidence, mentions=count[cue])


def _all_cues(rubric: Rubric, sets: dict[str, tuple[str, ...]]) -> dict[str, Sequence[str]]:
    checklist = rubric.checklist
    rules = [rule for item in checklist.item for rule in item.rule] + list(checklist.pattern)
    cues = cues_of(rules, sets)
    for item in checklist.item:
        cues[_asked(item)] = item.asked
        cues[_near(item)] = item.near
    cues[CHECK_IN] = rubric.stages.check_in
    return cues | {
        NEGATION: checklist.negation,
        RETRACTION: checklist.retraction,
        TOPIC: rubric.gate.topic,
        COMPONENT: sets[COMPONENT],
        REASON: sets[REASON],
        LOAD: sets[LOAD],
        LIMIT: sets[LIMIT],
    }


def _asked(item: Item) -> str:
    return f"{item.id}/asked"


def _near(item: Item) -> str:
    return f"{item.id}/near"


def _not_met(item: Item, heard: Heard) -> Finding:
    near = [
        (hit.cue, line, hit)
        for line in heard.lines
        for hit in line.hits.get(_near(item), ())
        if not line.is_question and _is_near(line, item, len(heard.words))
    ]
    best = min(near, key=lambda found: found[0], default=None)
    return Finding(
        id=item.id,
        verdict=Verdict.NOT_MET,
        confidence=item.absent_confidence if best is None else item.near_confidence,
        heard=None if best is None else short_quote(best[1].words, [best[2].span]),
        own=None if best is None else clause(best[1].words, [best[2].span]),
        why=f"I listened for {item.looked_for}, and did not hear it.",
    )


def _is_near(line: Line, item: Item, total: int) -> bool:
    """Whether half of the item counts here."""
    return (item.near_within_s is None or line.own_start_s <= item.near_within_s) and (
        item.near_last_share is None or line.words_before >= total * (1.0 - item.near_last_share)
    )


def _clearest(match: Match, heard: Heard) -> tuple[Line, list[Span]]:
    """The line that holds what the rule asks for last (a reason, a remedy, a price) or else most of *match*, and
    what of it; what is asked for last counts most.
    """
    number = best_lines(match, 1)[0] if match.point is None or match.point[0] < 0 else match.point[0]
    keys = spans_in(match, number)
    point = [key for key in keys if (number, key.first, key.end) == match.point]
    return heard.lines[number], [*keys, *point, *point]


def _is_prompted(item: Item, match: Match, heard: Heard) -> bool:
    return any(_asked(item) in heard.lines[number].reply_to for number in match.lines)


def _apart(found: Sequence[Match]) -> list[Match]:
    """The first of *found*, and each later one that shares no line with those before."""
    kept: list[Match] = []
    lines: set[int] = set()
    for match in found:
        if lines.isdisjoint(match.lines):
            kept.append(match)
            lines.update(match.lines)
    return kept


def _evidence(shown: Sequence[Match], heard: Heard) -> tuple[Evidence, ...]:
    """The sentences of the best matches in time order, in all a few."""
    quoted: list[tuple[int, Evidence]] = []
    for match in shown:
        numbers = best_lines(match, _MOST_QUOTES)
        if len(quoted) + len(numbers) > _MOST_QUOTES:
            continue
        for number in numbers:
            spans = spans_in(match, number)
            first, end = min(span.first for span in spans), max(span.end for span in spans)
            quoted.append((number, quote(heard.lines[number].words, first, end)))
    return tuple(evidence for _, evidence in sorted(quoted, key=lambda item: item[0]))
