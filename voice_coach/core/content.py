"""Everything that is written by people and spoken or listened for: the types that files under ``prompts/`` fill.

Cues are written in the language of :mod:`voice_coach.core.cues`. Spoken texts are written for the ear.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

_STRICT = {"extra": "forbid"}


class Level(StrEnum):
    """How experienced the candidate is, or means to be taken for."""

    JUNIOR = "junior"
    MID = "mid"
    SENIOR = "senior"
    STAFF = "staff"


class CompanyStyle(StrEnum):
    """How a company puts its questions."""

    PLAIN = "plain"
    TERSE = "terse"
    VAGUE = "vague"


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelNotes:
    """What is looked for at each level, one sentence each."""

    __pydantic_config__ = _STRICT

    junior: str
    mid: str
    senior: str
    staff: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing about the product that a candidate may ask."""

    __pydantic_config__ = _STRICT

    id: str
    area: str
    """A clarification area of the rubric (``scale``, ``guarantees``, …) or ``other``."""
    cues: tuple[str, ...]
    """Cues of the questions that it answers; ``{item}``, ``{read}``, ``{write}`` and ``{user}`` are :class:`Nouns`."""
    asked: tuple[str, ...] = ()
    """Such questions in plain words, whose meaning is compared with that of the candidate's."""
    answer: str
    """One or two short spoken sentences."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nouns:
    """The words by which a product's things are called, the plainest first."""

    __pydantic_config__ = _STRICT

    item: tuple[str, ...] = ()
    """What is made and kept: "links"."""
    read: tuple[str, ...] = ()
    """What is done with it: "redirects"."""
    write: tuple[str, ...] = ()
    """What makes it: "uploads"."""
    user: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardFact:
    """One thing that a candidate may ask of any product."""

    __pydantic_config__ = _STRICT

    id: str
    area: str
    cues: tuple[str, ...]
    asked: tuple[str, ...]
    instead: str | None = None
    """The fact that answers where a pack has none of this id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactBook:
    """What any product may be asked about, and what only sounds like a question about it."""

    __pydantic_config__ = _STRICT

    fact: tuple[StandardFact, ...] = ()
    nouns: Nouns = field(default_factory=Nouns)
    """Those of no product in particular; the first of each stands in the wordings."""
    lead_in: tuple[str, ...] = ()
    """Words with which a question may begin, and which are no part of it: "okay"."""
    joints: tuple[str, ...] = ()
    """Words between two questions in one breath: "and"."""
    oneself: tuple[str, ...] = ()
    """Wordings of what is put to oneself: never answered."""
    decisions: tuple[str, ...] = ()
    """Wordings of what asks the interviewer to design: handed back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """A sentence of a candidate, and what it asks for."""

    writer: str
    pack: str | None
    """The question to which it belongs; None: to any."""
    asks: str
    """The id of a fact, or one of ``voice_coach.core.question_model.SPECIAL``."""
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """A question that the interviewer may ask."""

    __pydantic_config__ = _STRICT

    id: str
    about: str
    """The rubric id (checklist, deep dive or mistake) that a good reply would meet."""
    text: str
    """At most 20 words, one question mark. ``{component}`` stands for the candidate's own noun."""
    components: tuple[str, ...] = ()
    """Lexicon ids or categories; one of them must have been named by the candidate, and fills ``{component}``."""
    covered: tuple[str, ...] = ()
    """Cues in the candidate's words that mean it was already said: then it is not asked."""
    sceptical: tuple[str, ...] = ()
    """How it is put by an interviewer who doubts: in place of *text* at tough pressure."""
    probe: Literal["", "failure", "edge", "abuse"] = ""
    """What it probes besides: something that fails, an odd case, somebody who means harm."""
    levels: tuple[Level, ...] = ()
    """Who is asked it; empty: everybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """A part of a design that a change of scope touches."""

    __pydantic_config__ = _STRICT

    area: str
    """As it is shown: "where links are stored"."""
    cues: tuple[str, ...]
    """How people speak of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeChange:
    """Something that the interviewer changes in the middle of the answer."""

    __pydantic_config__ = _STRICT

    id: str
    text: str
    """As spoken, at most 25 words."""
    named: tuple[str, ...]
    """Cues of the new constraint itself: who says one of them has taken it up."""
    touches: tuple[Touched, ...]
    """What a good adaptation touches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question pack."""

    __pydantic_config__ = _STRICT

    id: str
    title: str
    """As shown in lists: "URL shortener"."""
    asked: str
    """The question as spoken, at most 25 words."""
    terse: str = ""
    """The same in as few words as a hurried interviewer would use; empty: as *asked*."""
    vague: str = ""
    """The same with all left open that the candidate ought to ask; empty: as *asked*."""
    hard: str
    """What makes it hard, for the person reading the list."""
    components: tuple[str, ...]
    """Lexicon ids of what is usually seen in an answer; never required."""
    aliases: tuple[str, ...] = ()
    """Cues by which the question is recognised from its words."""
    levels: LevelNotes | None = None
    nouns: Nouns = field(default_factory=Nouns)
    is_own_system: bool = False
    """The facts are the candidate's own: no sheet answers, and every question is handed back."""
    facts: tuple[Fact, ...]
    follow_ups: tuple[FollowUp, ...]
    resume_follow_ups: tuple[FollowUp, ...] = ()
    """Templates for what the candidate's résumé names, which stands for ``{named}``: only of one's own system."""
    scope_change: tuple[ScopeChange, ...] = ()
    """None: the scope never changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A backend term and how recognisers and people write it."""

    __pydantic_config__ = _STRICT

    id: str
    text: str
    """The spelling shown: "etcd", "idempotency key"."""
    category: str
    """What it is: store, cache, queue, index, balancer, worker, replica, product, mechanism, protocol, concept."""
    aliases: tuple[str, ...] = ()
    """Exact mishearings and other spellings, lower case: always put right."""
    doubtful: tuple[str, ...] = ()
    """Mishearings that are ordinary English as well: put right only near *context*. A term that names its own
    spelling here ("spark") is one only where it is written as *text*, capitals included."""
    context: tuple[str, ...] = ()
    """Words (or beginnings of words, as "cach*"), one of which must stand within eight words of a doubtful one."""
    also: tuple[str, ...] = ()
    """Other words for the same thing, which count as it and are left as they are."""
    is_product: bool = False
    """The name of a product, whatever its category: Redis is a cache, and a product."""
    by_sound: bool = False
    """Distinctive enough to be put right where a word only sounds like it."""
    spoken: str | None = None
    """The noun by which the coach refers to it: "the cache"; None where "your <text>" will do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """All terms."""

    __pydantic_config__ = _STRICT

    term: tuple[Term, ...]
    fillers: tuple[str, ...] = ("um", "uh", "er", "erm", "uhm", "hmm", "mm")
    """Words that are filled pauses wherever they stand."""
    everyday: tuple[str, ...] = ()
    """Ordinary words that sound like a term, never taken for it by their sound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnCues:
    """Phrases at the end of what was said so far, which tell whether more is coming."""

    __pydantic_config__ = _STRICT

    hold: tuple[str, ...]
    """More is coming: a conjunction, a filler, "let me see". Matched at the end."""
    think: tuple[str, ...]
    """Time to think is asked for: "give me a minute"."""
    hand_over: tuple[str, ...]
    """The turn is handed over: "does that make sense", "where should I go deeper"."""
    done: tuple[str, ...]
    """The whole answer is over: "that's my design"."""
    question: tuple[str, ...]
    """How questions to the interviewer begin: "should I assume", "do we need"."""
    aside: tuple[str, ...]
    """Sentences that look like questions but are put to oneself: "how would I do that"."""
    choice: tuple[str, ...] = ()
    """A hand-over that leaves it to the interviewer where to go: "shall I go deeper on storage or on failures"."""
    approval: tuple[str, ...] = ()
    """Questions that ask for agreement where no fact answers them: "would this outline be fine"."""
    confirm: tuple[str, ...] = ()
    """Whole sentences that ask whether the statement before them is right: "can we agree on that"."""
    stated: tuple[str, ...] = ()
    """What makes a statement one that a fact may confirm, besides a number: "I'll assume"."""
    unlike: tuple[str, ...] = ()
    """Words by which a number is another one: "more than"."""
    lead_in: tuple[str, ...] = ()
    """What may stand before the opening of a question: "okay", "just to be clear"."""
    explains: tuple[str, ...] = ()
    """How a sentence begins that only explains the question before it: "because", "that would change"."""
    finished: tuple[str, ...] = ()
    """Ends like those of *hold* with which a sentence is over where a full stop was heard: "thank you", "for that"."""
    again: tuple[str, ...] = ()
    """Whole utterances that take up the offer of another attempt: "again", "one more"."""
    no_more: tuple[str, ...] = ()
    """Those that decline it: "no", "that's enough"."""
    backchannel: tuple[str, ...] = ()
    """What one says while listening: "mm-hm", "okay". One to four of them and nothing else stop nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenCommand:
    """A thing said to the coach rather than in the answer."""

    __pydantic_config__ = _STRICT

    id: str
    """A name of :class:`~voice_coach.core.events.CommandName`."""
    cues: tuple[str, ...]
    """Matched against a whole utterance, or what follows "coach"."""
    at_once: tuple[str, ...] = ()
    """Matched against a whole utterance that is the first after the coach's: "what?"."""
    addressed: tuple[str, ...] = ()
    """Matched only against what follows "coach": said of a design as well ("cancel it")."""
    misheard: tuple[str, ...] = ()
    """What recognisers write in its place. Matched against a whole utterance of which they doubt a word."""
    unbelieved: tuple[str, ...] = ()
    """The same where it is an answer as well ("Postgres"): only where they hardly believe a word of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewCommand:
    """A thing that is asked about the feedback, or said of it, once the answer is over."""

    __pydantic_config__ = _STRICT

    id: str
    """One of :data:`~voice_coach.core.events.REVIEW_COMMANDS`."""
    cues: tuple[str, ...]
    """Matched against a whole sentence."""
    begins: tuple[str, ...] = ()
    """Matched at its beginning: the rest tells what the candidate claims to have said."""
    misheard: tuple[str, ...] = ()
    """What recognisers write in its place. Matched against a whole sentence of which they doubt a word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenCommands:
    """Everything that can be said to the coach."""

    __pydantic_config__ = _STRICT

    command: tuple[SpokenCommand, ...]
    review: tuple[ReviewCommand, ...] = ()
    """What can be asked once the answer is over, and means nothing before."""
    stands_for: tuple[str, ...] = ()
    """Words that claim nothing by themselves: they stand for what was said last."""
    once_more: tuple[str, ...] = ()
    """What takes up the offer to say something again a second time; elsewhere the coach repeats itself for it."""
    coach: tuple[str, ...] = ("coach",)
    """The coach's name, as it is said and as recognisers spell it."""
    coach_misheard: tuple[str, ...] = ()
    """Ordinary words that they write for it: taken for the name where they doubt the word."""
    opener: tuple[str, ...] = ()
    """Commands with which a sentence may begin as well ("next"): they count after a longer silence."""
    before: tuple[str, ...] = ()
    """Words that may stand before any command: "okay", "sorry"."""
    after: tuple[str, ...] = ()
    """The same behind it: "please"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Sentences of the coach that belong to no question. Each is a choice of variants, used in turn."""

    __pydantic_config__ = _STRICT

    rules: tuple[str, ...]
    """After the question: the one-line rules. ``{minutes}`` is the target in words."""
    unknown_fact: tuple[str, ...]
    """No fact answers it: "your call; say what you assume"."""
    agreed: tuple[str, ...]
    """After a check: "does that sound reasonable"."""
    your_choice: tuple[str, ...]
    """After an offer: "shall I go deeper on storage or on failures"."""
    confirmed: tuple[str, ...]
    """Before a fact that holds the number of which it was asked whether it is right."""
    go_on: tuple[str, ...]
    """An invitation to continue, also after ``agreed``."""
    soft_prompt: tuple[str, ...]
    """After a long silence with the current part unfinished."""
    bridge: tuple[str, ...]
    """Before a question that is still being composed."""
    nothing_heard: tuple[str, ...]
    """Nothing was said for a long time: "take your time, or say next"."""
    thinking_granted: tuple[str, ...]
    time_left: tuple[str, ...]
    """Reply to "how much time do I have": ``{elapsed}``, and ``{left}`` to the target, in words."""
    time_past: tuple[str, ...]
    """The same when the target has passed: ``{left}`` is what the range around it still allows."""
    time_over: tuple[str, ...]
    """The same when the range has passed as well: ``{elapsed}``."""
    status_left: tuple[str, ...]
    """Reply to "how am I doing": what ``time_left`` says, in one sentence; one about the parts follows."""
    status_past: tuple[str, ...]
    status_over: tuple[str, ...]
    status_parts: tuple[str, ...]
    """``{parts}`` of the answer were heard, by the names that follow."""
    status_no_part: tuple[str, ...]
    """None was heard to its end."""
    part_requirements: tuple[str, ...]
    part_overview: tuple[str, ...]
    part_storage: tuple[str, ...]
    part_scaling: tuple[str, ...]
    part_failures: tuple[str, ...]
    part_tradeoffs: tuple[str, ...]
    time_cue: tuple[str, ...]
    """A cue the coach gives by itself: ``{left}``."""
    wrap_up: tuple[str, ...]
    """Asks for a summary with tradeoffs."""
    wrap_up_summed_up: tuple[str, ...]
    """Asks for last words where the tradeoffs have just been summed up."""
    thanks: tuple[str, ...]
    """After the wrap-up."""
    sorry: tuple[str, ...]
    """Half a second, before the interviewer interrupts."""
    over_budget: tuple[str, ...]
    """After it, where a part takes too long; a question about the next part follows."""
    off_point: tuple[str, ...]
    """The same where the talk has left the design."""
    long_talk: tuple[str, ...]
    """The same after minutes without an exchange."""
    over_time: tuple[str, ...]
    """The same where the time is up; the wrap-up follows."""
    what_next: tuple[str, ...]
    """What is asked then where no gap is left to ask about."""
    enough_questions: tuple[str, ...]
    """After the answer to one question too many: time to design."""
    paused: tuple[str, ...]
    resumed: tuple[str, ...]
    slower: tuple[str, ...]
    """Said at the new speed."""
    slowest: tuple[str, ...]
    """It could not be slower."""
    faster: tuple[str, ...]
    fastest: tuple[str, ...]
    microphone_lost: tuple[str, ...]
    """The microphone is gone, the loudspeaker is not: the session pauses."""
    device_back: tuple[str, ...]
    """A device that was lost works again: the session goes on."""
    device_replaced: tuple[str, ...]
    """The same where another one has taken its place."""
    slept: tuple[str, ...]
    """The machine slept: the session goes on."""
    feedback_intro: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sense:
    """When it makes sense to ask about what the judge cannot see covered by itself."""

    __pydantic_config__ = _STRICT

    about: str
    """The rubric id of those follow-ups."""
    unless: tuple[str, ...] = ()
    """Checklist items, any of which makes them needless."""
    after: tuple[str, ...] = ()
    """Checklist items that must have been met before."""
    after_talk_s: float = 0.0
    """The turn that just ended must have lasted so long."""
    is_unreasoned: bool = False
    """The component must be one that was named without a reason."""
    signs: tuple[str, ...] = ()
    """Cues of its being covered where the rules do not find that …"""
    signs_needed: int = 2
    """… of which so many make it likely: then it comes after everything else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpBank:
    """Follow-ups that fit any question, asked when the pack has none left for a gap."""

    __pydantic_config__ = _STRICT

    follow_up: tuple[FollowUp, ...]
    order: tuple[str, ...] = ()
    """Rubric ids, most valuable gap first."""
    sense: tuple[Sense, ...] = ()
    """A follow-up about a mistake that has none of these is never asked."""
    reason: tuple[str, ...] = ()
    """Cues near a component by which it was given a reason."""
