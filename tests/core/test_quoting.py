from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.spoken import dialogue, judge, marked, subtitles
from voice_coach.core.clarity import SaidBack, is_fluent, is_quotable, is_sure, is_written, unsure_share
from voice_coach.core.cues import Span, compile_cue, plain_text
from voice_coach.core.heard import quote_of, quotes_of
from voice_coach.core.quoting import FEWEST_WORDS, MOST_WORDS, run_on, short_quote, whole_quote
from voice_coach.core.transcript import Speaker, Word, evidence, laid_out

DANGLING = {
    "a",
    "the",
    "of",
    "for",
    "with",
    "in",
    "and",
    "but",
    "popular",
    "single",
    "is",
    "must",
    "our",
    "to",
}

CACHE = (
    "In front of the database, there is a cache for the popular links, a queue takes the clicks, and a worker counts "
    "the clicks in the background."
)
STORE = (
    "I would choose Postgres, because a single index on the short code answers this query, and forty writes per second "
    "are easy for one machine."
)
SOME_WORDS = [
    "and",
    "we",
    "the",
    "cache,",
    "so",
    "it.",
    "um",
    "a",
    "queue",
    "is",
    "fast",
    "for",
    "popular",
    "that",
]


def words(text: str) -> tuple[Word, ...]:
    return marked(laid_out(text, 0.0, float(len(text.split()))))


def around(text: str, *cues: str) -> str:
    said = words(text)
    spans = [span for cue in cues for span in [compile_cue(cue).find(plain_text(said))] if span]
    assert len(spans) == len(cues)
    return short_quote(said, spans).quote


@pytest.mark.parametrize(
    ("text", "cues", "wanted"),
    [
        (
            CACHE,
            ["popular links"],
            "there is a cache for the popular links,",
        ),
        (
            "Our services are stateless, so we can add more servers behind the load balancer when traffic grows.",
            ["add more servers", "when traffic"],
            "we can add more servers behind the load balancer when traffic grows.",
        ),
        (
            STORE,
            ["index on", "answers"],
            "a single index on the short code answers this query,",
        ),
        (
            "I'm assuming a few things here that I'd rather check with you first, and that a link must never be lost.",
            ["must never be lost"],
            "a link must never be lost.",
        ),
        ("Um, if Redis dies we read Postgres, uh", ["dies"], "if Redis dies we read Postgres,"),
        ("It scales.", ["scales"], "It scales."),
    ],
)
def test_whole_clauses_around_what_matters(text: str, cues: list[str], wanted: str) -> None:
    assert around(text, *cues) == wanted


@pytest.mark.parametrize("at", range(36))
def test_a_long_sentence_is_never_cut_within_a_phrase(at: int) -> None:
    said = words(
        "the request goes from the client to the gateway for the popular region and the gateway asks the cache "
        "with a short code before it reads from the relational database behind the balancer at the end of the day"
    )
    quoted = short_quote(said, [Span(first=at, end=at + 1)]).quote.split()
    assert quoted[-1] not in DANGLING
    assert 4 <= len(quoted) <= MOST_WORDS


def test_words_that_were_hardly_recognised_are_not_quoted_where_others_will_do() -> None:
    clear = words("the native ace takes it, the cache answers most of the reads.")
    said = [replace(word, p=0.2 if number < 4 else 0.9) for number, word in enumerate(clear)]
    assert short_quote(said).quote == "the cache answers most of the reads."


@given(
    st.lists(st.sampled_from(SOME_WORDS), min_size=1),
    st.data(),
)
def test_a_quote_is_a_run_of_the_words(texts: list[str], data: st.DataObject) -> None:
    said = words(" ".join(texts))
    first = data.draw(st.integers(0, len(said) - 1))
    quoted = short_quote(said, [Span(first=first, end=first + 1)])
    assert f" {quoted.quote} " in f" {' '.join(texts)} "
    assert 1 <= len(quoted.quote.split()) <= MOST_WORDS


@pytest.mark.parametrize(
    ("text", "key", "wanted"),
    [
        (CACHE, "cache", "there is a cache for the popular links,"),
        (STORE, "index", "a single index on the short code answers this query,"),
        ("The cache, um, the cache answers.", "cache", None),
        ("We use the the cache for all of it.", "cache", None),
        ("It scales.", "scales", None),
        (
            "I put a cache in front of the people who read it, and that is it.",
            "people",
            "I put a cache in front of the people who read it,",
        ),
        (
            "When the cache is gone, we read slowly, and if the cache comes back we are quick.",
            "cache",
            "When the cache is gone, we read slowly,",
        ),
    ],
)
def test_a_whole_quote_stands_by_itself_or_is_none(text: str, key: str, wanted: str | None) -> None:
    said = words(text)
    span = compile_cue(key).find(plain_text(said))
    assert span is not None
    quoted = whole_quote(said, [span])
    assert (quoted.quote if quoted else None) == wanted


def test_what_is_read_out_was_heard_clearly() -> None:
    said = words("The cache answers most of the reads.")
    assert whole_quote(said) is not None
    assert whole_quote([replace(word, p=0.4) for word in said]) is None
    little = [replace(word, p=0.4 if word.bare in ("of", "the") else 0.9) for word in said]
    assert is_quotable(little)
    assert not is_sure(little)
    assert unsure_share(little) == 3 / 7
    assert unsure_share([]) == 0.0


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("We keep it. Then we go on, and it is done.", True),
        ("so we keep it in red is and then i go on", False),
        ("we keep it in the. store and the. other one we. keep too", False),
        (" ".join(["word"] * 60), False),
        ("", False),
    ],
)
def test_stops_and_capitals_tell_whether_clauses_can_be_told_apart(text: str, wanted: bool) -> None:  # noqa: FBT001
    assert is_written(words(text) if text else ()) is wanted


def test_where_nothing_can_be_cut_the_first_words_are_quoted() -> None:
    said = words(" ".join(["of"] * 30))
    assert 1 <= len(short_quote(said).quote.split()) <= MOST_WORDS


def test_said_twice_or_filled_is_not_fluent() -> None:
    assert is_fluent(words("The cache answers."))
    assert not is_fluent(words("The the cache answers."))
    assert not is_fluent(words("The um cache answers."))


def test_only_what_was_written_down_with_its_stops_is_said_back() -> None:
    talk = dialogue(
        (Speaker.CANDIDATE, "The cache answers most of the reads."),
        (Speaker.COACH, "Go on."),
        (Speaker.CANDIDATE, "so i put the queue there and then i put the worker there"),
    )
    lines = judge().listen(talk).lines
    back = SaidBack(lines)
    assert [line.turn for line in back.lines] == [0]
    written, run_on = lines[0], lines[-1]
    assert back.place_of(evidence(written.words)) == (written, Span(first=0, end=7))
    assert back.place_of(evidence(run_on.words)) is None
    assert back.may_quote(evidence(written.words))
    assert not back.may_quote(evidence(run_on.words))
    assert back.unsure_shares(0.0, 1000.0) == (0.0, 0.0)


def test_the_sentence_of_a_quote_is_told_by_its_words_where_subtitles_overlap() -> None:
    talk = subtitles(
        (Speaker.CANDIDATE, "Short. A queue holds what is to come. A worker takes it from there.")
    )
    lines = judge().listen(talk).lines
    back = SaidBack(lines)
    for line in lines:
        for first in range(len(line.words)):
            assert back.place_of(evidence(line.words[first:])) == (
                line,
                Span(first=first, end=len(line.words)),
            )


@given(
    st.lists(st.sampled_from(SOME_WORDS), min_size=1),
    st.data(),
)
def test_a_whole_quote_is_a_run_of_the_words(texts: list[str], data: st.DataObject) -> None:
    said = words(" ".join(texts))
    first = data.draw(st.integers(0, len(said) - 1))
    quoted = whole_quote(said, [Span(first=first, end=first + 1)])
    if quoted is not None:
        assert f" {quoted.quote} " in f" {' '.join(texts)} "
        assert FEWEST_WORDS <= len(quoted.quote.split()) <= MOST_WORDS
        assert quoted.start_s <= said[first].start_s < quoted.end_s


DUPLICATES = "We handle duplicates by, um, giving each request an id."


def test_no_quote_ends_before_the_mechanism() -> None:
    said = words(DUPLICATES)
    key = compile_cue("handle duplicates").find(plain_text(said))
    assert key is not None
    assert short_quote(said, [key]).quote == DUPLICATES
    broken = words("And we handle duplicates by")
    assert whole_quote(broken) is None, "it would stop in the middle of its clause"
    assert whole_quote(words("That is what we handle duplicates with.")) is not None


@pytest.mark.parametrize(
    ("first", "then", "is_joined"),
    [
        ("We handle duplicates by...", "Giving each request an id of its own.", True),
        ("We handle duplicates by.", "Giving each request an id of its own.", True),
        ("We handle duplicates with an id.", "Giving each request one is cheap.", False),
        ("That is what I'm thinking of.", "Giving each request an id.", False),
        ("I want to know who it was sent from.", "Giving each request an id.", False),
        ("And that is what an id is for.", "Giving each request an id.", False),
        ("We handle duplicates by...", " ".join(["Word", *["word"] * 39]), False),
    ],
)
def test_evidence_that_breaks_off_runs_on_into_the_next_line(first: str, then: str, is_joined: bool) -> None:  # noqa: FBT001
    lines = judge().listen(dialogue((Speaker.CANDIDATE, f"{first} {then}"))).lines
    shown = quote_of(lines, 0, 0, 3)
    assert shown.quote == (f"{first} {then}" if is_joined else first)
    last = lines[-1]
    assert quote_of(lines, len(lines) - 1, 0, 1) == evidence(last.words)
    assert SaidBack(lines).place_of(shown) == (lines[0], Span(first=0, end=len(lines[0].words)))


def test_evidence_has_no_words_twice() -> None:
    talk = "We handle duplicates by. Giving each request an id. Giving each request an id."
    lines = judge().listen(dialogue((Speaker.CANDIDATE, talk))).lines
    shown = quotes_of(lines, [(number, 0, 3) for number in range(3)])
    assert [one.quote for one in shown] == [
        "We handle duplicates by. Giving each request an id.",
        "Giving each request an id.",
    ]
    assert shown[-1] == evidence(lines[-1].words)


def test_evidence_does_not_run_on_into_another_turn() -> None:
    talk = dialogue(
        (Speaker.CANDIDATE, "We handle duplicates by..."),
        (Speaker.COACH, "Take your time."),
        (Speaker.CANDIDATE, "Giving each request an id."),
    )
    lines = judge().listen(talk).lines
    assert quote_of(lines, 0, 0, 3).quote == "We handle duplicates by..."


@pytest.mark.parametrize(
    ("end", "most", "wanted"),
    [
        (9, 15, 13),  # "... should take | less than 100 milliseconds."
        (9, 12, 9),  # too long for that
        (13, 15, 13),
        (3, 15, 13),
    ],
)
def test_a_quote_runs_on_to_the_end_of_its_clause_where_it_fits(end: int, most: int, wanted: int) -> None:
    said = words("I am assuming that opening a link should take less than 100 milliseconds. Then more.")[:13]
    assert run_on(said, Span(first=0, end=end), most) == Span(first=0, end=wanted)
    first = words("If the cache dies, all reads go to the store.")
    assert run_on(first, Span(first=0, end=2), most) == Span(first=0, end=4)


def test_a_condition_with_two_halves_is_not_quoted_without_what_follows_from_it() -> None:
    said = words(
        "If a client gets a timeout, and sends the same request again, an idempotency key makes sure that it receives "
        "the same link."
    )
    quoted = whole_quote(said)
    assert quoted is not None
    assert quoted.quote == "an idempotency key makes sure that it receives the same link."
