"""Written text made ready for a voice: terms respelt, units and signs said, long texts cut at sentence ends.

Only the ear gets this form. What is shown, judged and kept in the journal stays as it was written.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass, field
from functools import partial

_NUMBER = r"(?<![\w.])(\d[\d,]*(?:\.\d+)?)"
_BLANKS = re.compile(r"[\s\x00-\x1f\x7f\ud800-\udfff]+")
"""White space, control characters and lone surrogates: no voice says them and some stop at them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pronunciation:
    """How what the voices read badly is written for them (``prompts/pronunciation.toml``)."""

    __pydantic_config__ = {"extra": "forbid"}

    terms: dict[str, str] = field(default_factory=dict)
    """Whole words. A key without capitals stands for any case, another only for itself."""
    scales: dict[str, str] = field(default_factory=dict)
    """Letters right after a number: ``k`` in 10k."""
    units: dict[str, str] = field(default_factory=dict)
    """After a number, with or without a blank; in the plural, whose last "s" goes after the number 1."""
    rates: dict[str, str] = field(default_factory=dict)
    """After a slash: ``s`` in writes/s."""
    signs: dict[str, str] = field(default_factory=dict)
    """Replaced wherever they stand, after everything else."""


def spoken_form(text: str, pronunciation: Pronunciation) -> str:
    """*text* on one line as a voice should get it."""
    spoken = one_line(text)
    spoken = _terms(spoken, pronunciation.terms)
    spoken = _numbers(spoken, pronunciation)
    spoken = _after(r"(?<=\w)/", pronunciation.rates, " per {}", spoken)
    spoken = re.sub(r"(?<=[^\W\d])/(?=[^\W\d])", " ", spoken)
    for sign, words in pronunciation.signs.items():
        spoken = spoken.replace(sign, words)
    return re.sub(r" +(?=[,.;:?!])", "", one_line(spoken))


def one_line(text: str) -> str:
    """*text* with every run of blanks, line ends and control characters as one blank."""
    return _BLANKS.sub(" ", text).strip()


def is_sayable(text: str) -> bool:
    """Whether there is a letter or digit in it; engines fail or fall silent on anything else."""
    return any(character.isalnum() for character in text)


def split_for_voice(text: str, limit: int) -> tuple[str, ...]:
    """*text* as lines of at most *limit* characters: whole sentences, else whole clauses, else whole words.

    Lines with nothing to say are left out.
    """
    lines: list[str] = []
    for sentence in re.split(r"(?<=[.!?]) ", one_line(text)):
        clauses = [sentence] if len(sentence) <= limit else re.split(r"(?<=[,;:]) ", sentence)
        for part in (part for clause in clauses for part in textwrap.wrap(clause, limit)):
            if lines and len(lines[-1]) + 1 + len(part) <= limit:
                lines[-1] += " " + part
            else:
                lines.append(part)
    return tuple(line for line in lines if is_sayable(line))


def _terms(text: str, terms: dict[str, str]) -> str:
    if not terms:
        return text
    longest_first = sorted(terms, key=len, reverse=True)
    pattern = rf"(?<!\w)({'|'.join(map(_term_pattern, longest_first))})(?!\w)"
    return re.sub(pattern, lambda match: terms.get(match[1]) or terms[match[1].lower()], text)


def _term_pattern(term: str) -> str:
    escaped = re.escape(term)
    return f"(?i:{escaped})" if term == term.lower() else escaped


def _numbers(text: str, pronunciation: Pronunciation) -> str:
    text = re.sub(r"(?<![\w.:])(\d+):1(?![\d:])", r"\1 to 1", text)
    text = re.sub(r"(?<![\w.-])(\d[\d.,]*\w?) ?[-\u2013] ?(?=\d+\w?(?![\w-]))", r"\1 to ", text)
    text = re.sub(r"(?<=\d)\^(?=\d)", " to the ", text)
    text = _after(_NUMBER, pronunciation.scales, r"\1 {}", text)
    text = _after(_NUMBER + " ?", pronunciation.units, r"\1 {}", text)
    return re.sub(r"(?<![\w.])(1 [a-z]+)s\b", partial(_singular, set(pronunciation.units.values())), text)


def _singular(units: set[str], match: re.Match[str]) -> str:
    return match[1] if match[0].removeprefix("1 ") in units else match[0]


def _after(before: str, table: dict[str, str], template: str, text: str) -> str:
    """Each key of *table* that follows the pattern *before* as a whole word, put as *template* says."""
    for key, words in table.items():
        replacement = template.format(words.replace("\\", ""))
        text = re.sub(rf"{before}{re.escape(key)}(?!\w)", replacement, text)
    return text
