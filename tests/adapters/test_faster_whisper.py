"""The recogniser on real audio, and what it is not believed."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable, Sequence, Sized
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal

import jiwer
import numpy as np
import pytest
import soundfile
import soxr

from tests.fakes import LevelDetector
from tests.noises import song
from tests.sounds import noise, silence, tone
from voice_coach.adapters.faster_whisper_stt import FasterWhisper, FasterWhisperSettings
from voice_coach.adapters.gated_vad import GatedVad, GatedVadSettings
from voice_coach.adapters.model_lock import load_lock, lock_path
from voice_coach.adapters.model_store import ModelStore, hub_cache_dir
from voice_coach.adapters.pyttsx3_tts import Pyttsx3Voice
from voice_coach.adapters.rate_conversion import at_session_rate
from voice_coach.adapters.silero_vad import SileroVad, SileroVadSettings
from voice_coach.adapters.webrtc_vad import WebRtcVad, WebRtcVadSettings
from voice_coach.adapters.whisper_guards import (
    Segment,
    WhisperGuardSettings,
    believed,
    echoes,
    is_silent_tail,
    is_unbelieved,
    lost_text,
    placed,
    without_ghosts,
    without_loops,
)
from voice_coach.config import environment
from voice_coach.core.audio import RATE_HZ, Pcm, Piece
from voice_coach.core.endpointing import Endpointer, EndpointerSettings
from voice_coach.core.errors import SpeechToTextError
from voice_coach.core.transcript import Word, laid_out
from voice_coach.listening import frames_of, listen
from voice_coach.prompts.folder import prompts_folder
from voice_coach.prompts.lexicon import load_lexicon, load_stt_prompt

GUARDS = WhisperGuardSettings()
PROMPT = load_stt_prompt(prompts_folder())
FILLERS = load_lexicon(prompts_folder()).fillers
SENTENCE = "The database keeps the orders, and the workers send the messages."
SPEECH = Path(os.environ.get("VOICE_COACH_DEV_DATA", "none")) / "speech"


def recogniser(model: Path, settings: FasterWhisperSettings | None = None) -> FasterWhisper:
    chosen = settings or FasterWhisperSettings(device="cpu")
    return FasterWhisper(model, PROMPT, FILLERS, chosen, detector=lambda: SileroVad(SileroVadSettings()))


@pytest.fixture(scope="session")
def model() -> Path:
    store = ModelStore(environment().cache, load_lock(lock_path()), hub_cache=hub_cache_dir())
    return store.path("whisper-base")


@pytest.fixture(scope="session")
def stt(model: Path) -> FasterWhisper:
    loaded = recogniser(model)
    loaded.load()
    return loaded


@pytest.fixture(scope="session")
def said(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], Pcm]:
    """Speaks a text in a voice of espeak-ng."""
    path = tmp_path_factory.mktemp("speech") / "sentence.wav"

    def speak(text: str, voice: str) -> Pcm:
        subprocess.run(["espeak-ng", "-v", voice, "-s", "140", "-w", str(path), text], check=True)
        return read(path)

    return speak


@pytest.fixture(scope="session")
def sentence(said: Callable[[str, str], Pcm]) -> Pcm:
    return said(SENTENCE, "en-us")


def read(path: Path) -> Pcm:
    found, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    pcm: Pcm = (
        (soxr.resample(found.mean(axis=1), rate_hz, RATE_HZ) * 32767).clip(-32768, 32767).astype(np.int16)
    )
    return pcm


def piece(pcm: Pcm, start_s: float = 0.0, voiced_s: float = 0.0) -> Piece:
    return Piece(id=0, start_s=start_s, pcm=pcm, voiced_s=voiced_s)


def heard(stt: FasterWhisper, pcm: Pcm) -> tuple[Word, ...]:
    """What comes back of *pcm* when it is cut into pieces as in a session."""
    detector = GatedVad(WebRtcVad(WebRtcVadSettings()), SileroVad(SileroVadSettings()), GatedVadSettings())
    found = listen(frames_of(pcm), detector, Endpointer(EndpointerSettings()))
    return tuple(word for item in found for cut in item.pieces for word in stt.transcribe(cut))


def plain(text: str) -> str:
    return " ".join(re.findall(r"[\w']+", text.lower()))


def texts(words: Sequence[Word]) -> str:
    return plain(" ".join(word.text for word in words))


def test_a_sentence_comes_back_with_times_in_the_session(stt: FasterWhisper, sentence: Pcm) -> None:
    found = piece(sentence, start_s=100.0, voiced_s=4.0)
    words = stt.transcribe(found)
    assert jiwer.wer(plain(SENTENCE), texts(words)) <= 0.2
    times = [time for word in words for time in (word.start_s, word.end_s)]
    assert times == sorted(times)
    assert times[0] >= 100.0
    assert times[-1] <= found.end_s
    assert all(word.p is not None and 0 <= word.p <= 1 for word in words)
    assert stt.transcribe(found) == words
    assert stt.name == "faster-whisper base int8"
    assert stt.fallback is None


def test_a_language_is_told_where_it_clearly_is_not_english(
    stt: FasterWhisper, sentence: Pcm, said: Callable[[str, str], Pcm]
) -> None:
    german = said("Zuerst gehe ich die Anforderungen durch. Dann zeichne ich, wie alles zusammenhängt.", "de")
    assert stt.other_language(piece(german)) == "de"
    assert stt.other_language(piece(sentence)) is None


@pytest.mark.parametrize(("is_multilingual", "broken"), [(False, ""), (True, "out of memory")])
def test_a_model_that_cannot_tell_tells_none(
    monkeypatch: pytest.MonkeyPatch, *, is_multilingual: bool, broken: str
) -> None:
    fake = FakeModel("", broken=broken)
    fake.model.is_multilingual = is_multilingual
    assert answering(monkeypatch, fake).other_language(piece(silence(6.0))) is None


@pytest.mark.parametrize("sound", ["silence", "noise", "tapping"])
def test_where_nobody_speaks_nothing_is_written(stt: FasterWhisper, sound: str) -> None:
    taps = silence(3.0)
    taps[:: RATE_HZ // 6] = 20_000
    pcm = {"silence": silence(3.0), "noise": noise(3.0, level=800), "tapping": taps}[sound]
    assert stt.transcribe(piece(pcm)) == ()


def test_a_missing_or_broken_model_is_said(tmp_path: Path) -> None:
    with pytest.raises(SpeechToTextError, match=r"cannot be loaded.*voice-coach models check"):
        recogniser(tmp_path / "whisper-none").load()
    (tmp_path / "model.bin").write_bytes(b"broken")
    with pytest.raises(SpeechToTextError, match="cannot be loaded"):
        recogniser(tmp_path).transcribe(piece(silence(1.0)))


def test_the_name_may_be_given_where_the_folder_does_not_tell(model: Path) -> None:
    assert FasterWhisper(model, PROMPT, FILLERS, FasterWhisperSettings(), label="small").name == (
        "faster-whisper small int8"
    )


class FakeModel:
    """Answers with and without the prompt; fails on a device that is broken."""

    def __init__(self, prompted: str, bare: str = "", broken: str = "") -> None:
        self._answers = {True: prompted, False: bare}
        self._broken = broken
        self.passes: list[bool] = []
        self.model = SimpleNamespace(is_multilingual=True)

    def detect_language(self, audio: object) -> tuple[str, float, list[object]]:
        if self._broken:
            raise RuntimeError(self._broken)
        return "de", 0.99, []

    def transcribe(self, audio: object, *, initial_prompt: str | None = None, **options: object) -> Any:  # noqa: ANN401
        if self._broken:
            raise RuntimeError(self._broken)
        self.passes.append(initial_prompt is not None)
        text = self._answers[initial_prompt is not None]
        return iter([FakeSegment(text)] if text else []), None


class FakeSegment:
    avg_logprob, no_speech_prob, compression_ratio, seek = -0.2, 0.05, 1.2, 0

    def __init__(self, text: str, start_s: float = 0.0, end_s: float = 9.0) -> None:
        spread = laid_out(text.replace("-", " -"), start_s, end_s)
        self.words = [FakeWord(word) for word in spread]
        self.end = end_s


class FakeWord:
    def __init__(self, word: Word) -> None:
        self.word = word.text if word.text.startswith("-") else f" {word.text}"
        self.start, self.end, self.probability = word.start_s, word.end_s, 0.9


def answering(monkeypatch: pytest.MonkeyPatch, fake: FakeModel) -> FasterWhisper:
    loaded = recogniser(Path("whisper-base"))
    monkeypatch.setattr(loaded, "_open", lambda device, compute_type: fake)
    return loaded


def test_fillers_are_marked_and_hyphened_words_are_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = answering(monkeypatch, FakeModel("Um, a back-off, uh yes"))
    words = loaded.transcribe(piece(silence(10.0), voiced_s=1.0))
    assert [(word.text, word.filler) for word in words] == [
        ("Um,", True),
        ("a", False),
        ("back-off,", False),
        ("uh", True),
        ("yes", False),
    ]


def test_lost_text_is_looked_for_without_the_prompt(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakeModel("so", "so the rest was said as well and it is here")
    words = answering(monkeypatch, fake).transcribe(piece(silence(10.0), voiced_s=8.0))
    assert texts(words).endswith("it is here")
    assert fake.passes == [True, False]


def test_the_longer_of_two_texts_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakeModel("so it goes", "so")
    words = answering(monkeypatch, fake).transcribe(piece(silence(10.0), voiced_s=8.0))
    assert texts(words) == "so it goes"


class PartialModel:
    """Hears what *texts* say between their times; of a part of the sound, what it is given next."""

    def __init__(self, texts: Sequence[tuple[str, float, float]], *parts: str) -> None:
        self._whole = texts
        self._parts = list(parts)
        self.passes: list[bool] = []
        self.lengths_s: list[float] = []

    def transcribe(self, audio: Sized, *, initial_prompt: str | None = None, **options: object) -> Any:  # noqa: ANN401
        length_s = len(audio) / RATE_HZ
        is_first = not self.passes
        self.passes.append(initial_prompt is not None)
        self.lengths_s.append(length_s)
        text = "" if is_first else self._parts.pop(0)
        texts = self._whole if is_first else [(text, 1.0, length_s - 1.0)] if text else []
        return iter([FakeSegment(*item) for item in texts]), None


GAPPED = [("one two three four", 0.0, 2.0), ("five six seven eight", 10.0, 12.0)]


@pytest.mark.parametrize(
    ("parts", "found", "passes"),
    [
        (["and so on"], "one two three four and so on five six seven eight", [True]),
        (
            ["", "and so on"],
            "one two three four and so on five six seven eight",
            [True, False],
        ),
        (["", ""], "one two three four five six seven eight", [True, False]),
        ([" ".join(PROMPT.split()[:20]), "and so"], "one two three four and so five six seven eight", None),
    ],
)
def test_a_stretch_that_was_passed_over_is_heard_again(
    monkeypatch: pytest.MonkeyPatch, parts: list[str], found: str, passes: list[bool] | None
) -> None:
    fake = PartialModel(GAPPED, *parts)
    loaded = FasterWhisper(
        Path("whisper-base"), PROMPT, FILLERS, FasterWhisperSettings(device="cpu"), detector=LevelDetector
    )
    monkeypatch.setattr(loaded, "_open", lambda device, compute_type: fake)
    words = loaded.transcribe(piece(tone(12.0), start_s=5.0, voiced_s=5.0))
    assert texts(words) == found
    assert [word.start_s for word in words] == sorted(word.start_s for word in words)
    assert all(8.0 <= length_s <= 10.0 for length_s in fake.lengths_s[1:])
    if passes is not None:
        assert fake.passes[1:] == passes


@pytest.mark.slow
def test_a_quiet_sentence_beside_a_loud_one_is_not_lost(
    model: Path, stt: FasterWhisper, said: Callable[[str, str], Pcm]
) -> None:
    """Whisper passes over it: six seconds in a piece that is otherwise full."""
    loud = (
        "I prefer a temporary redirect, because browsers remember a permanent one, "
        "and then we would lose the clicks and could not change the target."
    )
    soft = "At a high level, a load balancer stands in front of stateless application servers."
    quiet = (said(soft, "en-us+f3") * 0.03).astype(np.int16)
    found = piece(np.concatenate([quiet, silence(0.4), said(loud, "en-us")]), voiced_s=13.0)
    deaf = FasterWhisper(model, PROMPT, FILLERS, FasterWhisperSettings(device="cpu"))
    assert "balancer" not in texts(deaf.transcribe(found))
    assert jiwer.wer(plain(f"{soft} {loud}"), texts(stt.transcribe(found))) <= 0.2


@pytest.mark.slow
@pytest.mark.parametrize("command", ["resume", "continue", "I'm ready", "skip this", "start again"])
def test_the_coach_is_heard_by_name(stt: FasterWhisper, command: str) -> None:
    """Without the name in the prompt these come back as "code", "go" or "Koch"."""
    pcm = at_session_rate(Pyttsx3Voice().render(f"Coach, {command}."))
    words = heard(stt, np.concatenate([silence(1.0), pcm, silence(1.0)]))
    assert texts(words) == plain(f"Coach, {command}")


def test_an_echo_of_the_prompt_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakeModel(" ".join(PROMPT.split()[:20]), "yes")
    words = answering(monkeypatch, fake).transcribe(piece(silence(10.0), voiced_s=1.0))
    assert texts(words) == "yes"


def test_a_failure_names_the_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = answering(monkeypatch, FakeModel("", broken="out of memory"))
    with pytest.raises(
        SpeechToTextError, match=r"the piece at 3\.00 s could not be transcribed: out of memory"
    ):
        loaded.transcribe(piece(silence(1.0), start_s=3.0))


@pytest.mark.parametrize(
    ("device", "gpus", "broken", "compute", "fallback"),
    [
        ("auto", 0, "", "int8", None),
        ("cpu", 1, "", "int8", None),
        ("cuda", 0, "", "int8", "no CUDA device was found"),
        ("auto", 1, "", "float16", None),
        ("auto", 1, "libcublas is not found", "int8", "the GPU cannot be used: libcublas is not found"),
    ],
)
def test_a_gpu_is_used_where_it_works(
    monkeypatch: pytest.MonkeyPatch,
    device: Literal["auto", "cpu", "cuda"],
    gpus: int,
    broken: str,
    compute: str,
    fallback: str | None,
) -> None:
    loaded = recogniser(Path("whisper-base"), FasterWhisperSettings(device=device))
    models = {"cuda": FakeModel("yes", broken=broken), "cpu": FakeModel("yes")}
    monkeypatch.setattr(loaded, "_open", lambda name, compute_type: models[name])
    monkeypatch.setattr("ctranslate2.get_cuda_device_count", lambda: gpus)
    loaded.load()
    assert (loaded.name, loaded.fallback) == (f"faster-whisper base {compute}", fallback)


def segment(
    text: str,
    *,
    score: float = -0.2,
    no_speech: float = 0.05,
    compression: float = 1.2,
    window_s: float = 20.0,
) -> Segment:
    return Segment(
        words=laid_out(text, 0.0, 1.0),
        log_probability=score,
        no_speech=no_speech,
        compression=compression,
        window_s=window_s,
    )


@pytest.mark.parametrize(
    ("found", "is_voiced", "text"),
    [
        (segment("it works"), True, "it works"),
        (segment("it works"), False, "it works"),
        (segment("Thank you.", score=-1.2, no_speech=0.55), True, ""),
        (segment("clear words", score=-0.2, no_speech=0.55), True, "clear words"),
        (segment("clear words", score=-0.2, no_speech=0.45), False, ""),
        (segment("sorry", score=-0.1, no_speech=0.75, compression=23.0), True, ""),
        (segment(". . ___ ..."), True, ""),
        (segment("Thank you", score=-0.2, no_speech=0.38, window_s=0.6), True, ""),
        (segment("Good.", no_speech=0.05, window_s=0.6), True, "good"),
        (segment("Maaaaaaaaaaaaaan, 1000000"), True, "man 1000000"),
    ],
)
def test_segments_are_weighed(found: Segment, is_voiced: bool, text: str) -> None:  # noqa: FBT001
    assert texts(believed([found], is_voiced=is_voiced, settings=GUARDS)).lower() == text


def test_a_silent_tail_is_short_and_far_quieter_than_the_rest() -> None:
    spoken = noise(2.0, level=5000)
    assert is_silent_tail(np.concatenate([spoken, silence(0.5)]), 2.0, GUARDS)
    assert is_silent_tail(spoken, 2.5, GUARDS)
    assert not is_silent_tail(np.concatenate([spoken, silence(1.5)]), 2.0, GUARDS)
    assert not is_silent_tail(np.concatenate([spoken, spoken[:4000]]), 2.0, GUARDS)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("well " + "I'm sorry " * 9 + "then", "well i'm sorry then"),
        ("no " * 12, "no"),
        ("some more words words words words um", "some more words words words words um"),
        ("the the the queue", "the the the queue"),
        ("", ""),
    ],
)
def test_only_endless_loops_are_cut(said: str, kept: str) -> None:
    assert texts(without_loops(laid_out(said, 0.0, 9.0), GUARDS)) == kept


def test_an_echo_is_a_long_run_of_the_prompt() -> None:
    run = " ".join(PROMPT.split()[10:19])
    assert echoes(laid_out(f"yes {run} no", 0.0, 9.0), PROMPT, GUARDS)
    assert not echoes(laid_out("we retry with exponential backoff", 0.0, 9.0), PROMPT, GUARDS)


def test_lost_text_needs_enough_voice_to_be_told() -> None:
    two = laid_out("two words", 0.0, 1.0)
    assert not lost_text(two, 1.9, GUARDS)
    assert lost_text(two, 2.0, GUARDS)
    assert not lost_text(laid_out("five words of two seconds", 0.0, 1.0), 4.0, GUARDS)


def test_times_stay_in_order_and_inside_the_piece() -> None:
    words = [
        Word(text="a", start_s=-0.1, end_s=0.5),
        Word(text="b", start_s=0.4, end_s=0.3),
        Word(text="c", start_s=0.6, end_s=9.0),
    ]
    piece = Piece(id=0, start_s=10.0, pcm=silence(1.0), voiced_s=0.5)
    found = [(word.start_s, word.end_s) for word in placed(words, piece)]
    assert found == [(10.0, 10.5), (10.5, 10.5), (10.6, 11.0)]


@pytest.mark.parametrize(
    ("text", "for_s", "p", "stays"),
    [
        ("When", 0.0, 0.43, False),
        ("When", 0.3, 0.43, True),
        ("When", 0.0, 0.9, True),
        ("If", 0.0, 0.43, True),
        ("it.", 0.06, 0.3, True),
    ],
)
def test_a_doubted_word_without_sound_is_no_repeat(text: str, for_s: float, p: float, *, stays: bool) -> None:
    words = [
        Word(text="when", start_s=1.0, end_s=1.2, p=0.9),
        Word(text=text, start_s=1.2, end_s=1.2 + for_s, p=p),
    ]
    assert (without_ghosts(words, WhisperGuardSettings()) == tuple(words)) is stays


def test_nor_is_it_a_sentence() -> None:
    needed = Word(text="needed.", start_s=1.0, end_s=1.2, p=0.9)
    stray = Word(text="it.", start_s=1.2, end_s=1.26, p=0.31)
    follows = Word(text="If", start_s=1.3, end_s=1.5, p=0.9)
    assert without_ghosts((stray, needed, stray, follows), WhisperGuardSettings()) == (stray, needed, follows)


def test_no_word_stands_in_the_silence_around_a_piece() -> None:
    words = [Word(text="a", start_s=0.0, end_s=0.5), Word(text="b", start_s=0.5, end_s=1.0)]
    piece = Piece(id=0, start_s=10.0, pcm=silence(1.0), voiced_s=0.4, sound_from_s=10.3, sound_until_s=10.7)
    found = [(word.start_s, word.end_s) for word in placed(words, piece)]
    assert found == [(10.3, 10.5), (10.5, 10.7)]


@pytest.mark.skipif(not SPEECH.is_dir(), reason="VOICE_COACH_DEV_DATA is not set")
@pytest.mark.slow
def test_real_talk_keeps_its_fillers_and_its_words(stt: FasterWhisper) -> None:
    said = plain((SPEECH / "acoustic_corpus.lab").read_text(encoding="utf-8")).replace("yknow", "you know")
    words = heard(stt, read(SPEECH / "acoustic_corpus.wav"))
    assert [word.bare for word in words if word.filler] == ["um", "uh", "um"]
    assert jiwer.wer(said, texts(words)) <= 0.1
    whispered = json.loads((SPEECH / "reference_transcripts.json").read_text(encoding="utf-8"))["whisper2"]
    assert jiwer.wer(whispered, texts(heard(stt, read(SPEECH / "whisper2.flac")))) <= 0.15


@pytest.mark.parametrize(
    ("probabilities", "is_none"),
    [
        # a song: "The, uh, the, uh, the, um, uh."
        ((0.012, 0.006, 0.278, 0.236, 0.672, 0.014, 0.178), True),
        # said by a voice that is hard to understand: "Reads hit the cache, and on a miss …"
        ((0.227, 0.178, 0.2, 0.687, 0.94, 0.79, 0.289, 0.525, 0.922), False),
        # "Pause", misheard, which is listened for
        ((0.0004,), False),
        ((0.2, 0.1, 0.1, 0.2), False),
        ((), False),
    ],
)
def test_what_is_doubted_on_the_whole_was_not_said(
    probabilities: tuple[float, ...], *, is_none: bool
) -> None:
    words = [Word(text="so", start_s=float(at), end_s=at + 0.5, p=p) for at, p in enumerate(probabilities)]
    assert is_unbelieved(words, GUARDS) is is_none


def test_of_a_song_hardly_anything_is_written_down(stt: FasterWhisper) -> None:
    sung = [word for seed in (41, 42) for word in heard(stt, song(12.0, seed=seed, level_dbfs=-40.0))]
    assert len(sung) <= 4, texts(sung)
