"""Which follow-up is asked: the most valuable gap that one could mend, in the candidate's own nouns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voice_coach.core.content import Level, Sense
from voice_coach.core.cues import compile_cue, plain_text
from voice_coach.core.events import Intent
from voice_coach.core.interview_state import InterviewState, Line, Moment
from voice_coach.core.lexicon import Mention, TermFinder
from voice_coach.core.rubric_ids import MISTAKES
from voice_coach.core.said_lines import Remembered, compiled, in_stretches, lines_of, stem
from voice_coach.core.said_parts import PARTS, around, is_meant, is_rejected, noun_of
from voice_coach.core.transcript import Speaker, laid_out

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from voice_coach.core.content import FollowUp, FollowUpBank, Lexicon, Question, Term
    from voice_coach.core.cues import PlainText, Span
    from voice_coach.core.transcript import Transcript, Word

NEVER_ASKED = frozenset({"opening_roadmap", "tradeoff_summary"})
"""Items that a follow-up cannot mend: the opening is past, and the summary is what the wrap-up asks for."""

_OUTLINE = "high_level_first"
_DEEP_WORDS = 100
"""Who has named the parts and said so much (forty seconds) is probed before the list is gone through."""
_SOLUTIONS = PARTS | {"product", "mechanism", "protocol"}
_SIGN_WORDS = 25
"""A sign may reach over so many words, full stops or not."""
_TELLING_LETTERS = 4
"""Shorter words tell nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Talk:
    """What follow-ups are chosen by."""

    text: PlainText
    """The candidate's words."""
    words: int
    """How many they are."""
    named: tuple[Term, ...]
    """What the candidate put into the design, in order."""
    unreasoned: tuple[Term, ...]
    """That of it which got no reason and was not asked about."""
    stems: frozenset[str]
    """Of the candidate's words."""
    likely: frozenset[str]
    """What is covered by its signs."""
    hinted: frozenset[str]
    """What there is any sign of."""
    known: frozenset[str]
    """Ids of the terms that somebody named."""


class FollowUpChoice:
    """Chooses among the follow-ups of a question and those that fit any."""

    def __init__(  # noqa: PLR0913 - content, and how to choose among it
        self,
        question: Question,
        bank: FollowUpBank,
        lexicon: Lexicon,
        *,
        asked_about_once: int,
        noun_probability: float,
        seed: int,
        is_sceptical: bool = False,
        level: Level = Level.SENIOR,
        mentions: Callable[[Transcript], Sequence[Mention]] | None = None,
    ) -> None:
        """A gap is asked about at most *asked_about_once* times, and no noun is one that the recogniser doubts:
        with a word under *noun_probability*. Equals rotate with *seed*. *is_sceptical*: it is asked as by one who
        doubts, where a follow-up has such variants. *level*: only follow-ups for it are asked. *mentions*: finds the
        terms of *lexicon* in what the candidate said, where that is done anyway.
        """
        own = [item for item in question.follow_ups if not item.levels or level in item.levels]
        self._talk = Remembered(self._heard)
        self._items = (*own, *bank.follow_up)
        self._terms = TermFinder(lexicon)
        self._mentions = mentions or self._find_terms
        self._own = len(own)
        self.order = bank.order
        """Rubric ids, most valuable gap first."""
        self._senses = {sense.about: sense for sense in bank.sense}
        self._signs = {
            sense.about: tuple(compiled([cue]) for cue in sense.signs) for sense in bank.sense if sense.signs
        }
        self._telling = _telling_words(own, bank.follow_up)
        self._names = {item.id: self._solutions(item.text) for item in self._items}
        nouns = question.nouns
        self._nouns = frozenset((*nouns.item, *nouns.read, *nouns.write, *nouns.user))
        """What the question itself is about: a follower of a person is no follower of a database."""
        self._asked_terms = self._solutions(question.asked)
        self._reasons = compiled(bank.reason)
        self._most = asked_about_once
        self._sure_from = noun_probability
        self._seed = seed
        self._is_sceptical = is_sceptical
        self._covered = {item.id: tuple(compile_cue(cue) for cue in item.covered) for item in self._items}

    def next(self, moment: Moment, about: frozenset[str] | None = None) -> tuple[FollowUp, Line] | None:
        """The most valuable gap that can be asked about: by the bank's order, own components first.

        *about*: only one of these gaps.
        """
        talk = self._talk(moment.transcript)
        fitting = [
            (self._rank(item, moment.state, position, talk, noun), item, noun)
            for position, item in enumerate(self._items)
            if (about is None or item.about in about)
            and self._may_ask(item, moment)
            and (
                noun := noun_for(
                    item, talk.unreasoned if self._sense(item.about).is_unreasoned else talk.named
                )
            )
            is not None
        ]
        for _, item, noun in sorted(fitting, key=lambda found: found[0]):
            # Asked last, because it reads the whole answer.
            if not any(cue.find(talk.text) for cue in self._covered[item.id]):
                text_of = filled(self._put(item), noun)
                return item, Line(text=text_of, intent=Intent.FOLLOW_UP, about=item.about)
        return None

    def _find_terms(self, transcript: Transcript) -> Sequence[Mention]:
        return self._terms.find(tuple(transcript.by(Speaker.CANDIDATE)))

    def _heard(self, transcript: Transcript) -> _Talk:
        words = tuple(transcript.by(Speaker.CANDIDATE))
        mentions = self._mentions(transcript)
        turned_down = {mention.term.id for mention in mentions if is_rejected(words, mention.span)}
        named = tuple(
            mention.term
            for mention in mentions
            if self._is_meant(words, mention.span)
            and mention.term.id not in turned_down
            and mention.term.text not in self._nouns
        )
        reasoned = {mention.term.id for mention in mentions if self._has_reason(words, mention.span)}
        by_coach = {mention.term.id for mention in self._terms.find(coach_words(transcript))}
        text = plain_text(words)
        return _Talk(
            text=text,
            words=len(words),
            named=named,
            unreasoned=tuple(term for term in named if term.id not in reasoned | by_coach),
            stems=_said_stems(text),
            likely=self._likely(transcript, fewest=None),
            hinted=self._likely(transcript, fewest=1),
            known=self._asked_terms.union(by_coach, (mention.term.id for mention in mentions)),
        )

    def _put(self, item: FollowUp) -> str:
        if not self._is_sceptical or not item.sceptical:
            return item.text
        return item.sceptical[self._seed % len(item.sceptical)]

    def is_covered(self, gap: str, covered: frozenset[str]) -> bool:
        """Whether what a follow-up about *gap* asks for has been said."""
        return gap in covered or not covered.isdisjoint(self._sense(gap).unless)

    def _sense(self, about: str) -> Sense:
        return self._senses.get(about) or Sense(about=about)

    def _may_ask(self, item: FollowUp, moment: Moment) -> bool:
        about, state = item.about, moment.state
        return (
            about not in NEVER_ASKED
            and about not in state.skipped
            and not self.is_covered(about, moment.covered)
            and self._makes_sense(about, moment)
            and item.id not in state.asked
            and item.id not in state.asked_before
            and state.gaps.count(about) < self._most
        )

    def _makes_sense(self, about: str, moment: Moment) -> bool:
        if about in MISTAKES and about not in self._senses:
            return False
        sense, words = self._sense(about), moment.words
        talked_s = words[-1].end_s - words[0].start_s if words else 0.0
        return moment.covered.issuperset(sense.after) and talked_s >= sense.after_talk_s

    def _has_reason(self, words: Sequence[Word], span: Span) -> bool:
        return plain_text(around(words, span)) in self._reasons

    def _is_meant(self, words: Sequence[Word], span: Span) -> bool:
        """Whether the term at *span* was surely said, and is one that the candidate wants."""
        is_sure = all(word.p is None or word.p >= self._sure_from for word in words[span.first : span.end])
        return is_sure and is_meant(words, span)

    def is_own(self, item: FollowUp, moment: Moment) -> bool:
        """Whether *item* speaks of what the candidate spoke of: by a noun, or a word that is not everybody's."""
        return bool(item.components) or self._is_own(item, self._talk(moment.transcript).stems)

    def _solutions(self, text: str) -> frozenset[str]:
        """The parts and ways of a design that *text* names: who has not spoken of them would be led to them."""
        mentions = self._terms.find(laid_out(text, 0.0, 1.0))
        return frozenset(mention.term.id for mention in mentions if mention.term.category in _SOLUTIONS)

    def _is_own(self, item: FollowUp, said: frozenset[str]) -> bool:
        return not self._telling.get(item.id, frozenset()).isdisjoint(said)

    def likely(self, moment: Moment) -> frozenset[str]:
        """What signs tell to be covered, whatever the rules found."""
        return self._talk(moment.transcript).likely

    def hinted(self, moment: Moment) -> frozenset[str]:
        """What there is any sign of, be it not enough."""
        return self._talk(moment.transcript).hinted

    def _likely(self, transcript: Transcript, fewest: int | None) -> frozenset[str]:
        """What has *fewest* signs; None: as many as it needs."""
        texts = in_stretches(lines_of(transcript), _SIGN_WORDS)
        likely = {
            about
            for about, signs in self._signs.items()
            if sum(any(sign.are_in(text) for text in texts) for sign in signs)
            >= (self._senses[about].signs_needed if fewest is None else fewest)
        }
        needless = {about for about, sense in self._senses.items() if not likely.isdisjoint(sense.unless)}
        return frozenset(likely | needless)

    def _rank(
        self, item: FollowUp, state: InterviewState, position: int, talk: _Talk, noun: str
    ) -> tuple[int, ...]:
        is_foreign = position >= self._own
        is_about = self._is_own(item, talk.stems) or (bool(noun) and not is_foreign)
        value = self.order.index(item.about) if item.about in self.order else len(self.order)
        is_deep = _OUTLINE in talk.likely and talk.words >= _DEEP_WORDS
        is_repeat = bool(state.gaps) and state.gaps[-1] == item.about
        rotation = (position + self._seed) % len(self._items)
        return (
            state.gaps.count(item.about),
            int(is_repeat),
            int(item.about in talk.likely),
            int(not self._names[item.id] <= talk.known),
            0 if is_about else 1 if noun else 2,
            int(is_deep and not item.probe),
            value,
            int(is_foreign),
            int(not item.components),
            int(not item.levels),
            rotation,
        )


def _telling_words(own: Sequence[FollowUp], generic: Sequence[FollowUp]) -> dict[str, frozenset[str]]:
    """For each follow-up of a pack, the words of which none stands in one that fits any question."""
    everybody = {part for item in generic for part in _stems(item)}
    return {item.id: frozenset(_stems(item) - everybody) for item in own}


def _said_stems(text: PlainText) -> frozenset[str]:
    return frozenset(stem(word) for word in text.text.split())


def _stems(item: FollowUp) -> set[str]:
    words = (
        word.strip(".,;:?!'\"").lower() for text in (item.text, *item.sceptical) for word in text.split()
    )
    return {stem(word) for word in words if len(word) >= _TELLING_LETTERS and "{" not in word}


def coach_words(transcript: Transcript) -> tuple[Word, ...]:
    """What the coach said after the first turn, which is the question itself."""
    turns = [turn for turn in transcript.turns[1:] if turn.speaker is Speaker.COACH]
    return tuple(word for turn in turns for word in turn.words)


def noun_for(item: FollowUp, named: Sequence[Term]) -> str | None:
    """The candidate's noun for *item*, the latest first; "" where it needs none; None where there is none."""
    if not item.components:
        return ""
    for term in reversed(named):
        if term.id in item.components or term.category in item.components:
            return noun_of(term)
    return None


def filled(text: str, noun: str) -> str:
    """*text* with *noun* for its component."""
    with_noun = text.replace("{component}", noun)
    return with_noun[0].upper() + with_noun[1:]
