"""``config.toml`` as one frozen :class:`Config`; an unknown key is an error.

The file that comes with the program holds every key. A file of the user's own (``--config FILE``, or
``config.toml`` in the user's configuration folder) needs to hold only what differs. Options on the command line
override both. The environment is read here and nowhere else, but for what other programs and libraries read.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from importlib.metadata import entry_points
from itertools import chain
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from platformdirs import user_cache_path, user_config_path, user_data_path
from pydantic import TypeAdapter

from voice_coach.adapters.faster_whisper_stt import FasterWhisperSettings
from voice_coach.adapters.gated_vad import GatedVadSettings
from voice_coach.adapters.live_card import LiveCardSettings
from voice_coach.adapters.microphone import MicrophoneSettings
from voice_coach.adapters.near_voice import NearVoiceSettings
from voice_coach.adapters.piper_tts import PiperSettings
from voice_coach.adapters.pyttsx3_tts import Pyttsx3Settings
from voice_coach.adapters.silero_vad import SileroVadSettings
from voice_coach.adapters.speaker import SpeakerSettings
from voice_coach.adapters.webrtc_vad import WebRtcVadSettings
from voice_coach.config_ranges import LONGEST_MINUTES, SHORTEST_MINUTES, Misfit, misfits
from voice_coach.core.clock import PaceSettings
from voice_coach.core.content import CompanyStyle, Level
from voice_coach.core.drill import DrillSettings
from voice_coach.core.echo import EchoSettings
from voice_coach.core.endpointing import EndpointerSettings
from voice_coach.core.errors import ConfigError
from voice_coach.core.fact_finder import MatchSettings
from voice_coach.core.history import HistorySettings
from voice_coach.core.interview import InterviewSettings
from voice_coach.core.model_state import LanguageModelSettings
from voice_coach.core.pressure import Pressure
from voice_coach.core.review_state import ReviewSettings
from voice_coach.core.sound_check import SoundCheckSettings
from voice_coach.core.steering import SteeringSettings
from voice_coach.core.turn_taking import TurnTakingSettings
from voice_coach.toml_file import complaint, load_toml, parse_toml, read_text

APP = "voice-coach"
AUTO_KEY, OPENAI_KEY, OPENAI_HOST = "auto", "OPENAI_API_KEY", "api.openai.com"
_STRICT = {"extra": "forbid"}
_LEVEL_UNTIL = {Level.JUNIOR: 2, Level.MID: 5, Level.SENIOR: 10}
"""Years of experience under which one is taken for each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSettings:
    """What a session is and where it is kept."""

    __pydantic_config__ = _STRICT

    folder: str = ""
    """Where sessions are kept; empty: the user's data folder."""
    keeps_audio: bool = True
    """False: audio.flac is deleted once the session was judged."""
    reads_feedback: bool = True
    pressure: Pressure = Pressure.NORMAL
    question: str = "url-shortener"
    """What is asked when no question is named."""
    questions: str = ""
    """Where question packs of the user's own are; empty: ``questions`` beside the user's configuration file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateSettings:
    """Who is being rehearsed. Level, role and style are told to a language model where one is configured."""

    __pydantic_config__ = _STRICT

    level: Literal["auto", "junior", "mid", "senior", "staff"] = "auto"
    """What is asked about, and how far down; ``auto``: by the years."""
    years: int = 0
    """Of experience; 0: not said."""
    role: str = ""
    """What is being interviewed for, as a model is told; empty: not said."""
    company_style: CompanyStyle = CompanyStyle.PLAIN
    """How the question is put."""
    resume: str = ""
    """A text file; empty: none."""

    @property
    def asked_as(self) -> Level:
        """The level at which questions are asked."""
        if self.level != "auto":
            return Level(self.level)
        reached = (level for level, until in _LEVEL_UNTIL.items() if self.years < until)
        return next(reached, Level.STAFF) if self.years else Level.SENIOR


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioSettings:
    """The sound card."""

    __pydantic_config__ = _STRICT

    input: str = ""
    """Name (or part of it) or number of the microphone; empty: the system's default."""
    output: str = ""
    """The same for the loudspeaker."""
    headphones: bool = False
    """True: the microphone does not hear the coach, so the candidate may talk over it."""
    cancels_echo: bool = True
    """Over loudspeakers: the coach's voice is taken out of what the microphone hears, with the extra ``speakers``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SttSettings:
    """The recogniser."""

    __pydantic_config__ = _STRICT

    engine: str = "faster-whisper"
    """A name under the entry points ``voice_coach.stt``."""
    model: str = "whisper-base"
    """A name of models.lock, a size that was fetched, or a folder."""
    draft_model: str = "whisper-base"
    """Looks at what was said while the other one is still at work: shown at once, never judged. Empty: none does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSettings:
    """Where weights are looked for besides the program's cache and the model hub's."""

    __pydantic_config__ = _STRICT

    folders: tuple[str, ...] = ()
    """Folders that hold a model's files, or a folder of its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnHintSettings:
    """The model that hears in a voice whether its turn is over."""

    __pydantic_config__ = _STRICT

    model: str = "smart-turn"
    """A name of models.lock, or a folder; empty: none. Where it is not on this machine a session does without."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceSettings:
    """The coach's voice."""

    __pydantic_config__ = _STRICT

    engine: str = "piper"
    """A name under the entry points ``voice_coach.tts``. Where it cannot speak, pyttsx3 does, and that is said."""
    model: str = "piper-joe"
    """The neural voice: a name of models.lock, or a folder."""
    cache_mb: int = 200
    """Rendered lines kept on disk; 0 keeps none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Everything that can be set."""

    __pydantic_config__ = _STRICT

    session: SessionSettings = field(default_factory=SessionSettings)
    history: HistorySettings = field(default_factory=HistorySettings)
    candidate: CandidateSettings = field(default_factory=CandidateSettings)
    audio: AudioSettings = field(default_factory=AudioSettings)
    microphone: MicrophoneSettings = field(default_factory=MicrophoneSettings)
    speaker: SpeakerSettings = field(default_factory=SpeakerSettings)
    live_card: LiveCardSettings = field(default_factory=LiveCardSettings)
    models: ModelSettings = field(default_factory=ModelSettings)
    stt: SttSettings = field(default_factory=SttSettings)
    whisper: FasterWhisperSettings = field(default_factory=FasterWhisperSettings)
    webrtc_vad: WebRtcVadSettings = field(default_factory=WebRtcVadSettings)
    silero_vad: SileroVadSettings = field(default_factory=SileroVadSettings)
    gated_vad: GatedVadSettings = field(default_factory=GatedVadSettings)
    near_voice: NearVoiceSettings = field(default_factory=NearVoiceSettings)
    turn_hint: TurnHintSettings = field(default_factory=TurnHintSettings)
    voice: VoiceSettings = field(default_factory=VoiceSettings)
    piper: PiperSettings = field(default_factory=PiperSettings)
    pyttsx3: Pyttsx3Settings = field(default_factory=Pyttsx3Settings)
    pace: PaceSettings = field(default_factory=PaceSettings)
    interview: InterviewSettings = field(default_factory=InterviewSettings)
    matching: MatchSettings = field(default_factory=MatchSettings)
    turn_taking: TurnTakingSettings = field(default_factory=TurnTakingSettings)
    steering: SteeringSettings = field(default_factory=SteeringSettings)
    drill: DrillSettings = field(default_factory=DrillSettings)
    endpointing: EndpointerSettings = field(default_factory=EndpointerSettings)
    echo: EchoSettings = field(default_factory=EchoSettings)
    review: ReviewSettings = field(default_factory=ReviewSettings)
    sound_check: SoundCheckSettings = field(default_factory=SoundCheckSettings)
    llm: LanguageModelSettings = field(default_factory=LanguageModelSettings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """What the environment says."""

    cache: Path
    """Weights and rendered lines; ``VOICE_COACH_CACHE`` overrides the platform's."""
    data: Path
    """Where sessions go by default; ``VOICE_COACH_DATA`` overrides the platform's."""
    config: Path
    """The user's own configuration file; ``VOICE_COACH_CONFIG`` overrides the platform's."""


def environment() -> Environment:
    """The user's folders."""
    return Environment(
        cache=_folder("VOICE_COACH_CACHE", user_cache_path(APP)),
        data=_folder("VOICE_COACH_DATA", user_data_path(APP)),
        config=_folder("VOICE_COACH_CONFIG", user_config_path(APP) / "config.toml"),
    )


def bundled_config() -> Path:
    """The checkout's ``config.toml`` when the program runs from one, else the copy inside the package."""
    package = Path(__file__).resolve().parent
    root = package.parent
    is_checkout = (root / "pyproject.toml").is_file() and (root / "config.toml").is_file()
    return root / "config.toml" if is_checkout else package / "_data" / "config.toml"


def load_config(named: Path | None = None) -> Config:
    """The bundled configuration with the user's own (*named*, or the one in the user's folder) laid over it.

    Raises ConfigError naming the file, the line and the key.
    """
    content: dict[str, Any] = {}
    read = config_files(named)
    for path in read:
        content = _laid_over(content, _checked(path))
    config = TypeAdapter(Config).validate_python(content)
    for misfit in chain(misfits(config), _unknown_engines(config)):
        raise ConfigError(_complaint(read[-1], misfit))
    return config


def config_files(named: Path | None = None) -> tuple[Path, ...]:
    """The files that :func:`load_config` reads, each laid over the one before."""
    own = environment().config
    if named is not None:
        return bundled_config(), named
    return (bundled_config(), own) if _is_there(own) else (bundled_config(),)


def engine_names(group: str) -> tuple[str, ...]:
    """The names of the engines that the entry points of *group* (``voice_coach.stt``, say) give."""
    return tuple(sorted(point.name for point in entry_points(group=group)))


def complain(named: Path | None, key: tuple[str, ...], reason: str) -> ConfigError:
    """That the setting *key* of what :func:`load_config` read is wrong, with file and line."""
    return ConfigError(_complaint(config_files(named)[-1], Misfit(keys=(key,), reason=reason)))


def session_folder(config: Config, override: Path | None) -> Path:
    """Where sessions are kept."""
    if override is not None:
        return override
    return (
        Path(config.session.folder).expanduser() if config.session.folder else environment().data / "sessions"
    )


def model_key(config: Config) -> str | None:
    """The key for the language model, from the environment; None where there is none."""
    variable = key_variable(config)
    return (os.environ.get(variable) or None) if variable else None


def key_variable(config: Config) -> str:
    """The environment variable that holds the key for the configured endpoint; empty: it gets none.

    OpenAI's own key goes to OpenAI alone, unless the variable is named.
    """
    llm = config.llm
    if llm.key_variable != AUTO_KEY:
        return llm.key_variable
    return OPENAI_KEY if urlsplit(llm.base_url).hostname == OPENAI_HOST else ""


def questions_folder(config: Config) -> Path:
    """Where question packs of the user's own are; it need not be there."""
    own = config.session.questions
    return Path(own).expanduser() if own else environment().config.parent / "questions"


def with_pace(config: Config, minutes: float) -> Config:
    """*config* with another target. Raises ConfigError for one that no rehearsal can have."""
    if not SHORTEST_MINUTES <= minutes <= LONGEST_MINUTES:
        message = f"--minutes {minutes:g}: choose between {SHORTEST_MINUTES:g} and {LONGEST_MINUTES:g}"
        raise ConfigError(message)
    return replace(config, pace=replace(config.pace, minutes=minutes))


def _unknown_engines(config: Config) -> Iterator[Misfit]:
    for section, group, name in (
        ("stt", "voice_coach.stt", config.stt.engine),
        ("voice", "voice_coach.tts", config.voice.engine),
    ):
        known = engine_names(group)
        if name not in known:
            reason = f"no engine is called {name!r}; there is {', '.join(known) or 'none'}"
            yield Misfit(keys=((section, "engine"),), reason=reason)


def _is_there(path: Path) -> bool:
    """Whether something is at *path*; also where it may not be looked at, so that reading it says so."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def _checked(path: Path) -> dict[str, Any]:
    """The content of *path*, each key known and of the right type."""
    load_toml(path, Config, ConfigError)
    return parse_toml(path, read_text(path, ConfigError), ConfigError)


def _complaint(path: Path, misfit: Misfit) -> str:
    """*misfit* as one line that points to the first of its keys that *path*, the uppermost file, holds."""
    text = read_text(path, ConfigError)
    content = parse_toml(path, text, ConfigError)
    key = next((key for key in misfit.keys if _holds(content, key)), misfit.keys[0])
    return complaint(path, text, key, misfit.reason)


def _holds(content: object, key: tuple[str, ...]) -> bool:
    for part in key:
        if not isinstance(content, dict) or part not in content:
            return False
        content = content[part]
    return True


def _laid_over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        both_tables = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = _laid_over(merged[key], value) if both_tables else value
    return merged


def _folder(variable: str, default: Path) -> Path:
    value = os.environ.get(variable)
    return Path(value).expanduser() if value else default
