"""Looks at everything that a session needs, one thing at a time, each with its mend."""

from __future__ import annotations

import os
import shutil
from contextlib import closing
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from voice_coach.adapters.handed_over import HandedOver
from voice_coach.adapters.microphone import frames_lost
from voice_coach.adapters.sound_card import Role, find_device, has_device
from voice_coach.compose.consent import is_agreed
from voice_coach.compose.content import load_content
from voice_coach.compose.content_check import problems
from voice_coach.compose.engines import (
    engine_needs,
    make_canceller,
    make_drafter,
    make_hint,
    make_stt,
    make_voice,
    optional,
)
from voice_coach.compose.judging import SENTENCE_MODEL, sentence_encoder, trained
from voice_coach.compose.options import (
    InputKind,
    OutputKind,
    PracticeOptions,
    check_file,
    input_kind,
    output_kind,
)
from voice_coach.compose.scene import choose_scene
from voice_coach.compose.sound_check import MARKS, CheckNeeds, check_sound
from voice_coach.config import config_files, environment, key_variable, load_config, model_key, session_folder
from voice_coach.core.audio import RATE_HZ, Piece
from voice_coach.core.counting import counted
from voice_coach.core.errors import AudioDeviceError, CoachError, InputError, PromptError, TextToSpeechError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from voice_coach.config import AudioSettings, Config
    from voice_coach.core.events import EngineFellBack

ROOM_NEEDED_MB = 500


class State(StrEnum):
    """How something is."""

    GOOD = "good"
    NOTE = "note"
    """A session works without it, but less well."""
    BROKEN = "wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One thing that was looked at."""

    what: str
    state: State
    found: str
    mend: str = ""


def examine(config_path: Path | None) -> Iterator[Found]:
    """Every check in order; what depends on something broken is left out."""
    try:
        config = load_config(config_path)
    except CoachError as failure:
        yield _failed("configuration", failure, "mend that line")
        return
    yield _configuration(config_path)
    yield _content()
    yield from _sound(config)
    yield _recogniser(config)
    yield _judge(config)
    yield _drafter(config)
    yield _hint(config)
    yield _voice(config)
    yield _language_model(config)
    yield _folder(session_folder(config, None))


_NEEDED = frozenset({"configuration", Role.MICROPHONE, Role.LOUDSPEAKER, "recogniser", "voice"})
"""Without one of these nothing can be checked by voice."""


def examine_by_voice(
    config_path: Path | None, found: Sequence[Found], tell: Callable[[str], None]
) -> Iterator[Found]:
    """The set-up check, its lines *told*; none where *found*, all that :func:`examine` gave, leaves no way to do it."""
    missing = [item.what for item in found if item.what in _NEEDED and item.state is State.BROKEN]
    if missing:
        return
    config, content = load_config(config_path), load_content()
    scene = choose_scene(PracticeOptions(), config, content.headless_room)
    if not scene.may_echo:
        tell("The sound is checked by voice only with a microphone and a loudspeaker.")
        return
    needs = engine_needs(config, content)
    stt = make_stt(needs)
    drafter = optional("drafts", config.stt.draft_model, lambda: make_drafter(needs, stt), lambda _: None)
    with closing(make_voice(needs, lambda _: None)) as voice:
        checked = check_sound(
            CheckNeeds(
                config=config, texts=content.sound_check, scene=scene, voice=voice, stt=drafter or stt
            ),
            tell,
        )
    for item in () if checked is None else checked.findings:
        state = State(MARKS[item.verdict])
        yield Found(what=f"sound: {item.what}", state=state, found=item.found, mend=item.mend)


def _failed(what: str, failure: CoachError, otherwise: str, state: State = State.BROKEN) -> Found:
    """*failure*, whose message ends with its mend after a semicolon; *otherwise* is the mend of one without."""
    message = str(failure)
    found, parted, mend = message.rpartition("; ")
    if not parted:
        found, mend = message, otherwise
    return Found(what=what, state=state, found=found, mend=mend)


def _configuration(config_path: Path | None) -> Found:
    files = ", then ".join(str(path) for path in config_files(config_path))
    own = environment().config
    told = "" if config_path is not None or own.is_file() else f"; your own may stand in {own}"
    return Found(what="configuration", state=State.GOOD, found=f"read from {files}{told}")


def _content() -> Found:
    wrong = problems(None)
    if wrong:
        return _failed("questions and content", PromptError(wrong[0]), "mend that line")
    return Found(
        what="questions and content",
        state=State.GOOD,
        found=counted(len(load_content().questions), "question"),
    )


def _sound(config: Config) -> Iterator[Found]:
    """Microphone and loudspeaker. Without both, and none named, a session takes the bundled candidate instead."""
    audio = config.audio
    heard_from, spoken_to = input_kind(audio.input), output_kind(audio.output or None)
    is_named = bool(audio.input) or (bool(audio.output) and spoken_to is OutputKind.DEVICE)
    is_headless = not (is_named or has_device(Role.MICROPHONE) or has_device(Role.LOUDSPEAKER))
    missing = State.NOTE if is_headless else State.BROKEN
    if heard_from is InputKind.DEVICE:
        yield _microphone(config, missing)
    else:
        yield _heard(audio.input)
    if spoken_to is OutputKind.FILE:
        yield Found(what=Role.LOUDSPEAKER, state=State.GOOD, found=f"none: written to {audio.output}")
    elif spoken_to is OutputKind.NONE:
        yield Found(what=Role.LOUDSPEAKER, state=State.GOOD, found="none: the coach is only shown")
    elif heard_from is InputKind.DEVICE or audio.output:
        yield _loudspeaker(audio, missing)
        if heard_from is InputKind.DEVICE:
            yield _echo(audio)


def _microphone(config: Config, missing: State) -> Found:
    """Listens for a second."""
    role = Role.MICROPHONE
    try:
        device = find_device(role, config.audio.input or None)
        lost = frames_lost(config.microphone, device)
    except AudioDeviceError as failure:
        return _failed(role, failure, "plug in a microphone, or use --input FILE", missing)
    if lost:
        return Found(
            what=role,
            state=State.NOTE,
            found=f"{device.name}: {lost} of 50 frames were lost within a second",
            mend="end what keeps this machine busy, or raise latency_s under [microphone] in config.toml",
        )
    return Found(what=role, state=State.GOOD, found=device.name)


def _loudspeaker(audio: AudioSettings, missing: State) -> Found:
    role = Role.LOUDSPEAKER
    try:
        device = find_device(role, audio.output or None)
    except AudioDeviceError as failure:
        return _failed(role, failure, "plug in headphones, or use --output none", missing)
    return Found(what=role, state=State.GOOD, found=device.name)


def _echo(audio: AudioSettings) -> Found:
    """Whether the candidate may talk over the coach."""
    what, wears = "echo", "or wear headphones and set headphones = true under [audio] in config.toml"
    if audio.headphones:
        return Found(
            what=what, state=State.GOOD, found="none: headphones = true; you can talk over the coach"
        )
    if not audio.cancels_echo:
        found = "not cancelled: cancels_echo = false; the coach does not listen while it speaks"
        return Found(what=what, state=State.NOTE, found=found, mend=f"leave that out, {wears}")
    failures: list[str] = []
    if make_canceller(HandedOver(RATE_HZ), failures.append) is None:
        found, _, mend = failures[0].partition("; ")
        found = f"{found}; the coach does not listen while it speaks"
        return Found(what=what, state=State.NOTE, found=found, mend=f"{mend.partition('.')[0]}, {wears}")
    return Found(what=what, state=State.GOOD, found="cancelled: you can talk over the coach")


def _heard(named: str) -> Found:
    try:
        check_file(Path(named), f"audio.input = {named!r}")
    except InputError as failure:
        return _failed(Role.MICROPHONE, failure, "name another in config.toml, or leave it out there")
    return Found(what=Role.MICROPHONE, state=State.GOOD, found=f"none: {named} is heard")


def _recogniser(config: Config) -> Found:
    """Loads the recogniser and gives it a second of silence."""
    import numpy as np

    try:
        stt = make_stt(engine_needs(config, load_content()))
        stt.transcribe(Piece(id=0, start_s=0.0, pcm=np.zeros(RATE_HZ, np.int16), voiced_s=0.0))
    except CoachError as failure:
        return _failed("recogniser", failure, "run voice-coach models fetch")
    return Found(what="recogniser", state=State.GOOD, found=stt.name)


def _judge(config: Config) -> Found:
    """Reads what the judge needs and gives it a sentence."""
    content = load_content()
    try:
        sentences = sentence_encoder(config)
        sentences.encode(["A sentence."])
        trained(content, sentences)
    except CoachError as failure:
        return _failed("judge", failure, "run voice-coach models fetch")
    return Found(what="judge", state=State.GOOD, found=SENTENCE_MODEL)


def _drafter(config: Config) -> Found:
    """The recogniser that looks at what was said before it is transcribed. A session works without it."""
    what = "quick recogniser"
    try:
        needs = engine_needs(config, load_content())
        drafter = make_drafter(needs, make_stt(needs))
    except CoachError as failure:
        return _failed(what, failure, "run voice-coach models fetch", State.NOTE)
    found = "none: by configuration" if drafter is None else drafter.name
    return Found(what=what, state=State.GOOD, found=found)


def _hint(config: Config) -> Found:
    """Gives the model that hears the end of turns a second of silence. A session works without it."""
    import numpy as np

    what = "turn-end hint"
    try:
        hint = make_hint(engine_needs(config, load_content()))
        if hint is None:
            return Found(what=what, state=State.GOOD, found="none: by configuration")
        hint.complete(np.zeros(RATE_HZ, np.int16))
    except CoachError as failure:
        return _failed(what, failure, "run voice-coach models fetch", State.NOTE)
    return Found(what=what, state=State.GOOD, found=hint.name)


def _language_model(config: Config) -> Found:
    """What is configured. Nothing is sent there: that is for a session, once it was agreed to."""
    llm, what = config.llm, "language model"
    if not llm.base_url:
        return Found(what=what, state=State.GOOD, found="none: by configuration, nothing is sent anywhere")
    key = f"with the key in {key_variable(config)}" if model_key(config) is not None else "without a key"
    agreed = (
        "" if is_agreed(llm.base_url) else "; the first session on a terminal asks whether it may be used"
    )
    return Found(what=what, state=State.GOOD, found=f"{llm.model} at {llm.base_url}, {key}{agreed}")


def _voice(config: Config) -> Found:
    """Has a line spoken, afresh: one that is kept on disk shows nothing."""
    fell_back: list[EngineFellBack] = []
    with TemporaryDirectory() as cache:
        needs = replace(engine_needs(config, load_content()), cache=Path(cache))
        try:
            with closing(make_voice(needs, fell_back.append)) as voice:
                voice.render("Ready.")
                name = voice.name
        except CoachError as failure:
            return _failed("voice", failure, "install espeak-ng")
    if fell_back:
        first = fell_back[0]
        reason = _failed("voice", TextToSpeechError(first.reason), "run voice-coach models fetch", State.NOTE)
        return replace(reason, found=f"{name}, because {first.name} cannot be used: {reason.found}")
    return Found(what="voice", state=State.GOOD, found=name)


def _folder(path: Path) -> Found:
    """Whether sessions can be written where they are kept."""
    existing = next(folder for folder in (path, *path.parents) if os.path.lexists(folder))
    elsewhere = "choose another with --sessions, or folder under [session] in config.toml"
    wrong = None
    if not os.path.isdir(existing):  # noqa: PTH112 - Path.is_dir raises where it may not look
        wrong = f"{existing} is no folder"
    elif not os.access(existing, os.W_OK | os.X_OK):
        wrong = f"{existing} cannot be written"
    if wrong is not None:
        return Found(what="session folder", state=State.BROKEN, found=wrong, mend=elsewhere)
    free_mb = shutil.disk_usage(existing).free / 1e6
    if free_mb < ROOM_NEEDED_MB:
        return Found(
            what="session folder",
            state=State.NOTE,
            found=f"{path}: {free_mb:.0f} MB free",
            mend=f"make room: a long session takes up to {ROOM_NEEDED_MB} MB",
        )
    return Found(what="session folder", state=State.GOOD, found=str(path))
