"""What models can be called, and what may be meant by a name that none has."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

SIZE_PREFIX = "whisper-"
"""Before a size of the recogniser in the name of its model."""


def sizes() -> tuple[str, ...]:
    """The sizes that faster-whisper knows, each of which can be brought from the model hub."""
    # Imported here: half a second that no other command pays.
    from faster_whisper.utils import available_models

    return tuple(available_models())


def is_size(name: str) -> bool:
    """Whether *name* is a size of the recogniser, or the model of one."""
    return name.removeprefix(SIZE_PREFIX) in sizes()


def unknown(name: str, models: Sequence[str]) -> str:
    """That neither one of *models* nor a size is called *name*, and what may be meant."""
    near = difflib.get_close_matches(name.lower(), (*models, *sizes()), n=1)
    hint = (
        f"did you mean {near[0]}?"
        if near
        else f"there are {', '.join(models)}, and the sizes {', '.join(sizes())}"
    )
    return f"no model is called {name!r}; {hint}"
