"""The command line: parse, call, print. The only place that prints errors and picks exit codes."""

from voice_coach.cli.app import main

__all__ = ["main"]
