"""Which drill comes first where none is named."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from voice_coach.adapters.history_index import History
from voice_coach.compose.next_drill import needed_drill
from voice_coach.config import session_folder

if TYPE_CHECKING:
    from pathlib import Path

    from voice_coach.compose.content import Content
    from voice_coach.compose.next_drill import DrillNeed
    from voice_coach.config import Config


def most_needed(config: Config, content: Content, sessions: Path | None) -> DrillNeed:
    """The drill that is needed most by what is kept in *sessions* (by default the configured folder), and why."""
    with History.open(session_folder(config, sessions)) as history:
        history.refresh()
        rows = history.sessions()
    now = datetime.now(UTC).astimezone()  # noqa: TID251 - what is due is due today
    return needed_drill(rows, now, content, config.history.sure_probability)
