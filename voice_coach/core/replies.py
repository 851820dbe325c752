"""Whether what the candidate says was asked for, and whether it answers a change of scope."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from voice_coach.core.cue_index import CueIndex
from voice_coach.core.cues import plain_text
from voice_coach.core.heard import Heard, Line
from voice_coach.core.rubric import Rubric
from voice_coach.core.rubric_ids import SCOPE_CHANGE, TWINS
from voice_coach.core.rules import REPLY_SENTENCES
from voice_coach.core.transcript import Speaker, Transcript, Turn, laid_out, turn_of

_CHANGE = "/scope change"
_NO_CHANGE = "/no scope change"
_ASKS = "/asks"
_ABOUT_BEFORE = "/about the sentence before"


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a turn of the interviewer comes to."""

    about: frozenset[str] = frozenset()
    is_change: bool = False


class Replies:
    """Reads the interviewer's turns."""

    def __init__(self, rubric: Rubric) -> None:
        reasons = rubric.reasons
        cues = {
            **rubric.asked,
            _CHANGE: reasons.scope_change,
            _NO_CHANGE: reasons.scope_kept,
            _ASKS: reasons.asks,
            _ABOUT_BEFORE: reasons.about_before,
        }
        self._index = CueIndex(cues, rubric.sets)
        self._read = lru_cache(maxsize=256)(self._read_words)

    def asks_about(self, question: str) -> frozenset[str]:
        """The rubric ids that *question*, the interviewer's, asks for."""
        return frozenset(tag for tag in self._read(question).about if not tag.startswith("/"))

    def is_prompted(self, id_: str, line: Line) -> bool:
        """Whether *line* stands early in the reply to a question about that very thing."""
        if line.place_in_reply >= REPLY_SENTENCES:
            return False
        about = self._read(line.asked).about if line.asked_about is None else frozenset(line.asked_about)
        return not about.isdisjoint({id_}.union(*(twins for twins in TWINS if id_ in twins)))

    def to_a_change(self, heard: Heard) -> frozenset[int]:
        """The candidate's turns from the first change of scope on."""
        changed = [line.turn for line in heard.lines if self._is_after_a_change(line)]
        if not changed:
            return frozenset()
        return frozenset(line.turn for line in heard.lines if line.turn >= changed[0])

    def is_change(self, turn: Turn) -> bool:
        """Whether the interviewer's *turn* changes the scope."""
        if turn.asked_about is None:
            return self._read(turn.text).is_change
        return SCOPE_CHANGE in turn.asked_about

    def _is_after_a_change(self, line: Line) -> bool:
        if line.asked_about is None:
            return self._read(line.asked).is_change
        return SCOPE_CHANGE in line.asked_about

    def _read_words(self, asked: str) -> _Asked:
        """Sentence by sentence: what one says is not what the next asks, unless that goes on from it."""
        if not asked:
            return _Asked()
        turn = turn_of(Speaker.COACH, laid_out(asked, 0.0, 1.0))
        about: set[str] = set()
        is_change = False
        before: frozenset[str] = frozenset()
        for sentence in Transcript(turns=(turn,)).sentences():
            tags = frozenset(hit.tag for hit in self._index.hits(plain_text(sentence.words)))
            if _ASKS in tags or "?" in sentence.words[-1].text:
                about |= tags
            if _ABOUT_BEFORE in tags:
                about |= before
            is_change |= _CHANGE in tags and _NO_CHANGE not in tags
            before = tags
        return _Asked(about=frozenset(about), is_change=is_change)
