"""How fast a transcript of a quarter of an hour is judged."""

from __future__ import annotations

import time
from itertools import cycle, islice

from scripts.bench_answer import entries
from scripts.bench_figure import Figure, load
from voice_coach.compose.content import load_content
from voice_coach.compose.judging import Judging
from voice_coach.config import load_config
from voice_coach.core.analysis import Answer, Engines, Source, SourceKind
from voice_coach.core.transcript import Speaker, Transcript, laid_out, turn_of

SECONDS = 900.0
WORDS = 2250
"""At 150 words a minute."""
GOAL_S = 5.0


def judge_figure() -> Figure:
    """Everything from the transcript to the analysis, once the models are loaded."""
    at_load = load()
    judging = Judging(load_config(), load_content())
    judging.document(_answer(200))
    began_s = time.perf_counter()
    judging.document(_answer(WORDS))
    return Figure(
        name="judge",
        measured="a transcript of 15 minutes is judged, once the models are loaded",
        on=f"{WORDS} words",
        value=time.perf_counter() - began_s,
        unit="s",
        at_most=GOAL_S,
        load=at_load,
    )


def _answer(words: int) -> Answer:
    spoken = " ".join(entry.text for entry in entries()).split()
    # Where the answer is said again, another word stands at its end, so that nothing is remembered.
    text = " ".join(
        f"{word} {at}." if at >= len(spoken) and word.endswith(".") else word
        for at, word in enumerate(islice(cycle(spoken), words))
    )
    turn = turn_of(Speaker.CANDIDATE, laid_out(text, 0.0, SECONDS))
    source = Source(kind=SourceKind.TRANSCRIPT)
    return Answer(transcript=Transcript(turns=(turn,)), source=source, engines=Engines())
