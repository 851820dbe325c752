"""Counts as they are shown: "1 word", "2 words"."""

from __future__ import annotations


def counted(number: float, one: str, many: str | None = None) -> str:
    """*number*, as short as it can be written, of what one is called *one* and several *many* (an s more)."""
    shown = f"{number:,}" if isinstance(number, int) else f"{number:g}"
    return f"{shown} {one if shown == '1' else many or f'{one}s'}"
