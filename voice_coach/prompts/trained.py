"""What was learnt: ``prompts/judge``, from labelled answers by ``scripts/train_judge.py``, and from what candidates ask
by ``scripts/train_asking.py``.
"""

from __future__ import annotations

import zipfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from voice_coach.core.detectors import Weights
from voice_coach.core.errors import PromptError
from voice_coach.core.features import DIMENSIONS
from voice_coach.core.question_model import FEATURES, OWN, SPECIAL, QuestionModel
from voice_coach.core.rubric_ids import CHECKLIST, CLARIFICATION, DEEP_DIVES, DELIVERY, MISTAKES, STAGES
from voice_coach.core.stages import NO_STAGE, PLACES, REACH, Transitions
from voice_coach.core.verdicts import COUNTED, Feature, Kind, VerdictModel
from voice_coach.prompts.folder import Problem, load_checked

DETECTORS = "detectors.npz"
VERDICTS = "verdicts.toml"
ASKING = "asking.npz"
_MEND = "run `python -m scripts.train_judge`"
_MEND_ASKING = "run `python -m scripts.train_asking`"
_STEPS = (*STAGES, NO_STAGE)
_ALL = (*CHECKLIST, *MISTAKES, *DELIVERY, *CLARIFICATION, *DEEP_DIVES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """The file ``verdicts.toml``."""

    __pydantic_config__ = {"extra": "forbid"}

    transitions: Transitions
    model: tuple[VerdictModel, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """Both files."""

    weights: Weights
    verdicts: Verdicts


def load_learnt(folder: Path, names: Collection[str]) -> Learnt:
    """All of *folder* (``prompts/judge``). *names*: what :func:`voice_coach.core.features.shape_names` gives.

    Raises PromptError naming the file.
    """
    weights = load_weights(folder)
    return Learnt(weights=weights, verdicts=load_verdicts(folder, weights, names))


def load_weights(folder: Path) -> Weights:
    """The detectors' weights in *folder*. Raises PromptError naming the file."""
    path = folder / DETECTORS
    try:
        with np.load(path, allow_pickle=False) as arrays:
            weights = Weights(
                ids=tuple(arrays["ids"].tolist()),
                features=tuple(arrays["features"].tolist()),
                vocabulary=tuple(arrays["vocabulary"].tolist()),
                matrix=arrays["matrix"].astype(np.float32),
                bias=arrays["bias"].astype(np.float32),
                context=arrays["context"].astype(np.float32),
            )
    except (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile) as err:
        raise PromptError(f"{path}: cannot be read as trained weights: {_MEND}") from err
    columns = (2 * REACH + 1) * len(weights.ids) + len(PLACES) + 3
    if (
        weights.matrix.shape != (len(weights.features), len(weights.ids))
        or weights.bias.shape != (len(weights.ids),)
        or weights.context.shape != (columns, len(_STEPS))
    ):
        raise PromptError(f"{path}: its arrays do not fit together: {_MEND}")
    missing = [id_ for step in _STEPS if (id_ := f"stage/{step}") not in weights.ids]
    if missing:
        raise PromptError(f"{path}: nothing detects {', '.join(missing)}: {_MEND}")
    return weights


def load_question_model(folder: Path, facts: Collection[str]) -> QuestionModel:
    """What sentences ask for, in *folder*. *facts*: ids of the standard facts. Raises PromptError naming the file."""
    path = folder / ASKING
    try:
        with np.load(path, allow_pickle=False) as arrays:
            model = QuestionModel(
                classes=tuple(arrays["classes"].tolist()),
                vocabulary=tuple(arrays["vocabulary"].tolist()),
                meaning=arrays["meaning"].astype(np.float32),
                words=arrays["words"].astype(np.float32),
                weights=arrays["weights"].astype(np.float32),
            )
    except (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile) as err:
        raise PromptError(f"{path}: cannot be read as trained weights: {_MEND_ASKING}") from err
    classes = len(model.classes)
    if (
        model.meaning.shape != (classes, DIMENSIONS + 1)
        or model.words.shape != (classes, len(model.vocabulary))
        or model.weights.shape != (len(FEATURES),)
    ):
        raise PromptError(f"{path}: its arrays do not fit together: {_MEND_ASKING}")
    unknown = sorted({*facts, OWN, *SPECIAL} - set(model.classes))
    if unknown:
        raise PromptError(f"{path}: it was never told of {', '.join(unknown)}: {_MEND_ASKING}")
    return model


def load_verdicts(folder: Path, weights: Weights, names: Collection[str] | None) -> Verdicts:
    """How verdicts are drawn from what the detectors of *weights* find. Raises PromptError with file and key.

    *names* are those of cues and shapes; None where they are not known, so that none of them is taken for unknown.
    """

    def problems(verdicts: Verdicts) -> Iterator[Problem]:
        ids = [model.id for model in verdicts.model]
        missing = [id_ for id_ in _ALL if ids.count(id_) != 1]
        if missing:
            yield Problem(("model",), f"each rubric id once, please: see {', '.join(missing)}; {_MEND}")
        for index, model in enumerate(verdicts.model):
            for number, feature in enumerate(model.feature):
                where = ("model", index, "feature", number, "of")
                for reason in _of_problems(feature, weights, names):
                    yield Problem(where, f"{reason}; {_MEND}")
        if sorted(verdicts.transitions.stages) != sorted(_STEPS):
            yield Problem(("transitions", "stages"), f"needs each of {', '.join(_STEPS)} once; {_MEND}")
        sides = {len(verdicts.transitions.stages)}
        sides |= {len(row) for row in verdicts.transitions.follows}
        sides |= {len(verdicts.transitions.first), len(verdicts.transitions.usual)}
        if len(sides) > 1 or len(verdicts.transitions.follows) != len(verdicts.transitions.stages):
            yield Problem(("transitions",), f"needs as many rows and columns as stages; {_MEND}")

    return load_checked(folder / VERDICTS, Verdicts, problems)


def _of_problems(feature: Feature, weights: Weights, names: Collection[str] | None) -> Iterator[str]:
    """What is wrong with what *feature* looks at."""
    if feature.kind.looks_at_some and not feature.of:
        yield f"{feature.kind} needs at least one"
    if feature.kind.looks_at_cues:
        unknown = sorted(set(feature.of).difference(feature.of if names is None else names))
        if unknown:
            yield f"no cue is called {', '.join(unknown)}"
        return
    unknown = sorted(set(feature.detectors) - set(weights.ids))
    if unknown:
        yield f"nothing detects {', '.join(unknown)}"
    if feature.kind is Kind.ENOUGH and not COUNTED.issuperset(feature.of[:1]):
        yield f"{feature.kind} counts {' or '.join(sorted(COUNTED))}, not {feature.of[0]}"


def check_trained(folder: Path, names: Collection[str] | None) -> list[str]:
    """Every complaint about the files of *folder*; the second file is looked at only when the first is good.

    *names* as for :func:`load_verdicts`.
    """
    try:
        load_verdicts(folder, load_weights(folder), names)
    except PromptError as problem:
        return str(problem).splitlines()
    return []


def check_question_model(folder: Path, facts: Collection[str]) -> list[str]:
    """The first complaint about what was learnt of questions. *facts*: ids of the standard facts."""
    try:
        load_question_model(folder, facts)
    except PromptError as problem:
        return [str(problem)]
    return []
