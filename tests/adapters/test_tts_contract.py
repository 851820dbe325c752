"""What the program expects of every voice, the fake included."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.adapters.voices import ToneVoice, piper_joe, program
from voice_coach.adapters.clip_cache import CachedVoice
from voice_coach.adapters.fallback_voice import FallbackVoice
from voice_coach.adapters.piper_tts import PiperVoice
from voice_coach.adapters.pronouncing_voice import PronouncingVoice
from voice_coach.adapters.pyttsx3_tts import Pyttsx3Voice
from voice_coach.core.audio import dbfs
from voice_coach.core.errors import TextToSpeechError
from voice_coach.core.speakable import Pronunciation
from voice_coach.ports import TextToSpeech

MakeVoice = Callable[[Path], TextToSpeech]
LINE = "You said that the cache hides most of the load. What happens while it is cold?"


def working(kind: str, folder: Path) -> TextToSpeech:
    makers: dict[str, Callable[[], TextToSpeech]] = {
        "pyttsx3": Pyttsx3Voice,
        "piper": lambda: PiperVoice(piper_joe()),
        "cached": lambda: CachedVoice(ToneVoice(), folder),
        "fallback": lambda: FallbackVoice([ToneVoice()], lambda *_: None),
        "pronouncing": lambda: PronouncingVoice(ToneVoice(), Pronunciation()),
        "fake": ToneVoice,
    }
    return makers[kind]()


def broken(kind: str, folder: Path) -> TextToSpeech:
    crash = program(folder, "import sys", "sys.exit('no such language')")
    makers: dict[str, Callable[[], TextToSpeech]] = {
        "pyttsx3": lambda: Pyttsx3Voice(program=crash),
        "piper": lambda: PiperVoice(piper_joe(), program=crash),
        "cached": lambda: CachedVoice(ToneVoice(fails_on="cache"), folder),
        "fallback": lambda: FallbackVoice([ToneVoice(fails_on="cache")], lambda *_: None),
        "pronouncing": lambda: PronouncingVoice(ToneVoice(fails_on="cache"), Pronunciation()),
        "fake": lambda: ToneVoice(fails_on="cache"),
    }
    return makers[kind]()


KINDS = ("pyttsx3", "piper", "cached", "fallback", "pronouncing", "fake")


@pytest.fixture(scope="module", params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def voice(kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TextToSpeech]:
    made = working(kind, tmp_path_factory.mktemp("clips"))
    yield made
    made.close()


def test_a_line_is_audible_mono_int16_of_a_plausible_length(voice: TextToSpeech) -> None:
    clip = voice.render(LINE)
    assert clip.pcm.dtype == np.int16
    assert clip.pcm.ndim == 1
    assert 8_000 <= clip.rate_hz <= 48_000
    assert dbfs(clip.pcm) > -40
    words_per_minute = len(LINE.split()) / clip.duration_s * 60
    assert 120 <= words_per_minute <= 220


def test_the_same_text_is_the_same_clip(voice: TextToSpeech) -> None:
    first, other, again = (voice.render(text) for text in (LINE, "And then?", LINE))
    assert np.array_equal(first.pcm, again.pcm)
    assert not np.array_equal(first.pcm, other.pcm)


def test_a_line_can_be_said_slower_and_faster_and_as_before_again(voice: TextToSpeech) -> None:
    usual = voice.render(LINE)
    slow, fast, again = (voice.render(LINE, speed) for speed in (0.7, 1.3, 1.0))
    assert slow.duration_s / usual.duration_s == pytest.approx(1 / 0.7, rel=0.1)
    assert fast.duration_s / usual.duration_s == pytest.approx(1 / 1.3, rel=0.1)
    assert np.array_equal(usual.pcm, again.pcm)


def test_two_voices_of_a_kind_say_it_alike(voice: TextToSpeech, kind: str, tmp_path: Path) -> None:
    twin = working(kind, tmp_path)
    assert twin.name == voice.name
    assert np.array_equal(twin.render(LINE).pcm, voice.render(LINE).pcm)
    twin.close()


@pytest.mark.parametrize("text", ["", "  \n ", "..."])
def test_nothing_to_say_is_a_short_clip(voice: TextToSpeech, text: str) -> None:
    clip = voice.render(text)
    assert 0 < clip.duration_s <= 0.5


@pytest.mark.parametrize(
    "text",
    [
        "He said \"sharded\", 'hashed' and `cached`; $HOME & <b>bold</b> | rm -rf \\ %s {x}",
        "--output-raw -f x.wav",
        "caf\u00e9 na\u00efve \u2192 \u4f60\u597d \U0001f600 \u00b5s",
        "line one\nline two\r\n\ttab \x00 \x1b[0m \ud800 end",
        "[[ph'oUn]] and <speak>more</speak> &amp; less",
    ],
)
def test_odd_characters_are_spoken_or_skipped(voice: TextToSpeech, text: str) -> None:
    clip = voice.render(text)
    assert clip.duration_s > 0.5
    assert np.array_equal(clip.pcm, voice.render(text).pcm)


def test_a_long_text_is_said_to_its_end(voice: TextToSpeech) -> None:
    one = voice.render(LINE).duration_s
    assert voice.render(" ".join([LINE] * 20)).duration_s > 19 * one * 0.9


def test_a_failure_is_one_line_with_a_mend(kind: str, tmp_path: Path) -> None:
    voice = broken(kind, tmp_path)
    with pytest.raises(TextToSpeechError) as caught:
        voice.render(LINE)
    message = str(caught.value)
    assert "\n" not in message
    assert "choose another" in message
    assert "cache hides" not in message, "what was said belongs in no message"
    voice.close()


def test_closing_twice_is_harmless(kind: str, tmp_path: Path) -> None:
    voice = working(kind, tmp_path)
    voice.render("Hello.")
    voice.close()
    voice.close()
