"""Which drill is needed most: spaced repetition over what the history tells.

Each kind of drill is a card of FSRS (the ``fsrs`` library), and each attempt a review of it. A rehearsal in which an
element of the checklist was surely missed calls for the drill that trains it, at once and before all others, until that
was done again. Then come the drills that are due, the most forgotten first; those that were never done, in the order in
which an answer goes; and, where there is none left, the one that is due first.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from fsrs import Card, Rating, Scheduler

from voice_coach.compose.content import load_content
from voice_coach.core.drill import KINDS
from voice_coach.core.history import DRILL_GROUP, HistorySettings
from voice_coach.core.speakable_time import spoken_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from voice_coach.adapters.history_index import SessionRow
    from voice_coach.compose.content import Content
    from voice_coach.prompts.next_drill import NextDrillLines

AGAIN_AFTER = timedelta(minutes=10)
"""A drill that did not pass is due again after so long, which leaves time for another one: repeating at once shows what
is still in the ear, not what was learnt. The step that FSRS itself begins with."""
REHEARSALS = 5
"""So many of the latest rehearsals call for drills."""
HARD_BELOW, EASY_FROM = 75.0, 90.0
"""Scores of a drill that passed with more, or with less, than it should take."""
_GROUP = "checklist"
_WEEKS_FROM, _MONTHS_FROM = 14, 60
_DAYS_OF_WEEK, _DAYS_OF_MONTH = 7, 30


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillNeed:
    """The drill that is needed most."""

    kind: str
    """One of KINDS."""
    why: str
    """One spoken sentence with a fact."""


def needed_drill(
    rows: Iterable[SessionRow], now: datetime, content: Content | None = None, sure_from: float | None = None
) -> DrillNeed:
    """The drill that is needed most by what *rows* tell.

    The same for the same rows and *now*, which is an aware time: days are those of its zone. *content*: the one that
    comes with the program by default; *sure_from*: ``history.sure_probability``. What was said in simulated rooms and
    recordings does not count. Raises PromptError.
    """
    content = content or load_content()
    sure_from = HistorySettings().sure_probability if sure_from is None else sure_from
    spoken = sorted(
        (row for row in rows if row.at_microphone and row.started <= now),
        key=lambda row: (row.started, row.name),
    )
    cards = {kind: _Card(kind=kind) for kind in KINDS}
    _practise(cards, spoken)
    _miss(cards, [row for row in spoken if row.tells_trend][-REHEARSALS:], content, sure_from)
    best = min(cards.values(), key=lambda card: card.need(now))
    return DrillNeed(kind=best.kind, why=_why(best, now, content.next_drill))


@dataclass(slots=True, kw_only=True)
class _Card:
    """One kind of drill."""

    kind: str
    card: Card | None = None
    last: SessionRow | None = None
    """The latest attempt."""
    missed: list[tuple[SessionRow, str, float]] = field(default_factory=list)
    """Rehearsals since then in which something that it trains was missed, what that is called, and how much it
    weighs."""

    def need(self, now: datetime) -> tuple[float, ...]:
        """Less is more needed: a call of rehearsals, due, never done, not due."""
        order = KINDS.index(self.kind)
        if self.missed:
            return 0, -sum(weight for _, _, weight in self.missed), order
        if self.card is None:
            return 2, order
        if self.card.due <= now:
            return 1, _SCHEDULER.get_card_retrievability(self.card, now), self.card.due.timestamp(), order
        return 3, self.card.due.timestamp(), order


_SCHEDULER = Scheduler(learning_steps=(AGAIN_AFTER,), relearning_steps=(AGAIN_AFTER,), enable_fuzzing=False)


def _practise(cards: Mapping[str, _Card], spoken: Iterable[SessionRow]) -> None:
    """Has each attempt reviewed, oldest first."""
    for row in spoken:
        rating = _rating(row)
        kept = None if row.drill is None else cards.get(row.drill)
        if kept is not None and rating is not None:
            card = kept.card or Card(card_id=KINDS.index(kept.kind), due=row.started)
            kept.card, _ = _SCHEDULER.review_card(card, rating, row.started)
            kept.last = row


def _rating(row: SessionRow) -> Rating | None:
    """How well an attempt went; None where it was not assessed."""
    if row.passed is None:
        return None
    if not row.passed:
        return Rating.Again
    if row.score is None:
        return Rating.Good
    if row.score < HARD_BELOW:
        return Rating.Hard
    return Rating.Easy if row.score >= EASY_FROM else Rating.Good


def _miss(
    cards: Mapping[str, _Card], rehearsals: Sequence[SessionRow], content: Content, sure_from: float
) -> None:
    """Notes what the *rehearsals* missed of what each drill trains: of a rehearsal and drill what weighs most."""
    nouns = {praise.item: praise.noun for praise in content.rubric.feedback.praise}
    for row in rehearsals:
        worst: dict[str, tuple[float, str]] = {}
        for advice in content.rubric.feedback.advice:
            name = f"{_GROUP}.{advice.item}"
            confidence = row.confidences.get(name, 0.0)
            if advice.drill is not None and row.verdicts.get(name) == "not_met" and confidence >= sure_from:
                found = (advice.value * confidence, nouns[advice.item])
                worst[advice.drill] = max(found, worst.get(advice.drill, (0.0, "")))
        for drill in worst.keys() & cards.keys():
            weight, noun = worst[drill]
            last = cards[drill].last
            if last is None or last.started < row.started:
                cards[drill].missed.append((row, noun, weight))


def _why(card: _Card, now: datetime, lines: NextDrillLines) -> str:
    done = None if card.last is None else _when(card.last, now, lines)
    if card.missed:
        row, noun, _ = card.missed[-1]
        line = lines.unheard_new if done is None else lines.unheard
        return line.format(when=_when(row, now, lines), noun=noun, done=done)
    if card.last is None or card.card is None:
        return lines.new
    if card.card.due > now:
        return lines.first_due.format(when=done)
    found = list(_items(card.last))
    missed = found.count("not_met")
    if missed and len(found) > 1:
        return lines.missing.format(when=done, missed=spoken_number(missed), parts=spoken_number(len(found)))
    return (lines.passed if card.last.passed else lines.failed).format(when=done)


def _items(row: SessionRow) -> Iterator[str]:
    for name, verdict in row.verdicts.items():
        if name.startswith(f"{DRILL_GROUP}.") and verdict != "not_assessed":
            yield verdict


def _when(row: SessionRow, now: datetime, lines: NextDrillLines) -> str:
    days = (now.date() - row.started.astimezone(now.tzinfo).date()).days
    if days <= 1:
        return lines.yesterday if days == 1 else lines.today
    if days < _WEEKS_FROM:
        return lines.days.format(number=spoken_number(days))
    if days < _MONTHS_FROM:
        return lines.weeks.format(number=spoken_number(days // _DAYS_OF_WEEK))
    return lines.months.format(number=spoken_number(days // _DAYS_OF_MONTH))
