"""A session's transcript as subtitles (SubRip, WebVTT) and as Markdown."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

CUE_LETTERS = 84
"""Two lines of 42, as broadcasters set them (BBC subtitle guidelines: 37 to 42 a line, two lines)."""
CUE_S = 7.0
"""No cue lasts longer (the same)."""
CUE_GAP_S = 1.0
"""A silence of this length ends a cue."""
CUE_LEAST_S = 0.1
"""Nor is any shorter: a word may have no length, and players pass over a cue that has none."""
_UNTAGGED = str.maketrans("<>{}", "()()")
"""SubRip knows tags in both kinds of brackets, and nothing by which they could be written otherwise."""
_NAMES = {"candidate": "Me", "coach": "Coach"}
_ENDS = (".", "?", "!")
_MARKUP = re.compile(
    r"""\\(?=[!-/:-@\[-`{-~])         # would escape what follows
    | `
    | (?<=\S)[*~]                   # may end what is emphasised or struck out: without an end nothing begins
    | (?<=[^\W_])_++(?![^\W_])      # the same, but within a word
    | (?<=[^\w\s])_++
    | \](?=\()                      # a link
    | <(?=\S)                       # a tag, or an address
    | &(?=\#?\w+;)                  # a character by its name
    """,
    re.VERBOSE,
)
"""What readers of Markdown (CommonMark, with GitHub's additions) take for markup within a paragraph."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """What is shown at a time."""

    speaker: str
    text: str
    start_s: float
    end_s: float


def cues(transcript: Mapping[str, Any]) -> Iterator[Cue]:
    """The cues of *transcript*, as the analysis gives it: each within one turn, in order of time."""
    for turn in transcript["turns"]:
        words = [word for word in turn["words"] if word["text"]]
        for group in _groups(words):
            yield Cue(
                speaker=_NAMES[turn["speaker"]],
                text=" ".join(word["text"] for word in group),
                start_s=group[0]["start"],
                end_s=max(group[0]["start"] + CUE_LEAST_S, *(word["end"] for word in group)),
            )


def as_srt(transcript: Mapping[str, Any]) -> str:
    """As SubRip: each cue begins with who speaks; nothing that was said becomes a tag."""
    blocks = (
        f"{number}\n{_time(cue.start_s, ',')} --> {_time(cue.end_s, ',')}\n"
        f"{cue.speaker}: {cue.text.translate(_UNTAGGED)}\n"
        for number, cue in enumerate(_apart(cues(transcript)), start=1)
    )
    return "\n".join(blocks)


def as_vtt(transcript: Mapping[str, Any]) -> str:
    """As WebVTT: who speaks is a voice tag."""
    blocks = (
        f"{_time(cue.start_s, '.')} --> {_time(cue.end_s, '.')}\n"
        f"<v {cue.speaker}>{html.escape(cue.text, quote=False)}\n"
        for cue in _apart(cues(transcript))
    )
    return "\n".join(("WEBVTT\n", *blocks))


def as_markdown(transcript: Mapping[str, Any], title: str) -> str:
    """As Markdown: one paragraph a turn, with its time; nothing that was said becomes markup."""
    paragraphs = (
        f"**{_NAMES[turn['speaker']]}** ({_short(turn['start'])}) {_plain(turn['text'])}\n"
        for turn in transcript["turns"]
    )
    heading = re.sub(r"#$", r"\\#", _plain(title))  # would close it
    return "\n".join((f"# {heading}\n", *paragraphs))


def _groups(words: Sequence[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    group: list[Mapping[str, Any]] = []
    for word in words:
        letters = sum(len(item["text"]) + 1 for item in group) + len(word["text"])
        if group and (
            letters > CUE_LETTERS
            or word["end"] - group[0]["start"] > CUE_S
            or word["start"] - group[-1]["end"] > CUE_GAP_S
            or (group[-1]["text"].endswith(_ENDS) and letters > CUE_LETTERS / 2)
        ):
            yield group
            group = []
        group.append(word)
    if group:
        yield group


def _apart(shown: Iterable[Cue]) -> list[Cue]:
    """In order of their beginnings: who talks over the other has a cue of the same time."""
    return sorted(shown, key=lambda cue: cue.start_s)


def _time(seconds: float, mark: str) -> str:
    whole = round(seconds * 1000)
    minutes, rest = divmod(whole, 60_000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest // 1000:02d}{mark}{rest % 1000:03d}"


def _short(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def _plain(text: str) -> str:
    """*text* on one line, in which nothing is markup."""
    return _MARKUP.sub(lambda found: "".join(f"\\{letter}" for letter in found[0]), " ".join(text.split()))
