"""Builds a sentence that the candidate could have said out of what the candidate did say.

The lines are data (``try_saying`` in ``prompts/rubric/feedback.toml``), the richest first: the first whose slots can
all be filled, and which the ear can hold, is taken.
"""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping, Sequence

from voice_coach.core.content import Lexicon, Term
from voice_coach.core.findings import Assessment, Finding
from voice_coach.core.own_words import capital
from voice_coach.core.rubric import Advice, FeedbackTexts
from voice_coach.core.rubric_ids import STAGES

ANY = "any"
SAID = "said"
MOST_WORDS = 22
"""Of a suggested sentence; "It could sound like this" comes before it."""
_FEWEST_PARTS = 3
_MOST_PARTS = 4
_FEWEST_STEPS = 3


class Sayings:
    """Sentences for one answer."""

    def __init__(self, assessment: Assessment, texts: FeedbackTexts, lexicon: Lexicon) -> None:
        self._assessment = assessment
        self._texts = texts
        self._terms = {term.id: term for term in lexicon.term}

    def try_saying(self, advice: Advice, finding: Finding | None) -> str:
        """What could have been said instead of what was missing. The last of the lines for ``any`` always fits."""
        term = self.term(advice)
        category = term.category if term else ANY
        order = [SAID, category, ANY]
        lines = [line for name in dict.fromkeys(order) for line in advice.try_saying.get(name, ())]
        return self._first(lines, self._slots(term, finding))

    def next_saying(self, advice: Advice, finding: Finding) -> str:
        """How what was said could go on."""
        return self._first(advice.next_saying, self._slots(self.term(advice), finding))

    def component(self, advice: Advice) -> str:
        """The noun of the component that *advice* is about."""
        term = self.term(advice)
        return noun(term) if term else self._texts.some_component

    def term(self, advice: Advice) -> Term | None:
        """The component that *advice* is about: of a category that there is a line for, said most."""
        fitting = [
            (self._terms[component.id], component.mentions)
            for component in self._assessment.components
            if self._terms[component.id].category in advice.try_saying
        ]
        best = max(fitting, key=lambda item: _fitness(item[0], item[1], advice), default=None)
        return best[0] if best else None

    def _slots(self, term: Term | None, finding: Finding | None) -> dict[str, str]:
        own = self._assessment.own
        slots = {
            "component": noun(term) if term else None,
            "own": own.clauses.get(term.id) if term else None,
            "said": finding.own if finding else None,
            "reason": own.reason,
            "load": own.load,
            "limit": own.limit,
            "parts": self._parts(),
            "steps": self._steps(),
        }
        known = {name: text for name, text in slots.items() if text}
        if known.get("said") and known.get("reason") and known["reason"] in known["said"]:
            del known["reason"]
        return known | {capital(name): capital(text) for name, text in known.items()}

    def _parts(self) -> str | None:
        """The building blocks in the order in which they were named: "the gateway, the cache and Postgres"."""
        names: dict[str, str] = {}
        for component in self._assessment.components:
            term = self._terms[component.id]
            name = noun(term)
            if term.category == "index":
                continue
            names.setdefault(name.split()[-1].lower(), name)
        return listed(list(names.values())[:_MOST_PARTS]) if len(names) >= _FEWEST_PARTS else None

    def _steps(self) -> str | None:
        """A plan of the steps that were taken."""
        taken = {stretch.stage for stretch in self._assessment.stretches}
        term = self._deepest()
        names = [
            self._texts.step_names[stage].format(component=noun(term) if term else self._texts.some_component)
            for stage in STAGES
            if stage in taken and stage in self._texts.step_names
        ]
        if len(names) < _FEWEST_STEPS:
            return None
        middle = ", then ".join(names[1:-1][-2:])
        return self._texts.steps.format(first=names[0], middle=middle, last=names[-1])

    def _deepest(self) -> Term | None:
        best = max(self._assessment.components, key=lambda item: item.mentions, default=None)
        return self._terms[best.id] if best else None

    def _first(self, lines: Sequence[str], slots: Mapping[str, str]) -> str:
        return next(self._filled(lines, slots), lines[-1])

    def _filled(self, lines: Sequence[str], slots: Mapping[str, str]) -> Iterator[str]:
        for line in lines:
            held = {name for _, name, _, _ in string.Formatter().parse(line) if name is not None}
            if held <= set(slots):
                text = line.format(**slots)
                if len(text.split()) <= MOST_WORDS:
                    yield text


def _fitness(term: Term, mentions: int, advice: Advice) -> tuple[bool, bool, int]:
    """Of the preferred category rather a product than "the database"; else what was said most."""
    is_preferred = term.category == advice.prefers
    return is_preferred, is_preferred and term.is_product, mentions


def noun(term: Term) -> str:
    """How a candidate says *term* in a sentence: "Redis", "the queue"."""
    return term.text if term.text != term.text.lower() else f"the {term.text}"


def listed(items: Sequence[str]) -> str:
    """*items* (at least one) as they are said: "a, b and c"."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"
