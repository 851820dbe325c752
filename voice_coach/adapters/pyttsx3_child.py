"""A program: ``python pyttsx3_child.py FILE RATE_WPM VOICE`` reads a text on stdin and writes it, spoken.

With ``--key`` behind that it writes on one line what the sound depends on, and speaks nothing.

It imports nothing of ours, so that it starts in 80 ms, and does one ``save_to_file`` in its life, because
pyttsx3 2.99 cannot be trusted with a second one: of two queued texts only the last is kept, and later calls
write to the file of the earlier one. It may print, hang or crash here without harm.
"""

from __future__ import annotations

import platform
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pyttsx3

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

ESPEAK_WORDS_PER_WORD = 0.79
"""espeak-ng reckons in longer words: at 165 it says 209 of ours a minute (measured, docs/adr/0008)."""
LISTED_VOICES = 8


def speak(text: str, path: str, rate_wpm: int, voice: str) -> None:
    """Write *text* to the sound file *path*. Exits with one line where that is impossible."""
    engine = pyttsx3.init()
    finished = threading.Event()
    faults: list[Exception] = []
    engine.connect("finished-utterance", lambda **_: finished.set())
    # pyttsx3 swallows what goes wrong in its queue, and then speaks with another voice or not at all.
    engine.connect("error", lambda exception, **_: faults.append(exception))
    chosen = chosen_voice(engine.getProperty("voices"), voice, engine.getProperty("voice"))
    if chosen is not None:
        engine.setProperty("voice", chosen)
    engine.setProperty("rate", _rate(engine, rate_wpm))
    _settle(engine)
    engine.save_to_file(text, path)
    engine.runAndWait()
    if faults:
        raise SystemExit(f"{type(faults[0]).__name__}: {faults[0]}")
    if _is_espeak(engine):
        # Its loop ends 10 ms after it began; espeak-ng goes on in a thread of its own, which writes the file.
        # The program that started us keeps the time.
        finished.wait()


def _settle(engine: Any) -> None:  # noqa: ANN401 - pyttsx3 carries no annotations
    """Wait for voice and rate: ``runAndWait`` cancels what espeak-ng's thread has not come to yet (docs/adr/0008)."""
    if _is_espeak(engine):
        from pyttsx3.drivers import _espeak

        engine.proxy.setBusy(False)
        _espeak.Synchronize()


def key(rate_wpm: int, voice: str) -> str:
    """Engine, version, voice and rate with which a text would be spoken. Exits with one line where none can be."""
    engine = pyttsx3.init()
    current = engine.getProperty("voice")
    chosen = chosen_voice(engine.getProperty("voices"), voice, current) or current
    return f"{engine.driver_name} {_version(engine)}, {chosen}, {_rate(engine, rate_wpm)}"


def _rate(engine: Any, rate_wpm: int) -> int:  # noqa: ANN401 - as above
    return round(rate_wpm * ESPEAK_WORDS_PER_WORD) if _is_espeak(engine) else rate_wpm


def _is_espeak(engine: Any) -> bool:  # noqa: ANN401 - as above
    return bool(engine.driver_name == "espeak")


def _version(engine: Any) -> str:  # noqa: ANN401 - as above
    """That of espeak-ng; the voices of macOS and Windows come with the system."""
    if not _is_espeak(engine):
        return platform.version()
    from pyttsx3.drivers import _espeak

    return str(_espeak.Info(None).decode(errors="replace"))


def chosen_voice(voices: Iterable[Any], wanted: str, current: str | None) -> str | None:
    """Id of the voice with *wanted* in its id or name, or of an English one; None keeps *current*."""
    known = list(voices)
    if not wanted:
        return _english_voice(known, current)
    wanted = wanted.lower()
    exact = [voice.id for voice in known if wanted in {voice.id.lower(), voice.name.lower()}]
    partial = [voice.id for voice in known if wanted in f"{voice.id}\n{voice.name}".lower()]
    for found in (*exact, *partial):
        return str(found)
    names = ", ".join(voice.name for voice in known[:LISTED_VOICES])
    raise SystemExit(f"no voice here has {wanted!r} in its name or id; among the {len(known)} are {names}")


def _english_voice(voices: list[Any], current: str | None) -> str | None:
    # A system that speaks German by default would read English with German sounds.
    english = [str(voice.id) for voice in voices if _is_english(voice)]
    return None if current in english or not english else english[0]


def _is_english(voice: Any) -> bool:  # noqa: ANN401 - pyttsx3.voice.Voice, which carries no annotations
    languages = [
        item.decode(errors="ignore") if isinstance(item, bytes) else str(item) for item in voice.languages
    ]
    return any(language.strip("\x05").lower().startswith("en") for language in languages)


if __name__ == "__main__":
    if sys.argv[4:] == ["--key"]:
        Path(sys.argv[1]).write_text(key(int(sys.argv[2]), sys.argv[3]), encoding="utf-8")
        sys.exit()
    speak(sys.stdin.read(), sys.argv[1], int(sys.argv[2]), sys.argv[3])
