from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_coach.adapters.json_lines import json_line_of
from voice_coach.adapters.transcript_file import read_transcript
from voice_coach.core.errors import InputError
from voice_coach.core.transcript import Speaker, Transcript

CANDIDATE, COACH = Speaker.CANDIDATE, Speaker.COACH


def read(folder: Path, name: str, content: str | bytes) -> Transcript:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_transcript(path)[0]


def said(transcript: Transcript) -> list[tuple[str, str]]:
    return [(turn.speaker.value, turn.text) for turn in transcript.turns]


def complaint(folder: Path, name: str, content: str | bytes) -> str:
    with pytest.raises(InputError) as caught:
        read(folder, name, content)
    message = str(caught.value)
    assert "\n" not in message
    assert str(folder / name) in message
    return message.removeprefix(str(folder / name))


def as_json(*turns: dict[str, Any], question: str | None = None) -> str:
    return json.dumps({"question": question, "turns": turns}, indent=1)


def test_json_with_turn_times(tmp_path: Path) -> None:
    transcript = read(
        tmp_path,
        "a.json",
        as_json(
            {"speaker": "interviewer", "text": "Go on.", "start": 0, "end": 1},
            {"speaker": "candidate", "text": "Um, we cache it.", "start": 2.0, "end": 6.0},
        ),
    )
    assert said(transcript) == [("coach", "Go on."), ("candidate", "Um, we cache it.")]
    words = transcript.turns[1].words
    assert (words[0].start_s, words[-1].end_s) == (2.0, 6.0)
    assert [word.filler for word in words] == [True, False, False, False]
    assert (transcript.times_estimated, transcript.pauses_known) == (False, True)


def test_json_with_word_times(tmp_path: Path) -> None:
    words = [
        {"text": " we", "start": 1.0, "end": 1.2, "p": 0.9},
        {"text": "", "start": 1.2, "end": 1.2},
        {"text": "cache", "start": 1.5, "end": 2.0, "filler": False},
    ]
    turn = read(tmp_path, "a.json", as_json({"speaker": "candidate", "text": "other", "words": words})).turns[
        0
    ]
    assert [(w.text, w.start_s, w.end_s, w.p) for w in turn.words] == [
        ("we", 1.0, 1.2, 0.9),
        ("cache", 1.5, 2.0, None),
    ]


def test_without_times_words_are_laid_out_at_150_a_minute(tmp_path: Path) -> None:
    transcript = read(
        tmp_path,
        "a.json",
        as_json(
            {"speaker": "candidate", "text": "word " * 150},
            {"speaker": "coach", "text": "Right.", "words": []},
        ),
    )
    assert transcript.times_estimated
    assert transcript.turns[0].end_s == pytest.approx(60.0)
    assert transcript.turns[1].start_s == pytest.approx(60.0)


def test_one_turn_without_times_makes_all_estimated(tmp_path: Path) -> None:
    turns: list[dict[str, Any]] = [
        {"speaker": "candidate", "text": "one two", "start": 5, "end": 6},
        {"speaker": "coach", "text": "three"},
        {"speaker": "candidate", "text": "four", "start": 9},
    ]
    transcript = read(tmp_path, "a.json", as_json(*turns))
    assert transcript.times_estimated
    assert [turn.start_s for turn in transcript.turns] == [5.0, 6.0, 9.0]


def test_long_stretches_hide_their_pauses(tmp_path: Path) -> None:
    turn = {"speaker": "candidate", "text": "word " * 50, "start": 0, "end": 30}
    assert not read(tmp_path, "a.json", as_json(turn)).pauses_known


def test_the_question(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(as_json({"speaker": "candidate", "text": "Okay."}, question="Design a cache"))
    assert read_transcript(path)[1] == "Design a cache"
    path.write_text(as_json({"speaker": "candidate", "text": "Okay."}))
    assert read_transcript(path)[1] is None


def test_half_a_character_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(as_json({"speaker": "candidate", "text": "Okay \ud83d then."}, question="A \ud83d"))
    transcript, question = read_transcript(path)
    assert transcript.turns[0].text == "Okay ? then."
    assert question == "A ?"


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        ('{"turns": [\n}', ":2: not valid JSON"),
        ("[]", ":1: the file: must be an object"),
        ("{}", 'has no "turns"'),
        ('{"schema": 1, "transcript": {"turns": []}}', "is an analysis, not a transcript"),
        ('{"turns": {}}', ":1: turns: must be a list"),
        ('{"turns": []}', "holds no words"),
        ('{"turns": [\n {"text": "a"}]}', ':2: turns[0]: has no "speaker"'),
        ('{"turns": [\n {"speaker":\n "dog", "text": "a"}]}', ":3: turns[0].speaker: is 'dog'"),
        ('{"turns": [{"speaker": "coach"}]}', 'neither "text" nor "words"'),
        ('{"turns": [{"speaker": "coach", "text": 5}]}', "turns[0].text: must be a string"),
        ('{"turns": [{"speaker": "coach", "text": "..."}]}', "holds no words"),
        ('{"turns": [{"speaker": "candidate", "text": "a", "start": 5, "end": 1}]}', "ends at 1 before"),
        (
            '{"turns": [{"speaker": "candidate", "text": "a", "start": true}]}',
            "turns[0].start: must be a number",
        ),
        (
            '{"turns": [{"speaker": "candidate", "text": "a", "start": NaN}]}',
            "turns[0].start: must be a number",
        ),
        ('{"turns": [{"speaker": "candidate", "text": "a", "start": -1}]}', "must lie between 0 and"),
        (
            '{"turns": [{"speaker": "candidate", "words": [\n{"start": 1}]}]}',
            ':2: turns[0].words[0]: has no "text"',
        ),
        (
            '{"turns": [{"speaker": "candidate", "words": [{"text": "a", "start": 2, "end": 1}]}]}',
            "turns[0].words[0]: its times 2 to 1",
        ),
        (
            '{"turns":[{"speaker":"coach","text":"a","start":5},\n{"speaker":"coach","text":"b","start":1}]}',
            ":2: turns[1]: starts at 1, before",
        ),
        ("[" * 100_000, "nested too deeply"),
        ('{"turns": ' + "9" * 5_000 + "}", "not a transcript: Exceeds the limit"),
        (b"\xff\xfe{", "is not UTF-8"),
        ("", "not valid JSON"),
    ],
)
def test_bad_json(tmp_path: Path, content: str | bytes, wanted: str) -> None:
    assert wanted in complaint(tmp_path, "a.json", content)


SRT = """1
00:00:01,000 --> 00:00:02,000
Interviewer: Design a cache.

2
00:00:03,000 --> 00:00:05,500
- <i>Um, okay.</i>
Who uses it?

3
00:00:07,000 --> 00:00:08,000
It holds keys.
"""


def test_srt(tmp_path: Path) -> None:
    transcript = read(tmp_path, "a.SRT", SRT)
    assert said(transcript) == [
        ("coach", "Design a cache."),
        ("candidate", "- Um, okay. Who uses it? It holds keys."),
    ]
    assert transcript.turns[1].start_s == 3.0
    assert transcript.turns[1].end_s == 8.0
    assert not transcript.times_estimated


def test_vtt(tmp_path: Path) -> None:
    text = (
        "\ufeffWEBVTT - a talk\n\nNOTE made by hand\n\nintro\n"
        "00:01.000 --> 00:02.000 align:start\n<v Coach>Go on.</v>\n\n"
        "01:00:01.000 --> 01:00:02.500\n<v.loud Ann>We &amp; you\n"
    )
    transcript = read(tmp_path, "a.vtt", text)
    assert said(transcript) == [("coach", "Go on."), ("candidate", "We & you")]
    assert transcript.turns[1].start_s == 3601.0


def test_two_speakers_in_one_cue_share_its_time(tmp_path: Path) -> None:
    text = "1\n00:00:00,000 --> 00:00:10,000\nCoach: Why so?\nCandidate: Because.\n"
    transcript = read(tmp_path, "a.srt", text)
    assert said(transcript) == [("coach", "Why so?"), ("candidate", "Because.")]
    assert 0 < transcript.turns[1].start_s < 10


def test_unlabelled_cues_go_on_where_both_speakers_are_labelled(tmp_path: Path) -> None:
    cues = ["Coach: Design", "a cache.", "Candidate: Okay.", "So."]
    text = "\n".join(f"{n}\n00:00:0{n},000 --> 00:00:0{n},900\n{cue}\n" for n, cue in enumerate(cues))
    assert said(read(tmp_path, "a.srt", text)) == [("coach", "Design a cache."), ("candidate", "Okay. So.")]


@pytest.mark.parametrize(
    ("name", "content", "wanted"),
    [
        ("a.srt", "1\n00:00:xx --> 00:00:02,000\nHello\n", ":2: expected a time"),
        ("a.srt", "Hello there\n", ":1: expected a time"),
        ("a.srt", "1\n00:00:05,000 --> 00:00:02,000\nHello\n", ":2: the cue ends before"),
        ("a.srt", SRT + "\n4\n00:00:01,000 --> 00:00:02,000\nEarlier\n", ":15: the cue starts before"),
        ("a.srt", "", "holds no words"),
        ("a.srt", "1\n00:00:01,000 --> 00:00:02,000\n", "holds no words"),
        ("a.vtt", "00:01.000 --> 00:02.000\nHello\n", ":1: not WebVTT"),
        ("a.vtt", "WEBVTT\n", "holds no words"),
        ("a.txt", " \n", "holds no words"),
        ("a.txt", b"caf\xe9", "byte 3 is not UTF-8"),
        ("a.doc", "Hello", "not a transcript"),
    ],
)
def test_other_bad_files(tmp_path: Path, name: str, content: str | bytes, wanted: str) -> None:
    assert wanted in complaint(tmp_path, name, content)


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_transcript(tmp_path / "a.txt")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "a.txt").mkdir()
    with pytest.raises(InputError, match="is a folder"):
        read_transcript(tmp_path / "a.txt")


def test_text_of_one_candidate(tmp_path: Path) -> None:
    transcript = read(tmp_path, "a.txt", "Requirements: users write.\n\nAnd read.\n")
    assert said(transcript) == [("candidate", "Requirements: users write. And read.")]
    assert transcript.times_estimated


def test_text_with_speakers(tmp_path: Path) -> None:
    text = "Interviewer: Design a cache.\nPlease start.\nCandidate: Okay.\nNote: small.\nINTERVIEWER: Why?\n"
    assert said(read(tmp_path, "a.txt", text)) == [
        ("coach", "Design a cache. Please start."),
        ("candidate", "Okay. Note: small."),
        ("coach", "Why?"),
    ]


def test_a_candidate_by_name(tmp_path: Path) -> None:
    text = "Coach: Go on.\nMaria: Okay.\nCoach: And?\nMaria: That's it.\n"
    assert said(read(tmp_path, "a.txt", text)) == [
        ("coach", "Go on."),
        ("candidate", "Okay."),
        ("coach", "And?"),
        ("candidate", "That's it."),
    ]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)


@given(json_values, st.data())
def test_the_line_of_any_value(value: object, data: st.DataObject) -> None:
    """With one value a line, the line of a value is that on which the value's text begins."""
    location: list[str | int] = []
    inner = value
    while isinstance(inner, list | dict) and inner and data.draw(st.booleans()):
        keys = list(range(len(inner))) if isinstance(inner, list) else sorted(inner)
        key: Any = data.draw(st.sampled_from(keys))
        location.append(key)
        inner = inner[key]
    text = json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False)
    line = json_line_of(text, location)
    assert line is not None
    shown = json.dumps(inner, indent=1, sort_keys=True, ensure_ascii=False)[:1]
    assert shown in text.split("\n")[line - 1]


@given(
    st.lists(st.fixed_dictionaries({"speaker": st.sampled_from(["candidate", "coach"]), "text": st.text()}))
)
def test_any_text_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, turns: list[dict[str, Any]]
) -> None:
    path = tmp_path_factory.mktemp("any") / "a.json"
    path.write_text(as_json(*turns))
    try:
        transcript, _ = read_transcript(path)
    except InputError:
        return
    moments = [
        moment for turn in transcript.turns for word in turn.words for moment in (word.start_s, word.end_s)
    ]
    assert moments == sorted(moments)


def test_a_file_that_is_no_text_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "answer.txt"
    path.write_bytes(b"We use a cache.\nAnd a \0 queue.")
    with pytest.raises(InputError, match=r"answer\.txt:2: holds a NUL byte"):
        read_transcript(path)
