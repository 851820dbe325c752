"""Whether the coach speaks into pauses for thought, and how soon it speaks after short answers; in simulated rooms.

A candidate talks for twelve minutes, in clauses of the tuning answers that ask nothing, and thinks for 2 to 5 s after
every third of them (log-normal, 3 s in the median), which nothing announces. Then short replies to the follow-ups,
which nothing ends but silence. Nobody interrupts anybody; the time is that of the sound.
"""

from __future__ import annotations

import json
import random
import re
import tempfile
from contextlib import closing
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scripts.bench_card import spoken
from scripts.bench_echo import VOICES, percentile
from scripts.bench_figure import Figure, load
from tests.end_to_end.program import journal, only_session, run
from voice_coach.adapters.audio_file import write_wav
from voice_coach.adapters.rate_conversion import at_session_rate
from voice_coach.compose.content import load_content
from voice_coach.compose.engines import engine_needs, room_voice
from voice_coach.config import load_config

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from voice_coach.core.audio import Pcm

ANSWERS = Path(__file__).resolve().parent.parent / "evaluation" / "answers" / "tuning"
SESSIONS = 10
TALK_S = 720.0
REPLIES = 8
TARGET_MINUTES = 15
"""The wrap-up is asked for at 16.5 minutes then: after all that is said."""
CUT_OFFS = 0.0
REPLY_S = 3.0
PIPER = ""
"""The configured voice, beside those of the system."""
SHORTEST_S, LONGEST_S, LOG_MEDIAN, LOG_SPREAD = 2.0, 5.0, 1.1, 0.35
CLAUSES_APART = 3
FEWEST_WORDS, MOST_WORDS = 8, 45
"""Of a short reply."""
_WORDS_PER_S = 2.8
"""Of the voices, about: it tells when there is enough to say."""
_CLAUSE = re.compile(r"(?<=[,.;])\s+")
_HANDS_OVER = re.compile(
    r"\?|\b(make sense|makes sense|that's (it|all|my|the)|that is (it|all|my)|i'm done|go deeper|your turn|over to you|"
    r"let me know|sound good|next|back to you|happy to|anything else|if you like|want me to)\b",
    re.IGNORECASE,
)
"""What hands over, as a person reads it."""
_MOST_FOR_ONE_S = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An entry of a room."""

    text: str
    pause_s: float | None
    """Before it; None for a reply, which waits for the coach."""


@dataclass(slots=True)
class Counted:
    """What came of sessions."""

    pauses: int = 0
    cut_off: list[float] = field(default_factory=list)
    """The lengths of those that the coach spoke into."""
    waits_s: list[float] = field(default_factory=list)
    """From the end of a reply to the coach."""
    interrupted: int = 0
    """Replies that the coach did not let end."""

    def and_then(self, other: Counted) -> Counted:
        """Both."""
        return Counted(
            pauses=self.pauses + other.pauses,
            cut_off=self.cut_off + other.cut_off,
            waits_s=self.waits_s + other.waits_s,
            interrupted=self.interrupted + other.interrupted,
        )


def pause_figures(sessions: int = SESSIONS) -> Iterator[Figure]:
    """False cut-offs of a hundred pauses, and waits after replies."""
    at_load, found = load(), Counted()
    for seed in range(sessions):
        with tempfile.TemporaryDirectory() as folder:
            found = found.and_then(counted(*rehearsed(Path(folder), seed)))
    voices = min(sessions, len(VOICES) + 1)
    rooms = f"{sessions} simulated sessions with {TALK_S / 60:g} minutes of monologue, {voices} voices"
    yield Figure(
        name="cut_offs", measured="pauses of 2 to 5 s that the coach spoke into, of a hundred",
        on=f"{found.pauses} pauses in {rooms}", value=100.0 * len(found.cut_off) / found.pauses, unit="%",
        at_most=CUT_OFFS, load=at_load,
    )  # fmt: skip
    yield Figure(
        name="short_answer", measured="end of a short answer that hands nothing over to the coach, p90",
        on=f"{len(found.waits_s)} replies in {rooms}, {found.interrupted} more interrupted",
        value=percentile(found.waits_s, 0.9), unit="s", at_most=REPLY_S, load=at_load,
    )  # fmt: skip


def rehearsed(folder: Path, seed: int) -> tuple[list[dict[str, Any]], list[Said]]:
    """The journal of a session in *folder*, and what the candidate of its room says."""
    drawn = random.Random(seed)  # noqa: S311 - the same again each time
    said = script(drawn)
    room, sessions = folder / "room.toml", folder / "sessions"
    _write(room, said, [PIPER, *VOICES][seed % (len(VOICES) + 1)], drawn)
    sessions.mkdir()
    done = run(
        "practice", "--input", str(room), "--speed", "max", "--sessions", str(sessions), "--seed", str(seed),
        "--minutes", str(TARGET_MINUTES), "--pressure", "gentle", "--no-feedback-speech",
        timeout_s=_MOST_FOR_ONE_S,
    )  # fmt: skip
    if done.status != 0:
        raise RuntimeError(done.stderr)
    return journal(only_session(sessions)), said


def counted(lines: Sequence[dict[str, Any]], said: Sequence[Said]) -> Counted:
    """What the journal's *lines* tell of the pauses and replies of what was *said*.

    A pause is cut off where the coach begins to speak in it, or in what is said after it: it had decided before.
    """
    found = Counted()
    entries = [line for line in lines if line["kind"] == "room_said"]
    began_s = [line["t"] for line in lines if line["kind"] == "playback_started"]
    for before, after in pairwise(entries):
        pause_s = said[after["index"]].pause_s
        if pause_s is not None:
            found.pauses += 1
            if any(before["end"] < at_s < after["end"] for at_s in began_s):
                found.cut_off.append(pause_s)
    for reply in entries:
        if said[reply["index"]].pause_s is not None:
            continue
        after_s = [at_s for at_s in began_s if at_s >= reply["start"]]
        if after_s and after_s[0] < reply["end"]:
            found.interrupted += 1
        elif after_s:
            found.waits_s.append(after_s[0] - reply["end"])
    return found


def script(drawn: random.Random) -> list[Said]:
    """What a candidate says: the monologue, then the replies. The first entry counts as one after a pause of 0."""
    parts: list[Said] = []
    seconds = 0.0
    turns = _turns(drawn)
    for part in _parts(turns):
        pause_s = _pause_s(drawn) if parts else 0.0
        parts.append(Said(text=part, pause_s=pause_s))
        seconds += pause_s + len(part.split()) / _WORDS_PER_S
        if seconds > TALK_S:
            break
    replies = [
        " ".join(sentences)
        for number, sentences in turns
        if number > 1
        and FEWEST_WORDS <= len(" ".join(sentences).split()) <= MOST_WORDS
        and not _HANDS_OVER.search(sentences[-1])
    ]
    return parts + [Said(text=text, pause_s=None) for text in drawn.sample(replies, REPLIES)]


def _turns(drawn: random.Random) -> list[tuple[int, list[str]]]:
    """The candidates' turns: which of an answer, and its sentences; the answers in a drawn order."""
    paths = sorted(ANSWERS.glob("*.json"))
    drawn.shuffle(paths)
    return [
        (number, turn["sentences"])
        for path in paths
        for number, turn in enumerate(json.loads(path.read_text(encoding="utf-8"))["turns"])
        if turn["speaker"] == "candidate"
    ]


def _parts(turns: Sequence[tuple[int, Sequence[str]]]) -> Iterator[str]:
    """Stretches of a few clauses, without the sentences that hand over."""
    for _, sentences in turns:
        clauses = _CLAUSE.split(" ".join(text for text in sentences if not _HANDS_OVER.search(text)))
        for first in range(0, len(clauses), CLAUSES_APART):
            if part := " ".join(clauses[first : first + CLAUSES_APART]):
                yield part


def _pause_s(drawn: random.Random) -> float:
    while not SHORTEST_S <= (pause_s := drawn.lognormvariate(LOG_MEDIAN, LOG_SPREAD)) <= LONGEST_S:
        pass
    return pause_s


def _write(path: Path, said: Sequence[Said], voice: str, drawn: random.Random) -> None:
    """A room at *path* in which *said* is spoken by *voice*."""
    tables = ['question = "url-shortener"\n']
    with closing(room_voice(engine_needs(load_config(), load_content()), None)) as piper:

        def own(text: str) -> Pcm:
            return at_session_rate(piper.render(text))

        speak: Callable[[str], Pcm] = own if voice == PIPER else lambda text: spoken(text, voice)
        for number, item in enumerate(said):
            write_wav(path.with_name(f"{number}.wav"), speak(item.text))
            is_cued = number == 0 or item.pause_s is None
            wait_s = drawn.uniform(0.8, 2.0) if is_cued or item.pause_s is None else item.pause_s
            when = "asked" if is_cued else "then"
            tables.append(f'[[say]]\naudio = "{number}.wav"\nwhen = "{when}"\nwait = {wait_s:.2f}\n')
    path.write_text("\n".join(tables), encoding="utf-8")
