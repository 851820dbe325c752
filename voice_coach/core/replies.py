"""Whether what the candidate says was asked for, and whether it answers a change of scope."""

from __future__ import annotations

from functools import lru_cache

from voice_coach.core.cue_index import CueIndex
from voice_coach.core.cues import plain_text
from voice_coach.core.heard import Heard, Line
from voice_coach.core.rubric import Rubric
from voice_coach.core.transcript import laid_out

_CHANGE = "/scope change"
_ASKS = "/asks"
_QUESTION = (
    "(how|what|why|when|which|where|who|would|could|can|do|does|is|are) ...",
    "(tell|walk|talk|show|take) me",
    "(say|go|dig) (more|deeper|into|on)",
)


class Replies:
    """Reads the interviewer's turns."""

    def __init__(self, rubric: Rubric) -> None:
        asked = {item.id: item.asked for item in rubric.checklist.item}
        asked |= {reason.id: reason.asked for reason in rubric.reasons.reason if reason.asked}
        cues = {**asked, _CHANGE: rubric.reasons.scope_change, _ASKS: _QUESTION}
        self._index = CueIndex(cues, rubric.sets)
        self._tags = lru_cache(maxsize=256)(self._tags_of)

    def is_prompted(self, id_: str, line: Line) -> bool:
        """Whether *line* replies to a question about that very thing."""
        tags = self._tags(line.asked)
        return id_ in tags and ("?" in line.asked or _ASKS in tags)

    def to_a_change(self, heard: Heard) -> frozenset[int]:
        """The candidate's turns from the first change of scope on."""
        changed = [line.turn for line in heard.lines if _CHANGE in self._tags(line.asked)]
        if not changed:
            return frozenset()
        return frozenset(line.turn for line in heard.lines if line.turn >= changed[0])

    def _tags_of(self, asked: str) -> frozenset[str]:
        words = laid_out(asked, 0.0, 1.0) if asked else ()
        return frozenset(hit.tag for hit in self._index.hits(plain_text(words))) if words else frozenset()
