"""Has commands and answers like them spoken and heard: ``python -m scripts.hear_commands [--most N]``.

Speaks the lines of evaluation/commands/said.tsv and other_senses.tsv by several voices, lets the configured ears and
recogniser hear them as in a session, and adds to heard.tsv what is not there yet. About a second and a half a line.
"""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import soxr

from scripts.record_commands import heard, in_a_room
from voice_coach.adapters.piper_tts import PiperSettings, PiperVoice
from voice_coach.adapters.pyttsx3_tts import Pyttsx3Settings, Pyttsx3Voice
from voice_coach.adapters.rate_conversion import at_session_rate
from voice_coach.compose.content import load_content
from voice_coach.compose.engines import engine_needs, make_ears, make_stt
from voice_coach.config import load_config
from voice_coach.core.audio import RATE_HZ

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voice_coach.compose.engines import EngineNeeds
    from voice_coach.core.audio import Pcm
    from voice_coach.core.transcript import Word
    from voice_coach.ports import TextToSpeech

FOLDER = Path(__file__).resolve().parent.parent / "evaluation" / "commands"
SAID, OTHER_SENSES, HEARD = (FOLDER / name for name in ("said.tsv", "other_senses.tsv", "heard.tsv"))
SILENCE_S = 1.5
"""That a dash in other_senses.tsv stands for."""
ANSWER_PASSES = 2
"""So many voices speak each line of other_senses.tsv; all speak the commands."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """Sentences with silences between them."""

    parts: tuple[str, ...]
    silence_s: float = SILENCE_S

    @property
    def text(self) -> str:
        """As it is written in heard.tsv."""
        return " - ".join(self.parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """A voice, and how much higher it is made by playing it faster."""

    name: str
    voice: TextToSpeech
    pitch: float = 1.0

    def says(self, spoken: Spoken) -> Pcm:
        """*spoken* at the session's rate."""
        silence = np.zeros(round(spoken.silence_s * RATE_HZ), dtype=np.int16)
        sounds: list[Pcm] = []
        for part in spoken.parts:
            sounds += [self._clip(part), silence]
        return np.concatenate(sounds[:-1])

    def _clip(self, text: str) -> Pcm:
        pcm = at_session_rate(self.voice.render(text))
        if self.pitch == 1.0:
            return pcm
        higher: Pcm = soxr.resample(pcm, self.pitch * RATE_HZ, RATE_HZ)
        return higher


def speakers(needs: EngineNeeds) -> tuple[Speaker, ...]:
    """A man's voice of the neural engine, a higher one, a British man's and an American woman's of the formant one."""
    joe = needs.store.path("piper-joe")
    british = Pyttsx3Settings(voice="English (Received Pronunciation)")
    american = Pyttsx3Settings(voice="English (America)", rate_wpm=140)
    return (
        Speaker(name="piper", voice=PiperVoice(joe)),
        Speaker(name="piper high", voice=PiperVoice(joe, PiperSettings(rate_wpm=135)), pitch=1.15),
        Speaker(name="espeak british", voice=Pyttsx3Voice(british)),
        Speaker(name="espeak high", voice=Pyttsx3Voice(american), pitch=1.25),
    )


def lines(path: Path) -> list[list[str]]:
    """The columns of each line of *path* that is no comment."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return [line.split("\t") for line in text.splitlines() if not line.startswith("#")]


def all_said() -> Iterator[tuple[Spoken, bool]]:
    """What is to be spoken, and whether it commands something."""
    for _, _, _, silence, before, said in lines(SAID):
        yield (Spoken((said,)) if before == "-" else Spoken((before, said), float(silence))), True
    for (text,) in lines(OTHER_SENSES):
        yield Spoken(tuple(text.split(" - "))), False


def written(words: list[Word]) -> str:
    """*words* as text/start/end/probability."""
    return " ".join(f"{word.text}/{word.start_s:.2f}/{word.end_s:.2f}/{word.p or 0.0:.4f}" for word in words)


def main() -> None:
    """Adds what is not there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, help="lines in one go; all by default")
    most: int | None = parser.parse_args().most
    known = {tuple(columns[:3]) for columns in lines(HEARD)}
    config = load_config()
    needs = engine_needs(config, load_content())
    stt = make_stt(needs)
    with HEARD.open("a", encoding="utf-8") as file, ExitStack() as stack:
        voices = speakers(needs)
        for speaker in voices:
            stack.callback(speaker.voice.close)
        for speaker, spoken in islice(_missing(voices, known), most):
            sound = in_a_room(speaker.says(spoken), len(known))
            words = written(heard(sound, make_ears(config), stt))
            known.add((speaker.name, spoken.text, f"{spoken.silence_s:g}"))
            file.write(f"{speaker.name}\t{spoken.text}\t{spoken.silence_s:g}\t{words}\n")
            file.flush()
    print(f"hear: {len(known)} lines", file=sys.stderr)


def _missing(voices: Sequence[Speaker], known: set[tuple[str, ...]]) -> Iterator[tuple[Speaker, Spoken]]:
    """Each line by another voice than the one before it, in as many passes as there are voices."""
    for number in range(len(voices)):
        for at, (spoken, is_command) in enumerate(all_said()):
            speaker = voices[(at + number) % len(voices)]
            is_known = (speaker.name, spoken.text, f"{spoken.silence_s:g}") in known
            if not is_known and (is_command or number < ANSWER_PASSES):
                yield speaker, spoken


if __name__ == "__main__":
    main()
