"""The set-up check by voice: when it is due, on what it runs, what is said about it."""

from __future__ import annotations

import json
import threading
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from voice_coach import interruption
from voice_coach.adapters.coach_track import CoachTrack
from voice_coach.adapters.keyboard import pressed
from voice_coach.adapters.pulse_streams import PLAYING, RECORDING, default_device
from voice_coach.adapters.session_folder import write_whole
from voice_coach.adapters.sound_card import Role, find_device
from voice_coach.compose.engines import make_canceller, make_ears
from voice_coach.compose.scene import can_cancel, open_scene
from voice_coach.config import environment
from voice_coach.core.errors import AudioDeviceError, ConfigError, StorageError
from voice_coach.core.sound_check import Verdict, Way
from voice_coach.shell import Mouth
from voice_coach.sound_check import Booth, Checked, SoundCheck, Unwanted
from voice_coach.workers import Failed, ThreadWorkers, done

if TYPE_CHECKING:
    from collections.abc import Callable

    from voice_coach.compose.engines import CorrectedSpeech
    from voice_coach.compose.scene import Scene
    from voice_coach.config import Config
    from voice_coach.ports import TextToSpeech
    from voice_coach.prompts.sound_check import SoundCheckTexts

REMEMBERED = 50
"""Pairs of devices; the oldest goes."""
MARKS = {Verdict.GOOD: "good", Verdict.DOUBTED: "note", Verdict.WRONG: "wrong"}
"""As ``doctor`` marks what it finds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckNeeds:
    """What a check is made with."""

    config: Config
    texts: SoundCheckTexts
    scene: Scene
    voice: TextToSpeech
    stt: CorrectedSpeech


def known_devices() -> Path:
    """The file that remembers with which devices the sound was checked."""
    return environment().data / "sound-check.json"


def is_due(scene: Scene, config: Config, *, wanted: bool | None) -> bool:
    """Whether a session in *scene* begins with a check: as *wanted*, or else where its devices are new.

    Raises ConfigError where it is wanted and nothing can be checked.
    """
    if wanted and not (scene.may_echo or scene.is_headless):
        message = (
            "--check: goes with a microphone and a loudspeaker, not with a file, a room or none; leave it out"
        )
        raise ConfigError(message)
    if wanted is False or not scene.may_echo:
        return False
    return bool(wanted) or (config.sound_check.at_first and _devices(scene) not in _known())


def check_sound(needs: CheckNeeds, tell: Callable[[str], None]) -> Checked | None:
    """The check, each line that the coach says *told*; None where it could not be done or was not wanted, told as well.

    Nothing but Ctrl-C is raised: no session fails of it.
    """
    tell("Checking the sound, which takes about 15 s. Any key skips it.")
    result = done("check", None, lambda: _checked(needs, tell))
    if isinstance(result, Failed):
        if interruption.has_come():
            raise interruption.Interrupted from result.error
        if isinstance(result.error, Unwanted):
            tell("The sound check was skipped.")
            _remember(needs.scene, tell)
        else:
            tell(f"The sound could not be checked: {result.error}")
        return None
    assert isinstance(result, Checked)  # noqa: S101 - tells the type checker
    if all(finding.verdict is not Verdict.WRONG for finding in result.findings):
        _remember(needs.scene, tell)
    return result


def check_and_report(needs: CheckNeeds, tell: Callable[[str], None]) -> None:
    """The check before a session; what was found is *told* as well."""
    checked = check_sound(needs, tell)
    for line in () if checked is None else report(checked):
        tell(line)


def report(checked: Checked) -> list[str]:
    """What was found, for the screen."""
    lines = [f"Sound check, {checked.took_s:.0f} s:"]
    for finding in checked.findings:
        lines.append(f"{MARKS[finding.verdict]:5} {finding.what}: {finding.found}")
        if finding.mend:
            lines.append(f"      {finding.mend}")
    return lines


def _checked(needs: CheckNeeds, tell: Callable[[str], None]) -> Checked:
    config, texts = needs.config, needs.texts
    # Before the devices are opened: nobody listens meanwhile.
    opening, asked = needs.voice.render(texts.opening), needs.voice.render(texts.asked)
    unwanted = threading.Event()
    cancels = can_cancel(needs.scene, config.audio)
    with ExitStack() as stack:
        workers = ThreadWorkers()
        stack.callback(workers.close)
        workers.submit("ears", None, needs.stt.load)
        ears = make_ears(config)
        stage = open_scene(needs.scene, config, lambda _: needs.voice, cancels_echo=cancels)
        stack.callback(stage.source.close)
        if stage.far is not None:
            ears = replace(ears, canceller=make_canceller(stage.far, tell))
        way = Way(
            headphones=config.audio.headphones,
            is_cancelled=ears.canceller is not None,
            wants_cancelling=config.audio.cancels_echo,
        )
        booth = Booth(
            source=stage.source,
            ears=ears,
            mouth=Mouth(voice=needs.voice, player=stage.player, track=CoachTrack()),
            stt=needs.stt,
            workers=workers,
            device_news=stage.device_news,
            is_unwanted=unwanted.is_set,
            show=lambda line: tell(f"coach: {line}"),
        )
        stack.enter_context(pressed(lambda _: unwanted.set()))
        return SoundCheck(booth, texts, way, config.sound_check).run(opening, asked)


# -- what is remembered ----------------------------------------------------------------------------------------


def _devices(scene: Scene) -> list[str]:
    """Names of microphone and loudspeaker, and what the sound server puts behind them. Raises AudioDeviceError."""
    named = (
        (Role.MICROPHONE, scene.input_name, RECORDING),
        (Role.LOUDSPEAKER, scene.output_name, PLAYING),
    )
    names = []
    for role, wanted, kind in named:
        name = find_device(role, wanted).name.partition(" (hw:")[0]
        behind = default_device(kind)
        names.append(f"{name} ({behind})" if behind else name)
    return names


def _known() -> list[list[str]]:
    """The pairs of devices with which the sound was checked, the oldest first; none where the file holds none."""
    try:
        content = json.loads(known_devices().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    pairs = content.get("checked") if isinstance(content, dict) else None
    return [pair for pair in pairs if isinstance(pair, list)] if isinstance(pairs, list) else []


def _remember(scene: Scene, tell: Callable[[str], None]) -> None:
    path = known_devices()
    try:
        devices = _devices(scene)
        pairs = [*(pair for pair in _known() if pair != devices), devices][-REMEMBERED:]
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(path, json.dumps({"checked": pairs}, ensure_ascii=False, indent=1) + "\n")
    except (AudioDeviceError, StorageError, OSError) as failure:
        tell(f"The sound will be checked again next time: {str(failure).partition('; ')[0]}")
