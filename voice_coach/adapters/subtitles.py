"""Reads the cues of SubRip and WebVTT files."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from voice_coach.core.errors import InputError

_TIME = r"(?:(\d+):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})"
_TIMING = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?$")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]+)>")
_TAG = re.compile(r"</?[^>]+>|\{\\[^}]*\}")
_LABEL = re.compile(r"^\s*-?\s*(interviewer|coach|candidate|interviewee|me)\s*:\s*", re.IGNORECASE)
_NOT_CUES = ("NOTE", "STYLE", "REGION")


@dataclass(frozen=True, slots=True, kw_only=True)
class SubtitleCue:
    """A stretch of text with its times. *speaker* is the label it carries, if any."""

    speaker: str | None
    text: str
    start_s: float
    end_s: float


def read_srt(path: Path, text: str) -> list[SubtitleCue]:
    """The cues of the SubRip *text*. Raises InputError naming *path* and the line."""
    return _in_order(path, [cue for block in _blocks(text) for cue in _cues(path, block)])


def read_vtt(path: Path, text: str) -> list[SubtitleCue]:
    """The cues of the WebVTT *text*. Raises InputError naming *path* and the line."""
    if not text.lstrip().startswith("WEBVTT"):
        raise InputError(f"{path}:1: not WebVTT: the first line must be WEBVTT")
    blocks = [block for block in _blocks(text) if not block[0][1].startswith(("WEBVTT", *_NOT_CUES))]
    return _in_order(path, [cue for block in blocks for cue in _cues(path, block)])


Block = list[tuple[int, str]]
"""Line numbers from 1 and lines."""


def _blocks(text: str) -> Iterator[Block]:
    block: Block = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            block.append((number, line.strip()))
        elif block:
            yield block
            block = []
    if block:
        yield block


def _cues(path: Path, block: Block) -> list[tuple[int, SubtitleCue]]:
    """The cues of a block: one, or one for each speaker where several lines carry labels."""
    at = next((index for index, (_, line) in enumerate(block) if "-->" in line), None)
    number, line = block[0] if at is None else block[at]
    timing = None if at is None else _TIMING.match(line)
    if at is None or timing is None:
        raise InputError(f"{path}:{number}: expected a time like 00:01:02,500 --> 00:01:04,000")
    groups = timing.groups(default="0")
    start_s, end_s = _seconds(groups[:4]), _seconds(groups[4:])
    if end_s < start_s:
        raise InputError(f"{path}:{number}: the cue ends before it starts")
    said = _said([line for _, line in block[at + 1 :]])
    total = sum(len(text) for _, text in said)
    cues = []
    begin_s = start_s
    for speaker, text in said:
        finish_s = begin_s + (end_s - start_s) * len(text) / total
        cue = SubtitleCue(speaker=speaker, text=text, start_s=round(begin_s, 3), end_s=round(finish_s, 3))
        cues.append((number, cue))
        begin_s = finish_s
    return cues


def _said(lines: list[str]) -> list[tuple[str | None, str]]:
    said: list[tuple[str | None, str]] = []
    for line in lines:
        voice = _VOICE.search(line)
        plain = html.unescape(_TAG.sub("", line)).strip()
        label = _LABEL.match(plain)
        speaker = voice.group(1) if voice else label.group(1) if label else None
        text = plain[label.end() :] if label else plain
        if said and speaker is None:
            said[-1] = (said[-1][0], f"{said[-1][1]} {text}")
        else:
            said.append((speaker, text))
    return [(speaker, text.strip()) for speaker, text in said if text.strip()]


def _in_order(path: Path, cues: list[tuple[int, SubtitleCue]]) -> list[SubtitleCue]:
    previous_s = 0.0
    for number, cue in cues:
        if cue.start_s < previous_s:
            raise InputError(f"{path}:{number}: the cue starts before the one above it")
        previous_s = cue.start_s
    return [cue for _, cue in cues]


def _seconds(parts: tuple[str, ...]) -> float:
    hours, minutes, seconds, fraction = parts
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds) + int(fraction.ljust(3, "0")) / 1000
