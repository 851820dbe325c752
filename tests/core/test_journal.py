from __future__ import annotations

import json
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_coach.core import events, journal
from voice_coach.core.commands import Note
from voice_coach.core.events import CommandName, Event
from voice_coach.core.transcript import Word

TIMES = st.floats(min_value=0.0, max_value=1e5, allow_nan=False)
TEXT = st.text(st.characters(codec="utf-8"))
"""Any text at all: quotes, line ends, separators that only some programs take for line ends, private use."""

WORDS = st.builds(
    Word,
    text=TEXT,
    start_s=TIMES,
    end_s=TIMES,
    p=st.none() | st.floats(0.0, 1.0),
    filler=st.booleans(),
    heard=st.none() | TEXT,
)
EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.builds(
        events.SessionStarted,
        at_s=TIMES,
        question=TEXT,
        target_s=TIMES,
        pressure=TEXT,
        seed=st.integers(),
        is_full_duplex=st.booleans(),
        reads_feedback=st.booleans(),
        digest=TEXT,
        may_echo=st.booleans(),
    ),
    st.builds(events.SpeechStarted, at_s=TIMES, onset_s=TIMES),
    st.builds(events.SpeechEnded, at_s=TIMES, offset_s=TIMES),
    st.builds(events.PieceCut, at_s=TIMES, piece=st.integers(0), start_s=TIMES, end_s=TIMES, voiced_s=TIMES),
    st.builds(
        events.Transcribed,
        at_s=TIMES,
        piece=st.integers(0),
        words=st.lists(WORDS, max_size=4).map(tuple),
        has_failed=st.booleans(),
    ),
    st.builds(events.PlaybackStarted, at_s=TIMES, utterance=st.integers(0), duration_s=TIMES),
    st.builds(
        events.PlaybackEnded, at_s=TIMES, utterance=st.integers(0), played_s=TIMES, was_stopped=st.booleans()
    ),
    st.builds(events.CommandGiven, at_s=TIMES, name=st.sampled_from(CommandName)),
    st.builds(
        events.Assessed,
        at_s=TIMES,
        feedback=st.lists(TEXT, max_size=3).map(tuple),
        about=st.lists(st.none() | TEXT, max_size=3).map(tuple),
    ),
    st.builds(
        events.EngineFellBack,
        at_s=TIMES,
        role=TEXT,
        name=TEXT | st.sampled_from(CommandName).map(str),
        to=st.none() | TEXT,
        reason=TEXT,
    ),
    st.builds(events.InputEnded, at_s=TIMES, reason=TEXT),
    st.builds(
        events.RoomSaid,
        at_s=TIMES,
        index=st.integers(0),
        start_s=TIMES,
        end_s=TIMES,
        is_recorded=st.booleans(),
    ),
    st.builds(events.LanguageHeard, at_s=TIMES, other=st.none() | st.text()),
    st.builds(events.FramesLost, at_s=TIMES, frames=st.integers(1)),
)
STARTED = events.SpeechStarted(at_s=1.5, onset_s=1.25)


def test_every_event_but_a_tick_has_a_kind() -> None:
    kinds = set(journal.KINDS.values())
    assert kinds == set(Event.__args__) - {events.Tick}  # a union knows its members


@given(EVENTS)
def test_an_event_comes_back_from_its_line_as_it_was(event: Event) -> None:
    line = journal.to_line(journal.encode(event))
    assert line.endswith("\n")
    assert line.count("\n") == 1
    assert "\r" not in line
    (content,) = journal.parse([line])
    again = journal.decode(content)
    assert again == event
    assert type(again) is type(event)


@given(st.lists(EVENTS, max_size=5), st.integers(1, 40))
def test_a_torn_last_line_costs_only_itself(recorded: list[Event], missing: int) -> None:
    lines = [journal.to_line(journal.encode(event)) for event in recorded]
    last = journal.to_line(journal.encode(STARTED))
    torn = [*lines, last[: -min(missing + 1, len(last))]]
    assert [journal.decode(content) for content in journal.parse(torn)] == recorded


def test_what_is_as_usual_is_left_out_and_may_be_missing() -> None:
    usual = events.RoomSaid(at_s=2.0, index=0, start_s=1.0, end_s=2.0)
    unheard = replace(usual, is_recorded=False)
    assert "is_recorded" not in journal.encode(usual)
    assert journal.encode(unheard)["is_recorded"] is False
    for event in (usual, unheard):
        assert journal.decode(journal.encode(event)) == event


def test_an_old_analysis_does_not_tell_what_its_feedback_is_about() -> None:
    line = {"t": 2.0, "kind": "assessed", "feedback": ["One.", "Two."]}
    assert journal.decode(line) == events.Assessed(at_s=2.0, feedback=("One.", "Two."))


def test_a_line_is_spelled_as_the_contract_says() -> None:
    words = (Word(text="etcd,", start_s=1.0, end_s=1.5, p=0.5, heard="ECT"),)
    assert journal.encode(events.Transcribed(at_s=2.0, piece=3, words=words)) == {
        "t": 2.0,
        "kind": "transcript",
        "piece": 3,
        "words": [{"text": "etcd,", "start": 1.0, "end": 1.5, "p": 0.5, "filler": False, "heard": "ECT"}],
    }
    said = events.RoomSaid(at_s=2.0, index=0, start_s=1.0, end_s=2.0)
    assert journal.encode(said) == {"t": 2.0, "kind": "room_said", "index": 0, "start": 1.0, "end": 2.0}


def test_notes_and_unknown_kinds_are_no_events() -> None:
    note = Note(kind="turn_ended", content={"t": 1.0})
    for content in ({"kind": note.kind, **note.content}, {"t": 1.0, "kind": "of the future"}, {"t": 1.0}):
        assert journal.decode(content) is None


def test_unknown_fields_are_ignored() -> None:
    assert journal.decode({**journal.encode(STARTED), "mood": "calm"}) == STARTED


@pytest.mark.parametrize("name", [item.name for item in fields(events.PieceCut) if item.name != "at_s"])
def test_a_missing_field_is_named(name: str) -> None:
    line: dict[str, Any] = journal.encode(
        events.PieceCut(at_s=1.0, piece=0, start_s=0.0, end_s=1.0, voiced_s=1.0)
    )
    key = {"start_s": "start", "end_s": "end"}.get(name, name)
    del line[key]
    with pytest.raises(ValueError, match=f"a piece_cut without {key}$"):
        journal.decode(line)


@pytest.mark.parametrize(
    ("event", "changed", "wanted"),
    [
        (STARTED, '"t": "soon"', "t: 'soon' is not a number up to 1e"),
        (STARTED, '"onset_s": true', "onset_s: True is not a number"),
        (STARTED, '"onset_s": NaN', "onset_s: nan is not a number"),
        (STARTED, '"onset_s": 1e300', "onset_s: 1e\\+300 is not a number"),
        (STARTED, f'"onset_s": 1{"0" * 400}', "onset_s: 1000.* is not a number"),
        (events.FramesLost(at_s=1.0, frames=1), '"frames": 1.5', "frames: 1.5 is not a whole number"),
        (events.FramesLost(at_s=1.0, frames=1), '"frames": false', "frames: False is not a whole number"),
        (events.InputEnded(at_s=1.0, reason=""), '"reason": null', "reason: None is not a text"),
        (events.CommandGiven(at_s=1.0, name=CommandName.DONE), '"name": []', "name: .* is not what belongs"),
        (events.Transcribed(at_s=1.0, piece=0, words=()), '"words": 7', "words: 7 is not what belongs there"),
        (events.Transcribed(at_s=1.0, piece=0, words=()), '"words": [7]', "words: 7 is not what belongs"),
        (events.Transcribed(at_s=1.0, piece=0, words=()), '"words": [{}]', "a word without text"),
        (
            events.Transcribed(at_s=1.0, piece=0, words=()),
            '"words": [{"text": "a", "start": "0", "end": 1}]',
            "start: '0' is not a number",
        ),
        (events.Assessed(at_s=1.0, feedback=("One.",)), '"about": [1]', "about: 1 is not a text"),
    ],
)
def test_a_value_of_another_type_is_named(event: Event, changed: str, wanted: str) -> None:
    line = journal.to_line(journal.encode(event)).rstrip("}\n") + f", {changed}}}\n"
    (content,) = journal.parse([line])
    with pytest.raises(ValueError, match=f"^{wanted}"):
        journal.decode(content)


@pytest.mark.parametrize(
    "bad", ["", "\n", "[1]\n", "7\n", '{"kind": "speech_started"}\n', "\x00\x00\n", '{"t": 1, "kind": []}\n']
)
def test_what_is_no_line_ends_the_journal(bad: str) -> None:
    good = journal.to_line(journal.encode(STARTED))
    assert len(list(journal.parse([good, bad, good]))) == 1


@given(WORDS)
def test_a_word_survives_json(word: Word) -> None:
    assert journal.word_from_dict(json.loads(json.dumps(journal.word_to_dict(word)))) == word


def test_a_word_needs_only_text_and_times() -> None:
    assert journal.word_from_dict({"text": "a", "start": 0, "end": 1}) == Word(text="a", start_s=0, end_s=1)
