from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from tests.core.spoken import LEXICON, at, candidate
from voice_coach.core.speech_json import speech_json
from voice_coach.core.speech_metrics import SpeechEar, SpeechMetrics, measure
from voice_coach.core.transcript import Transcript
from voice_coach.prompts.folder import prompts_folder
from voice_coach.prompts.speech import load_speech

BOOK = load_speech(prompts_folder())
EAR = SpeechEar(BOOK, LEXICON)
TEXT = (
    "Um, so the the queue is, you know, um, slow, and like ten jobs wait. "
    "No, scratch that, a hundred jobs wait there."
)


def metrics(transcript: Transcript) -> SpeechMetrics:
    return measure(transcript, EAR)


def speech_of(said: SpeechMetrics, earlier: Sequence[Mapping[str, object]] = ()) -> dict[str, Any]:
    return speech_json(said, BOOK.norms, earlier)


def test_all_is_there_and_can_be_printed() -> None:
    speech = speech_of(metrics(candidate(TEXT)))
    assert json.loads(json.dumps(speech)) == speech
    assert speech["words"] == 23
    assert speech["fillers"][1] == {
        "text": "so",
        "start": 0.32,
        "end": 0.56,
        "kind": "verbal",
        "context": "Um, so the the queue",
    }
    assert [(item["text"], item["kind"]) for item in speech["fillers"]] == [
        ("um", "filled_pause"),
        ("so", "verbal"),
        ("you know", "verbal"),
        ("um", "filled_pause"),
        ("like", "verbal"),
    ]
    assert [item["kind"] for item in speech["repairs"]] == ["repeat", "correction"]
    assert speech["restarts"] == 2
    assert speech["densest_half_minute"]["count"] == 5
    assert speech["densest_half_minute"]["topic"]["quote"] == "queue"


def test_each_norm_stands_beside_its_measure_with_its_source() -> None:
    speech = speech_of(metrics(candidate(TEXT)))
    norms = speech["norms"]
    assert isinstance(norms, dict)
    assert set(norms) <= set(speech)
    assert norms["wpm"]["typical"] == 156
    assert norms["wpm"]["place"] == "within"
    assert norms["fillers_per_min"]["place"] == "above"
    assert "Earnings-22" in norms["wpm"]["source"]


def test_without_a_value_there_is_no_place() -> None:
    speech = speech_of(metrics(Transcript()))
    assert speech["norms"]["wpm"]["place"] is None
    assert speech["densest_half_minute"] is None
    assert speech["longest_monologue_start"] is None


def test_without_a_topic_there_is_none() -> None:
    speech = speech_of(metrics(at(("um", 0, 1), ("uh", 1, 2), ("um", 2, 3))))
    assert speech["densest_half_minute"] == {"start": 0.0, "end": 3.0, "count": 3, "topic": None}


def test_the_own_median_stands_there_once_three_sessions_exist() -> None:
    said = metrics(candidate(TEXT))
    earlier: list[dict[str, object]] = [{"wpm": 100.0}, {"wpm": 120.0}, {"wpm": 125.0}]
    assert speech_of(said, earlier[:2])["own"] == {}
    assert speech_of(said, earlier)["own"] == {"wpm": {"median": 120.0, "sessions": 3, "deviation": 0.25}}
