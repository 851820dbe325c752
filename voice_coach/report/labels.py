"""What ids are called on the page, and how times and verdicts are written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from voice_coach.core.verdict_told import Told, told

STAGES = {
    "clarify": "Clarify",
    "requirements": "Requirements",
    "estimate": "Estimate",
    "high_level": "High level",
    "deep_dive": "Deep dive",
    "tradeoffs": "Tradeoffs",
    "wrap_up": "Wrap-up",
}
PHASES = {"clarify": "Clarify", "outline": "Outline", "deepen": "Deepen", "evaluate": "Evaluate"}
_TITLES = {
    "opening_roadmap": "A roadmap at the start",
    "explicit_requirements": "Requirements said as such",
    "high_level_first": "The overview before the details",
    "storage_decision": "A choice of storage, with its reason",
    "scaling_strategy": "A way to grow, and where",
    "failure_mitigation": "A failure, and what is done about it",
    "tradeoff_summary": "A tradeoff summed up at the end",
    "tools_too_early": "Products before requirements",
    "ignores_non_functional": "Nothing on speed, load or failure",
    "planet_scale": "Planet scale that nobody asked for",
    "no_tradeoffs": "No choice weighed",
    "rambling": "No thread to follow",
    "no_failure_modes": "No failure mentioned",
    "unjustified_component": "A part without a reason",
    "defends_first_design": "Holding on to the first design",
    "states_assumptions": "Says assumptions aloud",
    "checks_alignment": "Checks in with the interviewer",
    "prioritises": "Says what comes first, and why",
    "admits_tradeoffs": "Says what a choice gives up",
    "incremental": "Starts simple, adds when needed",
    "signposts": "Marks the moves between parts",
    "users_and_use_cases": "Users and what they do",
    "read_write_mix": "Reads against writes",
    "scale": "Scale",
    "guarantees": "Latency, durability, consistency",
    "freshness": "How fresh data must be",
    "out_of_scope": "What is left out",
    "scope_summary": "The scope played back",
    "api": "Interface",
    "data_model": "Data model",
    "scaling": "Scaling",
    "reliability": "Reliability",
    "consistency": "Consistency",
    "observability": "Observability",
    "pacing": "Length within the target",
}
INTENTS = {
    "question": "the question",
    "answer": "answers you",
    "follow_up": "follow-up",
    "bridge": "bridge",
    "interruption": "interrupts",
    "scope_change": "changes the scope",
    "time_cue": "the time",
    "check": "checks in",
    "wrap_up": "asks for a wrap-up",
    "reply": "replies",
}
MEASURES = {
    "wpm": ("Words a minute", "with pauses"),
    "articulation_wpm": ("Words a minute while speaking", "pauses left out"),
    "pause_share": ("Share of silence", ""),
    "median_pause_s": ("Usual pause", "seconds"),
    "longest_pause_s": ("Longest pause", "seconds"),
    "longest_monologue_s": ("Longest stretch without a check-in", "m:ss"),
    "fillers_per_min": ("Fillers a minute", "um, you know, …"),
    "fillers_per_100_words": ("Fillers in 100 words", ""),
    "filled_pauses_per_100_words": ("Um and uh in 100 words", ""),
    "disfluencies_per_100_words": ("Fillers, repeats and restarts in 100 words", ""),
}
"""Measures of speech: what they are called, and what the number is of."""
_VERDICTS = {"met": "Heard", "not_met": "Not heard", "made": "Made", "not_made": "Avoided"}
LENGTHS = {"short": "shorter than", "within": "inside", "long": "longer than"}


def title(id_: str) -> str:
    """What *id_* is called; one that is not known is read as words."""
    return _TITLES.get(id_) or id_.replace("_", " ").replace("-", " ").capitalize()


def clock(seconds: float) -> str:
    """``m:ss``, the second that it is in."""
    whole = int(seconds)
    return f"{whole // 60}:{whole % 60:02d}"


def measure(name: str, value: float) -> str:
    """*value* of a measure of speech, as people read it."""
    if name == "longest_monologue_s":
        return clock(value)
    if name == "pause_share":
        return f"{100 * value:.0f} %"
    if name in {"wpm", "articulation_wpm"}:
        return f"{value:.0f}"
    return f"{value:.1f}"


def said(verdict_: str) -> str:
    """How a verdict without its confidence is said."""
    return _VERDICTS.get(verdict_, "Not judged")


def verdict(finding: Mapping[str, Any], doubt_below: float) -> tuple[Told, str]:
    """What *finding*'s verdict amounts to, and how it is said."""
    kind = told(finding, doubt_below)
    plain = said(finding["verdict"])
    return kind, f"Perhaps {plain.lower()}" if kind is Told.DOUBT else plain
