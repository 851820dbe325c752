from __future__ import annotations

import numpy as np

from tests.sounds import noise
from voice_coach.adapters.coach_track import CoachTrack
from voice_coach.adapters.frame_player import FramePlayer
from voice_coach.core.audio import Clip, Pcm
from voice_coach.ports import Progress


def progress(played_s: float, *, is_done: bool = False) -> Progress:
    return Progress(utterance_id=1, played_s=played_s, is_done=is_done)


def joined(frames: list[Pcm]) -> Pcm:
    return np.concatenate(frames)


def test_a_clip_comes_out_whole_and_on_the_clock() -> None:
    clip = Clip(pcm=noise(0.305), rate_hz=16_000)
    player, track = FramePlayer(), CoachTrack()
    frames = []
    for frame in range(30):
        if frame == 5:
            player.start(1, clip)
            track.start(1, clip)
        frames.append(track.frame(player.advance()))
    heard = joined(frames)
    assert np.array_equal(heard[1600 : 1600 + len(clip.pcm)], clip.pcm)
    assert not heard[:1600].any()
    assert not heard[1600 + len(clip.pcm) :].any()


def test_a_clip_of_another_rate_is_converted() -> None:
    clip = Clip(pcm=noise(1.0, 22_050), rate_hz=22_050)
    player, track = FramePlayer(), CoachTrack()
    player.start(1, clip)
    track.start(1, clip)
    heard = joined([track.frame(player.advance()) for _ in range(60)])
    assert abs(np.flatnonzero(heard)[-1] / 16_000 - 1.0) < 0.01


def test_nothing_is_heard_before_anything_was_started() -> None:
    assert not CoachTrack().frame(Progress(utterance_id=None, played_s=0.0, is_done=True)).any()


def test_a_stop_fades_within_one_frame() -> None:
    clip = Clip(pcm=np.full(16_000, 10_000, dtype=np.int16), rate_hz=16_000)
    player, track = FramePlayer(), CoachTrack()
    player.start(1, clip)
    track.start(1, clip)
    before = joined([track.frame(player.advance()) for _ in range(10)])
    player.stop()
    last, after = track.frame(player.advance()), track.frame(player.advance())
    assert (before == 10_000).all()
    assert (last[0], last[-1]) == (10_000, 0)
    assert (np.diff(last) <= 0).all()
    assert not after.any()


def test_a_card_that_is_late_to_begin_does_not_eat_the_beginning() -> None:
    clip = Clip(pcm=noise(0.5), rate_hz=16_000)
    track = CoachTrack()
    track.start(1, clip)
    waiting = [track.frame(progress(0.0)) for _ in range(7)]
    playing = [track.frame(progress(0.013 + frame * 0.02)) for frame in range(25)]
    assert not joined(waiting).any()
    assert np.array_equal(joined(playing), clip.pcm)


def test_blocks_of_40_ms_leave_no_trace() -> None:
    clip = Clip(pcm=noise(1.0), rate_hz=16_000)
    track = CoachTrack()
    track.start(1, clip)
    frames = [track.frame(progress(0.01 + (frame // 2) * 0.04)) for frame in range(50)]
    assert np.array_equal(joined(frames), clip.pcm)


def test_a_burst_after_a_delay_leaves_no_trace() -> None:
    clip = Clip(pcm=noise(2.0), rate_hz=16_000)
    track = CoachTrack()
    track.start(1, clip)
    told = [0.02 * (frame + 1) for frame in range(20)] + [0.8] * 20
    told += [0.02 * (frame + 1) for frame in range(40, 100)]
    assert np.array_equal(joined([track.frame(progress(at_s)) for at_s in told]), clip.pcm)


def test_a_lasting_stray_is_put_right() -> None:
    clip = Clip(pcm=noise(3.0), rate_hz=16_000)
    track = CoachTrack()
    track.start(1, clip)
    # The loudspeaker ran dry for 0.2 s after half a second.
    frames = [track.frame(progress(0.02 * (frame + 1) - (0.2 if frame > 25 else 0))) for frame in range(140)]
    heard = joined(frames)
    assert np.array_equal(heard[32_000:44_800], clip.pcm[32_000 - 3200 : 44_800 - 3200])


def test_the_end_is_not_cut_off_when_the_card_was_ahead() -> None:
    clip = Clip(pcm=noise(0.2), rate_hz=16_000)
    track = CoachTrack()
    track.start(1, clip)
    told = [0.07, 0.09, 0.11, 0.13, 0.15, 0.17, 0.19, 0.2, 0.2, 0.2, 0.2]
    heard = joined([track.frame(progress(at_s, is_done=at_s == 0.2)) for at_s in told])
    assert np.array_equal(heard[: len(clip.pcm)], clip.pcm)
    assert not heard[len(clip.pcm) :].any()
