"""What the tests of the screen share: sessions to show, and consoles to show them on."""

from __future__ import annotations

import io
from dataclasses import replace

from rich.console import Console

from voice_coach.core.clock import AnswerClock, PaceSettings
from voice_coach.core.events import Intent
from voice_coach.core.interview_state import Line
from voice_coach.core.pressure import Pressure
from voice_coach.core.session_stage import Stage
from voice_coach.core.session_state import Outage, SessionState, Speaking
from voice_coach.core.transcript import Speaker, Transcript, laid_out
from voice_coach.core.turn_taking import Mode
from voice_coach.tui.parts import Look

PACE = PaceSettings(minutes=0.5)
NAMES = {"opening_roadmap": "opening roadmap", "storage_decision": "storage decision"}
ANSWERING = SessionState(stage=Stage.ANSWERING, at_s=75.0)
OUT = replace(
    ANSWERING,
    is_paused=True,
    outage=Outage(
        from_s=75.0,
        missing=frozenset({"microphone"}),
        reason="the microphone 'Blue' is gone: plug it in",
        has_paused=True,
        breaks_off=False,
        keeps_turn=True,
    ),
)
ALL_OUT = replace(
    OUT, outage=replace(OUT.outage, missing=frozenset({"microphone", "loudspeaker"})) if OUT.outage else None
)


def speaking(text: str = "Why this store?") -> Speaking:
    return Speaking(utterance=1, line=Line(text=text, intent=Intent.FOLLOW_UP), because={})


WORDS: tuple[tuple[SessionState, str], ...] = (
    (ANSWERING, "waiting"),
    (replace(ANSWERING, voice_since_s=70.0), "listening"),
    (replace(ANSWERING, pending=frozenset({1})), "listening"),
    (replace(ANSWERING, mode=Mode.THINKING), "thinking"),
    (replace(ANSWERING, mode=Mode.THINKING, voice_since_s=70.0), "listening"),
    (replace(ANSWERING, speaking=speaking(), voice_since_s=70.0), "speaking"),
    (replace(ANSWERING, is_paused=True, speaking=speaking()), "paused"),
    (replace(ANSWERING, stage=Stage.CLOSING), "judging"),
    (replace(ANSWERING, stage=Stage.CLOSING, speaking=speaking()), "speaking"),
    (replace(ANSWERING, stage=Stage.ASSESSING), "judging"),
    (replace(ANSWERING, stage=Stage.FEEDBACK), "feedback"),
    (replace(ANSWERING, stage=Stage.FEEDBACK, speaking=speaking()), "feedback"),
    (replace(ANSWERING, stage=Stage.OFFERING), "again"),
    (replace(ANSWERING, stage=Stage.ENDED), "ended"),
    (OUT, "no microphone"),
    (ALL_OUT, "no loudspeaker and no microphone"),
)
"""A session in each state, with the word for it."""


def look(pressure: Pressure = Pressure.NORMAL) -> Look:
    return Look(pace=PACE, pressure=pressure, checklist=NAMES)


def answering(elapsed_s: float = 7.0) -> SessionState:
    """The candidate's clock shows *elapsed_s*."""
    return replace(ANSWERING, clock=AnswerClock().run(ANSWERING.at_s - elapsed_s))


def said(*turns: tuple[Speaker, str]) -> Transcript:
    transcript = Transcript()
    for number, (speaker, text) in enumerate(turns):
        transcript = transcript.with_words(speaker, laid_out(text, 10.0 * number, 10.0 * number + 9.0))
    return transcript


def console(
    *,
    width: int = 80,
    height: int = 24,
    is_terminal: bool = True,
    kind: str = "xterm",
    file: io.TextIOBase | None = None,
) -> Console:
    return Console(
        file=io.StringIO() if file is None else file,  # type: ignore[arg-type]  # any text file will do
        width=width,
        height=height,
        force_terminal=is_terminal,
        color_system=None,
        legacy_windows=False,
        highlight=False,
        _environ={"TERM": kind},
    )


def text_of(where: Console) -> str:
    assert isinstance(where.file, io.StringIO)
    return where.file.getvalue()
