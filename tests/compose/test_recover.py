"""Sessions that were killed at any moment, and what recovering makes of them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.adapters.voices import ToneVoice
from tests.compose.small_engines import CONTENT, SmallStt, small_config, use
from tests.fakes import HeldWorkers, Stage, line
from tests.sounds import tone
from voice_coach.adapters.room_script import When
from voice_coach.adapters.session_audio import SessionAudio
from voice_coach.adapters.session_folder import JournalFile, SessionFolder, create
from voice_coach.compose import recover
from voice_coach.compose.book import book_for
from voice_coach.compose.content import Content
from voice_coach.compose.judging import Judging
from voice_coach.compose.recover import Recovery, recover_all
from voice_coach.config import Config
from voice_coach.core.audio import AudioFrame
from voice_coach.core.errors import SpeechToTextError
from voice_coach.core.pressure import Pressure
from voice_coach.core.transcript import Speaker
from voice_coach.prompts.questions import find_question
from voice_coach.workers import InlineWorkers, Workers

DESIGN = "The requirements are small and at a high level there is a service and a store."
Lines = list[dict[str, object]]


def session(workers: Workers | None = None, ends_at: int | None = None) -> Stage:
    """A session that ran to its end, in memory."""
    config = small_config()
    question = find_question(CONTENT.questions, "url-shortener")
    book = book_for(
        config, CONTENT, question, Pressure.NORMAL, 0, Judging(config=config, content=CONTENT).rules
    )
    lines = [line(5.0), line(1.0, when=When.THEN, wait_s=1.5)]
    stage = Stage(book=book, lines=lines, texts=(DESIGN, "I'm done."), workers=workers or InlineWorkers())
    stage.source.ends_at = ends_at
    stage.run()
    stage.journal.lines[0]["question"] = question.id
    return stage


def killed(stage: Stage, root: Path, lines: int, and_s: float = 0.0) -> SessionFolder:
    """The folder of a session that was killed after so many lines of its journal, and some seconds more."""
    folder = create(root, "killed")
    journal = JournalFile(folder.journal_path)
    kept = stage.journal.lines[:lines]
    for content in kept:
        journal.write(content)
    journal.close()
    tape = SessionAudio(folder.audio_path)
    for index in range(round((kept[-1]["t"] + and_s) / 0.02)):
        tape.write(AudioFrame(index=index, pcm=stage.tape.microphone[index]), stage.tape.coach[index])
    torn = folder.audio_path.read_bytes()
    tape.close()
    folder.audio_path.write_bytes(torn)
    return folder


def after(stage: Stage, kind: str, count: int = 1) -> int:
    """How many lines there are up to the *count*-th of *kind*."""
    found = [number for number, entry in enumerate(stage.journal.lines, start=1) if entry["kind"] == kind]
    return found[count - 1]


def recovered(root: Path, *, keeps_audio: bool = True) -> Recovery:
    config = small_config()
    config = replace(config, session=replace(config.session, keeps_audio=keeps_audio))
    return recover_all(config, CONTENT, root, on_session=lambda _: None, tell=print)


def candidate(folder: SessionFolder) -> str:
    turns = json.loads(folder.analysis_path.read_text(encoding="utf-8"))["transcript"]["turns"]
    return " ".join(turn["text"] for turn in turns if turn["speaker"] == Speaker.CANDIDATE)


def heard(monkeypatch: pytest.MonkeyPatch, *texts: str | BaseException) -> SmallStt:
    return use(monkeypatch, texts, ToneVoice())


def test_a_session_killed_during_the_feedback_is_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its analysis is there already; what the microphone picks up behind the thanks is not for it."""
    stage = session()
    assessed = stage.journal.of("assessed")[0]["t"]
    loud = tone(0.02)
    for index in range(round(assessed / 0.02), max(stage.tape.microphone) + 1):
        stage.tape.microphone[index] = loud
    folder = killed(stage, tmp_path, after(stage, "session_ended") - 1)
    folder.analysis_path.write_text("{}", encoding="utf-8")
    stt = heard(monkeypatch, "feedback of the coach")
    (done,) = recovered(tmp_path).done
    assert stt.heard == []
    assert folder.journal_lines()[-1]["kind"] == "session_ended"
    assert candidate(folder) == f"{DESIGN} I'm done."
    assert done.words == len(candidate(folder).split())
    assert folder.is_finished
    assert recovered(tmp_path) == Recovery()


def test_a_session_killed_while_a_device_was_lost_is_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = session()
    talked = after(stage, "transcript")
    at_s = stage.journal.lines[talked - 1]["t"]
    lost = {"t": at_s, "kind": "device_lost", "role": "microphone", "name": "", "reason": "gone"}
    stage.journal.lines[talked:] = [{**lost, "heard_until_s": at_s}]
    folder = killed(stage, tmp_path, talked + 1, and_s=5.0)
    stt = heard(monkeypatch, "what nobody recorded")
    recovered(tmp_path)
    assert stt.heard == []
    assert candidate(folder) == DESIGN
    assert folder.is_finished


def test_what_was_killed_between_an_event_and_its_notes_gets_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = session()
    heard(monkeypatch)
    for missing in (1, 2):
        folder = killed(stage, tmp_path, after(stage, "session_ended") - missing)
        assert len(recovered(tmp_path).done) == 1
        assert folder.journal_lines() == [json.loads(json.dumps(entry)) for entry in stage.journal.lines]


def test_what_is_said_while_the_ears_are_shut_is_not_heard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = session()
    loud = tone(0.02)
    asked = stage.journal.of("coach_said")[0]
    for index in range(round(asked["start"] / 0.02), round(asked["end"] / 0.02)):
        stage.tape.microphone[index] = loud
    stt = heard(monkeypatch, "the question itself")
    folder = killed(stage, tmp_path, after(stage, "coach_said"))
    recovered(tmp_path)
    assert stt.heard == []
    assert candidate(folder) == ""


def test_a_piece_that_was_cut_is_transcribed_as_it_was_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = session()
    cut = stage.journal.of("piece_cut")[0]
    folder = killed(stage, tmp_path, after(stage, "piece_cut"))
    stt = heard(monkeypatch, DESIGN)
    recovered(tmp_path)
    (piece,) = stt.heard
    assert (piece.id, piece.start_s, piece.voiced_s) == (cut["piece"], cut["start"], cut["voiced_s"])
    assert piece.end_s == pytest.approx(cut["end"], abs=0.3)
    assert candidate(folder) == DESIGN
    lines = folder.journal_lines()
    assert [entry["kind"] for entry in lines].count("piece_cut") == 1
    assert [entry["t"] for entry in lines] == sorted(entry["t"] for entry in lines)


def test_what_was_not_cut_is_listened_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = session()
    begun = stage.journal.of("speech_started")[0]
    folder = killed(stage, tmp_path, after(stage, "speech_started"), and_s=2.0)
    stt = heard(monkeypatch, "requirements")
    recovered(tmp_path)
    (piece,) = stt.heard
    assert piece.start_s < begun["onset_s"]
    assert piece.end_s == pytest.approx(begun["t"] + 2.0, abs=0.3)
    assert candidate(folder) == "requirements"


def test_recovering_that_was_interrupted_goes_on_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = session(HeldWorkers("ears"), ends_at=3000)
    folder = killed(stage, tmp_path, after(stage, "piece_cut", 2))
    stt = heard(monkeypatch, DESIGN, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        recovered(tmp_path)
    assert not folder.is_finished
    before = folder.journal_lines()
    stt = heard(monkeypatch, "I'm done.")
    recovered(tmp_path)
    assert [piece.id for piece in stt.heard] == [1]
    assert candidate(folder) == f"{DESIGN} I'm done."
    assert folder.journal_lines()[: len(before)] == before


def test_a_piece_that_fails_does_not_keep_a_session_from_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = session(HeldWorkers("ears"), ends_at=3000)
    folder = killed(stage, tmp_path, after(stage, "piece_cut", 2))
    heard(monkeypatch, SpeechToTextError("cannot hear"), "I'm done.")
    (done,) = recovered(tmp_path).done
    assert done.failed == 1
    assert candidate(folder) == "I'm done."
    heard(monkeypatch, DESIGN)
    (done,) = recovered(tmp_path).done
    assert done.failed == 0
    assert candidate(folder) == f"{DESIGN} I'm done."
    assert folder.is_finished


def test_one_that_cannot_be_finished_does_not_stop_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = session()
    first, second = (killed(stage, tmp_path, after(stage, "piece_cut")) for _ in range(2))
    heard(monkeypatch, SpeechToTextError("cannot hear"), DESIGN)
    recovery = recovered(tmp_path)
    assert [done.folder for done in recovery.done] == [second.path]
    assert [str(failure) for failure in recovery.failures] == ["cannot hear"]
    assert not first.is_finished
    heard(monkeypatch, DESIGN)
    assert len(recovered(tmp_path).done) == 1


@pytest.mark.parametrize(
    ("key", "value", "wanted"),
    [
        ("pressure", "harsh", "pressure: 'harsh' is none of gentle, normal, tough; mend this line"),
        ("target_s", 3.0, "target_s: 3 is not between 30 and 7200; mend this line"),
        ("target_s", "long", "is damaged (target_s: 'long' is not a number up to 1e+06); mend or delete"),
        ("t", None, "is damaged (t: None is not a number up to 1e+06); mend or delete this line"),
        ("seed", 1.5, "is damaged (seed: 1.5 is not a whole number); mend or delete this line"),
        ("question", "boats", "boats"),
    ],
)
def test_a_beginning_that_makes_no_sense_does_not_stop_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str, value: object, wanted: str
) -> None:
    stage = session()
    first, second = (killed(stage, tmp_path, after(stage, "piece_cut")) for _ in range(2))
    lines = first.journal_path.read_text(encoding="utf-8").splitlines(keepends=True)
    lines[0] = json.dumps({**json.loads(lines[0]), key: value}) + "\n"
    first.journal_path.write_text("".join(lines), encoding="utf-8")
    heard(monkeypatch, DESIGN)
    recovery = recovered(tmp_path)
    assert [done.folder for done in recovery.done] == [second.path]
    (failure,) = recovery.failures
    assert f"{first.journal_path}:1: " in str(failure)
    assert wanted in str(failure)
    assert first.journal_path.read_text(encoding="utf-8") == "".join(lines)


def test_all_are_judged_by_one_judge_each_by_its_own_target(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = session()
    folders = [killed(stage, tmp_path, after(stage, "piece_cut")) for _ in range(2)]
    lines = folders[1].journal_path.read_text(encoding="utf-8").splitlines(keepends=True)
    lines[0] = json.dumps({**json.loads(lines[0]), "target_s": 60.0}) + "\n"
    folders[1].journal_path.write_text("".join(lines), encoding="utf-8")
    built: list[Judging] = []

    def counted(config: Config, content: Content) -> Judging:
        built.append(Judging(config=config, content=content))
        return built[-1]

    monkeypatch.setattr(recover, "Judging", counted)
    heard(monkeypatch, DESIGN, DESIGN)
    assert len(recovered(tmp_path).done) == 2
    assert len(built) == 1
    documents = [json.loads(folder.analysis_path.read_text(encoding="utf-8")) for folder in folders]
    assert [document["pacing"]["target_max_s"] for document in documents] == [36.0, 72.0]


def test_sound_that_is_not_to_be_kept_is_dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = session()
    folder = killed(stage, tmp_path, after(stage, "piece_cut"))
    heard(monkeypatch, DESIGN)
    (done,) = recovered(tmp_path, keeps_audio=False).done
    assert done.audio_s > 1
    assert not folder.audio_path.exists()
    assert folder.is_finished
