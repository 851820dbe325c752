"""What past sessions amount to: what is kept of each, and the trends over those that the candidate spoke in.

A trend compares the latest session with the candidate's own earlier ones (:func:`~voice_coach.core.speech_norms.own`),
never with anybody else, and claims nothing before there are three of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from voice_coach.core.rubric_ids import CHECKLIST, DELIVERY, MISTAKES, TWINS
from voice_coach.core.speech_norms import FEWEST_SESSIONS, MEASURES, Own, own

GROUPS = ("checklist", "mistakes", "delivery", "clarification", "deep_dives")
"""Lists of verdicts in an analysis."""
DRILL_GROUP = "drill"
"""What stands in their place before the ids of a drill's own items."""
FEWEST_WORDS = 100
"""With fewer, an answer says nothing about how somebody answers."""
TREND_MEASURES = ("wpm", "fillers_per_min", "answer_s", "score")
"""Fields of :class:`Session` whose trend is told."""
ELEMENTS = (
    *(f"checklist.{item}" for item in CHECKLIST),
    *(f"delivery.{item}" for item in DELIVERY),
    *(f"mistakes.{item}" for item in MISTAKES),
)
"""Verdicts whose trend is told, the weightiest first."""
RECENT = 3
"""So many of the latest sessions are set against those before them."""
WINDOW = 5
"""Of so many of the latest it is told what keeps missing."""
_MOST = 2 / 3
"""From this share on it is most of them."""
_CLEARLY = 1 / 3
"""By how much the share has to rise to be called better."""
_GOOD = frozenset({"met", "not_made"})
_BAD = frozenset({"not_met", "made"})
_LARGEST = 1e9
"""Beyond it a number measures nothing: neither does an infinity, nor what is none."""
_VERDICTS = _GOOD | _BAD | {"not_assessed"}


class Kind(StrEnum):
    """What a session was."""

    PRACTICE = "practice"
    DRILL = "drill"


class Origin(StrEnum):
    """Where the words of a session came from."""

    MICROPHONE = "microphone"
    """The candidate spoke; nothing else tells how somebody answers."""
    SIMULATED = "simulated"
    """A simulated room."""
    RECORDING = "recording"
    TRANSCRIPT = "transcript"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class HistorySettings:
    """How long sessions are kept, and which verdicts a trend counts."""

    __pydantic_config__ = {"extra": "forbid"}

    keeps_audio_days: int = 0
    """The sound of older sessions is deleted; 0: never."""
    keeps_sessions_days: int = 0
    """Older sessions are deleted altogether; 0: never."""
    sure_probability: float = 0.62
    """Verdicts with less confidence count in no trend and call for no drill; the same as ``doubt_below``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What is kept of a session that was judged."""

    kind: Kind
    question: str | None
    """A pack's id or the question's words; ``drill-<kind>`` of a drill."""
    drill: str | None
    """The drill's kind."""
    origin: Origin
    words: int
    answer_s: float | None
    """The candidate's time; of a drill the seconds it took."""
    wpm: float | None
    fillers_per_min: float | None
    score: float | None
    """0 to 100; None where nothing was assessed."""
    passed: bool | None
    """Of a drill."""
    verdicts: Mapping[str, str]
    """By group and id: ``checklist.opening_roadmap`` is ``met``; a drill's own items under ``drill.``."""
    confidences: Mapping[str, float]
    """Of those verdicts that have one."""
    speech: Mapping[str, float]
    """What was measured of MEASURES, for the speaker's medians."""

    @property
    def at_microphone(self) -> bool:
        """Whether the candidate spoke."""
        return self.origin is Origin.MICROPHONE

    @property
    def tells_trend(self) -> bool:
        """Whether it is a rehearsal that the candidate spoke in, with enough words."""
        return self.kind is Kind.PRACTICE and self.at_microphone and self.words >= FEWEST_WORDS


def read(document: object, *, origin: Origin) -> Session:
    """What is kept of the analysis *document*. Raises ValueError, with the reason, where it is none."""
    content = _table(document, "the file")
    if not isinstance(content.get("schema"), int):
        message = "schema is missing"
        raise ValueError(message)  # noqa: TRY004 - as all that is wrong with the file
    question = content.get("question")
    speech = _table(content.get("speech"), "speech")
    pacing = _table(content.get("pacing"), "pacing")
    score = _number(_table(content.get("score"), "score").get("total"))
    answer_s = _number(pacing.get("answer_s"))
    verdicts, confidences = _judged(content)
    drill, passed = None, None
    if content.get("drill") is not None:
        told = _table(content["drill"], "drill")
        drill = _text(told.get("kind"), "drill.kind")
        passed = _flag(told.get("passed"))
        score = _number(told.get("score"))
        answer_s = _number(told.get("seconds"), answer_s)
        _add(verdicts, confidences, DRILL_GROUP, told.get("items", []))
    return Session(
        kind=Kind.PRACTICE if drill is None else Kind.DRILL,
        question=None if question is None else _text(question, "question"),
        drill=drill,
        origin=origin,
        words=int(_number(speech.get("words")) or 0),
        answer_s=answer_s,
        wpm=_number(speech.get("wpm")),
        fillers_per_min=_number(speech.get("fillers_per_min")),
        score=score,
        passed=passed,
        verdicts=verdicts,
        confidences=confidences,
        speech={name: value for name in MEASURES if (value := _number(speech.get(name))) is not None},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureTrend:
    """How one measure has gone."""

    of: str
    """One of TREND_MEASURES."""
    values: tuple[float, ...]
    """Oldest first; the last is the latest session's."""
    usual: Own | None
    """The latest against the median of those before it; None before there are three of them."""


class Change(StrEnum):
    """What can be claimed of an element."""

    IMPROVED = "improved"
    KEEPS_MISSING = "keeps_missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementTrend:
    """How one element has gone, in the sessions whose verdict was sure."""

    of: str
    """One of ELEMENTS."""
    marks: tuple[bool, ...]
    """Whether it was well, oldest first, of the latest WINDOW sessions. A mistake is well where it was not made."""
    recent: tuple[int, int]
    """In how many of the latest RECENT it was well, and how many there are."""
    earlier: tuple[int, int]
    """The same for all before them."""
    change: Change | None
    """None: nothing can be claimed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trends:
    """Over all rehearsals that the candidate spoke in."""

    sessions: int
    """How many they are."""
    measures: tuple[MeasureTrend, ...]
    elements: tuple[ElementTrend, ...]

    def told(self, change: Change) -> tuple[ElementTrend, ...]:
        """The elements that changed so; of two that say the same thing, the first."""
        found: list[ElementTrend] = []
        for item in self.elements:
            if item.change is change and not any(_are_twins(item.of, other.of) for other in found):
                found.append(item)
        return tuple(found)


def trends(sessions: Iterable[Session], settings: HistorySettings | None = None) -> Trends:
    """What *sessions*, newest first, amount to."""
    spoken = [session for session in sessions if session.tells_trend][::-1]
    sure_from = (settings or HistorySettings()).sure_probability
    return Trends(
        sessions=len(spoken),
        measures=tuple(_measure_trend(spoken, name) for name in TREND_MEASURES),
        elements=tuple(_element_trend(name, well(spoken, name, sure_from)) for name in ELEMENTS),
    )


def well(sessions: Iterable[Session], name: str, sure_from: float) -> tuple[bool, ...]:
    """For each session with a sure verdict on *name* whether it was well, in their order."""
    return tuple(
        session.verdicts[name] in _GOOD
        for session in sessions
        if session.verdicts.get(name) in _GOOD | _BAD and session.confidences.get(name, 0.0) >= sure_from
    )


def days_in_a_row(days: Iterable[int], today: int) -> int:
    """How many days up to *today* were all practised on; one that is not over yet may still be missing.

    Days are counted on from any one day. 0 where there is nothing to tell.
    """
    practised = set(days)
    day = today if today in practised else today - 1
    count = 0
    while day - count in practised:
        count += 1
    return count


def _measure_trend(spoken: Sequence[Session], name: str) -> MeasureTrend:
    found: list[float | None] = [getattr(session, name) for session in spoken]
    values = tuple(value for value in found if value is not None)
    return MeasureTrend(of=name, values=values, usual=own(values[:-1], values[-1]) if values else None)


def _element_trend(name: str, marks: tuple[bool, ...]) -> ElementTrend:
    recent, earlier, window = marks[-RECENT:], marks[:-RECENT], marks[-WINDOW:]
    change = None
    if len(earlier) >= FEWEST_SESSIONS and _share(recent) >= _MOST:
        change = Change.IMPROVED if _share(recent) - _share(earlier) >= _CLEARLY else None
    if len(window) >= FEWEST_SESSIONS and 1.0 - _share(window) >= _MOST and not window[-1]:
        change = Change.KEEPS_MISSING
    return ElementTrend(
        of=name,
        marks=window,
        recent=(sum(recent), len(recent)),
        earlier=(sum(earlier), len(earlier)),
        change=change,
    )


def _share(marks: Sequence[bool]) -> float:
    return sum(marks) / len(marks)


def _are_twins(first: str, second: str) -> bool:
    ids = {first.partition(".")[2], second.partition(".")[2]}
    return any(ids <= twins for twins in TWINS)


def _judged(content: Mapping[str, object]) -> tuple[dict[str, str], dict[str, float]]:
    verdicts: dict[str, str] = {}
    confidences: dict[str, float] = {}
    for group in GROUPS:
        _add(verdicts, confidences, group, content.get(group))
    return verdicts, confidences


def _add(verdicts: dict[str, str], confidences: dict[str, float], group: str, items: object) -> None:
    if not isinstance(items, list):
        message = f"{group} is no list"
        raise ValueError(message)  # noqa: TRY004 - as all that is wrong with the file
    for number, item in enumerate(items):
        found = _table(item, f"{group}[{number}]")
        name, verdict = found.get("id"), found.get("verdict")
        if not isinstance(name, str) or not isinstance(verdict, str) or verdict not in _VERDICTS:
            message = f"{group}[{number}] has no id or no verdict"
            raise ValueError(message)
        verdicts[f"{group}.{name}"] = verdict
        confidence = _number(found.get("confidence"))
        if confidence is not None:
            confidences[f"{group}.{name}"] = confidence


def _table(value: object, name: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        message = f"{name} is no object"
        raise ValueError(message)  # noqa: TRY004 - as all that is wrong with the file
    return value


def _text(value: object, name: str) -> str:
    if not isinstance(value, str):
        message = f"{name} is no text"
        raise ValueError(message)  # noqa: TRY004 - as all that is wrong with the file
    return value.encode(errors="replace").decode()  # JSON may hold half a character


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _number(value: object, otherwise: float | None = None) -> float | None:
    if not isinstance(value, int | float) or isinstance(value, bool) or not abs(value) <= _LARGEST:
        return otherwise
    return float(value)
