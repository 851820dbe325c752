"""A small interview for tests of the conversation: few lines, few cues, and a judge that looks for a phrase."""

from __future__ import annotations

from dataclasses import fields

from voice_coach.core.clock import PaceSettings
from voice_coach.core.content import (
    Fact,
    FactBook,
    FollowUp,
    FollowUpBank,
    Lexicon,
    Lines,
    Question,
    ReviewCommand,
    ScopeChange,
    SpokenCommand,
    SpokenCommands,
    Term,
    Touched,
    TurnCues,
)
from voice_coach.core.echo import EchoSettings
from voice_coach.core.fact_finder import FactFinder
from voice_coach.core.interview import Interviewer, InterviewSettings, Script
from voice_coach.core.pressure import Pressure
from voice_coach.core.review_book import ReviewBook
from voice_coach.core.review_state import ReviewSettings
from voice_coach.core.review_texts import ReviewLines
from voice_coach.core.review_words import ReviewReader
from voice_coach.core.session_step import Book
from voice_coach.core.spoken_commands import CommandReader
from voice_coach.core.steering import SteeringSettings
from voice_coach.core.transcript import Speaker, Transcript
from voice_coach.core.turn_taking import TailReader, TurnTakingSettings

PHRASES = {
    "explicit_requirements": "the requirements are",
    "high_level_first": "at a high level",
    "storage_decision": "postgres because",
    "scaling_strategy": "we shard by user",
    "failure_mitigation": "retry with a key",
}
"""What the small judge takes for each checklist item."""

QUESTION = Question(
    id="parking",
    title="Parking garage",
    asked="Design a parking garage.",
    hard="Gates.",
    components=("cache",),
    facts=(
        Fact(id="size", area="scale", cues=("how many (spaces|cars)",), answer="Eight hundred spaces."),
        Fact(
            id="latency",
            area="guarantees",
            cues=("how fast", "latency"),
            answer="A gate opens within a second.",
        ),
    ),
    follow_ups=(
        FollowUp(id="store", about="storage_decision", text="Why this store?"),
        FollowUp(
            id="cold", about="failure_mitigation", text="What if {component} is empty?", components=("cache",)
        ),
        FollowUp(
            id="gate",
            about="failure_mitigation",
            text="The gate loses power. What then?",
            covered=("battery",),
        ),
        FollowUp(id="grow", about="scaling_strategy", text="What grows first?"),
    ),
    scope_change=(
        ScopeChange(
            id="second-site",
            text="Now the garage has a second site. What changes in your design?",
            named=("(second site|two sites|both sites)",),
            touches=(Touched(area="the data of both sites", cues=("(replica*|region*)",)),),
        ),
    ),
)

STEERS = ("over_budget", "off_point", "long_talk", "over_time")
LINES = Lines(
    **{
        item.name: (f"<{item.name}>",)
        for item in fields(Lines)
        if item.name
        not in ("rules", "time_left", "time_over", "status_left", "status_parts", "sorry", *STEERS)
    },
    **{name: (f"let me stop you there, <{name}>.",) for name in STEERS},
    sorry=("Sorry,",),
    rules=("You have {minutes}.",),
    time_left=("{elapsed} gone, {left} left.",),
    time_over=("{elapsed} gone.",),
    status_left=("{elapsed} in, {left} left.",),
    status_parts=("Heard {parts}.",),
)

CUES = TurnCues(
    hold=("and", "so", "let me see"),
    think=("give me a minute",),
    hand_over=("does that make sense",),
    done=("that's my design",),
    question=("how many", "how fast", "should i", "what latency"),
    aside=("how would i",),
    lead_in=("so", "okay", "and"),
    no_more=("nothing", "skip"),
    backchannel=("okay", "yeah", "got it", "mm", "mm hm", "um"),
)

COMMANDS = SpokenCommands(
    command=tuple(
        SpokenCommand(id=name, cues=cues)
        for name, cues in {
            "time": ("how much time (do i have)?", "how am i doing on time"),
            "pause": ("pause",),
            "resume": ("resume",),
            "think": ("let me think",),
            "done": ("i'm done",),
            "skip": ("skip",),
            "repeat_question": ("repeat the question",),
            "say_again": ("say that again",),
            "say_slower": ("say that again slower",),
            "slower": ("slower",),
            "faster": ("faster",),
            "how_am_i_doing": ("how am i doing",),
            "stop": ("stop",),
        }.items()
    ),
    once_more=("again",),
    review=(
        ReviewCommand(id="why", cues=("why", "why that score")),
        ReviewCommand(
            id="when", cues=("when did i say that",), begins=("when did i say (something about)?",)
        ),
        ReviewCommand(id="claim", cues=("i did say that",), begins=("i did mention",)),
        ReviewCommand(id="redo", cues=("redo",)),
        ReviewCommand(id="read_again", cues=("read it again",)),
        ReviewCommand(id="next_point", cues=("next point",)),
    ),
)

REVIEW_LINES = ReviewLines(
    offer=("<offer>",), nothing_next=("<nothing next>",), unheard=("<unheard>",), failed=("<failed>",)
)

LEXICON = Lexicon(
    term=(
        Term(id="cache", text="cache", category="cache", spoken="the cache"),
        Term(id="redis", text="Redis", category="cache", spoken=None),
        Term(id="postgres", text="Postgres", category="store"),
    )
)


def covered(transcript: Transcript) -> frozenset[str]:
    """The items whose phrase the candidate has said."""
    said = " ".join(word.bare for word in transcript.by(Speaker.CANDIDATE))
    return frozenset(item for item, phrase in PHRASES.items() if phrase in said)


def small_book(
    *,
    pace: PaceSettings | None = None,
    pressure: Pressure = Pressure.NORMAL,
    seed: int = 0,
    turn_taking: TurnTakingSettings | None = None,
    steering: SteeringSettings | None = None,
    echo: EchoSettings | None = None,
    review: ReviewSettings | None = None,
) -> Book:
    """A book with the content above."""
    pace = pace or PaceSettings()
    turn_taking = turn_taking or TurnTakingSettings()
    steering = steering or SteeringSettings()
    bank = FollowUpBank(
        follow_up=(FollowUp(id="any-req", about="explicit_requirements", text="What must it do?"),),
        order=("explicit_requirements", "storage_decision", "scaling_strategy", "failure_mitigation"),
    )
    script = Script(
        question=QUESTION,
        bank=bank,
        lines=LINES,
        cues=CUES,
        lexicon=LEXICON,
        finder=FactFinder(QUESTION, FactBook()),
    )
    return Book(
        interviewer=Interviewer(script, pace, InterviewSettings(), steering, pressure=pressure, seed=seed),
        reader=TailReader(
            CUES,
            CommandReader(
                COMMANDS, gap_s=turn_taking.utterance_gap_s, doubt=turn_taking.misheard_probability
            ),
        ),
        turn_taking=turn_taking,
        pace=pace,
        steering=steering,
        echo=echo or EchoSettings(),
        covered=covered,
        review=ReviewBook(
            reader=ReviewReader(COMMANDS, doubt=turn_taking.misheard_probability),
            lines=REVIEW_LINES,
            settings=review or ReviewSettings(),
        ),
        topics=lambda words: sum(word.bare in ("service", "store", "gate", "redis") for word in words),
    )
