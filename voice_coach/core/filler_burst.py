"""The half minute in which a speaker filled most, and what it was about.

Fillers cluster where planning is hard (Fraundorf and Watson 2013), so a burst of them marks what to think through
before the next time. What it was about is the term, or else the noun with an article or a preposition before it,
that belongs to these words more than to the rest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from voice_coach.core.cues import Span
from voice_coach.core.fillers import FillerSpan
from voice_coach.core.lexicon import TermFinder
from voice_coach.core.spoken_words import BEFORE_NOUNS, NO_NOUNS
from voice_coach.core.transcript import Evidence, Word

WINDOW_S = 30.0
FEWEST = 3
"""Fewer fillers are no burst."""
_MOST_WORDS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The candidate's words between two turns of the coach, with their fillers."""

    words: Sequence[Word]
    fillers: Sequence[FillerSpan]


@dataclass(frozen=True, slots=True, kw_only=True)
class FillerBurst:
    """The densest half minute."""

    start_s: float
    end_s: float
    count: int
    topic: Evidence | None
    """The most telling term or noun in it, without punctuation at its edges; None where there is none."""


@dataclass(frozen=True, slots=True)
class _Naming:
    """A place where something is named."""

    name: str
    words: Sequence[Word]


def densest(stretches: Sequence[Said], terms: TermFinder) -> FillerBurst | None:
    """The half minute of one stretch with the most fillers, the first of several; None where it is no burst."""
    candidates = (
        (count, said, start_s) for said in stretches for start_s, count in _windows(said) if count >= FEWEST
    )
    count, said, start_s = max(candidates, key=lambda item: item[0], default=(0, None, 0.0))
    if said is None:
        return None
    inside = [word for word in said.words if start_s <= word.start_s < start_s + WINDOW_S]
    return FillerBurst(
        start_s=start_s,
        end_s=min(start_s + WINDOW_S, max(word.end_s for word in inside)),
        count=count,
        topic=_topic(inside, [word for other in stretches for word in other.words], terms),
    )


def _windows(said: Said) -> Iterator[tuple[float, int]]:
    """Where each filler of *said* starts, and how many start within the half minute from there on."""
    starts = [said.words[span.first].start_s for span in said.fillers]
    for index, start_s in enumerate(starts):
        yield start_s, sum(at < start_s + WINDOW_S for at in starts[index:])


def _topic(inside: Sequence[Word], spoken: Sequence[Word], terms: TermFinder) -> Evidence | None:
    """What *inside* is about more than all that was *spoken*; terms of the lexicon come first."""
    for namings in (_terms, _nouns):
        here, anywhere = list(namings(inside, terms)), list(namings(spoken, terms))
        if here:
            count, total = Counter(item.name for item in here), Counter(item.name for item in anywhere)
            best = max(
                here, key=lambda item: (count[item.name] ** 2 / max(1, total[item.name]), len(item.words))
            )
            named = best.words
            quote = " ".join(word.text for word in named).strip(" ,;:.!?\"'“”-–—")
            return Evidence(start_s=named[0].start_s, end_s=named[-1].end_s, quote=quote)
    return None


def _terms(words: Sequence[Word], terms: TermFinder) -> Iterator[_Naming]:
    for mention in terms.find(words):
        yield _Naming(mention.term.id, words[mention.span.first : mention.span.end])


def _nouns(words: Sequence[Word], _: TermFinder) -> Iterator[_Naming]:
    """Up to three words that tell something behind an article or a preposition, as a noun with what is before it."""
    for span in _noun_spans(words):
        said = words[span.first : span.end]
        yield _Naming(" ".join(word.bare for word in said), said)


def _noun_spans(words: Sequence[Word]) -> Iterator[Span]:
    at = 0
    while at + 1 < len(words):
        at += 1
        if words[at - 1].bare not in BEFORE_NOUNS or not _tells(words[at]):
            continue
        end = at + 1
        while (
            end < min(len(words), at + _MOST_WORDS)
            and _tells(words[end])
            and words[end - 1].text[-1].isalnum()
        ):
            end += 1
        yield Span(first=at, end=end)
        at = end


def _tells(word: Word) -> bool:
    return word.bare.replace("-", "").isalpha() and len(word.bare) > 2 and word.bare not in NO_NOUNS  # noqa: PLR2004 - "ok"
