"""What an evening is made of, as it is written down in ``prompts/evening.toml``."""

from __future__ import annotations

from dataclasses import dataclass

_STRICT = {"extra": "forbid"}


@dataclass(frozen=True, slots=True, kw_only=True)
class EveningDrill:
    """A drill as a step of the evening."""

    __pydantic_config__ = _STRICT

    kind: str
    name: str
    """As it is called within a sentence: "the framework"."""
    purpose: str
    """A sentence: what it is good for tomorrow."""
    minutes: float
    """With what the coach says in it."""
    value: float
    """Where time is short, the step of the lowest value goes first."""
    is_planned: bool = False
    """Of every evening. The others come up where they are a weak point."""
    keep: str
    """A sentence to keep in mind in the morning, where this was weak."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MorningDrill:
    """A drill of the recall in the morning."""

    __pydantic_config__ = _STRICT

    kind: str
    minutes: float
    items: int | None = None
    """So many of its prompts; None: all."""
    purpose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EveningAnswer:
    """A full answer as a step of the evening."""

    __pydantic_config__ = _STRICT

    name: str
    plural: str
    """``{number}``"""
    new: str
    """A sentence: what an answer to a question never seen is good for. ``{question}``"""
    familiar: str
    """The same of the last one, to a question that is known. ``{question}``"""
    again: str
    """The same where it is the question of before. ``{question}``"""


@dataclass(frozen=True, slots=True, kw_only=True)
class EveningWords:
    """What is said to the coach between the steps: cues, each of a whole utterance."""

    __pydantic_config__ = _STRICT

    go: tuple[str, ...]
    skip: tuple[str, ...]
    later: tuple[str, ...]
    back: tuple[str, ...]
    """All that ends a break, where others may be talked to."""
    unclear: tuple[str, ...]
    """What is a command in a session, but no answer here."""
    misheard_go: tuple[str, ...] = ()
    """What recognisers write for it where they doubt a word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EveningLines:
    """What the coach says between the steps, in variants: one is chosen by the evening's seed."""

    __pydantic_config__ = _STRICT

    ask_hours: tuple[str, ...]
    ask_hours_again: tuple[str, ...]
    hours_taken: tuple[str, ...]
    """``{hours}``: nothing was understood."""
    opening: tuple[str, ...]
    """``{hours}``, ``{steps}``, ``{length}``: the whole plan in one breath."""
    opening_short: tuple[str, ...]
    """Where no step fits any more."""
    all_done: tuple[str, ...]
    """There is nothing left to do, whatever the time."""
    going_on: tuple[str, ...]
    """``{steps}``, ``{length}``: where the evening was left and is taken up again."""
    morning: tuple[str, ...]
    """``{steps}``"""
    morning_keep: tuple[str, ...]
    """``{keep}``: what there was to keep in mind."""
    first: tuple[str, ...]
    """``{name}``, ``{purpose}``, ``{length}``: the announcement of a step, and so are the next ones."""
    next: tuple[str, ...]
    weak: tuple[str, ...]
    """Of what was weak in earlier sessions, or in an answer tonight."""
    again: tuple[str, ...]
    """Of what did not go well tonight."""
    dropped: tuple[str, ...]
    """``{steps}``: what is left out because time has run short."""
    rest: tuple[str, ...]
    """A break: ``{length}``"""
    rest_over: tuple[str, ...]
    rest_passed: tuple[str, ...]
    """Where time does not pass by itself."""
    remind: tuple[str, ...]
    """Something was said that is no answer, or nothing was."""
    wait: tuple[str, ...]
    """A pause was asked for."""
    skipped: tuple[str, ...]
    later: tuple[str, ...]
    gone: tuple[str, ...]
    """Nobody has answered for long."""
    well_answer: tuple[str, ...]
    """``{what}``, ``{strength}``: what went well tonight in a full answer."""
    well_quote: tuple[str, ...]
    """``{what}``, ``{quote}``: what went well tonight in a drill."""
    well: tuple[str, ...]
    """``{what}``: the same without a quote."""
    practised: tuple[str, ...]
    """``{what}``: it was judged, and nothing of it went well."""
    unjudged: tuple[str, ...]
    """``{what}``"""
    nothing: tuple[str, ...]
    """No step was taken."""
    keep: tuple[str, ...]
    """``{keep}``"""
    bed: tuple[str, ...]
    morning_end: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EveningBook:
    """The file ``evening.toml``."""

    __pydantic_config__ = _STRICT

    keep: str
    """A sentence to keep in mind where nothing was weak."""
    answer: EveningAnswer
    drill: tuple[EveningDrill, ...]
    """In the order of the evening."""
    morning: tuple[MorningDrill, ...]
    morning_talk_minutes: float
    """Of a morning, for what is said between its drills."""
    words: EveningWords
    line: EveningLines

    def of(self, kind: str) -> EveningDrill:
        """The drill *kind*. Raises KeyError for one that the file does not hold."""
        found = {drill.kind: drill for drill in self.drill}
        return found[kind]
