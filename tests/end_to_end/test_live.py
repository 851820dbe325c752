"""A live rehearsal on the virtual sound card: spoken to, listened to, and its words compared."""

from __future__ import annotations

import json
import signal
import subprocess
import threading
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import jiwer
import pytest

from tests import rig
from tests.adapters.voices import piper_joe
from tests.end_to_end.program import journal, only_session, run, started, wait_until
from voice_coach.adapters.audio_file import read_audio, write_wav
from voice_coach.adapters.piper_tts import PiperVoice
from voice_coach.adapters.pyttsx3_tts import Pyttsx3Voice
from voice_coach.adapters.rate_conversion import at_session_rate
from voice_coach.core.audio import RATE_HZ

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.slow, pytest.mark.alone, pytest.mark.timeout(400)]

ANSWER = (
    "I will start with the requirements, then outline the design, and then go deeper on storage. "
    "The requirements are that people create short links, "
    "and that a redirect takes less than one hundred milliseconds. "
    "At a high level there is a load balancer, an application service, a cache and a database. "
    "I would choose a key value store, because every read is a lookup by the short code."
)
_PLAIN = jiwer.Compose(
    [
        jiwer.ToLowerCase(),
        jiwer.SubstituteRegexes({r"[^\w\s]": " "}),
        jiwer.RemoveMultipleSpaces(),
        jiwer.Strip(),
        jiwer.ReduceToListOfListOfWords(),
    ]
)


def wer(reference: str, heard: str) -> float:
    """Word error rate, case and punctuation aside."""
    return float(jiwer.wer(reference, heard, reference_transform=_PLAIN, hypothesis_transform=_PLAIN))


@pytest.fixture
def answer(tmp_path: Path) -> Path:
    """The answer, spoken."""
    path = tmp_path / "answer.wav"
    with closing(PiperVoice(piper_joe())) as voice:
        write_wav(path, at_session_rate(voice.render(ANSWER)))
    return path


def kinds(folder: Path) -> list[str]:
    return [str(line["kind"]) for line in journal(folder)]


@contextmanager
def asked(
    card: rig.VirtualSoundCard, sessions: Path, *options: str
) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """A rehearsal whose question has been asked, and its folder."""
    sessions.mkdir()
    arguments = ("practice", "--sessions", str(sessions), "--seed", "1", *options)
    with started(*arguments, environment=card.environment) as live:
        wait_until(lambda: any(sessions.iterdir()), limit_s=60, what="the session's folder")
        folder = only_session(sessions)
        wait_until(lambda: kinds(folder).count("coach_said") >= 2, limit_s=120, what="the question")
        yield live, folder


def test_what_is_spoken_and_what_is_heard(card: rig.VirtualSoundCard, answer: Path, tmp_path: Path) -> None:
    tap = tmp_path / "tap.wav"
    options = ("--minutes", "0.5", "--no-feedback-speech")
    with card.tapping(tap), asked(card, tmp_path / "sessions", *options) as (live, folder):
        card.say(answer)
        wait_until(lambda: "session_ended" in kinds(folder), limit_s=200, what="the end")
        live.communicate(timeout=60)
    assert live.returncode == 0
    lines = journal(folder)

    heard = " ".join(word["text"] for line in lines if line["kind"] == "transcript" for word in line["words"])
    # A busy machine loses samples between the virtual card and the program: `make bench` compares with the file.
    analysed = json.loads(run("analyze", "--json", str(folder / "audio.flac")).stdout)
    recorded = " ".join(turn["text"] for turn in analysed["transcript"]["turns"])
    assert wer(ANSWER, heard) <= wer(ANSWER, recorded) + 0.05, (heard, recorded)
    assert wer(ANSWER, heard) <= 0.2, heard

    said = " ".join(str(line["text"]) for line in lines if line["kind"] == "coach_said")
    spoken = json.loads(run("analyze", "--json", str(tap)).stdout)
    tapped = " ".join(turn["text"] for turn in spoken["transcript"]["turns"])
    assert wer(said, tapped) <= 0.25, (said, tapped)

    both = read_audio(folder / "audio.flac")
    assert len(both) / RATE_HZ == pytest.approx(lines[-1]["t"], abs=1.0)
    assert json.loads((folder / "session.json").read_text())["source"]["kind"] == "session"


def test_ctrl_c_keeps_everything_that_was_heard(
    card: rig.VirtualSoundCard, answer: Path, tmp_path: Path
) -> None:
    with asked(card, tmp_path / "sessions") as (live, folder), card.saying(answer):
        wait_until(lambda: "piece_cut" in kinds(folder), limit_s=40, what="a piece")
        live.send_signal(signal.SIGINT)
        _, stderr = live.communicate(timeout=60)
    assert live.returncode == 130
    assert stderr.strip() == "voice-coach: interrupted"
    document = json.loads((folder / "session.json").read_text())
    assert "requirements" in document["transcript"]["turns"][-1]["text"].lower()
    assert kinds(folder)[-1] == "session_ended"


def test_over_loudspeakers_the_coach_is_talked_over_and_never_hears_itself(
    card: rig.VirtualSoundCard, tmp_path: Path
) -> None:
    pytest.importorskip("livekit", reason="needs the extra `speakers`")
    wait = tmp_path / "wait.wav"
    with closing(Pyttsx3Voice()) as voice:
        write_wav(wait, at_session_rate(voice.render("Wait, could you repeat the question for me please?")))
    card.echo(0.6, 0.06)
    with asked(card, tmp_path / "sessions") as (live, folder):
        assert "coach_interrupted" not in kinds(folder)
        before = kinds(folder).count("playback_started")
        card.say(wait)
        wait_until(lambda: kinds(folder).count("playback_started") > before, limit_s=40, what="a reply")
        threading.Event().wait(3.0)
        assert "coach_interrupted" not in kinds(folder)
        card.say(wait)
        wait_until(lambda: "coach_interrupted" in kinds(folder), limit_s=20, what="the coach's silence")
        live.send_signal(signal.SIGINT)
        live.communicate(timeout=60)
    lines = journal(folder)
    assert kinds(folder).count("coach_interrupted") == 1
    (begun,) = (line for line in lines if line["kind"] == "session_started")
    assert begun["may_echo"] is True
    heard = " ".join(word["text"] for line in lines if line["kind"] == "transcript" for word in line["words"])
    assert "repeat the question" in heard.lower()
    assert "design" not in heard.lower(), "that is what the coach said"
