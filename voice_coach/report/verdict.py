"""What there is to know in ten seconds: the score, the length, what to keep, what to work on, what comes next."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice
from typing import Any

from voice_coach.report import labels
from voice_coach.report.data import Report
from voice_coach.report.findings import Findings, try_saying
from voice_coach.report.markup import Html, joined, tag
from voice_coach.report.quotes import Quotes

_QUOTED = re.compile(r'["“]([^"“”]+)["”]')
_ORDER = ("First to work on", "Then", "And")


def verdict(report: Report, quotes: Quotes, findings: Findings) -> Html:
    """The top of the page."""
    feedback = report.analysis["feedback"]
    return joined(
        tag("div", _score(report, findings), _length(report), _next(report), class_="tiles"),
        _not_judged(report),
        tag(
            "div",
            (
                _card("keep", "Keep", strength, _quoted(strength, report, quotes))
                for strength in feedback["strengths"]
            ),
            (
                _improvement(item, _ORDER[min(index, len(_ORDER) - 1)], quotes)
                for index, item in enumerate(feedback["improvements"])
            ),
            class_="cards",
        ),
    )


def _score(report: Report, findings: Findings) -> Html:
    total = report.analysis["score"]["total"]
    shown = (
        tag("p", "No score", class_="big word")
        if total is None
        else tag("p", f"{total:.0f}", tag("span", " of 100", class_="of"), class_="big")
    )
    heard = _passed(report) if report.is_drill else findings.counted("checklist")
    return tag(
        "div",
        tag("h3", "Score"),
        shown,
        tag(
            "p",
            heard if heard == "not judged" else heard.replace(" heard", " elements heard"),
            class_="under",
        ),
        class_="tile",
    )


def _length(report: Report) -> Html:
    took = labels.clock(report.analysis["pacing"]["answer_s"])
    return tag(
        "div",
        tag("h3", "Your time"),
        tag(
            "p", took if report.is_timed else f"about {took}", class_="big" if report.is_timed else "big word"
        ),
        _against_target(report),
        class_="tile",
    )


def _against_target(report: Report) -> Html | None:
    """How the length compares; nothing is known where it was not measured."""
    if not report.is_timed:
        return tag(
            "p", "at an ordinary pace: the words came without times, so it is not judged", class_="under"
        )
    # A drill has a time of its own for each round and no range to lie in.
    if report.is_drill:
        return None
    pacing = report.analysis["pacing"]
    low, high = labels.clock(pacing["target_min_s"]), labels.clock(pacing["target_max_s"])
    place = labels.LENGTHS.get(pacing["verdict"], "")
    return tag("p", f"{place} the target of {low} to {high}", class_="under")


def _passed(report: Report) -> str:
    return "passed" if report.analysis["drill"].get("passed") else "not passed yet"


def _next(report: Report) -> Html | None:
    drill = report.analysis["feedback"].get("next_drill")
    if not drill:
        return None
    return tag(
        "div",
        tag("h3", "Next"),
        tag("p", labels.title(drill), class_="big word"),
        tag("p", tag("code", f"voice-coach drill {drill}"), class_="under"),
        class_="tile",
    )


def _not_judged(report: Report) -> Html | None:
    found = report.analysis["checklist"]
    if report.is_drill or any(item["verdict"] != "not_assessed" for item in found):
        return None
    why = next((item["why"] for item in found if item["why"]), "")
    return tag("p", tag("strong", "This answer was not judged. "), why, class_="banner")


def _card(kind: str, title: str, *content: Html | str | None) -> Html:
    return tag(
        "div",
        tag("h3", title),
        (tag("p", item) if not isinstance(item, Html) else item for item in content if item),
        class_=f"card {kind}",
    )


def _quoted(strength: str, report: Report, quotes: Quotes) -> Html | None:
    """Where what *strength* quotes was said: it is a part of a verdict's evidence."""
    said = _QUOTED.search(strength)
    if said is None:
        return None
    words = said[1].strip(" .,;")
    found = (
        evidence
        for group in ("checklist", "delivery", "deep_dives", "clarification")
        for item in report.analysis[group]
        for evidence in item["evidence"]
        if words and words in evidence["quote"]
    )
    return quotes.quotes(list(islice(found, 1)))


def _improvement(item: Mapping[str, Any], title: str, quotes: Quotes) -> Html:
    saying = item.get("try_saying")
    return _card(
        "fix",
        title,
        item["text"],
        quotes.quotes(item.get("evidence") or ()),
        None if not saying else try_saying(saying),
    )
