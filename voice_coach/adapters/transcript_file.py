"""Reads transcripts: JSON, SubRip, WebVTT and plain text.

Words without times of their own are spread over their turn or cue; where that has none either, they are laid
out at 150 words a minute and the transcript's times are marked as estimated.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from json import JSONDecodeError
from pathlib import Path

from voice_coach.adapters.json_lines import Key, json_line_of
from voice_coach.adapters.subtitles import read_srt, read_vtt
from voice_coach.core.content import Lexicon
from voice_coach.core.errors import InputError
from voice_coach.core.transcript import Speaker, Transcript, Turn, Word, laid_out, turn_of

FILLERS = frozenset(Lexicon(term=()).fillers)
WORDS_PER_MINUTE = 150.0
"""The pace at which words without times are laid out (docs/metrics.md)."""
PAUSES_HIDDEN_FROM_S = 10.0
"""Words spread over a stretch longer than this hide the pauses within it."""
_COACH = frozenset({"coach", "interviewer"})
_CANDIDATE = frozenset({"candidate", "me", "interviewee", "speaker"})
_SUFFIXES = (".json", ".srt", ".vtt", ".txt")
_MOST_S = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A stretch of one speaker's words as a file gives it."""

    speaker: Speaker | None
    """None: whoever spoke before, or the candidate."""
    text: str
    start_s: float | None = None
    end_s: float | None = None
    words: tuple[Word, ...] = ()
    """With times of their own; empty where the file has none."""


def read_transcript(path: Path, fillers: Collection[str] = FILLERS) -> tuple[Transcript, str | None]:
    """The transcript in the file at *path* and the question (id or words) that it names.

    *fillers* are the words that count as filled pauses. Raises InputError with file, line and key.
    """
    suffix = path.suffix.lower()
    if suffix not in _SUFFIXES:
        raise InputError(f"{path}: not a transcript: its name must end in {', '.join(_SUFFIXES)}")
    text = _read(path)
    question: str | None = None
    if suffix == ".json":
        said, question = _read_json(path, text)
    elif suffix == ".txt":
        said = _read_txt(text)
    else:
        read = read_srt if suffix == ".srt" else read_vtt
        said = [
            Said(speaker=_known(cue.speaker), text=cue.text, start_s=cue.start_s, end_s=cue.end_s)
            for cue in read(path, text)
        ]
    transcript = _arranged(_with_speakers(said), fillers)
    if not any(word.bare for turn in transcript.turns for word in turn.words):
        raise InputError(f"{path}: holds no words: give it the text of an answer")
    return transcript, question


def _read(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise InputError(f"{path}: no such file") from error
    except IsADirectoryError as error:
        raise InputError(f"{path}: is a folder: name a file in it") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: byte {error.start} is not UTF-8: save the file as UTF-8") from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    before, nul, _ = text.partition("\0")
    if nul:
        line = before.count("\n") + 1
        raise InputError(f"{path}:{line}: holds a NUL byte, so it is no text: give it a transcript")
    return text


def _known(label: str | None) -> Speaker | None:
    if label is None:
        return None
    name = label.strip().lower()
    if name in _COACH:
        return Speaker.COACH
    return Speaker.CANDIDATE


def _read_txt(text: str) -> list[Said]:
    """Lines with a speaker's label where at least one label is that of a known role, else one candidate."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    labels = [_label_of(line) for line in lines]
    if not any(label and label.lower() in _COACH | _CANDIDATE for label in labels):
        return [Said(speaker=Speaker.CANDIDATE, text=" ".join(lines))]
    roles = _COACH | _CANDIDATE
    named = {label for label in labels if label and label.lower() in roles}
    named |= {label for label in labels if label and label.istitle() and labels.count(label) > 1}
    return [
        Said(speaker=_known(label), text=line[len(label) + 1 :].strip())
        if label in named
        else Said(speaker=None, text=line)
        for line, label in zip(lines, labels, strict=True)
    ]


def _label_of(line: str) -> str | None:
    label, colon, _ = line.partition(":")
    return label if colon and 0 < len(label) <= 30 and len(label.split()) <= 3 else None  # noqa: PLR2004 - a name


def _with_speakers(said: Iterable[Said]) -> list[Said]:
    """Unlabelled text belongs to whoever spoke before, if the candidate is ever labelled; else to the
    candidate.
    """
    listed = list(said)
    candidate_is_named = any(item.speaker is Speaker.CANDIDATE for item in listed)
    previous = Speaker.CANDIDATE
    named = []
    for item in listed:
        speaker = item.speaker or (previous if candidate_is_named else Speaker.CANDIDATE)
        previous = speaker
        named.append(replace(item, speaker=speaker))
    return named


def _arranged(said: Sequence[Said], fillers: Collection[str]) -> Transcript:
    """Turns in the order of the file, neighbours of one speaker joined."""
    turns: list[Turn] = []
    at_s = 0.0
    is_estimated = False
    longest_s = 0.0
    for item in said:
        if not item.text.split() and not item.words:
            continue
        start_s = at_s if item.start_s is None else item.start_s
        end_s = start_s + 60.0 * len(item.text.split()) / WORDS_PER_MINUTE
        if item.end_s is not None and item.end_s > start_s:
            end_s = item.end_s
        if not item.words:
            is_estimated |= item.start_s is None or item.end_s is None or item.end_s <= start_s
            longest_s = max(longest_s, end_s - start_s)
        words = _marked(item.words or laid_out(item.text, start_s, end_s), fillers)
        at_s = max(at_s, words[-1].end_s)
        speaker = item.speaker or Speaker.CANDIDATE
        if turns and turns[-1].speaker is speaker:
            words = (*turns.pop().words, *words)
        turns.append(turn_of(speaker, words))
    return Transcript(
        turns=tuple(turns), times_estimated=is_estimated, pauses_known=longest_s <= PAUSES_HIDDEN_FROM_S
    )


def _marked(words: Iterable[Word], fillers: Collection[str]) -> tuple[Word, ...]:
    return tuple(replace(word, filler=word.filler or word.bare in fillers) for word in words)


@dataclass(frozen=True, slots=True)
class _Json:
    """A value in a JSON file that knows where it stands, for complaints."""

    path: Path
    text: str
    location: tuple[Key, ...]
    value: object

    def fail(self, reason: str) -> InputError:
        line = json_line_of(self.text, self.location)
        key = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in self.location)
        return InputError(f"{self.path}:{line}: {key.lstrip('.') or 'the file'}: {reason}")

    def get(self, key: str) -> _Json | None:
        """The member *key*, or None where it is absent or null."""
        if not isinstance(self.value, dict):
            raise self.fail("must be an object")
        value = self.value.get(key)
        return None if value is None else _Json(self.path, self.text, (*self.location, key), value)

    def items(self) -> list[_Json]:
        if not isinstance(self.value, list):
            raise self.fail("must be a list")
        return [_Json(self.path, self.text, (*self.location, at), item) for at, item in enumerate(self.value)]

    def string(self) -> str:
        if not isinstance(self.value, str):
            raise self.fail("must be a string")
        # Half a character (a lone "\\ud83d") cannot be written to any file or terminal.
        return self.value.encode("utf-8", errors="replace").decode()

    def number(self, low: float, high: float) -> float:
        value = self.value
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise self.fail("must be a number")
        if not low <= value <= high:
            raise self.fail(f"is {value}; it must lie between {low:g} and {high:g}")
        return float(value)


def _read_json(path: Path, text: str) -> tuple[list[Said], str | None]:
    try:
        value = json.loads(text)
    except JSONDecodeError as error:
        raise InputError(f"{path}:{error.lineno}: not valid JSON: {error.msg}") from error
    except RecursionError as error:
        raise InputError(f"{path}: not a transcript: nested too deeply") from error
    except ValueError as error:  # a number of thousands of digits
        raise InputError(f"{path}: not a transcript: {error}") from error
    root = _Json(path, text, (), value)
    turns = root.get("turns")
    if turns is None and root.get("transcript") is not None:
        raise root.fail("is an analysis, not a transcript: give it the recording or the transcript")
    if turns is None:
        raise root.fail('has no "turns": docs/formats.md shows what a transcript looks like')
    question = root.get("question")
    return _ordered([(item, _turn(item)) for item in turns.items()]), question.string() if question else None


def _turn(item: _Json) -> Said:
    speaker = item.get("speaker")
    if speaker is None:
        raise item.fail('has no "speaker": candidate or coach')
    name = speaker.string().strip().lower()
    if name not in {"candidate", *_COACH}:
        raise speaker.fail(f"is {name!r}; it must be candidate or coach")
    words = _words(item.get("words"))
    text = item.get("text")
    if text is None and not words:
        raise item.fail('has neither "text" nor "words"')
    spoken = " ".join(word for word, _ in words) if words else text.string() if text else ""
    start, end = (_time(item, key) for key in ("start", "end"))
    if start is not None and end is not None and end < start:
        raise item.fail(f"ends at {end:g} before it starts at {start:g}")
    timed = tuple(word for _, word in words if word is not None)
    return Said(
        speaker=_known(name),
        text=spoken,
        start_s=timed[0].start_s if timed and start is None else start,
        end_s=end,
        words=timed if len(timed) == len(words) else (),
    )


def _words(items: _Json | None) -> list[tuple[str, Word | None]]:
    """Each word's text, and the word itself where it has times; all of them or none."""
    found: list[tuple[str, Word | None]] = []
    previous_s = 0.0
    for item in items.items() if items else []:
        text = item.get("text")
        if text is None:
            raise item.fail('has no "text"')
        spelled = " ".join(text.string().split())
        start, end = _time(item, "start"), _time(item, "end")
        if not spelled:
            continue
        if start is None or end is None:
            found.append((spelled, None))
            continue
        if end < start or start < previous_s:
            raise item.fail(f"its times {start:g} to {end:g} are out of order")
        previous_s = start
        found.append((spelled, _word(item, spelled, start, end)))
    return found


def _word(item: _Json, text: str, start_s: float, end_s: float) -> Word:
    p, filler = item.get("p"), item.get("filler")
    return Word(
        text=text,
        start_s=start_s,
        end_s=end_s,
        p=p.number(0.0, 1.0) if p else None,
        filler=filler is not None and filler.value is True,
    )


def _time(item: _Json, key: str) -> float | None:
    value = item.get(key)
    return value.number(0.0, _MOST_S) if value else None


def _ordered(turns: Sequence[tuple[_Json, Said]]) -> list[Said]:
    """The turns; those with times have to come in their order."""
    previous_s = 0.0
    for item, said in turns:
        if said.start_s is not None:
            if said.start_s < previous_s:
                raise item.fail(f"starts at {said.start_s:g}, before the turn above it at {previous_s:g}")
            previous_s = said.start_s
    return [said for _, said in turns]
