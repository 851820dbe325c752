import logging
import os
import time
from pathlib import Path

import numpy as np
import pytest

from tests.adapters.voices import ToneVoice
from voice_coach.adapters.clip_cache import CachedVoice

LINE = "What breaks first?"


def files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def test_a_kept_clip_is_the_fresh_one_and_starts_no_engine(tmp_path: Path) -> None:
    fresh = CachedVoice(ToneVoice(), tmp_path).render(LINE)
    engine = ToneVoice()
    kept = CachedVoice(engine, tmp_path).render(LINE)
    assert kept.pcm.tobytes() == fresh.pcm.tobytes()
    assert kept.rate_hz == fresh.rate_hz
    assert kept.pcm.dtype == np.int16
    assert engine.rendered == []


def test_text_and_voice_tell_clips_apart(tmp_path: Path) -> None:
    for name in ("one", "two"):
        voice = CachedVoice(ToneVoice(name), tmp_path)
        for text in ("a b", "a  b", "\ud800"):
            voice.render(text)
    assert len(files(tmp_path)) == 6


def test_speeds_tell_clips_apart_and_each_is_kept(tmp_path: Path) -> None:
    engine = ToneVoice()
    voice = CachedVoice(engine, tmp_path)
    slow, fast = (voice.render(LINE, speed).duration_s for speed in (0.85, 1.15))
    assert slow > fast
    assert (voice.render(LINE, 0.85).duration_s, voice.render(LINE, 1.15).duration_s) == (slow, fast)
    assert engine.rendered == [LINE, LINE]


def test_voices_of_one_name_share_no_clip(tmp_path: Path) -> None:
    class Keyed(ToneVoice):
        key = "an older engine"

    CachedVoice(Keyed(), tmp_path).render(LINE)
    newer = ToneVoice()
    CachedVoice(newer, tmp_path).render(LINE)
    assert newer.rendered == [LINE]


def test_without_a_cache_the_key_is_not_asked_for(tmp_path: Path) -> None:
    class Keyless(ToneVoice):
        @property
        def key(self) -> str:
            raise AssertionError(self.name)

    assert CachedVoice(Keyless(), tmp_path, limit_bytes=0).render(LINE).duration_s > 0.5


def test_a_kept_clip_is_there_within_20_ms(tmp_path: Path) -> None:
    voice = CachedVoice(ToneVoice(), tmp_path)
    text = " ".join(["word"] * 100)
    assert voice.render(text).duration_s == pytest.approx(30)
    took_s = []
    for _ in range(5):
        start_s = time.perf_counter()
        voice.render(text)
        took_s.append(time.perf_counter() - start_s)
    assert min(took_s) < 0.02


@pytest.mark.parametrize("damage", [b"", b"RIFF", None])
def test_a_damaged_clip_is_made_anew(tmp_path: Path, damage: bytes | None) -> None:
    engine = ToneVoice()
    voice = CachedVoice(engine, tmp_path)
    fresh = voice.render(LINE)
    (path,) = files(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[:1000] + b"\0" + whole[1001:] if damage is None else damage)
    assert np.array_equal(voice.render(LINE).pcm, fresh.pcm)
    assert len(engine.rendered) == 2
    assert path.read_bytes() == whole


def test_clips_are_private(tmp_path: Path) -> None:
    folder = tmp_path / "voice" / "clips"
    CachedVoice(ToneVoice(), folder).render(LINE)
    (path,) = files(folder)
    assert (folder.stat().st_mode & 0o777, path.stat().st_mode & 0o777) == (0o700, 0o600)


def test_the_least_recently_used_goes_first(tmp_path: Path) -> None:
    engine = ToneVoice()
    size = len(engine.render("word").pcm) * 2
    voice = CachedVoice(engine, tmp_path, limit_bytes=int(2.5 * size))
    for age, text in ((30, "aaaa"), (20, "bbbb")):
        before = set(tmp_path.iterdir())
        voice.render(text)
        (new,) = set(tmp_path.iterdir()) - before
        os.utime(new, (1_000_000 - age, 1_000_000 - age))
    voice.render("aaaa")
    voice.render("cccc")
    engine.rendered.clear()
    voice.render("aaaa")
    voice.render("cccc")
    assert engine.rendered == []
    assert len(files(tmp_path)) == 2
    voice.render("bbbb")
    assert engine.rendered == ["bbbb"]


def test_a_clip_over_the_limit_is_spoken_and_not_kept(tmp_path: Path) -> None:
    voice = CachedVoice(ToneVoice(), tmp_path, limit_bytes=100)
    assert voice.render(LINE).duration_s > 0.5
    assert files(tmp_path) == []
    CachedVoice(ToneVoice(), tmp_path / "never", limit_bytes=0).render(LINE)
    assert not (tmp_path / "never").exists()


def test_a_folder_that_cannot_be_written_is_said_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way")
    voice = CachedVoice(ToneVoice(), tmp_path / "file" / "clips")
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            assert voice.render(LINE).duration_s > 0.5
    assert len(caplog.records) == 1
    assert LINE not in caplog.text
