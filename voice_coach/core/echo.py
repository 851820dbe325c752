"""What is known of the coach's own voice in the microphone, where a canceller takes it out.

A canceller learns the way from loudspeaker to microphone while the coach speaks, and anew after every glitch. Until
then voice alone stops nothing, for it may be the coach's, nor do words that the recogniser doubts. Words that are the
coach's own, at the time at which it said them, are nobody's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from voice_coach.core.transcript import Speaker, Word, laid_out

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voice_coach.core.session_state import SessionState


@dataclass(frozen=True, slots=True, kw_only=True)
class EchoSettings:
    """How far a cancelled echo is trusted to be gone."""

    __pydantic_config__ = {"extra": "forbid"}

    blind_s: float = 4.0
    """So much of the coach's speech the canceller needs to learn the room, at first and after each glitch."""
    settled_s: float = 0.6
    """Voice that began before counts if it still lasts so much later: an echo ends as soon as it is cancelled."""
    same_words: int = 4
    """So many words in a row as the coach says them are its echo."""
    same_share: float = 0.6
    """A piece of which so much is as the coach says it is its echo altogether: the rest was misheard."""
    blind_probability: float = 0.7
    """Words that began before, any of them with less than this, are what a recogniser makes of an echo."""
    same_time_s: float = 1.0
    """An echo is heard so close to where the line's words are thought to be; whoever repeats them comes later."""


def began_blind(state: SessionState, onset_s: float, settings: EchoSettings) -> bool:
    """Whether voice from *onset_s* on, while the coach speaks, may be the echo that is not cancelled yet."""
    if not state.may_echo:
        return False
    if _learnt_s(state, onset_s) >= settings.blind_s:
        return False
    return _learnt_s(state, state.at_s) < settings.blind_s + settings.settled_s


def after_glitch(state: SessionState) -> SessionState:
    """*state* once what the canceller knew may not hold any more: sound was lost, or the coach stopped for nothing."""
    if not state.may_echo:
        return state
    return replace(state, glitch_s=state.at_s)


def without_echo(
    words: Sequence[Word], state: SessionState, settings: EchoSettings, *, is_draft: bool = False
) -> tuple[tuple[Word, ...], tuple[Word, ...]]:
    """*words* of a piece without those that the coach said itself, or that were made of its voice, and those.

    A draft of what was heard before the canceller had learnt is not believed at all: the transcript comes soon.
    """
    if not state.may_echo or not words:
        return tuple(words), ()
    said = _said_by_coach(state, words[0].start_s - settings.same_time_s)
    if not said:
        return tuple(words), ()
    is_blind = _learnt_s(state, words[0].start_s) < settings.blind_s
    lowest = min(1.0 if word.p is None else word.p for word in words)
    if (
        is_blind
        and _is_over_coach(words, state, settings)
        and (is_draft or lowest < settings.blind_probability)
    ):
        return (), tuple(words)
    blocks = SequenceMatcher(
        None, [word.bare for word in words], [word.bare for word in said], autojunk=False
    ).get_matching_blocks()
    runs = [
        range(block.a, block.a + block.size)
        for block in blocks
        if block.size and abs(words[block.a].start_s - said[block.b].start_s) <= settings.same_time_s
    ]
    if sum(map(len, runs)) >= settings.same_share * len(words):
        return (), tuple(words)
    echo = {index for run in runs if len(run) >= settings.same_words for index in run}
    kept = tuple(word for index, word in enumerate(words) if index not in echo)
    return kept, tuple(words[index] for index in sorted(echo))


def _learnt_s(state: SessionState, until_s: float) -> float:
    """How much of the coach's speech since the last glitch the canceller had heard at *until_s*."""
    spoken = _spoken(state, until_s)
    return sum(max(0.0, min(end_s, until_s) - max(start_s, state.glitch_s)) for start_s, end_s in spoken)


def _is_over_coach(words: Sequence[Word], state: SessionState, settings: EchoSettings) -> bool:
    """Whether *words* began while the coach spoke, and were over soon after it: else they are nobody's echo."""
    return any(
        start_s <= words[0].start_s < end_s and words[-1].end_s <= end_s + settings.same_time_s
        for start_s, end_s in _spoken(state, state.at_s)
    )


def _spoken(state: SessionState, now_s: float) -> list[tuple[float, float]]:
    """When the coach spoke, up to *now_s*."""
    spoken = [(turn.start_s, turn.end_s) for turn in state.transcript.turns if turn.speaker is Speaker.COACH]
    speaking = state.speaking
    if speaking is not None and speaking.started_s is not None:
        spoken.append((speaking.started_s, now_s))
    return spoken


def _said_by_coach(state: SessionState, from_s: float) -> list[Word]:
    said = [word for word in state.transcript.by(Speaker.COACH) if word.end_s >= from_s]
    speaking = state.speaking
    if speaking is not None and speaking.started_s is not None:
        said += laid_out(speaking.line.text, speaking.started_s, speaking.started_s + speaking.duration_s)
    return said
