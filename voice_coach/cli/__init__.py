"""The command line: parse, call, print. The only place that prints errors and picks exit codes."""

from __future__ import annotations

import sys

INTERRUPTED = 130


def main() -> int:
    """The console script: the exit status. It imports the rest itself, so that Ctrl-C is answered from the start."""
    try:
        from voice_coach.cli.app import main as begun

        return begun()
    except KeyboardInterrupt:
        sys.stderr.write("voice-coach: interrupted\n")
        return INTERRUPTED


__all__ = ["INTERRUPTED", "main"]
