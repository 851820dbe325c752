import re
from collections.abc import Callable, Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_coach.core.cues import GAP_WORDS, at_end, check_cue, compile_cue, plain, plain_text, whole
from voice_coach.core.transcript import laid_out


def found(cue: str, text: str, sets: dict[str, tuple[str, ...]] | None = None) -> str | None:
    """The words of *text* that *cue* first matches."""
    span = compile_cue(cue, sets).find(plain(text))
    return None if span is None else " ".join(text.split()[span.first : span.end])


@pytest.mark.parametrize(
    ("cue", "text", "expected"),
    [
        ("rate limit", "We need a rate limit here.", "rate limit"),
        ("rate limit", "We need a rate, um, limit", None),
        ("rate-limit", "a rate limit", "rate limit"),
        ("rate limit", "a rate-limit, yes", "rate-limit,"),
        ("limit", "a rate-limit, yes", "rate-limit,"),
        ("art", "partition", None),
        ("part", "partition", None),
        ("partition*", "Partitioning helps", "Partitioning"),
        ("user*", "the users' data", "users'"),
        ("don't", "we don’t know", "don’t"),
        ("node.js", "in Node.js, say", "Node.js,"),
        ("c++", "in C++.", "C++."),
        ("tcp/ip", "over TCP/IP", "TCP/IP"),
        ("u.s.", "in the U.S. only", "U.S."),
        ("what's", "So what's the scale?", "what's"),
        ("(hash|key) function", "a key function", "key function"),
        ("(rate limit|quota) applies", "the rate limit applies", "rate limit applies"),
        ("the (big|small)? table", "the table", "the table"),
        ("the (big|small)? table", "the small table", "the small table"),
        ("the (very (big|large))? table", "the very large table", "the very large table"),
        ("a|b c", "x b c", "b c"),
        ("if ... fails", "if the primary database fails we", "if the primary database fails"),
        ("if ... fails", "if fails", "if fails"),
        ("if...fails", "if it fails", "if it fails"),
        ("^ so", "so what", "so"),
        ("^ so", "and so", None),
        ("done $", "I'm done.", "done."),
        ("done $", "done now", None),
        ("^ ok $", "OK!", "OK!"),
        ("# users", "about 10,000 users", "10,000 users"),
        ("# users", "five hundred thousand users", "five hundred thousand users"),
        ("# users", "a hundred and fifty users", "hundred and fifty users"),
        ("# users", "three point five million users", "three point five million users"),
        ("# users", "100+ users", "100+ users"),
        ("#", "200ms", "200ms"),
        ("# percent", "ninety-nine percent", "ninety-nine percent"),
        ("#", "$5", "$5"),
        ("#", "no number", None),
        ("why {store}", "Why Postgres?", "Why Postgres?"),
        ("{store}", "a key value store", "key value store"),
        ("at 3.5", "at 3.5.", "at 3.5."),
        ("port", "port:8080", "port:8080"),
    ],
)
def test_the_language(cue: str, text: str, expected: str | None) -> None:
    assert found(cue, text, {"store": ("postgres|mysql", "key-value store")}) == expected


@pytest.mark.parametrize(
    ("cue", "reason"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("(a|b", "not closed"),
        ("a)", "unexpected ')'"),
        ("(a|)", "alternative is empty"),
        ("|a", "alternative is empty"),
        ("()", "alternative is empty"),
        ("a?", "must follow a bracket"),
        ("{nope}", "unknown set"),
        ("{none}", "is empty"),
        ("{self}", "four deep"),
        ("{bad}", "unexpected ')'"),
        ("{a b}", "a set is written"),
        ("a }", "a set is written"),
        ("part*ion", "star"),
        ("*", "star"),
        ("a -", "is no word"),
        ("!", "is no word"),
    ],
)
def test_a_malformed_cue_says_what_is_wrong(cue: str, reason: str) -> None:
    sets = {"none": (), "self": ("{self}",), "bad": ("a)",)}
    for act in (compile_cue, check_cue):
        with pytest.raises(ValueError, match=re.escape(reason)):
            act(cue, sets)


def test_sets_may_name_sets() -> None:
    sets = {"block": ("{store}", "cache"), "store": ("database",)}
    assert found("a {block}", "a database", sets) == "a database"
    check_cue("a {block}", sets)


def test_a_gap_spans_six_words_at_most() -> None:
    assert found("a ... b", "a " + "x " * GAP_WORDS + "b") is not None
    assert found("a ... b", "a " + "x " * (GAP_WORDS + 1) + "b") is None


def test_all_matches_are_found_in_order_and_do_not_overlap() -> None:
    spans = list(compile_cue("a b|b").find_all(plain("a b b c b")))
    assert [(span.first, span.end) for span in spans] == [(0, 2), (2, 3), (4, 5)]


def test_a_cue_that_needs_no_word_matches_nothing() -> None:
    assert compile_cue("(a)?").find(plain("b c")) is None
    assert compile_cue("a").find(plain("")) is None


def test_ends_and_wholes() -> None:
    assert found(at_end("b|c"), "b or c") == "c"
    assert found(whole("b|c d"), "c d") == "c d"
    assert found(whole("b|c d"), "b or c d") is None


WORD = st.text(alphabet="abcdefgh", min_size=1, max_size=5)
WORDS = st.lists(WORD, min_size=1, max_size=6)


@given(WORDS, WORDS, WORDS)
def test_words_are_found_wherever_they_stand(before: list[str], wanted: list[str], after: list[str]) -> None:
    span = compile_cue(" ".join(wanted)).find(plain(" ".join(before + wanted + after)))
    assert span is not None
    assert (before + wanted + after)[span.first : span.end] == wanted


@given(st.lists(st.text(min_size=1).filter(lambda word: word.split() == [word]), min_size=1, max_size=8))
def test_any_text_gives_spans_inside_it_and_the_same_from_words(texts: list[str]) -> None:
    text = plain(" ".join(texts))
    assert text == plain_text(laid_out(" ".join(texts), 0.0, 1.0))
    assert len(text.text) == len(text.owners)
    assert "  " not in text.text
    for span in compile_cue("(a*|#|b ... c)").find_all(text):
        assert 0 <= span.first < span.end <= len(texts)


@given(WORDS)
def test_case_and_punctuation_change_nothing(words: list[str]) -> None:
    cue = compile_cue(" ".join(words))
    decorated = " ".join(f"({word.upper()})," for word in words)
    assert cue.find(plain(" ".join(words))) == cue.find(plain(decorated))


@given(st.text(alphabet="ab()|?{}^$#.* ", max_size=12))
def test_any_source_compiles_or_says_why(source: str) -> None:
    sets = {"a": ("b",)}
    reasons = [_complaint(act, source, sets) for act in (check_cue, compile_cue)]
    assert reasons[0] == reasons[1]
    if reasons[0] is None:
        list(compile_cue(source, sets).find_all(plain("a b a b")))


def _complaint(
    act: Callable[[str, Mapping[str, Sequence[str]]], object], source: str, sets: Mapping[str, Sequence[str]]
) -> str | None:
    try:
        act(source, sets)
    except ValueError as error:
        return str(error)
    return None
