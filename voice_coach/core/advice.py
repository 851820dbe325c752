"""What is said about one thing: advice where there is something to work on, praise where there is not.

The types that the tables of ``prompts/rubric/feedback.toml`` fill.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

_STRICT = {"extra": "forbid"}

Cues = tuple[str, ...]
"""Patterns in the language of :mod:`voice_coach.core.cues`."""


class Anchor(StrEnum):
    """Which of the candidate's parts an advice is about."""

    NONE = "none"
    MOST = "most"
    """The one that was spoken of most, of the categories that the advice has a sentence for."""
    FIRST = "first"
    """The one that was named first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What is said about something to work on.

    The slots of its lines are listed in :mod:`voice_coach.prompts.feedback_texts`. Of several lines one is taken whose
    slots can all be filled, rather one that holds more of the candidate's own words; the last of each list can
    always be filled.
    """

    __pydantic_config__ = _STRICT

    item: str
    theme: str
    """The two fixes of a feedback are never of one theme."""
    value: float
    """How much it helps to work on it, 0 to 1."""
    drill: str | None = None
    anchor: Anchor = Anchor.NONE
    prefers: tuple[str, ...] = ()
    """Categories of the part that it is about, the best first."""
    keys: Cues = ()
    """What a quote for it has to hold, and is cut around."""
    goes_on: Cues = ()
    """What is the other half of it where it follows a quote that is half of it, so that it may have been there."""
    is_of_part: bool = False
    """Whether a quote for it has to name a part."""
    is_quoted: bool = False
    """Whether what was said about its part is quoted where nothing nearer was heard."""
    missing: tuple[str, ...] = ()
    """What was not heard, said after a quote. Follows an opener, so it begins with "I" or a small letter."""
    near: tuple[str, ...] = ()
    """The same after a quote that is half of what was looked for."""
    alone: tuple[str, ...]
    """The same where nothing is quoted."""
    doubted: tuple[str, ...] = ()
    """The same after a quote behind which it may stand."""
    doubted_alone: tuple[str, ...] = ()
    """The same where those words cannot be read out; ``{time}`` is when they came."""
    why: tuple[str, ...]
    """What it does for the listener."""
    try_saying: dict[str, tuple[str, ...]]
    """By category of the part, or ``any``."""
    redo: tuple[str, ...]
    """The goal of another try."""
    stronger: tuple[str, ...] = ()
    """Where it was met: what would carry it further. Follows an opener."""
    next_saying: tuple[str, ...] = ()
    """The same as a sentence."""
    late_after: float | None = None
    """Met, but late, when it first came after this share of the candidate's words."""
    announced: Cues = ()
    """How a roadmap announces it: who did would have come to it, so that it was asked for first is no fault."""
    is_asked_anyway: bool = False
    """The interviewer asks it of everyone, so that it was prompted is no fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Praise:
    """What is said about something that was met."""

    __pydantic_config__ = _STRICT

    item: str
    theme: str
    value: float
    """How much it is worth to hear that it worked, 0 to 1."""
    noun: str
    """What it is, to go in a list: "an overview"."""
    keys: Cues = ()
    """What a quote for it has to hold."""
    may_ask: bool = False
    """Whether a question can be what is praised."""
    lines: tuple[str, ...]
    """What it did for the listener, without a full stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechLimits:
    """From where on the way of speaking is mentioned."""

    __pydantic_config__ = _STRICT

    monologue_s: float
    """Without a check-in for longer than this."""
    slow_wpm: float
    easy_wpm: float
    """Up to here a pace is an easy one."""
    fast_wpm: float
    fillers_per_min: float
    adapting_s: float
    """From a change of scope to the first word about it: longer is mentioned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighing:
    """How what to speak of is chosen. All values are compared with the ``value`` of the advice."""

    __pydantic_config__ = _STRICT

    wrong_costs: float
    """How much worse it is to say something wrong than it helps to say something right."""
    quoted: float
    """What it adds that there is something to quote."""
    prompted: float
    """What it is worth to say that something came only when it was asked for."""
    late: float
    stronger: float
    """What it is worth to carry further what was met."""
    few_deep_dives: int
    """Shallow areas are spoken of where fewer than this many were gone into."""
    unsure_share: float
    """With more unsure words than this where something would have been said, it may have been missed."""
    unsure_stretch: float
    """The same for the worst twenty words."""
    unsure_costs: float
    """How much confidence each further share costs."""
