"""What a person asked for on the command line."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from voice_coach.core.errors import ConfigError, InputError
from voice_coach.core.pressure import Pressure

if TYPE_CHECKING:
    from voice_coach.config import AudioSettings, Config

AUDIO_SUFFIXES = frozenset({".wav", ".flac", ".mp3", ".m4a", ".ogg", ".webm"})

TRANSCRIPT_SUFFIXES = frozenset({".json", ".srt", ".vtt", ".txt"})


class Speed(StrEnum):
    """How fast a file or room is played."""

    REALTIME = "realtime"
    MAX = "max"


class Llm(StrEnum):
    """Whether a language model is asked."""

    OFF = "off"
    AUTO = "auto"
    """Where one is configured, and allowed."""


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
    checks_sound: bool | None = False
    """True: the set-up check comes first; None: it does where the devices are new."""
    llm: Llm | None = None
    """None: as ``AUTO``, but ``OFF`` where time does not pass by itself, so that runs repeat."""


def under_pressure(config: Config, options: PracticeOptions) -> Config:
    """*config* at the pressure that was asked for."""
    if options.pressure is None:
        return config
    return replace(config, session=replace(config.session, pressure=options.pressure))


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
    """Raises ConfigError or InputError for options that are empty, cannot go together or name no file.

    What *audio* is set to counts where an option is not given.
    """
    if options.question is not None and not options.question.strip():
        message = "QUESTION is empty; name one of `voice-coach questions list`, or leave it out"
        raise InputError(message)
    _check_input(options, audio)
    _check_output(options, audio)


def _check_input(options: PracticeOptions, audio: AudioSettings) -> None:
    name, said = named("--input", options.input, audio.input)
    if name is None:
        return
    kind = input_kind(name)
    if kind is not InputKind.DEVICE:
        check_file(Path(name), said)
    elif Path(name).suffix and os.path.isfile(name):  # noqa: PTH113 - Path.is_file raises where it may not look
        kinds = ", ".join(sorted(AUDIO_SUFFIXES))
        message = f"{said}: cannot be heard: recordings end in {kinds}, rooms in .toml"
        raise InputError(message)
    elif options.speed is not None:
        message = f"--speed {options.speed}: goes with a file or a room as --input, not with {name!r}"
        raise ConfigError(message)


def _check_output(options: PracticeOptions, audio: AudioSettings) -> None:
    name, said = named("--output", options.output, audio.output)
    if name is None:
        return
    kind = output_kind(name)
    if kind is OutputKind.FILE:
        _check_written(Path(name), said)
        heard = options.input or audio.input
        if input_kind(heard) is InputKind.FILE and is_same_file(Path(name), Path(heard)):
            message = f"{said}: is what --input is heard from; name another file"
            raise InputError(message)
    elif Path(name).suffix.lower() in AUDIO_SUFFIXES:
        message = f"{said}: both channels are written as .wav only"
        raise InputError(message)
    if options.speed is Speed.MAX and options.output is not None and kind is OutputKind.DEVICE:
        message = f"--output {options.output}: nothing can be played at --speed max; use none or FILE.wav"
        raise ConfigError(message)


def check_file(path: Path, said: str) -> None:
    """Raises InputError, beginning with *said*, where no file can be read at *path*."""
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError) as failure:
        message = f"{said}: no such file"
        raise InputError(message) from failure
    except OSError as failure:
        message = f"{said}: cannot be read: {failure.strerror}"
        raise InputError(message) from failure
    if not stat.S_ISREG(mode):
        what = "a folder" if stat.S_ISDIR(mode) else "no ordinary file"
        message = f"{said}: is {what}; name a file"
        raise InputError(message)


def is_same_file(path: Path, other: Path) -> bool:
    """Whether both are there and one file, by whatever names."""
    try:
        return path.samefile(other)
    except OSError:
        return False


def _check_written(path: Path, said: str) -> None:
    folder = path.resolve().parent
    if not os.path.isdir(folder):  # noqa: PTH112 - Path.is_dir raises where it may not look
        message = f"{said}: no such folder: {folder}"
        raise InputError(message)
    if os.path.isdir(path):  # noqa: PTH112 - the same
        message = f"{said}: is a folder; name a file in it"
        raise InputError(message)


def named(option: str, given: str | None, configured: str) -> tuple[str | None, str]:
    """What is named, and how it was."""
    if given is not None and not given.strip():
        message = f"{option} is empty; name something, or leave it out"
        raise ConfigError(message)
    if given is not None:
        return given, f"{option} {given}"
    return configured or None, f"audio.{option.removeprefix('--')} = {configured!r}"
