"""What the candidate left open, as gaps that one can ask about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voice_coach.core.said_parts import noun_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from voice_coach.core.gap_content import GapBook, GapSettings
    from voice_coach.core.said_parts import SaidPart
    from voice_coach.core.said_state import Said

SEPARATOR = "/"
"""Between the wording and the gap in the id of a follow-up."""
_CENTRAL = 2
"""A component that was named so often is worth asking about its data and its failure."""
_DATABASE = "database"
"""Nobody needs to say why there is one."""


_HOLDING = frozenset({"store", "cache", "queue", "index"})
"""Categories of components that hold data."""
_FAILING = frozenset({"store", "cache", "queue"})
"""Those that stop answering by themselves; an index or a mechanism does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Something that was left open."""

    kind: str
    key: str
    """Names it among those of its kind, however often it is found again."""
    about: str
    slots: Mapping[str, str]


def wording_of(id_: str) -> str:
    """What must not be repeated of a follow-up with this id: its wording, whatever it was about."""
    return id_.partition(SEPARATOR)[0]


def gaps_in(said: Said, book: GapBook, settings: GapSettings) -> Iterator[Gap]:
    """All gaps in *said*, the best of each kind first."""
    areas = {area.id: area for area in book.area}

    def about(kind: str, known: str | None = None) -> str:
        return known or book.about.get(kind, "")

    def about_part(kind: str, part: SaidPart) -> str:
        return book.about.get(f"{kind}_{part.term.category}") or book.about.get(kind, "")

    for clash in reversed(said.contradictions):
        slots = {"subject": clash.subject, "one": clash.one, "other": clash.other}
        yield Gap(kind=clash.kind, key=clash.key, about=about(clash.kind, clash.about), slots=slots)
    for promise in said.promises:
        if not promise.is_kept and said.words - promise.end >= settings.promise_words:
            known = areas[promise.area].about if promise.area else None
            slots = {"topic": promise.topic}
            yield Gap(kind="promise", key=promise.topic, about=about("promise", known), slots=slots)
    for left in reversed(said.shallow):
        yield Gap(kind="shallow", key=left.area, about=areas[left.area].about, slots={"topic": left.topic})
    for number in sorted(said.numbers, key=lambda item: -item.quantity.value):
        is_open = not (number.is_used or number.is_withdrawn) and number.is_much
        if is_open and number.text and said.words - number.end >= settings.number_words:
            key = f"{number.quantity.value:.0f} {number.of}"
            yield Gap(kind="number", key=key, about=about("number"), slots={"number": number.text})
    for thing in said.things:
        yield Gap(kind="thing", key=thing, about=about("thing"), slots={"thing": thing})
    for kind, part in _open_parts(said, frozenset(book.part.asked_why), settings):
        slots = {"part": noun_of(part.term)}
        yield Gap(kind=kind, key=part.term.id, about=about_part(kind, part), slots=slots)


def _open_parts(said: Said, why: frozenset[str], settings: GapSettings) -> Iterator[tuple[str, SaidPart]]:
    """Components without a reason, the latest first; then those that much is built upon, without their data or
    failure.
    """
    settled = [part for part in said.parts if said.words - part.first_end >= settings.part_words]
    for part in reversed(settled):
        is_worth_it = part.term.id != _DATABASE and not why.isdisjoint({part.term.id, part.term.category})
        if part.is_put and not part.has_reason and is_worth_it:
            yield "reason", part
    central = [part for part in settled if part.mentions >= _CENTRAL and part.is_put]
    for part in sorted(central, key=lambda item: -item.mentions):
        if not part.has_failure and part.term.category in _FAILING:
            yield "failure", part
        if not part.has_data and part.term.category in _HOLDING:
            yield "data", part
