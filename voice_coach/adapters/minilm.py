"""Sentence embeddings by MiniLM (sentence-transformers/all-MiniLM-L6-v2), computed with numpy.

A BERT encoder of six layers is a few matrix products; numpy does them on two cores as fast as is needed here
and keeps a deep-learning framework out of the program (docs/adr/0010).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from voice_coach.core.errors import EngineError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Matrix = NDArray[np.float32]

DIMENSIONS = 384
_HEADS = 12
_LAYERS = 6
_LONGEST_TOKENS = 128
"""Longer texts are cut: the model was trained on at most this many word pieces."""
_BATCH = 32
_ROWS = 64
_REMEMBERED = 4096
_TINY = 1e-12
"""The epsilon of the model's own layer norms."""


@dataclass(frozen=True, slots=True)
class _Norm:
    weight: Matrix
    bias: Matrix

    def __call__(self, x: Matrix) -> Matrix:
        centred = x - x.mean(axis=-1, keepdims=True)
        scale = np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + _TINY)
        normed: Matrix = centred / scale * self.weight + self.bias
        return normed


@dataclass(frozen=True, slots=True)
class _Linear:
    weight: Matrix
    """(inputs, outputs)."""
    bias: Matrix

    def __call__(self, x: Matrix) -> Matrix:
        return x @ self.weight + self.bias


@dataclass(frozen=True, slots=True)
class _Layer:
    query_key_value: _Linear
    attended: _Linear
    attended_norm: _Norm
    wider: _Linear
    narrower: _Linear
    norm: _Norm

    def __call__(self, x: Matrix, bounds: Sequence[slice]) -> Matrix:
        """*x*: (tokens of all texts, 384); *bounds*: which of them belong to one text."""
        x = self.attended_norm(x + self.attended(self._attend(x, bounds)))
        return self.norm(x + self.narrower(_gelu(self.wider(x))))

    def _attend(self, x: Matrix, bounds: Sequence[slice]) -> Matrix:
        width = x.shape[1]
        size = width // _HEADS
        projected = self.query_key_value(x)
        mixed = np.empty_like(x)
        for bound in bounds:
            heads = projected[bound].reshape(-1, 3, _HEADS, size).transpose(1, 2, 0, 3)
            query, key, value = heads
            scores = query @ key.transpose(0, 2, 1) / np.float32(np.sqrt(size))
            scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
            scores /= scores.sum(axis=-1, keepdims=True)
            mixed[bound] = (scores @ value).transpose(1, 0, 2).reshape(-1, width)
        return mixed


class _Network:
    """The encoder's layers and its tokenizer."""

    def __init__(self, weights: dict[str, Matrix], tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._read(weights)

    def __call__(self, texts: Sequence[str]) -> Matrix:
        """One unit vector a text."""
        rows = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        ends = list(accumulate(len(row) for row in rows))
        bounds = [slice(end - len(row), end) for row, end in zip(rows, ends, strict=True)]
        ids = np.concatenate([np.array(row, np.int64) for row in rows])
        places = np.concatenate([np.arange(len(row)) for row in rows])
        x = self._norm(self._words[ids] + self._positions[places])
        for layer in self._layers:
            x = layer(x, bounds)
        pooled = np.stack([x[bound].mean(axis=0) for bound in bounds])
        pooled /= np.linalg.norm(pooled, axis=1, keepdims=True)
        return pooled

    def _read(self, weights: dict[str, Matrix]) -> None:
        def linear(name: str) -> _Linear:
            return _Linear(
                np.ascontiguousarray(weights[f"{name}.weight"].T, np.float32), weights[f"{name}.bias"]
            )

        def norm(name: str) -> _Norm:
            return _Norm(weights[f"{name}.weight"], weights[f"{name}.bias"])

        def layer(name: str) -> _Layer:
            parts = [linear(f"{name}.attention.self.{part}") for part in ("query", "key", "value")]
            return _Layer(
                query_key_value=_Linear(
                    np.concatenate([part.weight for part in parts], axis=1),
                    np.concatenate([part.bias for part in parts]),
                ),
                attended=linear(f"{name}.attention.output.dense"),
                attended_norm=norm(f"{name}.attention.output.LayerNorm"),
                wider=linear(f"{name}.intermediate.dense"),
                narrower=linear(f"{name}.output.dense"),
                norm=norm(f"{name}.output.LayerNorm"),
            )

        self._words = weights["embeddings.word_embeddings.weight"]
        self._positions = (
            weights["embeddings.position_embeddings.weight"]
            + weights["embeddings.token_type_embeddings.weight"][0]
        )
        self._norm = norm("embeddings.LayerNorm")
        self._layers = [layer(f"encoder.layer.{number}") for number in range(_LAYERS)]


class MiniLm:
    """Turns sentences into unit vectors; sentences that mean the same lie close together.

    Remembers the last few thousand texts: while an answer grows, only what is new is computed. May be used by several
    threads; one waits for the other.
    """

    def __init__(self, folder: Path) -> None:
        """*folder* holds ``model.safetensors`` and ``tokenizer.json``; they are read when first needed."""
        self._folder = folder
        self._memo: OrderedDict[str, Matrix] = OrderedDict()
        self._lock = Lock()

    def encode(self, texts: Sequence[str]) -> Matrix:
        """One unit vector a text, (texts, 384). The same text always gives the same vector to 1e-5.

        Raises EngineError where the model's files cannot be read.
        """
        with self._lock:
            return self._encode(texts)

    def _encode(self, texts: Sequence[str]) -> Matrix:
        known = {text: self._memo[text] for text in texts if text in self._memo}
        fresh = [text for text in dict.fromkeys(texts) if text not in known]
        for start in range(0, len(fresh), _BATCH):
            batch = fresh[start : start + _BATCH]
            known.update(zip(batch, self._network(batch), strict=True))
        self._memo.update(known)
        while len(self._memo) > _REMEMBERED:
            self._memo.popitem(last=False)
        return np.stack([known[text] for text in texts]) if texts else np.zeros((0, DIMENSIONS), np.float32)

    @cached_property
    def _network(self) -> _Network:
        import tokenizers
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        try:
            weights = load_file(self._folder / "model.safetensors")
            tokenizer = tokenizers.Tokenizer.from_file(str(self._folder / "tokenizer.json"))
            tokenizer.enable_truncation(_LONGEST_TOKENS)
            tokenizer.no_padding()
            return _Network(weights, tokenizer)
        except (OSError, SafetensorError, KeyError) as err:
            raise EngineError(f"cannot load the sentence model in {self._folder}: {err}") from err


def _gelu(x: Matrix) -> Matrix:
    """The Gaussian error linear unit in its tanh form (Hendrycks and Gimpel 2016), computed in place.

    Some rows at a time, so that what is worked on stays in the processor's cache.
    """
    for start in range(0, len(x), _ROWS):
        rows = x[start : start + _ROWS]
        inner = rows * rows
        inner *= 0.044715
        inner += 1.0
        inner *= rows
        inner *= 0.7978845608028654
        np.tanh(inner, out=inner)
        inner += 1.0
        inner *= 0.5
        rows *= inner
    return x
