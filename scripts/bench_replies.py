"""How soon the coach answers when it is handed the turn, live: from the last sound of a question to its first.

Eight sayings in four synthetic voices, but for those in which even the whole recogniser, given the bare sound, hears no
question and no hand-over: the coach is right to wait there, and they are counted.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scripts.bench_card import Tap, candidate, pass_s, spoken
from scripts.bench_echo import VOICES, percentile
from scripts.bench_figure import Figure, load
from scripts.bench_start import virtual_card
from tests import rig
from tests.end_to_end.program import journal, only_session, started, wait_until
from voice_coach.compose.book import book_for
from voice_coach.compose.content import load_content
from voice_coach.compose.engines import engine_needs, make_stt
from voice_coach.compose.judging import Judging
from voice_coach.config import load_config
from voice_coach.core.audio import RATE_HZ, Piece
from voice_coach.core.candidate_turn import HANDED_OVER
from voice_coach.prompts.questions import find_question

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voice_coach.core.audio import Pcm


QUESTIONS = 32
REPLY_MEDIAN_S = 1.1
REPLY_S = 1.4
DECISION_S = 0.12
TALK = (
    "I will begin with the traffic, because it decides the storage. How many links are created each month?",
    "People read far more often than they write. What is the ratio of reads to writes?",
    "A redirect has to be quick. What latency do you expect?",
    "Links may be kept for a long time. Do links expire?",
    "I have to know who may use it. Do users have accounts?",
    "So far I have one service and one store. Does that make sense?",
    "Some people want to choose the name of a link. Do we support custom aliases?",
    "That was the overview. Where should I go deeper?",
)
_PATIENCE_S = 6.0
_QUIET_S = 1.5


@dataclass(slots=True)
class Measured:
    """What came of a live session."""

    waits_s: list[float] = field(default_factory=list)
    """From the last sound of the candidate to the first of the coach."""
    missed: int = 0
    """Questions after which nothing was said in time."""
    lines: list[dict[str, Any]] = field(default_factory=list)


def reply_figures() -> Iterator[Figure]:
    """Waits at the virtual loudspeaker, and from the decision to the first sound by the journal."""
    if rig.missing() is not None:
        return
    at_load = load()
    sayings = list(understood())
    found = measured(sayings[:QUESTIONS])
    decided_s = list(decisions_to_sound_s(found.lines))
    on = (
        f"{len(found.waits_s)} questions and hand-overs on a virtual sound card, {found.missed} without a reply; "
        f"{len(TALK) * len(VOICES) - len(sayings)} of {len(TALK) * len(VOICES)} cannot be understood"
    )
    rows = (
        ("reply_median", "the last sound of a question to the first of the coach, p50",
         statistics.median(found.waits_s), REPLY_MEDIAN_S),
        ("reply", "the same, p95", percentile(found.waits_s, 0.95), REPLY_S),
        ("decision", "decision to the first sound by the journal, p95", percentile(decided_s, 0.95), DECISION_S),
    )  # fmt: skip
    for name, what, value, at_most in rows:
        yield Figure(name=name, measured=what, on=on, value=value, unit="s", at_most=at_most, load=at_load)


def understood() -> Iterator[Pcm]:
    """The sayings of which a transcript tells that the turn is handed over."""
    config, content = load_config(), load_content()
    question = find_question(content.questions, config.session.question)
    rules = Judging(config=config, content=content).rules
    book = book_for(config, content, question, config.session.pressure, 0, rules)
    stt = make_stt(engine_needs(config, content))
    for number, (text, voice) in enumerate(product(TALK, VOICES)):
        pcm = spoken(text, voice)
        words = stt.transcribe(Piece(id=number, start_s=0.0, pcm=pcm, voiced_s=len(pcm) / RATE_HZ))
        if book.reader.read(words, asks=book.interviewer.asks(words)).tail in HANDED_OVER:
            yield pcm


def measured(sayings: Sequence[Pcm]) -> Measured:
    """Says each."""
    found = Measured()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        card = stack.enter_context(virtual_card(folder / "card"))
        mouth, own, loudspeaker = stack.enter_context(candidate(card))
        sessions = folder / "sessions"
        sessions.mkdir()
        options = ("--sessions", str(sessions), "--seed", "1", "--pressure", "gentle")
        stack.enter_context(started("practice", *options, environment=card.environment))
        wait_until(lambda: loudspeaker.loud_from(0.0) is not None, limit_s=60, what="the coach")
        for pcm in sayings:
            _until_quiet(loudspeaker)
            asked_s = time.monotonic()
            mouth.say(pcm)
            pass_s(len(pcm) / RATE_HZ + _PATIENCE_S)
            onset_s = own.loud_from(asked_s)
            ended_s = None if onset_s is None else own.last_loud(onset_s, onset_s + len(pcm) / RATE_HZ + 0.5)
            again_s = None if ended_s is None else loudspeaker.loud_from(ended_s)
            if ended_s is None or again_s is None:
                found.missed += 1
            else:
                found.waits_s.append(again_s - ended_s)
        found.lines = journal(only_session(sessions))
    return found


def decisions_to_sound_s(lines: Sequence[dict[str, Any]]) -> Iterator[float]:
    """For each turn that ended in words, how long the coach's first sound took."""
    ended_s = None
    for line in lines:
        if line["kind"] == "turn_ended" and line["words"]:
            ended_s = float(line["t"])
        elif line["kind"] == "playback_started" and ended_s is not None:
            yield float(line["t"]) - ended_s
            ended_s = None


def _until_quiet(loudspeaker: Tap) -> None:
    """Until the coach has said nothing for a while."""
    wait_until(
        lambda: loudspeaker.loud_from(time.monotonic() - _QUIET_S) is None, limit_s=60, what="the coach's end"
    )
