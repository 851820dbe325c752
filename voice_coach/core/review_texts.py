"""The coach's words about the feedback (``prompts/review.toml``); each a choice of variants."""

from __future__ import annotations

from dataclasses import dataclass

_STRICT = {"extra": "forbid"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewLines:
    """Lines for which nothing is looked up."""

    __pydantic_config__ = _STRICT

    offer: tuple[str, ...]
    """Once all is read: what can be asked, and how it ends."""
    nothing_next: tuple[str, ...]
    """To "next" behind the last line."""
    unheard: tuple[str, ...]
    """Nothing was said again."""
    failed: tuple[str, ...]
    """Something could not be looked up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyTexts:
    """To "why?": behind the judge's own reason."""

    __pydantic_config__ = _STRICT

    score_words: tuple[str, ...]
    """Who says one of them asks about the score."""
    quote: tuple[str, ...]
    """What it rests on: ``{time}``, ``{quote}``."""
    quote_doubt: tuple[str, ...]
    """The same where the judge is not sure."""
    doubt: tuple[str, ...]
    """Not sure, with nothing to quote."""
    corrected: tuple[str, ...]
    """The verdict was set anew by ``{quote}``."""
    length: tuple[str, ...]
    """Of the pacing: ``{length}``, ``{low}``, ``{high}``."""
    measured: tuple[str, ...]
    """Of a measure of speech."""
    several: tuple[str, ...]
    """The line is about no one thing."""
    score: tuple[str, ...]
    """``{total}``; most of what is missing is ``{noun}``, ``{lost}`` points."""
    score_full: tuple[str, ...]
    """``{total}``, and nothing of the checklist is missing."""
    score_none: tuple[str, ...]
    """There is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WhenTexts:
    """To "when did I say that?"."""

    __pydantic_config__ = _STRICT

    plain: tuple[str, ...]
    """Words that tell nothing of what a claim is about."""
    found: tuple[str, ...]
    """Before the candidate's own voice: ``{time}``."""
    unsure: tuple[str, ...]
    """The same where it may not be what is meant."""
    more: tuple[str, ...]
    """Behind either: another place that may as well be meant, at ``{time}``."""
    nothing: tuple[str, ...]
    """Nothing like the ``{claim}`` was said."""
    unclear: tuple[str, ...]
    """Nothing is known of what the line is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimTexts:
    """To "I did say that"."""

    __pydantic_config__ = _STRICT

    corrected: tuple[str, ...]
    """The record was put right: ``{time}``, ``{quote}``."""
    known: tuple[str, ...]
    """It counted already: ``{time}``, ``{quote}``."""
    short: tuple[str, ...]
    """It was said, and is not enough: ``{time}``, ``{quote}``. The judge's reason follows."""
    nearest: tuple[str, ...]
    """It was not found: the nearest is ``{quote}`` at ``{time}``, and the coach may have missed it."""
    nothing: tuple[str, ...]
    """Nothing near it was heard, and the coach may have missed it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RedoTexts:
    """To "redo"."""

    __pydantic_config__ = _STRICT

    goal: tuple[str, ...]
    """The whole line, where the feedback has none: what to say again is the ``{noun}``."""
    nothing: tuple[str, ...]
    """There is nothing to say again."""
    before: tuple[str, ...]
    """``{quote}`` was said before."""
    before_nothing: tuple[str, ...]
    """Nothing was."""
    now_met: tuple[str, ...]
    """``{quote}`` is what was missing."""
    still_met: tuple[str, ...]
    """It was there before, and is there in ``{quote}``."""
    now_not_met: tuple[str, ...]
    """``{quote}`` is not it yet."""
    now_unjudged: tuple[str, ...]
    """``{quote}``, which nobody can judge alone."""
    again: tuple[str, ...]
    """Once more, or that's all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewTexts:
    """Everything that is said about the feedback."""

    __pydantic_config__ = _STRICT

    lines: ReviewLines
    why: WhyTexts
    when: WhenTexts
    claim: ClaimTexts
    redo: RedoTexts
