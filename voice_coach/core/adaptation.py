"""How the candidate took up a change of scope: how soon, whether at all, and which earlier choice moved.

Everything is measured in the reply: the candidate's words from the change on, until the interviewer asks about
something else. Whether the first design was defended instead is the judge's to say
(:mod:`voice_coach.core.judge`); here it only stands beside the rest. Every claim quotes the transcript.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from voice_coach.core.content import Lexicon, ScopeChange
from voice_coach.core.cues import Cue, Span, compile_cue, plain_text
from voice_coach.core.english import CLAUSE, LEADING, MODALS, OPEN, PERSONS, PHRASE
from voice_coach.core.findings import Assessment, Finding, Verdict
from voice_coach.core.heard import quote
from voice_coach.core.lexicon import TermFinder
from voice_coach.core.lexicon_cues import BUILDING_BLOCKS
from voice_coach.core.quoting import short_quote
from voice_coach.core.replies import Replies
from voice_coach.core.rubric import Rubric
from voice_coach.core.transcript import Evidence, Sentence, Speaker, Transcript, Turn, Word, laid_out

MOST_REVISITED = 3
MOST_QUOTES = 3
_NOD_WORDS = 4
"""An interviewer's turn of so few words does not end a reply."""
_MOST = 0.6
"""A change of which this share of the words was said is that change."""
_FEWEST_LETTERS = 4
_FEWEST_OWN_WORDS = 2
"""Of a change that no pack knows, so many of its own words have to be said again."""
_SMALL = CLAUSE | LEADING | MODALS | OPEN | PERSONS | PHRASE
DEFENDS = "defends_first_design"


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """An area that the change touches, and that the reply spoke of."""

    area: str
    heard: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Revisited:
    """A part that was named before the change and is changed after it."""

    part: str
    """As its term is written: "cache"."""
    before: Evidence
    after: Evidence
    heard: Evidence
    """The same as *after* in a few words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Adaptation:
    """How one change of scope was taken up."""

    change: str | None
    """The id of the pack's change; None where it is none of them."""
    said: str
    """The interviewer's words."""
    at_s: float
    """When they were over."""
    first_content_s: float | None = None
    """Seconds from then to the first word about it, lead-ins and filled pauses left out; None where none came."""
    first_content: Evidence | None = None
    """The sentence from that word on."""
    taken_up: Verdict = Verdict.NOT_ASSESSED
    """Whether the new constraint itself was spoken of."""
    named: tuple[Evidence, ...] = ()
    touched: tuple[Touched, ...] = ()
    revisited: tuple[Revisited, ...] = ()
    defended: Finding
    """The judge's verdict on ``defends_first_design``."""


class AdaptationEar:
    """Listens for it; holds compiled cues and nothing of what it has heard."""

    def __init__(self, rubric: Rubric, lexicon: Lexicon, replies: Replies) -> None:
        cues = rubric.adaptation
        self._lead_in = [compile_cue(f"^ ({cue})", rubric.sets) for cue in cues.lead_in]
        self._changes = [compile_cue(cue, rubric.sets) for cue in cues.changes]
        self._terms = TermFinder(lexicon)
        self._replies = replies

    def measure(
        self, transcript: Transcript, assessment: Assessment, changes: Sequence[ScopeChange] = ()
    ) -> tuple[Adaptation, ...]:
        """How each change of scope in *transcript* was taken up; *changes*: those that the question's pack has."""
        defended = next(finding for finding in assessment.mistakes if finding.id == DEFENDS)
        return tuple(
            self._taken(transcript, number, end, changes, defended) for number, end in self._spans(transcript)
        )

    def _spans(self, transcript: Transcript) -> Iterator[tuple[int, int]]:
        """For each change the index of the interviewer's turn, and of the turn that ends the reply."""
        turns, at = transcript.turns, 0
        while at < len(turns):
            if turns[at].speaker is not Speaker.COACH or not self._replies.is_change(turns[at]):
                at += 1
                continue
            end = at + 1
            while end < len(turns) and not _leads_away(turns[end]):
                end += 1
            yield at, end
            at = end

    def _taken(
        self, transcript: Transcript, number: int, end: int, changes: Sequence[ScopeChange], defended: Finding
    ) -> Adaptation:
        asked = transcript.turns[number]
        sentences = [
            sentence
            for sentence in transcript.sentences(may_think=True)
            if sentence.speaker is Speaker.CANDIDATE
        ]
        before = [sentence for sentence in sentences if sentence.turn < number]
        reply = [sentence for sentence in sentences if number < sentence.turn < end]
        known = next((change for change in changes if _is_put(change, asked)), None)
        first = self._first_content(reply)
        words = [word for sentence in reply for word in sentence.words]
        named = tuple(_named(reply, known, asked))
        return Adaptation(
            change=None if known is None else known.id,
            said=asked.text,
            at_s=asked.end_s,
            first_content_s=None if first is None else max(0.0, first.start_s - asked.end_s),
            first_content=first,
            taken_up=_verdict(named) if words else Verdict.NOT_ASSESSED,
            named=named,
            touched=() if known is None else tuple(_touched(reply, known)),
            revisited=tuple(self._revisited(before, reply))[:MOST_REVISITED],
            defended=defended,
        )

    def _first_content(self, reply: Sequence[Sentence]) -> Evidence | None:
        for sentence in reply:
            words = self._without_lead_in(sentence.words)
            if words:
                return quote(words, 0, len(words))
        return None

    def _without_lead_in(self, words: Sequence[Word]) -> Sequence[Word]:
        """*words* from the first on that says something."""
        rest = words
        while rest:
            if rest[0].filler or not rest[0].bare:
                rest = rest[1:]
                continue
            spans = (cue.find(plain_text(rest)) for cue in self._lead_in)
            led = max((span.end for span in spans if span is not None), default=0)
            if not led:
                break
            rest = rest[led:]
        return rest

    def _revisited(self, before: Sequence[Sentence], reply: Sequence[Sentence]) -> Iterator[Revisited]:
        """Building blocks of which the reply says that they change, as they were first named."""
        first: dict[str, Evidence] = {}
        for sentence in before:
            for mention in self._terms.find(sentence.words):
                if mention.term.category in BUILDING_BLOCKS:
                    shown = _around(sentence.words, mention.span)
                    first.setdefault(mention.term.id, shown)
        seen: set[str] = set()
        for sentence in reply:
            if not _finds(self._changes, sentence.words) or sentence.words[-1].text.endswith("?"):
                continue
            for mention in self._terms.find(sentence.words):
                term = mention.term
                if term.id in first and term.id not in seen:
                    seen.add(term.id)
                    yield Revisited(
                        part=term.text,
                        before=first[term.id],
                        after=_around(sentence.words, mention.span),
                        heard=short_quote(sentence.words, [mention.span]),
                    )


def _is_put(change: ScopeChange, asked: Turn) -> bool:
    """Whether *asked* is *change*, or most of it: a part may have been talked over."""
    said = {word.bare for word in asked.words}
    wanted = {word.bare for word in laid_out(change.text, 0.0, 1.0)}
    return len(said & wanted) >= _MOST * len(wanted)


def _leads_away(turn: Turn) -> bool:
    """Whether the interviewer asks about something else: neither nods nor answers."""
    if turn.speaker is not Speaker.COACH or len(turn.words) <= _NOD_WORDS:
        return False
    return "?" in turn.text if turn.asked_about is None else bool(turn.asked_about)


def _named(reply: Sequence[Sentence], known: ScopeChange | None, asked: Turn) -> Iterator[Evidence]:
    """The first sentences that speak of the new constraint itself."""
    if known is not None:
        cues = [compile_cue(cue) for cue in known.named]
        found = (sentence for sentence in reply if _finds(cues, sentence.words))
        yield from (quote(item.words, 0, len(item.words)) for item in islice(found, MOST_QUOTES))
        return
    own = {word.bare for word in asked.words if _is_content(word)}
    said: set[str] = set()
    shown: list[Evidence] = []
    for sentence in reply:
        new = {word.bare for word in sentence.words} & own - said
        if new:
            said |= new
            shown.append(quote(sentence.words, 0, len(sentence.words)))
    if len(said) >= _FEWEST_OWN_WORDS:
        yield from shown[:MOST_QUOTES]


def _touched(reply: Sequence[Sentence], known: ScopeChange) -> Iterator[Touched]:
    for touched in known.touches:
        cues = [compile_cue(cue) for cue in touched.cues]
        for sentence in reply:
            span = find_span(cues, sentence.words)
            if span is not None and not sentence.words[-1].text.endswith("?"):
                yield Touched(area=touched.area, heard=_around(sentence.words, span))
                break


def _verdict(named: Sequence[Evidence]) -> Verdict:
    return Verdict.MET if named else Verdict.NOT_MET


def _around(words: Sequence[Word], span: Span) -> Evidence:
    return quote(words, span.first, span.end)


def _is_content(word: Word) -> bool:
    return len(word.bare) >= _FEWEST_LETTERS and word.bare not in _SMALL


def find_span(cues: Sequence[Cue], words: Sequence[Word]) -> Span | None:
    """Where one of *cues* first matches in *words*, or None."""
    text = plain_text(words)
    return next((span for cue in cues if (span := cue.find(text)) is not None), None)


def _finds(cues: Sequence[Cue], words: Sequence[Word]) -> bool:
    return find_span(cues, words) is not None
