"""Whisper through faster-whisper: words with times, fillers kept."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from voice_coach.adapters.lost_stretches import (
    LostStretchSettings,
    Stretch,
    cut_out,
    lost_stretches,
    part,
    put_in,
)
from voice_coach.adapters.voice_edges import edged
from voice_coach.adapters.whisper_guards import (
    Segment,
    WhisperGuardSettings,
    believed,
    echoes,
    is_silent_tail,
    is_unbelieved,
    lost_text,
    placed,
    without_ghosts,
)
from voice_coach.core.audio import RATE_HZ, Piece, duration_s, to_float32
from voice_coach.core.errors import SpeechToTextError
from voice_coach.core.transcript import Word
from voice_coach.core.word_edges import WordEdgeSettings

if TYPE_CHECKING:
    from voice_coach.core.audio import Pcm
    from voice_coach.ports import VoiceDetector

FAILURES = (RuntimeError, ValueError, OSError)
"""What faster-whisper and CTranslate2 raise: model missing or broken, memory full, GPU without libraries."""
_TOKENS_PER_S = 8
_MIN_TOKENS = 24
_SEEK_HZ = 100
"""faster-whisper counts where it is in hundredths of a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FasterWhisperSettings:
    """How the model is run."""

    __pydantic_config__ = {"extra": "forbid"}

    beam: int = 5
    """Hypotheses kept. 1 is 40 % faster; one word in 18 is wrong instead of one in 23 (base, free talk)."""
    compute_type: str = "int8"
    """On a processor; a GPU computes in float16."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    """auto takes a GPU where CTranslate2 sees one."""
    threads: int = 0
    """0: as many as there are processors, at least 2, at most 4; more gains nothing with base."""
    other_language: float = 0.8
    """Probability from which another language than English is believed (base, measured: 1 of 55 English pieces, which a
    Polish synthetic voice read; 10 of 15 synthetic ones in other languages)."""
    guards: WhisperGuardSettings = field(default_factory=WhisperGuardSettings)
    """What is not believed."""
    lost: LostStretchSettings = field(default_factory=LostStretchSettings)
    """What is listened to again."""
    edges: WordEdgeSettings = field(default_factory=WordEdgeSettings)
    """How far word times are moved to where there is voice."""


class FasterWhisper:
    """A :class:`~voice_coach.ports.SpeechToText`; for one thread, and beside it one :class:`QuickWhisper`.

    *prompt* reads like the start of the same kind of talk, fillers and terms included: without it Whisper
    leaves out every um. *fillers* are the words marked as such.
    """

    def __init__(
        self,
        model: Path,
        prompt: str,
        fillers: Collection[str],
        settings: FasterWhisperSettings,
        *,
        label: str | None = None,
        detector: Callable[[], VoiceDetector] | None = None,
    ) -> None:
        """*model* is a folder in CTranslate2's form; *label* names it where the folder does not.

        *detector* makes what voice is found with where there are no words; without it nothing is looked for there.
        """
        self._path = model
        self._label = (label or model.name).removeprefix("whisper-")
        self._prompt = " ".join(prompt.split())
        self._fillers = frozenset(fillers)
        self._settings = settings
        self._make_detector = detector
        self._detector: VoiceDetector | None = None
        self._model: Any = None  # faster-whisper has no types
        self._loading = threading.Lock()
        self._compute = settings.compute_type
        self._fallback: str | None = None

    @property
    def name(self) -> str:
        """Engine, model and arithmetic: ``faster-whisper base int8``."""
        return f"faster-whisper {self._label} {self._compute}"

    @property
    def fallback(self) -> str | None:
        """Why a GPU is not used although it is there or was asked for. Known after :meth:`load`."""
        return self._fallback

    @property
    def path(self) -> Path:
        """The model's folder."""
        return self._path

    @property
    def prompt(self) -> str:
        """What precedes every piece."""
        return self._prompt

    @property
    def guards(self) -> WhisperGuardSettings:
        """What is not believed."""
        return self._settings.guards

    @property
    def model(self) -> Any:  # noqa: ANN401 - faster-whisper has no types
        """The ``WhisperModel``; after :meth:`load`."""
        return self._model

    def tokenizer(self) -> Any:  # noqa: ANN401 - as above
        """That of the model, for English; after :meth:`load`."""
        from faster_whisper.tokenizer import Tokenizer

        is_multilingual = self._model.model.is_multilingual
        return Tokenizer(self._model.hf_tokenizer, is_multilingual, task="transcribe", language="en")

    def load(self) -> None:
        """Load the model if it is not (about a second). Raises SpeechToTextError."""
        with self._loading:
            if self._model is None:
                self._load()

    def _load(self) -> None:
        if self._sees_gpu() and self._loaded_on_gpu():
            return
        try:
            self._model = self._open("cpu", self._settings.compute_type)
        except FAILURES as failure:
            message = f"{self.name}: {self._path} cannot be loaded: {failure}; try `voice-coach models check`"
            raise SpeechToTextError(message) from failure

    def transcribe(self, piece: Piece) -> tuple[Word, ...]:
        """The words of *piece* with session times. Blocks for about a fifth of its length (two cores).

        Made-up words are left out. Where too little was written for the voice heard, or the prompt came back,
        it is transcribed once more without the prompt and the longer text taken; a stretch of it that was passed
        over is transcribed by itself. Raises SpeechToTextError.
        """
        self.load()
        guards = self._settings.guards
        words = self._decode(piece, self._prompt)
        is_echo = echoes(words, self._prompt, guards)
        if is_echo or lost_text(words, piece.voiced_s, guards):
            plain = self._decode(piece, None)
            words = plain if is_echo or len(plain) > len(words) else words
        words = self._whole(words, piece)
        if self._detector is not None:
            words = edged(words, piece.pcm, self._detector, self._settings.edges)
        return self.as_said(words, piece)

    def as_said(self, words: Sequence[Word], piece: Piece) -> tuple[Word, ...]:
        """What may stand of *words*, with session times and fillers marked; their own are those within *piece*."""
        guards = self._settings.guards
        if is_unbelieved(words, guards):
            return ()
        own = without_ghosts(placed(words, piece), guards)
        return tuple(replace(word, filler=word.bare in self._fillers) for word in own)

    def other_language(self, piece: Piece) -> str | None:
        """See the port. One pass of the encoder; an English model has no answer, and none is needed to go on."""
        self.load()
        if not self._model.model.is_multilingual:
            return None
        try:
            language, p, _ = self._model.detect_language(to_float32(piece.pcm))
        except FAILURES:
            return None
        return str(language) if language != "en" and p >= self._settings.other_language else None

    def _whole(self, words: tuple[Word, ...], piece: Piece) -> tuple[Word, ...]:
        """*words* of *piece* with those of the stretches that were passed over."""
        if self._make_detector is None:
            return words
        self._detector = self._detector or self._make_detector()
        lost = self._settings.lost
        for stretch in reversed(lost_stretches(words, piece.pcm, self._detector, lost)):
            for prompt in (self._prompt, None):
                heard = self._heard_again(stretch, piece, prompt)
                whole = put_in(words, stretch, heard, lost)
                if whole != words and not echoes(heard, self._prompt, self._settings.guards):
                    words = whole
                    break
        return words

    def _heard_again(self, stretch: Stretch, piece: Piece, prompt: str | None) -> tuple[Word, ...]:
        """The words of *stretch*, in the time of *piece*."""
        from_s, until_s = cut_out(piece.pcm, stretch, self._settings.lost)
        pcm = part(piece.pcm, from_s, until_s)
        voiced_s = stretch.end_s - stretch.start_s
        alone = Piece(id=piece.id, start_s=piece.start_s + from_s, pcm=pcm, voiced_s=voiced_s)
        words = self._decode(alone, prompt)
        return tuple(
            replace(word, start_s=word.start_s + from_s, end_s=word.end_s + from_s) for word in words
        )

    def _decode(self, piece: Piece, prompt: str | None) -> tuple[Word, ...]:
        try:
            found, _ = self._model.transcribe(
                to_float32(piece.pcm),
                language="en",
                beam_size=self._settings.beam,
                # One temperature: the others sample, and the same audio shall always give the same words.
                temperature=0.0,
                initial_prompt=prompt,
                condition_on_previous_text=False,
                word_timestamps=True,
                vad_filter=False,
                max_new_tokens=_most_tokens(piece),
            )
            segments = self._until_silence(found, piece.pcm)
        except FAILURES as failure:
            message = f"{self.name}: the piece at {piece.start_s:.2f} s could not be transcribed: {failure}"
            raise SpeechToTextError(message) from failure
        return believed(segments, is_voiced=piece.voiced_s > 0, settings=self._settings.guards)

    def _until_silence(self, found: Iterable[Any], pcm: Pcm) -> list[Segment]:
        """The segments up to where only silence is left; it is decoded as they are asked for."""
        segments: list[Segment] = []
        for item in found:
            segments.append(_segment(item, duration_s(pcm)))
            if is_silent_tail(pcm, float(item.end), self._settings.guards):
                break
        return segments

    def _sees_gpu(self) -> bool:
        if self._settings.device == "cpu":
            return False
        import ctranslate2

        if int(ctranslate2.get_cuda_device_count()) > 0:
            return True
        if self._settings.device == "cuda":
            self._fallback = "no CUDA device was found"
        return False

    def _loaded_on_gpu(self) -> bool:
        import numpy as np

        try:
            model = self._open("cuda", "float16")
            # Missing CUDA libraries show only when something is computed.
            list(model.transcribe(np.zeros(RATE_HZ, np.float32), language="en", beam_size=1)[0])
        except FAILURES as failure:
            self._fallback = f"the GPU cannot be used: {failure}"
            return False
        self._model, self._compute = model, "float16"
        return True

    def _open(self, device: str, compute_type: str) -> Any:  # noqa: ANN401 - faster-whisper has no types
        from faster_whisper import WhisperModel

        threads = self._settings.threads or min(4, max(2, os.cpu_count() or 2))
        return WhisperModel(
            str(self._path),
            device=device,
            compute_type=compute_type,
            cpu_threads=threads,
            # On one copy of the weights: a draft does not wait for the piece that is being transcribed.
            num_workers=2,
            local_files_only=True,
        )


def _most_tokens(piece: Piece) -> int:
    """What *piece* can hold. It bounds the loops that Whisper falls into on noise, which else take half a minute."""
    return _MIN_TOKENS + round(_TOKENS_PER_S * duration_s(piece.pcm, RATE_HZ))


def _segment(found: Any, length_s: float) -> Segment:  # noqa: ANN401 - faster-whisper has no types
    return Segment(
        words=tuple(words_of([vars(word) for word in found.words or ()])),
        log_probability=float(found.avg_logprob),
        no_speech=float(found.no_speech_prob),
        compression=float(found.compression_ratio),
        window_s=min(30.0, length_s - found.seek / _SEEK_HZ),
    )


def words_of(found: Iterable[Mapping[str, Any]]) -> list[Word]:
    """The words of ``word``, ``start``, ``end`` and ``probability``, put together where split ("back", "-off")."""
    words: list[Word] = []
    for item in found:
        text, p = item["word"].strip(), round(float(item["probability"]), 3)
        if not text:
            continue
        start_s, end_s = float(item["start"]), float(item["end"])
        if words and not item["word"].startswith(" "):
            last = words[-1]
            words[-1] = replace(last, text=last.text + text, end_s=end_s, p=min(p, last.p or 0.0))
        else:
            words.append(Word(text=text, start_s=start_s, end_s=end_s, p=p))
    return words
