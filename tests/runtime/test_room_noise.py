"""A room with a fan, music, a voice far off, coughs and laughter, through the detector that a session has."""

from __future__ import annotations

import numpy as np
import pytest

from scripts.bench_card import spoken
from tests import noises
from tests.core.small_book import small_book
from tests.fakes import Stage
from tests.sounds import silence
from voice_coach.adapters.room_script import Line, When
from voice_coach.compose.engines import make_ears
from voice_coach.config import load_config
from voice_coach.core.audio import RATE_HZ, Pcm, Piece

CANDIDATE_DBFS = -24.0
OVER_S = 8.0
"""The coach has asked its question by then, even if it was broken off."""
THINKS_S = 24.0
"""Within the time that is granted for thinking."""


@pytest.fixture(scope="module")
def sentence() -> Pcm:
    """Something that is said."""
    said = spoken("There is a service for the gates. Let me think for a moment.", "English (America)")
    return noises.at_level(np.trim_zeros(said), CANDIDATE_DBFS)


@pytest.fixture(scope="module")
def far() -> Pcm:
    """The neighbours' television."""
    news = "The minister said that the talks would go on. Stop. Pause. Next question. A storm is on its way."
    said = np.concatenate([spoken(news, "English (Scotland)")] * 4)[: round(THINKS_S * RATE_HZ)]
    return noises.from_afar(said, seed=5, level_dbfs=CANDIDATE_DBFS - 25.0)[: len(said)]


def rehearsed(sentence: Pcm, *, over: Pcm, thinking: Pcm) -> Stage:
    """A session: *over* sounds while the coach asks; then, after *sentence*, *thinking* in the time to think."""
    scene = Stage(
        book=small_book(),
        is_full_duplex=True,
        detector=make_ears(load_config()).detector,
        lines=[
            Line(when=When.OVER, wait_s=0.1, pcm=over),
            Line(when=When.THEN, wait_s=2.0, pcm=sentence),
            Line(when=When.THEN, wait_s=4.0, pcm=thinking),
        ],
    )

    def hears(piece: Piece) -> str:
        return "Let me think." if piece.voiced_s > 3.0 else ""

    scene.stt.hears = hears
    scene.source.ends_at = round((OVER_S + 10.0 + len(sentence) / RATE_HZ + THINKS_S + 30.0) / 0.02)
    scene.run()
    return scene


def spoken_lines(scene: Stage) -> list[tuple[str, float]]:
    return [(entry["text"], entry["start"]) for entry in scene.journal.of("coach_said")]


@pytest.fixture(scope="module")
def quiet(sentence: Pcm) -> Stage:
    scene = rehearsed(sentence, over=silence(OVER_S), thinking=silence(THINKS_S))
    assert "<thinking_granted>" in [text for text, _ in spoken_lines(scene)]
    return scene


@pytest.mark.parametrize("noise", ["fan", "loud fan", "music", "voice far off"])
def test_it_begins_no_speech_ends_no_thinking_and_delays_no_line(
    noise: str, sentence: Pcm, far: Pcm, quiet: Stage
) -> None:
    thinking = {
        "fan": noises.fan(THINKS_S, seed=11, level_dbfs=-50.0),
        "loud fan": noises.fan(THINKS_S, seed=12, level_dbfs=-36.0),
        "music": noises.music(THINKS_S, seed=13, level_dbfs=-40.0),
        "voice far off": far,
    }[noise]
    over = silence(OVER_S) if noise == "voice far off" else thinking[: round(OVER_S * RATE_HZ)]
    noisy = rehearsed(sentence, over=over, thinking=thinking)
    assert noisy.journal.of("coach_interrupted") == []
    begun = [entry["onset_s"] for entry in noisy.journal.of("speech_started")]
    assert begun == [entry["onset_s"] for entry in quiet.journal.of("speech_started")]
    assert spoken_lines(noisy) == spoken_lines(quiet)


def test_a_detector_without_a_level_would_take_the_voice_far_off_for_the_candidate(
    sentence: Pcm, far: Pcm
) -> None:
    """Or the test above would say little."""
    detector = make_ears(load_config(), of_one=False).detector
    frames = np.concatenate([sentence, silence(1.0), far])
    frames = frames[: len(frames) // 320 * 320].reshape(-1, 320)
    voice = [detector.is_speech(frame) for frame in frames]
    assert np.mean(voice[len(sentence) // 320 + 50 :]) > 0.3


@pytest.mark.parametrize("make", [noises.cough, noises.laughter])
@pytest.mark.parametrize("seed", [21, 22, 23])
def test_the_coach_says_all_in_spite_of_coughs_and_laughter(
    make: object, seed: int, sentence: Pcm, quiet: Stage
) -> None:
    assert callable(make)
    sound: Pcm = make(seed=seed, level_dbfs=CANDIDATE_DBFS + 4.0)
    over = np.concatenate([sound, silence(OVER_S)])[: round(OVER_S * RATE_HZ)]
    scene = rehearsed(sentence, over=over, thinking=np.concatenate([sound, silence(2.0), sound]))
    # The coach goes on from the clause in which it was, so that a few words may come twice and none is missing.
    wanted = list(dict.fromkeys(text for text, _ in spoken_lines(quiet)))
    assert "<nothing_heard>" in wanted
    ordered = iter(text for text, _ in spoken_lines(scene))
    assert [text for text in wanted if not any(text.endswith(said) for said in ordered)] == []
    heard = [entry for entry in scene.journal.of("turn_ended") if entry["words"]]
    assert len(heard) == len([entry for entry in quiet.journal.of("turn_ended") if entry["words"]])
