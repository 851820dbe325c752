"""Looks at everything that a session needs, one thing at a time, each with its mend."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from voice_coach.adapters.sound_card import Role, find_device
from voice_coach.compose.content import load_content
from voice_coach.compose.content_check import problems
from voice_coach.compose.engines import engine_needs, make_stt, make_voice
from voice_coach.config import config_files, environment, load_config, session_folder
from voice_coach.core.audio import RATE_HZ, Piece
from voice_coach.core.errors import AudioDeviceError, CoachError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from voice_coach.config import Config

ROOM_NEEDED_MB = 500


class State(StrEnum):
    """How something is."""

    GOOD = "good"
    NOTE = "note"
    """A session works without it, but less well."""
    BROKEN = "wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One thing that was looked at."""

    what: str
    state: State
    found: str
    mend: str = ""


def examine(config_path: Path | None) -> Iterator[Found]:
    """Every check in order; what depends on something broken is left out."""
    try:
        config = load_config(config_path)
    except CoachError as failure:
        yield Found(what="configuration", state=State.BROKEN, found=str(failure), mend="mend that line")
        return
    yield _configuration(config_path)
    yield _content()
    yield _device(Role.MICROPHONE, config.audio.input, "plug in a microphone, or use --input FILE")
    yield _device(Role.LOUDSPEAKER, config.audio.output, "plug in headphones, or use --output none")
    yield _recogniser(config)
    yield _voice(config)
    yield _folder(session_folder(config, None))


def _configuration(config_path: Path | None) -> Found:
    files = ", then ".join(str(path) for path in config_files(config_path))
    own = environment().config
    told = "" if config_path is not None or own.is_file() else f"; your own may stand in {own}"
    return Found(what="configuration", state=State.GOOD, found=f"read from {files}{told}")


def _content() -> Found:
    wrong = problems(None)
    if wrong:
        return Found(what="questions and content", state=State.BROKEN, found=wrong[0], mend="mend that line")
    return Found(
        what="questions and content", state=State.GOOD, found=f"{len(load_content().questions)} questions"
    )


def _device(role: Role, named: str, mend: str) -> Found:
    try:
        device = find_device(role, named or None)
    except AudioDeviceError as failure:
        return Found(what=role, state=State.NOTE, found=str(failure), mend=mend)
    return Found(what=role, state=State.GOOD, found=device.name)


def _recogniser(config: Config) -> Found:
    """Loads the recogniser and gives it a second of silence."""
    import numpy as np

    try:
        stt = make_stt(engine_needs(config, load_content()))
        stt.transcribe(Piece(id=0, start_s=0.0, pcm=np.zeros(RATE_HZ, np.int16), voiced_s=0.0))
    except CoachError as failure:
        return Found(
            what="recogniser", state=State.BROKEN, found=str(failure), mend="run voice-coach models fetch"
        )
    return Found(what="recogniser", state=State.GOOD, found=stt.name)


def _voice(config: Config) -> Found:
    fell_back: list[object] = []
    try:
        voice = make_voice(engine_needs(config, load_content()), fell_back.append)
        voice.render("Ready.")
        voice.close()
    except CoachError as failure:
        return Found(what="voice", state=State.BROKEN, found=str(failure), mend="install espeak-ng")
    if fell_back:
        return Found(
            what="voice",
            state=State.NOTE,
            found=voice.name,
            mend="run voice-coach models fetch for the better one",
        )
    return Found(what="voice", state=State.GOOD, found=voice.name)


def _folder(path: Path) -> Found:
    """Whether sessions can be written where they are kept."""
    existing = next(folder for folder in (path, *path.parents) if folder.exists())
    if not os.access(existing, os.W_OK):
        return Found(
            what="session folder",
            state=State.BROKEN,
            found=f"{existing} cannot be written",
            mend="choose another with --sessions or in config.toml",
        )
    free_mb = shutil.disk_usage(existing).free / 1e6
    if free_mb < ROOM_NEEDED_MB:
        return Found(
            what="session folder",
            state=State.NOTE,
            found=f"{path}: {free_mb:.0f} MB free",
            mend=f"make room: a long session takes up to {ROOM_NEEDED_MB} MB",
        )
    return Found(what="session folder", state=State.GOOD, found=str(path))
