"""Counts with their noun, as they are shown: "1 word", "2 words", "1.5 minutes"."""

from __future__ import annotations


def counted(number: float, noun: str) -> str:
    """*number* and *noun*, which is singular and takes an s in the plural: anything but 1 does."""
    shown = str(int(number)) if float(number).is_integer() else f"{number:g}"
    return f"{shown} {noun}" if shown == "1" else f"{shown} {noun}s"
