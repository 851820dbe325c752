"""Engines by configuration: ears, recogniser and voices."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from voice_coach.adapters.clip_cache import CachedVoice
from voice_coach.adapters.fallback_voice import FallbackVoice
from voice_coach.adapters.model_lock import load_lock, lock_path
from voice_coach.adapters.model_store import ModelStore, hub_cache_dir
from voice_coach.adapters.pronouncing_voice import PronouncingVoice
from voice_coach.config import environment
from voice_coach.core.endpointing import Endpointer
from voice_coach.core.errors import ConfigError, EngineError
from voice_coach.core.events import EngineFellBack
from voice_coach.shell import Ears

if TYPE_CHECKING:
    from collections.abc import Callable

    from voice_coach.adapters.faster_whisper_stt import FasterWhisperSettings
    from voice_coach.adapters.term_matcher import TermMatcher
    from voice_coach.compose.content import Content
    from voice_coach.config import Config
    from voice_coach.core.audio import Piece
    from voice_coach.core.transcript import Word
    from voice_coach.ports import (
        EchoCanceller,
        FarEnd,
        KeyedVoice,
        SpeechToText,
        TextToSpeech,
        TurnEndHint,
    )


Engine = TypeVar("Engine")


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineNeeds:
    """What the factory of an engine is given. A plug-in takes what it needs."""

    config: Config
    content: Content
    store: ModelStore
    cache: Path
    """A folder for what can be made again."""


def model_store(config: Config) -> ModelStore:
    """The weights on this machine."""
    folders = [Path(folder).expanduser() for folder in config.models.folders]
    return ModelStore(environment().cache, load_lock(lock_path()), folders=folders, hub_cache=hub_cache_dir())


def engine_needs(config: Config, content: Content) -> EngineNeeds:
    """What engines are made of."""
    return EngineNeeds(config=config, content=content, store=model_store(config), cache=environment().cache)


def make_canceller(far: FarEnd, tell: Callable[[str], None]) -> EchoCanceller | None:
    """What takes *far* out of what the microphone hears; where it fails, *tell* is told and there is none."""
    from voice_coach.adapters.livekit_echo import LivekitEchoCanceller

    try:
        return LivekitEchoCanceller(far)
    except EngineError as failure:
        tell(f"{failure}. The coach does not listen while it speaks.")
        return None


def make_ears(config: Config, *, of_one: bool = True) -> Ears:
    """A fresh detector and endpointer; with *of_one*, only who is near the microphone is heard."""
    from voice_coach.adapters.gated_vad import GatedVad
    from voice_coach.adapters.near_voice import NearVoice
    from voice_coach.adapters.silero_vad import SileroVad
    from voice_coach.adapters.webrtc_vad import WebRtcVad

    gated = GatedVad(WebRtcVad(config.webrtc_vad), SileroVad(config.silero_vad), config.gated_vad)
    detector = NearVoice(gated, config.near_voice) if of_one else gated
    return Ears(detector=detector, endpointer=Endpointer(config.endpointing))


def make_stt(needs: EngineNeeds) -> CorrectedSpeech:
    """The configured recogniser, backend terms corrected. Raises EngineError or ConfigError."""
    from voice_coach.adapters.term_matcher import TermMatcher

    factory = _plugged("voice_coach.stt", needs.config.stt.engine, "stt.engine")
    return CorrectedSpeech(factory(needs), TermMatcher(needs.content.lexicon))


def faster_whisper(needs: EngineNeeds) -> SpeechToText:
    """The built-in recogniser, as an entry point of ``voice_coach.stt``. Raises EngineError or ConfigError."""
    from voice_coach.adapters.faster_whisper_stt import FasterWhisper
    from voice_coach.adapters.silero_vad import SileroVad

    settings = needs.config.whisper
    _check_compute_type(settings)
    return FasterWhisper(
        _model_folder(needs, needs.config.stt.model),
        needs.content.stt_prompt,
        needs.content.lexicon.fillers,
        settings,
        label=Path(needs.config.stt.model).name,
        detector=lambda: SileroVad(needs.config.silero_vad),
    )


def make_drafter(needs: EngineNeeds, stt: SpeechToText) -> CorrectedSpeech | None:
    """The quick recogniser, on the weights of *stt* where they are its own, too; None where none is configured.

    Raises EngineError when it is not on this machine, or altered: a session does without it.
    """
    from voice_coach.adapters.faster_whisper_stt import FasterWhisper
    from voice_coach.adapters.quick_whisper import QuickWhisper
    from voice_coach.adapters.term_matcher import TermMatcher

    model = needs.config.stt.draft_model
    if not model:
        return None
    folder = _model_folder(needs, model)
    whisper = stt.recogniser if isinstance(stt, CorrectedSpeech) else stt
    if not (isinstance(whisper, FasterWhisper) and whisper.path == folder):
        whisper = FasterWhisper(
            folder,
            needs.content.stt_prompt,
            needs.content.lexicon.fillers,
            needs.config.whisper,
            label=Path(model).name,
        )
    return CorrectedSpeech(QuickWhisper(whisper), TermMatcher(needs.content.lexicon))


def _model_folder(needs: EngineNeeds, model: str) -> Path:
    """The folder that *model* names, or where the model of that name is. Raises EngineError."""
    named = Path(model).expanduser()
    return named if named.is_dir() else needs.store.path(model)


def optional(
    role: str, name: str, make: Callable[[], Engine | None], on_notice: Callable[[EngineFellBack], None]
) -> Engine | None:
    """What *make* gives; where that cannot be had *on_notice* is told, and a session does without it."""
    try:
        return make()
    except EngineError as failure:
        on_notice(EngineFellBack(at_s=0.0, role=role, name=name, to=None, reason=str(failure)))
        return None


_ANYWHERE = frozenset({"default", "auto", "int8"})
"""Compute types that need no look at the processor, which takes a tenth of a second."""


def _check_compute_type(settings: FasterWhisperSettings) -> None:
    """Raises ConfigError where the processor, and there is nothing else, cannot compute as configured."""
    wanted = settings.compute_type
    if wanted in _ANYWHERE:
        return
    import ctranslate2

    supported = ctranslate2.get_supported_compute_types("cpu")
    has_gpu = settings.device != "cpu" and ctranslate2.get_cuda_device_count() > 0
    if wanted not in supported and not has_gpu:
        message = (
            f"whisper.compute_type: this processor cannot compute in {wanted}; "
            f"choose one of {', '.join(sorted(supported))}"
        )
        raise ConfigError(message)


class CorrectedSpeech:
    """A recogniser whose backend terms are put right; what it heard is kept with each word."""

    def __init__(self, stt: SpeechToText, matcher: TermMatcher) -> None:
        self._stt = stt
        self._matcher = matcher

    @property
    def recogniser(self) -> SpeechToText:
        """Without the corrections."""
        return self._stt

    @property
    def name(self) -> str:
        """The recogniser's."""
        return self._stt.name

    @property
    def fallback(self) -> str | None:
        """Why the recogniser does not compute where it was meant to; None where it does, or does not tell."""
        reason: str | None = getattr(self._stt, "fallback", None)
        return reason

    def load(self) -> None:
        """Load the recogniser's model, if that takes time."""
        load = getattr(self._stt, "load", None)
        if load is not None:
            load()

    def transcribe(self, piece: Piece) -> tuple[Word, ...]:
        """The words of *piece*, corrected."""
        return self._matcher.correct(self._stt.transcribe(piece))

    def other_language(self, piece: Piece) -> str | None:
        """The recogniser's answer; None where it cannot tell."""
        tell = getattr(self._stt, "other_language", None)
        language: str | None = None if tell is None else tell(piece)
        return language


def not_on_gpu(name: str, reason: str) -> EngineFellBack:
    """That the recogniser called *name* computes on the processor."""
    return EngineFellBack(at_s=0.0, role="ears", name="the GPU", to=name, reason=reason)


# -- the turn-end hint -----------------------------------------------------------------------------------------


def make_hint(needs: EngineNeeds) -> TurnEndHint | None:
    """The model that hears whether a turn is over; None where none is configured.

    Raises EngineError when it is not on this machine, or altered: a session does without it.
    """
    model = needs.config.turn_hint.model
    if not model:
        return None
    from voice_coach.adapters.smart_turn import SmartTurn

    return SmartTurn(_model_folder(needs, model), Path(model).name)


# -- voices ----------------------------------------------------------------------------------------------------

FALLBACK_VOICE = "pyttsx3"


def piper(needs: EngineNeeds) -> TextToSpeech:
    """The built-in neural voice, as an entry point of ``voice_coach.tts``."""
    from voice_coach.adapters.piper_tts import PiperVoice

    voice = PiperVoice(_model_folder(needs, needs.config.voice.model), needs.config.piper)
    voice.warm()
    return voice


def pyttsx3(needs: EngineNeeds) -> TextToSpeech:
    """The system's own voice, as an entry point of ``voice_coach.tts``."""
    from voice_coach.adapters.pyttsx3_tts import Pyttsx3Voice

    return Pyttsx3Voice(needs.config.pyttsx3)


def make_voice(needs: EngineNeeds, on_notice: Callable[[EngineFellBack], None]) -> TextToSpeech:
    """The coach's voice: the configured one, behind it the one that every system has.

    *on_notice* is told when the first cannot speak, now or later. Raises ConfigError for an unknown name.
    """
    names = dict.fromkeys((needs.config.voice.engine, FALLBACK_VOICE))
    voices: list[TextToSpeech] = []
    for name in names:
        factory = _plugged("voice_coach.tts", name, "voice.engine")
        try:
            voices.append(_kept(factory(needs), needs))
        except EngineError as failure:
            if name == FALLBACK_VOICE:
                raise
            on_notice(_fell_back(name, FALLBACK_VOICE, str(failure)))
    return FallbackVoice(voices, lambda failed, to, reason: on_notice(_fell_back(failed, to, reason)))


def room_voice(needs: EngineNeeds, name: str | None) -> TextToSpeech:
    """The voice called *name* (the configured one if None) for a simulated candidate. Raises ConfigError."""
    return _kept(_plugged("voice_coach.tts", name or needs.config.voice.engine, "voice")(needs), needs)


def _kept(voice: TextToSpeech, needs: EngineNeeds) -> TextToSpeech:
    """*voice* given spoken forms; its clips kept on disk, unless it does not say by what to tell them apart."""
    limit_bytes = needs.config.voice.cache_mb * 1_000_000
    # Of the class: the key itself may take the engine to tell.
    if hasattr(type(voice), "key"):
        voice = CachedVoice(cast("KeyedVoice", voice), needs.cache / "clips", limit_bytes=limit_bytes)
    return PronouncingVoice(voice, needs.content.pronunciation)


def _fell_back(name: str, to: str, reason: str) -> EngineFellBack:
    return EngineFellBack(at_s=0.0, role="voice", name=name, to=to, reason=reason)


def _plugged(group: str, name: str, key: str) -> Callable[[EngineNeeds], Any]:
    """The factory that an entry point of *group* calls *name*."""
    found = {point.name: point for point in entry_points(group=group)}
    if name not in found:
        message = f"{key}: no engine is called {name!r}; there is {', '.join(sorted(found)) or 'none'}"
        raise ConfigError(message)
    factory: Callable[[EngineNeeds], Any] = found[name].load()
    return factory
