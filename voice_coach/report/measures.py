"""What was measured, how the score came about, how it compares with earlier sessions, and what heard and judged it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import Any

from voice_coach.core.counting import counted
from voice_coach.report import labels, moments
from voice_coach.report.data import FEWEST_EARLIER, Earlier, Report
from voice_coach.report.markup import Html, joined, tag
from voice_coach.report.quotes import Quotes, rows, scrolled

_Json = Mapping[str, Any]
_FEWER_IS_FINE = frozenset({"fillers_per_min", "fillers_per_100_words", "filled_pauses_per_100_words"})
_OF_TIMES = frozenset({"longest_monologue_s"})
"""They are given for laid-out times as well, and measure nothing then."""
_COMPARED = ("wpm", "fillers_per_min", "longest_pause_s", "longest_monologue_s")


def speech(report: Report, quotes: Quotes) -> Html:
    """Every measure beside its norm, and where that comes from."""
    found = report.analysis["speech"]
    norms = found.get("norms", {})
    sources = [
        joined(tag("dt", labels.MEASURES[name][0]), tag("dd", norm["source"]))
        for name, norm in norms.items()
        if name in labels.MEASURES
    ]
    return joined(
        scrolled(
            "Speech as measured",
            rows(
                ("Measure", "Measured", "Usual", "Where it lies"),
                list(_speech_rows(found, norms, is_timed=report.is_timed)),
                f"Your {counted(found['words'], 'word')}",
            ),
        ),
        _burst(found.get("densest_half_minute"), quotes),
        _repairs(found.get("repairs") or (), quotes),
        tag("details", tag("summary", "Where these norms come from"), tag("dl", sources))
        if sources
        else None,
    )


def _speech_rows(found: _Json, norms: _Json, *, is_timed: bool) -> Iterator[Sequence[Html | str]]:
    for name, (title, unit) in labels.MEASURES.items():
        value = found.get(name)
        norm = norms.get(name)
        if value is None and name not in found:
            continue
        if name in _OF_TIMES and not is_timed:
            value, norm = None, {**norm, "place": None} if norm else None
        shown = "not measured" if value is None else labels.measure(name, value)
        label = joined(title, tag("span", f" ({unit})", class_="unit") if unit and unit != "m:ss" else None)
        yield label, shown, _usual(name, norm), _place(name, norm or {})


def _place(name: str, norm: _Json) -> Html:
    """Where the value lies; few fillers are nothing to note."""
    if norm.get("low") is None and norm.get("high") is None:
        return joined()
    place = norm.get("place") or ""
    is_notable = place == "above" or (place == "below" and name not in _FEWER_IS_FINE)
    return tag("span", place, class_="place notable" if is_notable else "place")


def _usual(name: str, norm: _Json | None) -> str:
    if norm is None:
        return ""
    low, high, typical = (norm.get(key) for key in ("low", "high", "typical"))
    if low is not None and high is not None:
        return f"{labels.measure(name, low)} to {labels.measure(name, high)}"
    if high is not None:
        return f"up to {labels.measure(name, high)}"
    if low is not None:
        return f"from {labels.measure(name, low)}"
    return "" if typical is None else f"about {labels.measure(name, typical)}"


def _burst(burst: _Json | None, quotes: Quotes) -> Html | None:
    if burst is None:
        return None
    topic = burst.get("topic")
    about = joined(", around ", quotes.quote(topic)) if topic else None
    return tag(
        "p",
        f"Fillers came thickest from {labels.clock(burst['start'])} to {labels.clock(burst['end'])}: {burst['count']}",
        about,
        ". They gather where planning is hard, so that part is worth thinking through.",
    )


def _repairs(repairs: Sequence[_Json], quotes: Quotes) -> Html | None:
    if not repairs:
        return None
    return tag(
        "details",
        tag("summary", f"Repeats and restarts: {len(repairs)}"),
        quotes.quotes(
            [
                {"start": item["start"], "end": item["end"], "quote": item["text"]}
                for item in repairs
                if item["start"] is not None
            ]
        ),
    )


def score(report: Report) -> Html:
    """Point by point."""
    found = report.analysis["score"]
    parts = [
        (
            labels.title(part["id"]),
            f"{part['points']:+d}" if not part["of"] or part["points"] < 0 else str(part["points"]),
            str(part["of"] or "–"),
        )
        for part in found["parts"]
        if part["of"] or part["points"]
    ]
    return tag(
        "details",
        tag("summary", "How the score came about"),
        scrolled(
            "The score",
            rows(
                ("Part", "Points", "Of"),
                parts,
                "Elements count most; mistakes, delivery and length adjust them",
            ),
        ),
    )


def earlier(report: Report) -> Html | None:
    """This session against the median of the earlier ones; None before there are three."""
    past = report.earlier
    if len(past) < FEWEST_EARLIER:
        return None
    return joined(
        scrolled(
            "This session and earlier ones",
            rows(
                ("Measure", "This one", "Your median", "Difference"),
                list(_compared(report, past)),
                f"Against your last {counted(len(past), 'session')}",
            ),
        ),
        _elements(report, past),
    )


def _compared(report: Report, past: Sequence[Earlier]) -> Iterator[Sequence[str]]:
    scores = [item.score for item in past if item.score is not None]
    total = report.analysis["score"]["total"]
    if total is not None and len(scores) >= FEWEST_EARLIER:
        yield "Score", f"{total:.0f}", f"{median(scores):.0f}", _difference(total, median(scores), 1.0)
    for name in _COMPARED:
        value = None if name in _OF_TIMES and not report.is_timed else report.analysis["speech"].get(name)
        known = [item.speech[name] for item in past if name in item.speech]
        if value is not None and len(known) >= FEWEST_EARLIER:
            usual = median(known)
            title, _ = labels.MEASURES[name]
            yield (
                title,
                labels.measure(name, value),
                labels.measure(name, usual),
                _difference(value, usual, 0.05 * abs(usual)),
            )


def _difference(value: float, usual: float, same: float) -> str:
    if abs(value - usual) <= same:
        return "as usual"
    return "more than usual" if value > usual else "less than usual"


def _elements(report: Report, past: Sequence[Earlier]) -> Html:
    body = []
    for item in report.analysis["checklist"]:
        judged = sum(item["id"] in session.judged for session in past)
        met = sum(item["id"] in session.met for session in past)
        _, now = labels.verdict(item, report.doubt_below)
        body.append((labels.title(item["id"]), now.lower(), f"{met} of {judged}"))
    return scrolled(
        "Elements in earlier sessions",
        rows(
            ("Element", "This one", "Heard before"), body, "The elements of a strong answer, now and before"
        ),
    )


def second_opinion(report: Report, quotes: Quotes) -> Html | None:
    """What a language model adds, and what its use came to."""
    found, used = report.analysis.get("second_opinion"), report.analysis.get("language_model")
    if not found and not used:
        return None
    changes = (found or {}).get("changes", ())
    sentences = (found or {}).get("sentences", ())
    return joined(
        tag(
            "ul",
            (
                tag(
                    "li",
                    tag("p", labels.title(item["id"]), ": ", labels.said(item["after"]).lower()),
                    quotes.quotes(item["evidence"]),
                )
                for item in changes
            ),
            (tag("li", tag("p", item["text"]), quotes.quotes(item["evidence"])) for item in sentences),
            class_="plain",
        )
        if changes or sentences
        else None,
        None
        if not found
        else tag(
            "p", f"It agreed with {counted(found.get('agreed', 0), 'verdict')} in doubt.", class_="hint"
        ),
        _used(used, report) if used else None,
    )


def _used(used: _Json, report: Report) -> Html:
    cost = "" if used.get("cost") is None else f", {used['cost']:.3f} of {used['cost_allowed']:g} spent"
    return tag(
        "p",
        f"Language model {report.analysis['engines']['llm']}: {counted(used['requests'], 'request')}, "
        f"{used['tokens']:,} of {counted(used['tokens_allowed'], 'token')}{cost}.",
        class_="hint",
    )


def engines(report: Report) -> Html:
    """What heard and judged the answer, and what failed."""
    found = report.analysis["engines"]
    started: _Json = next(iter(report.lines("session_started")), {})
    told = [
        ("Heard by", found.get("stt")),
        ("Judged by", found.get("judge")),
        ("Language model", found.get("llm") or "none"),
        ("Pressure", started.get("pressure")),
        ("Session", report.name),
        (
            "Times",
            "measured" if report.is_timed else "laid out at a steady pace: the words came without times",
        ),
        ("Recording", "in this file" if report.has_sound else "not in this file"),
    ]
    fell = found.get("fell_back") or ()
    return joined(
        tag(
            "dl",
            (joined(tag("dt", key), tag("dd", str(value))) for key, value in told if value),
            class_="facts",
        ),
        tag("ul", (tag("li", _fell(item)) for item in fell)) if fell else None,
        tag(
            "p",
            "Verdicts come from what the recogniser heard. Where it misheard, a verdict may be wrong: every quote "
            "can be checked against the recording, and doubt is said as doubt.",
            class_="hint",
        ),
    )


def _fell(item: _Json) -> str:
    instead = f", {item['to']} took its place" if item.get("to") else ""
    return f"{item['name']} failed{instead}: {item['reason']}"


def events(report: Report) -> Html:
    """The timeline as a table: what can be seen in the picture, in words."""
    found = [
        (item["start"], item["end"], labels.STAGES.get(item["id"], item["id"])) for item in report.stages
    ]
    found += [(span.start, span.end, "Coach speaks") for span in moments.turns_of(report, "coach")]
    if report.is_timed:
        found += [(gap.start, gap.end, "Pause") for gap in moments.pauses(report)]
    body = [(labels.clock(start), labels.clock(end), what) for start, end, what in sorted(found)]
    tables = [scrolled("What happened when", rows(("From", "To", "What"), body, "What happened when"))]
    if report.is_timed:
        known = dict(moments.pace(report))
        half = [
            (labels.clock(at), _pace_at(known, at + moments.BIN_S / 2), str(count))
            for at, count in moments.fillers(report)
        ]
        tables.append(
            scrolled(
                "Pace and fillers",
                rows(("From", "Words a minute", "Fillers"), half, "Pace and fillers, by half minute"),
            )
        )
    return tag("details", tag("summary", "The timeline as a table"), tables)


def _pace_at(known: Mapping[float, float | None], at: float) -> str:
    value = known.get(at)
    return "too little said" if value is None else f"{value:.0f}"
