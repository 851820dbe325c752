from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from voice_coach.compose.content import load_content
from voice_coach.core.errors import PromptError
from voice_coach.core.features import shape_names
from voice_coach.core.rubric_ids import CHECKLIST, CLARIFICATION, DEEP_DIVES, DELIVERY, MISTAKES
from voice_coach.prompts.trained import (
    check_question_model,
    check_trained,
    load_question_model,
    load_verdicts,
    load_weights,
)

CONTENT = load_content()
BUNDLED = CONTENT.judge_folder
NAMES = shape_names(CONTENT.rubric, CONTENT.lexicon)
FACTS = tuple(fact.id for fact in CONTENT.facts.fact)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(BUNDLED, tmp_path / "judge"))


def test_what_ships_is_whole() -> None:
    weights = load_weights(BUNDLED)
    verdicts = load_verdicts(BUNDLED, weights, NAMES)
    assert {model.id for model in verdicts.model} == {
        *CHECKLIST,
        *MISTAKES,
        *DELIVERY,
        *CLARIFICATION,
        *DEEP_DIVES,
    }
    assert np.isfinite(weights.matrix).all()
    assert check_trained(BUNDLED, NAMES) == []


def test_it_stays_small() -> None:
    assert sum(path.stat().st_size for path in BUNDLED.iterdir()) < 2_500_000


@pytest.mark.parametrize("damage", [b"", b"PK no archive", b"\x93NUMPY"])
def test_weights_that_cannot_be_read_are_named(folder: Path, damage: bytes) -> None:
    (folder / "detectors.npz").write_bytes(damage)
    with pytest.raises(PromptError, match=r"detectors\.npz: .*train_judge"):
        load_weights(folder)


def test_an_array_that_is_missing_is_named(folder: Path) -> None:
    with np.load(folder / "detectors.npz") as arrays:
        kept = {name: arrays[name] for name in arrays.files if name != "bias"}
    np.savez(folder / "detectors.npz", **kept)
    with pytest.raises(PromptError, match=r"detectors\.npz"):
        load_weights(folder)


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("matrix", lambda array: array[:-1]),
        ("bias", lambda array: array[:-1]),
        ("context", lambda array: array[:-1]),
        ("context", lambda array: array[:, :-1]),
        ("context", lambda array: array[:, 0]),
    ],
)
def test_arrays_that_do_not_fit_are_named(
    folder: Path, name: str, changed: Callable[[NDArray[np.float32]], NDArray[np.float32]]
) -> None:
    with np.load(folder / "detectors.npz") as arrays:
        kept = {name: arrays[name] for name in arrays.files}
    kept[name] = changed(kept[name])
    np.savez(folder / "detectors.npz", **kept)
    with pytest.raises(PromptError, match="do not fit"):
        load_weights(folder)


def test_a_step_that_is_not_detected_is_named(folder: Path) -> None:
    with np.load(folder / "detectors.npz") as arrays:
        kept = {name: arrays[name] for name in arrays.files}
    kept["ids"] = np.array([id_.replace("stage/estimate", "stage/guess") for id_ in kept["ids"].tolist()])
    np.savez(folder / "detectors.npz", **kept)
    with pytest.raises(PromptError, match=r"detectors\.npz: nothing detects stage/estimate: .*train_judge"):
        load_weights(folder)


def test_cues_that_are_not_known_are_not_asked_for(folder: Path) -> None:
    assert check_trained(folder, None) == []


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ('id = "rambling"', 'id = "wandering"', "rambling"),
        ('of = ["rambling"]', 'of = ["wandering"]', "nothing detects wandering"),
        ('kind = "best"', 'kind = "worst"', "kind"),
        ('stages = ["clarify", ', "stages = [", "needs each of clarify, requirements"),
        ('stages = ["clarify", ', 'stages = ["begin", ', "needs each of clarify, requirements"),
        ("first = [", "first = [0.5, ", "rows and columns"),
        ('of = ["failure"]', 'of = ["failures"]', "no cue is called failures"),
        ('of = ["failure"]', "of = []", "cue needs at least one"),
        ('kind = "second", of = ["opening_roadmap"]', 'kind = "second"', "second needs at least one"),
        ('kind = "enough", of = ["signposts"]', 'kind = "enough", of = ["scale"]', "enough counts checks_al"),
        ('kind = "enough", of = ["signposts"]', 'kind = "enough"', "enough needs at least one"),
    ],
)
def test_a_mistake_is_named_with_file_and_key(folder: Path, old: str, new: str, wanted: str) -> None:
    path = folder / "verdicts.toml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    found = check_trained(folder, NAMES)
    assert found
    assert "verdicts.toml" in found[0]
    assert wanted in " ".join(found)


def test_the_question_model_knows_every_standard_fact() -> None:
    assert check_question_model(BUNDLED, FACTS) == []
    assert "was never told of colour" in check_question_model(BUNDLED, (*FACTS, "colour"))[0]


@pytest.mark.parametrize("damage", [b"", b"PK no archive", b"\x93NUMPY"])
def test_a_question_model_that_cannot_be_read_is_named(folder: Path, damage: bytes) -> None:
    (folder / "asking.npz").write_bytes(damage)
    with pytest.raises(PromptError, match=r"asking\.npz: .*train_asking"):
        load_question_model(folder, FACTS)


@pytest.mark.parametrize("name", ["meaning", "words", "weights"])
def test_arrays_of_the_question_model_that_do_not_fit_are_named(folder: Path, name: str) -> None:
    with np.load(folder / "asking.npz") as arrays:
        kept = {key: arrays[key] for key in arrays.files}
    kept[name] = kept[name][:-1]
    np.savez(folder / "asking.npz", **kept)
    assert "do not fit" in check_question_model(folder, FACTS)[0]
