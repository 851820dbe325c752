"""Laws of the exported transcript: what is exported is read back as it was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from voice_coach.adapters.transcript_file import read_transcript
from voice_coach.core.transcript import Speaker
from voice_coach.core.transcript_text import (
    CUE_LEAST_S,
    CUE_LETTERS,
    CUE_S,
    as_markdown,
    as_srt,
    as_vtt,
    cues,
)

TEXTS = st.text(st.sampled_from("abcdeé'<>{}&*_-"), min_size=1, max_size=12).filter(
    lambda text: any(letter.isalpha() for letter in text)
)

UNTAGGED = str.maketrans("<>{}", "()()")


@st.composite
def transcripts(draw: st.DrawFn) -> dict[str, Any]:
    at_s, turns = 0.0, []
    for number in range(draw(st.integers(1, 4))):
        words: list[dict[str, Any]] = []
        for text in draw(st.lists(TEXTS, min_size=1, max_size=40)):
            at_s += draw(st.sampled_from([0.0, 0.1, 1.5]))
            length_s = draw(st.sampled_from([0.0, 0.3]))
            words.append({"text": text, "start": round(at_s, 2), "end": round(at_s + length_s, 2)})
            at_s = words[-1]["end"]
        turns.append(
            {
                "speaker": "coach" if number % 2 else "candidate",
                "start": words[0]["start"],
                "end": words[-1]["end"],
                "text": " ".join(word["text"] for word in words),
                "words": words,
            }
        )
    return {"turns": turns}


@given(transcripts())
def test_no_cue_is_longer_than_can_be_read_and_no_word_is_lost(transcript: dict[str, Any]) -> None:
    shown = list(cues(transcript))
    assert all(len(cue.text) <= CUE_LETTERS or " " not in cue.text for cue in shown)
    assert all(CUE_LEAST_S - 1e-6 <= cue.end_s - cue.start_s <= CUE_S for cue in shown)
    assert " ".join(cue.text for cue in shown) == " ".join(turn["text"] for turn in transcript["turns"])


@pytest.mark.parametrize(("suffix", "write"), [(".srt", as_srt), (".vtt", as_vtt)])
@given(transcript=transcripts())
def test_what_is_exported_is_read_back(
    tmp_path_factory: pytest.TempPathFactory,
    suffix: str,
    write: Callable[[Any], str],
    transcript: dict[str, Any],
) -> None:
    path = tmp_path_factory.mktemp("export") / f"session{suffix}"
    path.write_text(write(transcript), encoding="utf-8")
    read, _ = read_transcript(Path(path))
    for speaker in Speaker:
        wanted = [
            word["text"].translate(UNTAGGED if suffix == ".srt" else {})
            for turn in transcript["turns"]
            if turn["speaker"] == speaker.value
            for word in turn["words"]
        ]
        assert [word.text for word in read.by(speaker)] == wanted


def test_a_tag_that_is_spoken_is_text_in_web_subtitles() -> None:
    words = [{"text": "<b>hello", "start": 3661.5, "end": 3662.0}]
    turn = {"speaker": "candidate", "start": 3661.5, "end": 3662.0, "text": "<b>hello", "words": words}
    assert as_vtt({"turns": [turn]}) == "WEBVTT\n\n01:01:01.500 --> 01:01:02.000\n<v Me>&lt;b&gt;hello\n"


def test_a_tag_that_is_spoken_is_text_in_subtitles() -> None:
    words = [{"text": "<b>hello", "start": 1.5, "end": 1.5}, {"text": "{\\an8}", "start": 1.5, "end": 1.5}]
    turn = {"speaker": "candidate", "start": 1.5, "end": 1.5, "text": "<b>hello {\\an8}", "words": words}
    assert as_srt({"turns": [turn]}) == "1\n00:00:01,500 --> 00:00:01,600\nMe: (b)hello (\\an8)\n"


def shown(text: str, title: str = "A") -> tuple[str, str]:
    """The heading and the paragraph that a reader of Markdown makes of them; fails where anything is markup."""
    turn = {"speaker": "coach", "start": 61.0, "end": 62.0, "text": text, "words": []}
    blocks = (
        MarkdownIt("commonmark")
        .enable(["table", "strikethrough"])
        .parse(as_markdown({"turns": [turn]}, title))
    )
    assert [block.type for block in blocks if block.nesting >= 0] == [
        "heading_open",
        "inline",
        "paragraph_open",
        "inline",
    ]
    heading, paragraph = (block.children or [] for block in blocks if block.type == "inline")
    assert [item.type for item in heading] == ["text"]
    assert [item.type for item in paragraph] == ["text", "strong_open", "text", "strong_close", "text"]
    return heading[0].content, paragraph[-1].content.removeprefix(" (1:01) ")


@given(st.text(st.sampled_from("ab1 .,#*_~`<>[]()!&;\\{}|-+=é–"), min_size=1, max_size=14))
def test_nothing_that_is_said_becomes_markup(text: str) -> None:
    said = " ".join(text.split())
    assume(said)
    assert shown(said, said) == (said, said)


@pytest.mark.parametrize(
    "text",
    [
        "I'd say (roughly) 40,000 reads/s - that's fine; no. 1 takes 3.5 ms!",
        "So snake_case, 2 * 3 and ~100 keys: {id} | [row], R&D + #1, a < b.",
    ],
)
def test_a_plain_sentence_reads_plainly(text: str) -> None:
    turn = {"speaker": "candidate", "start": 61.0, "end": 62.0, "text": text, "words": []}
    assert (
        as_markdown({"turns": [turn]}, "URL shortener, 2026")
        == f"# URL shortener, 2026\n\n**Me** (1:01) {text}\n"
    )
