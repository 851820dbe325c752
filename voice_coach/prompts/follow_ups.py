"""Follow-up questions: those that fit any question, and the rules that all of them obey."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from voice_coach.core.content import FollowUp, FollowUpBank, Lexicon
from voice_coach.core.counting import counted
from voice_coach.core.rubric_ids import CHECKLIST, DEEP_DIVES, MISTAKES
from voice_coach.prompts.folder import Problem, cue_problems, list_problems, load_checked, repeated_ids

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from voice_coach.toml_lines import Key

LONGEST = 20
"""Words of a follow-up: what one can keep in mind while thinking of the answer."""
_LONGEST_NOUN = 3
"""Words that ``{component}`` counts as: "your message queue"."""
_ABOUT = (*CHECKLIST, *DEEP_DIVES, *MISTAKES)


def load_follow_ups(path: Path, lexicon: Lexicon | None = None) -> FollowUpBank:
    """The follow-ups for any question. With *lexicon*, components are looked up in it. Raises PromptError."""
    return load_checked(path, FollowUpBank, partial(bank_problems, lexicon=lexicon))


def check_follow_ups(path: Path, lexicon: Lexicon | None = None) -> list[str]:
    """Every complaint about the file at *path*."""
    return list_problems(path, FollowUpBank, partial(bank_problems, lexicon=lexicon))


def bank_problems(bank: FollowUpBank, *, lexicon: Lexicon | None) -> Iterator[Problem]:
    """What is wrong with a bank beyond its shape."""
    yield from follow_up_problems("follow_up", bank.follow_up, lexicon)
    for index, name in enumerate(bank.order):
        yield from _about_problems(("order", index), name)
    yield from cue_problems(("reason",), bank.reason)
    yield from _sense_problems(bank)


def _sense_problems(bank: FollowUpBank) -> Iterator[Problem]:
    known = [sense.about for sense in bank.sense]
    for index, sense in enumerate(bank.sense):
        yield from _about_problems(("sense", index, "about"), sense.about)
        if sense.about in known[:index]:
            yield Problem(("sense", index, "about"), f"{sense.about!r} has a table already")
        for key in ("unless", "after"):
            for position, name in enumerate(getattr(sense, key)):
                if name not in CHECKLIST:
                    reason = f"{name!r} is no checklist item; known are {', '.join(CHECKLIST)}"
                    yield Problem(("sense", index, key, position), reason)
    for index, item in enumerate(bank.follow_up):
        if item.about in MISTAKES and item.about not in known:
            reason = (
                f"nothing says when to ask about the mistake {item.about!r}; add a [[sense]] table for it"
            )
            yield Problem(("follow_up", index, "about"), reason)


def follow_up_problems(
    key: str, follow_ups: Sequence[FollowUp], lexicon: Lexicon | None
) -> Iterator[Problem]:
    """What is wrong with the follow-ups of the array of tables *key*."""
    yield from repeated_ids((key,), [item.id for item in follow_ups])
    for index, item in enumerate(follow_ups):
        where = (key, index)
        yield from _about_problems((*where, "about"), item.about)
        yield from _text_problems((*where, "text"), item, item.text)
        for number, text in enumerate(item.sceptical):
            yield from _text_problems((*where, "sceptical", number), item, text)
        yield from cue_problems((*where, "covered"), item.covered)
        yield from component_problems((*where, "components"), item.components, lexicon)


def component_problems(
    location: tuple[Key, ...], components: Sequence[str], lexicon: Lexicon | None
) -> Iterator[Problem]:
    """Components that are neither the id nor the category of a term."""
    if lexicon is None:
        return
    known = {term.id for term in lexicon.term} | {term.category for term in lexicon.term}
    for index, name in enumerate(components):
        if name not in known:
            yield Problem((*location, index), f"{name!r} is no id or category of a term in lexicon.toml")


def _about_problems(location: tuple[Key, ...], about: str) -> Iterator[Problem]:
    if about not in _ABOUT:
        reason = f"{about!r} is no checklist item, deep dive or mistake; known are {', '.join(_ABOUT)}"
        yield Problem(location, reason)


def _text_problems(location: tuple[Key, ...], item: FollowUp, text: str) -> Iterator[Problem]:
    has_slot = "{component}" in text
    filled = text.replace("{component}", "noun " * _LONGEST_NOUN)
    if len(filled.split()) > LONGEST:
        yield Problem(location, f"{counted(len(filled.split()), 'word')} spoken; at most {LONGEST}")
    if text.count("?") != 1 or not text.endswith("?"):
        yield Problem(location, "ends with a question mark, and holds no other")
    if "{" in filled or "}" in filled:
        yield Problem(location, "{component} is the only placeholder")
    if has_slot != bool(item.components):
        yield Problem(location, "{component} and the key components go together: have both or neither")
