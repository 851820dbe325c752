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
from voice_coach.core.evening_said import Answer, between_steps
from voice_coach.core.events import DeviceBack, DeviceLost
from voice_coach.core.spoken_commands import CommandReader
from voice_coach.core.transcript import Word, laid_out
from voice_coach.evening_talk import Lobby, Talk
from voice_coach.shell import DeviceNews, Ears, Mouth
from voice_coach.workers import InlineWorkers

CONTENT = load_content()
SETTINGS = EveningSettings(wait_s=5.0, longest_wait_s=30.0)
READER = CommandReader(between_steps(CONTENT.evening.words, CONTENT.commands), gap_s=0.5, doubt=0.5)
NEXT, REMIND = (
    "Next, the framework. Seven steps in their order. Three minutes. Go, or skip?",
    "Say go, skip or later.",
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
        return self.talk.ask(NEXT, REMIND)


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
        ("I would put a cache there.", None),
        ("So the worker goes on.", None),
        ("Dinner is ready in the kitchen.", None),
    ],
)
def test_what_counts_as_an_answer(text: str, answer: Answer | None) -> None:
    given = READER.command(words(text))
    assert (None if given is None else Answer(given.name)) == answer


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


def test_one_that_does_not_come_back_ends_it() -> None:
    hall = Hall()
    hall.at(20, lambda: hall.news.append(LOST))
    with pytest.raises(AudioDeviceError, match="unplugged"):
        hall.talk.say(NEXT)
    ended = Hall()
    ended.source.ends_at = 30
    with pytest.raises(AudioDeviceError, match="ended"):
        ended.ask()
