"""Quotes and times that lead to their place in the transcript, and sound where there is sound."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from voice_coach.report.data import Report
from voice_coach.report.labels import clock
from voice_coach.report.markup import Html, joined, tag
from voice_coach.report.moments import Places


class Quotes:
    """Makes the links of one report."""

    def __init__(self, report: Report) -> None:
        self._has_sound = report.has_sound
        self._is_timed = report.is_timed
        self._places = Places(report)

    def moment(self, at: float) -> Html:
        """A time that is jumped to, and heard from there on."""
        shown = self._shown(at)
        anchor = self._places.anchor(at)
        label = f"{'Hear from' if self._has_sound else 'Go to'} {shown}"
        if anchor is None:
            return tag("span", shown, class_="at")
        return tag("a", shown, class_="at", href=f"#{anchor}", aria_label=label, **self._heard(at, None))

    def quote(self, evidence: Mapping[str, Any]) -> Html:
        """The candidate's words, with their time."""
        at, until = float(evidence["start"]), float(evidence["end"])
        anchor = self._places.anchor(at)
        words = joined("“", evidence["quote"], "”")
        shown = tag("span", self._shown(at), class_="time")
        if anchor is None:
            return tag("q", shown, " ", words, class_="quote")
        return tag("a", shown, " ", words, class_="quote", href=f"#{anchor}", **self._heard(at, until))

    def quotes(self, evidence: Sequence[Mapping[str, Any]]) -> Html | None:
        """All of them as a list; None where there are none."""
        if not evidence:
            return None
        return tag("ul", (tag("li", self.quote(item)) for item in evidence), class_="quotes")

    def heard(self, at: float, until: float) -> Html | None:
        """A button for what lies outside the answer; None without sound."""
        if not self._has_sound:
            return None
        return tag("button", "Hear", class_="hear", type="button", **self._heard(at, until))

    def _shown(self, at: float) -> str:
        return clock(round(at)) if self._is_timed else f"about {clock(round(at))}"

    def _heard(self, at: float, until: float | None) -> dict[str, str | None]:
        """What makes a link sound. Without sound it still marks the words."""
        return {"data_at": f"{at:.2f}", "data_until": None if until is None else f"{until:.2f}"}


def rows(
    head: Sequence[str], body: Iterator[Sequence[Html | str]] | Sequence[Sequence[Html | str]], caption: str
) -> Html:
    """A table that says what it shows; its first column names the row."""
    return tag(
        "table",
        tag("caption", caption),
        tag("thead", tag("tr", (tag("th", cell, scope="col") for cell in head))),
        tag(
            "tbody",
            (
                tag("tr", tag("th", row[0], scope="row"), (tag("td", cell) for cell in row[1:]))
                for row in body
            ),
        ),
    )


def scrolled(name: str, *content: Html) -> Html:
    """*content* that may be wider than the page: it scrolls, by keyboard as well."""
    return tag("div", content, class_="scroll", role="region", aria_label=name, tabindex="0")
