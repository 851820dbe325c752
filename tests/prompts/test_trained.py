from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from voice_coach.compose.content import load_content
from voice_coach.core.errors import PromptError
from voice_coach.core.rubric_ids import CHECKLIST, CLARIFICATION, DEEP_DIVES, DELIVERY, MISTAKES
from voice_coach.prompts.trained import check_trained, load_verdicts, load_weights

BUNDLED = load_content().judge_folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(BUNDLED, tmp_path / "judge"))


def test_what_ships_is_whole() -> None:
    weights = load_weights(BUNDLED)
    verdicts = load_verdicts(BUNDLED, weights)
    assert {model.id for model in verdicts.model} == {
        *CHECKLIST,
        *MISTAKES,
        *DELIVERY,
        *CLARIFICATION,
        *DEEP_DIVES,
    }
    assert np.isfinite(weights.matrix).all()
    assert check_trained(BUNDLED) == []


def test_it_stays_small() -> None:
    assert sum(path.stat().st_size for path in BUNDLED.iterdir()) < 1_000_000


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


def test_arrays_that_do_not_fit_are_named(folder: Path) -> None:
    with np.load(folder / "detectors.npz") as arrays:
        kept = {name: arrays[name] for name in arrays.files}
    kept["matrix"] = kept["matrix"][:-1]
    np.savez(folder / "detectors.npz", **kept)
    with pytest.raises(PromptError, match="do not fit"):
        load_weights(folder)


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ('id = "rambling"', 'id = "wandering"', "rambling"),
        ('of = ["rambling"]', 'of = ["wandering"]', "nothing detects wandering"),
        ('kind = "best"', 'kind = "worst"', "kind"),
        ('stages = ["clarify", ', "stages = [", "rows and columns"),
    ],
)
def test_a_mistake_is_named_with_file_and_key(folder: Path, old: str, new: str, wanted: str) -> None:
    path = folder / "verdicts.toml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    found = check_trained(folder)
    assert found
    assert "verdicts.toml" in found[0]
    assert wanted in " ".join(found)
