"""Speaks labelled answers and writes down what is heard: ``python -m scripts.recognise_answers FOLDER INTO [ID]...``.

So the judge can learn from what is heard, and it can be measured what recognition costs it. The voice and the
recogniser are the configured ones; the interviewer's turns are kept as text; when each sentence was spoken is kept, so
that labels can be carried over. About a quarter of an hour of computing for an hour of speech.
"""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import closing
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import soxr

from voice_coach.compose.analyze import transcribe
from voice_coach.compose.content import load_content
from voice_coach.compose.engines import engine_needs, make_ears, make_stt, room_voice
from voice_coach.config import load_config
from voice_coach.core.audio import RATE_HZ, duration_s
from voice_coach.core.transcript import laid_out

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voice_coach.core.audio import Pcm
    from voice_coach.core.transcript import Word
    from voice_coach.ports import SpeechToText, TextToSpeech

PAUSE_S = 0.6
"""Between sentences."""
WORDS_PER_S = 2.5


def main() -> None:
    """Does all answers that are not there yet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("into", type=Path)
    parser.add_argument("ids", nargs="*", metavar="ID", help="only these; all by default")
    options = parser.parse_args()
    options.into.mkdir(parents=True, exist_ok=True)
    config = load_config()
    needs = engine_needs(config, load_content())
    stt = make_stt(needs)
    with closing(room_voice(needs, None)) as voice:
        for path in sorted(options.folder.glob("*.json")):
            target = options.into / path.name
            if target.exists() or (options.ids and path.stem not in options.ids):
                continue
            answer = json.loads(path.read_text("utf-8"))
            turns, sentences = recognised(answer["turns"], voice, stt)
            said = {"id": answer["id"], "sentences": sentences, "turns": turns}
            body = json.dumps(said, ensure_ascii=False)
            target.write_text(body.replace('{"speaker"', '\n{"speaker"') + "\n", encoding="utf-8")
            print(f"recognise: {path.stem}", file=sys.stderr)


def recognised(
    turns: Sequence[dict[str, Any]], voice: TextToSpeech, stt: SpeechToText
) -> tuple[list[dict[str, Any]], list[list[float]]]:
    """The turns with the words that were heard and their times; and of each sentence its turn, its place in it, and
    when it began and ended.
    """
    made: list[dict[str, Any]] = []
    times: list[list[float]] = []
    at_s = 0.0
    for number, turn in enumerate(turns):
        if turn["speaker"] != "candidate":
            text = " ".join(turn["sentences"])
            end_s = at_s + len(text.split()) / WORDS_PER_S
            words: Sequence[Word] = laid_out(text, at_s, end_s)
        else:
            clips = [spoken(sentence, voice) for sentence in turn["sentences"]]
            pcm = np.concatenate(clips)
            for place, end_s in enumerate(accumulate(duration_s(clip) for clip in clips)):
                start_s = end_s - duration_s(clips[place])
                times.append([number, place, round(at_s + start_s, 2), round(at_s + end_s - PAUSE_S, 2)])
            heard = transcribe(pcm, make_ears(load_config()), stt, lambda _: None)
            words = [word for part in heard.turns for word in part.words]
            end_s = at_s + duration_s(pcm)
        shift_s = at_s if turn["speaker"] == "candidate" else 0.0
        if words:
            made.append({"speaker": turn["speaker"], "words": [_word(word, shift_s) for word in words]})
        at_s = end_s
    return made, times


def spoken(sentence: str, voice: TextToSpeech) -> Pcm:
    """The sentence and a pause, at the program's own rate."""
    clip = voice.render(sentence)
    sound = clip.pcm.astype(np.float32)
    if clip.rate_hz != RATE_HZ:
        sound = soxr.resample(sound, clip.rate_hz, RATE_HZ)
    pause = np.zeros(round(PAUSE_S * RATE_HZ), np.int16)
    return np.concatenate([sound.clip(-32768, 32767).astype(np.int16), pause])


def _word(word: Word, shift_s: float) -> dict[str, Any]:
    said: dict[str, Any] = {
        "text": word.text,
        "start": round(word.start_s + shift_s, 2),
        "end": round(word.end_s + shift_s, 2),
    }
    return said if word.p is None else {**said, "p": round(word.p, 2)}


if __name__ == "__main__":
    main()
