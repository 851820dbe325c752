"""Text never becomes markup, whatever was said."""

from __future__ import annotations

import copy
from html.parser import HTMLParser
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.report import made
from voice_coach.report import after, measures
from voice_coach.report.data import Report
from voice_coach.report.findings import Findings
from voice_coach.report.markup import Html, joined, tag, text
from voice_coach.report.quotes import Quotes
from voice_coach.report.transcript import Transcript
from voice_coach.report.verdict import verdict

HOSTILE = "</p><script>alert('x')</script><img src=x onerror=\"y\">&amp;<!--"


class Structure(HTMLParser):
    """The elements of a page with their attributes' names, and its text."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, tuple[str, ...]]] = []
        self.pieces: list[str] = []
        self.comments: list[str] = []
        self.feed(markup)
        self.close()

    @property
    def read(self) -> str:
        return "".join(self.pieces)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, tuple(name for name, _ in attrs)))

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)


def said_everywhere(said: str) -> Report:
    """A session in which every free text is *said*."""
    document = copy.deepcopy(made.analysis())
    turns = document["transcript"]["turns"]
    for item in turns:
        item["text"] = said
        for word in item["words"]:
            word["text"] = said
    turns[1]["words"][3]["heard"] = said or "x"
    for group in ("checklist", "mistakes", "delivery", "clarification", "deep_dives"):
        for item in document[group]:
            item["why"] = said or "x"
            item["evidence"] = [{**quote, "quote": said} for quote in item["evidence"]]
    feedback: dict[str, Any] = document["feedback"]
    # What a strength quotes becomes a link where it is found; this is not.
    feedback["strengths"], feedback["lines"] = [f'"nobody said this" {said}'], [said]
    feedback["improvements"] = [{"text": said or "x", "item": "x", "evidence": [], "try_saying": said or "x"}]
    document["redos"] = [
        {"item": said or "x", "goal": said or "x", "before": said or "x", "after": said or "x"}
    ]
    document["corrections"] = [{"item": "api", "quote": said, "start": 1.0, "end": 2.0}]
    document["drill"] = {"kind": said, "items": [{"id": said, "why": said or "x"}]}
    document["engines"]["stt"] = said or "x"
    lines = [{**line, "text": said} for line in made.journal(document)]
    lines.append({"t": 9.0, "kind": "command", "name": "pause", "said": said or "x"})
    return Report(
        name=said or "x", title=said, started=said, analysis=document, journal=lines, sound=lambda: "data:,"
    )


def parts(report: Report) -> Html:
    """All but the pictures, in which nothing is said."""
    quotes = Quotes(report)
    findings = Findings(report, quotes)
    return joined(
        verdict(report, quotes, findings),
        *(findings.group(name) for name in ("checklist", "mistakes", "delivery")),
        Transcript(report, quotes).section(),
        after.redos(report, quotes),
        after.corrections(report, quotes),
        after.drill(report, quotes),
        measures.engines(report),
    )


PLAIN = Structure(parts(said_everywhere("plain")))


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=40))
@example(HOSTILE)
@example("\x00\ud800]]>")
def test_nothing_that_is_said_becomes_markup(said: str) -> None:
    found = Structure(parts(said_everywhere(said)))
    assert found.elements == PLAIN.elements
    assert not found.comments


def test_what_is_said_is_read_as_it_was() -> None:
    assert Structure(parts(said_everywhere(HOSTILE))).read.count(HOSTILE) > 100


@given(st.text())
def test_text_comes_back_but_for_characters_that_no_page_may_hold(said: str) -> None:
    read = Structure(tag("p", said)).read
    assert len(read) <= len(said)
    if said.isprintable():
        assert read == said


@given(st.text())
def test_an_attribute_is_one_attribute(said: str) -> None:
    assert Structure(tag("p", title=said)).elements == [("p", ("title",))]


def test_what_is_written() -> None:
    assert tag("p", "a", None, ["b", text("<")], class_="x", data_at=1.5, hidden=True, id=None) == (
        '<p class="x" data-at="1.5" hidden>ab&lt;</p>'
    )
    assert tag("meta", charset="utf-8") == '<meta charset="utf-8">'
