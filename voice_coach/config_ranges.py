"""Which values of the settings make sense: their types say number or text, and one of those may still end a session in
nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from voice_coach.core.candidate_turn import UNHEARD_LIMIT_S
from voice_coach.core.sound_check import Bounds

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from voice_coach.core.clock import PaceSettings
    from voice_coach.core.endpointing import EndpointerSettings
    from voice_coach.core.model_state import LanguageModelSettings
    from voice_coach.core.sound_check import SoundCheckSettings
    from voice_coach.core.speaker_pace import SpeakerPaceSettings

SHORTEST_MINUTES = 0.5
LONGEST_MINUTES = 120.0
MOST_TIME_CUES = 2
"""The wrap-up is the third and last that is spoken of the time."""
_SHARES = ("clarify_share", "outline_share", "deepen_share", "evaluate_share")
_SHARES_TOLERANCE = 0.001

_FRAME_S = 0.02
_PROBABILITY = (0.0, 1.0)
_SHARE = (0.0, 1.0)
_DBFS = (-120.0, 0.0)
_DB = (0.0, 120.0)
_RATE_WPM = (60, 400)
"""Slower or faster, no voice is understood."""
_UNITS: Mapping[str, tuple[float, float]] = {
    "_s": (_FRAME_S, 600.0),
    "_share": _SHARE,
    "_probability": _PROBABILITY,
    "_wpm": _RATE_WPM,
}
"""From and to for every setting with this unit that does not stand in ``_RANGES``."""
_RANGES: Mapping[str, tuple[float, float]] = {
    "microphone.ring_s": (0.1, 600.0),
    "speaker.fade_s": (0.001, 1.0),
    "whisper.beam": (1, 20),
    "whisper.threads": (0, 256),
    "whisper.other_language": _PROBABILITY,
    "whisper.guards.no_speech": _PROBABILITY,
    "whisper.guards.no_speech_unvoiced": _PROBABILITY,
    "whisper.guards.no_speech_tail": _PROBABILITY,
    "whisper.guards.unbelieved_words": (1, 1000),
    "whisper.guards.unbelieved_probability": _PROBABILITY,
    "whisper.guards.ghost_s": (0.0, 1.0),
    "whisper.guards.ghost_probability": _PROBABILITY,
    "whisper.guards.tail_s": (0.0, 30.0),
    "whisper.guards.tail_drop_db": (0.0, 100.0),
    "whisper.guards.log_probability": (-20.0, 0.0),
    "whisper.guards.compression": (1.0, 100.0),
    "whisper.guards.loop_repeats": (1, 1000),
    "whisper.guards.loop_words": (1, 1000),
    "whisper.guards.echo_words": (1, 1000),
    "whisper.guards.words_per_voiced_s": (0.0, 10.0),
    "whisper.guards.doubt_from_s": (0.0, 600.0),
    "whisper.lost.voiced_s": (0.5, 30.0),
    "whisper.lost.words_between": (0, 100),
    "whisper.lost.margin_s": (0.0, 5.0),
    "whisper.edges.lag_s": (0.0, 0.5),
    "whisper.edges.silence_s": (0.02, 5.0),
    "whisper.edges.breath_s": (0.0, 2.0),
    "whisper.edges.breath_db": (-100.0, 100.0),
    "whisper.edges.reach_s": (0.0, 5.0),
    "whisper.edges.drawn_out_s": (0.0, 30.0),
    "whisper.edges.shortest_s": (0.0, 1.0),
    "webrtc_vad.mode": (0, 3),
    "near_voice.below_db": (6.0, 60.0),
    "near_voice.window_s": (0.02, 1.0),
    "near_voice.known_from_s": (0.5, 60.0),
    "near_voice.level_s": (1.0, 600.0),
    "near_voice.level_share": (0.5, 1.0),
    "near_voice.forgets_s": (1.0, 3600.0),
    "gated_vad.warm_up_s": (0.0, 10.0),
    "voice.cache_mb": (0, 1_000_000),
    "piper.sentence_silence_s": (0.0, 5.0),
    "pace.minutes": (SHORTEST_MINUTES, LONGEST_MINUTES),
    "pace.range_low": (0.01, 1.0),
    "pace.range_high": (1.0, 10.0),
    "pace.wrap_up_before_s": (0.0, 3600.0),
    "pace.tolerance_share": (0.0, 10.0),
    "pace.longest_share": (1.0, 10.0),
    "candidate.years": (0, 80),
    "history.keeps_audio_days": (0, 36_500),
    "history.keeps_sessions_days": (0, 36_500),
    "matching.least_probability": (0.0, 1.0),
    "matching.named_probability": (0.0, 1.0),
    "matching.sure_probability": (0.0, 1.0),
    "matching.asked_probability": (0.0, 1.0),
    "matching.talk_probability": (0.0, 1.0),
    "interview.unanswered_prompts": (0, 100),
    "interview.asked_about_once": (0, 100),
    "interview.gaps.promise_words": (0, 10_000),
    "interview.gaps.number_words": (0, 10_000),
    "interview.gaps.part_words": (0, 10_000),
    "interview.gaps.shallow_words": (0, 10_000),
    "interview.gaps.dwelt_words": (1, 10_000),
    "interview.gaps.dwelt_share": (0.0, 1.0),
    "interview.gaps.overdue_share": (0.0, 1.0),
    "review.wait_s": (0.0, 600.0),
    "review.room_wait_s": (0.0, 60.0),
    "review.between_lines_s": (0.0, 10.0),
    "review.replay_s": (1.0, 30.0),
    "review.edge_s": (0.0, 0.5),
    "review.short_s": (0.0, 30.0),
    "review.found_from": (0.0, 1.0),
    "review.unsure_from": (0.0, 1.0),
    "review.other_within": (0.0, 10.0),
    "interview.speed.step": (0.05, 0.5),
    "interview.speed.slowest": (0.5, 1.0),
    "interview.speed.fastest": (1.0, 1.8),
    "turn_taking.near_end_s": (0.0, 3600.0),
    "turn_taking.resume_from_s": (0.0, 10.0),
    "turn_taking.longest_wait_factor": (1.0, 10.0),
    "turn_taking.hint_monologue_s": (0.0, 600.0),
    "turn_taking.hint_short_s": (0.0, 600.0),
    "turn_taking.pauses.fewest": (1, 1000),
    "turn_taking.pauses.kept": (1, 1000),
    "turn_taking.pauses.stretch": (1.0, 10.0),
    "steering.earliest_s": (60.0, 3600.0),
    "steering.boundary_s": (0.35, 10.0),
    "steering.talk_s": (10.0, 3600.0),
    "steering.normal_apart_s": (180.0, 3600.0),
    "steering.tough_apart_s": (30.0, 3600.0),
    "steering.after_withdrawal_s": (30.0, 3600.0),
    "steering.withdraw_s": (0.5, 10.0),
    "steering.exchange_low_s": (30.0, 3600.0),
    "steering.exchange_high_s": (30.0, 3600.0),
    "steering.off_point_words": (20, 10_000),
    "steering.off_point_per_100": (0.0, 100.0),
    "steering.question_limit": (1, 1000),
    "endpointing.onset_gap_s": (0.0, 1.0),
    "endpointing.pad_s": (0.0, 2.0),
    "endpointing.cut_min_s": (0.0, 29.0),
    "endpointing.max_piece_s": (1.0, 29.0),
    "endpointing.look_back_s": (0.0, 29.0),
    "echo.blind_s": (0.0, 600.0),
    "echo.same_words": (1, 100),
    "llm.faults_allowed": (1, 100),
    "llm.again_words": (1, 10_000),
    "llm.lately_s": (30.0, 3600.0),
    "llm.tokens_per_session": (0, 100_000_000),
    "llm.cost_per_session": (0.0, 10_000.0),
    "llm.input_price": (0.0, 10_000.0),
    "llm.output_price": (0.0, 10_000.0),
    "llm.unsure_below": _PROBABILITY,
    "llm.likely_from": _PROBABILITY,
    "sound_check.noise_dbfs.doubt": _DBFS,
    "sound_check.noise_dbfs.fail": _DBFS,
    "sound_check.voice_share.doubt": _SHARE,
    "sound_check.voice_share.fail": _SHARE,
    "sound_check.level_dbfs.doubt": _DBFS,
    "sound_check.level_dbfs.fail": _DBFS,
    "sound_check.above_noise_db.doubt": _DB,
    "sound_check.above_noise_db.fail": _DB,
    "sound_check.clipped_share.doubt": _SHARE,
    "sound_check.clipped_share.fail": _SHARE,
    "sound_check.lost_share.doubt": _SHARE,
    "sound_check.lost_share.fail": _SHARE,
    "sound_check.words_share.doubt": _SHARE,
    "sound_check.words_share.fail": _SHARE,
    "sound_check.echo_dbfs": _DBFS,
    "sound_check.cancelled_db": _DB,
    "sound_check.left_db": _DB,
    "evening.hours": (0.25, 8.0),
    "evening.answer_minutes": (1.0, 60.0),
    "evening.answer_slot_minutes": (1.0, 90.0),
    "evening.answers": (0, 4),
    "evening.most_new_questions": (0, 4),
    "evening.most_extra_drills": (0, 20),
    "evening.weak_from": (0.05, 1.0),
    "evening.weak_value": (0.0, 100.0),
    "evening.need_value": (0.0, 100.0),
    "evening.break_minutes": (0.0, 60.0),
    "evening.short_break_minutes": (0.0, 60.0),
    "evening.break_after_minutes": (0.0, 480.0),
    "evening.bed_minutes": (0.0, 30.0),
    "evening.anew_after_hours": (1.0, 24.0),
    "evening.anew_at_hour": (0.0, 23.0),
    "evening.longest_wait_s": (20.0, 3600.0),
    "evening.deaf_s": (0.0, 5.0),
}
"""From and to, both included."""

MAY_BE_EMPTY = frozenset(
    {
        "session.folder",
        "session.questions",
        "candidate.role",
        "candidate.resume",
        "audio.input",
        "audio.output",
        "pyttsx3.voice",
        "stt.draft_model",
        "turn_hint.model",
        "llm.base_url",
        "llm.model",
        "llm.key_variable",
    }
)
"""Texts that choose the system's own, or nothing, where they are empty; every other one has to name something."""
COMPUTE_TYPES = (
    "default",
    "auto",
    "int8",
    "int8_float32",
    "int8_float16",
    "int8_bfloat16",
    "int16",
    "float16",
    "bfloat16",
    "float32",
)
"""What CTranslate2 calls them; which of them a machine has, compose/engines asks."""
_CHOICES: Mapping[str, tuple[str, ...]] = {"whisper.compute_type": COMPUTE_TYPES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Misfit:
    """A setting whose value makes no sense."""

    keys: tuple[tuple[str, ...], ...]
    """The path of the setting; several where it is their relation that is wrong."""
    reason: str


def misfits(config: Any) -> Iterator[Misfit]:  # noqa: ANN401 - Config, whose module imports this one
    """Everything about the values of *config* that makes no sense."""
    for path, value in numbers(config):
        low, high = range_of(path)
        if not low <= value <= high:
            yield Misfit(
                keys=(path,), reason=f"{value:g} is out of range; choose between {low:g} and {high:g}"
            )
    yield from _text_misfits(config)
    yield from _pace_misfits(config.pace)
    yield from _order_misfits(config)
    yield from _endpointing_misfits(config.endpointing)
    yield from _pauses_misfits(config.turn_taking.pauses)
    yield from _bounds_misfits(config.sound_check)
    yield from _model_misfits(config.llm)
    if config.silero_vad.off_probability > config.silero_vad.on_probability:
        keys = (("silero_vad", "off_probability"), ("silero_vad", "on_probability"))
        yield Misfit(keys=keys, reason="off_probability must not be above on_probability")


def numbers(settings: Any) -> Iterator[tuple[tuple[str, ...], float]]:  # noqa: ANN401 - any settings type
    """Every number among *settings* with its path; those in lists are left out."""
    for here, value in _values(settings, ()):
        if isinstance(value, int | float) and not isinstance(value, bool):
            yield here, value


def range_of(path: tuple[str, ...]) -> tuple[float, float]:
    """The smallest and largest value of the setting at *path*. Raises KeyError for one that has no range."""
    name = ".".join(path)
    if name in _RANGES:
        return _RANGES[name]
    unit = name[name.rindex("_") :] if "_" in path[-1] else name
    return _UNITS[unit]


def _values(settings: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], object]]:  # noqa: ANN401 - any settings type
    for item in fields(settings):
        value = getattr(settings, item.name)
        here = (*path, item.name)
        if is_dataclass(value):
            yield from _values(value, here)
        else:
            yield here, value


def _text_misfits(config: Any) -> Iterator[Misfit]:  # noqa: ANN401 - Config, whose module imports this one
    for path, value in _values(config, ()):
        name = ".".join(path)
        if not isinstance(value, str):
            continue
        if not value.strip() and name not in MAY_BE_EMPTY:
            yield Misfit(keys=(path,), reason="is empty; leave the line out for the default")
        elif name in _CHOICES and value not in _CHOICES[name]:
            yield Misfit(keys=(path,), reason=f"must be one of {', '.join(_CHOICES[name])}, not {value!r}")


def _pace_misfits(pace: PaceSettings) -> Iterator[Misfit]:
    total = sum(getattr(pace, name) for name in _SHARES)
    if not abs(total - 1.0) <= _SHARES_TOLERANCE:
        keys = tuple(("pace", name) for name in _SHARES)
        yield Misfit(keys=keys, reason=f"the shares of the four parts make {total:g}; they must make 1")
    cues = pace.time_cues
    key = (("pace", "time_cues"),)
    if len(cues) > MOST_TIME_CUES:
        yield Misfit(
            keys=key, reason=f"{len(cues)} of them; at most {MOST_TIME_CUES}, the wrap-up is one more"
        )
    if not all(0.0 < cue < 1.0 for cue in cues) or any(second <= first for first, second in pairwise(cues)):
        yield Misfit(keys=key, reason="must rise, each between 0 and 1")
    if pace.range_low >= pace.range_high:
        keys = (("pace", "range_low"), ("pace", "range_high"))
        yield Misfit(keys=keys, reason="range_low must be below range_high")


def _model_misfits(llm: LanguageModelSettings) -> Iterator[Misfit]:
    url = llm.base_url
    if not url:
        return
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_address = False
        parts = urlsplit("")
    if not is_address or url != url.strip():
        reason = "is no address of an endpoint; write it as https://api.openai.com/v1"
        yield Misfit(keys=(("llm", "base_url"),), reason=reason)
    elif parts.username is not None or parts.query or parts.fragment:
        reason = "holds more than an address; a key belongs in the environment (llm.key_variable)"
        yield Misfit(keys=(("llm", "base_url"),), reason=reason)
    elif not llm.model.strip():
        keys = (("llm", "model"), ("llm", "base_url"))
        yield Misfit(keys=keys, reason="is empty; name the model as the endpoint calls it")


_ORDERED = (
    ("steering", "scope_from_share", "scope_until_share"),
    ("steering", "exchange_low_s", "exchange_high_s"),
    ("evening", "short_break_minutes", "break_minutes"),
    ("evening", "answer_minutes", "answer_slot_minutes"),
)
"""The first must not be above the second."""


def _order_misfits(config: Any) -> Iterator[Misfit]:  # noqa: ANN401 - Config, whose module imports this one
    for section, low, high in _ORDERED:
        settings = getattr(config, section)
        if getattr(settings, low) > getattr(settings, high):
            keys = ((section, low), (section, high))
            yield Misfit(keys=keys, reason=f"{low} must not be above {high}")


_GROWS_WORSE = frozenset({"noise_dbfs", "voice_share", "clipped_share", "lost_share"})
"""Of the bounds of the set-up check; the others are worse the less there is."""


def _bounds_misfits(check: SoundCheckSettings) -> Iterator[Misfit]:
    for item in fields(check):
        bounds = getattr(check, item.name)
        if not isinstance(bounds, Bounds):
            continue
        grows = item.name in _GROWS_WORSE
        if bounds.doubt > bounds.fail if grows else bounds.doubt < bounds.fail:
            path = ("sound_check", item.name)
            reason = f"doubt must not be {'above' if grows else 'below'} fail"
            yield Misfit(keys=((*path, "doubt"), (*path, "fail")), reason=reason)


def _pauses_misfits(pauses: SpeakerPaceSettings) -> Iterator[Misfit]:
    for kind, limits in (("monologue", pauses.monologue), ("short", pauses.short)):
        if limits.shortest_s > limits.longest_s:
            limit = ("turn_taking", "pauses", kind)
            keys = ((*limit, "shortest_s"), (*limit, "longest_s"))
            yield Misfit(keys=keys, reason="shortest_s must not be above longest_s")
    if pauses.fewest > pauses.kept:
        path = ("turn_taking", "pauses")
        yield Misfit(keys=((*path, "fewest"), (*path, "kept")), reason="fewest must not be above kept")


def _endpointing_misfits(ears: EndpointerSettings) -> Iterator[Misfit]:
    for name in ("cut_always_s", "cut_short_s"):
        value = getattr(ears, name)
        if value >= UNHEARD_LIMIT_S:
            reason = f"{value:g} is too long; choose less than {UNHEARD_LIMIT_S:g}, when the coach takes it for a noise"
            yield Misfit(keys=(("endpointing", name),), reason=reason)
    if ears.look_back_s >= ears.max_piece_s:
        keys = (("endpointing", "look_back_s"), ("endpointing", "max_piece_s"))
        yield Misfit(keys=keys, reason="look_back_s must be less than max_piece_s")
