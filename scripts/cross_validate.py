"""How well the judge would do on answers that it has not seen: ``python -m scripts.cross_validate``.

Trains on four fifths of the tuning answers at a time, verdict models included, and judges the others. What is
chosen while tuning (features, penalties) is chosen by this; the held-out answers stay unread.
"""

from __future__ import annotations

from collections import defaultdict

from scripts.evaluate import Judged, Measured, figures, table
from scripts.train_judge import (
    Example,
    Trainer,
    as_seen,
    detected,
    fit_context,
    fit_detectors,
    fit_verdict,
    folds_of,
    transitions,
    unseen,
)
from scripts.verdict_features import MODELS
from voice_coach.compose.content import load_content
from voice_coach.core.detectors import Detected


def cross_validated(
    answers: list[Example], found: list[Detected], talk: list[Example], of_talk: list[Detected]
) -> dict[str, Measured]:
    """The verdicts on each fold by models that saw the other folds and the *talk*, for each form of the answers;
    *found* and *of_talk* are what detectors say that did not see them.
    """
    verdicts: defaultdict[str, list[Judged]] = defaultdict(list)
    right: defaultdict[str, list[bool]] = defaultdict(list)
    steps = transitions(answers)
    folds = folds_of(answers)
    for fold in sorted(set(folds)):
        others = [number for number, other in enumerate(folds) if other != fold]
        tested = [number for number, other in enumerate(folds) if other == fold]
        context = fit_context([answers[number] for number in others], [found[number] for number in others])
        seen = [as_seen(*pair, steps, context) for pair in zip(answers, found, strict=True)]
        talked = [as_seen(*pair, steps, context) for pair in zip(talk, of_talk, strict=True)]
        truth = [answer.labelled.truth for answer in answers]
        for model in MODELS:
            known = [truth[number][model.id] for number in others]
            known += [example.labelled.truth[model.id] for example in talk]
            fitted = fit_verdict(model, [*(seen[number] for number in others), *talked], known)
            for number in tested:
                is_true = truth[number][model.id]
                if is_true is not None:
                    likely = fitted.probability(seen[number])
                    says = likely >= 0.5  # noqa: PLR2004 - more likely than not
                    sure = likely if says else 1.0 - likely
                    verdicts[answers[number].labelled.form].append(
                        Judged(answers[number].labelled.id, model.id, is_true, says, sure)
                    )
        for number in tested:
            labelled, heard = answers[number].labelled, answers[number].heard
            wanted = [labelled.stages[place] for place in labelled.places(heard)]
            right[labelled.form] += [
                one == other for one, other in zip(wanted, seen[number].stages, strict=True)
            ]
    return {form: Measured(tuple(verdicts[form]), 0, tuple(right[form]), ()) for form in verdicts}


def main() -> None:
    """Prints the figures."""
    trainer = Trainer(load_content())
    examples = trainer.read()
    answers, fragments = examples.answers, examples.fragments
    weights, bias = fit_detectors([*answers, *fragments])
    of_talk = [detected(talk, weights, bias) for talk in examples.talk]
    measured_by_form = cross_validated(answers, unseen(answers, fragments), examples.talk, of_talk)
    for form, measured in measured_by_form.items():
        print(form, *table(figures(measured)), sep="\n")


if __name__ == "__main__":
    main()
