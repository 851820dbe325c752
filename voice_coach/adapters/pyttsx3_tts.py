"""The voice that every system has: espeak-ng on Linux, the system's own voices on macOS and Windows."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from voice_coach.adapters.speech_program import last_line, own_group, python
from voice_coach.adapters.wave_clip import SILENT_CLIP, clip_from, joined
from voice_coach.core.errors import TextToSpeechError
from voice_coach.core.speakable import split_for_voice

if TYPE_CHECKING:
    from voice_coach.core.audio import Clip

_CHILD = Path(__file__).with_name("pyttsx3_child.py")
_LINE_LIMIT = 1000
"""Characters a call. pyttsx3 2.99 gives espeak-ng ten times a text's length, and 200,000 crash it."""
_MEND = {
    "linux": "install it with `apt-get install espeak-ng`",
    "darwin": "look at the voices under System Settings, Spoken Content",
    "win32": "look at the voices under Settings, Time & language, Speech",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pyttsx3Settings:
    """The system's own voice."""

    __pydantic_config__ = {"extra": "forbid"}

    rate_wpm: int = 165
    """Words a minute; 165 is the brisk end of comfortable presenting (docs/metrics.md)."""
    voice: str = ""
    """Id or part of the name; empty: the system's default if it is English, else its first English one."""
    timeout_s: float = 15.0
    """For one line; 80 ms is usual."""


class Pyttsx3Voice:
    """Speaks with pyttsx3, in a child process for each line.

    pyttsx3 prints, hangs and forgets in a process that lives on (docs/adr/0008), so none of ours imports it.
    """

    def __init__(self, settings: Pyttsx3Settings | None = None, *, program: tuple[str, ...] = ()) -> None:
        """*program* is run in the place of our child, for tests: it is given FILE, RATE_WPM and VOICE."""
        self._settings = settings or Pyttsx3Settings()
        self._program = program or python(str(_CHILD))
        self._key = ""

    @property
    def name(self) -> str:
        """See :class:`voice_coach.ports.TextToSpeech`."""
        voice = self._settings.voice or "default"
        return f"pyttsx3 {version('pyttsx3')}, {voice}, {self._settings.rate_wpm} wpm"

    @property
    def key(self) -> str:
        """See :class:`voice_coach.ports.KeyedVoice`. The child is asked, once: the default voice is the system's."""
        if not self._key:
            with tempfile.TemporaryDirectory(prefix="voice-coach-") as folder:
                path = Path(folder) / "key"
                self._run("", path, 1.0, "--key")
                self._key = f"{self.name}, {path.read_text(encoding='utf-8')}, {_LINE_LIMIT} a line"
        return self._key

    def render(self, text: str, speed: float = 1.0) -> Clip:
        """*text* spoken at *speed*; a short silence where it holds no word. Blocks. Raises TextToSpeechError."""
        lines = split_for_voice(text, _LINE_LIMIT)
        return joined([self._render_line(line, speed) for line in lines]) if lines else SILENT_CLIP

    def close(self) -> None:
        """Nothing lives on between two calls."""

    def _render_line(self, line: str, speed: float) -> Clip:
        with tempfile.TemporaryDirectory(prefix="voice-coach-") as folder:
            # macOS writes AIFF whatever the file is called.
            path = Path(folder) / ("line.aiff" if sys.platform == "darwin" else "line.wav")
            self._run(line, path, speed)
            try:
                return clip_from(path.read_bytes())
            except (OSError, ValueError) as error:
                raise self._failure(f"wrote no sound ({error})") from error

    def _run(self, line: str, path: Path, speed: float, *more: str) -> None:
        settings = self._settings
        rate_wpm = round(settings.rate_wpm * speed)
        command = [*self._program, str(path), str(rate_wpm), settings.voice, *more]
        try:
            subprocess.run(
                command,
                input=line,
                encoding="utf-8",
                errors="replace",
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                timeout=settings.timeout_s,
                check=True,
                **own_group(),
            )
        except subprocess.TimeoutExpired as error:
            raise self._failure(f"did not finish a line within {settings.timeout_s:g} s") from error
        except subprocess.CalledProcessError as error:
            raise self._failure(f"ended with status {error.returncode}: {last_line(error.stderr)}") from error
        except OSError as error:
            raise self._failure(f"cannot be started: {error}") from error

    def _failure(self, what: str) -> TextToSpeechError:
        mend = _MEND.get(sys.platform, "see docs/adr/0008-voices.md")
        return TextToSpeechError(f"the voice pyttsx3 {what}; {mend}, or choose another engine in config.toml")
