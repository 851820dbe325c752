"""Drafts by the real model: nearly the words of the whole one, in a part of its time, beside it."""

from __future__ import annotations

import threading
import time
from contextlib import closing
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.adapters.test_faster_whisper import FILLERS, PROMPT, model, piece, said, stt
from tests.sounds import noise, silence
from voice_coach.adapters.faster_whisper_stt import FasterWhisper, FasterWhisperSettings
from voice_coach.adapters.pyttsx3_tts import Pyttsx3Voice
from voice_coach.adapters.quick_whisper import QuickWhisper
from voice_coach.adapters.rate_conversion import at_session_rate
from voice_coach.core.errors import SpeechToTextError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from voice_coach.core.audio import Pcm

__all__ = ["model", "said", "stt"]
TEXT = "I would put a cache in front of the database, and um, a queue behind it. How many users are there?"


@pytest.fixture(scope="module")
def quick(stt: FasterWhisper) -> QuickWhisper:
    return QuickWhisper(stt)


@pytest.fixture(scope="module")
def talk(said: Callable[[str, str], Pcm]) -> Pcm:
    return said(TEXT, "en-us")


def test_a_draft_is_nearly_the_transcript(quick: QuickWhisper, stt: FasterWhisper, talk: Pcm) -> None:
    draft, full = quick.transcribe(piece(talk, 20.0)), stt.transcribe(piece(talk, 20.0))
    matcher = SequenceMatcher(None, [word.bare for word in draft], [word.bare for word in full])
    blocks = matcher.get_matching_blocks()
    assert sum(block.size for block in blocks) >= 0.85 * len(full)
    apart_s = [
        abs(draft[block.a + at].start_s - full[block.b + at].start_s)
        for block in blocks
        for at in range(block.size)
    ]
    assert np.median(apart_s) <= 0.1
    assert all(20.0 <= word.start_s <= word.end_s <= 20.0 + len(talk) / 16_000 for word in draft)
    assert draft[-1].text.endswith("?")
    assert [word.bare for word in draft if word.filler] == [word.bare for word in full if word.filler]


def test_a_draft_takes_a_part_of_the_time(quick: QuickWhisper, stt: FasterWhisper, talk: Pcm) -> None:
    """By processor time: the machine may be busy otherwise."""

    def spent_s(transcribe: Callable[[], object]) -> float:
        began_s = time.process_time()
        transcribe()
        return time.process_time() - began_s

    draft_s = min(spent_s(lambda: quick.transcribe(piece(talk))) for _ in range(3))
    full_s = min(spent_s(lambda: stt.transcribe(piece(talk))) for _ in range(2))
    assert draft_s < 0.6 * full_s


@pytest.mark.parametrize("pcm", [silence(2.0), noise(2.0), silence(0.1)], ids=["silence", "noise", "short"])
def test_nothing_is_made_up(quick: QuickWhisper, pcm: Pcm) -> None:
    assert quick.transcribe(piece(pcm)) == ()


def test_a_question_that_ends_with_the_sound_is_heard_once(quick: QuickWhisper) -> None:
    """The decoder says it again without end; it is all laid on the last moment."""
    with closing(Pyttsx3Voice()) as voice:
        question = at_session_rate(voice.render("How many users are there?"))
    words = quick.transcribe(piece(np.concatenate([silence(1.2), question, silence(0.2)]), voiced_s=1.5))
    assert [word.bare for word in words] == ["how", "many", "users", "are", "there"]


def test_both_work_at_once(quick: QuickWhisper, stt: FasterWhisper, talk: Pcm) -> None:
    alone = quick.transcribe(piece(talk))
    thread = threading.Thread(target=stt.transcribe, args=(piece(talk),))
    thread.start()
    beside = [quick.transcribe(piece(talk)) for _ in range(2)]
    thread.join()
    assert beside == [alone, alone]


def test_more_than_a_window_is_cut(quick: QuickWhisper, talk: Pcm) -> None:
    """A draft is of some seconds; of more, the first half minute counts."""
    assert quick.transcribe(piece(np.concatenate([talk] * 6)))[-1].end_s <= 30.0


def test_a_missing_model_is_told(tmp_path: Path) -> None:
    broken = QuickWhisper(FasterWhisper(tmp_path, PROMPT, FILLERS, FasterWhisperSettings(device="cpu")))
    with pytest.raises(SpeechToTextError, match="cannot be loaded"):
        broken.load()
