"""An analysis in a dozen lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voice_coach.core.counting import counted
from voice_coach.core.verdict_told import Told, told
from voice_coach.tui.words import clock_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


_SAID = {"met": "yes", "not_met": "no"}
_DOUBTED = {"met": "perhaps", "not_met": "perhaps not"}
_NOT_JUDGED = "not judged"


def summary(analysis: Mapping[str, Any], doubt_below: float) -> list[str]:
    """The analysis (contract form) in a dozen lines; verdicts of less confidence than *doubt_below* are doubted."""
    speech = analysis["speech"]
    lines = ["", _length(analysis)]
    if speech["wpm"] is not None:
        lines.append(f"Speech: {', '.join(_measured(speech))}")
    lines += _checklist(analysis["checklist"], doubt_below)
    found = _found(analysis, doubt_below)
    lines += [f"  {title}: {', '.join(names)}" for title, names in found if names]
    lines += ["", "Feedback:", *(f"  {line}" for line in analysis["feedback"]["lines"])]
    return [*lines, *_second_opinion(analysis), *_model_use(analysis)]


def _length(analysis: Mapping[str, Any]) -> str:
    """How long the answer took, against the target; where the words came without times neither is known."""
    pacing = analysis["pacing"]
    took = clock_text(pacing["answer_s"])
    if "times" in analysis["source"]:
        return (
            f"Answer: about {took} at an ordinary pace. The words came without times, so all times are estimated, "
            "and neither length nor pace is judged."
        )
    low, high = clock_text(pacing["target_min_s"]), clock_text(pacing["target_max_s"])
    return f"Answer: {took} ({pacing['verdict']}; the target is {low} to {high})"


def _checklist(items: Sequence[Mapping[str, Any]], doubt_below: float) -> Iterator[str]:
    """Each of *items* and whether it was heard; why, where none of them was judged."""
    if all(told(item, doubt_below) is Told.NONE for item in items):
        yield f"Not judged: {next((item['why'] for item in items if item['why']), 'no reason is known.')}"
        return
    marks = [_mark(item, doubt_below) for item in items]
    width = max(map(len, marks))
    for item, mark in zip(items, marks, strict=True):
        yield f"  {mark:{width}}  {_named(item)}{' (when asked)' if item['prompted'] else ''}"


def _mark(item: Mapping[str, Any], doubt_below: float) -> str:
    """Whether *item* of the checklist was heard, as surely as that is known."""
    said = _DOUBTED if told(item, doubt_below) is Told.DOUBT else _SAID
    return said.get(item["verdict"], _NOT_JUDGED)


def _named(item: Mapping[str, Any]) -> str:
    name: str = item["id"]
    return name.replace("_", " ")


def _second_opinion(analysis: Mapping[str, Any]) -> Iterator[str]:
    """What a language model adds, each with the candidate's own words."""
    found = analysis.get("second_opinion", {"changes": [], "sentences": []})
    if found["changes"] or found["sentences"]:
        yield ""
        yield "A second opinion, by a language model:"
    for change in found["changes"]:
        name, after = change["id"].replace("_", " "), change["after"].replace("_", " ")
        yield f'  {name}: {after}, by "{change["evidence"][0]["quote"]}"'
    for sentence in found["sentences"]:
        quote = sentence["evidence"][0]
        yield f'  {sentence["text"]} ({clock_text(quote["start"])}: "{quote["quote"]}")'


def _model_use(analysis: Mapping[str, Any]) -> Iterator[str]:
    if "language_model" in analysis:
        used = analysis["language_model"]
        cost = "" if used["cost"] is None else f", {used['cost']:.3f} of {used['cost_allowed']:g} spent"
        yield ""
        yield (
            f"Language model {analysis['engines']['llm']}: {counted(used['requests'], 'request')}, "
            f"{used['tokens']:,} of {counted(used['tokens_allowed'], 'token')}{cost}"
        )


def _found(analysis: Mapping[str, Any], doubt_below: float) -> Iterator[tuple[str, list[str]]]:
    """What else was found, by the title of its line."""
    for title, group, verdict in (
        ("mistakes", "mistakes", "made"),
        ("delivery", "delivery", "met"),
        ("settled", "clarification", "met"),
        ("deep dives", "deep_dives", "met"),
    ):
        yield (
            title,
            [
                f"{_named(item)} (perhaps)" if told(item, doubt_below) is Told.DOUBT else _named(item)
                for item in analysis[group]
                if item["verdict"] == verdict
            ],
        )


def _measured(speech: Mapping[str, Any]) -> Iterator[str]:
    """What could be measured: a transcript need not show pauses, nor when a filled one was."""
    yield counted(speech["words"], "word")
    yield f"{speech['wpm']:.0f} a minute"
    if speech["fillers"] is not None:
        yield counted(len(speech["fillers"]), "filler")
    if speech["longest_pause_s"] is not None:
        yield f"longest pause {speech['longest_pause_s']:.1f} s"
