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
from scripts.bench_echo import VOICES, percentile
from scripts.bench_figure import Figure, load
from scripts.labelled import read_answers
from voice_coach.adapters.word_sounds import alike
from voice_coach.compose.content import load_content
from voice_coach.compose.engines import engine_needs, make_stt, make_voice
from voice_coach.compose.judging import Judging
from voice_coach.config import load_config
from voice_coach.core.audio import RATE_HZ, Piece
from voice_coach.core.recall import Recall
from voice_coach.core.review_words import ReviewReader
from voice_coach.core.same_words import same_index
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
    other: Stretch | None
    """What is played behind it, where two places fit as well."""
    seconds: float

    @property
    def is_right(self) -> bool:
        """Whether what is played is what was meant, or nothing was found of what was not said."""
        if self.stretch is None or not self.claim.said:
            return self.stretch is None and not self.claim.said
        return _plays(self.stretch, self.claim)

    @property
    def is_heard(self) -> bool:
        """Whether what was meant is played at all, first or second."""
        return self.is_right or (self.other is not None and _plays(self.other, self.claim))


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
        self._same = same_index(self.content.same_words, self.content.lexicon)
        self._encoder: Encoder | None = judging.encoder if with_meaning else None
        self._recalls: dict[str, Recall] = {}
        self._reader = ReviewReader(self.content.commands, doubt=self.config.turn_taking.misheard_probability)
        for name in self.heard:
            # As the program has, by the time that anything can be asked.
            self.recall(name).prepare()

    def recall(self, answer: str) -> Recall:
        """What claims are looked up with in *answer*."""
        if answer not in self._recalls:
            heard, settings = self.heard[answer], self.config.review
            self._recalls[answer] = Recall(heard, self._encoder, alike, self._plain, self._same, settings)
        return self._recalls[answer]

    def words(self, claim: Claim) -> tuple[Word, ...]:
        """What is looked up of *claim*; nothing where no question is understood."""
        asked = self._reader.read(laid_out(claim.asked, 0.0, 3.0))
        return () if asked is None else asked.claim

    def tried(self, claim: Claim, words: Sequence[Word] | None = None) -> Tried:
        """What is played to *claim*, as it was heard in *words*."""
        recall = self.recall(claim.answer)
        begun_s = time.perf_counter()
        asked = self._reader.read(words or laid_out(claim.asked, 0.0, 3.0))
        stretch = other = None
        if asked is not None and asked.claim:
            places = recall.find(asked.claim)
            found = recall.best_of(places)
            if found is not None:
                stretch, near = recall.stretch(found, goes_on=True), recall.other(places)
                other = None if near is None else recall.stretch(near, goes_on=True)
        return Tried(claim=claim, stretch=stretch, other=other, seconds=time.perf_counter() - begun_s)


def review_figures() -> Iterator[Figure]:
    """Misses by half, and seconds."""
    at_load = load()
    bench = Bench()
    tried = [bench.tried(claim) for claim in bench.claims]
    for half in sorted({claim.half for claim in bench.claims}):
        said = [item for item in tried if item.claim.half == half and item.claim.said]
        unsaid = [item for item in tried if item.claim.half == half and not item.claim.said]
        right = sum(item.is_right for item in unsaid)
        heard = sum(item.is_heard for item in said)
        yield Figure(
            name=f"recall_{half}",
            measured='"when did I say that?" played something else or nothing',
            on=f"{len(said)} claims, {heard} with the second place; {right} of {len(unsaid)} never said were found so",
            value=sum(not item.is_right for item in said) / max(1, len(said)),
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
        pcm = spoken(claim.asked, VOICES[number % len(VOICES)])
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


def _plays(stretch: Stretch, claim: Claim) -> bool:
    played = [word.bare for word in stretch.words]
    return any(holds(played, [word.bare for word in laid_out(text, 0.0, 1.0)]) for text in claim.said)


def holds(played: Sequence[str], meant: Sequence[str]) -> bool:
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
    for half in sorted({claim.half for claim in bench.claims}):
        said = [item for item in tried if item.claim.half == half and item.claim.said]
        unsaid = [item.is_right for item in tried if item.claim.half == half and not item.claim.said]
        nothing = sum(item.stretch is None for item in said)
        right, heard = (sum(getattr(item, name) for item in said) for name in ("is_right", "is_heard"))
        print(
            f"{half}: right {right} of {len(said)}, {heard} with the second place, nothing played for {nothing};"
            f" a second place {sum(item.other is not None for item in tried)} times;"
            f" never said {sum(unsaid)} of {len(unsaid)}"
        )
    print("slowest", max(item.seconds for item in tried))
    return 0


if __name__ == "__main__":
    sys.exit(main())
