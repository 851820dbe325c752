"""The command line: parse, call, print. The only place that prints errors and picks exit codes."""

from __future__ import annotations

import os
import sys

from voice_coach import interruption

INTERRUPTED = 130
_ONE_THREAD = "OPENBLAS_NUM_THREADS"
"""Of NumPy's matrix library, told so before it is imported. Its threads wait for each other by spinning: with two, on
two busy cores, the meaning of a question took 0.5 s in place of 0.02 s."""


def main() -> int:
    """The console script: the exit status. It imports the rest itself, so that Ctrl-C is answered from the start."""
    try:
        interruption.listen()
        os.environ.setdefault(_ONE_THREAD, "1")
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
