"""Vectors of texts that were encoded beforehand, so that a session need not."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from voice_coach.core.errors import EngineError

if TYPE_CHECKING:
    from voice_coach.core.features import Encoder, Matrix

_STEPS = 127
"""A vector is kept in whole numbers up to this, times one factor: off by less than 0.005 in any cosine."""


class KnownVectors:
    """An encoder that looks texts up in a file and has the others encoded."""

    def __init__(self, path: Path, encoder: Encoder) -> None:
        """*path* is read when first needed; where there is no such file all is encoded."""
        self._path = path
        self._encoder = encoder

    def encode(self, texts: Sequence[str]) -> Matrix:
        """One unit vector a text. Raises EngineError where the file or the model cannot be read."""
        known = self._known
        keys = [_key(text) for text in texts]
        others = [text for text, key in zip(texts, keys, strict=True) if key not in known]
        fresh = dict(zip(others, self._encoder.encode(others), strict=True)) if others else {}
        rows = [known[key] if key in known else fresh[text] for text, key in zip(texts, keys, strict=True)]
        return np.stack(rows) if rows else self._encoder.encode(())

    def holds(self, text: str) -> bool:
        """Whether the file holds *text*."""
        return _key(text) in self._known

    @cached_property
    def _known(self) -> Mapping[int, Matrix]:
        if not self._path.exists():
            return {}
        try:
            with np.load(self._path) as stored:
                keys, steps = stored["keys"], stored["steps"].astype(np.float32)
        except (OSError, ValueError, KeyError, zipfile.BadZipFile) as err:
            raise EngineError(f"cannot read the wordings in {self._path}: {err}") from err
        steps /= np.linalg.norm(steps, axis=1, keepdims=True)
        return dict(zip(keys.tolist(), steps, strict=True))


def write_vectors(path: Path, texts: Sequence[str], encoder: Encoder) -> None:
    """Encodes *texts* into the file at *path*. The same texts give the same bytes on the same machine."""
    texts = sorted(set(texts))
    vectors = encoder.encode(texts)
    steps = np.rint(vectors / np.abs(vectors).max(axis=1, keepdims=True) * _STEPS).astype(np.int8)
    np.savez_compressed(path, keys=np.array([_key(text) for text in texts], np.uint64), steps=steps)


def _key(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
