"""Claims with a known price and what is asked about them: loading and checking."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from voice_coach.core.counting import counted
from voice_coach.core.risks import FEWEST_SAID, LONGEST, SAID, Risk, RiskBook, spoken_words
from voice_coach.core.rubric_ids import CHECKLIST, DEEP_DIVES, MISTAKES
from voice_coach.prompts.folder import Problem, cue_problems, list_problems, load_checked, repeated_ids

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from voice_coach.toml_lines import Key

_ABOUT = (*CHECKLIST, *DEEP_DIVES, *MISTAKES)


def load_risks(path: Path, packs: Collection[str] | None = None) -> RiskBook:
    """The risks that are known. With *packs*, ids of questions are looked up there. Raises PromptError."""
    return load_checked(path, RiskBook, partial(_problems, packs=packs))


def check_risks(path: Path, packs: Collection[str] | None = None) -> list[str]:
    """Every complaint about the file at *path*."""
    return list_problems(path, RiskBook, partial(_problems, packs=packs))


def _problems(book: RiskBook, *, packs: Collection[str] | None) -> Iterator[Problem]:
    if not book.lead:
        yield Problem(("lead",), "needs at least one way to say something back")
    for key in ("unless", "withdrawn", "little"):
        yield from cue_problems((key,), getattr(book, key))
    for index, text in enumerate(book.lead):
        yield from _lead_problems(("lead", index), text)
    yield from repeated_ids(("risk",), [risk.id for risk in book.risk])
    for index, risk in enumerate(book.risk):
        where = ("risk", index)
        yield from _when_problems(where, risk, packs)
        yield from _text_problems(where, risk, (risk.lead,) if risk.lead else book.lead)


def _when_problems(where: tuple[Key, ...], risk: Risk, packs: Collection[str] | None) -> Iterator[Problem]:
    """What is wrong with when *risk* is asked about."""
    if not risk.about:
        yield Problem((*where, "about"), "names no id of the rubric")
    for position, name in enumerate(risk.about):
        if name not in _ABOUT:
            reason = f"{name!r} is no id of the rubric; known are {', '.join(_ABOUT)}"
            yield Problem((*where, "about", position), reason)
    if not risk.said:
        yield Problem((*where, "said"), "holds no cue")
    for key in ("said", "unless", "needs", "answered", "asked"):
        yield from cue_problems((*where, key), getattr(risk, key))
    for position, pack in enumerate(risk.packs):
        if packs is not None and pack not in packs:
            yield Problem((*where, "packs", position), f"{pack!r} is the id of no question")
    if risk.within_words < 0:
        yield Problem((*where, "within_words"), "is negative; 0 means at any time")


def _text_problems(where: tuple[Key, ...], risk: Risk, leads: tuple[str, ...]) -> Iterator[Problem]:
    if risk.lead:
        yield from _lead_problems((*where, "lead"), risk.lead)
    if risk.text.count("?") != 1 or not risk.text.endswith("?"):
        yield Problem((*where, "text"), "ends with a question mark, and holds no other")
    if "{" in risk.text or "}" in risk.text:
        yield Problem((*where, "text"), "holds no braces: the candidate's words stand before it")
    words = max((spoken_words(risk, lead) for lead in leads), default=0)
    most = LONGEST if risk.is_whole else LONGEST - FEWEST_SAID
    if words > most:
        yield Problem((*where, "text"), f"{counted(words, 'word')} besides the candidate's; at most {most}")


def _lead_problems(location: tuple[Key, ...], text: str) -> Iterator[Problem]:
    if text.count(SAID) != 1 or text.count("{") != 1 or "?" in text:
        yield Problem(location, f"must hold {SAID} once, and no other braces or question mark")
