"""Sessions made up for reports: whole analyses in the contract's form, and folders that hold them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import numpy as np

from tests.sounds import noise
from voice_coach.adapters.session_audio import SessionAudio
from voice_coach.core.audio import FRAME_SAMPLES, RATE_HZ, AudioFrame
from voice_coach.core.rubric_ids import (
    CHECKLIST,
    CLARIFICATION,
    DEEP_DIVES,
    DELIVERY,
    MISTAKES,
    PHASES,
    STAGES,
)

NAME = "20261130T181500Z-url-shortener"
ANSWER = (
    "Let me start with the requirements, then the main parts, then storage, and what can fail at the end. "
    "I am assuming a hundred million new links a month, and that opening a link takes less than a tenth of a second. "
    "At a high level there is a load balancer, a stateless service, a cache and a database behind it. "
    "I would pick a key value store because every lookup is by the short code. "
    "Hot links are read from Redis, so that the store sees few of the reads. "
    "If a worker dies in the middle, the queue gives the message to another one, "
    "and the idempotency key keeps it from counting twice. "
    "What I give up is freshness: a link that was changed may be stale for a minute."
)
FOLLOW_UP = "The cache restarts and comes back empty. What happens to the lookups?"
_WORD_S = 0.4


def words(text: str, start: float) -> list[dict[str, Any]]:
    """*text*, a word each 0.4 s from *start* on."""
    return [
        {
            "text": word,
            "start": round(start + _WORD_S * index, 2),
            "end": round(start + _WORD_S * index + 0.32, 2),
            "p": 0.9,
            "filler": word.lower().strip(",.") in {"um", "uh"},
        }
        for index, word in enumerate(text.split())
    ]


def turn(speaker: str, text: str, start: float) -> dict[str, Any]:
    """A turn of *speaker* from *start* on."""
    said = words(text, start)
    return {"speaker": speaker, "start": start, "end": said[-1]["end"], "text": text, "words": said}


def evidence(turns: Sequence[dict[str, Any]], quote: str) -> dict[str, Any]:
    """Where the candidate first says *quote*."""
    wanted = quote.split()
    for item in turns:
        said = [word["text"] for word in item["words"]]
        for at in range(len(said) - len(wanted) + 1):
            if said[at : at + len(wanted)] == wanted:
                first, last = item["words"][at], item["words"][at + len(wanted) - 1]
                return {"start": first["start"], "end": last["end"], "quote": quote}
    raise AssertionError(quote)


def conversation(exchanges: int, answer: str = ANSWER) -> list[dict[str, Any]]:
    """The question, and so many answers with a follow-up behind each but the last."""
    turns = [turn("coach", "Design a service that makes short links.", 0.0)]
    for index in range(exchanges):
        turns.append(turn("candidate", f"Um, {answer}", turns[-1]["end"] + 1.0))
        if index < exchanges - 1:
            turns.append(turn("coach", FOLLOW_UP, turns[-1]["end"] + 1.2))
    return turns


def analysis(turns: list[dict[str, Any]] | None = None, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any field of the contract
    """A whole analysis of *turns*, with something of every kind in it; *changes* are put in the place of its fields."""
    turns = turns or conversation(3)
    said = [word for item in turns if item["speaker"] == "candidate" for word in item["words"]]
    end = turns[-1]["end"]
    met = evidence(turns, "I would pick a key value store")
    failure = evidence(turns, "the queue gives the message to another one,")
    document: dict[str, Any] = {
        "schema": 1,
        "question": "url-shortener",
        "source": {"kind": "session", "duration_s": end + 5.0, "sample_rate": 16000},
        "engines": {"stt": "faster-whisper base int8", "judge": "offline 2", "llm": None, "fell_back": []},
        "transcript": {"turns": turns},
        "speech": _speech(said),
        "pacing": {
            "target_min_s": 192.0,
            "target_max_s": 288.0,
            "answer_s": round(end * 0.8, 2),
            "verdict": "within",
            "phases": [
                {
                    "id": id_,
                    "seconds": round(end * share, 2),
                    "share": share,
                    "budget_share": budget,
                    "verdict": verdict,
                }
                for id_, share, budget, verdict in zip(
                    PHASES,
                    (0.1, 0.15, 0.55, 0.1),
                    (0.2, 0.2, 0.4, 0.2),
                    ("short", "within", "within", "short"),
                    strict=True,
                )
            ],
            "stages": list(_stages(end)),
        },
        "checklist": [
            {
                "id": id_,
                "verdict": "met" if index % 3 != 1 else "not_met",
                "confidence": 0.58 if index == 4 else 0.96,
                "prompted": index == 5,
                "evidence": [failure if index == 5 else met] if index % 3 != 1 else [],
                "why": "You named a choice and tied a reason to it."
                if index % 3 != 1
                else "I listened for it and did not hear it.",
            }
            for index, id_ in enumerate(CHECKLIST)
        ],
        "mistakes": [
            _found(id_, "made" if index == 6 else "not_made", [met] if index == 6 else [])
            for index, id_ in enumerate(MISTAKES)
        ],
        "delivery": [
            _found(id_, "met" if index % 2 else "not_met", [met] if index % 2 else [])
            for index, id_ in enumerate(DELIVERY)
        ],
        "clarification": [_found(id_, "not_met", []) for id_ in CLARIFICATION],
        "deep_dives": [{**_found(id_, "met", [failure]), "prompted": False} for id_ in DEEP_DIVES],
        "adaptation": [],
        "score": {
            "total": 71,
            "parts": [{"id": id_, "points": 10, "of": 16} for id_ in CHECKLIST]
            + [{"id": "rambling", "points": -5, "of": 0}],
        },
        "feedback": {
            "strengths": ['Keep this line: "I would pick a key value store".'],
            "improvements": [
                {
                    "text": "I listened for an overview before the details.",
                    "item": "high_level_first",
                    "evidence": [],
                    "try_saying": "At a high level, three parts work together.",
                },
                {
                    "text": "A failure came when I asked for it.",
                    "item": "failure_mitigation",
                    "evidence": [failure],
                    "try_saying": "Should a replica fall behind, reads go to the original.",
                },
            ],
            "next_drill": "failure-modes",
            "spoken": "Keep this line. I listened for an overview.",
            "lines": ["Keep this line.", "I listened for an overview."],
        },
    }
    return {**document, **changes}


def not_assessed() -> dict[str, Any]:
    """An answer that was too short to judge."""
    turns = [
        turn("coach", "Design a service that makes short links.", 0.0),
        turn("candidate", "I do not know.", 5.0),
    ]
    whole = analysis()
    why = "The answer was too short to judge."
    groups = {
        name: [
            {**item, "verdict": "not_assessed", "confidence": 0.0, "evidence": [], "why": why}
            for item in whole[name]
        ]
        for name in ("checklist", "mistakes", "delivery", "clarification", "deep_dives")
    }
    phases = [
        {**item, "seconds": 0.0, "share": 0.0, "verdict": "absent"} for item in whole["pacing"]["phases"]
    ]
    return {
        **whole,
        **groups,
        "transcript": {"turns": turns},
        "speech": _speech([]),
        "pacing": {**whole["pacing"], "answer_s": 2.0, "verdict": "short", "phases": phases, "stages": []},
        "score": {"total": None, "parts": []},
        "feedback": {"strengths": [], "improvements": [], "next_drill": None, "spoken": why, "lines": [why]},
    }


def without_times(document: dict[str, Any]) -> dict[str, Any]:
    """*document* as it is of a transcript whose times were laid out."""
    nothing = dict.fromkeys(("wpm", "articulation_wpm", "pause_share", "longest_pause_s", "fillers_per_min"))
    fillers = [{**item, "start": None, "end": None} for item in document["speech"]["fillers"]]
    return {
        **document,
        "source": {**document["source"], "times": "estimated"},
        "speech": {**document["speech"], **nothing, "fillers": fillers, "densest_half_minute": None},
    }


def journal(document: dict[str, Any]) -> list[dict[str, Any]]:
    """What a session leaves behind, as far as a report reads it."""
    lines: list[dict[str, Any]] = [
        {
            "t": 0.0,
            "kind": "session_started",
            "question": "url-shortener",
            "target_s": 240.0,
            "pressure": "normal",
        }
    ]
    coach = [item for item in document["transcript"]["turns"] if item["speaker"] == "coach"]
    lines += [
        {
            "t": item["end"],
            "kind": "coach_said",
            "text": item["text"],
            "start": item["start"],
            "end": item["end"],
            "intent": "follow_up" if index else "question",
        }
        for index, item in enumerate(coach)
    ]
    end = document["transcript"]["turns"][-1]["end"]
    first = document["feedback"]["lines"][0]
    lines.append(
        {
            "t": end + 3.0,
            "kind": "coach_said",
            "text": first,
            "start": end + 1.0,
            "end": end + 3.0,
            "intent": "feedback",
        }
    )
    lines.append({"t": end + 4.0, "kind": "session_ended"})
    return lines


def session(
    root: Path, document: dict[str, Any] | None = None, *, name: str = NAME, audio_s: float | None = None
) -> Path:
    """The folder of a session that was judged as *document* says, with *audio_s* of noise where that is given."""
    document = document or analysis()
    folder = root / name
    folder.mkdir(parents=True, mode=0o700)
    lines = "".join(json.dumps(line) + "\n" for line in journal(document))
    (folder / "journal.jsonl").write_text(lines, encoding="utf-8")
    (folder / "session.json").write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    if audio_s is not None:
        _record(folder / "audio.flac", audio_s)
    return folder


def _record(path: Path, seconds: float) -> None:
    """Noise like a voice's level on the left, and silence on the right."""
    tape = SessionAudio(path)
    second = noise(1.0, level=1500)
    frames = second[: len(second) // FRAME_SAMPLES * FRAME_SAMPLES].reshape(-1, FRAME_SAMPLES)
    silence = np.zeros(FRAME_SAMPLES, np.int16)
    for index, pcm in enumerate(islice(cycle(frames), round(seconds * RATE_HZ / FRAME_SAMPLES))):
        tape.write(AudioFrame(index=index, pcm=pcm), silence)
    tape.close()


def _found(id_: str, verdict: str, quotes: list[dict[str, Any]]) -> dict[str, Any]:
    return {"id": id_, "verdict": verdict, "confidence": 0.9, "evidence": quotes, "why": "So it was."}


def _stages(end: float) -> Iterator[dict[str, Any]]:
    for index, id_ in enumerate((*STAGES, "deep_dive")):
        yield {"id": id_, "start": round(end * index / 9, 2), "end": round(end * (index + 0.9) / 9, 2)}


def _speech(said: list[dict[str, Any]]) -> dict[str, Any]:
    fillers = [
        {
            "text": word["text"],
            "start": word["start"],
            "end": word["end"],
            "kind": "sound",
            "context": "start",
        }
        for word in said
        if word["filler"]
    ]
    return {
        "words": len(said),
        "speaking_s": round(_WORD_S * len(said), 2),
        "wpm": 150.0,
        "articulation_wpm": 187.0,
        "pause_share": 0.2,
        "longest_pause_s": 2.4,
        "longest_monologue_s": 61.0,
        "fillers": fillers,
        "fillers_per_100_words": 1.2,
        "fillers_per_min": 1.5,
        "restarts": 0,
        "densest_half_minute": None,
        "repairs": [],
        "norms": {
            "wpm": {"low": 126.0, "typical": 156.0, "high": 186.0, "place": "within", "source": "473 turns."},
            "fillers_per_min": {
                "low": None,
                "typical": None,
                "high": 5.0,
                "place": "within",
                "source": "Laske 2024.",
            },
        },
        "own": {},
    }
