"""What the help of every command says besides its options: examples, exit statuses, environment variables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

EXAMPLES: Mapping[str, tuple[str, ...]] = {
    "practice": (
        "practice",
        "practice url-shortener --minutes 4 --pressure tough",
        "practice --input room.toml --output both.wav --speed max --json",
    ),
    "drill": ("drill", "drill tradeoffs", "drill --list"),
    "tonight": ("tonight --hours 3", "tonight --morning"),
    "analyze": (
        "analyze answer.m4a --question url-shortener",
        "analyze interview.vtt --json > interview.json",
        "analyze rehearsal.wav --question pastebin --keep",
    ),
    "report": (
        "report",
        "report 20261129T1915 --no-audio",
        "report latest --no-open --transcript answer.srt",
    ),
    "history": (
        "history",
        "history show 20261129T1915",
        "history export --format csv > sessions.csv",
        "history forget latest --audio",
    ),
    "questions": ("questions list", "questions show url-shortener", "questions new parking-garage"),
    "devices": ("devices",),
    "doctor": ("doctor", "doctor --no-check"),
    "recover": ("recover",),
    "models": ("models fetch", "models fetch small", "models check"),
    "completion": (
        "completion bash > ~/.local/share/bash-completion/completions/voice-coach",
        "completion zsh > ~/.zfunc/_voice-coach",
        "completion fish > ~/.config/fish/completions/voice-coach.fish",
    ),
}
"""By the command's name, without the program's."""

STATUSES: Mapping[str, str] = {
    "0": "done",
    "2": "wrong use or bad input; one line on stderr says what and how to mend it",
    "3": "a device, disk, model or endpoint failed; what could be saved was saved",
    "130": "Ctrl-C; the session is saved",
}

ENVIRONMENT: Mapping[str, str] = {
    "VOICE_COACH_CONFIG": "your own settings (a file)",
    "VOICE_COACH_DATA": "where sessions are kept (a folder)",
    "VOICE_COACH_CACHE": "weights and rendered lines (a folder)",
    "HF_HUB_CACHE, HF_HOME": "where weights that are on the machine may be, too",
    "OPENAI_API_KEY": "OpenAI's key, or that which key_variable under [llm] names",
    "NO_COLOR, TERM": "no colours; plain lines where TERM is dumb",
}


def epilog(name: str | None = None) -> str:
    """What stands below the options of the command *name*, or of the program."""
    examples = ("", *_first_examples()) if name is None else EXAMPLES.get(name, ())
    parts = [
        _part("Examples:", (f"voice-coach {example}".rstrip() for example in examples)) if examples else "",
        _part("Exit status:", _columns(STATUSES)),
        _part("Environment:", _columns(ENVIRONMENT)),
    ]
    return "\n\n".join(filter(None, parts))


def described(command: click.Command, name: str) -> click.Command:
    """*command*, called *name*, and its own commands with all that below their options."""
    command.epilog = epilog(name)
    if isinstance(command, click.Group):
        for other in command.commands.values():
            other.epilog = epilog(name)
    return command


def _first_examples() -> Iterable[str]:
    return (EXAMPLES[name][0] for name in ("practice", "questions", "doctor"))


def _columns(table: Mapping[str, str]) -> Iterable[str]:
    width = max(map(len, table))
    return (f"{name.ljust(width)}  {text}" for name, text in table.items())


def _part(title: str, lines: Iterable[str]) -> str:
    """A paragraph that Click leaves as it is."""
    return "\n".join(("\b", title, *(f"  {line}" for line in lines)))
