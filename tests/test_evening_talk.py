"""What is said between the steps of an evening, on the sample clock."""

from __future__ import annotations

import queue
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import pytest

from tests.adapters.voices import ToneVoice
from tests.fakes import HookedSource, LevelDetector, ListeningPlayer, ScriptedStt, line
from voice_coach.adapters.coach_track import CoachTrack
from voice_coach.adapters.room import Room
from voice_coach.adapters.room_script import Line, When
from voice_coach.compose.content import load_content
from voice_coach.core.endpointing import Endpointer, EndpointerSettings
from voice_coach.core.errors import AudioDeviceError, SpeechToTextError
from voice_coach.core.evening import EveningSettings
from voice_coach.core.evening_said import Answer, answer_of, between_steps, in_a_break
from voice_coach.core.events import DeviceBack, DeviceLost
from voice_coach.core.spoken_commands import CommandReader
from voice_coach.core.transcript import Word, laid_out
from voice_coach.evening_talk import Lobby, Talk
from voice_coach.shell import DeviceNews, Ears, Mouth
from voice_coach.workers import InlineWorkers

CONTENT = load_content()
SETTINGS = EveningSettings(wait_s=5.0, longest_wait_s=30.0)
READER, BREAK_READER = (
    CommandReader(commands(CONTENT.evening.words, CONTENT.commands), gap_s=0.5, doubt=0.5)
    for commands in (between_steps, in_a_break)
)
NEXT, REMIND, WAIT = (
    "Next, the framework. Seven steps in their order. Three minutes. Go, or skip?",
    "Say go, skip or later.",
    "Say go when you are back.",
)
LOST = DeviceLost(at_s=0.0, role="loudspeaker", name="Box", reason="Box: unplugged", heard_until_s=0.0)
BACK = DeviceBack(at_s=0.0, role="loudspeaker", name="Box", is_replaced=False)


@dataclass
class Hall:
    """A lobby with everything within reach. Each line that the candidate says is heard as one of *texts*."""

    texts: Sequence[str | BaseException] = ()
    lines: Sequence[Line] | None = None
    hears_over: bool = True
    settings: EveningSettings = SETTINGS
    news: list[DeviceNews] = field(default_factory=list)
    looks: int = 0
    told: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    keys: queue.SimpleQueue[str] = field(default_factory=queue.SimpleQueue)
    voice: ToneVoice = field(default_factory=ToneVoice)

    def __post_init__(self) -> None:
        self.player = ListeningPlayer()
        said = [line(0.8) for _ in self.texts] if self.lines is None else self.lines
        self.source = HookedSource(Room(said, self.player))
        self.stt = ScriptedStt(self.texts)
        lobby = Lobby(
            source=self.source,
            ears=Ears(detector=LevelDetector(), endpointer=Endpointer(EndpointerSettings())),
            mouth=Mouth(voice=self.voice, player=self.player, track=CoachTrack()),
            stt=self.stt,
            workers=InlineWorkers(),
            device_news=self._take_news,
            look_for_devices=self._look,
            keys=self.keys,
            reader=READER,
            break_reader=BREAK_READER,
            tell=self.told.append,
            show=self.shown.append,
            hears_over=self.hears_over,
        )
        self.talk = Talk(lobby, self.settings)

    def _take_news(self) -> list[DeviceNews]:
        news, self.news[:] = [*self.news], []
        return news

    def _look(self) -> None:
        self.looks += 1

    def at(self, frame: int, act: Callable[[], object]) -> None:
        before = self.source.before

        def hook(index: int) -> None:
            before(index)
            if index == frame:
                act()

        self.source.before = hook

    def ask(self) -> Answer | None:
        return self.talk.ask(NEXT, REMIND, WAIT)


def words(text: str, p: float | None = None) -> tuple[Word, ...]:
    return tuple(replace(word, p=p) for word in laid_out(text, 1.0, 2.0))


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Go.", Answer.GO),
        ("Yes, let's go.", Answer.GO),
        ("Okay.", Answer.GO),
        ("I'm ready.", Answer.GO),
        ("Go ahead, please.", Answer.GO),
        ("Let's start.", Answer.GO),
        ("Continue.", Answer.GO),
        ("Skip.", Answer.SKIP),
        ("Skip it.", Answer.SKIP),
        ("No, thanks.", Answer.SKIP),
        ("Let's skip this one.", Answer.SKIP),
        ("Later.", Answer.LATER),
        ("Not now.", Answer.LATER),
        ("Let's stop.", Answer.LATER),
        ("Stop.", Answer.LATER),
        ("That's enough for tonight.", Answer.LATER),
        ("I'm tired.", Answer.LATER),
        ("Coach, stop it.", Answer.LATER),
        ("Say that again.", Answer.AGAIN),
        ("What was that?", Answer.AGAIN),
        ("Pause.", Answer.WAIT),
        ("Can we take a break?", Answer.WAIT),
        ("Give me a moment, please.", Answer.WAIT),
        ("Next.", None),
        ("Okay, next one.", None),
        ("Move on to the next one.", None),
        ("I would put a cache there.", None),
        ("So the worker goes on.", None),
        ("Dinner is ready in the kitchen.", None),
    ],
)
def test_what_counts_as_an_answer(text: str, answer: Answer | None) -> None:
    assert answer_of(READER.command(words(text))) == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Go.", Answer.GO),
        ("Okay, go.", Answer.GO),
        ("I'm back.", Answer.GO),
        ("Let's go on.", Answer.GO),
        ("Coach, let's go.", Answer.GO),
        ("Coach, stop.", Answer.LATER),
        ("No.", None),
        ("Okay.", None),
        ("Right.", None),
        ("Yes.", None),
        ("I'm done.", None),
        ("That's it.", None),
        ("Stop.", None),
        ("Let's stop here.", None),
        ("I'm tired.", None),
        ("Tomorrow.", None),
        ("Goal.", None),
    ],
)
def test_what_counts_in_a_break_where_others_may_be_talked_to(text: str, answer: Answer | None) -> None:
    assert answer_of(BREAK_READER.in_pause(words(text, 0.3))) == answer


def test_what_is_written_for_go_counts_where_it_is_doubted() -> None:
    doubted = READER.command(words("Goal.", 0.3))
    assert doubted is not None
    assert doubted.name == Answer.GO
    assert READER.command(words("Goal.", 0.95)) is None


def test_so_does_what_is_written_for_a_command_of_a_session() -> None:
    given = READER.command(words("Let's get.", 0.4))
    assert given is not None
    assert given.name == Answer.SKIP


def test_no_cue_stands_for_two_answers() -> None:
    """Each wording of `evening.toml` without a choice in it is read as the answer under which it stands."""
    for answer in (Answer.GO, Answer.SKIP, Answer.LATER):
        for cue in getattr(CONTENT.evening.words, answer):
            for text in cue.strip("()").split("|") if cue.count("(") == 1 else ():
                if "(" in text or ")" in text:
                    continue
                given = READER.command(words(text))
                assert given is not None, text
                assert given.name == answer, text


def test_the_answer_is_heard_after_the_announcement() -> None:
    hall = Hall(["Skip it."])
    assert hall.ask() is Answer.SKIP
    assert hall.shown == [NEXT]
    assert 0 < hall.talk.seconds < 10


@pytest.mark.parametrize(
    ("key", "answer"), [("g", Answer.GO), ("\n", Answer.GO), ("s", Answer.SKIP), ("q", Answer.LATER)]
)
def test_a_key_answers_even_over_the_announcement(key: str, answer: Answer) -> None:
    hall = Hall(hears_over=False)
    hall.at(20, lambda: hall.keys.put(key))
    assert hall.ask() is answer
    assert hall.talk.seconds < 1.0
    assert hall.player.stops == 1


def test_with_headphones_the_voice_does_so_too_over_a_loudspeaker_it_waits() -> None:
    over = Line(pcm=line(0.8).pcm, when=When.OVER, wait_s=0.2)
    quick = Hall(["Go."], [over])
    assert quick.ask() is Answer.GO
    assert quick.player.stops == 1
    deaf = Hall(["Go."], [over, line(0.8)], hears_over=False)
    assert deaf.ask() is Answer.GO
    assert deaf.player.stops == 0
    assert len(deaf.stt.heard) == 1


def test_what_is_no_answer_is_met_with_a_reminder() -> None:
    hall = Hall(["I would put a cache there.", "Go."])
    assert hall.ask() is Answer.GO
    assert hall.shown == [NEXT, REMIND]


def test_again_says_it_again() -> None:
    hall = Hall(["Say that again.", "Go."])
    assert hall.ask() is Answer.GO
    assert hall.shown == [NEXT, NEXT]


def test_nobody_answers() -> None:
    hall = Hall()
    assert hall.ask() is None
    assert hall.shown == [NEXT, REMIND]
    assert SETTINGS.longest_wait_s <= hall.talk.seconds < 3 * SETTINGS.longest_wait_s


def test_a_pause_is_waited_for_without_a_reminder_and_talk_to_others_is_none_of_it() -> None:
    then = Line(pcm=line(0.8).pcm, when=When.THEN, wait_s=6.0)
    texts = ["Can we take a break?", "No.", "I'm done.", "I'm back."]
    hall = Hall(texts, [line(0.8), line(0.8), then, then])
    assert hall.ask() is Answer.GO
    assert hall.shown == [NEXT, WAIT]


def test_a_pause_may_be_as_long_as_any_wait() -> None:
    hall = Hall(["Pause."], [Line(pcm=line(0.8).pcm, when=When.ASKED, wait_s=20.0)])
    assert hall.ask() is None
    assert hall.shown[-1] == WAIT
    assert hall.talk.seconds > SETTINGS.longest_wait_s + 20.0


def test_music_does_not_hold_it_up_for_ever() -> None:
    endless = Line(pcm=line(400.0).pcm, when=When.ASKED, wait_s=0.2)
    hall = Hall(["la"] * 60, [endless])
    assert hall.ask() is None
    assert hall.shown[:2] == [NEXT, REMIND]
    assert hall.talk.seconds < 3 * SETTINGS.longest_wait_s
    rest = Hall(["la"] * 60, [endless])
    rest.talk.say(NEXT)
    before = rest.talk.seconds
    assert rest.talk.rest(20.0) is None
    assert rest.talk.seconds - before < 20.0 + 3 * SETTINGS.wait_s + 1.0


def test_a_line_that_cannot_be_rendered_is_shown_and_the_talk_goes_on() -> None:
    hall = Hall(voice=ToneVoice(fails_on="framework"))
    hall.at(50, lambda: hall.keys.put("g"))
    assert hall.ask() is Answer.GO
    assert hall.shown == [NEXT]


def test_what_the_ears_fail_of_ends_it() -> None:
    with pytest.raises(SpeechToTextError, match="no model"):
        Hall([SpeechToTextError("no model; fetch it")]).ask()


@pytest.mark.parametrize(
    ("texts", "hours"),
    [
        (["Two hours."], 2.0),
        (["An hour and a half, I think."], 1.5),
        (["Well, I do not know.", "Ninety minutes."], 1.5),
        (["What?", "Let me see."], None),
        (["Until eleven.", "Two hours."], 2.0),
        (["Eleven.", "One hour thirty."], 1.5),
        (["Ten hours.", "Five minutes."], None),
        ([], None),
    ],
)
def test_the_hours_are_asked_by_voice(texts: list[str], hours: float | None) -> None:
    hall = Hall(texts)
    assert hall.talk.ask_hours("How long?", "How many hours?") == hours


def test_the_hours_can_be_typed() -> None:
    hall = Hall()
    for key in "3\x7f1,5\n":
        hall.keys.put(key)
    assert hall.talk.ask_hours("How long?", "How many hours?") == 1.5
    for key in "x\n":
        hall.keys.put(key)
    assert hall.talk.ask_hours("How long?", "How many hours?") is None


def test_a_break_lasts_as_long_as_it_is_meant_to() -> None:
    hall = Hall()
    assert hall.talk.rest(12.0) is None
    assert hall.talk.seconds == pytest.approx(12.0)


@pytest.mark.parametrize(("key", "answer"), [("g", Answer.GO), ("q", Answer.LATER)])
def test_a_break_ends_when_that_is_wanted(key: str, answer: Answer) -> None:
    hall = Hall()
    hall.at(100, lambda: hall.keys.put("a"))
    hall.at(150, lambda: hall.keys.put(key))
    assert hall.talk.rest(60.0) is answer
    assert hall.talk.seconds == pytest.approx(3.0, abs=0.1)


def test_a_lost_device_is_looked_for_and_the_line_said_again() -> None:
    hall = Hall()
    hall.at(20, lambda: hall.news.append(LOST))
    hall.at(60, lambda: hall.news.append(BACK))
    hall.talk.say(NEXT)
    assert hall.looks == 1
    assert hall.player.started == [1, 2]


def test_one_that_is_lost_while_an_answer_is_waited_for_is_told() -> None:
    hall = Hall()
    hall.at(200, lambda: hall.news.append(LOST))
    hall.at(260, lambda: hall.news.append(BACK))
    hall.at(300, lambda: hall.keys.put("g"))
    assert hall.ask() is Answer.GO
    assert hall.told == ["Box: unplugged", "Box is back."]


def test_one_that_does_not_come_back_ends_it() -> None:
    hall = Hall()
    hall.at(20, lambda: hall.news.append(LOST))
    with pytest.raises(AudioDeviceError, match="unplugged"):
        hall.talk.say(NEXT)
    ended = Hall()
    ended.source.ends_at = 30
    with pytest.raises(AudioDeviceError, match="ended"):
        ended.ask()
