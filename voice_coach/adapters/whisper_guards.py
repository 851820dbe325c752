"""What Whisper makes up, and how it is told from what was said.

On noise it writes rows of dots, "thank you" or one phrase over and over; on silence it may repeat its own
prompt; a long vowel becomes a word of a hundred letters. Measured with base int8 and the prompt on silence,
white noise, tones, keyboard clicks and quiet, whispered and normal speech: the probability of "no speech"
was 0.54 to 0.95 without speech and 0.03 to 0.15 with it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

from voice_coach.core.audio import FRAME_SAMPLES, RATE_HZ, SILENCE_DBFS, Pcm, Piece, dbfs
from voice_coach.core.transcript import Word

_HAIR_S = 1e-6
_SENTENCE_END = re.compile(r"[.!?]$")
_DRAWN_OUT = re.compile(r"([^\W\d])\1{4,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class WhisperGuardSettings:
    """From where on words are not believed."""

    __pydantic_config__ = {"extra": "forbid"}

    no_speech: float = 0.5
    """Probability of "no speech" from which a segment needs a good score to stay."""
    no_speech_unvoiced: float = 0.4
    """The same for audio in which the voice detector heard no voice: there it goes in any case."""
    tail_s: float = 1.0
    """Whisper decodes what it left at the end of a piece once more, alone; under this much it mostly invents."""
    no_speech_tail: float = 0.3
    """Probability of "no speech" from which the words of such a tail go (measured: 0.38 to 0.70)."""
    tail_drop_db: float = 20.0
    """A tail nowhere louder than the piece's loudest frame less this is silence and not decoded at all."""
    log_probability: float = -0.5
    """Mean log probability of a token that counts as a good score."""
    compression: float = 2.4
    """A text that compresses better repeats itself (the default of Whisper itself)."""
    loop_repeats: int = 4
    """A phrase said so often in a row, and over ``loop_words`` words in all, was said once."""
    loop_words: int = 8
    """Real speakers do say one word four times."""
    echo_words: int = 7
    """So many words in a row that stand in the prompt are its echo."""
    words_per_voiced_s: float = 1.2
    """Fewer words than this: text was lost. The slowest tenth of speakers articulates 2.7 words a second."""
    ghost_s: float = 0.06
    """A word no longer than this may be none: it has no sound of its own."""
    ghost_probability: float = 0.5
    """It is none where it is doubted as well, and says the word before it again or is a whole sentence."""
    unbelieved_words: int = 5
    """So many words and more, doubted on the whole, are what it makes of a song; fewer may be a misheard command."""
    unbelieved_probability: float = 0.3
    """On the whole: half of them under this. Measured: of 100 sayings by voices that are hard to understand the lowest
    is 0.36, of 230 pieces of answers 0.48; of songs 0.02 to 0.3."""
    doubt_from_s: float = 2.0
    """Voice in a piece from which that can be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """Words that the model decoded together, times within the piece."""

    words: tuple[Word, ...]
    log_probability: float
    no_speech: float
    compression: float
    window_s: float = 30.0
    """Length of the audio that the model heard at once."""


def is_silent_tail(pcm: Pcm, from_s: float, settings: WhisperGuardSettings) -> bool:
    """Whether nothing worth decoding is left of *pcm* after *from_s*."""
    left = pcm[max(0, round(from_s * RATE_HZ)) :]
    if len(left) >= settings.tail_s * RATE_HZ:
        return False
    return _peak_dbfs(left) <= _peak_dbfs(pcm) - settings.tail_drop_db


def believed(
    segments: Sequence[Segment], *, is_voiced: bool, settings: WhisperGuardSettings
) -> tuple[Word, ...]:
    """The words of the segments that may stand, loops undone."""
    words = [
        replace(word, text=_DRAWN_OUT.sub(r"\1", word.text))
        for segment in segments
        if _is_believable(segment, is_voiced=is_voiced, settings=settings)
        for word in segment.words
        if re.search(r"[^\W_]", word.text)
    ]
    return without_loops(words, settings)


def without_loops(words: Sequence[Word], settings: WhisperGuardSettings) -> tuple[Word, ...]:
    """*words* with each phrase of up to six words that is repeated without end left once."""
    bare = [word.bare for word in words]
    kept: list[Word] = []
    at = 0
    while at < len(words):
        size, repeats = _loop_at(bare, at)
        if repeats >= settings.loop_repeats and size * repeats >= settings.loop_words:
            kept += words[at : at + size]
            at += size * repeats
        else:
            kept.append(words[at])
            at += 1
    return tuple(kept)


def echoes(words: Sequence[Word], prompt: str, settings: WhisperGuardSettings) -> bool:
    """Whether a long run of *words* stands in *prompt*."""
    size = settings.echo_words
    said = _spelt(" ".join(word.text for word in words))
    given = _spelt(prompt)
    runs = {tuple(given[at : at + size]) for at in range(len(given) - size + 1)}
    return any(tuple(said[at : at + size]) in runs for at in range(len(said) - size + 1))


def is_unbelieved(words: Sequence[Word], settings: WhisperGuardSettings) -> bool:
    """Whether *words* are so doubted on the whole that nobody can have said them."""
    known = [word.p for word in words if word.p is not None]
    return len(known) >= settings.unbelieved_words and median(known) < settings.unbelieved_probability


def lost_text(words: Sequence[Word], voiced_s: float, settings: WhisperGuardSettings) -> bool:
    """Whether *words* are too few for the voice that was heard."""
    return voiced_s >= settings.doubt_from_s and len(words) < settings.words_per_voiced_s * voiced_s


def placed(words: Sequence[Word], piece: Piece) -> tuple[Word, ...]:
    """*words* moved from piece time to session time, in order and inside what was heard of *piece*.

    Whisper lets the first word begin with the piece, in the silence that was left before it.
    """
    earliest = piece.start_s if piece.sound_from_s is None else piece.sound_from_s
    latest = piece.end_s if piece.sound_until_s is None else piece.sound_until_s
    result: list[Word] = []
    for word in words:
        begin = min(max(round(piece.start_s + word.start_s, 3), earliest), latest)
        finish = min(max(round(piece.start_s + word.end_s, 3), begin), latest)
        result.append(replace(word, start_s=begin, end_s=finish))
        earliest = finish
    return tuple(result)


def without_ghosts(words: Sequence[Word], settings: WhisperGuardSettings) -> tuple[Word, ...]:
    """*words* without those that Whisper writes where two of its segments meet: "when When", "it."."""
    kept: list[Word] = []
    for word in words:
        is_short = word.end_s - word.start_s <= settings.ghost_s + _HAIR_S
        is_doubted = word.p is not None and word.p < settings.ghost_probability
        if not (kept and is_short and is_doubted and _is_stray(kept[-1], word)):
            kept.append(word)
    return tuple(kept)


def _is_stray(before: Word, word: Word) -> bool:
    is_sentence = _SENTENCE_END.search(before.text) and _SENTENCE_END.search(word.text)
    return word.bare == before.bare or bool(is_sentence)


def _is_believable(segment: Segment, *, is_voiced: bool, settings: WhisperGuardSettings) -> bool:
    if segment.window_s < settings.tail_s:
        return segment.no_speech <= settings.no_speech_tail
    if segment.no_speech <= (settings.no_speech if is_voiced else settings.no_speech_unvoiced):
        return True
    is_good = (
        segment.log_probability >= settings.log_probability and segment.compression <= settings.compression
    )
    return is_voiced and is_good


def _loop_at(bare: Sequence[str], at: int) -> tuple[int, int]:
    """The phrase that is repeated most from *at* on: its length and how often it stands there."""
    best = (1, 1)
    for size in range(1, 7):
        repeats = 1
        while bare[at : at + size] == bare[at + size * repeats : at + size * (repeats + 1)]:
            repeats += 1
        if size * repeats > best[0] * best[1] and repeats > 1:
            best = (size, repeats)
    return best


def _peak_dbfs(pcm: Pcm) -> float:
    """Level of the loudest frame."""
    return max(
        (dbfs(pcm[at : at + FRAME_SAMPLES]) for at in range(0, len(pcm), FRAME_SAMPLES)), default=SILENCE_DBFS
    )


def _spelt(text: str) -> list[str]:
    return re.findall(r"[\w']+", text.lower())
