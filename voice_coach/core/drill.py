"""A drill: one short thing to practise, in rounds, each with what is asked and what is listened for.

Content of ``prompts/drills/<kind>.toml``; what the coach says in all of them is in ``prompts/drill_lines.toml``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from voice_coach.core.content import ScopeChange
from voice_coach.core.drawn import drawn

_STRICT = {"extra": "forbid"}

KINDS = (
    "framework",
    "opening",
    "clarify",
    "components",
    "storage",
    "tradeoffs",
    "failure-modes",
    "scope-change",
    "wrap-up",
    "phrases",
)
"""All drills, in the order in which they are listed."""
PREFIX = "drill-"
"""What stands before the kind where a session tells its question."""
TAKEN_UP, TOUCHED = "taken_up", "touched"
"""What else an item may be ``judged`` by: how a change of scope was taken up."""


class RoundKind(StrEnum):
    """What the candidate does in a round."""

    ANSWER = "answer"
    QUESTIONS = "questions"
    """Asks the interviewer, and then plays the scope back."""

    @property
    def asks(self) -> bool:
        """Whether it is the candidate who asks."""
        return self is RoundKind.QUESTIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillSettings:
    """How drills are run and scored."""

    __pydantic_config__ = _STRICT

    open_wait_s: float = 3.0
    """Who falls silent before all was heard that is listened for has finished after so long …"""
    covered_wait_s: float = 1.2
    """… and after so long where it was."""
    patience_s: float = 3.0
    """A round's time has been over for so long: words that are not transcribed yet hold nothing up any more."""
    after_withdrawal_s: float = 5.0
    """Who talks over that is told again after so long."""
    tough_time_share: float = 0.8
    """So much of the time there is at tough pressure; at gentle pressure nobody is interrupted."""
    likely_probability: float = 0.5
    """A sentence shows a rubric element where its detector gives at least this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillItem:
    """One thing that is listened for. It is met by cues, or by what the judge finds in a sentence."""

    __pydantic_config__ = _STRICT

    id: str
    what: str
    """As it is spoken behind "I heard": "a reason for the cache"."""
    goal: str
    """What to do next time where it was missing, as a sentence."""
    cues: tuple[str, ...] = ()
    """One of them is said …"""
    with_cues: tuple[str, ...] = ()
    """… and one of these, on other words of the same sentence or the next; empty: nothing more."""
    rivals: tuple[str, ...] = ()
    """What else is spoken of in the same breath, as ``cues`` name this: one of ``with_cues`` counts where it is said of
    this and not of that."""
    unless: tuple[str, ...] = ()
    """A sentence in which one of these stands does not count."""
    judged: str = ""
    """A rubric id that the judge's detectors know, or how a change of scope was taken up; empty: cues alone."""
    is_required: bool = False
    """It counts beside the ``at_least`` others."""
    is_absent: bool = False
    """It is met where none of that is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillRound:
    """One prompt and its answer."""

    __pydantic_config__ = _STRICT

    id: str
    ask: str = ""
    """As spoken; may be empty where the scope changes, which is asked itself."""
    limit_s: float = 0.0
    """The candidate's time; 0: the drill's ``round_s``."""
    read_out: tuple[str, ...] = ()
    """Sentences that are read out before, a line each."""
    kind: RoundKind = RoundKind.ANSWER
    """Where it is as usual, the drill's ``kind_of_round``."""
    pack: str = ""
    """The question pack that is asked about, or whose scope changes."""
    change: str = ""
    """The id of that pack's change of scope."""
    at_least: int = 0
    """So many of the items that are not required are enough; 0: as the drill says."""
    in_order: bool = False
    """Items are also to be said in their order."""
    order_goal: str = ""
    item: tuple[DrillItem, ...] = ()
    """Empty: those of the drill."""
    scope_change: ScopeChange | None = None
    """The change itself; filled in from the pack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """A kind of drill."""

    __pydantic_config__ = _STRICT

    kind: str
    title: str
    about: str
    """What it trains, as listed."""
    intro: str
    """Said first."""
    unit: str
    """What items are called where they are counted: "steps"."""
    pass_score: int
    """From 0 to 100."""
    carry_on: str
    """What to do next where everything was heard, as a sentence."""
    sets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Cue sets of its own, beside those of the rubric and the lexicon."""
    ignored: tuple[str, ...] = ("{not_known}",)
    """Words in which one of these cues stands are passed over, whatever else they would show."""
    round_s: float = 0.0
    """The candidate's time in a round that says none."""
    kind_of_round: RoundKind = RoundKind.ANSWER
    at_least: int = 0
    """Of the items of a round; 0: all of them."""
    item: tuple[DrillItem, ...] = ()
    """What is listened for in rounds that have no items of their own."""
    draw: int = 0
    """So many of the rounds, drawn by the seed; 0: all."""
    round: tuple[DrillRound, ...]

    @property
    def limit_s(self) -> float:
        """The candidate's time for all rounds."""
        return sum(item.limit_s for item in self.round)

    def drawn(self, seed: int) -> Drill:
        """The drill with the rounds that *seed* draws, in the order in which they are written."""
        if not self.draw or self.draw >= len(self.round):
            return self
        ranked = sorted(self.round, key=lambda item: drawn(seed, f"{self.kind} {item.id}"))
        chosen = {item.id for item in ranked[: self.draw]}
        return replace(self, draw=0, round=tuple(item for item in self.round if item.id in chosen))

    def within(self, total_s: float) -> Drill:
        """The drill with the limits of its rounds stretched or cut to *total_s* in all."""
        share = total_s / self.limit_s
        return replace(
            self, round=tuple(replace(item, limit_s=round(item.limit_s * share, 1)) for item in self.round)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillLines:
    """What the coach says in every drill; variants of each are used in turn."""

    __pydantic_config__ = _STRICT

    acknowledged: tuple[str, ...]
    """Between two rounds."""
    time_up: tuple[str, ...]
    """A round's time is over."""
    skipped: tuple[str, ...]
    ask_me: tuple[str, ...]
    """Questions are wanted, and none was asked."""
    play_back: tuple[str, ...]
    """Questions were asked, and then nothing was said."""
    noted: tuple[str, ...]
    """No fact answers a question."""
    agreed: tuple[str, ...]
    """After "is that right?"."""
    nothing_heard: tuple[str, ...]
    thanks: tuple[str, ...]
    """After the last round."""
    round_left: tuple[str, ...]
    """Of the time: ``{left}``."""
    round_over: tuple[str, ...]
    status: tuple[str, ...]
    """``{number}`` of ``{count}`` rounds."""
    offer_passed: tuple[str, ...]
    """Another attempt is offered after one that passed …"""
    offer_missed: tuple[str, ...]
    """… and after one that did not."""
    heard: tuple[str, ...]
    """``{count}`` of ``{all}`` ``{unit}``, one of them ``{what}``, ``{quote}``."""
    heard_only: tuple[str, ...]
    """``{what}``, ``{quote}``: no more than one was wanted."""
    heard_none: tuple[str, ...]
    """None of the ``{unit}``, but ``{quote}``."""
    silent: tuple[str, ...]
    silent_goal: tuple[str, ...]
    unclear: tuple[str, ...]
    unclear_goal: tuple[str, ...]
    met: str
    """Why an item is met: ``{what}``."""
    not_met: str
    unsaid: str
    """The same where a round drew no word."""
    absent_met: str
    absent_not_met: str
    not_reached: str
    in_order: str
    out_of_order: str
    too_few_for_order: str


@dataclass(frozen=True, slots=True)
class DrillBook:
    """All drills by kind, and the lines that they share."""

    drills: dict[str, Drill]
    lines: DrillLines
