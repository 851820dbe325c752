"""Trains the judge from the labelled answers: ``python -m scripts.train_judge``.

Writes ``prompts/judge/detectors.npz`` and ``prompts/judge/verdicts.toml``. The same data gives the same files on the
same machine. The judging split (``evaluation/answers/held_out``) is never read here. A model for each verdict
sees only what detectors say that were not trained on its answer, so it learns how far they can be trusted.
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from scripts.garble import garbler
from scripts.labelled import (
    AS_WRITTEN,
    TALK,
    Labelled,
    read_answers,
    read_fragments,
    read_recognised,
    read_talk,
)
from scripts.verdict_features import MODELS
from voice_coach.adapters.term_matcher import TermMatcher
from voice_coach.compose.content import Content, load_content
from voice_coach.compose.judging import sentence_encoder
from voice_coach.config import Config
from voice_coach.core.detectors import Detected, Weights
from voice_coach.core.features import DIMENSIONS, PLACES, FeatureMaker, words_and_pairs
from voice_coach.core.heard import Heard
from voice_coach.core.replies import Replies
from voice_coach.core.rubric_ids import STAGES
from voice_coach.core.rule_judge import RuleJudge
from voice_coach.core.stages import NO_STAGE, Transitions, log_odds, most_likely_stages, surroundings
from voice_coach.core.verdicts import Seen, VerdictModel, value

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "evaluation"
FOLDS = 5
PENALTY = 0.6
"""Inverse strength of the detectors' penalty, by cross-validation over answers."""
TRUST = 2.0
"""How strongly a verdict model is held to the weights that it begins with."""
RAREST, RAREST_PAIR = 5, 8
"""Words, and pairs of words, that fewer sentences hold are no features."""
MEANING = 3 * DIMENSIONS
"""So many features come first, and are never zero."""
ORDERED = frozenset({"opening_roadmap", "high_level_first", "tradeoff_summary", "tools_too_early"})
"""A fragment out of the middle cannot show these, nor show that they are not there."""
SHOWN = tuple(
    dict.fromkeys(id_ for model in MODELS for feature in model.feature for id_ in feature.detectors)
)
COLUMNS = (*SHOWN, *(f"stage/{stage}" for stage in (*STAGES, NO_STAGE)))
CONTEXT_PENALTY = 60.0
"""On how the sentences around one correct its step; likewise."""
ITERATIONS = 80


@dataclass(frozen=True, slots=True)
class Example:
    """An answer or a fragment, ready to learn from."""

    labelled: Labelled
    heard: Heard
    features: np.ndarray
    shape: dict[str, np.ndarray]
    rules: dict[str, float]
    change_turns: frozenset[int]

    def labels(self, column: str) -> np.ndarray:
        """For each line 1, 0, or -1 where it says nothing about *column*."""
        if column.startswith("stage/"):
            places = self.labelled.places(self.heard)
            return np.array([self.labelled.stages[place] == column[6:] for place in places], int)
        found = np.array(self.labelled.shows(self.heard, column), int)
        if self.labelled.part == "middle" and column in ORDERED and not found.any():
            return found - 1
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """All that is learnt from."""

    answers: list[Example]
    """The tuning answers, once more as they might be recognised, and some as they were when spoken."""
    talk: list[Example]
    """Of everyday things. No detector learns from it: single sentences of it might stand in an answer."""
    fragments: list[Example]
    maker: FeatureMaker
    """What made their features."""


class Trainer:
    """Holds what training needs besides the examples."""

    def __init__(self, content: Content) -> None:
        self.content = content
        self.rules = RuleJudge(content.rubric, content.lexicon)
        self.replies = Replies(content.rubric)
        self.encoder = sentence_encoder(Config())

    def read(self) -> Examples:
        """All that is learnt from."""
        lexicon = self.content.lexicon
        written = read_answers(DATA / "answers" / "tuning", lexicon)
        recognised = read_recognised(written, DATA / "recognised" / "tuning")
        mishears = garbler(written, TermMatcher(lexicon))
        garbled = [mishears.garbled(answer) for answer in written]
        talk = read_talk(DATA / "talk", lexicon)
        labelled = [*written, *recognised, *garbled, *talk, *read_fragments(DATA / "fragments", lexicon)]
        examples, maker = self.examples(labelled)
        fragments = [example for example in examples if example.labelled.part is not None]
        whole = [example for example in examples if example.labelled.part is None]
        return Examples(
            answers=[example for example in whole if example.labelled.form != TALK],
            talk=[example for example in whole if example.labelled.form == TALK],
            fragments=fragments,
            maker=maker,
        )

    def examples(self, labelled: list[Labelled]) -> tuple[list[Example], FeatureMaker]:
        """All of *labelled* with their features, and what made them."""
        heard = [self.rules.listen(item.transcript) for item in labelled]
        vocabulary = _vocabulary(
            [lines for item, lines in zip(labelled, heard, strict=True) if item.form == AS_WRITTEN]
        )
        maker = FeatureMaker(self.encoder, self.content.rubric, self.content.lexicon, vocabulary)
        return [self._example(item, lines, maker) for item, lines in zip(labelled, heard, strict=True)], maker

    def _example(self, item: Labelled, heard: Heard, maker: FeatureMaker) -> Example:
        features = maker.matrix(heard)
        shape = maker.shape(heard)
        if item.part is not None:
            _put_in_place(item.part, features, maker)
        return Example(
            labelled=item,
            heard=heard,
            features=features,
            shape={name: shape[:, number] for number, name in enumerate(maker.shape_names)},
            rules={} if item.part else self.rules.checklist(heard),
            change_turns=self.replies.to_a_change(heard),
        )


def _vocabulary(heard: list[Heard]) -> tuple[str, ...]:
    count = Counter(word for answer in heard for line in answer.lines for word in words_and_pairs(line))
    return tuple(
        sorted(word for word, times in count.items() if times >= (RAREST_PAIR if " " in word else RAREST))
    )


def _put_in_place(part: str, features: np.ndarray, maker: FeatureMaker) -> None:
    """A fragment's sentences stand where the fragment stood in its answer."""
    first = maker.names.index(PLACES[0])
    place = {"start": 0.03, "middle": 0.5, "end": 0.95}[part]
    features[:, first + PLACES.index("place")] = place
    features[:, first + PLACES.index("is_opening")] = float(part == "start")
    features[:, first + PLACES.index("is_closing")] = float(part == "end")


def fit_detectors(examples: list[Example]) -> tuple[np.ndarray, np.ndarray]:
    """(features, columns) and (columns,): logistic regressions with a squared penalty, all in one go."""
    features = np.concatenate([example.features for example in examples])
    # All but the vectors of meaning is nearly empty.
    meaning, other = features[:, :MEANING], csr_matrix(features[:, MEANING:])
    labels = np.stack(
        [np.concatenate([example.labels(column) for example in examples]) for column in COLUMNS], axis=1
    )
    known = (labels >= 0).astype(np.float32)
    truth = np.maximum(labels, 0).astype(np.float32)
    shape = (features.shape[1] + 1, len(COLUMNS))

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        weights = flat.reshape(shape).astype(np.float32)
        scores = meaning @ weights[:MEANING] + other @ weights[MEANING:-1] + weights[-1]
        misfit = (1.0 / (1.0 + np.exp(-np.clip(scores, -30, 30))) - truth) * known
        slope = np.vstack([meaning.T @ misfit, other.T @ misfit, misfit.sum(axis=0)]) * PENALTY
        slope[:-1] += weights[:-1]
        fit = (np.logaddexp(0.0, scores) - truth * scores) * known
        return float(PENALTY * fit.sum() + 0.5 * (weights[:-1] ** 2).sum()), slope.astype(float).ravel()

    start = np.zeros(shape)
    start[-1] = -2.0
    best = minimize(loss, start.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": ITERATIONS})
    weights = best.x.reshape(shape).astype(np.float32)
    return weights[:-1], weights[-1]


def detected(example: Example, weights: np.ndarray, bias: np.ndarray) -> Detected:
    """What detectors of these weights say."""
    scores = np.clip(example.features @ weights + bias, -30, 30)
    return Detected(
        columns={column: number for number, column in enumerate(COLUMNS)},
        likely=(1.0 / (1.0 + np.exp(-scores))).astype(np.float32),
        shape=example.shape,
    )


def unseen(answers: list[Example], fragments: list[Example]) -> list[Detected]:
    """For each answer what detectors say that were trained on the others and on the fragments."""
    found: dict[int, Detected] = {}
    folds = folds_of(answers)
    for fold in sorted(set(folds)):
        others = [example for example, other in zip(answers, folds, strict=True) if other != fold]
        weights, bias = fit_detectors([*others, *fragments])
        for number, other in enumerate(folds):
            if other == fold:
                found[number] = detected(answers[number], weights, bias)
        print(f"train: fold {fold + 1} of {FOLDS}", file=sys.stderr)
    return [found[number] for number in range(len(answers))]


def folds_of(answers: list[Example]) -> list[int]:
    """The fold of each answer; one that was spoken and recognised is in that of its text."""
    ids = list(dict.fromkeys(answer.labelled.id for answer in answers))
    return [ids.index(answer.labelled.id) % FOLDS for answer in answers]


def transitions(answers: list[Example]) -> Transitions:
    """How often one step follows another, one added to each count."""
    names = (*STAGES, NO_STAGE)
    follows = np.full((len(names), len(names)), 0.5)
    first = np.full(len(names), 0.5)
    usual = np.full(len(names), 0.5)
    for example in answers:
        path = [
            names.index(example.labelled.stages[place]) for place in example.labelled.places(example.heard)
        ]
        first[path[0]] += 1
        for before, after in pairwise(path):
            follows[before, after] += 1
        for stage in path:
            usual[stage] += 1

    def shares(counts: np.ndarray) -> tuple[float, ...]:
        return tuple(round(float(share), 4) for share in counts / counts.sum())

    return Transitions(
        stages=names, first=shares(first), follows=tuple(shares(row) for row in follows), usual=shares(usual)
    )


def fit_context(answers: list[Example], found: list[Detected]) -> np.ndarray:
    """How the sentences around one correct its step, from what detectors say that did not see the answer."""
    names = [f"stage/{name}" for name in (*STAGES, NO_STAGE)]
    rows = np.concatenate([surroundings(item) for item in found])
    base = np.concatenate([log_odds(np.stack([item.of(name) for name in names], 1)) for item in found])
    truth = np.stack([np.concatenate([example.labels(name) for example in answers]) for name in names], 1)
    shape = (rows.shape[1], len(names))

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        weights = flat.reshape(shape)
        scores = rows @ weights + base
        slope = rows.T @ (1.0 / (1.0 + np.exp(-scores)) - truth) + CONTEXT_PENALTY * weights
        fit = np.logaddexp(0.0, scores) - truth * scores
        return float(fit.sum() + 0.5 * CONTEXT_PENALTY * (weights**2).sum()), slope.ravel()

    best = minimize(loss, np.zeros(shape).ravel(), jac=True, method="L-BFGS-B", options={"maxiter": 200})
    context: np.ndarray = best.x.reshape(shape).astype(np.float32)
    return context


def as_seen(example: Example, found: Detected, steps: Transitions, context: np.ndarray) -> Seen:
    """All that verdicts are drawn from."""
    return Seen(
        heard=example.heard,
        detected=found,
        rules=example.rules,
        stages=most_likely_stages(found, context, steps),
        change_turns=example.change_turns,
    )


def fit_verdict(model: VerdictModel, seen: list[Seen], truth: list[bool | None]) -> VerdictModel:
    """*model* with weights that fit, held to the ones that it comes with."""
    known = [number for number, is_true in enumerate(truth) if is_true is not None]
    rows = np.array(
        [[value(feature, seen[number], model.id) for feature in model.feature] for number in known]
    )
    labels = np.array([float(bool(truth[number])) for number in known])
    start = np.array([*(feature.weight for feature in model.feature), model.bias])

    def loss(weights: np.ndarray) -> float:
        scores = rows @ weights[:-1] + weights[-1]
        apart = weights - start
        fit = np.logaddexp(0.0, scores) - labels * scores
        return float(fit.sum() + TRUST * (apart[:-1] ** 2).sum() + 0.05 * apart[-1] ** 2)

    if len(known) == 0:
        return model
    # A feature never counts against what it stands for, however few the answers that show it.
    signs = [(0.0, None) if weight > 0 else (None, 0.0) for weight in start[:-1]]
    best = minimize(loss, start, method="L-BFGS-B", bounds=[*signs, (None, None)]).x
    features = tuple(
        replace(feature, weight=round(float(weight), 3))
        for feature, weight in zip(model.feature, best[:-1], strict=True)
    )
    return replace(model, feature=features, bias=round(float(best[-1]), 3))


def main() -> None:
    """Trains and writes."""
    examples = Trainer(load_content()).read()
    answers, maker = examples.answers, examples.maker
    steps = transitions(answers)
    found = unseen(answers, examples.fragments)
    context = fit_context(answers, found)
    matrix, bias = fit_detectors([*answers, *examples.fragments])
    found += [detected(talk, matrix, bias) for talk in examples.talk]
    whole = [*answers, *examples.talk]
    seen = [as_seen(*pair, steps, context) for pair in zip(whole, found, strict=True)]
    models = [
        fit_verdict(model, seen, [example.labelled.truth[model.id] for example in whole]) for model in MODELS
    ]
    weights = Weights(
        ids=COLUMNS,
        features=maker.names,
        vocabulary=_words(maker),
        matrix=matrix,
        bias=bias,
        context=context,
    )
    write(weights, models, steps)


def _words(maker: FeatureMaker) -> tuple[str, ...]:
    return tuple(name.removeprefix("word ") for name in maker.names if name.startswith("word "))


def write(weights: Weights, models: list[VerdictModel], steps: Transitions) -> None:
    """Both files."""
    folder = ROOT / "prompts" / "judge"
    folder.mkdir(exist_ok=True)
    np.savez_compressed(
        folder / "detectors.npz",
        ids=np.array(weights.ids),
        features=np.array(weights.features),
        vocabulary=np.array(weights.vocabulary),
        matrix=weights.matrix.astype(np.float16),
        bias=weights.bias.astype(np.float32),
        context=weights.context.astype(np.float16),
    )
    (folder / "verdicts.toml").write_text("\n".join(_toml(models, steps)) + "\n", encoding="utf-8")


def _toml(models: list[VerdictModel], steps: Transitions) -> list[str]:
    lines = [
        "# How verdicts are drawn from what the detectors find. Made by `python -m scripts.train_judge`; every",
        "# feature is explained in voice_coach/core/verdicts.py. A verdict's log odds are the bias and the sum of",
        "# each feature's value times its weight.",
        "",
        "[transitions]",
        f"stages = {_listed(steps.stages)}",
        f"first = {list(steps.first)}",
        f"usual = {list(steps.usual)}",
        "follows = [",
        *(f"  {list(row)}," for row in steps.follows),
        "]",
    ]
    for model in models:
        lines += ["", "[[model]]", f'id = "{model.id}"', f"bias = {model.bias}", "feature = ["]
        for feature in model.feature:
            of = f", of = {_listed(feature.of)}" if feature.of else ""
            where = f', where = "{feature.where}"' if feature.where != "anywhere" else ""
            lines.append(f'  {{ kind = "{feature.kind}"{of}{where}, weight = {feature.weight} }},')
        lines.append("]")
    return lines


def _listed(names: tuple[str, ...]) -> str:
    return "[" + ", ".join(f'"{name}"' for name in names) + "]"


if __name__ == "__main__":
    main()
