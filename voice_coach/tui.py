"""What the candidate sees while practising: a live panel on a terminal, plain lines anywhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from rich.console import Group
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from voice_coach.core.session_stage import REVIEW, Stage
from voice_coach.core.transcript import Speaker, Turn

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rich.console import Console, RenderableType

    from voice_coach.core.clock import PaceSettings
    from voice_coach.core.model_state import ModelState
    from voice_coach.core.session_state import SessionState, Speaking

LEVEL_CELLS = 20
QUIETEST_DBFS = -60.0
SHOWN_TURNS = 6
FRAME_CELLS = 4
"""The panel's border and padding."""
OTHER_LINES = 11
"""Lines of the screen that hold no words: border, head, level, keys, a language model's use, what is printed above."""
KEYS = (
    "p pause  d done  s skip  r repeat  a again  q stop",
    "m think  t time  h how am I doing  - slower  + faster",
)
FEEDBACK_KEYS = (
    "p pause  s skip  a again  - slower  + faster  q stop",
    "w why  l hear what I said  e redo  f read it again  n next point",
)
"""Those that mean something while the feedback is read."""


class Screen(Protocol):
    """Shows a session."""

    def start(self) -> None:
        """Take the terminal."""

    def show(self, state: SessionState, level_dbfs: float) -> None:
        """Draw *state*; *level_dbfs* is the microphone's loudest frame since the last call."""

    def stop(self) -> None:
        """Give the terminal back. May be called twice."""


def screen_for(console: Console, pace: PaceSettings) -> Screen:
    """The screen that fits where *console* writes to."""
    can_redraw = console.is_terminal and not console.is_dumb_terminal
    return PanelScreen(console, pace) if can_redraw else LineScreen(console)


def activity(state: SessionState) -> str:
    """What is going on, in a few words."""
    if missing(state):
        return f"no {' and no '.join(missing(state))}"
    if state.is_paused:
        return "paused"
    if state.speaking is not None:
        return "speaking"
    match state.stage:
        case Stage.ENDED:
            return "ended"
        case Stage.CLOSING | Stage.ASSESSING:
            return "judging"
        case Stage.FEEDBACK:
            return "feedback"
        case _:
            pass
    if state.pending:
        return "transcribing"
    return "listening" if state.voice_since_s is not None else "waiting"


def model_use(model: ModelState) -> list[str]:
    """What the language model has come to so far; nothing where there is none."""
    if not model.name:
        return []
    cost = f", {model.cost:.3f} spent" if model.cost else ""
    return [f"{model.name}: {model.tokens:,} tokens{cost}{', left alone' if model.is_off else ''}"]


def missing(state: SessionState) -> list[str]:
    """The roles of the devices that are lost."""
    return [] if state.outage is None else sorted(state.outage.missing)


def clock_text(seconds: float) -> str:
    """``m:ss``."""
    whole = int(seconds)
    return f"{whole // 60}:{whole % 60:02d}"


def level_cells(level_dbfs: float) -> int:
    """How many of ``LEVEL_CELLS`` a level fills: none at -60 dBFS and below, all at 0."""
    share = (level_dbfs - QUIETEST_DBFS) / -QUIETEST_DBFS
    return round(LEVEL_CELLS * min(1.0, max(0.0, share)))


class PanelScreen:
    """A panel that is redrawn in place: state, clock, phase, level and the latest words."""

    def __init__(self, console: Console, pace: PaceSettings) -> None:
        self._console = console
        self._pace = pace
        self._live: Live | None = None

    def start(self) -> None:
        """See :class:`Screen`."""
        self._live = Live(console=self._console, auto_refresh=False, transient=True)
        self._live.start()

    def show(self, state: SessionState, level_dbfs: float) -> None:
        """See :class:`Screen`."""
        if self._live is not None:
            self._live.update(self.panel(state, level_dbfs), refresh=True)

    def stop(self) -> None:
        """See :class:`Screen`."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def panel(self, state: SessionState, level_dbfs: float) -> RenderableType:
        """The whole picture."""
        elapsed_s = state.clock.elapsed_s(state.at_s)
        head = Table.grid(expand=True)
        for justify in ("left", "center", "right"):
            head.add_column(justify=justify, ratio=1)
        head.add_row(
            Text(activity(state).upper(), style="bold"),
            Text(f"{clock_text(elapsed_s)} of {clock_text(self._pace.target_s)}", style="bold"),
            Text(f"on the clock: {self._pace.phase_at(elapsed_s)}"),
        )
        filled = level_cells(level_dbfs)
        level = Text("microphone  " + "█" * filled + "·" * (LEVEL_CELLS - filled))
        said = [_spoken(turn) for turn in state.transcript.turns[-SHOWN_TURNS:]]
        if state.drafts.words:
            drafted = " ".join(word.text for word in state.drafts.words)
            said.append(Text(f"you: {drafted}", style="dim"))
        if state.speaking is not None:
            who = "coach" if state.speaking.line.replay is None else "you said"
            said.append(Text(f"{who}: {state.speaking.line.text}", style="cyan"))
        if missing(state) and state.outage is not None:
            said.append(Text(f"Paused: {state.outage.reason}", style="bold red"))
        rows = FEEDBACK_KEYS if state.stage in REVIEW else KEYS
        keys = Text("\n".join((*rows, *model_use(state.model))), style="dim")
        return Panel(Group(head, level, Text(), *self._latest(said), Text(), keys), title="voice-coach")

    def _latest(self, said: Sequence[Text]) -> list[Text]:
        """As many of the last lines as there is room for on the screen."""
        width = max(1, self._console.width - FRAME_CELLS)
        lines = [line for text in said for line in text.wrap(self._console, width)]
        return lines[-max(1, self._console.height - OTHER_LINES) :]


class LineScreen:
    """One line for each thing said, none of them ever redrawn."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._shown: dict[Speaker, float] = {Speaker.CANDIDATE: -1.0, Speaker.COACH: -1.0}
        self._activity = ""
        self._missing: list[str] = []
        self._shown_feedback = 0
        """The last utterance of the feedback that was shown."""

    def start(self) -> None:
        """See :class:`Screen`."""

    def show(self, state: SessionState, level_dbfs: float) -> None:
        """See :class:`Screen`."""
        del level_dbfs
        for turn in state.transcript.turns:
            self._print_new(turn, state)
        now = activity(state)
        self._show_missing(state)
        if now in ("paused", "judging") and now != self._activity:
            self._line(state, f"({now})")
        if (state.stage in REVIEW or state.stage is Stage.OFFERING) and state.speaking is not None:
            self._feedback(state, state.speaking)
        self._activity = now

    def stop(self) -> None:
        """See :class:`Screen`."""

    def _show_missing(self, state: SessionState) -> None:
        now = missing(state)
        if now != self._missing:
            reason = state.outage.reason if now and state.outage is not None else ""
            self._line(state, f"(paused: {reason})" if now else "(the sound is back)")
        self._missing = now

    def _print_new(self, turn: Turn, state: SessionState) -> None:
        new = [word for word in turn.words if word.start_s > self._shown[turn.speaker]]
        if new:
            self._shown[turn.speaker] = new[-1].start_s
            who = "coach" if turn.speaker is Speaker.COACH else "you"
            self._line(state, f"{who}: " + " ".join(word.text for word in new), new[0].start_s)

    def _feedback(self, state: SessionState, speaking: Speaking) -> None:
        if speaking.utterance > self._shown_feedback:
            self._shown_feedback = speaking.utterance
            who = "coach" if speaking.line.replay is None else "you said"
            self._line(state, f"{who}: {speaking.line.text}")

    def _line(self, state: SessionState, text: str, at_s: float | None = None) -> None:
        elapsed = clock_text(state.at_s if at_s is None else at_s)
        self._console.print(Text(f"[{elapsed}] {text}"), soft_wrap=True)


def _spoken(turn: Turn) -> Text:
    is_coach = turn.speaker is Speaker.COACH
    return Text(f"{'coach' if is_coach else 'you'}: {turn.text}", style="cyan" if is_coach else "")


def summary(analysis: Mapping[str, Any]) -> list[str]:
    """The analysis (contract form) in a dozen lines."""
    pacing, speech = analysis["pacing"], analysis["speech"]
    low, high = clock_text(pacing["target_min_s"]), clock_text(pacing["target_max_s"])
    lines = [
        "",
        f"Answer: {clock_text(pacing['answer_s'])} ({pacing['verdict']}; the target is {low} to {high})",
    ]
    if speech["wpm"] is not None:
        lines.append(f"Speech: {', '.join(_measured(speech))}")
    for item in analysis["checklist"]:
        mark = {"met": "yes", "not_met": "no "}.get(item["verdict"], " ? ")
        lines.append(f"  {mark}  {item['id'].replace('_', ' ')}{' (when asked)' if item['prompted'] else ''}")
    lines += [f"  {title}: {', '.join(names)}" for title, names in _found(analysis) if names]
    lines += ["", "Feedback:", *(f"  {line}" for line in analysis["feedback"]["lines"])]
    return [*lines, *_second_opinion(analysis), *_model_use(analysis)]


def _second_opinion(analysis: Mapping[str, Any]) -> Iterator[str]:
    """What a language model adds, each with the candidate's own words."""
    found = analysis.get("second_opinion", {"changes": [], "sentences": []})
    if found["changes"] or found["sentences"]:
        yield ""
        yield "A second opinion, by a language model:"
    for change in found["changes"]:
        name, after = change["id"].replace("_", " "), change["after"].replace("_", " ")
        yield f'  {name}: {after}, by "{change["evidence"][0]["quote"]}"'
    for sentence in found["sentences"]:
        quote = sentence["evidence"][0]
        yield f'  {sentence["text"]} ({clock_text(quote["start"])}: "{quote["quote"]}")'


def _model_use(analysis: Mapping[str, Any]) -> Iterator[str]:
    if "language_model" in analysis:
        used = analysis["language_model"]
        cost = "" if used["cost"] is None else f", {used['cost']:.3f} of {used['cost_allowed']:g} spent"
        yield ""
        yield (
            f"Language model {analysis['engines']['llm']}: {used['requests']} requests, "
            f"{used['tokens']:,} of {used['tokens_allowed']:,} tokens{cost}"
        )


def _found(analysis: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """What else was found, by the title of its line."""
    for title, group, verdict in (
        ("mistakes", "mistakes", "made"),
        ("delivery", "delivery", "met"),
        ("settled", "clarification", "met"),
        ("deep dives", "deep_dives", "met"),
    ):
        yield title, [item["id"].replace("_", " ") for item in analysis[group] if item["verdict"] == verdict]


def _measured(speech: Mapping[str, Any]) -> Iterator[str]:
    """What could be measured: a transcript need not show pauses, nor when a filled one was."""
    yield f"{speech['words']} words"
    yield f"{speech['wpm']:.0f} a minute"
    if speech["fillers"] is not None:
        yield f"{len(speech['fillers'])} fillers"
    if speech["longest_pause_s"] is not None:
        yield f"longest pause {speech['longest_pause_s']:.1f} s"
