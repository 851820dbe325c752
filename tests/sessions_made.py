"""Session folders as a rehearsal or a drill leaves them, made in a moment and without engines."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from voice_coach.adapters.session_folder import write_whole
from voice_coach.core.history import Origin
from voice_coach.core.rubric_ids import CHECKLIST, CLARIFICATION, DEEP_DIVES, DELIVERY, MISTAKES, PHASES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
"""When the first session of a test is, unless it says otherwise."""
WORDS = ("I", "would", "start", "with", "the", "requirements", "and", "then", "sketch", "a", "service")


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What a session was like; the rest is as usual."""

    started: datetime = NOON
    question: str = "url-shortener"
    drill: str | None = None
    passed: bool | None = True
    score: float | None = 71
    items: Sequence[tuple[str, str]] = (("clarify", "met"), ("wrap_up", "met"))
    """Of a drill: id and verdict."""
    missed: Sequence[str] = ()
    """Ids of the rubric that were not met, or mistakes that were made."""
    confidence: float = 0.85
    answer_s: float = 742.5
    wpm: float = 131.0
    fillers_per_min: float = 3.2
    words: int = 1480
    turns: int = 2
    """Of the candidate in the transcript: 40 make it as long as a real one."""
    at_microphone: bool = True
    has_sound: bool = True
    has_report: bool = True

    @property
    def name(self) -> str:
        """Of its folder."""
        return f"{self.started:%Y%m%dT%H%M%SZ}-{self.asked}"

    @property
    def origin(self) -> Origin:
        """Where its words came from."""
        return Origin.MICROPHONE if self.at_microphone else Origin.SIMULATED

    @property
    def asked(self) -> str:
        """What the analysis calls the question."""
        return self.question if self.drill is None else f"drill-{self.drill}"


def after(days: float, start: datetime = NOON) -> datetime:
    """So many days after *start*."""
    return start + timedelta(days=days)


def make_session(root: Path, made: Made | None = None, name: str | None = None) -> Path:
    """The folder of a session that was like *made*."""
    made = made or Made()
    folder = root / (name or made.name)
    folder.mkdir(parents=True, mode=0o700)
    started = {"t": 0.0, "kind": "session_started", "question": made.asked, "target_s": 750.0}
    lines: list[Mapping[str, object]] = [{**started, **({"keeps_pace": True} if made.at_microphone else {})}]
    if not made.at_microphone:
        lines.append({"t": 4.0, "kind": "room_said", "index": 0, "start": 1.0, "end": 4.0})
    lines.append({"t": made.answer_s, "kind": "session_ended", "reason": "completed"})
    (folder / "journal.jsonl").write_text(
        "".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8"
    )
    write_whole(folder / "session.json", json.dumps(analysis_of(made), indent=1) + "\n")
    if made.has_sound:
        (folder / "audio.flac").write_bytes(b"fLaC" + bytes(60))
    if made.has_report:
        (folder / "report.html").write_text("<!doctype html>", encoding="utf-8")
    return folder


def analysis_of(made: Made) -> dict[str, Any]:
    """The analysis of such a session."""
    document: dict[str, Any] = {
        "schema": 1,
        "question": made.asked,
        "source": {"kind": "session", "duration_s": made.answer_s + 90.0, "sample_rate": 16000},
        "engines": {"stt": "faster-whisper base int8", "judge": "offline 2", "llm": None, "fell_back": []},
        "transcript": {"turns": [_turn(number) for number in range(made.turns)]},
        "speech": {
            "words": made.words,
            "speaking_s": made.answer_s - 60.0,
            "wpm": made.wpm,
            "articulation_wpm": made.wpm + 20.0,
            "pause_share": 0.17,
            "longest_pause_s": 3.4,
            "longest_monologue_s": 142.0,
            "fillers": [],
            "fillers_per_100_words": 2.1,
            "restarts": 4,
            "fillers_per_min": made.fillers_per_min,
        },
        "pacing": {
            "target_min_s": 600.0,
            "target_max_s": 900.0,
            "answer_s": made.answer_s,
            "verdict": "within",
            "phases": [
                {"id": phase, "seconds": 150.0, "share": 0.25, "budget_share": 0.2, "verdict": "within"}
                for phase in PHASES
            ],
            "stages": [{"id": "clarify", "start": 0.0, "end": 61.2}],
        },
        "checklist": [_finding(made, item, "met", "not_met") for item in CHECKLIST],
        "mistakes": [_finding(made, item, "not_made", "made") for item in MISTAKES],
        "delivery": [_finding(made, item, "met", "not_met") for item in DELIVERY],
        "clarification": [_finding(made, item, "met", "not_met") for item in CLARIFICATION],
        "deep_dives": [_finding(made, item, "met", "not_met") for item in DEEP_DIVES],
        "adaptation": [],
        "score": {"total": made.score, "parts": []},
        "feedback": {
            "strengths": [],
            "improvements": [],
            "next_drill": None,
            "spoken": "",
            "lines": [],
        },
    }
    if made.drill is not None:
        document["drill"] = {
            "kind": made.drill,
            "attempt": 1,
            "passed": made.passed,
            "score": made.score,
            "seconds": made.answer_s,
            "items": [
                {"id": name, "verdict": verdict, "why": "…", "evidence": []} for name, verdict in made.items
            ],
            "said": ["One.", "Two."],
        }
    return document


def _finding(made: Made, item: str, well: str, badly: str) -> dict[str, object]:
    verdict = badly if item in made.missed else well
    return {
        "id": item,
        "verdict": verdict,
        "confidence": made.confidence,
        "prompted": False,
        "evidence": [],
        "why": "…",
    }


def _turn(number: int) -> dict[str, object]:
    start_s = 20.0 * number
    words = [
        {
            "text": word,
            "start": start_s + 0.4 * at,
            "end": start_s + 0.4 * at + 0.3,
            "p": 0.91,
            "filler": False,
        }
        for at, word in enumerate(WORDS)
    ]
    return {
        "speaker": "candidate",
        "start": start_s,
        "end": words[-1]["end"],
        "text": " ".join(WORDS),
        "words": words,
    }
