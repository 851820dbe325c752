"""``voice-coach report``: a session as one page to read and listen to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from voice_coach.cli.completion import session_names
from voice_coach.cli.options import CommandOptions, NamedPath, command_options
from voice_coach.compose.content import content_for
from voice_coach.compose.forget import LATEST
from voice_coach.compose.named import check_kept
from voice_coach.compose.report import REPORT, find_session, write_to
from voice_coach.compose.transcript_export import check_transcript, write_transcript
from voice_coach.config import session_folder
from voice_coach.core.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.argument("session", default=LATEST, shell_complete=session_names)
@click.option("--no-audio", is_flag=True, help="Leave the recording out.")
@click.option(
    "--output",
    type=NamedPath(),
    metavar="FILE",
    help="Where to write it; into the session's folder by default.",
)
@click.option(
    "--open/--no-open", "opens", default=None, help="Show it in the browser; by default on a terminal only."
)
@click.option(
    "--transcript",
    type=NamedPath(),
    metavar="FILE",
    help="Write the transcript as well: .md, or subtitles for the recording, .srt or .vtt.",
)
@click.option("--sessions", type=NamedPath(), metavar="DIR", help="Where sessions are kept.")
@command_options
def report(  # noqa: PLR0913 - its options
    given: CommandOptions,
    *,
    session: str,
    no_audio: bool,
    output: Path | None,
    opens: bool | None,
    transcript: Path | None,
    sessions: Path | None,
) -> None:
    """Write a session's report and show it.

    SESSION is a name, its beginning or a path; the latest by default. The report is one file with everything in it, the
    recording too: it needs no network and can be sent to somebody, which nobody but you does.
    """
    if not session.strip():
        message = "SESSION is empty; leave it out for the latest, or give a session's name"
        raise InputError(message)
    config = given.config()
    check_kept(config, sessions, given.config_path)
    folder = find_session(session_folder(config, sessions), session)
    if output is not None:
        _check_output(output)
    if transcript is not None:
        check_transcript(transcript)
    written = write_to(
        output or folder / REPORT, folder, with_audio=not no_audio, content=content_for(config)
    )
    if transcript is not None:
        write_transcript(transcript, written.analysis, written.title)
    is_opened = (given.is_watched if opens is None else opens) and click.launch(str(written.path)) == 0
    if given.is_json:
        given.print_json(
            {
                "session": str(folder),
                "report": str(written.path),
                "transcript": None if transcript is None else str(transcript),
                "bytes": written.size,
                "has_audio": written.has_audio,
                "question": written.analysis["question"],
                "score": written.analysis["score"]["total"],
                "opened": is_opened,
            }
        )
        return
    for path in (written.path, transcript):
        if path is not None:
            click.echo(str(path))


def _check_output(output: Path) -> None:
    """Raises InputError where *output* cannot be a file."""
    if output.is_dir():
        message = f"--output {output}: is a folder; name a file in it"
        raise InputError(message)
    if not output.parent.is_dir():
        message = f"--output {output}: no such folder; make {output.parent} first"
        raise InputError(message)
