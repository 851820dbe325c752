"""Things that candidates say, written for the tests (``exemplars.toml``)."""

from __future__ import annotations

import tomllib
from pathlib import Path

_CONTENT = tomllib.loads(Path(__file__).with_suffix(".toml").read_text())

MET: dict[str, list[str]] = _CONTENT["met"]
"""By element of the list: what meets it."""
NOT_MET: dict[str, list[str]] = _CONTENT["not_met"]
"""What only sounds like it."""
STRONG: str = _CONTENT["answers"]["strong"]
WEAK: str = _CONTENT["answers"]["weak"]
OFF_TOPIC: str = _CONTENT["answers"]["off_topic"]
QUEUE: str = _CONTENT["answers"]["queue"]
VAGUE: str = _CONTENT["answers"]["vague"]
