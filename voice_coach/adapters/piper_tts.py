"""Piper, a neural voice. GPL-3.0-or-later: run as a program by its command line, never imported."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from voice_coach.adapters.piper_process import PiperEndedError, PiperProcess
from voice_coach.adapters.speech_program import python
from voice_coach.adapters.wave_clip import SILENT_CLIP, joined
from voice_coach.core.errors import TextToSpeechError
from voice_coach.core.speakable import split_for_voice

if TYPE_CHECKING:
    from voice_coach.core.audio import Clip

WPM_AT_SCALE_1 = 275.0
"""Rate times length scale of the voice joe: 270 to 285 between 120 and 210 wpm (docs/adr/0008)."""
_LINE_LIMIT = 160
"""Characters a call. Piper's memory grows with its longest sentence: 240 MB at 70, 760 MB at 540."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PiperSettings:
    """The neural voice."""

    __pydantic_config__ = {"extra": "forbid"}

    rate_wpm: int = 165
    """Words a minute; 165 is the brisk end of comfortable presenting (docs/metrics.md)."""
    sentence_silence_s: float = 0.25
    """Between two sentences of one text."""
    timeout_s: float = 20.0
    """For one line, loading the model included; 0.2 s is usual and 3 s for the first."""


class PiperVoice:
    """Speaks with Piper in a child that lives as long as the voice and loads its model once for each change of speed:
    the first line at another one takes a second or two longer.

    Its noise scales are 0, so that the same text is the same clip. The child ends when its stdin closes, also
    when we are killed. One thread renders; any may close.
    """

    def __init__(
        self, voice: Path, settings: PiperSettings | None = None, *, program: tuple[str, ...] = ()
    ) -> None:
        """*voice* is the .onnx file or its folder; *program* is run in Piper's place, for tests."""
        self._voice = voice
        self._settings = settings or PiperSettings()
        self._program = program
        self._child: PiperProcess | None = None
        self._speed = 1.0
        """The child's."""
        self._is_closed = False

    @property
    def name(self) -> str:
        """See :class:`voice_coach.ports.TextToSpeech`."""
        settings = self._settings
        stem = self._voice.stem if self._voice.suffix == ".onnx" else self._voice.name
        return f"piper {_version()}, {stem}, {settings.rate_wpm} wpm, {settings.sentence_silence_s:g} s"

    @property
    def key(self) -> str:
        """See :class:`voice_coach.ports.KeyedVoice`. Voices are told apart by where they lie and when they were
        written: reading 60 MB to tell them by their content takes as long as a line.
        """
        model = _voice_file(self._voice).resolve()
        files = [
            (str(file), file.stat().st_size, file.stat().st_mtime_ns)
            for file in (model, Path(f"{model}.json"))
        ]
        return f"piper {_version()}, {files}, {self._options(1.0)}, {_LINE_LIMIT} a line"

    def warm(self) -> None:
        """Start the child, so that its model loads meanwhile. Returns at once; a fault shows at a render."""
        with contextlib.suppress(TextToSpeechError):
            self._started(self._speed)

    def render(self, text: str, speed: float = 1.0) -> Clip:
        """*text* spoken at *speed*; a short silence where it holds no word. Blocks. Raises TextToSpeechError."""
        # Double brackets hold raw phonemes in Piper's input.
        lines = split_for_voice(text.replace("[[", "[ ["), _LINE_LIMIT)
        clips = [self._render_line(line, speed) for line in lines]
        return joined(clips, self._settings.sentence_silence_s) if clips else SILENT_CLIP

    def close(self) -> None:
        """End the child. A line that is being rendered fails, and so does each later one."""
        self._is_closed = True
        self._drop_child()

    def _render_line(self, line: str, speed: float) -> Clip:
        try:
            return self._attempt(line, speed)
        except PiperEndedError:
            self._drop_child()
        try:
            return self._attempt(line, speed)
        except PiperEndedError as error:
            self._drop_child()
            raise TextToSpeechError(
                f"the voice piper ended twice on a line: {error}; choose another engine in config.toml"
            ) from error

    def _attempt(self, line: str, speed: float) -> Clip:
        try:
            return self._started(speed).render(line, self._settings.timeout_s)
        except TimeoutError as error:
            self._drop_child()
            limit = f"{self._settings.timeout_s:g} s"
            raise TextToSpeechError(
                f"the voice piper did not finish a line within {limit}; raise its timeout_s in config.toml, "
                "or choose another engine there"
            ) from error

    def _started(self, speed: float) -> PiperProcess:
        if self._is_closed:
            raise TextToSpeechError("the voice piper was closed and speaks no more; make a new one")
        if speed != self._speed:
            self._drop_child()
        if self._child is None:
            self._child, self._speed = PiperProcess(self._command(speed)), speed
        return self._child

    def _drop_child(self) -> None:
        child, self._child = self._child, None
        if child:
            child.close()

    def _command(self, speed: float) -> tuple[str, ...]:
        options = {"--model": str(_voice_file(self._voice)), **self._options(speed)}
        return (*(self._program or _piper()), *(word for option in options.items() for word in option))

    def _options(self, speed: float) -> dict[str, str]:
        settings = self._settings
        return {
            "--length-scale": f"{WPM_AT_SCALE_1 / (settings.rate_wpm * speed):.4f}",
            "--sentence-silence": f"{settings.sentence_silence_s:g}",
            "--noise-scale": "0",
            "--noise-w-scale": "0",
        }


def _voice_file(voice: Path) -> Path:
    """The .onnx file at or in *voice*, whose settings stand beside it. Raises TextToSpeechError."""
    found = sorted(voice.glob("*.onnx")) if voice.is_dir() else [voice]
    for file in found[:1]:
        if file.is_file() and Path(f"{file}.json").is_file():
            return file
    raise TextToSpeechError(
        f"{voice}: no Piper voice here (a .onnx file with its .onnx.json); fetch one with "
        "`voice-coach models fetch piper-joe`"
    )


def _piper() -> tuple[str, ...]:
    # Finding the package imports nothing of it.
    if find_spec("piper") is None:
        raise TextToSpeechError(
            "the program piper is not installed; install piper-tts beside voice-coach, "
            "or choose pyttsx3 in config.toml"
        )
    return python("-m", "piper")


def _version() -> str:
    try:
        return version("piper-tts")
    except PackageNotFoundError:
        return "absent"
