"""What the checklist's rules of cues find in an answer.

A rule asks for several cues together (:mod:`voice_coach.core.rules`), so each match carries the sentences in
which they stood. It is quick enough to be asked after every sentence of a running session, where it says what
need not be asked about any more; the verdicts at the end weigh it together with what the trained detectors
found (:mod:`voice_coach.core.judge`).
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass

from voice_coach.core.candidate_time import Interval
from voice_coach.core.content import Lexicon
from voice_coach.core.cue_index import CueIndex
from voice_coach.core.cues import Span, plain_text
from voice_coach.core.doubts import Doubts
from voice_coach.core.gate import TOPIC
from voice_coach.core.heard import Heard, Line, listen
from voice_coach.core.lexicon_cues import COMPONENT, with_lexicon
from voice_coach.core.own_words import LIMIT, LOAD, PASSED_OVER, REASON, clause
from voice_coach.core.quoting import short_quote
from voice_coach.core.rubric import Item, Rubric, Rule
from voice_coach.core.rules import (
    NEGATION,
    RETRACTION,
    Match,
    cues_of,
    matches,
    spans_in,
    worth,
)
from voice_coach.core.stages import CHECK_IN
from voice_coach.core.transcript import Evidence, Transcript, Word

_SURE = 0.95
_MORE = 0.04
"""What each further place where an item is met adds to the confidence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """Half of what an item asks for."""

    heard: Evidence
    """A few words that hold it."""
    own: str | None
    """The same as a clause that a sentence can be built upon."""


class RuleJudge:
    """Compiles all cues once; holds nothing of what it has heard.

    Raises ValueError for a malformed cue (the loader checks them before and names the file and line).
    """

    def __init__(self, rubric: Rubric, lexicon: Lexicon) -> None:
        self.rubric = rubric
        self.lexicon = lexicon
        self._items = {item.id: item for item in rubric.checklist.item}
        self._sets = with_lexicon(rubric.sets, lexicon)
        self.doubts = Doubts(rubric, self._sets)
        """What keeps from flat verdicts."""
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

    def topics(self, words: Sequence[Word]) -> int:
        """How many different topics of a design are spoken of in *words*."""
        return len({hit.cue for hit in self._index.hits(plain_text(words)) if hit.tag == TOPIC})

    def checklist(self, heard: Heard) -> dict[str, float]:
        """How sure the rules are that each item is met, 0 where none was; asks not whether the answer can be
        judged at all.
        """
        return {item.id: self._confidence(item, heard) for item in self.rubric.checklist.item}

    def near(self, id_: str, heard: Heard, without: Container[int] = ()) -> Near | None:
        """Half of what *id_* asks for, in none of the sentences *without*; None where not even that was said."""
        item = self._items[id_]
        found = [
            (hit.cue, line, hit.span)
            for number, line in enumerate(heard.lines)
            for hit in line.hits.get(_near(item), ())
            if number not in without and not line.is_question and _is_near(line, item, len(heard.words))
        ]
        if not found:
            return None
        _, line, span = min(found, key=lambda half: half[0])
        return Near(heard=short_quote(line.words, [span]), own=clause(line.words, [span]))

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

    def _confidence(self, item: Item, heard: Heard) -> float:
        found = [match for rule in item.rule for match in self._matches(rule, heard)]
        if not found:
            return 0.0
        found.sort(key=lambda match: (-worth(match), match.lines))
        best = max(match.rule.confidence for match in found)
        return round(min(_SURE, best + _MORE * (_places(found) - 1)), 2)

    def _matches(self, rule: Rule, heard: Heard) -> Iterator[Match]:
        reach = self.rubric.checklist.negation_reach
        until = None
        if rule.before is not None:
            first = next(matches(self._patterns[rule.before], heard, reach=reach), None)
            until = None if first is None else first.lines[0]
        return matches(rule, heard, reach=reach, until=until)


def _all_cues(rubric: Rubric, sets: dict[str, tuple[str, ...]]) -> dict[str, Sequence[str]]:
    checklist = rubric.checklist
    rules = [rule for item in checklist.item for rule in item.rule] + list(checklist.pattern)
    cues = cues_of(rules, sets)
    for item in checklist.item:
        cues[_near(item)] = item.near
    cues[CHECK_IN] = rubric.stages.check_in
    return cues | {
        NEGATION: checklist.negation,
        RETRACTION: checklist.retraction,
        PASSED_OVER: checklist.passed_over,
        TOPIC: rubric.gate.topic,
        COMPONENT: sets[COMPONENT],
        REASON: sets[REASON],
        LOAD: sets[LOAD],
        LIMIT: sets[LIMIT],
    }


def _near(item: Item) -> str:
    return f"{item.id}/near"


def _is_near(line: Line, item: Item, total: int) -> bool:
    """Whether half of the item counts here."""
    return (item.near_within_s is None or line.own_start_s <= item.near_within_s) and (
        item.near_last_share is None or line.words_before >= total * (1.0 - item.near_last_share)
    )


def _places(found: Sequence[Match]) -> int:
    """In how many places that share no line something was *found*, the best first."""
    lines: set[int] = set()
    places = 0
    for match in found:
        if lines.isdisjoint(match.lines):
            places += 1
            lines.update(match.lines)
    return places
