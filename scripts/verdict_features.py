"""Which numbers each verdict is drawn from, and the weights that training begins with and is held to."""

from __future__ import annotations

from voice_coach.core import rubric_ids
from voice_coach.core.verdicts import Feature, Kind, VerdictModel, Where

_REQUIREMENTS = (
    "explicit_requirements",
    "users_and_use_cases",
    "scale",
    "guarantees",
    "read_write_mix",
    "states_assumptions",
    "scope_summary",
)
_NON_FUNCTIONAL = (
    "explicit_requirements",
    "guarantees",
    "failure_mitigation",
    "scale",
    "reliability",
    "consistency",
    "scaling_strategy",
    "freshness",
    "states_assumptions",
)
_WEIGHED = ("admits_tradeoffs", "tradeoff_summary")


def _best(*of: str, weight: float, where: Where = Where.ANYWHERE) -> Feature:
    return Feature(kind=Kind.BEST, of=of, where=where, weight=weight)


def _second(*of: str, weight: float, where: Where = Where.ANYWHERE) -> Feature:
    return Feature(kind=Kind.SECOND, of=of, where=where, weight=weight)


def _third(*of: str, weight: float) -> Feature:
    return Feature(kind=Kind.THIRD, of=of, weight=weight)


def _count(*of: str, weight: float, where: Where = Where.ANYWHERE) -> Feature:
    return Feature(kind=Kind.COUNT, of=of, where=where, weight=weight)


def _enough(of: str, weight: float) -> Feature:
    return Feature(kind=Kind.ENOUGH, of=(of,), weight=weight)


def _cue(of: str, weight: float, where: Where = Where.ANYWHERE) -> Feature:
    return Feature(kind=Kind.CUE, of=(of,), where=where, weight=weight)


def _rule(weight: float = 0.5) -> Feature:
    return Feature(kind=Kind.RULE, weight=weight)


def _words(weight: float) -> Feature:
    return Feature(kind=Kind.WORDS, weight=weight)


def _design() -> Feature:
    return Feature(kind=Kind.DESIGN, weight=0.8)


def _shown(id_: str, *more: Feature, where: Where = Where.ANYWHERE) -> VerdictModel:
    """An element that is met where a sentence shows it."""
    features = (
        _best(id_, weight=0.8, where=where),
        _second(id_, weight=0.3, where=where),
        _count(id_, weight=0.2, where=where),
        _design(),
    )
    return VerdictModel(id=id_, feature=(*features, *more))


def _made(id_: str, bias: float, *features: Feature) -> VerdictModel:
    return VerdictModel(id=id_, bias=bias, feature=features)


MODELS = (
    _shown("opening_roadmap", _rule(), where=Where.OPENING),
    _shown(
        "explicit_requirements",
        _rule(),
        _best("guarantees", "scale", weight=0.2),
        _third("explicit_requirements", weight=0.2),
    ),
    _shown("high_level_first", _best("high_level_first", weight=0.3, where=Where.BEFORE_DETAIL), _rule()),
    _shown("storage_decision", _rule()),
    _shown("scaling_strategy", _rule()),
    _shown("failure_mitigation", _rule()),
    _shown(
        "tradeoff_summary",
        _best("admits_tradeoffs", weight=0.1, where=Where.CLOSING),
        _rule(),
        where=Where.CLOSING,
    ),
    _made(
        "tools_too_early",
        -1.0,
        _best("tools_too_early", weight=0.5),
        _best(*_REQUIREMENTS, weight=-0.7, where=Where.BEFORE_PRODUCT),
        _cue("named_product", 1.0, Where.BEFORE_PRODUCT),
        _cue("number", -0.3, Where.BEFORE_PRODUCT),
    ),
    _made(
        "ignores_non_functional",
        -2.0,
        _best(*_NON_FUNCTIONAL, weight=-0.5),
        _second(*_NON_FUNCTIONAL, weight=-0.3),
        _cue("non_functional", -0.8),
        _cue("failure", -0.8),
        _words(-0.3),
    ),
    _made("planet_scale", -1.5, _best("planet_scale", weight=0.8), _second("planet_scale", weight=0.2)),
    _made(
        "no_tradeoffs",
        -1.0,
        _best(*_WEIGHED, weight=-0.6),
        _second(*_WEIGHED, weight=-0.3),
        _words(-0.3),
        _best("storage_decision", weight=-0.1),
    ),
    _made(
        "rambling",
        -2.0,
        _count("rambling", weight=0.8),
        _best("rambling", weight=0.3),
        _enough("signposts", -0.5),
        Feature(kind=Kind.CHANGES, weight=0.5),
        _words(0.5),
        _best("opening_roadmap", weight=-0.2, where=Where.OPENING),
    ),
    _made(
        "no_failure_modes",
        -1.5,
        _best("failure_mitigation", "reliability", weight=-0.6),
        _second("failure_mitigation", "reliability", weight=-0.2),
        _cue("failure", -0.8),
        _words(-0.3),
    ),
    _made(
        "unjustified_component",
        -0.5,
        _best("unjustified_component", weight=0.6),
        _second("unjustified_component", weight=0.3),
        _count("unjustified_component", weight=0.3),
        _cue("named_product", 0.3),
    ),
    _made(
        "defends_first_design",
        -1.0,
        _best("defends_first_design", weight=0.8, where=Where.REPLY_TO_CHANGE),
        _count("defends_first_design", weight=0.3, where=Where.REPLY_TO_CHANGE),
    ),
    _shown("states_assumptions"),
    _made(
        "checks_alignment",
        0.0,
        _best("checks_alignment", weight=0.5),
        _enough("checks_alignment", 1.0),
        _words(-0.2),
    ),
    _shown("prioritises"),
    _shown("admits_tradeoffs"),
    _shown("incremental"),
    _made(
        "signposts",
        -1.0,
        _best("signposts", weight=0.3),
        _enough("signposts", 1.5),
        _third("signposts", weight=0.2),
    ),
    *(_shown(id_) for id_ in (*rubric_ids.CLARIFICATION, *rubric_ids.DEEP_DIVES)),
)
