"""How gaps in the candidate's own words are found and asked about: loading and checking."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from voice_coach.core.counting import counted
from voice_coach.core.gap_content import LADDER, RISK, SLOTS, GapBook, Wording, slots
from voice_coach.core.rubric_ids import CHECKLIST, DEEP_DIVES, DELIVERY, MISTAKES, PHASES
from voice_coach.prompts.folder import Problem, cue_problems, list_problems, load_checked, repeated_ids
from voice_coach.prompts.follow_ups import component_problems

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from voice_coach.core.content import Lexicon
    from voice_coach.toml_lines import Key

LONGEST = 25
"""Words of a question, the candidate's own in their places."""
FEWEST_VARIANTS = 4
_SLOT_WORDS: Mapping[str, int] = {
    "topic": 6,
    "number": 6,
    "part": 3,
    "subject": 2,
    "one": 4,
    "other": 4,
    "thing": 2,
}
"""How many words a slot counts as: the most that are said back in it."""
_AMOUNT_WORDS = 6
_ABOUT_KNOWN = (LADDER, RISK, "opposite", "shallow")
"""Kinds that need no id of their own: a follow-up, a risk, a pair of opposites or an area has one."""
_ABOUT = (*CHECKLIST, *DEEP_DIVES, *MISTAKES, *DELIVERY)


def load_gaps(path: Path, lexicon: Lexicon | None = None) -> GapBook:
    """The gaps and how they are asked about. With *lexicon*, terms are looked up in it. Raises PromptError."""
    return load_checked(path, GapBook, partial(_problems, lexicon=lexicon))


def check_gaps(path: Path, lexicon: Lexicon | None = None) -> list[str]:
    """Every complaint about the file at *path*."""
    return list_problems(path, GapBook, partial(_problems, lexicon=lexicon))


def _problems(book: GapBook, *, lexicon: Lexicon | None) -> Iterator[Problem]:
    yield from _cues(book)
    for index, kind in enumerate(book.order):
        if kind not in SLOTS and kind not in (LADDER, RISK):
            kinds = ", ".join((LADDER, RISK, *SLOTS))
            yield Problem(("order", index), f"{kind!r} is no kind; known are {kinds}")
        elif kind not in book.about and kind not in _ABOUT_KNOWN:
            yield Problem(("order", index), f"the table [about] does not say what {kind!r} is about")
    for kind, about in book.about.items():
        yield from _about(("about", kind), about)
    yield from repeated_ids(("area",), [area.id for area in book.area])
    for index, area in enumerate(book.area):
        yield from _about(("area", index, "about"), area.about)
    for index, opposite in enumerate(book.opposite):
        yield from _about(("opposite", index, "about"), opposite.about)
        for side in ("one", "other"):
            if not getattr(opposite, side):
                yield Problem(("opposite", index, side), "holds no cue")
    yield from _wordings(book.wording)
    yield from _lead_ins(book)
    known = {term.id for term in lexicon.term} if lexicon else set(book.claims.not_stores)
    for index, name in enumerate(book.claims.not_stores):
        if name not in known:
            yield Problem(("claims", "not_stores", index), f"{name!r} is no id of a term in lexicon.toml")
    yield from component_problems(("part", "asked_why"), book.part.asked_why, lexicon)


def _cues(book: GapBook) -> Iterator[Problem]:
    yield from cue_problems(("announced",), book.announced)
    for index, area in enumerate(book.area):
        yield from cue_problems(("area", index, "named"), area.named)
        yield from cue_problems(("area", index, "cues"), area.cues)
    for index, opposite in enumerate(book.opposite):
        yield from cue_problems(("opposite", index, "one"), opposite.one)
        yield from cue_problems(("opposite", index, "other"), opposite.other)
    tables: Mapping[str, Sequence[str]] = {
        "promises": ("before_topic", "before_topic_later", "later", "after_topic", "never", "returned"),
        "numbers": ("stated", "supposed", "used", "used_later", "qualified"),
        "claims": ("is_so", "kept_in", "hedged", "corrected", "changed"),
        "part": ("put", "reason", "data", "failure"),
    }
    for table, keys in tables.items():
        for key in keys:
            yield from cue_problems((table, key), getattr(getattr(book, table), key))


def _about(location: tuple[Key, ...], about: str) -> Iterator[Problem]:
    if about not in _ABOUT:
        yield Problem(location, f"{about!r} is no id of the rubric; known are {', '.join(_ABOUT)}")


def _wordings(wordings: Sequence[Wording]) -> Iterator[Problem]:
    yield from repeated_ids(("wording",), [item.id for item in wordings])
    kinds = [item.kind for item in wordings]
    for index, item in enumerate(wordings):
        where = ("wording", index)
        wanted = SLOTS.get(item.kind)
        if wanted is None:
            yield Problem((*where, "kind"), f"{item.kind!r} is no kind; known are {', '.join(SLOTS)}")
            continue
        if kinds.count(item.kind) < FEWEST_VARIANTS:
            reason = f"{item.kind!r} has {kinds.count(item.kind)} wordings; at least {FEWEST_VARIANTS}"
            yield Problem((*where, "kind"), reason)
        if item.about:
            yield from _about((*where, "about"), item.about)
        if slots(item) != wanted:
            yield Problem(
                (*where, "text"), f"must hold {{{'}, {'.join(sorted(wanted))}}}, and no other braces"
            )
        if item.text.count("?") != 1 or not item.text.endswith("?"):
            yield Problem((*where, "text"), "ends with a question mark, and holds no other")
        words = _spoken_words(item)
        if words > LONGEST:
            yield Problem((*where, "text"), f"{counted(words, 'word')} spoken; at most {LONGEST}")


def _spoken_words(item: Wording) -> int:
    text = item.text
    for name, words in _SLOT_WORDS.items():
        most = _AMOUNT_WORDS if item.kind == "amount" else words
        text = text.replace("{" + name + "}", "word " * most)
    return len([word for word in text.split() if any(character.isalnum() for character in word)])


def _lead_ins(book: GapBook) -> Iterator[Problem]:
    for key, slot in (("park", "{area}"), ("take", "{topic}")):
        for index, text in enumerate(getattr(book.lead_in, key)):
            if text.count(slot) != 1 or text.count("{") != 1:
                yield Problem(("lead_in", key, index), f"must hold {slot} once, and no other braces")
    for part, texts in book.lead_in.overdue.items():
        if part not in PHASES:
            reason = f"{part!r} is no part of an answer; known are {', '.join(PHASES)}"
            yield Problem(("lead_in", "overdue", part), reason)
        for index, text in enumerate(texts):
            if "{" in text:
                yield Problem(("lead_in", "overdue", part, index), "holds no braces")
