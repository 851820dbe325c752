"""What is listened for and said about it: the types that the files under ``prompts/rubric/`` fill.

A *rule* never credits a bare word: at least two cues have to stand together, or several different things have
to be named (docs/adr/0009). The numbers are explained in docs/metrics.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from voice_coach.core.advice import Advice, Praise, SpeechLimits, Weighing

_STRICT = {"extra": "forbid"}

Cues = tuple[str, ...]
"""Patterns in the language of :mod:`voice_coach.core.cues`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Several:
    """Different cues of one set that have to occur within a rule's window."""

    __pydantic_config__ = _STRICT

    of: str
    """The name of a set. Each of its cues counts once."""
    at_least: int
    in_sentences: int = 1
    """Over how many different sentences they have to be spread."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One way to meet an item: everything named has to be said within a few sentences."""

    __pydantic_config__ = _STRICT

    name: str
    confidence: float
    """How often a match of this rule is right."""
    all: Cues = ()
    """Each has to match, on words of its own, in any order."""
    in_order: int = 0
    """How many of the first of *all* have to come in their order, or in one sentence."""
    several: tuple[Several, ...] = ()
    window: int = 1
    """Within how many sentences of the candidate."""
    unless: Cues = ()
    """A sentence in which one of these matches counts for nothing."""
    affirmed: bool = True
    """A match right after "not", "without" and the like does not count."""
    questions: bool = False
    """Whether the candidate's questions count."""
    heard_in_question: int | None = None
    """Which of *all* may instead stand in the interviewer's question that is being answered."""
    within_s: float | None = None
    """Only in the first seconds of the candidate's own time."""
    last_share: float | None = None
    """Only in sentences that begin within this last share of the candidate's words."""
    before: str | None = None
    """The name of a pattern: the match has to be complete before that first occurs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An element of a strong answer."""

    __pydantic_config__ = _STRICT

    id: str
    looked_for: str
    """Ends the sentence "I listened for …"."""
    met: str
    """Why it is met, one sentence."""
    asked: Cues
    """Cues of interviewer's questions about this very thing: a reply to them is prompted."""
    near: Cues = ()
    """Half of it: shown in feedback as what was heard when the item is not met."""
    near_within_s: float | None = None
    """Only in the first seconds of the candidate's own time."""
    near_last_share: float | None = None
    """Only in sentences that begin within this last share of the candidate's words."""
    places: int = 3
    """How many places are shown as evidence at most: one where it can only be said once."""
    rule: tuple[Rule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist:
    """The file ``checklist.toml``."""

    __pydantic_config__ = _STRICT

    doubt_below: float
    """A verdict with less confidence than this is said as doubt."""
    negation: Cues
    """Turns a following cue into its opposite."""
    negation_reach: int
    """How many words further a negation reaches."""
    retraction: Cues
    """Takes the sentence before back."""
    passed_over: Cues
    """Holds a part that is only weighed, or passed over for another."""
    item: tuple[Item, ...]
    pattern: tuple[Rule, ...] = ()
    """Rules that others refer to by ``before``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """What has to be there before anything is judged: the file ``gate.toml``."""

    __pydantic_config__ = _STRICT

    min_words: int
    min_topic_per_100: float
    """Different topic cues for each hundred words, at least."""
    sure_topic_per_100: float
    """From here on it is about a system, whatever detectors find in its sentences."""
    min_design_share: float
    """Share of the words in sentences in which detectors find a design, at least."""
    min_design_share_off_topic: float
    """The same where there are too few topic cues."""
    topic: Cues
    min_function_words: float
    """Share of the words below which the talk is not English."""
    function_words: tuple[str, ...]
    min_median_p: float
    """Median recognition probability below which the transcript is not to be trusted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageCues:
    """How a step of the answer sounds."""

    __pydantic_config__ = _STRICT

    id: str
    """A stage, or ``none`` for talk about the answer itself."""
    strong: Cues = ()
    weak: Cues = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stages:
    """The file ``stages.toml``."""

    __pydantic_config__ = _STRICT

    check_in: Cues
    """Sentences that hand the interviewer a choice or ask for confirmation: they end a monologue."""
    stage: tuple[StageCues, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a verdict outside the checklist is what it is."""

    __pydantic_config__ = _STRICT

    id: str
    yes: str
    """One sentence, where it is met or the mistake was made."""
    no: str
    """One sentence, where it is not: what was looked for."""
    asked: Cues = ()
    """Cues of interviewer's questions about this very thing: a reply to them is prompted."""
    asked_for: Cues = ()
    """Cues in the question that is answered, which make a mistake none."""
    excused: str = ""
    """One sentence, where the question asks for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """What must not be told flatly where the candidate says certain words."""

    __pydantic_config__ = _STRICT

    said: Cues
    """A match right after "not", "without" and the like does not count."""
    unless: Cues = ()
    """Nor does one that shares words with a match of these."""
    last_share: float | None = None
    """Only in sentences that begin within this last share of the candidate's words."""
    not_flat: tuple[str, ...] = ()
    """What is missing only as a doubt then: ids of the checklist, of delivery or of deep dives."""
    not_made: tuple[str, ...] = ()
    """Mistakes that are made by silence, and by these words not made."""
    why: str
    """Why it may be all the same, one sentence: ``{quote}``, the words with their marks, or when they were said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasons:
    """The file ``reasons.toml``."""

    __pydantic_config__ = _STRICT

    asks: Cues
    """How an interviewer asks for something, where no question mark tells."""
    about_before: Cues
    """How a question goes on from the sentence before it."""
    scope_change: Cues
    """How an interviewer changes the scope."""
    scope_kept: Cues
    """A sentence in which one of these stands does not."""
    asked: dict[str, Cues] = field(default_factory=dict)
    """By element of the checklist: more cues of interviewer's questions about it."""
    reason: tuple[Reason, ...]
    doubt: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """The file ``score.toml``."""

    __pydantic_config__ = _STRICT

    sure_from: float
    """A verdict with less confidence than this takes nothing off."""
    checklist: dict[str, int]
    """Points of each item; they sum to 100."""
    mistakes: dict[str, int] = field(default_factory=dict)
    """Points that each takes off."""
    delivery: dict[str, int] = field(default_factory=dict)
    """Points that each adds where it was met and takes off where it was not."""
    pacing_outside_target: int
    """Points taken off when the answer is shorter or longer than the target."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdaptationTexts:
    """What is said of a change of scope, ``{time}`` being when it came. One line of one list is said."""

    __pydantic_config__ = _STRICT

    not_taken_up: tuple[str, ...]
    """The new constraint was not spoken of."""
    slow: tuple[str, ...]
    """It was, but late: ``{seconds}``."""
    revisited: tuple[str, ...]
    """It was, and an earlier choice changed: ``{quote}``."""
    taken_up: tuple[str, ...]
    """It was, and nothing was heard to change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackTexts:
    """The file ``feedback.toml``: sentences of at most 25 words, in variants."""

    __pydantic_config__ = _STRICT

    strength: tuple[str, ...]
    """``{time}``, ``{quote}``"""
    strength_bare: tuple[str, ...]
    """Where nothing can be quoted: ``{time}``, ``{noun}``."""
    strength_unprompted: tuple[str, ...]
    """``{line}``: what it did for the listener."""
    strength_prompted: tuple[str, ...]
    strength_plain: tuple[str, ...]
    strength_pace: tuple[str, ...]
    """When nothing was met, but the pace was easy: ``{pace}``."""
    strength_time: tuple[str, ...]
    """When not even that: ``{length}``."""
    also: tuple[str, ...]
    """``{items}``: what else was met."""
    length: dict[str, tuple[str, ...]]
    """By verdict: ``{length}``, ``{low}``, ``{high}``."""
    length_edge: dict[str, tuple[str, ...]]
    """The same where the rounded length is that of the target's edge."""
    length_estimated: tuple[str, ...]
    """Where the words came without times, and nothing is known of the target: ``{length}``."""
    heard: tuple[str, ...]
    """``{time}``, ``{quote}``: what a fix hangs on, where it is written."""
    first_heard: tuple[str, ...]
    """``{time}``, ``{quote}``"""
    second_heard: tuple[str, ...]
    doubt_heard: tuple[str, ...]
    """After a quote, when the verdict is unsure: ``{missing}``."""
    first_fix: tuple[str, ...]
    """``{missing}``: what was not heard."""
    second_fix: tuple[str, ...]
    first_doubt: tuple[str, ...]
    """The same, when the verdict is unsure."""
    second_doubt: tuple[str, ...]
    first_stronger: tuple[str, ...]
    """``{stronger}``: nothing is missing, and this would carry further."""
    second_stronger: tuple[str, ...]
    say: tuple[str, ...]
    """``{try_saying}``"""
    redo: tuple[str, ...]
    """``{goal}``"""
    redo_met: tuple[str, ...]
    """The goal, when the first fix is about what was met."""
    prompted: tuple[str, ...]
    """Of an item that was met only when asked: ``{noun}``, ``{time}``."""
    late: tuple[str, ...]
    """Of an item that was met late: ``{noun}``, ``{time}``."""
    say_unasked: tuple[str, ...]
    """``{try_saying}``: what was said when asked, or late."""
    why_unasked: tuple[str, ...]
    """What it would have done for the listener, said unasked."""
    why_early: tuple[str, ...]
    """What it would have done for the listener, said early."""
    at_start: str
    """Stands for ``{time}`` in the first two seconds."""
    steps: str
    """A plan: ``{first}``, ``{middle}``, ``{last}``."""
    step_names: dict[str, str]
    """By stage, what a plan calls it; may hold ``{component}``."""
    subjects: dict[str, Cues]
    """What an answer may be about, where that matters for what is suggested: cues by name."""
    kinds: dict[str, tuple[str, ...]]
    """Parts of which other things are true than of most of their category: lexicon ids by kind."""
    limits: SpeechLimits
    weighing: Weighing
    adaptation: AdaptationTexts
    not_assessed: dict[str, tuple[str, ...]]
    """By the gate's reason: all that is said."""
    advice: tuple[Advice, ...]
    praise: tuple[Praise, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AdaptationCues:
    """The file ``adaptation.toml``: how one takes up a change of scope."""

    __pydantic_config__ = _STRICT

    lead_in: Cues
    """What is said before the first word about it."""
    changes: Cues
    """How one says that an earlier choice changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rubric:
    """All of ``prompts/rubric/``."""

    sets: Mapping[str, Cues] = field(default_factory=dict)
    """Named cues of ``cues.toml``, for ``{name}`` in the other files."""
    checklist: Checklist
    gate: Gate
    stages: Stages
    reasons: Reasons
    score: Score
    feedback: FeedbackTexts
    adaptation: AdaptationCues

    @property
    def asked(self) -> dict[str, Cues]:
        """How an interviewer asks for something, by rubric id; what nobody asks for is left out."""
        asked = {item.id: item.asked for item in self.checklist.item}
        asked |= {reason.id: reason.asked for reason in self.reasons.reason}
        asked |= {id_: (*asked[id_], *cues) for id_, cues in self.reasons.asked.items()}
        return {id_: cues for id_, cues in asked.items() if cues}
