"""``voice-coach devices`` and ``voice-coach doctor``."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from voice_coach.adapters.sound_card import list_devices
from voice_coach.cli.options import CommandOptions, command_options
from voice_coach.compose.doctor import Found, State, examine, examine_by_voice
from voice_coach.core.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Sequence


@click.command()
@command_options
def devices(given: CommandOptions) -> None:
    """List the sound devices.

    The number, or a part of the name, can be given with --input and --output.
    """
    found = list_devices()
    if given.is_json:
        given.print_json([asdict(device) for device in found])
        return
    for device in found:
        ways = ", ".join(
            text
            for text, is_so in (
                (f"{device.input_channels} in", device.input_channels > 0),
                (f"{device.output_channels} out", device.output_channels > 0),
                ("default microphone", device.is_default_input),
                ("default loudspeaker", device.is_default_output),
            )
            if is_so
        )
        click.echo(f"{device.index:3}  {device.name}  ({device.host_api}: {ways})")
    if not found:
        click.echo("no sound devices")


@click.command()
@click.option(
    "--check/--no-check",
    default=None,
    help="Check the sound by voice, too; by default on a terminal where there are devices.",
)
@command_options
def doctor(given: CommandOptions, *, check: bool | None) -> None:
    """Check everything that a session needs, each with its mend.

    Settings, weights, engines, devices and where sessions are kept; on a terminal the sound as well, by voice. The
    exit status is 3 when something is missing.
    """
    findings = list(examine(given.config_path))
    _print(given, findings)
    if check or (check is None and given.is_watched):
        heard = list(examine_by_voice(given.config_path, findings, lambda text: click.echo(text, err=True)))
        _print(given, heard)
        findings += heard
    if given.is_json:
        given.print_json([asdict(finding) for finding in findings])
    broken = [finding for finding in findings if finding.state is State.BROKEN]
    if broken:
        message = f"{broken[0].what}: {broken[0].found}; {broken[0].mend}"
        raise EngineError(message)


def _print(given: CommandOptions, findings: Sequence[Found]) -> None:
    for finding in () if given.is_json else findings:
        click.echo(f"{finding.state.value:5} {finding.what}: {finding.found}")
        if finding.mend:
            click.echo(f"      {finding.mend}")
