"""The long answer that speed is measured with: its words, its sound, and a room that holds it."""

from __future__ import annotations

import hashlib
import json
import tempfile
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from voice_coach.adapters.audio_file import write_wav
from voice_coach.adapters.room_script import Entry, RoomScript, When, load_room, rendered
from voice_coach.compose.content import load_content
from voice_coach.compose.engines import engine_needs, room_voice
from voice_coach.config import load_config
from voice_coach.core.audio import RATE_HZ, duration_s

ANSWER = Path(__file__).with_name("bench_answer.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """A recording and the words in it."""

    path: Path
    text: str
    seconds: float


def entries() -> tuple[Entry, ...]:
    """What the candidate says, in order."""
    return load_room(ANSWER).entries


def spoken_room() -> Path:
    """The room with its lines as recordings. Made once and kept in the temporary folder."""
    folder = _folder()
    path = folder / "room.toml"
    if not path.exists():
        script = load_room(ANSWER)
        _speak(script, folder)
        tables = [f'question = "{script.question}"\n']
        for number, entry in enumerate(script.entries):
            audio, when = json.dumps(f"{number}.wav"), json.dumps(entry.when)
            tables.append(f"[[say]]\naudio = {audio}\nwhen = {when}\nwait = {entry.wait_s:g}\n")
        path.write_text("\n".join(tables), encoding="utf-8")
    return path


def monologue(room: Path, minutes: float) -> Speech:
    """The beginning of the answer and its end as one recording of about *minutes*, pauses included."""
    said, recorded = entries(), load_room(room).entries
    chosen = chosen_for([_seconds(entry) for entry in recorded], 60.0 * minutes)
    parts = []
    for number in chosen:
        # Where the coach would have the word, the candidate goes on after a breath.
        wait_s = recorded[number].wait_s if recorded[number].when is When.THEN else 1.2
        parts += [np.zeros(round(wait_s * RATE_HZ), np.int16), _pcm(recorded[number])]
    pcm = np.concatenate(parts)
    path = room.with_name(f"monologue-{minutes:g}.wav")
    write_wav(path, pcm)
    text = " ".join(" ".join(said[number].text.split()) for number in chosen)
    return Speech(path=path, text=text, seconds=duration_s(pcm))


def chosen_for(lengths_s: list[float], wanted_s: float) -> list[int]:
    """Which entries make *wanted_s*: without the questions that open the answer, always with its two last."""
    last = [len(lengths_s) - 2, len(lengths_s) - 1]
    total_s = sum(lengths_s[number] for number in last)
    chosen: list[int] = []
    for number in range(1, last[0]):
        if total_s >= wanted_s:
            break
        chosen.append(number)
        total_s += lengths_s[number]
    return [*chosen, *last]


def _speak(script: RoomScript, folder: Path) -> None:
    needs = engine_needs(load_config(), load_content())
    with ExitStack() as stack:
        lines = rendered(script, lambda name: stack.enter_context(closing(room_voice(needs, name))))
    for number, line in enumerate(lines):
        write_wav(folder / f"{number}.wav", line.pcm)


def _folder() -> Path:
    digest = hashlib.sha256(ANSWER.read_bytes()).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"voice-coach-bench-{digest}"
    folder.mkdir(exist_ok=True, mode=0o700)
    return folder


def _pcm(entry: Entry) -> np.typing.NDArray[np.int16]:
    assert entry.pcm is not None  # noqa: S101 - the room was made with recordings only
    return entry.pcm


def _seconds(entry: Entry) -> float:
    return duration_s(_pcm(entry)) + entry.wait_s
