"""How well the judge agrees with the annotators: ``python -m scripts.evaluate [FOLDER]...``.

By default the judging split, which nothing is trained or tuned on. Prints a table for people, or with ``--json`` one
JSON document. It is a measurement and fails on nothing; a slow test holds the recorded figures.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from scripts.labelled import GROUPS, Labelled, read_answers, read_recognised, read_second_labels
from voice_coach.compose.content import load_content
from voice_coach.compose.judging import Judging
from voice_coach.config import Config
from voice_coach.core.findings import Finding, Verdict
from voice_coach.core.rubric_ids import PHASE_OF_STAGE, PHASES
from voice_coach.core.stages import NO_STAGE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from voice_coach.core.findings import Assessment
    from voice_coach.core.heard import Heard
    from voice_coach.core.judge import Judge
    from voice_coach.core.stages import Stretch

EVALUATION = Path(__file__).resolve().parent.parent / "evaluation"
HELD_OUT = EVALUATION / "answers" / "held_out"
RECOGNISED = EVALUATION / "recognised"
SURE = 0.7
ACCUSED = 0.6
PAIRS = (
    ("checklist and mistakes", ("checklist", "mistakes")),
    ("the rest", ("delivery", "clarification", "deep_dives")),
)


@dataclass(frozen=True, slots=True)
class Judged:
    """One verdict beside the annotator's."""

    answer: str
    id: str
    is_true: bool
    says_true: bool
    confidence: float


@dataclass(frozen=True, slots=True)
class Measured:
    """All verdicts on some answers."""

    verdicts: tuple[Judged, ...]
    refused: int
    """Verdicts that were not given although an annotator gave one; they count as "not met" without confidence."""
    stages: tuple[bool, ...]
    """For each sentence whether its stage is right."""
    phases: tuple[float, ...]
    """For each answer and phase, by how much the share of the words is off."""


def measure(judge: Judge, answers: Iterable[Labelled]) -> Measured:
    """Judges *answers* and compares."""
    verdicts: list[Judged] = []
    refused = 0
    stages: list[bool] = []
    phases: list[float] = []
    for answer in answers:
        heard = judge.listen(answer.transcript)
        assessment = judge.assess_heard(heard)
        for finding in (finding for group in GROUPS for finding in getattr(assessment, group)):
            truth = answer.truth[finding.id]
            if truth is not None:
                refused += finding.verdict is Verdict.NOT_ASSESSED
                verdicts.append(_judged(answer.id, finding, is_true=truth))
        if answer.sentences:
            right, off = _staged(answer, heard, assessment)
            stages += right
            phases += off
    return Measured(tuple(verdicts), refused, tuple(stages), tuple(phases))


def _staged(answer: Labelled, heard: Heard, assessment: Assessment) -> tuple[list[bool], list[float]]:
    """For each sentence whether its stage is right, and for each phase by how much its share is off."""
    given = [_stage_at(assessment.stretches, line.start_s) for line in heard.lines]
    wanted = [answer.stages[place] for place in answer.places(heard)]
    weights = [len(line.words) for line in heard.lines]
    right = [one == other for one, other in zip(given, wanted, strict=True)]
    return right, [abs(_share(given, weights, phase) - _share(wanted, weights, phase)) for phase in PHASES]


def _judged(answer: str, finding: Finding, *, is_true: bool) -> Judged:
    says = finding.verdict in {Verdict.MET, Verdict.MADE}
    return Judged(answer, finding.id, is_true, says, finding.confidence)


def _stage_at(stretches: Sequence[Stretch], at_s: float) -> str:
    return next((item.stage for item in stretches if item.start_s <= at_s < item.end_s), NO_STAGE)


def _share(stages: Sequence[str], weights: Sequence[int], phase: str) -> float:
    total = sum(weight for stage, weight in zip(stages, weights, strict=True) if stage != NO_STAGE)
    inside = sum(
        weight for stage, weight in zip(stages, weights, strict=True) if PHASE_OF_STAGE.get(stage) == phase
    )
    return inside / total if total else 0.0


def kappa(pairs: Sequence[tuple[bool, bool]]) -> float:
    """Cohen's kappa (Cohen 1960) of two judges' yes or no; 1.0 where both always say the same one thing."""
    agreed = sum(one == other for one, other in pairs) / len(pairs)
    ones = sum(one for one, _ in pairs) / len(pairs)
    others = sum(other for _, other in pairs) / len(pairs)
    by_chance = ones * others + (1 - ones) * (1 - others)
    return 1.0 if by_chance == 1.0 else (agreed - by_chance) / (1 - by_chance)


def readers(answers: Iterable[Labelled], second: Mapping[str, Mapping[str, bool | None]]) -> Measured:
    """The second reader's verdicts beside the first's."""
    verdicts = [
        Judged(answer.id, id_, is_true, says, 1.0)
        for answer in answers
        if answer.id in second
        for id_, is_true in answer.truth.items()
        if is_true is not None and (says := second[answer.id][id_]) is not None
    ]
    return Measured(tuple(verdicts), 0, (), ())


def figures(measured: Measured) -> dict[str, Any]:
    """Everything that is reported, as plain data."""
    by_id = {
        id_: _row([v for v in measured.verdicts if v.id == id_]) for ids in GROUPS.values() for id_ in ids
    }
    groups = {name: _row(_of(measured, ids)) for name, ids in GROUPS.items()}
    pairs = {
        name: _row([v for group in members for v in _of(measured, GROUPS[group])]) for name, members in PAIRS
    }
    met = [v for v in _of(measured, GROUPS["checklist"]) if v.is_true]
    accused = [v for v in met if not v.says_true and v.confidence > ACCUSED]
    sure = [v for v in measured.verdicts if v.confidence >= SURE]
    return {
        "elements": by_id,
        "groups": groups,
        "pairs": pairs,
        "false_accusations": _ratio(len(accused), len(met)),
        "sure_share": _ratio(len(sure), len(measured.verdicts)),
        "sure_right": _ratio(sum(v.is_true == v.says_true for v in sure), len(sure)),
        "not_assessed": measured.refused,
        "stage_accuracy": _ratio(sum(measured.stages), len(measured.stages)),
        "phase_share_off_median": round(median(measured.phases), 3) if measured.phases else None,
    }


def _of(measured: Measured, ids: Sequence[str]) -> list[Judged]:
    return [verdict for verdict in measured.verdicts if verdict.id in ids]


def _row(verdicts: Sequence[Judged]) -> dict[str, Any]:
    if not verdicts:
        return {"n": 0}
    right = sum(v.is_true and v.says_true for v in verdicts)
    said, true = sum(v.says_true for v in verdicts), sum(v.is_true for v in verdicts)
    return {
        "n": len(verdicts),
        "kappa": round(kappa([(v.is_true, v.says_true) for v in verdicts]), 3),
        "precision": _ratio(right, said),
        "recall": _ratio(right, true),
        "true": true,
        "said": said,
    }


def _ratio(part: int, whole: int) -> float | None:
    return round(part / whole, 3) if whole else None


def table(found: Mapping[str, Any]) -> Iterator[str]:
    """The figures for people."""
    yield f"{'':26}{'n':>5}{'kappa':>8}{'prec.':>8}{'recall':>8}{'true':>6}{'said':>6}"
    for group in ("elements", "groups", "pairs"):
        for name, row in found[group].items():
            if row["n"]:
                cells = [_cell(row[key]) for key in ("kappa", "precision", "recall")]
                yield f"{name:26}{row['n']:5}" + "".join(cells) + f"{row['true']:6}{row['said']:6}"
        yield ""
    for name in (
        "false_accusations",
        "sure_share",
        "sure_right",
        "not_assessed",
        "stage_accuracy",
        "phase_share_off_median",
    ):
        yield f"{name:26} {found[name]}"


def _cell(value: float | None) -> str:
    return f"{'-':>8}" if value is None else f"{value:8.2f}"


def main() -> None:
    """Judges the answers in the named folders."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, default=[HELD_OUT])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--readers", action="store_true", help="how well two readers agree, instead")
    options = parser.parse_args()
    content = load_content()
    judge = None if options.readers else Judging(Config(), content).judge
    for folder in options.folders:
        answers = read_answers(folder, content.lexicon)
        if judge is None:
            second = read_second_labels(EVALUATION / "second_labels" / folder.name)
            _print(f"{folder.name}, two readers", len(second), readers(answers, second), options)
            continue
        spoken = read_recognised(answers, RECOGNISED / folder.name)
        same = [answer for answer in answers if answer.id in {item.id for item in spoken}]
        for name, chosen in ((folder.name, answers), ("their text", same), ("as recognised", spoken)):
            if chosen:
                _print(name, len(chosen), measure(judge, chosen), options)


def _print(name: str, answers: int, measured: Measured, options: argparse.Namespace) -> None:
    found = figures(measured)
    if options.json:
        print(json.dumps({"name": name, "answers": answers, **found}))
    else:
        print(f"{name}: {answers} answers", *table(found), "", sep="\n")


if __name__ == "__main__":
    main()
