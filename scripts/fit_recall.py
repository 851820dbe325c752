"""Fits what tells where something was said, and how probable that is, to ``evaluation/review/claims.tsv``.

``python -m scripts.fit_recall`` prints the numbers of ``voice_coach/core/recall.py``, and what comes of them where each
answer's questions are judged by what was fitted to those of all other answers.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scripts.bench_review import Bench, Claim, holds
from voice_coach.core.recall import ALIKE_ALONE, OTHER_WORDS_FROM, SIGNS, Recall
from voice_coach.core.transcript import laid_out

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voice_coach.core.shared_words import Values

_SHRINK = 0.003
"""Pulls the weights towards 0: so much times their square, against the mean loss of a question."""
_STEPS, _RATE = 400, 0.1
_NEWTON, _SHRINK_LOGIT = 60, 0.005


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, ready to be fitted to."""

    claim: Claim
    signs: Values
    """(parts, SIGNS)."""
    is_right: Values
    """By part: whether what is played of it is what was meant."""


def read(bench: Bench) -> list[Asked]:
    """All tuning questions that are understood as one."""
    tuning = [claim for claim in bench.claims if claim.half == "tuning"]
    understood = [(claim, words) for claim in tuning if (words := bench.words(claim))]
    return [
        Asked(claim, bench.recall(claim.answer).signs(words), _right(bench.recall(claim.answer), claim))
        for claim, words in understood
    ]


def fit_weights(asked: Sequence[Asked]) -> Values:
    """What each sign counts: the part that was meant shall be likely among all of its answer (a softmax over them)."""
    known = [item for item in asked if item.is_right.any()]
    most = max(len(item.signs) for item in known)
    signs, right, absent = np.zeros((len(known), most, len(SIGNS))), np.zeros((len(known), most)), []
    for row, item in enumerate(known):
        signs[row, : len(item.signs)], right[row, : len(item.signs)] = item.signs, item.is_right
        absent.append(np.where(np.arange(most) < len(item.signs), 0.0, -np.inf))
    weights, mean, square = (np.zeros(len(SIGNS)) for _ in range(3))
    for step in range(1, _STEPS + 1):
        fits = signs @ weights + np.array(absent)
        odds = np.exp(fits - fits.max(axis=1, keepdims=True))
        shares = odds / odds.sum(axis=1, keepdims=True)
        meant = odds * right / (odds * right).sum(axis=1, keepdims=True)
        slope = _SHRINK * weights - np.einsum("qp,qps->s", meant - shares, signs) / len(known)
        mean, square = 0.9 * mean + 0.1 * slope, 0.99 * square + 0.01 * slope**2
        pace = _RATE * (1.0 if step < _STEPS / 2 else 0.2)
        weights -= pace * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-8)
    return weights


def fit_logit(asked: Sequence[Asked], weights: Values) -> Values:
    """BIAS, SCORE and AHEAD: how probable it is that the best part is right, by its score and its share."""
    rows, right = np.array([_best(item, weights)[1] for item in asked]), _is_right(asked, weights)
    logit = np.zeros(rows.shape[1])
    keep = _SHRINK_LOGIT * len(rows) * np.diag([0.0, 1.0, 1.0])
    for _ in range(_NEWTON):
        chance = 1.0 / (1.0 + np.exp(-rows @ logit))
        bend = (rows * (chance * (1.0 - chance))[:, None]).T @ rows + keep + 1e-6 * np.eye(len(logit))
        logit -= np.linalg.solve(bend, rows.T @ (chance - right) + keep @ logit)
    return logit


def _best(item: Asked, weights: Values) -> tuple[int, tuple[float, float, float]]:
    fits = item.signs @ weights
    at = int(fits.argmax())
    return at, (1.0, float(fits[at]), -float(np.log(np.exp(fits - fits[at]).sum())))


def _is_right(asked: Sequence[Asked], weights: Values) -> Values:
    return np.array([bool(item.is_right[_best(item, weights)[0]]) for item in asked], float)


def _counted(signs: Values, likely: float) -> float:
    """*likely*; 0 where the part is not played for want of anything that ties it to the claim."""
    words, same, _, part, sentence, _ = signs
    is_near = words > 0 or same > 0 or max(part, sentence) >= ALIKE_ALONE
    return likely if is_near and (words > 0 or likely >= OTHER_WORDS_FROM) else 0.0


def _right(recall: Recall, claim: Claim) -> Values:
    meant = [[word.bare for word in laid_out(text, 0.0, 1.0)] for text in claim.said]
    played = [
        [word.bare for word in recall.heard.lines[part.number].words[part.first : part.end]]
        for part in recall.parts
    ]
    return np.array([any(holds(words, text) for text in meant) for words in played], float)


def main() -> int:
    """Prints what was fitted, and how it does on answers that it was not fitted to."""
    bench = Bench()
    asked = read(bench)
    weights = fit_weights(asked)
    print("WEIGHTS", dict(zip(SIGNS, (round(float(weight), 2) for weight in weights), strict=True)))
    print("BIAS, SCORE, AHEAD", fit_logit(asked, weights).round(2))
    outcome: list[tuple[Asked, bool, float]] = []
    for answer in sorted(bench.heard):
        others = [item for item in asked if item.claim.answer != answer]
        weights = fit_weights(others)
        logit = fit_logit(others, weights)
        for item in asked:
            if item.claim.answer == answer:
                at, row = _best(item, weights)
                likely = float(1.0 / (1.0 + np.exp(-np.dot(logit, row))))
                outcome.append((item, bool(item.is_right[at]), _counted(item.signs[at], likely)))
    said = [item for item in outcome if item[0].claim.said]
    unsaid = [item for item in outcome if not item[0].claim.said]
    print(f"left-out answers: the best part is right {sum(right for _, right, _ in said)} of {len(said)}")
    for least in (0.0, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5):
        hit = sum(right and likely >= least for _, right, likely in said)
        wrong = sum(not right and likely >= least for _, right, likely in said)
        told = sum(likely < least for _, _, likely in unsaid)
        print(f"from {least}: right {hit}, wrong {wrong} of {len(said)}; never said {told} of {len(unsaid)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
