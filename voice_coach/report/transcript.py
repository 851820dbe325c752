"""The transcript: every word with its time, fillers, terms, corrections, pauses and quotes marked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from voice_coach.core.lexicon import mentions
from voice_coach.core.transcript import Word
from voice_coach.report import labels
from voice_coach.report.data import Report
from voice_coach.report.markup import Html, joined, tag
from voice_coach.report.moments import THINKING_S, holds, word_id
from voice_coach.report.quotes import Quotes

_COMMANDS = {
    "done": "I'm done",
    "think": "give me a minute",
    "time": "how much time do I have?",
    "how_am_i_doing": "how am I doing?",
}
"""What is said for commands whose name does not say it: a key says nothing."""
_EDGE_S = 0.015
"""Times are rounded to 10 ms."""
_Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Cited:
    """Words that a verdict rests on."""

    start: float
    end: float
    group: str
    id: str


class Transcript:
    """Writes the transcript of *report*."""

    def __init__(self, report: Report, quotes: Quotes) -> None:
        self._report = report
        self._quotes = quotes
        self._ids: set[str] = set()
        self._holds = holds(report)
        fillers = report.analysis["speech"]["fillers"] or ()
        self._fillers = [(item["start"], item["end"]) for item in fillers if item["start"] is not None]
        self._cited = list(_cited(report))
        self._lines = sorted(
            (line for line in report.lines("coach_said") if line.get("intent") != "feedback"),
            key=lambda line: float(line.get("start", 0.0)),
        )

    def section(self) -> Html:
        """All of it."""
        entries = [(float(turn["start"]), self._turn(turn)) for turn in self._report.turns if turn["words"]]
        entries += [(float(line["t"]), tag("li", note, class_="note")) for line, note in _notes(self._report)]
        entries.sort(key=lambda entry: entry[0])
        return joined(self._legend(), tag("ol", (entry for _, entry in entries), class_="turns"))

    def _legend(self) -> Html:
        heard = (
            tag(
                "p",
                "Click a word to hear it from there. With a word in focus, the arrow keys go from word to word and ",
                tag("kbd", "Enter"),
                " plays; ",
                tag("kbd", "Space"),
                " plays and pauses anywhere.",
                class_="hint screen",
            )
            if self._report.has_sound
            else None
        )
        return joined(
            heard,
            tag(
                "p",
                "Marked: ",
                tag("span", "um", class_="f"),
                " fillers, ",
                tag("span", "cache", class_="m"),
                " backend terms, ",
                tag("span", "idempotency key", class_="c"),
                tag("span", " (heard: ID potency key)", class_="heard"),
                " words that were put right, ",
                tag("span", "quoted words", class_="e"),
                " what a verdict rests on, ",
                tag("span", "3 s", class_="gap"),
                " pauses of two seconds and more.",
                class_="hint legend",
            ),
        )

    def _turn(self, turn: _Json) -> Html:
        is_coach = turn["speaker"] == "coach"
        words = turn["words"]
        chips = self._intents(turn) if is_coach else ()
        head = tag(
            "div",
            tag("span", "Coach" if is_coach else "You", class_="name"),
            " ",
            self._quotes.moment(float(words[0]["start"])),
            (joined(" ", tag("span", chip, class_="chip")) for chip in chips),
            class_="who",
        )
        body = self._plain(words) if is_coach else self._marked(words)
        return tag(
            "li", head, tag("p", body, class_="words"), class_="turn coach" if is_coach else "turn you"
        )

    def _intents(self, turn: _Json) -> list[str]:
        inside = (
            line.get("intent")
            for line in self._lines
            if turn["start"] - 0.5 <= float(line.get("start", -1)) < turn["end"]
        )
        return list(dict.fromkeys(labels.INTENTS[intent] for intent in inside if intent in labels.INTENTS))

    def _plain(self, words: Sequence[_Json]) -> Iterator[Html]:
        for word in words:
            yield joined(self._word(word, ""), " ")

    def _marked(self, words: Sequence[_Json]) -> Iterator[Html]:
        terms = _terms(words, self._report)
        before: float | None = None
        for index, word in enumerate(words):
            if before is not None and self._report.is_timed:
                yield from self._gap(before, float(word["start"]))
            before = float(word["end"])
            cited = [item for item in self._cited if _covers(item, word)]
            kinds = {
                "f": word["filler"]
                or any(low - _EDGE_S <= word["start"] < high for low, high in self._fillers),
                "m": index in terms,
                "c": bool(word.get("heard")),
                "e": bool(cited),
            }
            yield self._word(word, " ".join(key for key, holds_ in kinds.items() if holds_))
            if word.get("heard"):
                yield tag("span", " (heard: ", word["heard"], ")", class_="heard")
            for item in cited:
                if abs(item.end - word["end"]) <= _EDGE_S:
                    yield joined(" ", _reference(item))
            yield joined(" ")

    def _word(self, word: _Json, kinds: str) -> Html:
        start, end = float(word["start"]), float(word["end"])
        id_: str | None = word_id(start)
        if id_ in self._ids:
            id_ = None
        else:
            self._ids.add(word_id(start))
        heard = {"data_t": f"{start:.2f}", "data_e": f"{end:.2f}"} if self._report.is_timed else {}
        return tag("span", word["text"], class_=f"w {kinds}".strip(), id=id_, **heard)

    def _gap(self, start: float, end: float) -> Iterator[Html]:
        if any(hold.within(start, end) for hold in self._holds):
            yield joined(tag("span", "paused", class_="gap"), " ")
        elif end - start >= THINKING_S:
            shown = f"{end - start:.0f} s"
            yield joined(tag("span", shown, tag("span", " of silence", class_="unseen"), class_="gap"), " ")


def _covers(item: _Cited, word: _Json) -> bool:
    return bool(item.start - _EDGE_S <= word["start"] and word["end"] <= item.end + _EDGE_S)


def _cited(report: Report) -> Iterator[_Cited]:
    for group, finding, _ in report.cited():
        for item in finding.get("evidence") or ():
            yield _Cited(float(item["start"]), float(item["end"]), group, finding["id"])


def _reference(item: _Cited) -> Html:
    return tag("a", labels.title(item.id), class_=f"ref {item.group}", href=f"#{item.group}-{item.id}")


def _terms(words: Sequence[_Json], report: Report) -> frozenset[int]:
    """The indices of the words that name a backend term."""
    spoken = [Word(text=word["text"], start_s=word["start"], end_s=word["end"]) for word in words]
    return frozenset(
        index
        for found in mentions(spoken, report.lexicon)
        for index in range(found.span.first, found.span.end)
    )


def _notes(report: Report) -> Iterator[tuple[_Json, Html]]:
    """What happened besides talk."""
    last = max((float(turn["end"]) for turn in report.turns), default=0.0)
    for line in report.lines("command", "device_lost", "device_back", "machine_slept"):
        if float(line["t"]) > last + 1.0:
            continue
        at = labels.clock(float(line["t"]))
        match line["kind"]:
            case "command":
                name = str(line.get("name"))
                said = line.get("said") or _COMMANDS.get(name, name.replace("_", " "))
                yield line, joined(at, " You: “", str(said), "”")
            case "device_lost":
                yield line, joined(at, " The sound was lost: ", str(line.get("reason", line.get("role", ""))))
            case "device_back":
                yield line, joined(at, " The sound was back")
            case _:
                yield line, joined(at, " The machine slept")
