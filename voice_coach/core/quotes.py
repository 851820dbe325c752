"""Chooses the few words that are read out for a verdict: whole clauses, heard clearly, that show what it is about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from voice_coach.core.clarity import SaidBack
from voice_coach.core.cues import compile_cue, plain_text
from voice_coach.core.findings import Finding
from voice_coach.core.heard import Line
from voice_coach.core.own_words import clause, is_negation
from voice_coach.core.quoting import whole_quote, whole_quotes
from voice_coach.core.transcript import Evidence, evidence

_HELD = 1.2
"""What it is worth that a quote holds what it is there for."""
_DENIED = -0.5
"""What it costs that it says what is not so, where that is not what it is quoted for."""
_STUB, _STUB_WORDS = -0.8, 5
"""What it costs that it has fewer words."""
_BEGINNING = 4
"""So many words of a sentence tell whether it goes on with the one before."""
_SHOWN_BEST = 1.5
"""What it is worth that it is of the sentence that shows it best."""


class Quotes:
    """Quotes from one answer."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._said_back = SaidBack(lines)

    def unsure_shares(self, from_s: float, to_s: float) -> tuple[float, float]:
        """See :meth:`voice_coach.core.clarity.SaidBack.unsure_shares`."""
        return self._said_back.unsure_shares(from_s, to_s)

    def line_of(self, evidence: Evidence) -> Line | None:
        """The sentence that *evidence* is from; None where it may not be quoted from."""
        place = self._said_back.place_of(evidence)
        return None if place is None else place[0]

    def may_quote(self, evidence: Evidence) -> bool:
        """Whether *evidence* may be read out as it stands."""
        return self._said_back.may_quote(evidence)

    def best(
        self,
        finding: Finding,
        cues: Sequence[str],
        without: Sequence[Evidence] = (),
        *,
        must_hold: bool = False,
        may_ask: bool = True,
    ) -> Evidence | None:
        """Of what *finding* rests on, a few words that stand by themselves, hold most of *cues* and are none of
        *without*; None where none may be read out (or, if they *must_hold* one, where none does). *may_ask*: whether
        they may be from a question.
        """
        found = [
            (worth + (_SHOWN_BEST if _holds(shown, finding.heard) else 0.0), quoted)
            for shown in finding.evidence
            if (line := self.line_of(shown)) is not None and (may_ask or not line.is_question)
            for worth, held, quoted in _quoted(line, cues)
            if held >= must_hold and not any(overlap(quoted, other) for other in without)
        ]
        return max(found, key=lambda item: item[0], default=(0.0, None))[1]

    def near(self, finding: Finding, cues: Sequence[str]) -> Evidence | None:
        """The few words that *finding* names, if they may be read out and hold one of *cues*."""
        place = None if finding.heard is None else self._said_back.place_of(finding.heard)
        if place is None:
            return None
        line, span = place
        text = plain_text(line.words[span.first : span.end])
        if cues and not any(compile_cue(cue).find(text) for cue in cues):
            return None
        return whole_quote(line.words, [span])

    def goes_on(self, quote: Evidence, cues: Sequence[str]) -> bool:
        """Whether *quote* or what was said right behind it holds one of *cues*."""
        place = self._said_back.place_of(quote)
        if place is None:
            return False
        line, span = place
        lines = self._said_back.lines
        after = next((one.words for one, other in zip(lines[1:], lines, strict=False) if other is line), ())
        text = plain_text([*line.words[span.first :], *after[:_BEGINNING]])
        return any(compile_cue(cue).find(text) for cue in cues)

    def clauses(self, finding: Finding, cues: Sequence[str], most: int) -> Iterator[str]:
        """Clauses about one of *cues* that a sentence can be built upon, out of what *finding* rests on."""
        for shown in finding.evidence:
            line = self.line_of(shown)
            if line is None or line.is_question:
                continue
            for cue in cues:
                for span in compile_cue(cue).find_all(plain_text(line.words)):
                    said = clause(line.words, [span], most, may_deny=True)
                    if said is not None:
                        yield said


def _quoted(line: Line, cues: Sequence[str]) -> Iterator[tuple[float, int, Evidence]]:
    """How well it stands by itself and holds *cues*, how many it holds, and what may be quoted of *line*."""
    text = plain_text(line.words)
    spans = [(cue, span) for cue in cues for span in compile_cue(cue).find_all(text)]
    for worth, quoted in whole_quotes(line.words):
        inside = line.words[quoted.first : quoted.end]
        within = [(cue, span) for cue, span in spans if quoted.first <= span.first and span.end <= quoted.end]
        meant = {at for _, span in within for at in range(span.first, span.end)}
        denied = any(
            is_negation(word) and at not in meant for at, word in enumerate(inside, start=quoted.first)
        )
        held = len({cue for cue, _ in within})
        lost = (_DENIED if denied else 0.0) + (_STUB if len(inside) < _STUB_WORDS else 0.0)
        yield worth + _HELD * held + lost, held, evidence(inside)


def overlap(one: Evidence, other: Evidence) -> bool:
    """Whether they share words, or say the same."""
    return one.quote == other.quote or (one.start_s < other.end_s and other.start_s < one.end_s)


def _holds(shown: Evidence, heard: Evidence | None) -> bool:
    return heard is not None and shown.start_s <= heard.start_s and heard.end_s <= shown.end_s
