"""How well "when did I say that?" finds what is meant, and how soon it answers.

``evaluation/review/claims.tsv`` holds what candidates ask of bundled answers, as they would say it, with the words
that they mean. A claim is hit where at least half of those words are played. Its seconds run from the end of the
question to the first sample: the recogniser, reading the question, looking it up and rendering "At two minutes ten:"
with the configured voice; the silence that tells the end of a question comes on top.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.bench_card import spoken
from scripts.bench_echo import percentile
from scripts.bench_figure import Figure, load
from scripts.labelled import read_answers
from voice_coach.adapters.word_sounds import alike
from voice_coach.compose.content import load_content
from voice_coach.compose.engines import engine_needs, make_stt, make_voice
from voice_coach.compose.judging import Judging
from voice_coach.config import load_config
from voice_coach.core.audio import RATE_HZ, Piece
from voice_coach.core.recall import Recall, topics_of
from voice_coach.core.review_words import ReviewReader
from voice_coach.core.speakable_time import spoken_moment
from voice_coach.core.transcript import Word, laid_out

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voice_coach.core.features import Encoder
    from voice_coach.core.heard import Heard
    from voice_coach.core.recall import Stretch

ROOT = Path(__file__).resolve().parent.parent
CLAIMS = ROOT / "evaluation/review/claims.tsv"
ANSWERS = ROOT / "evaluation/answers/tuning"
MISSED_SHARE = 0.1
ANSWER_S = 2.0
SPOKEN = 12
"""So many claims are said to the recogniser."""
_VOICE = "piper-joe"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Something that is asked."""

    half: str
    """tuning or judged."""
    answer: str
    asked: str
    said: tuple[str, ...]
    """The words that are meant, any of them; none: nothing of the kind was said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What came of a claim."""

    claim: Claim
    stretch: Stretch | None
    seconds: float

    @property
    def is_right(self) -> bool:
        """Whether what is played is what was meant, or nothing was found of what was not said."""
        if self.stretch is None or not self.claim.said:
            return self.stretch is None and not self.claim.said
        played = [word.bare for word in self.stretch.words]
        return any(
            _holds(played, [word.bare for word in laid_out(text, 0.0, 1.0)]) for text in self.claim.said
        )


class Bench:
    """The claims with what they are asked of."""

    def __init__(self, *, with_meaning: bool = True) -> None:
        self.config, self.content = load_config(), load_content()
        judging = Judging(config=self.config, content=self.content)
        answers = {item.id: item for item in read_answers(ANSWERS, self.content.lexicon)}
        self.claims = read_claims()
        names = {claim.answer for claim in self.claims}
        self.heard: dict[str, Heard] = {
            name: judging.rules.listen(answers[name].transcript) for name in sorted(names)
        }
        self._plain = frozenset(self.content.review.when.plain)
        self._topics = topics_of(self.content.rubric, self.content.lexicon)
        self._encoder: Encoder | None = judging.encoder if with_meaning else None
        self._reader = ReviewReader(self.content.commands, doubt=self.config.turn_taking.misheard_probability)
        if self._encoder is not None:
            # As the judge has, by the time that anything can be asked.
            for heard in self.heard.values():
                Recall(heard, self._encoder, alike, self._plain, self._topics, self.config.review).prepare()

    def tried(self, claim: Claim, words: Sequence[Word] | None = None) -> Tried:
        """What is played to *claim*, as it was heard in *words*."""
        heard = self.heard[claim.answer]
        begun_s = time.perf_counter()
        asked = self._reader.read(words or laid_out(claim.asked, 0.0, 3.0))
        stretch = None
        if asked is not None and asked.claim:
            recall = Recall(heard, self._encoder, alike, self._plain, self._topics, self.config.review)
            found = recall.best(asked.claim)
            stretch = None if found is None else recall.stretch(found)
        return Tried(claim=claim, stretch=stretch, seconds=time.perf_counter() - begun_s)


def review_figures() -> Iterator[Figure]:
    """Misses by half, and seconds."""
    at_load = load()
    bench = Bench()
    tried = [bench.tried(claim) for claim in bench.claims]
    for half in ("tuning", "judged"):
        said = [item for item in tried if item.claim.half == half and item.claim.said]
        unsaid = [item for item in tried if item.claim.half == half and not item.claim.said]
        right = sum(item.is_right for item in unsaid)
        yield Figure(
            name=f"recall_{half}",
            measured='"when did I say that?" played something else or nothing',
            on=f"{len(said)} claims; {right} of {len(unsaid)} never said were found to be so",
            value=sum(not item.is_right for item in said) / len(said),
            unit="",
            at_most=MISSED_SHARE,
            load=at_load,
        )
    yield from _seconds(bench, at_load)


def _seconds(bench: Bench, at_load: float) -> Iterator[Figure]:
    """Said by a voice, heard by the recogniser, looked up, and the first line rendered."""
    needs = engine_needs(bench.config, bench.content)
    stt, voice = make_stt(needs), make_voice(needs, lambda _: None)
    stt.load()
    voice.render("Ready.")
    took: list[float] = []
    right = 0
    claims = [claim for claim in bench.claims if claim.said]
    for number, claim in enumerate(claims[:: max(1, len(claims) // SPOKEN)][:SPOKEN]):
        pcm = spoken(claim.asked, _VOICE)
        begun_s = time.perf_counter()
        words = stt.transcribe(Piece(id=number, start_s=0.0, pcm=pcm, voiced_s=len(pcm) / RATE_HZ))
        tried = bench.tried(claim, words)
        voice.render(f"At {spoken_moment(60.0 + 7.0 * number)}:")
        took.append(time.perf_counter() - begun_s)
        right += tried.is_right
    voice.close()
    yield Figure(
        name="recall_answer",
        measured="the end of the question to the first sound of the answer, p95, the pause behind it left out",
        on=f"{len(took)} claims said to the recogniser, {right} found",
        value=percentile(took, 0.95),
        unit="s",
        at_most=ANSWER_S,
        load=at_load,
    )


def read_claims(path: Path = CLAIMS) -> list[Claim]:
    """All claims, in order."""
    lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]
    return [
        Claim(
            half=half,
            answer=answer,
            asked=asked,
            said=tuple(text.strip() for text in said.split("|") if text.strip()),
        )
        for half, answer, asked, said in (line.split("\t") for line in lines[1:])
    ]


def _holds(played: Sequence[str], meant: Sequence[str]) -> bool:
    """Whether at least half of the words *meant* are *played* in a row."""
    needed = -(-len(meant) // 2)
    runs = [list(meant[first : first + needed]) for first in range(len(meant) - needed + 1)]
    return any(list(played[at : at + needed]) in runs for at in range(max(0, len(played) - needed + 1)))


def main() -> int:
    """Prints every claim that was missed; for work on the tuning half."""
    bench = Bench(with_meaning="--words" not in sys.argv)
    tried = [bench.tried(claim) for claim in bench.claims]
    wanted = "judged" if "--judged" in sys.argv else "tuning"
    for item in tried:
        if item.claim.half == wanted and not item.is_right:
            print(item.claim.answer, item.claim.asked, "|", item.claim.said)
            print("   ", None if item.stretch is None else item.stretch.quote)
    for half in ("tuning", "judged"):
        said = [item.is_right for item in tried if item.claim.half == half and item.claim.said]
        unsaid = [item.is_right for item in tried if item.claim.half == half and not item.claim.said]
        print(half, sum(said), "of", len(said), "unsaid", sum(unsaid), "of", len(unsaid))
    print("slowest", max(item.seconds for item in tried))
    return 0


if __name__ == "__main__":
    sys.exit(main())
