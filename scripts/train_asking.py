"""Learns what sentences ask for: ``python -m scripts.train_asking [--cross-validate]``.

From ``prompts/asked`` and the tuning halves of ``evaluation/questions`` and ``evaluation/answers`` it writes
``prompts/judge/asking.npz``; the same data gives the same file on the same machine. How much likeness, words, cues and
classes tell is learnt from sentences of a writer of whom they had seen nothing. ``--cross-validate`` leaves each writer
out of all in turn, prints what became of their sentences, and writes nothing. Afterwards the wordings are encoded anew
(``python -m scripts.encode_wordings``).
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from scipy.special import logsumexp

from scripts.eval_questions import Evaluation, Remembering, Row, rows
from voice_coach.compose.content import Content, load_content
from voice_coach.compose.judging import known_wordings, sentence_encoder
from voice_coach.config import load_config
from voice_coach.core.content import Saying
from voice_coach.core.fact_finder import FactFinder, Understanding
from voice_coach.core.question_model import FEATURES, OWN, SPECIAL, TALK, QuestionModel, tokens
from voice_coach.core.transcript import laid_out
from voice_coach.prompts.trained import ASKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from voice_coach.core.features import Encoder, Matrix
    from voice_coach.core.transcript import Word

ROOT = Path(__file__).resolve().parents[1]
TUNING = "tuning"
"""The writer of ``evaluation/questions/tuning.tsv``."""
ANSWERS, TUNED_ANSWERS = "answers", ROOT / "evaluation" / "answers" / "tuning"
"""The writer of all sentences of labelled answers that clarify nothing and end no turn: they are put to nobody."""
EVERY = 5
"""One in so many of them is learnt from; there are thousands."""
RAREST = 3
"""Words and pairs of words in fewer sentences are not looked at."""
MEANING_PENALTY, WORD_PENALTY, WEIGHT_PENALTY = 1e-5, 1e-4, 1e-3
"""On squared weights; by cross-validation over writers."""
ITERATIONS = 120
FIRST_WEIGHTS = (8.0, 2.0, 4.0, 4.0, 2.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence in one pack, ready to learn from."""

    writer: str
    question: str
    asks: tuple[str, ...]
    text: str
    vector: Matrix
    """Its meaning, in the nouns of no product."""

    @property
    def words(self) -> tuple[Word, ...]:
        return laid_out(self.text, 0.0, len(self.text) / 15)


class Trainer:
    """Holds the sentences and learns from some of them."""

    def __init__(self, content: Content, encoder: Encoder) -> None:
        self._content = content
        self._encoder = encoder
        standard = tuple(fact.id for fact in content.facts.fact)
        self._classes = (*standard, OWN, *SPECIAL)
        self.examples = tuple(self._examples())
        self.writers = tuple(dict.fromkeys(example.writer for example in self.examples))

    def model(self, writers: Sequence[str]) -> QuestionModel:
        """What is learnt from *writers*."""
        found = []
        for left_out in writers:
            others = tuple(writer for writer in writers if writer != left_out)
            found += self._features(left_out, self._classifier(others), others)
        weights = _fitted([features for _, features in found], [target for target, _ in found])
        return replace(self._classifier(writers), weights=weights)

    def understanding(self, model: QuestionModel, writers: Sequence[str]) -> Understanding:
        """With *model*, and what *writers* say."""
        sayings = tuple(saying for saying in self._content.sayings if saying.writer in writers)
        return Understanding(encoder=self._encoder, model=model, sayings=sayings)

    def _examples(self) -> Iterable[Example]:
        chance = random.Random(0)  # noqa: S311 - the same packs every time
        packs = [name for name, question in self._content.questions.items() if question.facts]
        unread = QuestionModel((), (), _zeros(0, 0), _zeros(0, 0), _zeros(0))
        finder = cache(
            lambda pack: FactFinder(
                self._content.questions[pack],
                self._content.facts,
                Understanding(encoder=self._encoder, model=unread),
            )
        )
        tuned = [
            Saying(writer=TUNING, pack=row.pack, asks="|".join(row.expected), text=row.said)
            for row in rows(TUNING)
        ]
        for saying in (*self._content.sayings, *tuned, *_talk()):
            pack = saying.pack or chance.choice(packs)
            text = finder(pack).as_compared(laid_out(saying.text, 0.0, 1.0))[-1]
            yield Example(
                saying.writer,
                pack,
                tuple(saying.asks.split("|")),
                saying.text,
                self._encoder.encode([text])[0],
            )

    def _class_of(self, example: Example) -> int | None:
        if len(example.asks) > 1:
            return None
        (asks,) = example.asks
        return self._classes.index(asks if asks in self._classes else OWN)

    def _classifier(self, writers: Sequence[str]) -> QuestionModel:
        """The classes of sentences of *writers*; its weights are still to be learnt."""
        known = [
            (example, number)
            for example in self.examples
            if example.writer in writers and (number := self._class_of(example)) is not None
        ]
        counts = Counter(token for example, _ in known for token in tokens(example.text))
        vocabulary = tuple(sorted(token for token, count in counts.items() if count >= RAREST))
        places = {token: place for place, token in enumerate(vocabulary)}
        found = [[places[token] for token in tokens(example.text) if token in places] for example, _ in known]
        shares = [1 / np.sqrt(len(each)) for each in found for _ in each]
        lines = [line for line, each in enumerate(found) for _ in each]
        bags = csr_matrix(
            (shares, (lines, [place for each in found for place in each])),
            shape=(len(known), len(vocabulary)),
        )
        vectors = np.stack([np.append(example.vector, 1.0) for example, _ in known])
        meaning, words = _classified(vectors, bags, [number for _, number in known], len(self._classes))
        return QuestionModel(self._classes, vocabulary, meaning, words, _zeros(len(FEATURES)))

    def _features(
        self, writer: str, model: QuestionModel, others: Sequence[str]
    ) -> list[tuple[np.ndarray, np.ndarray]]:
        """For each sentence of *writer* which topics are right, and what speaks for each by what *others* said."""
        finder = cache(
            lambda pack: FactFinder(
                self._content.questions[pack], self._content.facts, self.understanding(model, others)
            )
        )
        found = []
        for example in self.examples:
            if example.writer == writer:
                at = finder(example.question)
                names, features = at.features(example.words)
                right = {at.settled(asks) or (asks if asks in SPECIAL else "none") for asks in example.asks}
                found.append((np.array([(at.settled(name) or name) in right for name in names]), features))
        return [(target, features) for target, features in found if target.any()]


def _talk() -> Iterable[Saying]:
    sentences = [
        sentence
        for path in sorted(TUNED_ANSWERS.glob("*.json"))
        for sentence in _design(json.loads(path.read_text(encoding="utf-8")))
    ]
    for sentence in sentences[::EVERY]:
        yield Saying(writer=ANSWERS, pack=None, asks=TALK, text=sentence)


def _design(answer: Mapping[str, Any]) -> Iterable[str]:
    """The sentences of *answer*, a labelled one, that ask for nothing."""
    asked = {
        (turn, sentence)
        for verdict in answer["gold"]["clarification"].values()
        for turn, sentence in verdict["evidence"]
    }
    for number, turn in enumerate(answer["turns"]):
        if turn["speaker"] == "candidate":
            for place, sentence in enumerate(turn["sentences"][:-1]):
                if (number, place) not in asked:
                    yield sentence


def _zeros(*shape: int) -> Matrix:
    return np.zeros(shape, np.float32)


def _classified(
    vectors: np.ndarray, bags: csr_matrix, targets: Sequence[int], classes: int
) -> tuple[Matrix, Matrix]:
    """Multinomial logistic regression on both kinds of features, squared weights penalised."""
    count, width = vectors.shape
    split = classes * width
    wanted = np.zeros((count, classes))
    wanted[np.arange(count), targets] = 1.0

    def loss(packed: np.ndarray) -> tuple[float, np.ndarray]:
        meaning, words = packed[:split].reshape(classes, width), packed[split:].reshape(classes, -1)
        scores = vectors @ meaning.T + bags @ words.T
        whole = logsumexp(scores, axis=1)
        off = np.exp(scores - whole[:, None]) - wanted
        shrunk = meaning.copy()
        shrunk[:, -1] = 0.0
        value = (whole - scores[np.arange(count), targets]).mean()
        value += (MEANING_PENALTY * (shrunk**2).sum() + WORD_PENALTY * (words**2).sum()) / 2
        slope = off.T @ vectors / count + MEANING_PENALTY * shrunk
        word_slope = (bags.T @ off).T / count + WORD_PENALTY * words
        return value, np.concatenate([slope.ravel(), np.asarray(word_slope).ravel()])

    start = np.zeros(split + classes * bags.shape[1])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": ITERATIONS}).x
    return (
        found[:split].reshape(classes, width).astype(np.float32),
        found[split:].reshape(classes, -1).astype(np.float32),
    )


def _fitted(features: Sequence[np.ndarray], targets: Sequence[np.ndarray]) -> Matrix:
    """The weights under which the right topics of each sentence are the most probable (conditional logit)."""
    lengths = [len(each) for each in features]
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    of = np.repeat(np.arange(len(lengths)), lengths)
    table, right = np.concatenate(features).astype(np.float64), np.concatenate(targets)

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        scores = table @ weights
        shares = np.exp(scores - np.maximum.reduceat(scores, starts)[of])
        whole, good = np.add.reduceat(shares, starts), np.add.reduceat(shares * right, starts)
        value = (np.log(whole) - np.log(good)).mean() + WEIGHT_PENALTY * (weights**2).sum() / 2
        pull = shares / whole[of] - shares * right / good[of]
        return value, table.T @ pull / len(lengths) + WEIGHT_PENALTY * weights

    start = np.append(FIRST_WEIGHTS, np.zeros(len(FEATURES) - len(FIRST_WEIGHTS)))
    found: Matrix = minimize(loss, start, jac=True, method="L-BFGS-B").x.astype(np.float32)
    return found


def _validated(trainer: Trainer, content: Content, writer: str) -> dict[str, object]:
    """What becomes of the sentences of *writer*, learnt from all others."""
    others = [other for other in trainer.writers if other != writer]
    known = trainer.understanding(trainer.model(others), others)
    table = [
        Row(example.question, example.asks, example.text)
        for example in trainer.examples
        if example.writer == writer and "handover" not in example.asks
    ]
    figures = Evaluation(load_config().matching, known, content).figures(table)
    return {"writer": writer, **asdict(figures)}


def main() -> None:
    """Trains, or says how well that does."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cross-validate", action="store_true")
    given = parser.parse_args()
    content = load_content()
    encoder = Remembering(known_wordings(content, sentence_encoder(load_config())))
    trainer = Trainer(content, encoder)
    if given.cross_validate:
        for writer in trainer.writers:
            print(json.dumps(_validated(trainer, content, writer)), flush=True)
        return
    model = trainer.model(trainer.writers)
    path = content.judge_folder / ASKING
    np.savez_compressed(
        path,
        classes=np.array(model.classes),
        vocabulary=np.array(model.vocabulary),
        meaning=model.meaning.astype(np.float16),
        words=model.words.astype(np.float16),
        weights=model.weights,
    )
    print(f"{len(model.vocabulary)} words and pairs, {len(trainer.examples)} sentences in {path}")


if __name__ == "__main__":
    main()
