from __future__ import annotations

import re
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.bundled import CONTENT, bundled_book
from voice_coach.core.cues import GAP_WORDS
from voice_coach.core.spoken_commands import CommandReader, last_utterance
from voice_coach.core.transcript import Word, laid_out
from voice_coach.core.turn_taking import (
    TAIL_WORDS,
    Asks,
    Heard,
    Mode,
    Situation,
    Tail,
    TailReader,
    TurnTakingSettings,
    table_wait_s,
    wait_s,
)

BOOK = bundled_book()
FILLERS = frozenset(CONTENT.lexicon.fillers)
SETTINGS = TurnTakingSettings()
YIELDS = (Tail.HAND_OVER, Tail.QUESTION, Tail.COMMAND, Tail.DONE)


def spoken(text: str) -> tuple[Word, ...]:
    """*text* at 150 words a minute; a bar is a pause of 1.5 s."""
    words: list[Word] = []
    at_s = 0.0
    for part in text.split("|"):
        end_s = at_s + 0.4 * len(part.split())
        words += [replace(word, filler=word.bare in FILLERS) for word in laid_out(part, at_s, end_s)]
        at_s = end_s + 1.5
    return tuple(words)


def heard(text: str) -> Heard:
    """What the session makes of *text* as an open turn."""
    words = spoken(text)
    return BOOK.reader.read(words, asks=BOOK.interviewer.asks(words))


def situation(
    tail: Tail, mode: Mode = Mode.MONOLOGUE, *, covered: bool = False, near: bool = False, factor: float = 1.0
) -> Situation:
    return Situation(mode=mode, tail=tail, is_covered=covered, is_near_end=near, factor=factor)


@pytest.mark.parametrize(
    ("now", "monologue_s", "short_s"),
    [
        *((situation(tail), 0.7, 0.5) for tail in YIELDS),
        (situation(Tail.COMPLETE, covered=True), 5.5, 1.0),
        (situation(Tail.COMPLETE, covered=True, near=True), 2.5, 1.0),
        (situation(Tail.COMPLETE), 6.0, 2.0),
        (situation(Tail.COMPLETE, near=True), 6.0, 2.0),
        (situation(Tail.HOLD), 12.0, 6.0),
        (situation(Tail.HOLD, covered=True, near=True), 12.0, 6.0),
        (situation(Tail.THINK), 30.0, 30.0),
        (situation(Tail.NOTHING), 15.0, 10.0),
    ],
)
def test_each_cue_has_its_wait(now: Situation, monologue_s: float, short_s: float) -> None:
    """The table of docs/metrics.md."""
    assert wait_s(now, SETTINGS) == monologue_s
    assert wait_s(replace(now, mode=Mode.SHORT), SETTINGS) == short_s


def test_time_to_think_that_was_granted_is_given_in_full() -> None:
    assert wait_s(situation(Tail.NOTHING, Mode.THINKING), SETTINGS) == 30.0


def test_what_may_be_a_question_to_oneself_is_left_standing_for_a_while() -> None:
    waited_s = wait_s(situation(Tail.UNSURE_QUESTION), SETTINGS)
    assert wait_s(situation(Tail.QUESTION), SETTINGS) < waited_s < wait_s(situation(Tail.COMPLETE), SETTINGS)


@pytest.mark.parametrize("tail", Tail)
def test_after_a_false_cut_off_only_waits_for_more_to_come_are_longer(tail: Tail) -> None:
    for mode in (Mode.MONOLOGUE, Mode.SHORT):
        once = wait_s(situation(tail, mode), SETTINGS)
        twice = wait_s(situation(tail, mode, factor=2.0), SETTINGS)
        assert twice == (2 * once if tail in (Tail.HOLD, Tail.COMPLETE) else once)


def test_a_yield_is_answered_sooner_than_anything_else_and_a_hold_later_than_a_sentence() -> None:
    for mode, covered, near in product(Mode, (True, False), (True, False)):
        waits = {tail: wait_s(situation(tail, mode, covered=covered, near=near), SETTINGS) for tail in Tail}
        assert all(waits[tail] == min(waits.values()) for tail in YIELDS)
        assert waits[Tail.HOLD] > waits[Tail.COMPLETE]
        assert waits[Tail.THINK] == max(waits.values())


SITUATIONS = st.builds(
    Situation,
    mode=st.sampled_from(Mode),
    tail=st.sampled_from(Tail),
    is_covered=st.booleans(),
    is_near_end=st.booleans(),
    is_awaited=st.booleans(),
    factor=st.floats(1.0, 2.0),
    pace_s=st.none() | st.floats(0.8, 8.0),
    hint=st.none() | st.floats(0.0, 1.0),
)


@given(SITUATIONS, st.floats(0.0, 1.0))
def test_a_hint_never_lengthens_a_wait_and_shortens_none_but_after_a_finished_sentence(
    now: Situation, hint: float
) -> None:
    without_s = wait_s(replace(now, hint=None), SETTINGS)
    with_s = wait_s(replace(now, hint=hint), SETTINGS)
    assert with_s <= without_s
    if now.tail is not Tail.COMPLETE or hint < SETTINGS.hint_probability:
        assert with_s == without_s


@given(SITUATIONS)
def test_waits_after_a_finished_sentence_stay_within_their_floors_and_ceilings(now: Situation) -> None:
    now = replace(now, tail=Tail.COMPLETE, is_awaited=False)
    waited_s = wait_s(now, SETTINGS)
    if now.mode is Mode.SHORT:
        assert 0.8 <= waited_s <= 8.0 * now.factor
    else:
        assert waited_s >= (2.5 if now.is_near_end else 5.0)
        assert waited_s <= 8.0 * now.factor


@given(SITUATIONS, st.floats(0.8, 8.0), st.floats(0.8, 8.0))
def test_a_slower_speaker_is_never_waited_for_less(now: Situation, one_s: float, other_s: float) -> None:
    waits = [wait_s(replace(now, pace_s=pace_s), SETTINGS) for pace_s in sorted((one_s, other_s))]
    assert waits == sorted(waits)


@given(SITUATIONS.filter(lambda now: now.pace_s is not None), st.floats(0.0, 1.0))
def test_a_hint_never_undercuts_what_the_speakers_own_pauses_ask_for(now: Situation, hint: float) -> None:
    now = replace(now, tail=Tail.COMPLETE, is_awaited=False, hint=hint)
    assert now.pace_s is not None
    assert wait_s(now, SETTINGS) >= now.pace_s


@given(SITUATIONS)
def test_what_is_learnt_changes_no_wait_but_after_a_finished_sentence(now: Situation) -> None:
    plain = replace(now, pace_s=None, hint=None)
    if now.tail is not Tail.COMPLETE:
        assert wait_s(now, SETTINGS) == wait_s(plain, SETTINGS)
    assert table_wait_s(now, SETTINGS) == wait_s(replace(plain, factor=1.0), SETTINGS)


@pytest.mark.parametrize(
    ("now", "waited_s"),
    [
        (situation(Tail.COMPLETE), 5.0),
        (situation(Tail.COMPLETE, covered=True), 5.0),
        (situation(Tail.COMPLETE, near=True), 5.0),
        (situation(Tail.COMPLETE, covered=True, near=True), 2.5),
        (situation(Tail.COMPLETE, Mode.SHORT), 1.2),
        (situation(Tail.COMPLETE, Mode.SHORT, covered=True), 0.8),
        (situation(Tail.COMPLETE, factor=2.0), 11.0),
        (situation(Tail.HOLD), 12.0),
    ],
)
def test_what_a_voice_that_sounds_finished_makes_of_the_waits(now: Situation, waited_s: float) -> None:
    assert wait_s(replace(now, hint=0.99), SETTINGS) == pytest.approx(waited_s)


@pytest.mark.parametrize(
    ("text", "tail"),
    [
        # more is coming
        ("um", Tail.HOLD),
        ("uh, um", Tail.HOLD),
        ("We put a cache in front of the database and", Tail.HOLD),
        ("We could shard by user, um", Tail.HOLD),
        ("So the first thing is", Tail.HOLD),
        ("There are two options", Tail.HOLD),
        ("let me see", Tail.HOLD),
        ("The reason is", Tail.HOLD),
        ("because", Tail.HOLD),
        ("And then it goes to", Tail.HOLD),
        ("First of all", Tail.HOLD),
        ("It depends on", Tail.HOLD),
        ("We use Redis, which is", Tail.HOLD),
        ("I would need another store for this", Tail.HOLD),
        ("It is a counter, so that", Tail.HOLD),
        ("The service asks the.", Tail.HOLD),
        ("A relational store is good for that...", Tail.HOLD),
        ("That is basically", Tail.HOLD),
        # a sentence is over
        ("A relational store is not suitable for this.", Tail.COMPLETE),
        ("Nobody will ever say thank you.", Tail.COMPLETE),
        ("It does not matter what anybody thinks the time is.", Tail.COMPLETE),
        ("We try it three times.", Tail.COMPLETE),
        ("We stop all transfers. Nothing can move.", Tail.COMPLETE),
        ("Then the queue can go on.", Tail.COMPLETE),
        ("That gives us a key value store.", Tail.COMPLETE),
        ("The redirect takes less than a hundred milliseconds.", Tail.COMPLETE),
        ("We retry with an idempotency key.", Tail.COMPLETE),
        ("So that's the write path.", Tail.COMPLETE),
        ("So what happens if the cache fails?", Tail.COMPLETE),
        ("How do we keep the codes unique?", Tail.COMPLETE),
        # time to think
        ("There are gates. Let me think about that for a second.", Tail.THINK),
        ("We have a queue. Bear with me a moment", Tail.THINK),
        ("So the cache is in front. I'm still thinking", Tail.THINK),
        # the turn is handed over
        ("Does that make sense?", Tail.HAND_OVER),
        ("So there is a load balancer and a cache. Does that make sense so far?", Tail.HAND_OVER),
        ("Where should I go deeper?", Tail.HAND_OVER),
        ("How does that sound?", Tail.HAND_OVER),
        ("Is that okay?", Tail.HAND_OVER),
        ("Should I go on?", Tail.HAND_OVER),
        ("We use a cache. Over to you.", Tail.HAND_OVER),
        # a question to the interviewer
        ("How many links are created every month?", Tail.QUESTION),
        ("Okay, so who are the users?", Tail.QUESTION),
        ("Can I assume that reads dominate?", Tail.QUESTION),
        ("What is the read to write ratio?", Tail.QUESTION),
        ("Do links expire?", Tail.QUESTION),
        ("Is it read heavy?", Tail.QUESTION),
        ("Could you tell me how many users there are?", Tail.QUESTION),
        ("How long do I have to keep the links?", Tail.QUESTION),
        ("What happens next?", Tail.UNSURE_QUESTION),
        # the answer is over
        ("We store it in a table, so that wraps up my answer", Tail.DONE),
        ("That is how it grows. Happy to answer questions", Tail.DONE),
        ("", Tail.NOTHING),
    ],
)
def test_how_what_was_said_ends(text: str, tail: Tail) -> None:
    assert heard(text) == Heard(tail=tail)


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("We store it in a table. | I'm done.", "done"),
        ("That's my design.", "done"),
        ("And that's it from me.", "done"),
        ("I have nothing to add.", "done"),
        ("We store it in a table. | How much time do I have left?", "time"),
        ("We store it in a table. | Coach, can you repeat the question?", "repeat_question"),
        ("Coach, how am I doing on time?", "time"),
        ("We keep the codes unique, coach, how much time is left?", "time"),
        ("Okay, um, how much, uh, time do I have?", "time"),
        ("Pause.", "pause"),
        ("The consumer can fall behind. | Let's take a break.", "pause"),
        ("Skip this one.", "skip"),
        ("Next question please.", "skip"),
        ("Say that again please.", "say_again"),
        ("Let me think.", "think"),
        ("It grows. | Let me think about that.", "think"),
        ("Stop the session.", "stop"),
    ],
)
def test_what_is_said_to_the_coach(text: str, command: str) -> None:
    assert heard(text) == Heard(tail=Tail.COMMAND, command=command)


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("It grows. | Just a second.", "think"),
        ("It grows. | Okay, wait.", "think"),
        ("Next question.", "skip"),
        ("It is one machine. | Slower.", "slower"),
        ("That's all.", "done"),
        ("What.", "say_again"),
    ],
)
def test_what_may_begin_a_sentence_is_waited_for_a_little_longer(text: str, command: str) -> None:
    assert heard(text) == Heard(tail=Tail.UNSURE_COMMAND, command=command)
    waited_s = wait_s(situation(Tail.UNSURE_COMMAND), SETTINGS)
    assert SETTINGS.yield_monologue_s < waited_s < SETTINGS.open_monologue_s


@pytest.mark.parametrize(
    "text", ["It grows. | Next, the cache", "It grows. | Next,", "Pause,", "Say that again ..."]
)
def test_what_goes_on_is_no_command(text: str) -> None:
    assert heard(text).command is None


def test_what_is_asked_back_at_once_is_a_command_only_there() -> None:
    assert heard("What?").command == "say_again"
    assert heard("It grows. | What?").command is None


@pytest.mark.parametrize(
    "text",
    [
        "Then we pause the consumer and skip the record.",
        "When the worker is done it stops.",
        "We repeat the request if it times out.",
        "The next question is how we shard.",
        "The user can resume the upload later.",
        "The queue drains and then we continue.",
        "We stop the session when the token expires.",
        "I would end the session after an hour.",
        "The coach app sends a message to the rider.",
        "The client asks for the time.",
        "How much time do I have to invalidate the entry?",
        "So we need to wait a second for the ack.",
        "One more time the client sends it.",
        "And the client can say that again.",
        "Then I move on to storage.",
        "That's it for the write path.",
        "We need a time to live of a day.",
        "Let me think of the write path as a log.",
        "I'm done with the API, so storage comes now.",
    ],
)
def test_words_of_an_answer_command_nothing(text: str) -> None:
    assert heard(text).command is None
    assert heard(f"We have a cache. | {text}").command is None


@pytest.mark.parametrize("text", ["Let's continue.", "I'm ready.", "Resume.", "Can I go on?"])
def test_going_on_is_a_command_only_in_a_pause(text: str) -> None:
    assert BOOK.reader.in_pause(spoken(text))
    assert heard(text).command is None


def test_a_command_counts_only_in_the_last_utterance() -> None:
    assert heard("Pause. | There is a cache in front of the database.").command is None


def test_how_sure_a_question_is_changes_its_tail() -> None:
    reader = TailReader(CONTENT.turn_cues, CommandReader(CONTENT.commands, gap_s=0.7, doubt=0.5))
    words = spoken("something with a database")
    assert [reader.read(words, asks=asks).tail for asks in (Asks.NOT, Asks.PERHAPS, Asks.SURELY)] == [
        Tail.COMPLETE,
        Tail.UNSURE_QUESTION,
        Tail.QUESTION,
    ]


@pytest.mark.parametrize(
    ("said", "listens"),
    [
        ("Okay,:0.4 yeah,:0.5 okay.:0.9", True),
        ("Okay,:0.4 you're,:0.5 okay.:0.9", True),
        ("Okay,:0.4 f,:0.2 okay.:0.9 yeah.:0.5", True),
        ("Okay,:0.4 why,:0.9 okay.:0.9", False),
        ("You're:0.5 okay.:0.9", False),
        ("We:0.4 store:0.4 it:0.4", False),
    ],
)
def test_misheard_words_among_listening_ones_do_not_stop_the_coach(said: str, *, listens: bool) -> None:
    pairs = [pair.rsplit(":", 1) for pair in said.split()]
    timed = laid_out(" ".join(text for text, _ in pairs), 0.0, 2.0)
    words = [replace(word, p=float(p)) for word, (_, p) in zip(timed, pairs, strict=True)]
    assert BOOK.reader.is_backchannel(words) is listens


@given(st.lists(st.integers(1, 5), min_size=1, max_size=6), st.floats(0.7, 10.0))
def test_an_utterance_reaches_back_to_the_last_gap(lengths: list[int], gap_s: float) -> None:
    words: list[Word] = []
    at_s = 0.0
    for length in lengths:
        words += laid_out("word " * length, at_s, at_s + 0.3 * length)
        at_s = words[-1].end_s + gap_s + 0.001
    assert len(last_utterance(words, 0.7)) == lengths[-1]


def test_nothing_has_no_last_utterance() -> None:
    assert last_utterance((), 0.7) == ()
    assert not BOOK.reader.in_pause(())
    assert BOOK.reader.read((), asks=Asks.NOT) == Heard(tail=Tail.NOTHING)


def longest(cue: str) -> int:
    """How many words *cue* spans at most."""
    tokens = re.findall(r"\.\.\.|[()|]|[^\s()|?$]+", cue)

    def alternatives(at: int) -> tuple[int, int]:
        most = words = 0
        while at < len(tokens) and tokens[at] != ")":
            more = 0
            if tokens[at] == "(":
                more, at = alternatives(at + 1)
            elif tokens[at] == "|":
                words = 0
            else:
                more = GAP_WORDS if tokens[at] == "..." else 1
            words += more
            most = max(most, words)
            at += 1
        return most, at

    return alternatives(0)[0]


def test_how_long_a_cue_is() -> None:
    assert longest("(one|one two (three four)? five) ... (a|b)?") == 5 + GAP_WORDS + 1


@pytest.mark.parametrize("name", ["hold", "finished", "think", "hand_over", "done"])
def test_a_tail_is_long_enough_for_every_cue_of_its_end(name: str) -> None:
    for cue in getattr(CONTENT.turn_cues, name):
        assert "^" not in cue
        assert longest(cue) <= TAIL_WORDS, cue


@pytest.mark.parametrize(
    ("tail", "said"),
    [
        (Tail.HAND_OVER, "Does that make sense so far?"),
        (Tail.THINK, "Give me a second."),
        (Tail.HOLD, "so what we do then is"),
        (Tail.COMPLETE, "The cache keeps the popular ones."),
    ],
)
def test_how_it_ends_does_not_depend_on_how_long_it_was(tail: Tail, said: str) -> None:
    before = "Each link goes into a table, and that table is split by its key. " * 40
    assert heard(before + said).tail is tail
