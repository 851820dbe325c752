"""What the candidate said that a better sentence can be built from: parts, clauses, reasons, numbers.

Unlike evidence these are tidied: filled pauses and doubled words are left out. A clause is taken only where it
says something about the design and can stand by itself, and a word only where it was heard clearly, since the coach
will say it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, takewhile

from voice_coach.core.clarity import SaidBack, is_quotable, is_sure
from voice_coach.core.clause_words import (
    ASIDES,
    ASKING,
    AT_WORK,
    BREAKS,
    JOINTS,
    NEGATIONS,
    NO_STARTS,
    OPINIONS,
    PAST,
    PLACES,
    RELATIVES,
    STATES,
)
from voice_coach.core.cues import Span
from voice_coach.core.english import MODALS, NO_SUBJECTS, OPEN, PERSONS, SUBJECTS, VERBS
from voice_coach.core.heard import Heard, Line
from voice_coach.core.lexicon_cues import COMPONENT
from voice_coach.core.quoting import whole_clause, whole_quotes
from voice_coach.core.transcript import Evidence, Word, evidence

LOAD = "load"
LIMIT = "limit"
REASON = "access_pattern"
PASSED_OVER = "/passed_over"
MOST_WORDS = 12
_FEWEST_WORDS = 3
_SAID_BEST = range(5, 11)
"""So many words make a clause that is neither a stub nor a mouthful."""
_NEGATION_REACH = 8
_MUCH, _MUCH_A_SECOND = 1000, 100
_MUCH_WORDS = frozenset({"thousand", "million", "billion", "thousands", "millions", "billions"})
_REASONS = frozenset({"because", "since", "so", "cause", "cos"})
_QUERY_WORDS = frozenset({"query", "queries", "reads", "lookup", "lookups"})
_BEFORE_NOUNS = frozenset({"the", "a", "an", "our", "my", "and", "or", "of"})
_BOUND = re.compile(r"^(within|under|below|in|less than|at most|after) ")
_TAIL = (("right",), ("you", "know"), ("so",), ("here",), ("i", "guess"), ("i", "think"), ("like",))
_ENDS = (".", "?", "!")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A building block that the candidate put into the design."""

    id: str
    """Its lexicon id."""
    said: str
    """How the candidate called it: "gateway", "Kafka"."""
    said_s: float
    """When it was first spoken of."""
    mentions: int
    clause: str | None = None
    """A clause about it, to build upon."""
    quote: Evidence | None = None
    """A few words about it that may be read out."""
    has_reason: bool = False
    """Whether something like a reason stands behind it in a sentence: "a cache, so that …"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnWords:
    """What there is; anything may be missing."""

    parts: tuple[Part, ...] = ()
    """In the order in which they were first named."""
    reason: str | None = None
    """How the data is read or written."""
    load: str | None = None
    """"40 writes per second"."""
    limit: str | None = None
    """"100 milliseconds"."""
    lines: tuple[Line, ...] = field(default=(), repr=False)
    """All sentences."""


@dataclass(frozen=True, slots=True)
class _Mention:
    line: Line
    span: Span
    rivals: Sequence[Span]
    """Other parts that are named before it in the same sentence."""


def gather(heard: Heard, terms: Sequence[str]) -> OwnWords:
    """What *heard* holds. *terms*: the lexicon's ids, in the order of the cues of its components."""
    said_back = SaidBack(heard.lines)
    lines = [line for line in said_back.lines if not line.is_question]
    mentions: dict[str, list[_Mention]] = {}
    for line in heard.lines:
        hits = line.hits.get(COMPONENT, ())
        for hit in hits:
            if not line.is_question and is_sure(line.words[hit.span.first : hit.span.end]):
                rivals = [other.span for other in hits if other.span.end <= hit.span.first]
                mentions.setdefault(terms[hit.cue], []).append(_Mention(line, hit.span, rivals))
    reasons = [
        said
        for line in lines
        for hit in line.hits.get(REASON, ())
        if not line.hits.get(COMPONENT) and (said := clause(line.words, [hit.span]))
    ]
    return OwnWords(
        parts=tuple(sorted(_parts(mentions, lines), key=lambda part: part.said_s)),
        reason=max((said for said in reasons if _about_queries(said)), key=_about_queries, default=None),
        load=max((said for said in _said(lines, LOAD) if _load(said)[1]), key=_load, default=None),
        limit=next((_BOUND.sub("", said) for said in _said(lines, LIMIT) if said[:2] != "a "), None),
        lines=heard.lines,
    )


def _parts(mentions: Mapping[str, Sequence[_Mention]], written: Sequence[Line]) -> Iterator[Part]:
    clear = {id(line) for line in written}
    for name, found in mentions.items():
        meant = [mention for mention in found if not _is_denied(mention) and not _is_passed_over(mention)]
        if not meant:
            continue
        usable = [mention for mention in meant if id(mention.line) in clear]
        clauses = [
            (said, mention)
            for mention in usable
            if (said := clause(mention.line.words, [mention.span], without=mention.rivals))
            and _tells_what_it_does(said)
        ]
        best = max(clauses, key=lambda item: _fitness(*item), default=None)
        yield Part(
            id=name,
            said=_called(meant),
            said_s=meant[0].line.words[meant[0].span.first].start_s,
            mentions=len(meant),
            clause=best[0] if best else None,
            quote=_quote([best[1]] if best else []) or _quote(usable),
            has_reason=any(
                word.bare in _REASONS for mention in meant for word in mention.line.words[mention.span.end :]
            ),
        )


def _is_denied(mention: _Mention) -> bool:
    """Whether the sentence speaks of doing without it."""
    before = mention.line.words[max(0, mention.span.first - _NEGATION_REACH) : mention.span.first]
    return any(is_negation(word) for word in before)


def _is_passed_over(mention: _Mention) -> bool:
    """Whether the part is only weighed, in the same clause: "the alternative is Postgres"."""
    words, first = mention.line.words, mention.span.first
    return any(
        hit.span.first <= first < hit.span.end
        and not any(word.text.endswith((",", ";", ":")) for word in words[hit.span.first : first])
        for hit in mention.line.hits.get(PASSED_OVER, ())
    )


def _called(mentions: Sequence[_Mention]) -> str:
    """The name that was used most, in the singular where there is one."""
    names = Counter(
        " ".join(word.text for word in mention.line.words[mention.span.first : mention.span.end]).strip(
            " ,;:.!?\"'“”-–—"
        )
        for mention in mentions
    )
    return max(names, key=lambda name: (not name.endswith("s"), names[name]))


def _fitness(said: str, mention: _Mention) -> tuple[bool, bool]:
    """A whole sentence rather than a piece of one, neither short nor long; of equals the first."""
    words = said.split()
    spoken = [word for word in mention.line.words if word.bare and not word.filler]
    return len(words) in _SAID_BEST, len(words) >= len(spoken) - 1


def _quote(mentions: Sequence[_Mention]) -> Evidence | None:
    """The words that stand best by themselves; of equals the first."""
    found = [
        (worth, mention.line.words[span.first : span.end])
        for mention in mentions
        for worth, span in whole_quotes(mention.line.words)
        if span.first <= mention.span.first and mention.span.end <= span.end
    ]
    best = max(found, key=lambda item: item[0], default=None)
    return None if best is None else evidence(best[1])


def _tells_what_it_does(said: str) -> bool:
    """Whether a clause tells what a part does or is used for, and not only how it is: "Redis is super fast"."""
    words = said.lower().split()
    does = any(word in VERBS - STATES and before not in _BEFORE_NOUNS for before, word in pairwise(words))
    is_used = bool(AT_WORK & {*words}) and bool(STATES & {*words})
    return (does or is_used) and not OPINIONS & {*words}


def _about_queries(reason: str) -> int:
    return sum(word.strip(",") in _QUERY_WORDS for word in reason.split())


def _load(said: str) -> tuple[bool, bool, int]:
    """By the second or not; whether it is one to build a sentence upon ("six people" is none); its number."""
    is_rate = said.endswith("second")
    digits = int("".join(character for character in said.split(maxsplit=1)[0] if character.isdigit()) or 0)
    words = set(said.split())
    is_much = digits >= (_MUCH_A_SECOND if is_rate else _MUCH) or bool(words & _MUCH_WORDS)
    return is_rate, is_much or (is_rate and "hundred" in words), digits


def clause(
    words: Sequence[Word],
    keys: Sequence[Span],
    most: int = MOST_WORDS,
    without: Sequence[Span] = (),
    *,
    may_deny: bool = False,
) -> str | None:
    """The clause around the last of *keys*, fit to be built upon, without its full stop; None where there is
    none, or where it holds one of *without*. *may_deny*: whether it may say what is not so.
    """
    span = whole_clause(words, keys, most)
    if span is None or not (keys[-1].first < span.end and span.first < keys[-1].end):
        return None
    if any(span.first <= rival.first < span.end for rival in without):
        return None
    inside = words[span.first : span.end]
    kept = _tidied(inside)
    if not is_sure(inside) or len(kept) < _FEWEST_WORDS or not _stands_alone(kept, may_deny=may_deny):
        return None
    text = " ".join(word.text for word in kept).strip(" ,;:.!?\"'“”-–—")
    return lower_start(text, kept[0])


def lower_start(text: str, first: Word) -> str:
    """*text* with a small first letter, unless its *first* word has a capital anywhere."""
    is_common = first.bare in SUBJECTS | NO_SUBJECTS | PERSONS | PLACES | RELATIVES
    is_me = first.bare == "i" or first.bare.startswith("i'")
    return text[0].lower() + text[1:] if is_common and not is_me else text


def capital(text: str) -> str:
    """*text* with a capital first letter."""
    return text[:1].upper() + text[1:]


def _said(lines: Sequence[Line], tag: str) -> Iterator[str]:
    for line in lines:
        for hit in line.hits.get(tag, ()):
            first = hit.span.first
            has_article = first > 0 and line.words[first - 1].bare == "a"
            inside = line.words[first - has_article : hit.span.end]
            if is_quotable(inside) and is_sure(inside):
                yield " ".join(word.text for word in inside).strip(" ,;:.!?").lower()


def _tidied(words: Sequence[Word]) -> list[Word]:
    kept: list[Word] = []
    for word in words:
        if word.bare and not word.filler:
            if kept and kept[-1].bare == word.bare:
                kept.pop()
            kept.append(word)
    for tail in _TAIL:
        if tuple(word.bare for word in kept[-len(tail) :]) == tail:
            del kept[-len(tail) :]
    return kept


def _stands_alone(words: Sequence[Word], *, may_deny: bool = False) -> bool:
    """Whether it says one thing about what is: a subject, as far as that can be told without grammar, a verb
    behind it, nothing denied, nothing past, no aside and no second clause run into the first.
    """
    first = words[0].bare
    is_named = first not in NO_SUBJECTS | ASKING and words[0].text[:1].isupper()
    is_placed = first in PLACES and words[0].text[:1].isupper()
    is_acting = first not in NO_SUBJECTS | NO_STARTS | RELATIVES and words[1].bare in VERBS | MODALS
    main = list(takewhile(lambda word: word.bare not in RELATIVES, words))
    is_said = first.endswith(("'d", "'ll", "'s", "'ve", "'re")) or any(
        word.bare in VERBS and before.bare not in _BEFORE_NOUNS for before, word in pairwise(main)
    )
    return (
        (first in SUBJECTS or is_named or is_placed or is_acting)
        and is_said
        and words[-1].bare not in OPEN
        and (may_deny or not any(is_negation(word) for word in words))
        and _is_plain(words, breaks=int(is_placed))
    )


def _is_plain(words: Sequence[Word], breaks: int) -> bool:
    """Whether no more than so many clauses are run into the first, and nothing in it is past or an aside."""
    run_in = sum(after.bare in BREAKS and before.bare not in JOINTS for before, after in pairwise(words))
    has_stop = any(word.text.endswith((",", ";", ":")) for word in words[:-1])
    return run_in <= breaks and not has_stop and not any(word.bare in PAST | ASIDES for word in words)


def is_negation(word: Word) -> bool:
    """Whether *word* turns a statement into its opposite."""
    return word.bare in NEGATIONS or word.bare.endswith(("n't", "n’t"))
