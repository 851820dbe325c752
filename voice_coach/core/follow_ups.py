"""Which follow-up is asked: the most valuable gap that one could mend, in the candidate's own nouns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voice_coach.core.cues import Span, compile_cue, plain_text
from voice_coach.core.events import Intent
from voice_coach.core.interview_state import InterviewState, Line, Moment
from voice_coach.core.lexicon import TermFinder
from voice_coach.core.transcript import Speaker

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from voice_coach.core.content import FollowUp, FollowUpBank, Lexicon, Question, Term
    from voice_coach.core.transcript import Word

COVERED_WITH: Mapping[str, str] = {
    "no_failure_modes": "failure_mitigation",
    "reliability": "failure_mitigation",
    "scaling": "scaling_strategy",
    "ignores_non_functional": "explicit_requirements",
    "no_tradeoffs": "tradeoff_summary",
}
"""What is not judged by itself yet, and the checklist item with which it counts as covered."""

NEVER_ASKED = frozenset({"opening_roadmap", "tradeoff_summary"})
"""Items that a follow-up cannot mend: the opening is past, and the summary is what the wrap-up asks for."""

REJECTIONS = frozenset(
    {"not", "no", "never", "without", "than", "instead", "over", "unlike", "avoid", "skip"}
)
"""Words that turn a term down when they stand right before it …"""
REJECTION_REACH = 3
"""… or up to so many words before."""


class FollowUpChoice:
    """Chooses among the follow-ups of a question and those that fit any."""

    def __init__(
        self, question: Question, bank: FollowUpBank, lexicon: Lexicon, *, asked_about_once: int, seed: int
    ) -> None:
        """A gap is asked about at most *asked_about_once* times; equals rotate with *seed*."""
        self._items = (*question.follow_ups, *bank.follow_up)
        self._own = len(question.follow_ups)
        self._order = bank.order
        self._most = asked_about_once
        self._seed = seed
        self._terms = TermFinder(lexicon)
        self._covered = {item.id: tuple(compile_cue(cue) for cue in item.covered) for item in self._items}

    def next(self, moment: Moment) -> tuple[FollowUp, Line] | None:
        """The most valuable gap that can be asked about: by the bank's order, own components first."""
        words = tuple(moment.transcript.by(Speaker.CANDIDATE))
        named = [mention.term for mention in self._terms.find(words) if not _is_rejected(words, mention.span)]
        text = plain_text(words)
        fitting = [
            (self._rank(item, moment.state, noun, position), item, noun)
            for position, item in enumerate(self._items)
            if self._may_ask(item, moment) and (noun := noun_for(item, named)) is not None
        ]
        for _, item, noun in sorted(fitting, key=lambda found: found[0]):
            # Asked last, because it reads the whole answer.
            if not any(cue.find(text) for cue in self._covered[item.id]):
                return item, Line(text=filled(item.text, noun), intent=Intent.FOLLOW_UP, about=item.about)
        return None

    def _may_ask(self, item: FollowUp, moment: Moment) -> bool:
        return (
            item.about not in NEVER_ASKED
            and item.about not in moment.covered
            and COVERED_WITH.get(item.about) not in moment.covered
            and item.id not in moment.state.asked
            and moment.state.gaps.count(item.about) < self._most
        )

    def _rank(self, item: FollowUp, state: InterviewState, noun: str, position: int) -> tuple[int, ...]:
        value = self._order.index(item.about) if item.about in self._order else len(self._order)
        is_repeat = bool(state.gaps) and state.gaps[-1] == item.about
        is_foreign = position >= self._own
        rotation = (position + self._seed) % len(self._items)
        return (state.gaps.count(item.about), int(is_repeat), value, int(not noun), int(is_foreign), rotation)


def noun_for(item: FollowUp, named: Sequence[Term]) -> str | None:
    """The candidate's noun for *item*, the latest first; "" where it needs none; None where there is none."""
    if not item.components:
        return ""
    for term in reversed(named):
        if term.id in item.components or term.category in item.components:
            return term.spoken or f"your {term.text}"
    return None


def filled(text: str, noun: str) -> str:
    """*text* with *noun* for its component."""
    with_noun = text.replace("{component}", noun)
    return with_noun[0].upper() + with_noun[1:]


def is_covered(gap: str, covered: frozenset[str]) -> bool:
    """Whether what a follow-up about *gap* asks for has been said."""
    return gap in covered or COVERED_WITH.get(gap) in covered


def _is_rejected(words: Sequence[Word], span: Span) -> bool:
    """Whether the term at *span* is one that the candidate does not want: "not Mongo", "rather than Mongo"."""
    for word in reversed(words[max(0, span.first - REJECTION_REACH) : span.first]):
        if word.text[-1] in ".,;:?!":
            return False
        if word.bare in REJECTIONS or word.bare.endswith("n't"):
            return True
    return False
