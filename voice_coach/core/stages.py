"""Which step of the answer each sentence belongs to.

A hidden-Markov view: cues and the place in the answer say how well a sentence fits each step, changing the
step costs something (going back costs more), and the cheapest path through all sentences is taken (Viterbi).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from voice_coach.core.heard import Heard, Line
from voice_coach.core.rubric import StageCues, Stages

CHECK_IN = "/check_in"
NO_STAGE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Adjacent sentences of one step."""

    stage: str
    start_s: float
    end_s: float


def cues_of_stages(stages: Stages) -> dict[str, Sequence[str]]:
    """Everything that has to be indexed, by tag."""
    cues: dict[str, Sequence[str]] = {CHECK_IN: stages.check_in}
    for stage in stages.stage:
        cues[_strong(stage)] = stage.strong
        cues[_weak(stage)] = stage.weak
    return cues


def segment(heard: Heard, stages: Stages) -> tuple[Stretch, ...]:
    """The answer's stretches in time order; talk that belongs to no step is left out."""
    stretches: list[Stretch] = []
    previous = NO_STAGE
    for line, stage in zip(heard.lines, stage_of_each(heard, stages), strict=True):
        if stage != NO_STAGE and stage == previous:
            stretches[-1] = Stretch(stage=stage, start_s=stretches[-1].start_s, end_s=line.end_s)
        elif stage != NO_STAGE:
            stretches.append(Stretch(stage=stage, start_s=line.start_s, end_s=line.end_s))
        previous = stage
    return tuple(stretches)


def stage_of_each(heard: Heard, stages: Stages) -> tuple[str, ...]:
    """The step of each line, or ``none``."""
    if not heard.lines:
        return ()
    names = [stage.id for stage in stages.stage]
    fits = [_fits(line, heard, stages) for line in heard.lines]
    costs = [[_cost(a, b, names, stages) for b in range(len(names))] for a in range(len(names))]
    return tuple(names[state] for state in _best_path(fits, costs))


def _fits(line: Line, heard: Heard, stages: Stages) -> list[float]:
    place = (line.words_before + len(line.words) / 2) / len(heard.words)
    return [_fit(line, stage, place, stages) for stage in stages.stage]


def _fit(line: Line, stage: StageCues, place: float, stages: Stages) -> float:
    strong = len(line.hits.get(_strong(stage), ())) * stages.strong_weight
    weak = len(line.hits.get(_weak(stage), ())) * stages.weak_weight
    unusual = 0.5 * ((place - stage.centre) / stage.spread) ** 2
    return min(stages.most, strong + weak) - min(stages.most_unusual, unusual)


def _cost(old: int, new: int, names: Sequence[str], stages: Stages) -> float:
    if old == new:
        return 0.0
    goes_back = new < old and NO_STAGE not in {names[old], names[new]}
    return stages.switch_cost + (stages.back_cost if goes_back else 0.0)


def _best_path(fits: Sequence[Sequence[float]], costs: Sequence[Sequence[float]]) -> list[int]:
    states = range(len(costs))
    total = list(fits[0])
    came: list[list[int]] = []
    for fit in fits[1:]:
        best = [max(states, key=lambda old, new=new: total[old] - costs[old][new]) for new in states]  # type: ignore[misc]
        total = [total[best[new]] - costs[best[new]][new] + fit[new] for new in states]
        came.append(best)
    path = [max(states, key=lambda state: total[state])]
    for best in reversed(came):
        path.append(best[path[-1]])
    return path[::-1]


def _strong(stage: StageCues) -> str:
    return f"stage/{stage.id}/strong"


def _weak(stage: StageCues) -> str:
    return f"stage/{stage.id}/weak"
