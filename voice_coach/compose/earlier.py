"""What is known of a speaker from earlier sessions: how they pause, what they were asked, and how it went."""

from __future__ import annotations

import json
from contextlib import suppress
from math import isfinite
from typing import TYPE_CHECKING, Any

from voice_coach.adapters import session_folder
from voice_coach.core.speaker_pace import SpeakerPace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from voice_coach.adapters.session_folder import SessionFolder

SESSIONS = 10
"""So many of the latest sessions are looked at: simulated ones, and those that were broken off, say nothing."""
ASKED_SESSIONS = 5
"""What was asked in so many is not asked again."""
COMPARED_SESSIONS = 20
"""So many of the latest rehearsals are compared with …"""
LOOKED_AT = 60
"""… among so many sessions: however many there are, a verdict comes as soon."""
_FEWEST_WORDS = 100
"""A session of fewer says little of how somebody speaks."""
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


def is_rehearsal(analysis: Mapping[str, Any]) -> bool:
    """Whether it can be compared with others: a drill is something else, and laid-out times say nothing of a pace."""
    return "drill" not in analysis and "times" not in analysis["source"]


def earlier_rehearsals(session: SessionFolder) -> Iterator[dict[str, Any]]:
    """The analyses of the latest rehearsals before *session*, newest first, read one by one.

    Drills, simulated rooms and sessions in which hardly anything was said are passed over, and so is whatever cannot
    be read.
    """
    before = [item for item in session_folder.find(session.path.parent) if item.path.name < session.path.name]
    for other in reversed(before[-LOOKED_AT:]):
        with suppress(OSError, ValueError, KeyError, TypeError):
            if other.is_simulated:
                continue
            found = json.loads(other.analysis_path.read_text(encoding="utf-8"))
            if is_rehearsal(found) and found["speech"]["words"] >= _FEWEST_WORDS:
                yield found


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
