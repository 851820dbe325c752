"""Whole rehearsals in simulated rooms, with the real engines."""

from __future__ import annotations

import json
import signal
import stat
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from tests.end_to_end.program import (
    journal,
    needs_no_sound_device,
    only_session,
    plain_config,
    run,
    started,
    wait_until,
)
from voice_coach.adapters.audio_file import write_wav
from voice_coach.adapters.pyttsx3_tts import Pyttsx3Voice
from voice_coach.adapters.rate_conversion import at_session_rate
from voice_coach.core.audio import RATE_HZ

pytestmark = [pytest.mark.slow, pytest.mark.timeout(800)]

ROOM = """
question = "url-shortener"

[[say]]
text = "How many users will we have?"
voice = "pyttsx3"

[[say]]
text = "At a high level there is a load balancer, a service, a cache and a key value store."
voice = "pyttsx3"

[[say]]
text = "I'm done."
voice = "pyttsx3"
wait = 1.5
"""


@pytest.fixture
def room(tmp_path: Path) -> Path:
    path = tmp_path / "room.toml"
    path.write_text(ROOM)
    return path


def practise(room: Path, sessions: Path, *more: str) -> Path:
    """The folder of a session in *room*, run to its end."""
    done = run(
        "practice",
        "--input",
        str(room),
        "--speed",
        "max",
        "--minutes",
        "1",
        "--sessions",
        str(sessions),
        "--config",
        str(plain_config(sessions.parent)),
        *more,
    )
    assert done.status == 0, done.stderr
    return only_session(sessions)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A session that ran to its end."""
    folder = tmp_path_factory.mktemp("finished")
    (folder / "room.toml").write_text(ROOM)
    return practise(folder / "room.toml", folder / "sessions", "--output", str(folder / "both.wav"))


def said(folder: Path) -> list[dict[str, Any]]:
    return [line for line in journal(folder) if line["kind"] == "coach_said"]


def test_a_session_has_its_files_and_they_are_private(finished: Path) -> None:
    assert {"journal.jsonl", "audio.flac", "session.json"} <= {path.name for path in finished.iterdir()}
    assert stat.S_IMODE(finished.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in finished.iterdir()} == {0o600}


def test_the_conversation_has_its_parts(finished: Path) -> None:
    intents = [line["intent"] for line in said(finished)]
    assert intents[:2] == ["question", "question"]
    assert "answer" in intents
    assert "wrap_up" in intents
    after = intents[intents.index("wrap_up") :]
    assert "feedback" in after
    assert set(after[after.index("feedback") :]) <= {"feedback", "reply"}, "what was asked about it"
    answer = next(line for line in said(finished) if line["intent"] == "answer")
    assert answer["about"]
    assert answer["because"]["tail"] == "question"


def test_times_of_journal_and_sound_agree(finished: Path) -> None:
    import soundfile

    lines = journal(finished)
    assert [line["t"] for line in lines] == sorted(line["t"] for line in lines)
    entries = [line for line in lines if line["kind"] == "room_said"]
    assert [entry["index"] for entry in entries] == [0, 1, 2]
    flac, rate_hz = soundfile.read(finished / "audio.flac", dtype="int16")
    wav, _ = soundfile.read(finished.parent.parent / "both.wav", dtype="int16")
    assert rate_hz == RATE_HZ
    assert (flac == wav).all()
    for entry in entries:
        inside = flac[round(entry["start"] * RATE_HZ) : round(entry["end"] * RATE_HZ), 0]
        assert abs(inside).max() > 1000
        before = flac[max(0, round((entry["start"] - 0.5) * RATE_HZ)) : round(entry["start"] * RATE_HZ), 0]
        assert abs(before).max() == 0
    for line in said(finished):
        assert abs(flac[round(line["start"] * RATE_HZ) : round(line["end"] * RATE_HZ), 1]).max() > 1000


def test_the_same_room_gives_the_same_journal(room: Path, finished: Path, tmp_path: Path) -> None:
    again = practise(room, tmp_path / "sessions")
    assert (again / "journal.jsonl").read_bytes() == (finished / "journal.jsonl").read_bytes()
    assert (again / "audio.flac").read_bytes() == (finished / "audio.flac").read_bytes()


def test_the_analysis_quotes_what_was_said(finished: Path) -> None:
    document = json.loads((finished / "session.json").read_text())
    spoken = _plain(
        " ".join(t["text"] for t in document["transcript"]["turns"] if t["speaker"] == "candidate")
    )
    quotes = [e["quote"] for item in document["checklist"] for e in item["evidence"]]
    assert all(_plain(quote) in spoken for quote in quotes)
    assert len(document["checklist"]) == 7


def test_a_killed_session_is_recovered(room: Path, tmp_path: Path) -> None:
    sessions = tmp_path / "sessions"
    sessions.mkdir()
    arguments = (
        "practice",
        "--input",
        str(room),
        "--speed",
        "max",
        "--minutes",
        "1",
        "--sessions",
        str(sessions),
        "--config",
        str(plain_config(tmp_path)),
    )
    with started(*arguments) as live:
        wait_until(lambda: any(sessions.iterdir()), limit_s=60, what="the session's folder")
        folder = only_session(sessions)
        wait_until(
            lambda: len([line for line in journal(folder) if line["kind"] == "room_said"]) == 2,
            limit_s=200,
            what="the second entry",
        )
        live.send_signal(signal.SIGSTOP)
        assert run("recover", "--sessions", str(sessions)).stdout.strip() == "nothing to recover"
        live.send_signal(signal.SIGKILL)
        live.wait(10)
    before = journal(folder)

    assert run("recover", "--sessions", str(sessions)).status == 0
    after = journal(folder)
    assert after[: len(before)] == before
    assert after[-1]["kind"] == "session_ended"
    document = json.loads((folder / "session.json").read_text())
    text = " ".join(turn["text"] for turn in document["transcript"]["turns"])
    assert "load balancer" in text
    assert document["source"]["duration_s"] >= before[-1]["t"] - 1.0
    assert run("recover", "--sessions", str(sessions)).stdout.strip() == "nothing to recover"


def test_no_sound_device_means_the_bundled_room(tmp_path: Path) -> None:
    needs_no_sound_device()
    done = run("practice", "--sessions", str(tmp_path))
    assert done.status == 0, done.stderr
    assert done.stdout.startswith("No microphone and no loudspeaker found")
    assert str(only_session(tmp_path)) in done.stdout


def test_silence_is_judged_kindly(tmp_path: Path) -> None:
    import numpy as np

    path = tmp_path / "silence.wav"
    write_wav(path, np.zeros(5 * RATE_HZ, np.int16))
    done = run("analyze", "--json", str(path))
    assert done.status == 0, done.stderr
    document = json.loads(done.stdout)
    verdicts = {item["verdict"] for part in ("checklist", "mistakes") for item in document[part]}
    assert verdicts == {"not_assessed"}
    assert document["feedback"]["spoken"]


def test_a_recording_drives_a_whole_session(tmp_path: Path) -> None:
    clip = Pyttsx3Voice().render("At a high level there is a load balancer and a service.")
    path = tmp_path / "answer.wav"
    write_wav(path, at_session_rate(clip))
    folder = practise(path, tmp_path / "sessions", "--no-feedback-speech")
    heard = " ".join(
        word["text"] for line in journal(folder) if line["kind"] == "transcript" for word in line["words"]
    )
    assert "load balancer" in heard.lower()
    assert journal(folder)[-1]["reason"] == "completed"


def _plain(text: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in text.lower()).split())


REVIEW = """
question = "url-shortener"

[[say]]
text = "I assume one hundred million links per month, and opening one should take less than one hundred milliseconds."
voice = "pyttsx3"

[[say]]
text = "At a high level, a load balancer stands in front of a link service, with a cache and a database behind it. \
A queue takes the clicks, and a worker counts them. \
I would choose Postgres, because a single index answers the main query."
voice = "pyttsx3"

[[say]]
text = "I'm done."
voice = "pyttsx3"
wait = 1.5

[[say]]
text = "To sum up, a relational database is simple to operate, but we have to split it when the data grows."
voice = "pyttsx3"
wait = 1.0

[[say]]
text = "I'm done."
voice = "pyttsx3"
wait = 1.0

[[say]]
text = "Why do you say that?"
voice = "pyttsx3"
when = "over"
wait = 16.0

[[say]]
text = "When did I say something about the queue?"
voice = "pyttsx3"
when = "over"
wait = 14.0

[[say]]
text = "Let me try that again."
voice = "pyttsx3"
when = "over"
wait = 16.0

[[say]]
text = "If the cache crashes, all reads go to the database, so we limit them and retry."
voice = "pyttsx3"
wait = 1.0
"""


def test_the_feedback_can_be_asked_about_and_a_part_said_again(tmp_path: Path) -> None:
    room = tmp_path / "room.toml"
    room.write_text(REVIEW)
    folder = practise(room, tmp_path / "sessions")
    lines = journal(folder)
    assert [line["name"] for line in lines if line["kind"] == "command"][-3:] == ["why", "when", "redo"]
    (replayed,) = [line for line in lines if line.get("replayed")]
    assert "queue" in replayed["text"]
    both, _ = soundfile.read(folder / "audio.flac", dtype="int16")
    first, last = (round(replayed["replayed"][edge] * RATE_HZ) for edge in ("start", "end"))
    mine = both[first:last, 0]
    coach = both[round(replayed["start"] * RATE_HZ) :, 1]
    assert np.array_equal(coach[: len(mine)], mine)
    document = json.loads((folder / "session.json").read_text(encoding="utf-8"))
    (redo,) = document["redos"]
    assert redo["after"]
    candidate = [turn for turn in document["transcript"]["turns"] if turn["speaker"] == "candidate"]
    assert not any("crashes" in turn["text"] or "why" in turn["text"].lower() for turn in candidate)
