"""The ids of everything that an answer is judged by. They are stable: files and reports use them."""

from __future__ import annotations

STAGES = ("clarify", "requirements", "estimate", "high_level", "deep_dive", "tradeoffs", "wrap_up")
"""Steps of an answer, in order."""

PHASES = ("clarify", "outline", "deepen", "evaluate")
"""Stretches that the time budget is given out to."""

PHASE_OF_STAGE = {
    "clarify": "clarify",
    "requirements": "clarify",
    "estimate": "clarify",
    "high_level": "outline",
    "deep_dive": "deepen",
    "tradeoffs": "evaluate",
    "wrap_up": "evaluate",
}
"""Which phase the time of a stage counts for."""

CHECKLIST = (
    "opening_roadmap",
    "explicit_requirements",
    "high_level_first",
    "storage_decision",
    "scaling_strategy",
    "failure_mitigation",
    "tradeoff_summary",
)
"""Elements of a strong answer."""

MISTAKES = (
    "tools_too_early",
    "ignores_non_functional",
    "planet_scale",
    "no_tradeoffs",
    "rambling",
    "no_failure_modes",
    "unjustified_component",
    "defends_first_design",
)
"""What makes a good engineer sound weak."""

BY_ABSENCE = frozenset({"ignores_non_functional", "no_tradeoffs", "no_failure_modes"})
"""Mistakes that are made by saying nothing, so that nothing can be quoted."""

DELIVERY = (
    "states_assumptions",
    "checks_alignment",
    "prioritises",
    "admits_tradeoffs",
    "incremental",
    "signposts",
)
"""How it sounds."""

CLARIFICATION = (
    "users_and_use_cases",
    "read_write_mix",
    "scale",
    "guarantees",
    "freshness",
    "out_of_scope",
    "scope_summary",
)
"""What is to be asked or settled before designing."""

DEEP_DIVES = ("api", "data_model", "scaling", "reliability", "consistency", "observability")
"""Areas to go deep in; two or three done well are enough."""

SCOPE_CHANGE = "scope_change"
"""Said instead of a rubric id where the interviewer changed the scope."""

TWINS = (
    frozenset({"scaling", "scaling_strategy"}),
    frozenset({"reliability", "failure_mitigation", "no_failure_modes"}),
    frozenset({"data_model", "storage_decision"}),
    frozenset({"tradeoff_summary", "admits_tradeoffs"}),
)
"""What a question about one of them is about as well."""
