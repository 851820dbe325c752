"""How well drills hear everyday answers: ``python -m scripts.eval_drills [--half dev] [--misses] [--file FILE]``.

Prints one JSON line for each item of a drill (how many of the answers that meet it are heard so, and of those that do
not), and one for all, of the odd rows (dev), the even ones (check) or both. ``--misses`` lists those of dev alone.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from voice_coach.compose.content import Content, load_content
from voice_coach.compose.drill_document import Drilled
from voice_coach.compose.judging import Judging
from voice_coach.config import Config, load_config
from voice_coach.core.findings import Verdict
from voice_coach.core.transcript import Speaker, Transcript, laid_out

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from voice_coach.core.drill_judge import DrillResult

FILE = Path(__file__).resolve().parents[1] / "evaluation" / "drills" / "tuning.tsv"
HALVES = ("dev", "check")
_ASKED_S, _WORD_S = 3.0, 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An answer to one round, and what it truly meets."""

    half: str
    kind: str
    round: str
    met: frozenset[str]
    unsure: frozenset[str]
    """Neither counted as right nor as wrong."""
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What was made of an answer."""

    row: Row
    result: DrillResult
    heard: frozenset[str]

    @property
    def known(self) -> frozenset[str]:
        """The items that are counted."""
        return frozenset(item.id for item in self.result.items) - self.row.unsure

    @property
    def missed(self) -> frozenset[str]:
        """Met in truth, and not heard."""
        return self.known & self.row.met - self.heard

    @property
    def wrong(self) -> frozenset[str]:
        """Heard, and not met in truth."""
        return self.known & self.heard - self.row.met


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Counts of answers to which an item belongs: those that meet it, those that do not, and how many were heard."""

    right: int
    right_met: int
    wrong: int
    wrong_met: int


def rows(path: Path = FILE) -> list[Row]:
    """What is said in *path*. Raises OSError, ValueError for a line without four fields."""
    lines = [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
    return [_row(line, HALVES[number % 2]) for number, line in enumerate(lines)]


def _row(line: str, half: str) -> Row:
    kind, name, met, said = line.split("\t")
    ids = [] if met == "-" else met.split(",")
    return Row(
        half=half,
        kind=kind,
        round=name,
        met=frozenset(item for item in ids if not item.startswith("?")),
        unsure=frozenset(item[1:] for item in ids if item.startswith("?")),
        said=said,
    )


class Evaluation:
    """Has answers judged as in a drill of that one round."""

    def __init__(self, config: Config, content: Content) -> None:
        self._config = config
        self._content = content

    @cached_property
    def _judging(self) -> Judging:
        return Judging(config=self._config, content=self._content)

    def outcome(self, row: Row) -> Outcome:
        """What is made of *row*. KeyError where there is no such drill, StopIteration for no such round."""
        drill = self._content.drills.drills[row.kind]
        part = next(part for part in drill.round if part.id == row.round)
        alone = replace(drill, draw=0, round=(part,))
        drilled = Drilled(
            drill=alone, texts=self._content.drills.lines, settings=self._config.drill, attempt=1
        )
        asked = part.ask if part.scope_change is None else part.scope_change.text
        end_s = _ASKED_S + 1.0 + _WORD_S * len(row.said.split())
        transcript = Transcript().with_words(Speaker.COACH, laid_out(asked, 0.0, _ASKED_S), (part.id,))
        transcript = transcript.with_words(Speaker.CANDIDATE, laid_out(row.said, _ASKED_S + 1.0, end_s))
        result = drilled.judge(self._judging.judge).judge(transcript, [0.0])
        met = frozenset(item.id for item in result.items if item.verdict is Verdict.MET)
        return Outcome(row=row, result=result, heard=met)


def by_item(outcomes: Iterable[Outcome]) -> dict[str, Figures]:
    """The figures of each item, as "drill/round/item", or "drill/item" where all rounds of the drill share it."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for outcome in outcomes:
        for item in outcome.known:
            name = f"{outcome.row.kind}/{_shared(outcome.row)}{item}"
            truth = "right" if item in outcome.row.met else "wrong"
            counts[name][truth] += 1
            counts[name][f"{truth}_met"] += item in outcome.heard
    return {name: _figures(count) for name, count in counts.items()}


def total(figures: Iterable[Figures]) -> Figures:
    """All of them together."""
    count: Counter[str] = Counter()
    for one in figures:
        count.update(right=one.right, right_met=one.right_met, wrong=one.wrong, wrong_met=one.wrong_met)
    return _figures(count)


def whole(outcomes: Sequence[Outcome]) -> tuple[int, int]:
    """How many answers that meet something are heard to meet all that they do, and how many there are."""
    meeting = [outcome for outcome in outcomes if outcome.row.met]
    return sum(not outcome.missed for outcome in meeting), len(meeting)


_OWN_ROUNDS = ("components", "failure-modes", "tradeoffs")


def _shared(row: Row) -> str:
    return f"{row.round}/" if row.kind in _OWN_ROUNDS else ""


def _figures(count: Counter[str]) -> Figures:
    return Figures(
        right=count["right"], right_met=count["right_met"], wrong=count["wrong"], wrong_met=count["wrong_met"]
    )


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", choices=HALVES)
    parser.add_argument("--file", type=Path, default=FILE)
    parser.add_argument("--misses", action="store_true")
    given = parser.parse_args()
    evaluation = Evaluation(load_config(), load_content())
    outcomes = [evaluation.outcome(row) for row in rows(given.file) if given.half in (None, row.half)]
    figures = by_item(outcomes)
    for name, one in figures.items():
        print(json.dumps({"item": name, **_shown(one)}))
    wholly, meeting = whole(outcomes)
    print(
        json.dumps({"all": len(outcomes), **_shown(total(figures.values())), "wholly": f"{wholly}/{meeting}"})
    )
    if given.misses:
        for outcome in outcomes:
            if outcome.row.half == HALVES[0] and (outcome.missed or outcome.wrong):
                told = f"missed {sorted(outcome.missed)} wrong {sorted(outcome.wrong)}"
                print(f"{outcome.row.kind}/{outcome.row.round}\t{told}\t{outcome.row.said}")


def _shown(figures: Figures) -> dict[str, str]:
    return {
        "right_met": f"{figures.right_met}/{figures.right}",
        "wrong_met": f"{figures.wrong_met}/{figures.wrong}",
    }


if __name__ == "__main__":
    main()
