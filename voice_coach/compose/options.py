"""What a person asked for on the command line."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from voice_coach.core.errors import ConfigError, InputError
from voice_coach.core.interview import Pressure

if TYPE_CHECKING:
    from voice_coach.config import AudioSettings

AUDIO_SUFFIXES = frozenset({".wav", ".flac", ".mp3", ".m4a", ".ogg", ".webm"})

TRANSCRIPT_SUFFIXES = frozenset({".json", ".srt", ".vtt", ".txt"})


class Speed(StrEnum):
    """How fast a file or room is played."""

    REALTIME = "realtime"
    MAX = "max"


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeOptions:
    """Options of ``practice``; None: as configured."""

    question: str | None = None
    minutes: float | None = None
    pressure: Pressure | None = None
    input: str | None = None
    output: str | None = None
    speed: Speed | None = None
    seed: int | None = None
    reads_feedback: bool = True
    sessions: Path | None = None


class InputKind(StrEnum):
    """Where the candidate's voice comes from."""

    DEVICE = "device"
    FILE = "file"
    ROOM = "room"


class OutputKind(StrEnum):
    """Where the coach's voice goes to."""

    DEVICE = "device"
    FILE = "file"
    NONE = "none"


def input_kind(name: str | None) -> InputKind:
    """What ``--input`` names: by its ending a room or a recording, else a device."""
    suffix = "" if name is None else Path(name).suffix.lower()
    if suffix == ".toml":
        return InputKind.ROOM
    return InputKind.FILE if suffix in AUDIO_SUFFIXES else InputKind.DEVICE


def output_kind(name: str | None) -> OutputKind:
    """What ``--output`` names."""
    if name is not None and name.lower() == "none":
        return OutputKind.NONE
    return OutputKind.FILE if name is not None and Path(name).suffix.lower() == ".wav" else OutputKind.DEVICE


def check(options: PracticeOptions, audio: AudioSettings) -> None:
    """Raises ConfigError or InputError for options that cannot go together or name no file.

    What *audio* is set to counts where an option is not given.
    """
    name, said = _named("--input", options.input, audio.input)
    kind = input_kind(name)
    if options.speed is not None and kind is InputKind.DEVICE and name is not None:
        message = f"--speed {options.speed}: goes with a file or a room as --input, not with {name!r}"
        raise ConfigError(message)
    if kind is not InputKind.DEVICE and name is not None and not Path(name).is_file():
        message = f"{said}: no such file"
        raise InputError(message)
    is_played = options.output is not None and output_kind(options.output) is OutputKind.DEVICE
    if options.speed is Speed.MAX and is_played:
        message = f"--output {options.output}: nothing can be played at --speed max; use none or FILE.wav"
        raise ConfigError(message)
    name, said = _named("--output", options.output, audio.output)
    if name is not None and output_kind(name) is OutputKind.FILE:
        folder = Path(name).resolve().parent
        if not folder.is_dir():
            message = f"{said}: no such folder: {folder}"
            raise InputError(message)


def _named(option: str, given: str | None, configured: str) -> tuple[str | None, str]:
    """What is named, and how it was."""
    if given:
        return given, f"{option} {given}"
    return configured or None, f"audio.{option.removeprefix('--')} = {configured!r}"
