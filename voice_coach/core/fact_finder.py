"""Which facts answer a question: by cues, by words, by how near its meaning is to wordings that are known, and by what
was learnt from sentences of many.

Cues are sure of the words that they know and deaf to all others; a sentence model hears any words and is sure of
none. So every topic gets one score from all of them (``question_model``), and among all topics the scores make
probabilities. Topics without an answer compete as well: what the pack does not know, what is put to nobody, what asks
the interviewer to design. Where one of those wins, no fact answers (docs/adr/0012).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass, fields, replace
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from voice_coach.core.content import Nouns
from voice_coach.core.cues import CueSets, compile_cue, plain, plain_text
from voice_coach.core.question_model import DECISION, HANDOVER, NONE, OWN, SPECIAL, TALK
from voice_coach.core.transcript import laid_out

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from collections.abc import Set as AbstractSet

    from voice_coach.core.content import Fact, FactBook, Question, Saying, StandardFact
    from voice_coach.core.cues import PlainText, Span
    from voice_coach.core.features import Encoder, Matrix
    from voice_coach.core.question_model import QuestionModel
    from voice_coach.core.transcript import Word

_STRICT = {"extra": "forbid"}
_ENDINGS = ("ing", "ies", "ed", "es", "s", "ly")
_SHORTEST_STEM = 3
_FEWEST_WORDS = 3
"""A question keeps so many words, whatever it begins with."""
_REMEMBERED = 256
_NEAR = 3
"""So many wordings are near together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchSettings:
    """When a fact is taken for the answer, by its probability among all topics."""

    __pydantic_config__ = _STRICT

    least_probability: float = 0.6
    """Under it nothing is answered."""
    named_probability: float = 0.4
    """The same where a cue names the fact as well."""
    sure_probability: float = 0.8
    """From it on it counts where it is in doubt whether it was a question at all."""
    talk_probability: float = 0.4
    """That of talk from which on it is put to nobody."""
    asked_probability: float = 0.05
    """That of talk up to which it is surely asked, though it sounds like no question: "I need to know the scale"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a question was found to ask."""

    facts: tuple[str, ...] = ()
    """Ids of facts, in the order in which they are asked for."""
    is_sure: bool = False
    """They are clear enough to count where it is in doubt whether it was a question."""
    is_certain: bool = False
    """They are so clear, and so surely asked, that they count even where nothing else sounds like a question."""
    is_asked: bool = False
    """By its meaning it is put to the interviewer, whether or not a fact answers it. Never known by cues alone."""
    is_oneself: bool = False
    """It is put to oneself, or to nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Understanding:
    """With what meanings are compared."""

    encoder: Encoder
    model: QuestionModel
    sayings: tuple[Saying, ...] = ()
    """What candidates say, beside the wordings of the facts."""


class FactFinder:
    """Finds the facts of one question pack. Without understanding the cues alone decide."""

    def __init__(
        self,
        question: Question,
        book: FactBook,
        understanding: Understanding | None = None,
        settings: MatchSettings | None = None,
    ) -> None:
        """*book*: the facts that any product may be asked about. Nothing is encoded before the first sentence."""
        self.answers = {fact.id: fact.answer for fact in question.facts}
        """The answers by the ids of their facts."""
        self._understanding = understanding
        self._settings = settings or MatchSettings()
        self._instead = {fact.id: fact.instead for fact in book.fact}
        topics: tuple[Fact | StandardFact, ...] = (
            *question.facts,
            *(fact for fact in book.fact if fact.id not in self.answers),
        )
        sets = CueSets(noun_sets(book.nouns, question.nouns))
        self._cues = [(fact.id, tuple(compile_cue(cue, sets) for cue in fact.cues)) for fact in topics]
        self._lead_in, self._joints = frozenset(book.lead_in), frozenset(book.joints)
        self._plainer = _plainer(book.nouns, question.nouns)
        wordings = {fact.id: list(fact.asked) for fact in topics}
        wordings |= {TALK: list(book.oneself), DECISION: list(book.decisions), HANDOVER: []}
        words = {name: _word_set((*texts, self.answers.get(name, ""))) for name, texts in wordings.items()}
        self._words = {name: known for name, known in words.items() if known}
        self._rarity = _rarity(list(self._words.values()))
        for saying in () if understanding is None else understanding.sayings:
            if saying.asks in wordings and saying.pack in (None, question.id):
                wordings[saying.asks].append(self._normal(plain(saying.text).text))
        self._wordings = {name: tuple(dict.fromkeys(texts)) for name, texts in wordings.items() if texts}
        self._memo: dict[tuple[tuple[str, bool], ...], Found] = {}

    @property
    def wordings(self) -> tuple[str, ...]:
        """Everything that a question is compared with."""
        return (*(text for texts in self._wordings.values() for text in texts), *self.answers.values())

    def load(self) -> None:
        """Encodes the wordings and one question; else the first that is asked waits for it. Blocks."""
        if self._understanding is not None:
            # Words that nobody has encoded beforehand, so that the model itself is read.
            self._best(laid_out("a question that nobody asks", 0.0, 1.0))

    def find(self, words: Sequence[Word]) -> Found:
        """What *words*, one question, ask for. The same words always find the same."""
        key = tuple((word.text, word.filler) for word in words)
        if key not in self._memo:
            if len(self._memo) >= _REMEMBERED:
                self._memo.clear()
            self._memo[key] = self._found(words)
        return self._memo[key]

    def named(self, words: Sequence[Word]) -> tuple[str, ...]:
        """The facts that *words* name by a cue."""
        settled = (self.settled(name) for name, _ in self._hits(plain_text(words)))
        return tuple(dict.fromkeys(name for name in settled if name is not None))

    def _found(self, words: Sequence[Word]) -> Found:
        if self._understanding is None:
            facts = self.named(words)
            return Found(facts=facts, is_sure=bool(facts))
        cut = self._parts(words)
        if len(cut) == 1:
            return self._best(words)
        parts = [self._best(part) for part in cut]
        facts = tuple(dict.fromkeys(name for part in parts for name in part.facts))
        if all(part.facts for part in parts):
            return Found(facts=facts, is_sure=all(part.is_sure for part in parts), is_asked=True)
        whole = self._best(words)
        return replace(whole, facts=facts) if whole.is_asked and not whole.facts else whole

    def _parts(self, words: Sequence[Word]) -> list[Sequence[Word]]:
        """*words* cut at an "and" or a comma between two facts that cues name."""
        spans = [span for _, span in self._hits(plain_text(words))]
        cuts = [0]
        for left, right in pairwise(spans):
            joints = (
                at
                for at in range(left.end, right.first + 1)
                if words[at].bare in self._joints or words[at - 1].text.endswith((",", ";", "?", "."))
            )
            cuts.extend([next(joints, 0)])
        ends = sorted({*cuts, len(words)})
        return [words[first:end] for first, end in pairwise(ends)]

    def _best(self, words: Sequence[Word]) -> Found:
        found = self.probabilities(words)
        best = max(found, key=lambda name: found[name])
        probability, talk, settings = found[best], found[TALK], self._settings
        if talk >= settings.talk_probability:
            return Found(is_oneself=True)
        least = settings.named_probability if best in self.named(words) else settings.least_probability
        if best not in self.answers or probability < least:
            return Found(is_asked=best not in (HANDOVER, TALK))
        is_sure = probability >= settings.sure_probability
        return Found(
            facts=(best,),
            is_sure=is_sure,
            is_certain=is_sure and talk <= settings.asked_probability,
            is_asked=True,
        )

    def probabilities(self, words: Sequence[Word]) -> dict[str, float]:
        """How probable each topic is, those that one fact answers taken together under its id."""
        assert self._understanding is not None  # noqa: S101 - its callers have looked
        names, features = self.features(words)
        scores = features @ self._understanding.model.weights
        shares = np.exp(scores - scores.max())
        found: dict[str, float] = {}
        for name, share in zip(names, (shares / shares.sum()).tolist(), strict=True):
            # What no fact answers keeps its own name, so that it wins over what is only near.
            topic = self.settled(name) or name
            found[topic] = found.get(topic, 0.0) + share
        return found

    def features(self, words: Sequence[Word]) -> tuple[tuple[str, ...], Matrix]:
        """The topics and what speaks for each: (topics, ``question_model.FEATURES``)."""
        assert self._understanding is not None  # noqa: S101 - its callers have looked
        texts = self.as_compared(words)
        vectors = self._understanding.encoder.encode(texts)
        nearest, near, answers = self._likeness(vectors)
        hits = {name for name, _ in self._hits(plain_text(words))}
        shared = self._shared(_word_set(texts))
        classes = self._understanding.model.log_probabilities(
            vectors[-1], " ".join(word.text for word in words)
        )
        rows = []
        for name in self._wordings:
            is_own = name not in classes
            rows.append(
                (
                    nearest[name],
                    near[name],
                    answers.get(name, 0.0),
                    shared.get(name, 0.0),
                    name in hits,
                    0.0 if is_own else classes[name],
                    classes[OWN] if is_own else 0.0,
                    is_own,
                    *(name == special for special in SPECIAL),
                )
            )
        rows.append((*(0.0,) * 5, classes[NONE], 0.0, 0.0, *(special == NONE for special in SPECIAL)))
        return (*self._wordings, NONE), np.array(rows, np.float32)

    def as_compared(self, words: Sequence[Word]) -> list[str]:
        """*words* as the wordings are written, and, last, in the nouns of no product in particular."""
        said = self._asked(words)
        return list(dict.fromkeys((said, self._plainer(said))))

    def _asked(self, words: Sequence[Word]) -> str:
        """*words* as the wordings are written: without fillers, and without what only leads in."""
        return self._normal(plain_text([word for word in words if not word.filler]).text)

    def _normal(self, text: str) -> str:
        said = text.split()
        while len(said) > _FEWEST_WORDS and said[0] in self._lead_in:
            said = said[1:]
        return " ".join(said)

    def _likeness(self, vectors: Matrix) -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
        """How near *vectors* are to each topic's nearest wording and its nearest few, and to each answer (cosines)."""
        matrix, starts = self._encoded
        likeness = (matrix @ vectors.T).max(axis=1)
        ends = [*starts[1:], len(matrix) - len(self.answers)]
        nearest, near = {}, {}
        for name, start, end in zip(self._wordings, starts, ends, strict=True):
            best = np.sort(likeness[start:end])[-_NEAR:]
            nearest[name], near[name] = float(best[-1]), float(best.mean())
        answers = likeness[len(matrix) - len(self.answers) :]
        return nearest, near, dict(zip(self.answers, answers.tolist(), strict=True))

    def _shared(self, asked: AbstractSet[str]) -> dict[str, float]:
        """The share of the words *asked* that each topic knows, the rarer the heavier."""
        whole = sum(self._rarity(word) for word in asked) or 1.0
        return {
            name: sum(self._rarity(word) for word in asked & known) / whole
            for name, known in self._words.items()
        }

    @cached_property
    def _encoded(self) -> tuple[Matrix, list[int]]:
        """The vectors of all wordings and answers, and where those of each topic begin."""
        assert self._understanding is not None  # noqa: S101 - its callers have looked
        starts = np.cumsum([0, *(len(texts) for texts in self._wordings.values())])[:-1]
        return self._understanding.encoder.encode(self.wordings), [int(start) for start in starts]

    def _hits(self, text: PlainText) -> list[tuple[str, Span]]:
        """The topics whose cues match *text*, in its order; of two that share words the longer match counts."""
        hits = sorted(
            (
                (span.end - span.first, -order, span, name)
                for order, (name, cues) in enumerate(self._cues)
                for cue in cues
                for span in cue.find_all(text)
            ),
            key=lambda hit: hit[:2],
            reverse=True,
        )
        kept: list[tuple[str, Span]] = []
        for _, _, span, name in hits:
            if all(span.end <= other.first or other.end <= span.first for _, other in kept):
                kept.append((name, span))
        return sorted(kept, key=lambda hit: hit[1].first)

    def settled(self, name: str) -> str | None:
        """The fact that answers for the topic *name*; None where the pack has none."""
        passed: set[str] = set()
        at: str | None = name
        while at is not None and at not in self.answers and at not in passed:
            passed.add(at)
            at = self._instead.get(at)
        return at if at in self.answers else None


def _word_set(texts: Sequence[str]) -> frozenset[str]:
    """The words of *texts* without their endings."""
    return frozenset(_stem(word.strip("'.,")) for text in texts for word in plain(text).text.split())


def _stem(word: str) -> str:
    ending = next(
        (end for end in _ENDINGS if word.endswith(end) and len(word) - len(end) >= _SHORTEST_STEM), ""
    )
    return word.removesuffix(ending)


def _rarity(topics: Sequence[AbstractSet[str]]) -> Callable[[str], float]:
    """How much a word tells: the logarithm of the number of *topics* over that of those in which it occurs."""
    counts = Counter(word for words in topics for word in words)
    rarities = {word: math.log(len(topics) / count) for word, count in counts.items()}
    unknown = math.log(max(len(topics), 1))
    return lambda word: rarities.get(word, unknown)


def noun_sets(*nouns: Nouns) -> dict[str, tuple[str, ...]]:
    """What ``{item}`` and its like stand for in cues."""
    return {
        kind.name: tuple(dict.fromkeys(noun for each in nouns for noun in getattr(each, kind.name)))
        for kind in fields(Nouns)
    }


def _plainer(shared: Nouns, own: Nouns) -> Callable[[str], str]:
    """Puts the nouns of no product in particular in the place of a pack's own: "links" become "items"."""
    plain: dict[str, str] = {}
    for kind in fields(Nouns):
        common = getattr(shared, kind.name)
        for noun in getattr(own, kind.name):
            if common:
                plain[noun] = common[0] if noun.endswith("s") or len(common) == 1 else common[1]
    if not plain:
        return lambda text: text
    longest_first = sorted(plain, key=len, reverse=True)
    nouns = re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b")
    return lambda text: nouns.sub(lambda found: plain[found[0]], text)
