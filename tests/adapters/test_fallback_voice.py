import pytest

from tests.adapters.voices import ToneVoice
from voice_coach.adapters.fallback_voice import FallbackVoice
from voice_coach.adapters.pronouncing_voice import PronouncingVoice
from voice_coach.core.errors import TextToSpeechError
from voice_coach.core.speakable import Pronunciation


def test_the_next_voice_takes_over_for_good_and_it_is_said_once() -> None:
    told: list[tuple[str, str, str]] = []
    first, second = ToneVoice("first", fails_on="hard"), ToneVoice("second")
    voice = FallbackVoice([first, second], lambda *what: told.append(what))
    for text in ("easy", "hard", "easy again", "hard"):
        assert voice.render(text).duration_s > 0
    assert told == [("first", "second", "first cannot say this; choose another voice")]
    assert first.rendered == ["easy", "hard"]
    assert second.rendered == ["hard", "easy again", "hard"]
    assert voice.name == "second"
    assert first.closed == 1


def test_each_step_down_is_said_and_the_last_failure_is_raised() -> None:
    told: list[str] = []
    voices = [ToneVoice(name, fails_on="hard") for name in ("a", "b", "c")]
    voice = FallbackVoice(voices, lambda failed, following, reason: told.append(failed + following))
    for _ in range(2):
        with pytest.raises(TextToSpeechError, match="c cannot"):
            voice.render("hard")
    assert told == ["ab", "bc"]
    voice.close()
    assert all(each.closed for each in voices)


def test_the_voice_that_takes_over_keeps_the_speed() -> None:
    first, second = ToneVoice(fails_on="hard"), ToneVoice()
    voice = PronouncingVoice(FallbackVoice([first, second], lambda *_: None), Pronunciation())
    usual, slow = voice.render("hard", 1.0), voice.render("hard", 0.5)
    assert slow.duration_s == pytest.approx(2 * usual.duration_s, rel=0.01)


def test_no_voice_at_all_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="at least one"):
        FallbackVoice([], lambda *_: None)


def test_a_voice_gets_the_spoken_form() -> None:
    engine = ToneVoice()
    PronouncingVoice(engine, Pronunciation(units={"ms": "milliseconds"})).render("5 ms\n")
    assert engine.rendered == ["5 milliseconds"]
