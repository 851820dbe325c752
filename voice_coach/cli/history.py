"""``voice-coach history``: past sessions, their trends, and what is forgotten of them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.table import Table
from rich.text import Text

from voice_coach.adapters.session_folder import write_whole
from voice_coach.cli.completion import session_names
from voice_coach.cli.options import CommandOptions, NamedPath, command_options, progress_console
from voice_coach.compose import forget as forgetting
from voice_coach.compose import history as past
from voice_coach.compose.content import content_for
from voice_coach.compose.named import check_kept
from voice_coach.config import session_folder
from voice_coach.core.counting import counted
from voice_coach.core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from rich.console import Console

    from voice_coach.compose.forget import Forgetting
    from voice_coach.compose.history import Overview
    from voice_coach.config import Config

LISTED = 20
BARS = "▁▂▃▄▅▆▇█"
SHOWN_VALUES = 12
"""Of a measure, the latest."""
GAP = "  "
LONGEST_WHAT = 21
"""Beside the longest remark a session still fits a line of 80 letters."""
NUMBERS = frozenset({"length", "score", "wpm", "fillers/min"})
SPARED = (slice(5, 7), slice(3, 5), slice(1, 2))
"""Columns that are left out where a line is too short for all, in this order: how it was said, how it went, when."""
_MEGABYTE = 1_000_000
_MEASURES: dict[str, tuple[str, Callable[[float | None], str]]] = {
    "wpm": ("words a minute", past.number),
    "fillers_per_min": ("fillers a minute", lambda value: past.number(value, 1)),
    "answer_s": ("length", past.clock),
    "score": ("score", past.number),
}
_sessions = click.option("--sessions", type=NamedPath(), metavar="DIR", help="Where sessions are kept.")


@click.group(invoke_without_command=True)
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    default=LISTED,
    show_default=True,
    metavar="N",
    help="List so many of the latest sessions.",
)
@_sessions
@command_options
def history(given: CommandOptions, *, limit: int, sessions: Path | None) -> None:
    """List past sessions and your own trends.

    Each rehearsal is set beside the median of your own earlier ones, from the fourth on; simulated rooms, recordings
    and transcripts count for nothing. The commands show one session, export all, delete what you want forgotten, or
    build the index anew. A session is named as it is listed, or `latest`.
    """
    context = click.get_current_context()
    if context.invoked_subcommand is not None:
        _refuse_options(context)
        return
    found = _overview(given, given.config(), sessions)
    if given.is_json:
        given.print_json(past.to_json(found, limit))
        return
    show_all(given.console(), found, limit)


def show_all(console: Console, found: Overview, limit: int) -> None:
    """The *limit* latest sessions, the trends and what can be claimed."""
    if not found.rows:
        console.print("No session was judged yet; voice-coach practice begins one.", soft_wrap=True)
        return
    _show_sessions(console, found, limit)
    _show_trends(console, found)


@history.command()
@click.argument("session", default=forgetting.LATEST, shell_complete=session_names)
@_sessions
@command_options
def show(given: CommandOptions, session: str, sessions: Path | None) -> None:
    """Show one session, the latest by default.

    SESSION is its name, the beginning of it, or latest.
    """
    config = given.config()
    found = _overview(given, config, sessions)
    root = session_folder(config, sessions)
    row = forgetting.named(found.rows[::-1], session, lambda item: item.name, root)
    if given.is_json:
        given.print_json(past.row_json(row))
        return
    console = given.console()
    for label, value in past.details(row, content_for(config).rubric.checklist.doubt_below):
        console.print(f"{label:18} {value}", soft_wrap=True)


@history.command()
@click.argument("file", required=False, type=NamedPath())
@click.option(
    "--format",
    "kind",
    type=click.Choice(["csv", "md"]),
    default="csv",
    show_default=True,
    help="A table for spreadsheets, or Markdown to read.",
)
@_sessions
@command_options
def export(given: CommandOptions, *, file: Path | None, kind: str, sessions: Path | None) -> None:
    """All sessions as a table, on stdout or in a new FILE."""
    if file is not None and file.exists():
        message = f"{file}: is already there; name a new file"
        raise InputError(message)
    found = _overview(given, given.config(), sessions)
    text = past.exported_csv(found.rows) if kind == "csv" else past.exported_md(found.rows, found.trends)
    if file is not None:
        write_whole(file, text)
    if given.is_json:
        content = {"file": str(file)} if file is not None else {"text": text}
        given.print_json({"sessions": len(found.rows), "format": kind, **content})
    elif file is None:
        click.echo(text.encode(errors="backslashreplace"), nl=False)
    else:
        click.echo(f"{file}: {counted(len(found.rows), 'session')}")


@history.command()
@_sessions
@command_options
def rebuild(given: CommandOptions, sessions: Path | None) -> None:
    """Read all sessions again.

    The history holds nothing that their folders do not.
    """
    found = _overview(given, given.config(), sessions, rebuilds=True)
    if given.is_json:
        given.print_json({"sessions": len(found.rows), "notes": list(found.told)})
    else:
        click.echo(counted(len(found.rows), "session"))


@history.command()
@click.argument("session", required=False, shell_complete=session_names)
@click.option("--audio", is_flag=True, help="Only the sound: of SESSION, or of all.")
@click.option("--everything", is_flag=True, help="All sessions, and the history of them.")
@click.option("--expired", is_flag=True, help="What is older than [history] in the settings keeps.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@_sessions
@command_options
def forget(  # noqa: PLR0913 - Click's own signature
    given: CommandOptions,
    *,
    session: str | None,
    audio: bool,
    everything: bool,
    expired: bool,
    yes: bool,
    sessions: Path | None,
) -> None:
    """Delete a session, all sound, or everything.

    SESSION is its name, the beginning of it, or latest. There is no way back.
    """
    if (session is not None or audio) + everything + expired != 1:
        message = (
            "name a session, or one of --audio, --everything and --expired; --audio may stand with a session"
        )
        raise click.UsageError(message)
    config = given.config()
    check_kept(config, sessions, given.config_path)
    root = session_folder(config, sessions)
    if everything:
        chosen = forgetting.forget_everything(root)
    elif expired:
        chosen = forgetting.forget_expired(root, config.history, _now())
    elif session is not None:
        chosen = forgetting.forget_named(root, session, is_sound_alone=audio)
    else:
        chosen = forgetting.forget_all_sound(root)
    if chosen.is_empty or yes or _is_agreed(given, chosen):
        _forget(given, chosen)
    else:
        click.echo("nothing was deleted")


def _forget(given: CommandOptions, chosen: Forgetting) -> None:
    done = chosen.carry_out()
    if given.is_json:
        given.print_json(
            {
                "sound": [folder.path.name for folder in chosen.sound],
                "sessions": [folder.path.name for folder in chosen.sessions],
                "files": done.files,
                "bytes": done.size,
                "left": [str(path) for path in done.left],
            }
        )
        return
    if chosen.is_empty:
        click.echo("nothing to delete")
        return
    click.echo(
        f"deleted {forgetting.what(chosen)}: {counted(done.files, 'file')}, {done.size / _MEGABYTE:.1f} MB"
    )
    for path in done.left:
        click.echo(f"left alone, since the program did not write it: {path}")


def _is_agreed(given: CommandOptions, chosen: Forgetting) -> bool:
    """What whoever sits at the terminal says. Raises UsageError where nobody can be asked."""
    if not given.is_watched:
        message = f"this deletes {forgetting.what(chosen)}, for good; add --yes"
        raise click.UsageError(message)
    return click.confirm(f"Delete {forgetting.what(chosen)} in {chosen.root}, for good?")


def _refuse_options(context: click.Context) -> None:
    for name in context.params:
        source = context.get_parameter_source(name)
        if source is click.core.ParameterSource.COMMANDLINE:
            message = f"options stand after the command: voice-coach history {context.invoked_subcommand} …"
            raise click.UsageError(message)


def _overview(
    given: CommandOptions, config: Config, sessions: Path | None, *, rebuilds: bool = False
) -> Overview:
    """What the sessions tell; what is wrong with some goes to stderr."""
    check_kept(config, sessions, given.config_path)
    root = session_folder(config, sessions)
    console = progress_console()
    if console.is_terminal:
        with console.status("reading the sessions"):
            found = past.overview(root, config.history, _now(), rebuilds=rebuilds)
    else:
        found = past.overview(root, config.history, _now(), rebuilds=rebuilds)
    for line in found.told:
        click.echo(f"voice-coach: {line}", err=True)
    return found


def _now() -> datetime:
    return datetime.now(UTC).astimezone()  # noqa: TID251 - days are those of the user's clock


def _show_sessions(console: Console, found: Overview, limit: int) -> None:
    rows, names = found.rows[:limit], past.short_names(found.rows)
    head: tuple[str, ...] = ("session", "when", "what", "length", "score", "wpm", "fillers/min", "")
    lines: list[tuple[str, ...]] = [
        (
            names[row.name],
            f"{row.started.astimezone():%d %b %H:%M}",
            _cropped(past.title(row)),
            past.clock(row.answer_s),
            past.number(row.score),
            past.number(row.wpm),
            past.number(row.fillers_per_min, 1),
            past.remark(row),
        )
        for row in rows
    ]
    if not _fits(console, _widths(head, lines)):
        # What is left out stands in the trend below, and with `show`.
        lines = [(*line[:-1], past.short_remark(row)) for line, row in zip(lines, rows, strict=True)]
        for spared in SPARED:
            head, lines = _without(spared, head), [_without(spared, line) for line in lines]
            if _fits(console, _widths(head, lines)):
                break
    _show_table(console, head, lines, right=[at for at, name in enumerate(head) if name in NUMBERS])
    if not all(row.at_microphone for row in rows):
        told = f"What was not spoken at a microphone {past.COUNTS_FOR_NOTHING}."
        console.print(f"\n{told}", soft_wrap=not console.is_terminal)


def _without(spared: slice, line: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(cell for at, cell in enumerate(line) if at not in range(len(line))[spared])


def _show_trends(console: Console, found: Overview) -> None:
    told = found.trends
    if told.sessions:
        rehearsals = "rehearsal" if told.sessions == 1 else "rehearsals"
        console.print(f"\nYour own trend, over {told.sessions} {rehearsals} at a microphone:", soft_wrap=True)
        lines = []
        for item in told.measures:
            name, shown = _MEASURES[item.of]
            usual = shown(item.usual.median) if item.usual is not None else "–"
            latest = shown(item.values[-1]) if item.values else "–"
            change = "" if item.usual is None else _change(item.usual.deviation)
            lines.append((name, latest, usual, change, _bars(item.values[-SHOWN_VALUES:])))
        _show_table(console, ("", "latest", "your median", "", ""), lines, right=(1, 2, 3))
    for line in (*past.claims(told), past.streak(found.days_in_a_row)):
        if line is not None:
            console.print(f"\n{line}", soft_wrap=not console.is_terminal)


def _show_table(
    console: Console, head: tuple[str, ...], lines: Sequence[tuple[str, ...]], right: Collection[int]
) -> None:
    """Columns without lines between them; on a terminal that is too narrow what does not fit is wrapped or cut."""
    widths = _widths(head, lines)
    if not _fits(console, widths):
        table = Table(*head, box=None, padding=(0, len(GAP), 0, 0), pad_edge=False, header_style="dim")
        for number, column in enumerate(table.columns[:-1]):
            column.no_wrap = True
            column.justify = "right" if number in right else "left"
        for line in lines:
            table.add_row(*map(Text, line))
        console.print(table)
        return
    first, *others = (
        GAP.join(
            cell.rjust(width) if number in right else cell.ljust(width)
            for number, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in (head, *lines)
    )
    console.print(Text(first, style="dim"), soft_wrap=True)
    if others:
        console.print(Text("\n".join(others)), soft_wrap=True)  # in one go: Rich takes its time for each


def _widths(head: tuple[str, ...], lines: Sequence[tuple[str, ...]]) -> list[int]:
    return [max(map(len, column)) for column in zip(head, *lines, strict=True)]


def _fits(console: Console, widths: Sequence[int]) -> bool:
    """Whether columns of *widths* can be shown; only a terminal has an end."""
    return not console.is_terminal or sum(widths) + len(GAP) * (len(widths) - 1) <= console.width


def _cropped(text: str) -> str:
    return text if len(text) <= LONGEST_WHAT else f"{text[: LONGEST_WHAT - 1].rstrip()}…"


def _change(deviation: float | None) -> str:
    return "" if deviation is None else f"{deviation:+.0%}"


def _bars(values: tuple[float, ...]) -> str:
    """The values as bars, oldest first; all in the middle where they are the same."""
    if len(values) < 2:  # noqa: PLR2004 - one bar shows nothing
        return ""
    low, high = min(values), max(values)
    if low == high:
        return BARS[len(BARS) // 2] * len(values)
    return "".join(BARS[round((value - low) / (high - low) * (len(BARS) - 1))] for value in values)
