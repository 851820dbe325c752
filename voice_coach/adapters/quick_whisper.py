"""Whisper in a hurry: provisional words of a short stretch, in a third of a second.

Whisper fills every window up to 30 s, and its encoder takes as long for 5 s of speech as for 30. Here it hears as much
as there is; the words are then decoded in one pass without time tokens, which come out wrong in short windows, and
laid on the sound by what the decoder paid attention to. Measured with base on two busy cores and 3 to 8 s of speech:
0.45 s in place of 1.45, as many words wrong (0.16 to 0.18), their starts 0.02 s apart (0.09 s at p95). With time
tokens the same windows lose and repeat words: nearly twice as many are wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from voice_coach.adapters.faster_whisper_stt import FAILURES, FasterWhisper, words_of
from voice_coach.adapters.whisper_guards import Segment, believed
from voice_coach.core.audio import RATE_HZ, duration_s, to_float32
from voice_coach.core.errors import SpeechToTextError

if TYPE_CHECKING:
    from voice_coach.core.audio import Piece
    from voice_coach.core.transcript import Word

_MARGIN = 100
"""Columns of 10 ms that are left after the sound. With half as many 3 of 36 looks at talk that goes on said a phrase
over and over; with these none did, but a question that ended with the sound."""
_MOST_COLUMNS = 3000
_TOKENS_PER_S = 6
_MIN_TOKENS = 8
"""What the fastest speakers say. A look that takes long makes the next one late."""
_PACKED_WORDS, _PACKED_S = 4, 0.25
"""So many words that begin within so short a time were never said: all that is repeated is laid on the sound's end."""
_PREPENDED, _APPENDED = "\"'([{-", "\"'.,!?:)]}"
"""Marks that belong to the word behind and before them."""


class QuickWhisper:
    """A :class:`~voice_coach.ports.SpeechToText` on the model of *whisper*, which another thread may use meanwhile."""

    def __init__(self, whisper: FasterWhisper) -> None:
        self._whisper = whisper

    @property
    def name(self) -> str:
        """That of the model."""
        return self._whisper.name

    @property
    def fallback(self) -> str | None:
        """See :class:`FasterWhisper`."""
        return self._whisper.fallback

    def load(self) -> None:
        """Load the model if it is not. Raises SpeechToTextError."""
        self._whisper.load()

    def transcribe(self, piece: Piece) -> tuple[Word, ...]:
        """The words of *piece*, of at most 30 s, with session times. Raises SpeechToTextError."""
        self.load()
        try:
            segment = self._decoded(piece)
        except FAILURES as failure:
            message = f"{self.name}: no draft of the sound at {piece.start_s:.2f} s: {failure}"
            raise SpeechToTextError(message) from failure
        words = believed([segment], is_voiced=piece.voiced_s > 0, settings=self._whisper.guards)
        return self._whisper.as_said(_said(words), piece)

    def other_language(self, piece: Piece) -> str | None:
        """None: a draft is no moment to ask."""
        del piece
        return None

    def _decoded(self, piece: Piece) -> Segment:
        from faster_whisper.transcribe import get_compression_ratio, merge_punctuations

        # Any: faster-whisper has no types.
        model: Any = self._whisper.model
        tokenizer: Any = self._whisper.tokenizer()
        length_s = duration_s(piece.pcm, RATE_HZ)
        features = model.feature_extractor(to_float32(piece.pcm))[:, :_MOST_COLUMNS]
        columns = min(_MOST_COLUMNS, features.shape[1] + _MARGIN) // 2 * 2
        padded = np.zeros((len(features), columns), np.float32)
        padded[:, : features.shape[1]] = features[:, :columns]
        encoded = model.encode(padded)
        prompt = model.get_prompt(
            tokenizer, tokenizer.encode(f" {self._whisper.prompt}"), without_timestamps=True
        )
        (found,) = model.model.generate(
            encoded,
            [prompt],
            beam_size=1,
            max_length=len(prompt) + _MIN_TOKENS + round(_TOKENS_PER_S * length_s),
            return_scores=True,
            return_no_speech_prob=True,
        )
        tokens = [token for token in found.sequences_ids[0] if token < tokenizer.eot]
        (aligned,) = model.find_alignment(tokenizer, [tokens], encoded, columns) or ([],)
        merge_punctuations(aligned, _PREPENDED, _APPENDED)
        return Segment(
            words=tuple(words_of(aligned)),
            log_probability=float(found.scores[0]) * len(tokens) / (len(tokens) + 1),
            no_speech=float(found.no_speech_prob),
            compression=float(get_compression_ratio(tokenizer.decode(tokens))),
            window_s=length_s,
        )


def _said(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """*words* up to where they come faster than anybody speaks."""
    for first, last in enumerate(words[_PACKED_WORDS - 1 :]):
        if last.start_s - words[first].start_s < _PACKED_S:
            return words[: first + 1]
    return words
