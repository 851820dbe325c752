"""Sessions with small engines and a language model behind a real connection."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tests.core.small_book import QUESTION, small_book
from tests.fakes import HeldWorkers, Stage, line
from voice_coach.adapters.openai_model import OpenAiModel
from voice_coach.compose.language_model import ModelWriter, make_desk
from voice_coach.core.clock import PaceSettings
from voice_coach.core.model_guard import ModelGuard
from voice_coach.core.model_prompt import Setting
from voice_coach.core.model_state import LanguageModelSettings
from voice_coach.prompts.folder import prompts_folder
from voice_coach.prompts.llm import load_guard_cues, load_model_prompts
from voice_coach.workers import InlineWorkers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.model_server import ModelServer
    from voice_coach.core.session_state import SessionState
    from voice_coach.core.session_step import Book
    from voice_coach.workers import Workers

LLM = prompts_folder() / "llm"
GUARD = ModelGuard(QUESTION, load_guard_cues(LLM), lambda _: frozenset())
SETTINGS = LanguageModelSettings(model="small", silent_s=0.25, connect_s=0.5, faults_allowed=2)
SECRET = "my uncle Theodore in Bratislava keeps every spare key"
"""What nobody may read anywhere but in the transcript."""
TALK = (
    "The requirements are small and at a high level there is a service and a store.",
    "Should I use my own colours?",
    f"There is a gate and a store, and {SECRET}.",
    "We keep it in Postgres because we look up by plate.",
    "We shard by user and retry with a key.",
    "I'm done.",
    "I gave up cheap writes.",
)


def setting(lately_s: float) -> Setting:
    """Of the small question."""
    return Setting(question=QUESTION, level="senior", role="", style="plain", lately_s=lately_s, elements={})


def book(settings: LanguageModelSettings = SETTINGS) -> Book:
    """Of a session of two minutes."""
    return replace(small_book(pace=PaceSettings(minutes=2.0)), guard=GUARD, model=settings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Modelled:
    """A session, and what wrote in it."""

    stage: Stage
    writer: ModelWriter

    def run(self) -> SessionState:
        """To the end."""
        return self.stage.run()

    @property
    def said(self) -> list[str]:
        """By the coach."""
        return [str(entry["text"]) for entry in self.stage.journal.of("coach_said")]


@contextmanager
def modelled(
    server: ModelServer,
    *,
    settings: LanguageModelSettings = SETTINGS,
    workers: Workers | None = None,
    texts: Sequence[str] = TALK,
    key: str | None = None,
    held: bool = False,
) -> Iterator[Modelled]:
    """A session that asks *server*, on *workers* (at once where there are none). *held*: lines are rendered ahead."""
    settings = replace(settings, base_url=server.base_url)
    model = OpenAiModel(settings, key)
    writer = ModelWriter(model, load_model_prompts(LLM), setting(settings.lately_s), settings, GUARD)
    desk = make_desk(writer, workers or InlineWorkers(), settings)
    stage = stage_of(texts, book(settings))
    stage = replace(stage, model=desk, workers=HeldWorkers(works_ahead=True) if held else InlineWorkers())
    try:
        yield Modelled(stage=stage, writer=writer)
    finally:
        desk.stop()
        model.close()


def stage_of(texts: Sequence[str], with_book: Book) -> Stage:
    """A candidate who says *texts*, each once the coach has spoken."""
    return Stage(book=with_book, lines=[line(4.0) for _ in texts], texts=texts)


def replies(stage: Stage) -> list[tuple[float, float]]:
    """When the candidate fell silent at the end of each turn, and when the coach was heard after it."""
    found = []
    ended_s: float | None = None
    for entry in stage.journal.lines:
        if entry["kind"] == "turn_ended":
            ended_s = float(entry["t"]) - float(entry["silence_s"])
        elif entry["kind"] == "playback_started" and ended_s is not None:
            found.append((ended_s, float(entry["t"])))
            ended_s = None
    return found
