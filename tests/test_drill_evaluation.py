"""The set of everyday answers to drills: it is whole, and the cues alone still hear most of it."""

from __future__ import annotations

from collections import Counter

from scripts.eval_drills import HALVES, Figures, Outcome, Row, by_item, rows, total
from tests.compose.small_engines import CONTENT
from voice_coach.core.drill import KINDS
from voice_coach.core.drill_judge import ORDER, DrillEar, DrillResult, DrillVerdict
from voice_coach.core.findings import Verdict
from voice_coach.core.transcript import Speaker, Transcript, laid_out

MOST_RIGHT, MOST_WRONG = 0.93, 0.04
"""Of the answers that meet an item, and of those that do not, that are heard to meet it; detectors are not asked."""


def verdict(name: str, *, is_met: bool) -> DrillVerdict:
    said = Verdict.MET if is_met else Verdict.NOT_MET
    return DrillVerdict(id=name, what=name, verdict=said, why="", goal="")


def test_rows_are_of_both_halves_and_name_what_there_is() -> None:
    table = rows()
    drills = CONTENT.drills.drills
    assert {row.kind for row in table} == set(KINDS)
    assert {(row.kind, row.round) for row in table} == {
        (kind, part.id) for kind, drill in drills.items() for part in drill.round
    }
    for row in table:
        part = next(part for part in drills[row.kind].round if part.id == row.round)
        assert row.met | row.unsure <= {item.id for item in part.item} | {ORDER}, row.said
    counts = Counter(row.half for row in table)
    assert abs(counts[HALVES[0]] - counts[HALVES[1]]) <= 1
    assert len({(row.kind, row.round, row.said) for row in table}) == len(table)


def test_cues_alone_hear_most_of_what_is_right_and_little_of_what_is_wrong() -> None:
    drills = CONTENT.drills.drills.items()
    ears = {kind: DrillEar(drill, CONTENT.rubric, CONTENT.lexicon) for kind, drill in drills}
    counts: Counter[tuple[bool, bool]] = Counter()
    for row in rows():
        ear = ears[row.kind]
        part = next(part for part in ear.drill.round if part.id == row.round)
        words = laid_out(row.said, 0.0, 0.4 * len(row.said.split()))
        lines = [line.words for line in Transcript().with_words(Speaker.CANDIDATE, words).sentences()]
        for item in part.item:
            if item.is_absent or item.id in row.unsure or not item.cues:
                continue
            counts[item.id in row.met, ear.find(part, item, lines) is not None] += 1
    assert counts[True, True] >= MOST_RIGHT * (counts[True, True] + counts[True, False])
    assert counts[False, True] <= MOST_WRONG * (counts[False, True] + counts[False, False])


def test_figures_tell_what_was_missed_and_what_was_wrongly_heard() -> None:
    row = Row(
        half="dev",
        kind="storage",
        round="photos",
        met=frozenset({"choice", "reason"}),
        unsure=frozenset({"cost"}),
        said="S3, as files are big",
    )
    items = (verdict("choice", is_met=True), verdict("reason", is_met=False), verdict("cost", is_met=True))
    result = DrillResult(items=items, score=0, passed=False, said=())  # type: ignore[arg-type]
    outcome = Outcome(row=row, result=result, heard=frozenset({"choice", "cost"}))
    assert outcome.missed == {"reason"}
    assert not outcome.wrong
    assert total(by_item([outcome]).values()) == Figures(right=2, right_met=1, wrong=0, wrong_met=0)
