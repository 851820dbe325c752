"""The pictures, by matplotlib: colours are names that the page's style fills, so that they follow light and dark."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from voice_coach.core.counting import counted
from voice_coach.core.rubric_ids import PHASE_OF_STAGE, PHASES, STAGES
from voice_coach.report import labels, moments
from voice_coach.report.svg import Area, restyled

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from voice_coach.report.data import Report
    from voice_coach.report.markup import Html

COLOURS = {
    "ink": "#010101",
    "muted": "#010102",
    "line": "#010103",
    "band": "#010104",
    "coach": "#010105",
    "good": "#010106",
    "bad": "#010107",
    "accent": "#010108",
    **{f"phase-{id_}": f"#0102{index:02d}" for index, id_ in enumerate(PHASES)},
}
"""What each thing's colour is called in the style, and what matplotlib is told instead."""
_SETTINGS: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "voice-coach",
    "font.size": 10.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": COLOURS["line"],
    "axes.labelcolor": COLOURS["muted"],
    "xtick.color": COLOURS["line"],
    "ytick.color": COLOURS["line"],
    "xtick.labelcolor": COLOURS["ink"],
    "ytick.labelcolor": COLOURS["ink"],
    "text.color": COLOURS["ink"],
    "axes.facecolor": "none",
    "figure.facecolor": "none",
}
_PER_INCH = 72
_WIDTH = 10.4
_ROW = 0.27
_LEFT, _RIGHT = 0.138, 0.985
_FILLERS_A_MINUTE = 5
"""Up to so many did no harm (docs/metrics.md)."""
_MINUTE_S = 60.0


_NOT_OURS = ("backend", "interactive", "toolbar")


def _our_settings() -> AbstractContextManager[None]:
    """Matplotlib's own settings with ours on top, whatever the user has set for their plots."""
    import matplotlib as mpl

    usual = {key: value for key, value in mpl.rcParamsDefault.items() if not key.startswith(_NOT_OURS)}
    return mpl.rc_context({**usual, **_SETTINGS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """An SVG and what it says in words."""

    svg: Html
    summary: str


def timeline(report: Report) -> Picture:
    """Stages, coach, pauses and quotes over the recording's time; with measured times pace and fillers below.

    A drill has no stages.
    """
    from matplotlib.figure import Figure

    with _our_settings():
        rows = [
            *(() if report.is_drill else (labels.STAGES[id_] for id_ in STAGES)),
            "Coach",
            *(["Pauses"] if report.is_timed else []),
            "Quotes",
        ]
        heights = [_ROW * len(rows), *([0.95, 0.6] if report.is_timed else [])]
        height = sum(heights) + 0.55 + 0.28 * (len(heights) - 1)
        figure = Figure(figsize=(_WIDTH, height))
        axes = _stacked(figure, heights, height)
        until = max(1.0, moments.end_s(report))
        _lanes(axes[0], report, rows)
        if report.is_timed:
            _pace(axes[1], report)
            _fillers(axes[2], report)
        for index, ax in enumerate(axes):
            ax.set_xlim(0, until)
            ax.set_xticks(list(moments.ticks(until)))
            is_last = index == len(axes) - 1
            ax.set_xticklabels([labels.clock(at) for at in moments.ticks(until)] if is_last else [])
            ax.tick_params(length=0)
        area = Area(
            left=_LEFT * _WIDTH * _PER_INCH,
            right=_RIGHT * _WIDTH * _PER_INCH,
            until_s=until,
            marks=tuple(mark.at for mark in moments.marks(report)),
        )
        summary = _timeline_summary(report)
        return Picture(
            svg=_svg(figure, "timeline-picture", "Timeline of the answer", summary, area), summary=summary
        )


def phases(report: Report) -> Picture:
    """How much of the answer each phase took, against its budget."""
    from matplotlib.figure import Figure

    with _our_settings():
        found = report.analysis["pacing"]["phases"]
        height = 0.36 * len(found) + 0.5
        figure = Figure(figsize=(_WIDTH, height))
        ax = figure.add_axes((_LEFT, 0.36 / height, _RIGHT - _LEFT, 0.36 * len(found) / height))
        most = 0.1 + max(0.5, *(max(phase["share"], 1.5 * phase["budget_share"]) for phase in found))
        for row, phase in enumerate(found):
            budget = phase["budget_share"]
            ax.barh(row, budget, left=budget / 2, height=0.78, color=COLOURS["band"])
            ax.barh(row, phase["share"], height=0.4, color=COLOURS[f"phase-{phase['id']}"])
            ax.plot([budget, budget], [row - 0.39, row + 0.39], color=COLOURS["muted"], linewidth=1.2)
            share = f"{100 * phase['share']:.0f} %"
            told = f"{labels.clock(phase['seconds'])}  ({share})" if report.is_timed else share
            ax.text(max(phase["share"], 1.5 * budget) + 0.008, row, told, va="center", fontsize=10)
        ax.set_yticks(range(len(found)), [labels.PHASES[phase["id"]] for phase in found])
        ax.set_ylim(len(found) - 0.5, -0.5)
        ax.set_xlim(0, most)
        steps = [0.1 * step for step in range(int(10 * most - 0.3) + 1)]
        ax.set_xticks(steps, [f"{100 * step:.0f} %" for step in steps])
        ax.tick_params(length=0)
        ax.spines["left"].set_visible(False)
        summary = "; ".join(
            f"{labels.PHASES[phase['id']]} {'' if report.is_timed else 'about '}{labels.clock(phase['seconds'])}, "
            f"{100 * phase['share']:.0f} % of the answer against {100 * phase['budget_share']:.0f} %"
            for phase in found
        )
        return Picture(
            svg=_svg(figure, "phases-picture", "Phases against their budget", summary), summary=summary
        )


def _stacked(figure: Figure, heights: list[float], total: float) -> list[Axes]:
    axes, top = [], total - 0.12
    for height in heights:
        top -= height
        axes.append(figure.add_axes((_LEFT, top / total, _RIGHT - _LEFT, height / total)))
        top -= 0.28
    return axes


def _lanes(ax: Axes, report: Report, rows: list[str]) -> None:
    for row in range(len(rows)):
        ax.axhline(row, color=COLOURS["line"], linewidth=0.6, zorder=0)
    for stretch in report.stages:
        row = STAGES.index(stretch["id"])
        colour = COLOURS[f"phase-{PHASE_OF_STAGE[stretch['id']]}"]
        ax.barh(row, stretch["end"] - stretch["start"], left=stretch["start"], height=0.62, color=colour)
    row = rows.index("Coach")
    for span in moments.turns_of(report, "coach"):
        ax.barh(row, span.length, left=span.start, height=0.5, color=COLOURS["coach"])
    if report.is_timed:
        for gap in moments.pauses(report):
            ax.barh(row + 1, gap.length, left=gap.start, height=0.36, color=COLOURS["muted"])
    row = rows.index("Quotes")
    for is_good, marker, colour in ((True, "o", "good"), (False, "X", "bad")):
        at = [mark.at for mark in moments.marks(report) if mark.is_good is is_good]
        ax.plot(at, [row] * len(at), marker, markersize=7, color=COLOURS[colour], markeredgewidth=0)
    ax.set_yticks(range(len(rows)), rows)
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.spines[["left", "bottom"]].set_visible(False)


def _pace(ax: Axes, report: Report) -> None:
    series = moments.pace(report)
    norm = report.analysis["speech"].get("norms", {}).get("wpm") or {}
    if norm.get("low") and norm.get("high"):
        ax.axhspan(norm["low"], norm["high"], color=COLOURS["band"], linewidth=0)
    ax.plot(
        [at for at, _ in series],
        [float("nan") if value is None else value for _, value in series],
        color=COLOURS["accent"],
        linewidth=1.8,
    )
    known = [value for _, value in series if value is not None]
    ax.set_ylim(min(60, *known, 60), max(220, *known, 220))
    ax.set_yticks([100, 150, 200])
    _named(ax, "words a\nminute")


def _fillers(ax: Axes, report: Report) -> None:
    """Bars of half a minute, each as high as a whole minute like it would have fillers."""
    rates = [(at, count * _MINUTE_S / moments.BIN_S) for at, count in moments.fillers(report)]
    ax.bar(
        [at for at, _ in rates],
        [rate for _, rate in rates],
        width=moments.BIN_S * 0.86,
        align="edge",
        color=COLOURS["accent"],
    )
    ax.axhline(_FILLERS_A_MINUTE, color=COLOURS["muted"], linewidth=0.8, linestyle=(0, (4, 3)))
    top = max(2.0 * _FILLERS_A_MINUTE, *(rate for _, rate in rates))
    ax.set_ylim(0, top * 1.05)
    ax.set_yticks([_FILLERS_A_MINUTE, top])
    _named(ax, "fillers a\nminute")


def _named(ax: Axes, name: str) -> None:
    """Says at the left what *ax* shows, at the same place for all."""
    ax.text(
        -0.045,
        0.5,
        name,
        transform=ax.transAxes,
        ha="right",
        va="center",
        fontsize=10,
        color=COLOURS["muted"],
    )


def _timeline_summary(report: Report) -> str:
    stages = ", ".join(
        f"{labels.STAGES[item['id']]} from {labels.clock(item['start'])} to {labels.clock(item['end'])}"
        for item in report.stages
    )
    parts = [
        *(() if report.is_drill else (f"Stages: {stages or 'none recognised'}",)),
        f"the coach spoke {counted(len(moments.turns_of(report, 'coach')), 'time')}",
    ]
    if report.is_timed:
        known = [value for _, value in moments.pace(report) if value is not None]
        parts.append(f"{counted(len(moments.pauses(report)), 'pause')} of two seconds and more")
        if known:
            parts.append(f"pace between {min(known):.0f} and {max(known):.0f} words a minute")
        parts.append(counted(sum(count for _, count in moments.fillers(report)), "filler"))
    return "; ".join(parts) + ". The same is in the table below."


def _svg(figure: Figure, name: str, title: str, summary: str, area: Area | None = None) -> Html:
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    drawn = io.BytesIO()
    FigureCanvasSVG(figure).print_svg(  # type: ignore[no-untyped-call]
        drawn, metadata={"Date": None, "Creator": None, "Format": None, "Type": None}
    )
    colours = {code: colour for colour, code in COLOURS.items()}
    return restyled(
        drawn.getvalue().decode(), name=name, title=title, summary=summary, colours=colours, area=area
    )
