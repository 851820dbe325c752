"""Has spoken commands heard as a session would: several voices, the configured ears, recogniser and lexicon.

``python -m scripts.record_commands`` renews tests/core/heard_commands.tsv from tests/core/commands_said.tsv.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from voice_coach.adapters.piper_tts import PiperSettings, PiperVoice
from voice_coach.adapters.pyttsx3_tts import Pyttsx3Settings, Pyttsx3Voice
from voice_coach.adapters.rate_conversion import at_session_rate
from voice_coach.compose.content import load_content
from voice_coach.compose.engines import engine_needs, make_ears, make_stt
from voice_coach.config import load_config
from voice_coach.core.audio import RATE_HZ
from voice_coach.listening import frames_of, listen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voice_coach.compose.engines import EngineNeeds
    from voice_coach.core.audio import Pcm
    from voice_coach.core.transcript import Word
    from voice_coach.ports import SpeechToText, TextToSpeech
    from voice_coach.shell import Ears

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "core"
SAID, HEARD = FOLDER / "commands_said.tsv", FOLDER / "heard_commands.tsv"
HEAD = """\
# What the recogniser (base) wrote for the lines of commands_said.tsv; made by scripts/record_commands.py, which see.
# state <tab> command <tab> what was said <tab> voice <tab> words, each with its probability
"""
_QUIET_S = 1.0
_NOISE = 20.0
"""Standard deviation of the room's noise in steps of 16 bits: about -64 dBFS."""


def voices(needs: EngineNeeds) -> Iterator[tuple[str, TextToSpeech]]:
    """By name."""
    joe = needs.store.path("piper-joe")
    yield "piper", PiperVoice(joe)
    yield "piper slow", PiperVoice(joe, PiperSettings(rate_wpm=130))
    yield "espeak", Pyttsx3Voice()
    yield "espeak slow", Pyttsx3Voice(Pyttsx3Settings(rate_wpm=130))
    yield "espeak british", Pyttsx3Voice(Pyttsx3Settings(voice="English (Received Pronunciation)"))


def in_a_room(pcm: Pcm, seed: int) -> Pcm:
    """*pcm* with quiet around it and a little noise over all."""
    quiet = np.zeros(round(_QUIET_S * RATE_HZ), dtype=np.int16)
    whole = np.concatenate([quiet, pcm, quiet, quiet])
    noise = np.random.default_rng(seed).normal(0.0, _NOISE, len(whole))
    noisy: Pcm = (whole + noise).clip(-32768, 32767).astype(np.int16)
    return noisy


def heard(pcm: Pcm, ears: Ears, stt: SpeechToText) -> list[Word]:
    """The words in *pcm*, which fresh *ears* listen to."""
    found = listen(frames_of(pcm), ears.detector, ears.endpointer)
    return [word for item in found for piece in item.pieces for word in stt.transcribe(piece)]


def main() -> None:
    """Write the file anew."""
    config = load_config()
    needs = engine_needs(config, load_content())
    stt = make_stt(needs)
    lines = [line for line in SAID.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    rows = []
    for name, voice in voices(needs):
        for number, line in enumerate(lines):
            said = line.split("\t")[-1]
            sound = in_a_room(at_session_rate(voice.render(said)), number)
            words = heard(sound, make_ears(config), stt)
            written = " ".join(f"{word.text}/{1.0 if word.p is None else word.p:.3f}" for word in words)
            rows.append(f"{line}\t{name}\t{written}")
        voice.close()
    HEARD.write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
