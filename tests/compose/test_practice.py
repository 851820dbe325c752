"""A rehearsal as it is set up, run and cleaned up, with small engines and a recording for a candidate."""

from __future__ import annotations

import json
import re
import shutil
import sys
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from tests.adapters.voices import ToneVoice
from tests.compose.small_engines import CONTENT, ears, small_config, use
from tests.fakes import Doubling, deaf
from tests.sessions_made import Made, make_session
from tests.sounds import tone
from voice_coach.adapters.audio_file import write_wav
from voice_coach.adapters.frame_player import FramePlayer
from voice_coach.adapters.handed_over import HandedOver
from voice_coach.adapters.session_folder import SessionFolder, find
from voice_coach.adapters.sound_card import choose
from voice_coach.compose import practice, report, scene, session_engines
from voice_coach.compose.content import Content
from voice_coach.compose.engines import (
    engine_needs,
    make_canceller,
    make_drafter,
    make_hint,
    make_stt,
    optional,
)
from voice_coach.compose.options import InputKind, OutputKind, PracticeOptions, Speed
from voice_coach.compose.practice import Outcome, plan, rehearse
from voice_coach.compose.recover import Recovery, recover_all
from voice_coach.compose.report import write_report
from voice_coach.config import Config
from voice_coach.core.audio import Clip, Pcm
from voice_coach.core.errors import (
    AudioDeviceError,
    ConfigError,
    EngineError,
    InputError,
    PromptError,
    SpeechToTextError,
    StorageError,
    TextToSpeechError,
)
from voice_coach.core.events import EngineFellBack, Intent
from voice_coach.core.history import HistorySettings
from voice_coach.core.session_state import SessionState
from voice_coach.core.speaker_pace import SpeakerPace
from voice_coach.workers import InlineWorkers

DESIGN = (
    "First I will clarify the requirements. It has to store a long link for each short one and redirect quickly. "
    "I assume a hundred million links a month and ten times as many reads. At a high level there is a load balancer, "
    "a service behind it and a database. The service writes the link into the database and reads it from a cache. "
    "I would shard the database by the short code, so that it grows with the number of links."
)


class BlindScreen:
    def start(self) -> None:
        """Nothing is seen."""

    def show(self, state: SessionState, level_dbfs: float) -> None:
        """See :meth:`start`."""

    def stop(self) -> None:
        """See :meth:`start`."""


@dataclass(slots=True)
class Setting:
    """Where a session takes place."""

    root: Path
    config: Config = field(default_factory=small_config)
    told: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.candidate_says(tone(3.0))

    def candidate_says(self, *talk: Pcm) -> None:
        """Each with silence around it."""
        silence = np.zeros(16_000 * 20, np.int16)
        write_wav(
            self.recording, np.concatenate([silence, *(part for said in talk for part in (said, silence))])
        )

    @property
    def recording(self) -> Path:
        return self.root / "candidate.wav"

    @property
    def sessions(self) -> Path:
        return self.root / "sessions"

    @property
    def folder(self) -> SessionFolder:
        (found,) = find(self.sessions)
        return found

    @property
    def document(self) -> Any:  # noqa: ANN401 - any JSON
        return json.loads(self.folder.analysis_path.read_text(encoding="utf-8"))

    def recovered(self) -> Recovery:
        return recover_all(self.config, CONTENT, self.sessions, on_session=lambda _: None, tell=print)

    def run(self, *, reads_feedback: bool = False, content: Content = CONTENT) -> Outcome:
        options = PracticeOptions(
            question="url-shortener",
            input=str(self.recording),
            speed=Speed.MAX,
            sessions=self.sessions,
            reads_feedback=reads_feedback,
        )
        return rehearse(plan(self.config, content, options), BlindScreen(), lambda _: None, self.told.append)

    def keep_no_audio(self) -> None:
        self.config = replace(self.config, session=replace(self.config.session, keeps_audio=False))

    def speak_to(self, output: str) -> None:
        self.config = replace(self.config, audio=replace(self.config.audio, output=output))


@pytest.fixture
def setting(tmp_path: Path) -> Setting:
    return Setting(tmp_path)


class TestReport:
    def test_it_is_written_once_the_session_is_over_with_all_of_its_sound(
        self, setting: Setting, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        use(monkeypatch, [DESIGN], ToneVoice())
        monkeypatch.setattr(report, "write_report", write_report)
        outcome = setting.run()
        assert outcome.report == setting.folder.path / "report.html"
        page = outcome.report.read_text(encoding="utf-8")
        assert "data:audio/webm;base64," in page
        assert "balancer," in page
        assert setting.told == []

    def test_what_goes_wrong_with_it_is_told_and_loses_nothing(
        self, setting: Setting, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fails(folder: Path, **_more: object) -> Path:
            raise StorageError(f"{folder}: cannot be written:\nNo space left on device")

        use(monkeypatch, [DESIGN], ToneVoice())
        monkeypatch.setattr(report, "write_report", fails)
        outcome = setting.run()
        assert outcome.report is None
        (told,) = setting.told
        assert told.startswith("The report could not be written: ")
        assert "\n" not in told
        assert "`voice-coach report` tries again" in told
        assert outcome.analysis == setting.document
        assert setting.folder.is_finished

    def test_sound_that_is_not_kept_is_not_kept_in_it(
        self, setting: Setting, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        setting.keep_no_audio()
        use(monkeypatch, [DESIGN], ToneVoice())
        monkeypatch.setattr(report, "write_report", write_report)
        written = setting.run().report
        assert written is not None
        assert "<audio" not in written.read_text(encoding="utf-8")


class TestEcho:
    @pytest.mark.parametrize(
        ("headphones", "wanted", "installed", "cancels", "is_full_duplex"),
        [
            (False, True, True, True, True),
            (False, True, False, False, False),
            (False, False, True, False, False),
            (True, True, True, False, True),
        ],
    )
    def test_over_loudspeakers_the_ears_stay_open_where_echo_is_cancelled(
        self,
        monkeypatch: pytest.MonkeyPatch,
        headphones: bool,  # noqa: FBT001 - from the table
        wanted: bool,  # noqa: FBT001
        installed: bool,  # noqa: FBT001
        cancels: bool,  # noqa: FBT001
        is_full_duplex: bool,  # noqa: FBT001
    ) -> None:
        card = scene.Scene(
            input=InputKind.DEVICE,
            output=OutputKind.DEVICE,
            input_name=None,
            output_name=None,
            speed=Speed.REALTIME,
        )
        monkeypatch.setattr(practice, "choose_scene", lambda *_: card)
        monkeypatch.setattr(scene, "is_installed", lambda: installed)
        audio = replace(Config().audio, headphones=headphones, cancels_echo=wanted)
        made = plan(replace(small_config(), audio=audio), CONTENT, PracticeOptions())
        assert scene.can_cancel(made.scene, made.config.audio) is cancels
        heard = replace(ears(), canceller=Doubling() if cancels else None)
        begun = practice._started(made, heard, SpeakerPace())
        assert (begun.is_full_duplex, begun.may_echo) == (is_full_duplex, cancels)

    def test_a_recording_has_none(self, setting: Setting, monkeypatch: pytest.MonkeyPatch) -> None:
        use(monkeypatch, ["There are gates."], ToneVoice())
        monkeypatch.setattr(
            session_engines, "make_canceller", lambda *_: pytest.fail("there is nothing to cancel")
        )
        setting.run()
        begun = setting.folder.journal_lines()[0]
        assert begun["is_full_duplex"] is True
        assert "may_echo" not in begun

    def test_a_canceller_that_cannot_be_loaded_is_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "livekit.rtc", None)
        told: list[str] = []
        assert make_canceller(HandedOver(16_000), told.append) is None
        assert told[0].endswith("The coach does not listen while it speaks.")


class TestEngines:
    def test_a_session_without_failures_says_nothing_of_engines(
        self, setting: Setting, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        use(monkeypatch, ["There are gates."], ToneVoice())
        outcome = setting.run()
        assert outcome.analysis == setting.document
        assert setting.document["engines"]["fell_back"] == []
        assert "gates" in str(setting.document["transcript"])
        assert setting.told == []
        assert setting.folder.is_finished

    def test_a_recogniser_that_never_works_is_said_and_the_session_kept(
        self, setting: Setting, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        use(monkeypatch, deaf(9), ToneVoice())
        with pytest.raises(
            SpeechToTextError, match=r"nothing that was said could be transcribed: .*cannot hear"
        ):
            setting.run()
        assert setting.told == [
            "Something could not be transcribed: scripted: cannot hear; choose another recogniser"
        ]
        (entry,) = setting.document["engines"]["fell_back"]
        assert (entry["role"], entry["name"], entry["to"]) == ("ears", "scripted", None)
        assert not setting.folder.is_finished
        assert setting.folder.analysis_path.exists()

    def test_what_nobody_heard_is_judged_once_somebody_does(
        self, setting: Setting, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        setting.keep_no_audio()
        use(monkeypatch, deaf(9), ToneVoice())
        with pytest.raises(SpeechToTextError, match=r"`voice-coach recover` judges it"):
            setting.run()
        assert setting.folder.audio_path.exists()
        use(monkeypatch, deaf(9), ToneVoice())
        (failure,) = setting.recovered().failures
        assert "cannot hear" in str(failure)
        assert setting.folder.analysis_path.exists()
        use(monkeypatch, ["There are gates.", *["And a store."] * 5], ToneVoice())
        (done,) = setting.recovered().done
        assert done.words == 3
        assert "gates" in str(setting.document["transcript"])
        assert setting.document["engines"]["fell_back"] == []
        assert setting.folder.is_finished
        assert setting.recovered() == Recovery()
        (note,) = [line for line in setting.folder.journal_lines() if line["kind"] == "recovered"]
        assert note["answer_s"] == setting.document["pacing"]["answer_s"] > 0

    def test_a_piece_that_nobody_heard_is_tried_again_by_itself(
        self, setting: Setting, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        setting.candidate_says(tone(3.0), tone(3.0))
        use(monkeypatch, ["There are gates.", *deaf(1)], ToneVoice())
        setting.run()
        assert setting.folder.analysis_path.exists()
        for _ in range(2):
            stt = use(monkeypatch, deaf(9), ToneVoice())
            (done,) = setting.recovered().done
            assert (done.words, done.failed, len(stt.heard)) == (3, 1, 1)
            assert [entry["role"] for entry in setting.document["engines"]["fell_back"]] == ["ears"]
        stt = use(monkeypatch, ["And a store."], ToneVoice())
        (done,) = setting.recovered().done
        assert (done.words, done.failed, len(stt.heard)) == (6, 0, 1)
        text = " ".join(turn["text"] for turn in setting.document["transcript"]["turns"])
        assert text.index("There are gates.") < text.index("And a store.")
        assert setting.document["engines"]["fell_back"] == []
        assert setting.folder.is_finished
        lines = [line for line in setting.folder.journal_lines() if line["kind"] == "transcript"]
        assert [line.get("has_failed", False) for line in lines] == [False, True, True, True, False]
        assert setting.recovered() == Recovery()

    def test_what_nobody_heard_and_is_not_kept_is_not_tried_again(
        self, setting: Setting, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        setting.keep_no_audio()
        setting.candidate_says(tone(3.0), tone(3.0))
        use(monkeypatch, ["There are gates.", *deaf(1)], ToneVoice())
        setting.run()
        assert not setting.folder.audio_path.exists()
        assert setting.folder.is_finished

    @pytest.mark.parametrize("reads_feedback", [True, False])
    def test_journal_analysis_and_sound_agree_on_times(
        self,
        setting: Setting,
        monkeypatch: pytest.MonkeyPatch,
        reads_feedback: bool,  # noqa: FBT001
    ) -> None:
        use(monkeypatch, ["There are gates.", "And a store."], ToneVoice())
        outcome = setting.run(reads_feedback=reads_feedback)
        (ended,) = [line for line in setting.folder.journal_lines() if line["kind"] == "session_ended"]
        assert ended["answer_s"] == setting.document["pacing"]["answer_s"] > 1
        assert ended["lost_frames"] == 0
        length_s = soundfile.info(setting.folder.audio_path).duration
        assert setting.document["source"]["duration_s"] == pytest.approx(ended["t"], abs=0.006)
        assert length_s == pytest.approx(ended["t"], abs=0.021)
        assert outcome.analysis == setting.document

    def test_each_line_of_feedback_is_journalled_with_what_it_is_about(
        self, setting: Setting, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        use(monkeypatch, [DESIGN], ToneVoice())
        improvements = setting.run(reads_feedback=True).analysis["feedback"]["improvements"]
        said = [line for line in setting.folder.journal_lines() if line["kind"] == "coach_said"]
        abouts = [line["about"] for line in said if line["intent"] == Intent.FEEDBACK]
        assert len(improvements) == 2
        assert {item["item"] for item in improvements} <= set(abouts)

    def test_a_voice_that_never_works_is_said_once(
        self, setting: Setting, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        use(monkeypatch, ["There are gates."], ToneVoice(fails_on=""))
        setting.run()
        (told,) = setting.told
        assert told.startswith("A line could not be spoken and is only shown: tone cannot say this")
        assert [entry["role"] for entry in setting.document["engines"]["fell_back"]] == ["voice"]

    def test_a_gpu_that_is_not_used_is_said(self, setting: Setting, monkeypatch: pytest.MonkeyPatch) -> None:
        stt = use(monkeypatch, ["There are gates."], ToneVoice())
        stt.fallback = "no CUDA device was found"
        setting.run()
        (told,) = setting.told
        assert told == "the GPU cannot be used, scripted takes its place: no CUDA device was found"
        (entry,) = setting.document["engines"]["fell_back"]
        assert (entry["name"], entry["to"]) == ("the GPU", "scripted")


class TestStart:
    @pytest.mark.parametrize("part", ["make_ears", "book_for", "make_stt", "make_voice", "open_scene"])
    def test_one_that_fails_leaves_no_folder(
        self, setting: Setting, monkeypatch: pytest.MonkeyPatch, part: str
    ) -> None:
        use(monkeypatch, [], ToneVoice())

        def fails(*_: object, **__: object) -> object:
            raise EngineError("it is missing")

        monkeypatch.setattr(practice if part == "book_for" else session_engines, part, fails)
        with pytest.raises(EngineError, match="it is missing"):
            setting.run()
        assert not setting.sessions.exists()

    @pytest.mark.parametrize("name", ["judge/detectors.npz", "judge/verdicts.toml", "speech.toml"])
    def test_a_broken_file_of_the_judge_is_told_before_the_session(
        self, setting: Setting, monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        use(monkeypatch, [], ToneVoice())
        content = Content(folder=setting.root / "prompts")
        shutil.copytree(CONTENT.folder, content.folder)
        (content.folder / name).write_text("[broken", encoding="utf-8")
        with pytest.raises(PromptError, match=re.escape(name)):
            setting.run(content=content)
        assert not setting.sessions.exists()

    def test_a_room_that_cannot_be_rendered_lets_the_loudspeaker_go(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        class Loudspeaker(FramePlayer):
            closed = 0

            def close(self) -> None:
                self.closed += 1

        player = Loudspeaker()
        monkeypatch.setattr(scene, "_player", lambda _scene, _config: player)
        room = tmp_path / "room.toml"
        room.write_text('[[say]]\ntext = "hello"\n', encoding="utf-8")
        chosen = scene.choose_scene(PracticeOptions(input=str(room)), small_config(), room)
        voice = ToneVoice(fails_on="hello")
        with pytest.raises(TextToSpeechError):
            scene.open_scene(chosen, small_config(), lambda _: voice)
        assert player.closed == 1


class TestSound:
    @pytest.mark.parametrize("texts", [["There are gates."], [KeyboardInterrupt(), "There are gates."]])
    def test_it_is_dropped_once_judged_however_the_session_ended(
        self, setting: Setting, monkeypatch: pytest.MonkeyPatch, texts: list[str | BaseException]
    ) -> None:
        setting.keep_no_audio()
        use(monkeypatch, texts, ToneVoice())
        if len(texts) == 1:
            setting.run()
        else:
            with pytest.raises(KeyboardInterrupt):
                setting.run()
        assert "gates" in str(setting.document["transcript"])
        assert not setting.folder.audio_path.exists()
        assert setting.folder.is_finished

    def test_it_goes_to_the_configured_file(self, setting: Setting, monkeypatch: pytest.MonkeyPatch) -> None:
        use(monkeypatch, ["There are gates."], ToneVoice())
        setting.speak_to(str(setting.root / "both.wav"))
        setting.run()
        assert (setting.root / "both.wav").stat().st_size > 16_000 * 4 * 20

    def test_the_folder_of_the_configured_file_is_checked_before(self, setting: Setting) -> None:
        setting.speak_to("/nowhere/both.wav")
        with pytest.raises(
            InputError, match=r"audio\.output = '/nowhere/both\.wav': no such folder: /nowhere"
        ):
            setting.run()


def test_a_voice_is_closed_after_the_last_job_was_begun(
    setting: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line rendered ahead would fail on it and be taken for a fault."""
    order: list[str] = []

    class Noting(ToneVoice):
        def render(self, text: str, speed: float = 1.0) -> Clip:
            order.append("render")
            return super().render(text, speed)

        def close(self) -> None:
            order.append("close")

    class Workers(InlineWorkers):
        def stop(self) -> None:
            order.append("stop")

    monkeypatch.setattr(session_engines, "InlineWorkers", Workers)
    use(monkeypatch, ["There are gates."], Noting())
    setting.run()
    assert order[-2:] == ["stop", "close"]


def test_a_microphone_cannot_be_sped_up(monkeypatch: pytest.MonkeyPatch, setting: Setting) -> None:
    monkeypatch.setattr(scene, "has_device", lambda _: True)
    monkeypatch.setattr(scene, "find_device", lambda _role, _name: None)
    with pytest.raises(ConfigError, match=r"--speed max: a microphone cannot be sped up; .*--input"):
        plan(setting.config, CONTENT, PracticeOptions(speed=Speed.MAX))
    assert plan(setting.config, CONTENT, PracticeOptions()).scene.is_live


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"output": "desk"}, "--output desk: no loudspeaker found: .*--output none"),
        ({"input": "desk"}, "--input desk: no microphone found: .*--input FILE"),
        ({"input": "desk", "output": "shelf"}, "--input desk: no microphone found"),
        ({"input": "room.toml", "output": "desk"}, "--output desk: no loudspeaker found"),
        ({"input": "talk.wav", "output": "desk"}, "--output desk: no loudspeaker found"),
    ],
)
def test_a_named_device_that_is_absent_is_told_with_its_option(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    setting: Setting,
    given: dict[str, str],
    told: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("room.toml").write_text('[[say]]\ntext = "Hello."\n', encoding="utf-8")
    write_wav(Path("talk.wav"), np.zeros(16000, np.int16))
    monkeypatch.setattr(scene, "find_device", lambda role, name: choose(role, (), name))
    with pytest.raises(AudioDeviceError, match=f"^{told}"):
        plan(setting.config, CONTENT, PracticeOptions(**given))  # type: ignore[arg-type]


@pytest.mark.parametrize(("days", "is_kept"), [(0, True), (1, False)])
def test_what_is_older_than_is_kept_goes_when_a_session_begins(
    setting: Setting, monkeypatch: pytest.MonkeyPatch, days: int, *, is_kept: bool
) -> None:
    use(monkeypatch, ["There are gates."], ToneVoice())
    setting.config = replace(setting.config, history=HistorySettings(keeps_sessions_days=days))
    old = make_session(setting.sessions, Made(started=datetime(2000, 1, 1, tzinfo=UTC)))
    setting.run()
    assert old.exists() is is_kept
    told = [] if is_kept else ["As [history] in the settings says: deleted 20000101T000000Z-url-shortener."]
    assert [line for line in setting.told if "[history]" in line] == told


class TestTheSpeakersPauses:
    def test_a_recording_neither_reads_nor_leaves_any(
        self, setting: Setting, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        use(monkeypatch, ["There are gates."], ToneVoice())
        earlier = setting.sessions / "20000101T000000Z-url-shortener" / "journal.jsonl"
        earlier.parent.mkdir(parents=True)
        earlier.write_text('{"t": 9.0, "kind": "session_ended", "pauses": [3.0], "short_pauses": []}\n')
        folder = SessionFolder(path=setting.run().folder)
        lines = {line["kind"]: line for line in folder.journal_lines()}
        assert not {"pauses", "short_pauses", "keeps_pace"} & {
            *lines["session_started"],
            *lines["session_ended"],
        }

    def test_who_speaks_into_a_microphone_is_known_from_earlier(self, setting: Setting) -> None:
        options = PracticeOptions(input=str(setting.recording), speed=Speed.MAX)
        planned = plan(setting.config, CONTENT, options)
        live = replace(planned, scene=replace(planned.scene, input=InputKind.DEVICE))
        pace = SpeakerPace(monologue=(3.0,), short=(0.7,))
        started = practice._started(live, ears(), pace)
        assert (started.pauses, started.short_pauses, started.keeps_pace) == ((3.0,), (0.7,), True)


def test_without_the_models_that_a_session_can_do_without_it_says_so(
    setting: Setting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    needs, told = engine_needs(setting.config, CONTENT), list[EngineFellBack]()
    stt = make_stt(needs)
    hint = optional("hint", "smart-turn", lambda: make_hint(needs), told.append)
    drafter = optional("drafts", "whisper-base", lambda: make_drafter(needs, stt), told.append)
    assert hint is not None
    assert drafter is not None
    assert hint.name == "smart-turn"
    assert drafter.name == "faster-whisper base int8"
    assert told == []
    monkeypatch.setenv("VOICE_COACH_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    needs = engine_needs(setting.config, CONTENT)
    assert optional("hint", "smart-turn", lambda: make_hint(needs), told.append) is None
    assert optional("drafts", "whisper-base", lambda: make_drafter(needs, stt), told.append) is None
    assert [(event.role, event.name, event.to) for event in told] == [
        ("hint", "smart-turn", None),
        ("drafts", "whisper-base", None),
    ]
