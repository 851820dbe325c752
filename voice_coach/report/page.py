"""The whole page: one file that asks for nothing outside itself."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from voice_coach.report import after, measures, pictures
from voice_coach.report.data import Report
from voice_coach.report.findings import Findings
from voice_coach.report.labels import clock
from voice_coach.report.markup import Html, joined, tag, trusted
from voice_coach.report.quotes import Quotes, scrolled
from voice_coach.report.transcript import Transcript
from voice_coach.report.verdict import verdict

_GROUPS = (
    ("checklist", "Checklist"),
    ("mistakes", "Mistakes"),
    ("delivery", "Delivery"),
    ("clarification", "Questions before the design"),
    ("deep_dives", "Deep dives"),
)
_AFTER = (
    ("drill", "The drill", after.drill),
    ("redos", "Said again", after.redos),
    ("corrections", "What you put right", after.corrections),
)


def page(report: Report) -> str:
    """The report as HTML. The same report gives the same text."""
    style, script = _asset("page.css"), _asset("page.js")
    sections = list(_sections(report))
    return "<!doctype html>\n" + tag(
        "html",
        tag(
            "head",
            tag("meta", charset="utf-8"),
            tag("meta", http_equiv="Content-Security-Policy", content=_policy(style, script)),
            tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
            tag("meta", name="color-scheme", content="light dark"),
            tag("meta", name="referrer", content="no-referrer"),
            tag("title", f"{report.title}: rehearsal"),
            tag("style", trusted(style)),
        ),
        tag(
            "body",
            tag("a", "Skip to the transcript", class_="skip", href="#transcript"),
            _head(report, sections),
            tag("main", (_section(*item) for item in sections)),
            tag(
                "footer",
                tag("p", "Written by voice-coach. Everything in this file stays in this file."),
                class_="foot",
            ),
            _player(report),
            tag("script", trusted(script)),
            class_="has-sound" if report.has_sound else "is-silent",
        ),
        lang="en",
    )


def _head(report: Report, sections: list[tuple[str, str, Html]]) -> Html:
    started = next(iter(report.lines("session_started")), {})
    told = [report.started, f"{started['pressure']} pressure" if started.get("pressure") else ""]
    return tag(
        "header",
        tag("p", "System-design rehearsal", class_="eyebrow"),
        tag("h1", report.title),
        tag("p", " · ".join(item for item in told if item), class_="meta"),
        tag(
            "nav",
            tag("ul", (tag("li", tag("a", title, href=f"#{id_}")) for id_, title, _ in sections)),
            aria_label="Parts of this report",
        ),
    )


def _section(id_: str, title: str, content: Html) -> Html:
    return tag(
        "section", tag("h2", title, id=f"{id_}-title"), content, id=id_, aria_labelledby=f"{id_}-title"
    )


def _sections(report: Report) -> Iterator[tuple[str, str, Html]]:
    """Id, title and content of each."""
    quotes = Quotes(report)
    findings = Findings(report, quotes)
    yield "verdict", "In ten seconds", verdict(report, quotes, findings)
    for id_, title, written in _AFTER:
        if report.analysis.get(id_):
            yield id_, title, written(report, quotes)
    yield "timeline", "Timeline", _timeline(report)
    for id_, title in () if report.is_drill else _GROUPS:
        if not findings.is_judged(id_):
            continue  # why is said once, at the top
        yield (
            id_.replace("_", "-"),
            title,
            joined(tag("p", findings.counted(id_), class_="counted"), findings.group(id_)),
        )
        if id_ == "checklist" and report.analysis.get("adaptation"):
            yield "scope", "Change of scope", findings.changes()
    yield "transcript", "Transcript", Transcript(report, quotes).section()
    yield "speech", "Speech", measures.speech(report, quotes)
    compared = measures.earlier(report)
    if compared:
        yield "earlier", "Compared with earlier", compared
    opinion = measures.second_opinion(report, quotes)
    if opinion:
        yield "opinion", "A second opinion", opinion
    yield "spoken", "Feedback, line by line", _spoken(report, quotes)
    yield (
        "engines",
        "How this was measured",
        joined(measures.engines(report), None if report.is_drill else measures.score(report)),
    )


def _timeline(report: Report) -> Html:
    line = pictures.timeline(report)
    laid_out = (
        "" if report.is_timed else "Times are laid out at a steady pace, because the words came without any. "
    )
    hear = tag("span", "Click in it to hear that moment. ", class_="screen") if report.has_sound else None
    return joined(
        tag(
            "p",
            laid_out,
            hear,
            "Circles are quotes that count for you, crosses are quotes of mistakes",
            "; the band is the usual pace, and up to the dashed line, five a minute, fillers do no harm."
            if report.is_timed
            else ".",
            class_="hint",
        ),
        scrolled("Timeline of the answer", line.svg),
        measures.events(report),
        None if report.is_drill else _phases(report),
    )


def _phases(report: Report) -> Html:
    budget = pictures.phases(report)
    return joined(
        tag("h3", "Phases against their budget"),
        tag(
            "p",
            f"Bars are your {clock(report.analysis['pacing']['answer_s'])}; "
            if report.is_timed
            else "Bars are shares of your words, which came without times; ",
            "the line is the budget, the band what is fine.",
            class_="hint",
        ),
        scrolled("Phases against their budget", budget.svg),
        tag("p", budget.summary, ".", class_="unseen"),
    )


def _spoken(report: Report, quotes: Quotes) -> Html:
    """Each line, heard again where it was read out."""
    read = {line["text"]: line for line in report.lines("coach_said") if line.get("intent") == "feedback"}
    feedback = report.analysis["feedback"]
    lines = feedback.get("lines") or [feedback["spoken"]]
    return tag(
        "ol",
        (
            tag("li", quotes.heard(read[line]["start"], read[line]["end"]) if line in read else None, line)
            for line in lines
        ),
        class_="lines",
    )


def _player(report: Report) -> Html | None:
    if report.sound is None or not report.has_sound:
        return None
    return tag(
        "aside",
        tag(
            "audio", id="sound", controls=True, preload="auto", src=report.sound(), aria_label="The recording"
        ),
        tag("p", id="now", class_="now", aria_hidden="true"),
        tag("button", "Back to the quote", id="back", class_="hear", type="button", hidden=True),
        class_="player",
        aria_label="Player",
    )


def _policy(style: str, script: str) -> str:
    """Nothing is fetched; only the page's own style and script count, whatever else may have slipped in."""
    return (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; media-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(content: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()


@cache
def _asset(name: str) -> str:
    return files("voice_coach.report").joinpath(name).read_text(encoding="utf-8")
