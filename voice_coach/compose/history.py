"""The history as it is shown, printed as JSON and exported."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voice_coach.adapters.history_index import History, start_of
from voice_coach.core import verdict_told
from voice_coach.core.counting import counted
from voice_coach.core.history import DRILL_GROUP, Change, Trends, days_in_a_row, trends
from voice_coach.core.rounding import rounded
from voice_coach.core.rubric_ids import CHECKLIST, CLARIFICATION, DEEP_DIVES, DELIVERY, MISTAKES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from voice_coach.adapters.history_index import SessionRow
    from voice_coach.core.history import ElementTrend, HistorySettings

Json = dict[str, object]
_ITEMS = tuple(
    f"{group}.{item}"
    for group, items in (
        ("checklist", CHECKLIST),
        ("mistakes", MISTAKES),
        ("delivery", DELIVERY),
        ("clarification", CLARIFICATION),
        ("deep_dives", DEEP_DIVES),
    )
    for item in items
)
_FIELDS = (
    "name",
    "started",
    "kind",
    "question",
    "drill",
    "at_microphone",
    "words",
    "answer_s",
    "wpm",
    "fillers_per_min",
    "score",
    "passed",
)
"""Of :func:`row_json`, those that are a column."""
_MET = frozenset({"met"})
_BAD = frozenset({"not_met", "made"})
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection)."""
_MINUTE_S = 60
_START_LETTERS = len("20261122T191530Z")
COUNTS_FOR_NOTHING = "counts for nothing in trends, streaks and drills"
"""A session that nobody spoke at a microphone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Everything that past sessions tell."""

    rows: tuple[SessionRow, ...]
    """Newest first."""
    trends: Trends
    days_in_a_row: int
    told: tuple[str, ...]
    """What is wrong with the index or with sessions."""


def overview(root: Path, settings: HistorySettings, now: datetime, *, rebuilds: bool = False) -> Overview:
    """What the sessions in *root* tell at *now*, an aware time: days are those of its zone.

    *rebuilds*: all of them are read again.
    """
    with History.open(root) as history:
        if rebuilds:
            history.rebuild()
        else:
            history.refresh()
        rows = history.sessions()
        told = tuple(history.told)
    days = {row.started.astimezone(now.tzinfo).toordinal() for row in rows if row.at_microphone}
    return Overview(
        rows=rows,
        trends=trends(rows, settings),
        days_in_a_row=days_in_a_row(days, now.toordinal()),
        told=told,
    )


def to_json(found: Overview, limit: int) -> Json:
    """The history with its *limit* latest sessions."""
    return {
        "sessions": [row_json(row) for row in found.rows[:limit]],
        "of": len(found.rows),
        "notes": list(found.told),
        "days_in_a_row": found.days_in_a_row,
        "trends": {
            "sessions": found.trends.sessions,
            "measures": [
                {
                    "id": item.of,
                    "latest": rounded(item.values[-1], 2) if item.values else None,
                    "median": None if item.usual is None else rounded(item.usual.median, 2),
                    "deviation": None if item.usual is None else rounded(item.usual.deviation, 3),
                    "sessions": len(item.values),
                }
                for item in found.trends.measures
            ],
            "elements": [_element_json(item) for item in found.trends.elements],
        },
    }


def row_json(row: SessionRow) -> Json:
    """One session."""
    return {
        "name": row.name,
        "folder": str(row.folder),
        "started": f"{row.started:%Y-%m-%dT%H:%M:%SZ}",
        "kind": row.kind.value,
        "question": row.question,
        "drill": row.drill,
        "at_microphone": row.at_microphone,
        "origin": row.origin.value,
        "words": row.words,
        "answer_s": row.answer_s,
        "wpm": row.wpm,
        "fillers_per_min": row.fillers_per_min,
        "score": row.score,
        "passed": row.passed,
        "verdicts": dict(row.verdicts),
    }


def missed(row: SessionRow) -> tuple[str, ...]:
    """Ids of what was missed: of a rehearsal the checklist and mistakes, of a drill its own items."""
    groups = (DRILL_GROUP,) if row.drill is not None else ("checklist", "mistakes")
    return tuple(
        name.partition(".")[2]
        for name, verdict in row.verdicts.items()
        if name.partition(".")[0] in groups and verdict in _BAD
    )


def said(name: str) -> str:
    """An id in words: ``checklist.opening_roadmap`` is "opening roadmap"."""
    return name.rpartition(".")[2].replace("_", " ").replace("-", " ")


def clock(length_s: float | None) -> str:
    """Minutes and seconds; a dash where there are none."""
    if length_s is None:
        return "–"
    minutes, seconds = divmod(round(length_s), _MINUTE_S)
    return f"{minutes}:{seconds:02}"


def title(row: SessionRow) -> str:
    """What it was about, in a few words."""
    return f"drill: {row.drill}" if row.drill is not None else row.question or "–"


def short_names(rows: Iterable[SessionRow]) -> dict[str, str]:
    """By the name of each session the beginning that is enough to name it: when it began, or all of it."""
    names = [row.name for row in rows]
    begun = Counter(name[:_START_LETTERS] for name in names)
    return {
        name: name[:_START_LETTERS]
        if start_of(name) is not None and begun[name[:_START_LETTERS]] == 1
        else name
        for name in names
    }


def result(row: SessionRow) -> str:
    """What came of it, where that is more than a number."""
    if row.drill is not None and row.passed is not None:
        return "passed" if row.passed else "not passed"
    return "" if row.score is not None else "not judged"


def origin(row: SessionRow) -> str:
    """Where its words came from, where that is no microphone."""
    return "" if row.at_microphone else row.origin.value


def remark(row: SessionRow) -> str:
    """What else is to be known of it at a glance."""
    return ", ".join(item for item in (result(row), origin(row)) if item)


def short_remark(row: SessionRow) -> str:
    """The same in one word or two: how somebody did in what counts, where the words came from in what does not."""
    return origin(row) or result(row)


def details(row: SessionRow, doubt_below: float) -> Iterator[tuple[str, str]]:
    """Everything about one session, line by line; verdicts of less confidence than *doubt_below* are doubted."""
    yield "session", row.name
    yield "folder", str(row.folder)
    yield "when", f"{row.started.astimezone():%Y-%m-%d %H:%M}"
    yield "what", title(row)
    yield "length", clock(row.answer_s)
    yield "score", number(row.score)
    yield "words a minute", number(row.wpm)
    yield "fillers a minute", number(row.fillers_per_min, 1)
    if result(row):
        yield "result", result(row)
    if origin(row):
        yield "origin", f"{origin(row)}; {COUNTS_FOR_NOTHING}"
    for label, verdicts in (("heard", _MET), ("not heard", {"not_met"}), ("mistakes", {"made"})):
        names = [
            f"{said(name)} (perhaps)" if _is_doubted(row, name, doubt_below) else said(name)
            for name, verdict in row.verdicts.items()
            if verdict in verdicts
        ]
        if names:
            yield label, ", ".join(names)


def _is_doubted(row: SessionRow, name: str, doubt_below: float) -> bool:
    """Whether the verdict called *name* is told as doubt; a drill's has no confidence, and is none."""
    finding = {"verdict": row.verdicts[name], "confidence": row.confidences.get(name, 1.0)}
    return verdict_told.told(finding, doubt_below) is verdict_told.Told.DOUBT


def claims(found: Trends) -> Iterator[str]:
    """What got better and what keeps missing, each with the sessions that it rests on; nothing where there are few."""
    for heading, change in (("Better", Change.IMPROVED), ("Keeps missing", Change.KEEPS_MISSING)):
        told = [_claim(item, change) for item in found.told(change)]
        if told:
            yield f"{heading}: {'; '.join(told)}"


def streak(days: int) -> str | None:
    """The days in a row, where they are some; nothing is said of a day that was left out."""
    return f"{counted(days, 'day')} in a row." if days > 1 else None


def exported_csv(rows: Iterable[SessionRow]) -> str:
    """Every session a line, every verdict a column; no cell is a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([*_FIELDS, "missed", *_ITEMS])
    for row in rows:
        values = row_json(row)
        cells = [*(values[name] for name in _FIELDS), " ".join(missed(row))]
        writer.writerow([_cell(value) for value in (*cells, *(row.verdicts.get(name) for name in _ITEMS))])
    return text.getvalue()


def exported_md(rows: Sequence[SessionRow], found: Trends) -> str:
    """A table of the sessions, and what got better and what keeps missing."""
    lines = [
        "# Rehearsals",
        "",
        "| when (UTC) | what | length | score | words/min | fillers/min | missed |",
        "| --- | --- | ---: | ---: | ---: | ---: | --- |",
    ]
    for row in rows:
        cells = (
            f"{row.started:%Y-%m-%d %H:%M}",
            title(row),
            clock(row.answer_s),
            number(row.score),
            number(row.wpm),
            number(row.fillers_per_min, 1),
            ", ".join(map(said, missed(row))),
        )
        lines.append(f"| {' | '.join(map(_escaped, cells))} |")
    told = list(claims(found))
    if told:
        lines += ["", *(f"- {line}" for line in told)]
    return "\n".join(lines) + "\n"


def number(value: float | None, digits: int = 0) -> str:
    """A number for people; a dash where there is none."""
    return "–" if value is None else f"{value:.{digits}f}"


def _element_json(item: ElementTrend) -> Json:
    return {
        "id": item.of,
        "marks": list(item.marks),
        "recent": {"well": item.recent[0], "of": item.recent[1]},
        "earlier": {"well": item.earlier[0], "of": item.earlier[1]},
        "change": None if item.change is None else item.change.value,
    }


def _claim(item: ElementTrend, change: Change) -> str:
    is_mistake = item.of.startswith("mistakes.")
    if change is Change.IMPROVED:
        (lately, of), (before, of_before) = item.recent, item.earlier
        without = "without it in " if is_mistake else ""
        return f"{said(item.of)} ({without}{lately} of the latest {of}, {before} of {of_before} before)"
    count = f"{item.marks.count(False)} of the latest {len(item.marks)}"
    return f"{said(item.of)} ({'made' if is_mistake else 'not heard'} in {count})"


def _cell(value: object) -> str:
    """A cell of a table that a spreadsheet may open."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _escaped(text: str) -> str:
    """*text* in a cell of Markdown: one line, in which nothing is markup."""
    return re.sub(r"([\\`*_\[\]<>|])", r"\\\1", " ".join(text.split()))
