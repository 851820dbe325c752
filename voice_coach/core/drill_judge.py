"""What was heard in a drill: item by item, with the candidate's own words, and in two sentences.

Each round is judged by itself, on the words that were said in it. An item is met where its cues stand in a sentence, or
where the judge's detectors find the rubric element there that it is about; how long the answer was plays no part.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from voice_coach.core.adaptation import find_span
from voice_coach.core.cues import Cue, CueSets, PlainText, Span, compile_cue, plain_text
from voice_coach.core.drill import TAKEN_UP, TOUCHED
from voice_coach.core.drill_interview import PASSED
from voice_coach.core.drill_topics import given_for
from voice_coach.core.feedback_line import FeedbackLine
from voice_coach.core.findings import Verdict
from voice_coach.core.gate import median_p
from voice_coach.core.heard import Heard, Line, quote, quotes_of
from voice_coach.core.lexicon_cues import with_lexicon
from voice_coach.core.quoting import short_quote, whole_quote
from voice_coach.core.speakable_time import spoken_number
from voice_coach.core.transcript import Speaker, Transcript, Turn, turn_of

if TYPE_CHECKING:
    from voice_coach.core.content import Lexicon
    from voice_coach.core.detectors import Detected
    from voice_coach.core.drill import Drill, DrillItem, DrillLines, DrillRound
    from voice_coach.core.rubric import Rubric
    from voice_coach.core.transcript import Evidence, Word

ORDER = "order"
"""The item that a round in order has besides its own."""
_FEWEST_IN_ORDER = 4
"""Fewer steps have no order that is worth naming."""
_QUOTED_WORDS = 11
_FEWEST_QUOTED, _BEST_QUOTED = 3, 7
_BLANK = "_"
"""Stands where a word is ignored: no cue finds it, and nothing moves up."""
_FEWEST_LIKELY = 3
"""A detector takes what stands around a sentence into account; a bare name shows nothing by itself."""
_TRAILING = ".,;:!?…–-"


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillVerdict:
    """What became of one item."""

    id: str
    what: str
    verdict: Verdict
    why: str
    goal: str
    evidence: tuple[Evidence, ...] = ()
    heard: Evidence | None = None
    """A few words that show it."""
    is_clear: bool = False
    """They stand by themselves, and were heard clearly."""
    judged: str = ""
    is_rule: bool = False
    """It tells how the rest is said: in order, or without something."""
    counts: bool = True
    """False where others of its round were enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillResult:
    """What became of an attempt."""

    items: tuple[DrillVerdict, ...]
    score: int
    passed: bool
    said: tuple[FeedbackLine, FeedbackLine]
    """The two sentences: something that was heard, and what to do next."""


@dataclass(frozen=True, slots=True)
class _Found:
    """Where something was said: lines, and the words of each."""

    places: tuple[tuple[int, Span], ...]
    """The one that tells most first."""

    @property
    def first(self) -> tuple[int, int]:
        """Line and word of the earliest."""
        return min((line, span.first) for line, span in self.places)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Round:
    """A round as it was judged."""

    verdicts: tuple[DrillVerdict, ...]
    share: float
    heard: int = 0
    """Of what is counted aloud: items that are met by saying something, as far as they are wanted."""
    wanted: int


class DrillEar:
    """Finds the items of a drill by their cues. Raises ValueError for a malformed cue."""

    def __init__(self, drill: Drill, rubric: Rubric, lexicon: Lexicon) -> None:
        sets = CueSets({**with_lexicon(rubric.sets, lexicon), **drill.sets})
        self.drill = drill
        self._cues = {
            (part.id, item.id): tuple([compile_cue(cue, sets) for cue in cues] for cues in groups_of(item))
            for part in drill.round
            for item in part.item
        }
        self._rivals = {
            (part.id, item.id): [compile_cue(cue, sets) for cue in item.rivals]
            for part in drill.round
            for item in part.item
        }
        self._ignored = [compile_cue(cue, sets) for cue in drill.ignored]
        self._unless = {
            (part.id, item.id): [compile_cue(cue, sets) for cue in item.unless]
            for part in drill.round
            for item in part.item
        }

    def find(self, part: DrillRound, item: DrillItem, sentences: Sequence[Sequence[Word]]) -> _Found | None:
        """Where *item* was first said in *sentences*: its cues, all in one or else in two that follow each other."""
        groups = self._cues[part.id, item.id]
        barred = self._barred(part, item, sentences)
        sentences = sentences if item.is_absent else self.told(sentences)
        rivals = self._rivals[part.id, item.id]
        if rivals:
            pairs = given_for(groups[0], rivals, groups[1], sentences)
            usable = (pair for pair in pairs if barred.isdisjoint(number for number, _ in pair))
            return next((_Found(tuple(_joined(pair).items())) for pair in usable), None)
        # What has to stand together may stand in two sentences; one cue never does.
        for size in range(1, min(len(groups), 2) + 1):
            for number in range(len(sentences) - size + 1):
                window = range(number, number + size)
                if barred.isdisjoint(window):
                    places = _apart(groups, sentences, window)
                    if places:
                        return _Found(tuple(_joined(places).items()))
        return None

    def starts(
        self, part: DrillRound, item: DrillItem, sentences: Sequence[Sequence[Word]]
    ) -> list[tuple[int, int]]:
        """Line and word of all places where one of the cues of *item* stands."""
        barred = self._barred(part, item, sentences)
        texts = [
            (number, plain_text(words))
            for number, words in enumerate(self.told(sentences))
            if number not in barred
        ]
        cues = [cue for group in self._cues[part.id, item.id][:1] for cue in group]
        return [(line, span.first) for line, span in _all_of(cues, texts)]

    def usable(self, part: DrillRound, item: DrillItem, sentences: Sequence[Sequence[Word]]) -> list[int]:
        """The sentences that may show *item* as a whole."""
        barred = self._barred(part, item, sentences)
        whole = [not any(cue.find(plain_text(words)) for cue in self._ignored) for words in sentences]
        return [number for number in range(len(sentences)) if whole[number] and number not in barred]

    def told(self, sentences: Sequence[Sequence[Word]]) -> list[list[Word]]:
        """*sentences* word by word, a blank for each word that the drill ignores."""
        told = []
        for words in sentences:
            text = plain_text(words)
            spans = [span for cue in self._ignored for span in cue.find_all(text)]
            told.append(
                [
                    replace(word, text=_BLANK) if any(one.first <= at < one.end for one in spans) else word
                    for at, word in enumerate(words)
                ]
            )
        return told

    def _barred(
        self, part: DrillRound, item: DrillItem, sentences: Sequence[Sequence[Word]]
    ) -> frozenset[int]:
        cues = self._unless[part.id, item.id]
        return frozenset(
            number for number, words in enumerate(sentences) if find_span(cues, words) is not None
        )

    def covered_so_far(self, transcript: Transcript) -> frozenset[str]:
        """What was heard by now, as "round/item", by what the coach asked last."""
        ids = {part.id: part for part in self.drill.round}
        ids |= {part.scope_change.id: part for part in self.drill.round if part.scope_change is not None}
        spoken: dict[str, list[Sequence[Word]]] = {}
        part = self.drill.round[0]
        number = 0
        for sentence in transcript.sentences(may_think=True):
            for turn in transcript.turns[number : sentence.turn + 1]:
                asked = _asks_round(turn, ids)
                part = ids[asked] if asked else part
            number = sentence.turn + 1
            if sentence.speaker is Speaker.CANDIDATE:
                spoken.setdefault(part.id, []).append(sentence.words)
        return frozenset(
            f"{one.id}/{item.id}"
            for one in self.drill.round
            for item in one.item
            if one.id in spoken and self.find(one, item, spoken[one.id]) is not None
        )


def groups_of(item: DrillItem) -> tuple[tuple[str, ...], ...]:
    """The cues of *item*, one of each group of which has to be said."""
    return tuple(group for group in (item.cues, item.with_cues) if group)


class DrillJudge:
    """Judges an attempt. *detect* is what the judge's detectors say of sentences."""

    def __init__(
        self,
        ear: DrillEar,
        texts: DrillLines,
        listen: Callable[[Transcript], Heard],
        detect: Callable[[Heard], Detected],
        likely: float,
        sure_p: float,
    ) -> None:
        self._ear = ear
        self._drill = ear.drill
        self._texts = texts
        self._listen = listen
        self._detect = detect
        self._likely = likely
        self._sure_p = sure_p

    def judge(self, transcript: Transcript, starts_s: Sequence[float], *, seed: int = 0) -> DrillResult:
        """Everything that can be said of *transcript*, in which rounds began at *starts_s* (as many as began)."""
        words = [word for word in transcript.by(Speaker.CANDIDATE) if word.bare and not word.filler]
        parts = self._drill.round
        if not words or self._is_unclear(transcript):
            return self._refused(is_silent=not words, seed=seed)
        rounds = [
            self._round(part, _between(transcript, starts_s, number))
            if number < len(starts_s)
            else self._unreached(part)
            for number, part in enumerate(parts)
        ]
        is_whole = len(starts_s) >= len(parts)
        score = round(100 * sum(item.share for item in rounds) / len(rounds))
        verdicts = [verdict for item in rounds for verdict in item.verdicts]
        passed = is_whole and score >= self._drill.pass_score
        said = self._said(rounds, transcript, passed=passed, seed=seed)
        return DrillResult(items=tuple(verdicts), score=score, passed=passed, said=said)

    # -- rounds ------------------------------------------------------------------------------------------------

    def _is_unclear(self, transcript: Transcript) -> bool:
        return transcript.is_other_language or median_p(self._listen(transcript)) < self._sure_p

    def _id(self, part: DrillRound, name: str) -> str:
        return name if len(self._drill.round) == 1 else f"{part.id}/{name}"

    def _round(self, part: DrillRound, transcript: Transcript) -> _Round:
        said = [word for word in transcript.by(Speaker.CANDIDATE) if not word.filler]
        if not said:
            return self._all(part, Verdict.NOT_MET, self._texts.unsaid)
        heard = self._listen(transcript)
        sentences = [line.words for line in heard.lines]
        detected = self._detect(heard) if any(_detects(item) for item in part.item) else None
        verdicts = []
        places: list[list[tuple[int, int]]] = []
        for item in part.item:
            found = self._ear.find(part, item, sentences)
            if found is None and detected is not None and _detects(item):
                found = self._likeliest(part, item, heard.lines, detected)
            if found is None and part.scope_change is not None:
                found = _of_change(item, part, self._ear.told(sentences))
            if found is not None:
                # A step is often named more than once: "first understand the problem and its scale".
                places.append(sorted({found.first, *self._ear.starts(part, item, sentences)}))
            verdicts.append(self._verdict(part, item, heard.lines, found))
        if part.in_order:
            verdicts.append(self._order(part, heard.lines, places))
        return self._counted(part, verdicts)

    def _likeliest(
        self, part: DrillRound, item: DrillItem, lines: Sequence[Line], detected: Detected
    ) -> _Found | None:
        likely = detected.of(item.judged)
        sentences = [line.words for line in lines]
        usable = [
            at for at in self._ear.usable(part, item, sentences) if len(sentences[at]) >= _FEWEST_LIKELY
        ]
        number = max(usable, key=lambda at: (likely[at], -at), default=None)
        if number is None or likely[number] < self._likely:
            return None
        return _Found(((number, Span(first=0, end=len(lines[number].words))),))

    def _verdict(
        self, part: DrillRound, item: DrillItem, lines: Sequence[Line], found: _Found | None
    ) -> DrillVerdict:
        is_met = (found is None) is item.is_absent
        if item.is_absent:
            why = self._texts.absent_met if is_met else self._texts.absent_not_met
        else:
            why = self._texts.met if is_met else self._texts.not_met
        verdict = DrillVerdict(
            id=self._id(part, item.id),
            what=item.what,
            verdict=Verdict.MET if is_met else Verdict.NOT_MET,
            why=_filled(why, what=item.what),
            goal=item.goal,
            judged=item.judged,
            is_rule=item.is_absent,
        )
        if found is None:
            return verdict
        in_order = sorted(found.places, key=lambda place: place[0])
        shown = quotes_of(lines, ((at, span.first, span.end) for at, span in in_order))
        number, span = found.places[0]
        words = lines[number].words
        whole = whole_quote(words, [span], _QUOTED_WORDS)
        heard = whole or short_quote(words, [span], _QUOTED_WORDS)
        return replace(verdict, evidence=shown, heard=heard, is_clear=whole is not None)

    def _order(
        self, part: DrillRound, lines: Sequence[Line], places: Sequence[Sequence[tuple[int, int]]]
    ) -> DrillVerdict:
        """*places*: where each item that was found was said, in order."""
        is_enough = len(places) >= _FEWEST_IN_ORDER
        is_ordered = is_enough and _is_in_order(places)
        why = self._texts.in_order if is_ordered else self._texts.out_of_order
        verdict = DrillVerdict(
            id=self._id(part, ORDER),
            what="the order",
            verdict=Verdict.MET if is_ordered else Verdict.NOT_MET,
            why=why if is_enough else self._texts.too_few_for_order,
            goal=part.order_goal,
            is_rule=True,
        )
        if not is_enough:
            return verdict
        first, last = min(starts[0] for starts in places), max(starts[0] for starts in places)
        shown = dict.fromkeys(number for number, _ in (first, last))
        return replace(
            verdict,
            evidence=tuple(quote(lines[number].words, 0, len(lines[number].words)) for number in shown),
        )

    def _counted(self, part: DrillRound, verdicts: Sequence[DrillVerdict]) -> _Round:
        """What the round is worth: of the optional items ``at_least`` are enough; the order weighs double."""
        required = {self._id(part, item.id) for item in part.item if item.is_required}
        rules = [item for item in verdicts if item.is_rule]
        must = [item for item in verdicts if item.id in required]
        may = [item for item in verdicts if not item.is_rule and item.id not in required]
        enough = part.at_least or len(may)
        met = min(enough, _met(may))
        weight = {item.id: 2 if item.id == self._id(part, ORDER) else 1 for item in rules}
        kept = sum(weight[item.id] for item in rules if item.verdict is Verdict.MET)
        share = (met + _met(must) + kept) / (enough + len(must) + sum(weight.values()))
        return _Round(
            verdicts=tuple(replace(item, counts=met < enough) if item in may else item for item in verdicts),
            share=share,
            heard=met + _met(must),
            wanted=enough + len(must),
        )

    def _all(self, part: DrillRound, verdict: Verdict, why: str) -> _Round:
        verdicts = tuple(
            DrillVerdict(
                id=self._id(part, item.id),
                what=item.what,
                verdict=verdict,
                why=_filled(why, what=item.what),
                goal=item.goal,
                judged=item.judged,
            )
            for item in part.item
        )
        optional = sum(not item.is_required and not item.is_absent for item in part.item)
        wanted = (part.at_least or optional) + sum(item.is_required for item in part.item)
        return _Round(verdicts=verdicts, share=0.0, wanted=wanted)

    def _unreached(self, part: DrillRound) -> _Round:
        return self._all(part, Verdict.NOT_ASSESSED, self._texts.not_reached)

    # -- what is said ------------------------------------------------------------------------------------------

    def _refused(self, *, is_silent: bool, seed: int) -> DrillResult:
        """Nothing can be judged: no words came, or they are too uncertain."""
        first, second = (
            (self._texts.silent, self._texts.silent_goal)
            if is_silent
            else (self._texts.unclear, self._texts.unclear_goal)
        )
        why = first[seed % len(first)]
        rounds = [self._all(part, Verdict.NOT_ASSESSED, why) for part in self._drill.round]
        said = (FeedbackLine(text=why), FeedbackLine(text=second[seed % len(second)]))
        return DrillResult(
            items=tuple(verdict for item in rounds for verdict in item.verdicts),
            score=0,
            passed=False,
            said=said,
        )

    def _said(
        self, rounds: Sequence[_Round], transcript: Transcript, *, passed: bool, seed: int
    ) -> tuple[FeedbackLine, FeedbackLine]:
        missing = _most_missing(rounds)
        goal = self._drill.carry_on if missing is None else missing.goal
        return (
            FeedbackLine(text=self._heard(rounds, transcript, seed), about=PASSED if passed else None),
            FeedbackLine(text=goal, about=None if missing is None else missing.id),
        )

    def _heard(self, rounds: Sequence[_Round], transcript: Transcript, seed: int) -> str:
        """How much was heard, with the candidate's own words."""
        met = [
            (item.heard, item)
            for part in rounds
            for item in part.verdicts
            if item.verdict is Verdict.MET and item.heard is not None and not item.is_rule
        ]
        if not met:
            line = self._texts.heard_none[seed % len(self._texts.heard_none)]
            longest = max((said.words for said in self._listen(transcript).lines), key=len)
            quoted = whole_quote(longest, (), _QUOTED_WORDS) or short_quote(longest, (), _QUOTED_WORDS)
            return _filled(line, unit=self._drill.unit, quote=_spoken(quoted.quote))
        heard, best = max(met, key=lambda item: (item[1].is_clear, _worth(item[0])))
        wanted = sum(part.wanted for part in rounds)
        lines = self._texts.heard if wanted > 1 else self._texts.heard_only
        return _filled(
            lines[seed % len(lines)],
            count=spoken_number(sum(part.heard for part in rounds)),
            all=spoken_number(wanted),
            unit=self._drill.unit,
            what=best.what,
            quote=_spoken(heard.quote),
        )


def _is_in_order(places: Sequence[Sequence[tuple[int, int]]]) -> bool:
    """Whether there is a place for each that stands behind that of the one before."""
    before = (-1, -1)
    for starts in places:
        behind = next((start for start in starts if start > before), None)
        if behind is None:
            return False
        before = behind
    return True


def _met(items: Sequence[DrillVerdict]) -> int:
    return sum(item.verdict is Verdict.MET for item in items)


def _worth(heard: Evidence) -> tuple[bool, int]:
    """A quote of a few words can be recognised by ear; a single one hardly."""
    length = len(heard.quote.split())
    return length >= _FEWEST_QUOTED, -abs(length - _BEST_QUOTED)


def _most_missing(rounds: Sequence[_Round]) -> DrillVerdict | None:
    """What was missing in the weakest round, required things first."""
    for part in sorted((item for item in rounds if item.share < 1.0), key=lambda item: item.share):
        lacking = [item for item in part.verdicts if item.verdict is not Verdict.MET]
        lacking.sort(key=lambda item: not item.counts)
        if lacking:
            return lacking[0]
    return None


def _detects(item: DrillItem) -> bool:
    return bool(item.judged) and item.judged not in (TAKEN_UP, TOUCHED)


def _of_change(item: DrillItem, part: DrillRound, sentences: Sequence[Sequence[Word]]) -> _Found | None:
    """Where the change itself, or something that it touches, was spoken of (by the pack's own cues)."""
    change = part.scope_change
    if change is None or item.judged not in (TAKEN_UP, TOUCHED):
        return None
    sources = change.named if item.judged == TAKEN_UP else [cue for one in change.touches for cue in one.cues]
    cues = [compile_cue(cue) for cue in sources]
    for number, words in enumerate(sentences):
        span = find_span(cues, words)
        if span is not None and not words[-1].text.endswith("?"):
            return _Found(((number, span),))
    return None


def _apart(
    groups: Sequence[Sequence[Cue]], sentences: Sequence[Sequence[Word]], window: range
) -> list[tuple[int, Span]]:
    """One match of each group in the sentences of *window*, on words of its own; nothing where one is missing."""
    texts = [(number, plain_text(sentences[number])) for number in window]

    def choose(number: int, taken: list[tuple[int, Span]]) -> list[tuple[int, Span]] | None:
        if number == len(groups):
            return taken
        for place in _all_of(groups[number], texts):
            if not any(_overlap(place, other) for other in taken):
                chosen = choose(number + 1, [*taken, place])
                if chosen is not None:
                    return chosen
        return None

    return choose(0, []) or []


def _all_of(cues: Sequence[Cue], texts: Sequence[tuple[int, PlainText]]) -> Iterator[tuple[int, Span]]:
    return ((number, span) for number, text in texts for cue in cues for span in cue.find_all(text))


def _overlap(one: tuple[int, Span], other: tuple[int, Span]) -> bool:
    return one[0] == other[0] and one[1].first < other[1].end and other[1].first < one[1].end


def _joined(places: Sequence[tuple[int, Span]]) -> dict[int, Span]:
    """*places* with those of one sentence made one."""
    joined: dict[int, Span] = {}
    for number, span in places:
        before = joined.get(number, span)
        joined[number] = Span(first=min(span.first, before.first), end=max(span.end, before.end))
    return joined


def _asks_round(turn: Turn, ids: Container[str]) -> str | None:
    """The id of the round that *turn*, if it is the coach's, begins."""
    if turn.speaker is not Speaker.COACH:
        return None
    return next((name for name in turn.asked_about or () if name in ids), None)


def _between(transcript: Transcript, starts_s: Sequence[float], number: int) -> Transcript:
    """What was said from the beginning of round *number* to that of the next."""
    from_s = starts_s[number]
    until_s = starts_s[number + 1] if number + 1 < len(starts_s) else float("inf")
    turns = []
    for turn in transcript.turns:
        words = tuple(word for word in turn.words if from_s <= word.start_s < until_s)
        if words:
            turns.append(turn_of(turn.speaker, words, turn.asked_about))
    return replace(transcript, turns=tuple(turns))


def _spoken(text: str) -> str:
    return text.strip(_TRAILING + " ")


def _filled(text: str, **slots: str) -> str:
    for name, value in slots.items():
        text = text.replace("{" + name + "}", value)
    return text[0].upper() + text[1:]
