"""Letters and digits that are several rows high, to be read from across the room."""

from __future__ import annotations

from functools import lru_cache

ROWS = 5
"""Dots from the top of a letter to its foot."""
LARGEST = 4
_FONT = {
    "A": " # /# #/###/# #/# #",
    "B": "## /# #/## /# #/## ",
    "C": "###/#  /#  /#  /###",
    "D": "## /# #/# #/# #/## ",
    "E": "###/#  /## /#  /###",
    "F": "###/#  /## /#  /#  ",
    "G": "####/#   /# ##/#  #/####",
    "H": "# #/# #/###/# #/# #",
    "I": "#/#/#/#/#",
    "J": "  #/  #/  #/# #/###",
    "K": "#  #/# # /##  /# # /#  #",
    "L": "#  /#  /#  /#  /###",
    "M": "#   #/## ##/# # #/#   #/#   #",
    "N": "#  #/## #/# ##/#  #/#  #",
    "O": "###/# #/# #/# #/###",
    "P": "###/# #/###/#  /#  ",
    "Q": "###/# #/# #/###/  #",
    "R": "###/# #/## /# #/# #",
    "S": "###/#  /###/  #/###",
    "T": "###/ # / # / # / # ",
    "U": "# #/# #/# #/# #/###",
    "V": "# #/# #/# #/# #/ # ",
    "W": "#   #/#   #/# # #/## ##/#   #",
    "X": "# #/# #/ # /# #/# #",
    "Y": "# #/# #/ # / # / # ",
    "Z": "###/  #/ # /#  /###",
    "0": "###/# #/# #/# #/###",
    "1": " # /## / # / # /###",
    "2": "###/  #/###/#  /###",
    "3": "###/  #/ ##/  #/###",
    "4": "# #/# #/###/  #/  #",
    "5": "###/#  /###/  #/###",
    "6": "###/#  /###/# #/###",
    "7": "###/  #/  #/  #/  #",
    "8": "###/# #/###/# #/###",
    "9": "###/# #/###/  #/###",
    ":": " /#/ /#/ ",
    " ": "  /  /  /  /  ",
}
_HALVES = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


def width(text: str, scale: int = 1) -> int:
    """Cells that *text* takes from left to right."""
    glyphs = [_FONT[character].split("/")[0] for character in text.upper()]
    return scale * (sum(map(len, glyphs)) + len(glyphs) - 1) if glyphs else 0


def height(scale: int = 1) -> int:
    """Rows that a line takes."""
    return (ROWS * scale + 1) // 2


@lru_cache(maxsize=64)
def drawn(text: str, scale: int = 1) -> tuple[str, ...]:
    """*text* (letters, digits, colons and blanks) as rows of block characters, all of the same width.

    At scale 1 a dot is one cell wide and half a cell high; at scale 2 twice that in both directions.
    """
    glyphs = [_FONT[character].split("/") for character in text.upper()]
    dots = [" ".join(glyph[row] for glyph in glyphs) for row in range(ROWS)]
    lines = ["".join(dot * scale for dot in row) for row in dots for _ in range(scale)]
    lines += [" " * len(lines[0])] * (len(lines) % 2)
    return tuple(
        "".join(_HALVES[above != " ", below != " "] for above, below in zip(upper, lower, strict=True))
        for upper, lower in zip(lines[::2], lines[1::2], strict=True)
    )
