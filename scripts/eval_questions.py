"""How well the coach understands what candidates ask: ``python -m scripts.eval_questions [--set tuning] [--misses]``.

Prints one JSON line a set: how many questions got the right fact, a wrong one, or were handed back, and how many
sentences that were put to oneself were answered. ``--misses`` lists them, for the tuning set alone.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from voice_coach.compose.book import understanding
from voice_coach.compose.content import Content, load_content
from voice_coach.compose.judging import known_wordings, sentence_encoder
from voice_coach.config import load_config
from voice_coach.core.asking import AskedKind, answer_facts, find_questions
from voice_coach.core.fact_finder import FactFinder, MatchSettings, Understanding
from voice_coach.core.question_model import DECISION, NONE, SPECIAL, TALK
from voice_coach.core.transcript import Speaker, Transcript, laid_out, turn_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voice_coach.core.features import Encoder, Matrix

FOLDER = Path(__file__).resolve().parents[1] / "evaluation" / "questions"
SETS = ("tuning", "held_out", "judging")


@dataclass(frozen=True, slots=True)
class Row:
    """A sentence, and what it asks for."""

    pack: str
    expected: tuple[str, ...]
    said: str

    @property
    def is_unanswered(self) -> bool:
        """Whether the decision is to be handed back."""
        return not {NONE, DECISION}.isdisjoint(self.expected)

    @property
    def is_talk(self) -> bool:
        """Whether it is put to oneself."""
        return self.expected == (TALK,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What became of a set."""

    questions: int
    right: int
    wrong: int
    handed_back: int
    unheard: int
    """Not taken for a question."""
    talk: int
    talk_answered: int


class Remembering:
    """An encoder that forgets nothing, for trying many settings."""

    def __init__(self, encoder: Encoder) -> None:
        self._one = cache(lambda text: encoder.encode([text]))

    def encode(self, texts: Sequence[str]) -> Matrix:
        """See the encoder's."""
        import numpy as np

        return np.concatenate([self._one(text) for text in texts])


def rows(name: str) -> list[Row]:
    """The sentences of the set *name*."""
    lines = (FOLDER / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    table = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return [Row(pack, tuple(expected.split("|")), said) for pack, expected, said in table]


class Evaluation:
    """Asks the packs what their finders would answer."""

    def __init__(self, settings: MatchSettings, known: Understanding | None, content: Content) -> None:
        self._content = content
        self._finder = cache(
            lambda pack: FactFinder(self._content.questions[pack], self._content.facts, known, settings)
        )

    def answered(self, row: Row) -> tuple[str | None, ...] | None:
        """The facts that answer *row*, None among them where it is handed back; None where it is no question."""
        finder = self._finder(row.pack)
        words = laid_out(row.said, 0.0, len(row.said) / 15)
        turn = Transcript(turns=(turn_of(Speaker.CANDIDATE, words),))
        asked = find_questions(turn.sentences(), self._content.turn_cues, finder)
        if not any(item.kind is AskedKind.FACT for item in asked):
            return None
        return tuple(answer.fact for answer in answer_facts(asked, finder))

    def _settled(self, row: Row) -> Row:
        """*row* with the facts that answer in its pack for those that the pack lacks."""
        settled = self._finder(row.pack).settled
        known = (asks if asks in SPECIAL else settled(asks) or NONE for asks in row.expected)
        return replace(row, expected=tuple(known))

    def figures(self, table: Sequence[Row]) -> Figures:
        """What becomes of *table*."""
        outcomes = [(self._settled(row), self.answered(row)) for row in table]
        asked = [(row, facts) for row, facts in outcomes if not row.is_talk]
        talk = [facts for row, facts in outcomes if row.is_talk]
        right = sum(is_right(row, facts) for row, facts in asked)
        unheard = sum(facts is None for _, facts in asked)
        wrong = sum(is_wrong(row, facts) for row, facts in asked)
        return Figures(
            questions=len(asked),
            right=right,
            wrong=wrong,
            handed_back=len(asked) - right - wrong - unheard,
            unheard=unheard,
            talk=len(talk),
            talk_answered=sum(facts is not None for facts in talk),
        )


def is_right(row: Row, facts: tuple[str | None, ...] | None) -> bool:
    """Whether what was asked was answered, and nothing else."""
    return bool(facts) and all(
        fact in row.expected or (fact is None and row.is_unanswered) for fact in facts or ()
    )


def is_wrong(row: Row, facts: tuple[str | None, ...] | None) -> bool:
    """Whether a fact was told that was not asked for."""
    return any(fact is not None and fact not in row.expected for fact in facts or ())


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", choices=SETS, action="append")
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--cues-only", action="store_true", help="as without the sentence model")
    given = parser.parse_args()
    config, content = load_config(), load_content()
    encoder = None if given.cues_only else Remembering(known_wordings(content, sentence_encoder(config)))
    evaluation = Evaluation(config.matching, understanding(content, encoder), content)
    for name in given.set or SETS:
        started_s = time.perf_counter()
        table = rows(name)
        figures = evaluation.figures(table)
        took_ms = (time.perf_counter() - started_s) / len(table) * 1000
        print(json.dumps({"set": name, **asdict(figures), "ms_each": round(took_ms, 1)}))
        if given.misses and name == "tuning":
            for row in table:
                facts = evaluation.answered(row)
                if (facts is not None) if row.is_talk else not is_right(row, facts):
                    print(f"{row.pack}\t{'|'.join(row.expected)} -> {facts}\t{row.said}")


if __name__ == "__main__":
    main()
