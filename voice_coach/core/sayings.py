"""Builds a sentence that the candidate could have said out of what the candidate did say.

The lines are data (``try_saying`` in ``prompts/rubric/feedback.toml``). Slots are filled with the candidate's own
clauses, parts and numbers, and a line whose slots cannot be filled is not used, so no part is named that was not said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from voice_coach.core.advice import Advice, Anchor
from voice_coach.core.content import Lexicon
from voice_coach.core.cues import compile_cue, plain_text
from voice_coach.core.findings import Assessment, Finding, Verdict
from voice_coach.core.own_words import Part, capital
from voice_coach.core.phrasing import Phrasing, slots_of
from voice_coach.core.quotes import Quotes
from voice_coach.core.rubric import FeedbackTexts
from voice_coach.core.rubric_ids import STAGES
from voice_coach.core.transcript import Evidence

ANY = "any"
MOST_WORDS = 22
"""Of a suggested sentence; "You could say" comes before it."""
_FEWEST_PARTS = 3
_MOST_PARTS = 4
_FEWEST_STEPS = 3
_FEWEST_MENTIONS = 3
"""Of a subject that suggestions are chosen by."""
_NEED_WORDS = 10
_EDGES = re.compile(r"[^\w']+")
_NEEDS = ("explicit_requirements", "guarantees")
_NEED_CUES = ("(must|has to|have to|should|needs to|is allowed)", "(within|at most|less than) ...")
_LOOKED_UP = "index"
_TOOLS = "tools"
_COPY = "replica"
_BESIDE = (_LOOKED_UP, _TOOLS, "product", _COPY)
"""They are no stations of a request of their own."""
_STORE, _MEMORY = "store", "memory"
_CACHING = "cach"
"""How words about caching begin."""
_STRUCTURES = frozenset(
    {
        "index",
        "secondary-index",
        "composite-index",
        "hash-index",
        "b-tree",
        "lsm-tree",
        "geohash",
        "trie",
        "quadtree",
        "topic",
        "follower",
    }
)
"""They are inside a part rather than one."""


class Sayings:
    """Sentences for one answer."""

    def __init__(
        self, assessment: Assessment, texts: FeedbackTexts, lexicon: Lexicon, quotes: Quotes
    ) -> None:
        self._texts = texts
        self._terms = {term.id: term for term in lexicon.term}
        self._parts = [part for part in assessment.own.parts if part.id not in _STRUCTURES]
        self.names = tuple(_EDGES.sub(" ", part.said).strip() for part in self._parts)
        """What the candidate called the parts, as cues."""
        self._subjects = _subjects(assessment, texts)
        self._kinds = {id_: kind for kind, ids in texts.kinds.items() for id_ in ids}
        self._is_cached = any(
            word.bare.startswith(_CACHING) for line in assessment.own.lines for word in line.words
        )
        self._quotes = quotes
        self._shared = dict(self._slots_of_all(assessment))

    def part(self, advice: Advice) -> Part | None:
        """The part that *advice* is about, where its anchor names one."""
        if advice.anchor is Anchor.NONE:
            return None
        without = (_LOOKED_UP,) if advice.is_of_part else (_LOOKED_UP, _TOOLS, _COPY)
        wanted = [part for part in self._parts if self._is_preferred(part, advice)] or (
            [] if advice.prefers else [part for part in self._parts if self._category(part) not in without]
        )
        if advice.anchor is Anchor.FIRST:
            return min(wanted, key=lambda part: part.said_s, default=None)
        best = max(wanted, key=self._fitness, default=None)
        return self._by_name(best) if best else None

    def named_in(self, quote: Evidence, advice: Advice) -> Part | None:
        """The part that is named in *quote* and can be what *advice* is about: first one without a reason, first a
        product.
        """
        said = f" {_EDGES.sub(' ', quote.quote.lower())} "
        named = [part for part in self._parts if f" {_EDGES.sub(' ', part.said.lower())} " in said]
        fitting = [part for part in named if not advice.prefers or self._is_preferred(part, advice)]
        return min(
            fitting,
            key=lambda part: (
                part.has_reason,
                not self._terms[part.id].is_product,
                said.find(part.said.lower()),
                -len(part.said),
            ),
            default=None,
        )

    def try_saying(
        self, advice: Advice, part: Part | None, finding: Finding | None, phrasing: Phrasing
    ) -> str:
        """What could have been said instead of what was missing."""
        names = [ANY] if part is None else [*self._names(part), ANY]
        keys = [key for name in names for key in (*(f"{name} {subject}" for subject in self._subjects), name)]
        lines = next(advice.try_saying[key] for key in keys if key in advice.try_saying)
        return phrasing.part(lines, self.slots(part, finding), MOST_WORDS)

    def next_saying(self, advice: Advice, finding: Finding, phrasing: Phrasing) -> str:
        """How what was said could go on."""
        return phrasing.part(advice.next_saying, self.slots(self.part(advice), finding), MOST_WORDS)

    def slots(self, part: Part | None, finding: Finding | None = None) -> dict[str, str]:
        """What lines may hold about *part*, what *finding* rests on and the whole answer."""
        known = {name: text for name, text in self._shared.items() if text}
        if part is not None:
            known["component"] = self.name(part)
            if part.clause:
                known["own"] = part.clause
            other = max(
                (item for item in self._parts if self._is_other(item, part)),
                key=lambda item: item.mentions,
                default=None,
            )
            if other is not None:
                known["other"] = self.name(other)
        if finding is not None and finding.own:
            known["said"] = finding.own
        return known | {capital(name): capital(text) for name, text in known.items()}

    def name(self, part: Part) -> str:
        """How a candidate says *part* in a sentence: "Redis", "the queue"."""
        if self._terms[part.id].is_product:
            return part.said if part.said != part.said.lower() else capital(part.said)
        words = [word if word[1:] != word[1:].lower() else word.lower() for word in part.said.split()]
        return f"the {' '.join(words)}"

    def _slots_of_all(self, assessment: Assessment) -> Iterator[tuple[str, str | None]]:
        own = assessment.own
        yield "reason", own.reason
        yield "load", own.load
        yield "limit", own.limit
        yield "need", self._need(assessment)
        yield "parts", self._listed_parts()
        yield "steps", self._steps(assessment)

    def _need(self, assessment: Assessment) -> str | None:
        """A requirement, as the candidate put it."""
        for finding in (*assessment.checklist, *assessment.clarification):
            if finding.id in _NEEDS and finding.verdict is Verdict.MET:
                for said in self._quotes.clauses(finding, _NEED_CUES, _NEED_WORDS):
                    return said
        return None

    def _fitness(self, part: Part) -> tuple[bool, bool, bool, int]:
        """With something to build upon; with something to quote; rather a product than "the database"; said most."""
        is_product = self._terms[part.id].is_product
        return part.clause is not None, part.quote is not None, is_product, part.mentions

    def _by_name(self, part: Part) -> Part:
        """The product of the same kind that is named where *part* is spoken of: "Postgres" for "the database"."""
        spoken = part.clause or (part.quote.quote if part.quote else "")
        for other in self._parts:
            is_alike = self._terms[other.id].is_product and self._category(other) == self._category(part)
            if is_alike and not self._terms[part.id].is_product and other.said in spoken:
                return replace(other, clause=part.clause, quote=part.quote)
        return part

    def _category(self, part: Part) -> str:
        """What it is; what can be a cache is a store where nobody spoke of caching."""
        kind = self._kinds.get(part.id)
        if kind == _TOOLS:
            return kind
        is_store = kind == _MEMORY and not self._is_cached
        return _STORE if is_store else self._terms[part.id].category

    def _names(self, part: Part) -> list[str]:
        """Under which lines are looked for: the kind of a store first."""
        category = self._category(part)
        kind = self._kinds.get(part.id) if category == _STORE else None
        return [category] if kind is None else [kind, category]

    def _is_other(self, part: Part, than: Part) -> bool:
        names = self.name(part).lower().split()[-1], self.name(than).lower().split()[-1]
        return names[0] != names[1] and self._category(part) not in (_LOOKED_UP, _TOOLS, self._category(than))

    def _is_preferred(self, part: Part, advice: Advice) -> bool:
        return any(name in advice.prefers for name in self._names(part))

    def _listed_parts(self) -> str | None:
        """The building blocks, each kind once, in the order in which they came: "the gateway, the cache and Postgres".

        Of one kind the product, and of several the one that was said most, the last one first.
        """
        kinds: dict[str, Part] = {}
        for part in self._parts:
            kind = self._category(part)
            if kind not in _BESIDE and self._weight(part) >= self._weight(kinds.setdefault(kind, part)):
                kinds[kind] = part
        names = [self.name(part) for part in kinds.values()]
        return listed(names[:_MOST_PARTS]) if len(names) >= _FEWEST_PARTS else None

    def _weight(self, part: Part) -> tuple[bool, int]:
        return self._terms[part.id].is_product, part.mentions

    def _steps(self, assessment: Assessment) -> str | None:
        """A plan of the steps that were taken."""
        taken = {stretch.stage for stretch in assessment.stretches}
        best = max(self._parts, key=lambda part: part.mentions, default=None)
        slots: Mapping[str, str] = {"component": self.name(best)} if best else {}
        names = [
            self._texts.step_names[stage].format(**slots)
            for stage in STAGES
            if stage in taken and slots_of(self._texts.step_names.get(stage, "{none}")) <= set(slots)
        ]
        if len(names) < _FEWEST_STEPS:
            return None
        middle = ", then ".join(names[1:-1][-2:])
        return self._texts.steps.format(first=names[0], middle=middle, last=names[-1])


def _subjects(assessment: Assessment, texts: FeedbackTexts) -> list[str]:
    """What the answer is about, as far as it matters for what is suggested; the most spoken of first."""
    words = plain_text([word for line in assessment.own.lines for word in line.words])
    counts = {
        name: sum(1 for cue in cues for _ in compile_cue(cue).find_all(words))
        for name, cues in texts.subjects.items()
    }
    return sorted(
        (name for name in counts if counts[name] >= _FEWEST_MENTIONS), key=lambda name: -counts[name]
    )


def listed(items: Sequence[str]) -> str:
    """*items* (at least one) as they are said: "a, b and c"."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"
