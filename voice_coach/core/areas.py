"""The areas of a design: which one is spoken of, which was hardly begun, which is dwelt on."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voice_coach.core.cues import plain_text
from voice_coach.core.said_lines import SaidLine, compiled, said_back

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voice_coach.core.cues import PlainText
    from voice_coach.core.gap_content import Area, GapBook
    from voice_coach.core.transcript import Word

_REACH = 6
"""So many words after an announcement its area is named."""
_NAME_WORDS = 4
_FEWEST_LINES = 5
"""Fewer sentences about areas tell nothing of what is dwelt on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shallow:
    """An area that was announced and left again at once."""

    area: str
    topic: str
    """As it was announced."""
    end: int
    """The candidate's words up to where it was left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """An area that the candidate offers to go into."""

    area: str
    topic: str
    """In the candidate's words."""


class AreaFinder:
    """Finds them by their cues."""

    def __init__(self, book: GapBook) -> None:
        self._areas = {area.id: area for area in book.area}
        self._named = {area.id: compiled(area.named) for area in book.area}
        self._cues = {area.id: compiled(area.named, area.cues) for area in book.area}
        self._announced = compiled(book.announced)

    def __getitem__(self, id_: str) -> Area:
        return self._areas[id_]

    def spoken_of(self, text: PlainText) -> frozenset[str]:
        """The areas of which *text* speaks."""
        return frozenset(id_ for id_, cues in self._cues.items() if text in cues)

    def named_in(self, words: Sequence[Word]) -> str | None:
        """The one area that *words* name; None for none or several."""
        text = plain_text(words)
        named = [id_ for id_, cues in self._named.items() if text in cues]
        return named[0] if len(named) == 1 else None

    def last_name(self, words: Sequence[Word]) -> Sequence[Word] | None:
        """The words by which an area is named last in *words*."""
        text = plain_text(words)
        spans = [span for cues in self._named.values() for span in cues.all(text)]
        last = max(spans, key=lambda span: (span.end, -span.first), default=None)
        return None if last is None else words[last.first : last.end]

    def options(self, words: Sequence[Word]) -> tuple[Option, ...]:
        """The areas that *words* name and that may be said back, in order."""
        text = plain_text(words)
        found = sorted(
            (span.first, id_, topic)
            for id_, cues in self._named.items()
            for span in cues.all(text)[:1]
            if (topic := said_back(words[span.first : span.end], most=_NAME_WORDS, begins=span.first == 0))
            is not None
        )
        return tuple(Option(area=id_, topic=topic) for _, id_, topic in found)

    def shallow(self, lines: Sequence[SaidLine], most_words: int) -> Iterator[Shallow]:
        """Areas that were announced, left within *most_words* for another, and not spoken of since."""
        announced = [(number, found) for number, line in enumerate(lines) if (found := self._announces(line))]
        for (number, (area, topic, end)), (left, (other, _, _)) in itertools.pairwise(announced):
            words = lines[left].before - lines[number].before - end
            is_new = area not in {now for earlier, (now, _, _) in announced if earlier < number}
            if area == other or words > most_words or not is_new or lines[number].turn != lines[left].turn:
                continue
            if topic is not None and not any(area in self.spoken_of(line.text) for line in lines[left:]):
                yield Shallow(area=area, topic=topic, end=lines[left].before)

    def _announces(self, line: SaidLine) -> tuple[str, str | None, int] | None:
        """The one area that *line* announces, its name, and where in the line the announcement ends."""
        span = self._announced.find(line.text)
        if span is None or line.is_question:
            return None
        window = line.words[span.end : span.end + _REACH]
        area = self.named_in(window)
        if area is None or self.named_in(line.words) != area or len(self._announced.all(line.text)) > 1:
            return None
        name = self.last_name(window) or ()
        return area, said_back(name, most=_NAME_WORDS), span.end + len(window)

    def dwelt_on(self, lines: Sequence[SaidLine], words: int, share: float) -> str | None:
        """The area that takes *share* of the sentences about areas among the latest *words*, if any."""
        total = lines[-1].end if lines else 0
        if total < words:
            return None
        late = [line for line in lines if line.before >= total - words]
        spoken = [areas for line in late if (areas := self.spoken_of(line.text))]
        if len(spoken) < _FEWEST_LINES:
            return None
        counts = Counter(area for areas in spoken for area in areas)
        area, most = min(counts.items(), key=lambda item: (-item[1], item[0]))
        is_alone = all(2 * count <= most for other, count in counts.items() if other != area)
        return area if is_alone and most >= share * len(spoken) else None
