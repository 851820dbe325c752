"""Checks what is named in files and folders, so that a complaint points to the line where it is named."""

from __future__ import annotations

import difflib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from voice_coach.adapters.room_script import RoomTable
from voice_coach.compose.options import InputKind, OutputKind, input_kind, is_same_file, output_kind
from voice_coach.config import complain, engine_names, session_folder
from voice_coach.core.errors import InputError, StorageError
from voice_coach.prompts.questions import find_question, match_question
from voice_coach.toml_file import complaint, load_toml, read_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from voice_coach.compose.options import PracticeOptions
    from voice_coach.config import Config
    from voice_coach.core.content import Question

_JOURNAL = "journal.jsonl"
_ID = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
_LIKENESS = 0.8
"""What is written like an id and is as like one (of 1, by difflib) was meant to be it."""
_MISTYPED_LETTERS = 2
"""A single word that is longer or shorter by more is a word: "scheduler" is not "job-scheduler"."""


def check_named(
    options: PracticeOptions, config: Config, questions: Mapping[str, Question], config_path: Path | None
) -> None:
    """Raises InputError or ConfigError for a room's or the configuration's question, voice or folder that is none.

    A room that is not there is left to :func:`voice_coach.compose.options.check`.
    """
    check_sessions(config, options.sessions, config_path)
    named = options.input or config.audio.input or None
    question = options.question
    room = Path(named) if named is not None and input_kind(named) is InputKind.ROOM else None
    if room is not None and os.path.isfile(room):  # noqa: PTH113 - Path.is_file raises where it may not look
        question = _checked_room(room, options, questions) or question
    if question is None:
        try:
            find_question(questions, config.session.question)
        except InputError as failure:
            raise complain(config_path, ("session", "question"), str(failure)) from failure


def check_sessions(config: Config, override: Path | None, config_path: Path | None) -> None:
    """Raises InputError or ConfigError where sessions are to be kept in what is no folder."""
    folder = session_folder(config, override)
    if not os.path.lexists(folder) or os.path.isdir(folder):  # noqa: PTH112 - Path.is_dir raises where it may not look
        return
    reason = "is a file; name a folder"
    if override is None and config.session.folder:
        raise complain(config_path, ("session", "folder"), f"{folder} {reason}")
    message = f"{'--sessions ' if override is not None else ''}{folder}: {reason}"
    raise InputError(message)


def check_kept(config: Config, override: Path | None, config_path: Path | None) -> None:
    """Raises what :func:`check_sessions` does, and InputError where *override* is no folder of sessions.

    StorageError where it may not be looked into. The folder of one's own may still be missing: nothing was kept.
    """
    check_sessions(config, override, config_path)
    folder = session_folder(config, override)
    if override is not None and not os.path.lexists(folder):
        message = f"--sessions {folder}: no such folder"
        raise InputError(message)
    try:
        names = {item.name for item in folder.iterdir()}
    except FileNotFoundError:
        return
    except OSError as failure:
        message = f"{folder}: cannot be read: {failure.strerror}; allow reading it"
        raise StorageError(message) from failure
    if _JOURNAL in names:
        message = f"{folder}: is one session; name the folder that it is in: {folder.resolve().parent}"
        raise InputError(message)


def check_asked(questions: Mapping[str, Question], question: str | None) -> None:
    """Raises InputError for a ``--question`` that is empty, or is nearly a pack's id."""
    if question is not None and not question.strip():
        message = "--question is empty; give a pack's id or the question's words, or leave it out"
        raise InputError(message)
    told = None if question is None else not_a_pack(questions, question)
    if told is not None:
        message = f"--question: {told} or write the question out"
        raise InputError(message)


def not_a_pack(questions: Mapping[str, Question], question: str) -> str | None:
    """What to tell of *question* where it is written like a pack's id and nearly is one; None where it is text."""
    written = question.strip()
    if match_question(questions, question) is not None or not _ID.fullmatch(written):
        return None
    ids = [
        id_
        for id_ in questions
        if re.search(r"[-_]", written) or abs(len(id_) - len(written)) <= _MISTYPED_LETTERS
    ]
    near = difflib.get_close_matches(written, ids, cutoff=_LIKENESS)
    return f"no question pack is called {question!r}; did you mean {' or '.join(near)}?" if near else None


def _checked_room(path: Path, options: PracticeOptions, questions: Mapping[str, Question]) -> str | None:
    """The question of the room at *path*, whose names are all good."""
    table = load_toml(path, RoomTable, InputError)
    text = read_text(path, InputError)
    voices = engine_names("voice_coach.tts")
    output = (
        Path(options.output) if options.output and output_kind(options.output) is OutputKind.FILE else None
    )
    for index, say in enumerate(table.say):
        if say.voice is not None and say.voice not in voices:
            reason = f"no voice is called {say.voice!r}; there is {', '.join(voices)}"
            raise InputError(complaint(path, text, ("say", index, "voice"), reason))
        if output is not None and say.audio is not None and is_same_file(path.parent / say.audio, output):
            reason = f"--output {output} would be written over it; name another file"
            raise InputError(complaint(path, text, ("say", index, "audio"), reason))
    if table.question is not None and options.question is None:
        try:
            find_question(questions, table.question)
        except InputError as failure:
            raise InputError(complaint(path, text, ("question",), str(failure))) from failure
    return table.question
