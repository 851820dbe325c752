"""What is known of a speaker from earlier sessions: how they pause, and what they were asked."""

from __future__ import annotations

import json
from math import isfinite
from typing import TYPE_CHECKING, Any

from voice_coach.adapters import session_folder
from voice_coach.core.speaker_pace import SpeakerPace

if TYPE_CHECKING:
    from pathlib import Path

SESSIONS = 10
"""So many of the latest sessions are looked at: simulated ones, and those that were broken off, say nothing."""
ASKED_SESSIONS = 5
"""What was asked in so many is not asked again."""
_END_BYTES = 1 << 16
"""The line is the journal's last, or nearly so: no more than this is read of each."""
_LONGEST_S = 600.0


def earlier_pace(root: Path) -> SpeakerPace:
    """The pauses that the latest session in *root* left, those of the sessions before it included.

    None at all where no session left any. What cannot be read, or is no such thing, is passed over.
    """
    for folder in reversed(session_folder.find(root)[-SESSIONS:]):
        for line in reversed(_last_lines(folder.journal_path)):
            if line.get("kind") == "session_ended" and "pauses" in line:
                return SpeakerPace(
                    monologue=_seconds(line["pauses"]), short=_seconds(line.get("short_pauses"))
                )
    return SpeakerPace()


def earlier_asked(root: Path) -> tuple[str, ...]:
    """What was asked in the latest *ASKED_SESSIONS* sessions in *root*, by the ids of follow-ups and wordings.

    What cannot be read, or is no such thing, is passed over.
    """
    asked: list[str] = []
    sessions = 0
    for folder in reversed(session_folder.find(root)[-SESSIONS:]):
        for line in reversed(_last_lines(folder.journal_path)):
            if line.get("kind") == "session_ended" and isinstance(line.get("asked"), list):
                asked += [item for item in line["asked"] if isinstance(item, str)]
                sessions += 1
                break
        if sessions == ASKED_SESSIONS:
            break
    return tuple(dict.fromkeys(asked))


def _last_lines(path: Path) -> list[dict[str, Any]]:
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - _END_BYTES))
            lines = file.read().splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        try:
            content = json.loads(line)
        except ValueError:
            continue
        if isinstance(content, dict):
            found.append(content)
    return found


def _seconds(values: object) -> tuple[float, ...]:
    if not isinstance(values, list):
        return ()
    return tuple(
        float(value)
        for value in values
        if type(value) in (int, float) and isfinite(value) and 0.0 < value <= _LONGEST_S
    )
