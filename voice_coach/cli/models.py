"""``voice-coach models``: the weights, with their hashes."""

from __future__ import annotations

import click
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn

from voice_coach.adapters.model_store import FetchProgress, FetchStep, FileState
from voice_coach.cli.options import CommandOptions, command_options, progress_console
from voice_coach.compose.engines import model_store
from voice_coach.core.errors import EngineError


@click.group()
def models() -> None:
    """Fetch, list and check the weights that sessions need.

    Each file is checked by its SHA-256. Weights that another program has fetched are found in the hub's cache.
    """


@models.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@command_options
def fetch(given: CommandOptions, names: tuple[str, ...]) -> None:
    """Bring the weights that a session needs, or those named.

    A bigger recogniser is called small, medium or large-v3.
    """
    store = model_store(given.config())
    console = progress_console()
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
        folders = store.fetch(names, _Shown(bar))
    if given.is_json:
        given.print_json({"folders": [str(folder) for folder in folders]})
        return
    for folder in folders:
        click.echo(str(folder))


@models.command("list")
@command_options
def list_(given: CommandOptions) -> None:
    """List what can be fetched and what is here."""
    found = model_store(given.config()).installed()
    if given.is_json:
        given.print_json(
            [
                {
                    "name": item.spec.name,
                    "role": item.spec.role,
                    "licence": item.spec.licence,
                    "bytes": item.spec.total_bytes,
                    "folder": None if item.folder is None else str(item.folder),
                }
                for item in found
            ]
        )
        return
    names, roles = (
        max(map(len, column)) for column in zip(*((i.spec.name, i.spec.role) for i in found), strict=True)
    )
    for item in found:
        where = "not here" if item.folder is None else str(item.folder)
        size = f"{item.spec.total_bytes / 1e6:6.0f} MB"
        click.echo(f"{item.spec.name:{names}}  {item.spec.role:{roles}}  {size}  {where}")


@models.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@command_options
def check(given: CommandOptions, names: tuple[str, ...]) -> None:
    """Hash every file again. Exit status 3 when one is missing or altered."""
    found = model_store(given.config()).check(names)
    if given.is_json:
        given.print_json(
            [
                {
                    "model": item.model,
                    "file": str(item.path),
                    "state": item.state.value,
                    "expected": item.expected,
                    "found": item.found,
                }
                for item in found
            ]
        )
    else:
        for item in found:
            click.echo(f"{item.state.value:8} {item.model:18} {item.path}")
    wrong = [item for item in found if item.state is not FileState.RIGHT]
    if wrong:
        first = wrong[0]
        message = (
            f"{first.path}: {first.state.value} (SHA-256 expected {first.expected}, found {first.found}); "
            "run voice-coach models fetch"
        )
        raise EngineError(message)


class _Shown:
    """Draws a fetch."""

    def __init__(self, bar: Progress) -> None:
        self._bar = bar
        self._tasks: dict[tuple[str, str], TaskID] = {}

    def __call__(self, progress: FetchProgress) -> None:
        """One step."""
        key = (progress.model, progress.item)
        if key not in self._tasks:
            self._tasks[key] = self._bar.add_task(progress.model, total=progress.total_bytes or None)
            if self._bar.disable and progress.step is FetchStep.DOWNLOADING:
                click.echo(f"fetching {progress.item} ({progress.model})", err=True)
        self._bar.update(self._tasks[key], completed=progress.done_bytes, total=progress.total_bytes or None)
