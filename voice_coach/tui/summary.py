"""An analysis in a dozen lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voice_coach.core.counted import counted
from voice_coach.tui.words import clock_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def summary(analysis: Mapping[str, Any]) -> list[str]:
    """The analysis (contract form) in a dozen lines."""
    pacing, speech = analysis["pacing"], analysis["speech"]
    low, high = clock_text(pacing["target_min_s"]), clock_text(pacing["target_max_s"])
    lines = [
        "",
        f"Answer: {clock_text(pacing['answer_s'])} ({pacing['verdict']}; the target is {low} to {high})",
    ]
    if speech["wpm"] is not None:
        lines.append(f"Speech: {', '.join(_measured(speech))}")
    for item in analysis["checklist"]:
        mark = {"met": "yes", "not_met": "no "}.get(item["verdict"], " ? ")
        lines.append(f"  {mark}  {item['id'].replace('_', ' ')}{' (when asked)' if item['prompted'] else ''}")
    lines += [f"  {title}: {', '.join(names)}" for title, names in _found(analysis) if names]
    lines += ["", "Feedback:", *(f"  {line}" for line in analysis["feedback"]["lines"])]
    return [*lines, *_second_opinion(analysis), *_model_use(analysis)]


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
            f"Language model {analysis['engines']['llm']}: {used['requests']} requests, "
            f"{used['tokens']:,} of {used['tokens_allowed']:,} tokens{cost}"
        )


def _found(analysis: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """What else was found, by the title of its line."""
    for title, group, verdict in (
        ("mistakes", "mistakes", "made"),
        ("delivery", "delivery", "met"),
        ("settled", "clarification", "met"),
        ("deep dives", "deep_dives", "met"),
    ):
        yield title, [item["id"].replace("_", " ") for item in analysis[group] if item["verdict"] == verdict]


def _measured(speech: Mapping[str, Any]) -> Iterator[str]:
    """What could be measured: a transcript need not show pauses, nor when a filled one was."""
    yield counted(speech["words"], "word")
    yield f"{speech['wpm']:.0f} a minute"
    if speech["fillers"] is not None:
        yield counted(len(speech["fillers"]), "filler")
    if speech["longest_pause_s"] is not None:
        yield f"longest pause {speech['longest_pause_s']:.1f} s"
