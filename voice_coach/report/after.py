"""What came after the answer: what was put right, what was said again, and how a drill went."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from voice_coach.core.counting import counted
from voice_coach.report import labels
from voice_coach.report.data import Report
from voice_coach.report.findings import sign
from voice_coach.report.markup import Html, joined, tag
from voice_coach.report.quotes import Quotes

_Json = Mapping[str, Any]
_KINDS = {"met": "good", "not_made": "good", "not_met": "bad", "made": "bad"}


def drill(report: Report, quotes: Quotes) -> Html:
    """How often it was tried, what it came to, and each of its parts with its quotes."""
    found = report.analysis["drill"]
    told = [
        "passed" if found.get("passed") else "not passed yet",
        f"{found['score']:.0f} of 100" if found.get("score") is not None else "",
        f"{counted(round(found['seconds']), 'second')}" if found.get("seconds") else "",
        f"attempt {found['attempt']}" if found.get("attempt") else "",
    ]
    return joined(
        tag(
            "p",
            f"{labels.title(str(found.get('kind', '')))}: ",
            ", ".join(item for item in told if item),
            ".",
        ),
        tag("ul", (_part(item, quotes) for item in found.get("items") or ()), class_="findings"),
    )


def redos(report: Report, quotes: Quotes) -> Html:
    """What was said again, before and after."""
    del quotes  # what is said again is no part of the answer, so there is no place to lead to
    return tag("ul", (_redo(item) for item in report.analysis["redos"]), class_="findings")


def corrections(report: Report, quotes: Quotes) -> Html:
    """Which verdicts were set anew, and by which words."""
    return tag(
        "ul", (_correction(item, quotes) for item in report.analysis["corrections"]), class_="findings"
    )


def _part(item: _Json, quotes: Quotes) -> Html:
    return _entry(
        labels.title(item["id"]),
        str(item.get("verdict", "")),
        labels.said(str(item.get("verdict", ""))),
        tag("p", item["why"]) if item.get("why") else None,
        quotes.quotes(item.get("evidence") or ()),
        id_=f"drill-{item['id']}",
    )


def _redo(item: _Json) -> Html:
    before, after = str(item.get("verdict_before", "")), str(item.get("verdict_after", ""))
    return _entry(
        labels.title(item["item"]),
        after,
        f"{labels.said(before)}, then {labels.said(after).lower()}",
        tag("p", tag("span", "Goal: ", class_="label"), item["goal"]) if item.get("goal") else None,
        tag("p", "Before: “", item["before"], "”") if item.get("before") else None,
        tag("p", "After: “", item["after"], "”") if item.get("after") else None,
    )


def _correction(item: _Json, quotes: Quotes) -> Html:
    before, after = str(item.get("before", "")), str(item.get("after", ""))
    has_quote = {"start", "end", "quote"} <= set(item)
    return _entry(
        labels.title(item["item"]),
        after,
        f"{labels.said(before)} at first, {labels.said(after).lower()} after you said so",
        quotes.quotes([item]) if has_quote else None,
    )


def _entry(title: str, verdict: str, said: str, *content: Html | None, id_: str | None = None) -> Html:
    kind = _KINDS.get(verdict, "none")
    return tag(
        "li",
        tag(
            "div",
            sign(kind),
            tag("h3", title),
            " ",
            tag("span", said, class_=f"verdict {kind}"),
            class_="head",
        ),
        content,
        class_=f"finding {kind}",
        id=id_,
    )
