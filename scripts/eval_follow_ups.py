"""How good the interviewer's follow-ups are: ``make eval-follow-ups``, or ``python -m scripts.eval_follow_ups``.

Has each interviewer write the next follow-up to beginnings of answers. Prints one JSON line for each half of them and
each interviewer: the share of its follow-ups that passes each check of ``scripts/follow_up_checks.py``, and all of
them. Writes a page for blind judging, and the key to it, into ``--out``. ``--judged FILE`` prints what was chosen there
instead. ``--fails`` lists what fails, for the tuning half alone.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from scripts.follow_up_checks import CHECKS, CheckWords, FollowUpChecks, Said
from scripts.follow_up_page import Contest, blind, preferences
from scripts.follow_up_prefixes import FOLDER, HALVES, Prefix, moment_of, read_prefixes
from voice_coach.compose.book import book_for
from voice_coach.compose.content import content_for
from voice_coach.compose.follow_up_writer import model_writer
from voice_coach.compose.judging import Judging
from voice_coach.config import load_config
from voice_coach.core.errors import PromptError
from voice_coach.core.events import Intent
from voice_coach.core.findings import Verdict
from voice_coach.core.interview_state import Line
from voice_coach.core.pressure import Pressure
from voice_coach.core.transcript import Speaker
from voice_coach.toml_file import load_toml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from scripts.follow_up_checks import Generic
    from voice_coach.compose.content import Content
    from voice_coach.compose.follow_up_writer import FollowUpWriter
    from voice_coach.config import Config
    from voice_coach.core.content import Question
    from voice_coach.core.interview_state import Moment
    from voice_coach.core.session_step import Book

OUT = Path("build/follow_ups")
PAGE, KEY = "page.html", "key.json"


class Interviewer(Protocol):
    """Writes follow-ups."""

    name: str

    def write(self, prefix: Prefix) -> Line | None:
        """What it would ask now, with the rubric id that it is about; None where it would ask nothing."""


class Offline:
    """The interviewer that a session has without a model."""

    name = "offline"

    def __init__(self, config: Config, content: Content, judging: Judging, seed: int) -> None:
        self._content = content
        judge, encoder = judging.rules, judging.encoder

        @cache
        def book(question: str) -> Book:
            pack = content.questions[question]
            return book_for(config, content, pack, Pressure.NORMAL, seed, judge, encoder)

        self._book = book

    def write(self, prefix: Prefix) -> Line | None:
        """See :class:`Interviewer`."""
        return self._book(prefix.question).interviewer.next_follow_up(self.moment(prefix))

    def moment(self, prefix: Prefix) -> Moment:
        """What it is told when *prefix* ends."""
        return moment_of(prefix, self._book(prefix.question), self.question(prefix), self._content.bank)

    def question(self, prefix: Prefix) -> Question:
        """What *prefix* answers."""
        return self._content.questions[prefix.question]


class Model:
    """A language model, which knows what would be asked without it."""

    name = "model"

    def __init__(self, writer: FollowUpWriter, offline: Offline) -> None:
        self._writer = writer
        self._offline = offline

    def write(self, prefix: Prefix) -> Line | None:
        """See :class:`Interviewer`."""
        armed = self._offline.write(prefix)
        return self._writer.write(self._offline.question(prefix), self._offline.moment(prefix), armed)


class Generalist:
    """The baseline: asks what one could ask anybody, drawn by the seed."""

    name = "generic"

    def __init__(self, questions: Sequence[Generic], seed: int) -> None:
        self._questions = questions
        self._seed = seed

    def write(self, prefix: Prefix) -> Line | None:
        """See :class:`Interviewer`."""
        drawn = random.Random(f"{self._seed} {prefix.id}").choice(self._questions)  # noqa: S311 - repeatable
        return Line(text=drawn.text, intent=Intent.FOLLOW_UP, about=drawn.about)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A follow-up with what the checks say of it."""

    prefix: Prefix
    interviewer: str
    line: Line | None
    passed: Mapping[str, bool]
    """Empty where nothing was asked."""


class Evaluation:
    """Has follow-ups written and checks them."""

    def __init__(self, content: Content, judging: Judging) -> None:
        words = load_toml(FOLDER / "checks.toml", CheckWords, PromptError)
        self.generic = words.generic
        self._content = content
        self._judge = judging.judge
        self._checks = FollowUpChecks(words, content.lexicon, content.bank.reason)
        self._products = self._checks.products(
            {pack: text_of(question) for pack, question in content.questions.items()}
        )
        self._said = cache(self._held_against)

    def written(self, prefix: Prefix, interviewer: Interviewer) -> Written:
        """What *interviewer* asks after *prefix*."""
        line = interviewer.write(prefix)
        passed: Mapping[str, bool] = {}
        if line is not None:
            about = () if line.about is None else (line.about,)
            passed = self._checks.passed(line.text, about, self._said(prefix))
        return Written(prefix=prefix, interviewer=interviewer.name, line=line, passed=passed)

    def talk(self, prefix: Prefix) -> tuple[tuple[str, str], ...]:
        """Who said what, the question first."""
        question = self._content.questions[prefix.question].asked
        return (("coach", question), *((turn.speaker.value, turn.text) for turn in prefix.transcript.turns))

    def _held_against(self, prefix: Prefix) -> Said:
        question = self._content.questions[prefix.question].asked
        heard = self._judge.listen(prefix.transcript, question=question)
        found = self._judge.assess_ungated(heard)
        findings = (
            *found.checklist, *found.mistakes, *found.delivery, *found.clarification, *found.deep_dives
        )  # fmt: skip
        turns = prefix.transcript.turns
        return Said(
            candidate=tuple(" ".join(word.text for word in line.words) for line in heard.lines),
            coach=tuple(turn.text for turn in turns if turn.speaker is Speaker.COACH),
            question=question,
            product=self._products[prefix.question],
            covered=frozenset(
                finding.id for finding in findings if finding.verdict in {Verdict.MET, Verdict.NOT_MADE}
            ),
        )


def text_of(question: Question) -> str:
    """All that a pack tells of its product."""
    nouns = question.nouns
    words = (*nouns.item, *nouns.read, *nouns.write, *nouns.user)
    return " ".join((question.asked, question.terse, *words, *(fact.answer for fact in question.facts)))


def figures(written: Sequence[Written]) -> dict[str, Any]:
    """Of one interviewer: how many follow-ups there were, and the share of them that passes."""
    asked = [item.passed for item in written if item.line is not None]

    def share(passes: int) -> float | None:
        return round(passes / len(asked), 3) if asked else None

    by_check = {name: share(sum(passed[name] for passed in asked)) for name in CHECKS}
    everything = share(sum(all(passed.values()) for passed in asked))
    return {"prefixes": len(written), "asked": len(asked), **by_check, "all": everything}


def contests(
    evaluation: Evaluation, written: Sequence[Written], first: str, second: str
) -> Iterator[Contest]:
    """Where both asked, and not the same."""
    lines = {(item.prefix.id, item.interviewer): item for item in written}
    for prefix in dict.fromkeys(item.prefix for item in written):
        one, other = (lines[prefix.id, name].line for name in (first, second))
        if one is not None and other is not None and one.text != other.text:
            yield Contest(
                prefix=prefix.id,
                first=first,
                second=second,
                texts=(one.text, other.text),
                talk=evaluation.talk(prefix),
            )


def main() -> None:
    """Prints the figures, and writes the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", choices=HALVES, action="append", help="both by default")
    parser.add_argument(
        "--page-of", choices=HALVES, default="judging", help="what the page shows, of what is measured"
    )
    parser.add_argument(
        "--first", type=int, metavar="N", help="so many beginnings of each half; all by default"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=OUT, help="where page and key go")
    parser.add_argument("--fails", action="store_true")
    parser.add_argument("--judged", type=Path, metavar="FILE", help="choices saved by the page")
    parser.add_argument("--key", type=Path, help="the page's key; that in --out by default")
    given = parser.parse_args()
    if given.judged is not None:
        _print_preferences(given.judged, given.key or given.out / KEY)
        return
    config = load_config()
    content = content_for(config)
    judging = Judging(config, content)
    evaluation = Evaluation(content, judging)
    offline = Offline(config, content, judging, given.seed)
    writer = model_writer(config, content)
    interviewers: list[Interviewer] = [offline, Generalist(evaluation.generic, given.seed)]
    compared = [("offline", "generic")]
    if writer is not None:
        interviewers.append(Model(writer, offline))
        compared.append(("model", "offline"))
    for half in given.half or HALVES:
        prefixes = read_prefixes(half, judging)[: given.first]
        written: list[Written] = []
        for interviewer in interviewers:
            started_s = time.perf_counter()
            own = [evaluation.written(prefix, interviewer) for prefix in prefixes]
            took_s = round(time.perf_counter() - started_s, 1)
            print(
                json.dumps({"half": half, "interviewer": interviewer.name, **figures(own), "took_s": took_s})
            )
            written += own
        if given.fails and half == "tuning":
            _print_fails(written)
        if half == given.page_of:
            pairs = [item for names in compared for item in contests(evaluation, written, *names)]
            _write_page(given.out, pairs, given.seed)


def _write_page(folder: Path, pairs: Sequence[Contest], seed: int) -> None:
    page, key = blind(pairs, seed)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / PAGE).write_text(page, encoding="utf-8")
    (folder / KEY).write_text(json.dumps(key, indent=1) + "\n", encoding="utf-8")
    print(f"{len(pairs)} pairs to judge: {folder / PAGE}", file=sys.stderr)


def _print_fails(written: Sequence[Written]) -> None:
    for item in written:
        if item.line is None:
            print(f"{item.prefix.id}\t{item.interviewer}\tasks nothing")
        elif not all(item.passed.values()):
            failed = ",".join(name for name, passed in item.passed.items() if not passed)
            print(f"{item.prefix.id}\t{item.interviewer}\t{failed}\t{item.line.about}\t{item.line.text}")


def _print_preferences(judged: Path, key: Path) -> None:
    choices, sides = (json.loads(path.read_text(encoding="utf-8")) for path in (judged, key))
    for found in preferences(choices, sides):
        print(json.dumps(found))


if __name__ == "__main__":
    main()
