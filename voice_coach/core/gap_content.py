"""What is listened for in the candidate's own words, and how the gaps in them are asked about: content."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

_STRICT = {"extra": "forbid"}

SLOTS: Mapping[str, frozenset[str]] = {
    "opposite": frozenset({"subject", "one", "other"}),
    "place": frozenset({"subject", "one", "other"}),
    "amount": frozenset({"one", "other"}),
    "promise": frozenset({"topic"}),
    "number": frozenset({"number"}),
    "reason": frozenset({"part"}),
    "data": frozenset({"part"}),
    "failure": frozenset({"part"}),
    "shallow": frozenset({"topic"}),
    "thing": frozenset({"thing"}),
}
"""The kinds of gaps, and what each wording of them must hold. The first three are contradictions."""
LADDER = "ladder"
"""In an order of kinds: the follow-ups of the question's pack and of the bank."""
RISK = "risk"
"""The same: claims with a known price (:mod:`voice_coach.core.risks`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A part of a design that one can go into."""

    __pydantic_config__ = _STRICT

    id: str
    about: str
    """The rubric id that a question about it is about."""
    spoken: str
    """As the coach calls it: "storage"."""
    named: tuple[str, ...]
    """How it is called, as a noun: what may be said back."""
    cues: tuple[str, ...] = ()
    """What else is said of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opposite:
    """Two things that cannot both be said of the same."""

    __pydantic_config__ = _STRICT

    about: str
    one: tuple[str, ...]
    other: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Promises:
    """How somebody says that something comes later."""

    __pydantic_config__ = _STRICT

    before_topic: tuple[str, ...] = ()
    """Its topic follows: "I'll come back to …"."""
    before_topic_later: tuple[str, ...] = ()
    """The same where one of *later* must follow the topic: "I'll cover … later"."""
    later: tuple[str, ...] = ()
    after_topic: tuple[str, ...] = ()
    """Its topic was just spoken of: "more on that later"."""
    never: tuple[str, ...] = ()
    """A sentence with one of these promises nothing."""
    returned: tuple[str, ...] = ()
    """It was come back to, whatever it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """How loads are stated, and how one sees that they were used."""

    __pydantic_config__ = _STRICT

    stated: tuple[str, ...] = ()
    supposed: tuple[str, ...] = ()
    """A sentence with one of these states none: "if we had"."""
    used: tuple[str, ...] = ()
    """In the same sentence or the two after it: something follows from the number."""
    used_later: tuple[str, ...] = ()
    """In any later sentence: "at that rate"."""
    qualified: tuple[str, ...] = ()
    """With one of these it is another quantity: "at the peak", "on each server"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """How a sentence says where something is kept or what holds of it."""

    __pydantic_config__ = _STRICT

    is_so: tuple[str, ...] = ()
    """Between a thing and what is said of it: "must be"."""
    kept_in: tuple[str, ...] = ()
    """Between a thing and the store it is in: "live in"."""
    counted: tuple[str, ...] = ()
    """Right before a number of the system as a whole: "we have"."""
    hedged: tuple[str, ...] = ()
    """A sentence with one of these states nothing that could contradict another."""
    not_stores: tuple[str, ...] = ()
    """Lexicon ids of what holds the bulk of a thing beside a store: "object store"."""
    corrected: tuple[str, ...] = ()
    """What is said when one corrects oneself: what was said before no longer counts."""
    changed: tuple[str, ...] = ()
    """In the coach's words: after it everything may be different."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartCues:
    """What stands near a component where its data or its failure was spoken of."""

    __pydantic_config__ = _STRICT

    put: tuple[str, ...] = ()
    """Right before it, where it is put into the design: "there's a"."""
    reason: tuple[str, ...] = ()
    """Where it may have got its reason, besides the bank's cues of reasons."""
    data: tuple[str, ...] = ()
    failure: tuple[str, ...] = ()
    asked_why: tuple[str, ...] = ()
    """Lexicon ids or categories of those that are worth asking what they are for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """One way to ask about a gap."""

    __pydantic_config__ = _STRICT

    id: str
    kind: str
    text: str
    about: str = ""
    """The rubric id that it is about; empty: that of its kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadIns:
    """What may be said before a follow-up, and what to an offer. ``{area}``, ``{topic}`` are filled in."""

    __pydantic_config__ = _STRICT

    park: tuple[str, ...] = ()
    """After too long in one area."""
    overdue: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By part of the answer that should have come by now."""
    take: tuple[str, ...] = ()
    """An offer is taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GapBook:
    """All of it."""

    __pydantic_config__ = _STRICT

    no_things: tuple[str, ...] = ()
    """Nouns of which nothing can be asked: "bit", "second"."""
    order: tuple[str, ...] = ()
    """Kinds of gaps, ``LADDER`` and ``RISK``: the nth entry of a kind says when it is asked about for the nth time."""
    about: Mapping[str, str] = field(default_factory=dict)
    """The rubric id that a question about a kind is about, where neither an area nor an opposite tells."""
    announced: tuple[str, ...] = ()
    """How one announces what one goes into next: "let me dig into"."""
    area: tuple[Area, ...] = ()
    opposite: tuple[Opposite, ...] = ()
    promises: Promises = field(default_factory=Promises)
    numbers: Numbers = field(default_factory=Numbers)
    claims: Claims = field(default_factory=Claims)
    part: PartCues = field(default_factory=PartCues)
    wording: tuple[Wording, ...] = ()
    lead_in: LeadIns = field(default_factory=LeadIns)


@dataclass(frozen=True, slots=True, kw_only=True)
class GapSettings:
    """From when on something counts as left open, in the candidate's words since then."""

    __pydantic_config__ = _STRICT

    promise_words: int = 100
    """A promise that was not kept in so many words is asked about."""
    number_words: int = 150
    """A number of which nothing was made in so many words was not used."""
    part_words: int = 25
    """So many words after a component its reason would have come."""
    shallow_words: int = 45
    """An announced area that was left sooner stayed shallow."""
    dwelt_words: int = 220
    """Of the latest words, so many are looked at for an area that is dwelt on …"""
    dwelt_share: float = 0.75
    """… which takes at least this share of the sentences in which any area is spoken of."""
    overdue_share: float = 0.9
    """A part of the answer is overdue when its time is over, or this share of the time up to the wrap-up is."""


def slots(wording: Wording) -> frozenset[str]:
    """The names in braces in *wording*."""
    return frozenset(part.split("}")[0] for part in wording.text.split("{")[1:])
