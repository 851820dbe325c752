"""Whether a language model may be asked: it is configured, wanted, and its endpoint was agreed to."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from voice_coach.adapters.endpoint import is_local
from voice_coach.adapters.session_folder import write_whole
from voice_coach.compose.options import Llm, Speed
from voice_coach.config import environment, key_variable, model_key
from voice_coach.core.counting import counted
from voice_coach.core.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from voice_coach.compose.scene import Scene
    from voice_coach.config import Config

SENT = 2
"""Counts what is sent: raised when that is more than before, so that everybody is asked again."""
_FILE = "language_models.json"
YES = frozenset({"y", "yes"})
"""What agrees, in lower case."""


class Use(StrEnum):
    """What becomes of the model in a session."""

    ON = "on"
    OFF = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """Whether it is asked, and what the candidate is told about that."""

    use: Use
    told: str = ""
    """One line; empty: nothing."""


def agreed(config: Config, llm: Llm | None, scene: Scene, ask: Callable[[str], bool] | None) -> Consent:
    """Whether the model of *config* is asked in a session at *scene*, *llm* being what the command line says.

    *ask* puts what is sent to whoever sits at the terminal, and tells whether they agree; None: nobody sits there.
    Raises StorageError where their answer cannot be kept.
    """
    url = config.llm.base_url
    if llm is Llm.OFF:
        return Consent(use=Use.OFF)
    if not url:
        told = "--llm auto: no language model is configured; rehearsing without" if llm is Llm.AUTO else ""
        return Consent(use=Use.OFF, told=told)
    if llm is None and scene.speed is Speed.MAX:
        told = "The language model is left out, so that this run repeats exactly; --llm auto asks it."
        return Consent(use=Use.OFF, told=told)
    if is_agreed(url):
        return Consent(
            use=Use.ON, told=f"Language model: {config.llm.model} at {_host(url)}; --llm off does without."
        )
    if ask is None:
        told = f"The language model at {_host(url)} is left out: nobody is at the terminal to agree to what is sent."
        return Consent(use=Use.OFF, told=told)
    if not ask(what_is_sent(config)):
        return Consent(use=Use.OFF, told="Rehearsing without the language model; nothing is sent.")
    _remember(url)
    return Consent(use=Use.ON)


def what_is_sent(config: Config) -> str:
    """What is asked before an endpoint that is not on this machine is first used."""
    llm = config.llm
    lately = counted(llm.lately_s / 60, "minute")
    is_plain = urlsplit(llm.base_url).scheme == "http"
    key = f"the key in {key_variable(config)}" if model_key(config) is not None else "no key"
    return (
        f"{llm.base_url} is not on this machine. With it as the language model, these texts are sent there:\n"
        "  - while you answer: the question and its facts, your level, role and company style, which parts you have\n"
        f"    covered, what you said in the last {lately}, all that the coach has said and would\n"
        "    ask next, which may quote what you said before, and your questions that the model has answered;\n"
        "  - at the end: all that you and the coach said.\n"
        f"Sent along is {key}. Your voice is never sent, nor anything of earlier sessions, nor your resume, but for\n"
        "the systems that it names, where the coach asks about them."
        + ("\nThe address begins with http: all of this travels unencrypted." if is_plain else "")
    )


def _host(url: str) -> str:
    return urlsplit(url).netloc


def _path() -> Path:
    return environment().data / _FILE


def _known() -> dict[str, int]:
    with suppress(OSError, ValueError):
        content = json.loads(_path().read_text(encoding="utf-8"))
        if isinstance(content, dict):
            return {url: sent for url, sent in content.items() if isinstance(sent, int)}
    return {}


def is_agreed(url: str) -> bool:
    """Whether the endpoint at *url* may be asked: it is on this machine, or was agreed to."""
    return is_local(url) or _known().get(url, 0) >= SENT


def _remember(url: str) -> None:
    path = _path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as failure:
        message = f"{path}: cannot be written: {failure.strerror}; make that folder, or use --llm off"
        raise StorageError(message) from failure
    write_whole(path, json.dumps({**_known(), url: SENT}, indent=1) + "\n")
