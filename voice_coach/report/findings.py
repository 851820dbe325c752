"""What was listened for: checklist, mistakes, delivery, clarification, deep dives and changes of scope."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from voice_coach.core.counting import counted
from voice_coach.report import labels
from voice_coach.report.data import Report
from voice_coach.report.markup import Html, joined, tag
from voice_coach.report.quotes import Quotes

_Json = Mapping[str, Any]
_SIGNS = {"good": "✓", "bad": "✗", "doubt": "?", "none": "–"}


class Findings:
    """Writes the verdicts of *report*."""

    def __init__(self, report: Report, quotes: Quotes) -> None:
        self._report = report
        self._quotes = quotes
        advice = report.analysis["feedback"]["improvements"]
        self._sayings = {item["item"]: item["try_saying"] for item in advice if item.get("try_saying")}

    def group(self, name: str) -> Html:
        """All verdicts of the group *name*, in the rubric's order."""
        return tag(
            "ul", (self._finding(name, item) for item in self._report.analysis[name]), class_="findings"
        )

    def is_judged(self, name: str) -> bool:
        """Whether anything of the group *name* was."""
        return any(item["verdict"] != "not_assessed" for item in self._report.analysis[name])

    def counted(self, name: str) -> str:
        """How many of the group were heard or made, in words."""
        found = self._report.analysis[name]
        judged = [item for item in found if item["verdict"] != "not_assessed"]
        if not judged:
            return "not judged"
        if name == "mistakes":
            made = sum(item["verdict"] == "made" for item in judged)
            return "none made" if not made else f"{made} of {len(judged)} made"
        return f"{sum(item['verdict'] == 'met' for item in judged)} of {len(judged)} heard"

    def changes(self) -> Html:
        """How each change of scope was taken up."""
        return tag(
            "ul",
            (self._change(item) for item in self._report.analysis.get("adaptation", ())),
            class_="findings",
        )

    def _finding(self, group: str, item: _Json) -> Html:
        kind, said = labels.verdict(item, self._report.doubt_below)
        return tag(
            "li",
            tag(
                "div",
                sign(kind),
                tag("h3", labels.title(item["id"])),
                " ",
                tag("span", said, class_=f"verdict {kind}"),
                (joined(" ", chip) for chip in self._chips(item, kind)),
                class_="head",
            ),
            tag("p", item["why"]) if item["why"] else None,
            self._quotes.quotes(item["evidence"]),
            self._saying(item["id"]) if group in {"checklist", "delivery", "mistakes"} else None,
            class_=f"finding {kind}",
            id=f"{group}-{item['id']}",
        )

    def _chips(self, item: _Json, kind: str) -> Iterator[Html]:
        if kind == "doubt":
            yield tag("span", f"{100 * item['confidence']:.0f} % sure: judge for yourself", class_="chip")
        if item["verdict"] == "met" and "prompted" in item:
            yield tag("span", "when asked" if item["prompted"] else "unasked", class_="chip")

    def _saying(self, id_: str) -> Html | None:
        saying = self._sayings.get(id_)
        return None if saying is None else try_saying(saying)

    def _change(self, item: _Json) -> Html:
        taken = item["taken_up"]["verdict"]
        kind, said = {"met": ("good", "Taken up"), "not_met": ("bad", "Not taken up")}.get(
            taken, ("none", "Not judged")
        )
        first = item["first_content_s"]
        moved = (
            tag(
                "div",
                tag("p", "Moved: ", revisited["part"].replace("_", " ").replace("-", " ")),
                self._quotes.quotes([*revisited["before"], *revisited["after"]]),
            )
            for revisited in item["revisited"]
        )
        return tag(
            "li",
            tag(
                "div",
                sign(kind),
                tag("h3", item["text"]),
                " ",
                tag("span", said, class_=f"verdict {kind}"),
                class_="head",
            ),
            tag(
                "p",
                "It came at ",
                self._quotes.moment(item["at"]),
                "" if first is None else f"; the first word about it took {counted(round(first), 'second')}",
                ".",
            ),
            self._quotes.quotes(item["taken_up"]["evidence"] or item["first_content"]),
            moved,
            class_=f"finding {kind}",
        )


def try_saying(saying: str) -> Html:
    """What one could say."""
    return tag("p", tag("span", "Try saying: ", class_="label"), "“", saying, "”", class_="saying")


def sign(kind: str) -> Html:
    """The mark of a kind of verdict; its words stand beside it."""
    return tag("span", _SIGNS[kind], class_=f"sign {kind}", aria_hidden="true")
