"""The command line: parse, call, print. The only place that prints errors and picks exit codes."""

from __future__ import annotations

import sys

from voice_coach import interruption

INTERRUPTED = 130


def main() -> int:
    """The console script: the exit status. It imports the rest itself, so that Ctrl-C is answered from the start."""
    try:
        interruption.listen()
        from voice_coach.cli.app import main as begun

        return begun()
    except BaseException as failure:
        if isinstance(failure, KeyboardInterrupt) or interruption.has_come():
            sys.stderr.write("voice-coach: interrupted\n")
            return INTERRUPTED
        raise
    finally:
        interruption.ignore()


__all__ = ["INTERRUPTED", "main"]
