"""Counts as they are shown: "1 word", "2 words"."""

from __future__ import annotations


def counted(number: float, one: str) -> str:
    """*number*, as short as it can be written, of what is called *one*; several take an s."""
    shown = f"{number:,}" if isinstance(number, int) else f"{number:g}"
    return f"{shown} {one if shown == '1' else f'{one}s'}"
