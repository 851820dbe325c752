"""What is asked next: something that this candidate left open, or the next step of the ladder.

The ladder, the follow-ups of the question's pack and of the bank (:mod:`voice_coach.core.follow_ups`), knows what a
strong answer lacks. The gaps (:mod:`voice_coach.core.gaps`) are in the candidate's own words: a contradiction, a
promise, a number of which nothing was made. A risk (:mod:`voice_coach.core.risks`) is a claim of theirs with a known
price. Which comes when is data (``prompts/follow_ups/gaps.toml``).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from voice_coach.core.content import FollowUp
from voice_coach.core.cues import plain
from voice_coach.core.events import Intent
from voice_coach.core.follow_ups import coach_words
from voice_coach.core.gap_content import LADDER, RISK
from voice_coach.core.gaps import SEPARATOR, Gap, gaps_in, wording_of
from voice_coach.core.interview_state import InterviewState, Line, Moment
from voice_coach.core.rubric_ids import TWINS
from voice_coach.core.said_lines import lines_of, stem
from voice_coach.core.steering import PART_ITEMS, end_s

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from voice_coach.core.clock import PaceSettings
    from voice_coach.core.follow_ups import FollowUpChoice
    from voice_coach.core.gap_content import GapBook, GapSettings, Wording
    from voice_coach.core.risks import RiskEar
    from voice_coach.core.said_state import SaidEar
    from voice_coach.core.transcript import Word

TAKEN = "take"
"""In place of the wording where an offer was taken."""
MOST_WORDS = 25
"""Of a follow-up."""
_OFTEN = frozenset({"thing"})
"""Kinds of which one gap may be asked about more than once: each wording asks something else."""
_LEFT_OUT = frozenset({"skip", "skipping", "leave", "park", "besides", "instead", "without", "not"})
_ASKED_ONCE = frozenset({"reason", "data", "failure", "promise"})
"""Kinds that are left alone where the coach has spoken of the same thing."""
_OF_WORDS = frozenset({"opposite", "place", "amount", "promise", "number", RISK})
"""Kinds that take the candidate at their word: open however much was said of what they are about."""


class NextQuestion:
    """Chooses it; holds compiled content and nothing of a session."""

    def __init__(  # noqa: PLR0913 - content, and how to choose among it
        self,
        ladder: FollowUpChoice,
        ear: SaidEar,
        risks: RiskEar,
        book: GapBook,
        settings: GapSettings,
        pace: PaceSettings,
        *,
        asked_about_once: int,
        seed: int,
    ) -> None:
        """A gap is asked about at most *asked_about_once* times; equals rotate with *seed*."""
        self._ladder = ladder
        self._ear = ear
        self._risks = risks
        self._book = book
        self._settings = settings
        self._most = asked_about_once
        self._seed = seed
        latest_s = settings.overdue_share * pace.wrap_up_at_s
        self._late_s = {part: min(end_s(part, pace), latest_s) for part in PART_ITEMS}
        self._kinds = {item.id: item.kind for item in book.wording} | dict.fromkeys(risks.ids, RISK)
        self._order = book.order if LADDER in book.order else (*book.order, LADDER)

    def next(self, moment: Moment, about: frozenset[str] | None = None) -> tuple[FollowUp, Line] | None:
        """The most valuable question now: what one could ask anybody comes last.

        *about*: only one about one of these rubric ids, of the ladder.
        """
        if about is not None:
            return self._ladder.next(moment, about)
        gaps: tuple[Gap, ...] | None = None
        anybodys: tuple[FollowUp, Line] | None = None
        for kind in self._by_turn(moment.state):
            if kind == LADDER:
                found = self._of_ladder(moment)
                if found is not None and not self._ladder.is_own(found[0], moment):
                    anybodys, found = found, None
            elif kind == RISK:
                found = self._of_risks(moment)
            else:
                if gaps is None:
                    gaps = tuple(gaps_in(self._ear.read(moment.transcript), self._book, self._settings))
                found = self._of_gaps((gap for gap in gaps if gap.kind == kind), moment)
            if found is not None:
                return found
        return anybodys

    def is_covered(self, gap: str, covered: frozenset[str]) -> bool:
        """Whether what a follow-up about *gap* asks for has been said."""
        return self._ladder.is_covered(gap, covered)

    def taken(self, words: Sequence[Word], moment: Moment) -> tuple[FollowUp, Line] | None:
        """The answer to an offer in *words*: the area of which least was said; None where it leaves no such."""
        options = [
            option
            for option in self._ear.options(words)
            if not _is_left_out(words)
            and self._is_open(self._ear.areas[option.area].about, moment)
            and f"{TAKEN}{SEPARATOR}{option.area}" not in moment.state.asked
        ]
        texts = self._book.lead_in.take
        if not options or not texts:
            return None
        order = self._ladder.order
        abouts = [self._ear.areas[option.area].about for option in options]
        ranks = [order.index(about) if about in order else len(order) for about in abouts]
        at = ranks.index(min(ranks))
        text = self._turned(texts, moment.state).replace("{topic}", options[at].topic)
        item = FollowUp(id=f"{TAKEN}{SEPARATOR}{options[at].area}", about=abouts[at], text=_capital(text))
        return item, Line(text=item.text, intent=Intent.FOLLOW_UP, about=item.about)

    def lead_in(self, item: FollowUp, moment: Moment) -> tuple[Line, InterviewState] | None:
        """What leads from where the candidate has been for long, or from a part that took too long, to *item*."""
        dwelt_on = self._ear.read(moment.transcript).dwelt_on
        part = self._overdue(moment)
        if dwelt_on is not None and self._leaves(dwelt_on, item):
            name, texts = f"park {dwelt_on}", self._book.lead_in.park
        elif part is not None and item.about in PART_ITEMS[part]:
            name, texts = f"overdue {part}", self._book.lead_in.overdue.get(part, ())
        else:
            return None
        state = moment.state
        if not texts or name in state.said:
            return None
        spoken = "" if dwelt_on is None else self._ear.areas[dwelt_on].spoken
        text = self._turned(texts, state).replace("{area}", spoken)
        line = Line(text=text, intent=Intent.BRIDGE)
        return line, replace(state, said={**state.said, name: 1})

    def _leaves(self, area: str, item: FollowUp) -> bool:
        """Whether *item* is about anything but *area*, of which so much was said."""
        about = {self._ear.areas[area].about}
        about.update(*(twins for twins in TWINS if not twins.isdisjoint(about)))
        return item.about not in about and area not in self._ear.areas.spoken_of(plain(item.text))

    def _by_turn(self, state: InterviewState) -> Iterator[str]:
        """The kinds, by where their next entry stands in the order; those that had all of theirs come last."""
        times = Counter(self._kind(id_) for id_ in state.asked)
        places: dict[str, list[int]] = {}
        for at, kind in enumerate(self._order):
            places.setdefault(kind, []).append(at)

        def turn(kind: str) -> int:
            own = places[kind]
            return own[times[kind]] if times[kind] < len(own) else len(self._order) + own[0]

        return iter(sorted(places, key=turn))

    def _kind(self, id_: str) -> str:
        wording, is_gap, _ = id_.partition(SEPARATOR)
        return self._kinds.get(wording, TAKEN) if is_gap else LADDER

    def _of_ladder(self, moment: Moment) -> tuple[FollowUp, Line] | None:
        part = self._overdue(moment)
        found = (
            None
            if part is None
            else self._ladder.next(
                moment,
                PART_ITEMS[part] - moment.covered.union(moment.state.gaps, self._ladder.likely(moment)),
            )
        )
        return found or self._ladder.next(moment)

    def _overdue(self, moment: Moment) -> str | None:
        """The first part of the answer for which time is up, and of which something is missing that was not asked."""
        done = moment.covered.union(moment.state.gaps, self._ladder.likely(moment))
        return next(
            (
                part
                for part, items in PART_ITEMS.items()
                if moment.elapsed_s >= self._late_s[part] and not items <= done
            ),
            None,
        )

    def _of_gaps(self, gaps: Iterable[Gap], moment: Moment) -> tuple[FollowUp, Line] | None:
        state = moment.state
        known = {(self._kind(id_), id_.partition(SEPARATOR)[2]) for id_ in state.asked}
        for gap in gaps:
            was_asked = (gap.kind, gap.key) in known and gap.kind not in _OFTEN
            of_what = gap.slots.get("part") or gap.slots.get("topic")
            if was_asked or (gap.kind in _ASKED_ONCE and of_what and _was_spoken_of(of_what, moment)):
                continue
            wording = self._wording(gap, moment)
            if wording is not None:
                id_, about, text = wording
                item = FollowUp(id=f"{id_}{SEPARATOR}{gap.key}", about=about, text=text)
                return item, Line(text=text, intent=Intent.FOLLOW_UP, about=about)
        return None

    def _of_risks(self, moment: Moment) -> tuple[FollowUp, Line] | None:
        """The first risk that was not asked about; of what it is about, that of which least was heard."""
        state = moment.state
        used, hinted = _used(state), self._ladder.hinted(moment)
        met = moment.covered | self._ladder.likely(moment)
        coach = coach_words(moment.transcript)
        for found in self._risks.find(lines_of(moment.transcript), coach):
            if found.risk.id in used or (found.risk.is_deferral and _was_spoken_of(found.said, moment)):
                continue
            abouts = [about for about in found.risk.about if about not in state.skipped]
            if abouts:
                about = min(abouts, key=lambda name: (name in met, name in hinted))
                text = _capital(self._risks.put(found, self._seed + len(state.asked)))
                item = FollowUp(id=f"{found.risk.id}{SEPARATOR}{RISK}", about=about, text=text)
                return item, Line(text=text, intent=Intent.FOLLOW_UP, about=about)
        return None

    def _is_open(self, about: str, moment: Moment) -> bool:
        """Whether it may be asked about by the rules that hold for every follow-up."""
        state = moment.state
        return (
            about not in state.skipped
            and state.gaps.count(about) < self._most
            and not self._ladder.is_covered(about, moment.covered)
        )

    def _wording(self, gap: Gap, moment: Moment) -> tuple[str, str, str] | None:
        """A wording that was not used: its id, what it is about, and its text with the candidate's words in it."""
        state = moment.state
        used = _used(state)
        own = _from([item for item in self._book.wording if item.kind == gap.kind], self._seed)
        for item in own:
            about = item.about or gap.about
            text = _filled(item, gap)
            is_open = about not in state.skipped if gap.kind in _OF_WORDS else self._is_open(about, moment)
            if item.id not in used and len(text.split()) <= MOST_WORDS and is_open:
                return item.id, about, text
        return None

    def _turned(self, texts: Sequence[str], state: InterviewState) -> str:
        return texts[(self._seed + len(state.asked)) % len(texts)]


def _was_spoken_of(what: str, moment: Moment) -> bool:
    """Whether the coach has named the last word of *what* already."""
    noun = stem(what.rsplit(maxsplit=1)[-1].lower())
    return any(stem(word.bare) == noun for word in coach_words(moment.transcript))


def _used(state: InterviewState) -> frozenset[str]:
    """Wordings and risks that were asked, in this session or the latest."""
    return state.asked_before.union(wording_of(id_) for id_ in state.asked)


def _is_left_out(words: Sequence[Word]) -> bool:
    """Whether an offer says of something that it is to be left out: which one is too easily misheard."""
    return not _LEFT_OUT.isdisjoint(word.bare for word in words)


def _from(items: Sequence[Wording], first: int) -> Sequence[Wording]:
    at = first % len(items) if items else 0
    return (*items[at:], *items[:at])


def _filled(item: Wording, gap: Gap) -> str:
    text = item.text
    for name, value in gap.slots.items():
        text = text.replace("{" + name + "}", value)
    return _capital(text)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
