"""Makes cue sets of the lexicon: one for each category, one of everything that is a building block."""

from __future__ import annotations

import re
from collections.abc import Mapping

from voice_coach.core.content import Lexicon, Term

COMPONENT = "component"
"""The set of all terms, in the lexicon's order; what is no building block has a cue that never matches."""
BUILDING_BLOCKS = frozenset({"store", "cache", "queue", "index", "balancer", "worker", "replica", "product"})
_NOTHING = "$ $ nothing"
_SYNTAX = re.compile(r"[()|?^$#{}*]|\.\.\.")


def with_lexicon(sets: Mapping[str, tuple[str, ...]], lexicon: Lexicon) -> dict[str, tuple[str, ...]]:
    """*sets* and, for each category of *lexicon*, a set ``lexicon_<category>``, and ``component``."""
    named: dict[str, list[str]] = {f"lexicon_{category}": [] for category in sorted(CATEGORIES)}
    for term in lexicon.term:
        named.setdefault(f"lexicon_{term.category}", []).append(term_cue(term))
    made = {name: tuple(cues) or (_NOTHING,) for name, cues in named.items()}
    made[COMPONENT] = tuple(
        term_cue(term) if term.category in BUILDING_BLOCKS else _NOTHING for term in lexicon.term
    ) or (_NOTHING,)
    return {**made, **sets}


CATEGORIES = BUILDING_BLOCKS | {"mechanism", "protocol", "concept"}


def term_cue(term: Term) -> str:
    """A cue for every way in which *term* is written that cannot be ordinary English."""
    is_everyday = term.text.lower() in term.doubtful
    names = [*(() if is_everyday else (term.text,)), *term.aliases, *term.also]
    plain = [" ".join(_SYNTAX.sub(" ", name).split()) for name in names]
    return f"({'|'.join(dict.fromkeys(name for name in plain if name)) or _NOTHING})"
