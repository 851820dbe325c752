import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_coach.core.speakable import Pronunciation, is_sayable, one_line, split_for_voice, spoken_form

TABLES = Pronunciation(
    terms={"etcd": "et see dee", "SLO": "S L O", "vs": "versus", "vs.": "versus", "24/7": "all day"},
    scales={"k": "thousand", "x": "times"},
    units={"ms": "milliseconds", "s": "seconds", "MB": "megabytes"},
    rates={"s": "second"},
    signs={"~": " about ", "\u2014": ", "},
)


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("200 ms", "200 milliseconds"),
        ("a p99 of 200ms", "a p99 of 200 milliseconds"),
        ("2.5 s, then 1 s", "2.5 seconds, then 1 second"),
        ("1,000 ms", "1,000 milliseconds"),
        ("21 ms and 1 ms", "21 milliseconds and 1 millisecond"),
        ("10k QPS", "10 thousand QPS"),
        ("3x replication", "3 times replication"),
        ("expect ~5k writes/s", "expect about 5 thousand writes per second"),
        ("100 MB/s", "100 megabytes per second"),
        ("a 100:1 ratio", "a 100 to 1 ratio"),
        ("at 2:10 and 2:1:1", "at 2:10 and 2:1:1"),
        ("5-10 minutes", "5 to 10 minutes"),
        ("5 \u2013 10 minutes", "5 to 10 minutes"),
        ("on 2026-11-22", "on 2026-11-22"),
        ("us-east-1", "us-east-1"),
        ("10^9 rows", "10 to the 9 rows"),
        ("read/write", "read write"),
        ("on call 24/7", "on call all day"),
        ("Etcd, etcd and ETCD; etcds", "et see dee, et see dee and et see dee; etcds"),
        ("the SLO is slow, not slo", "the S L O is slow, not slo"),
        ("SQL vs. NoSQL vs files", "SQL versus NoSQL versus files"),
        ("wait \u2014 what?", "wait, what?"),
        ("sms2 ms", "sms2 ms"),
    ],
)
def test_what_is_read_badly_is_respelt(written: str, spoken: str) -> None:
    assert spoken_form(written, TABLES) == spoken


@given(
    st.lists(
        st.sampled_from(["what", "breaks", "first?", "Then,", "tell", "me", "(again)", "SQL."]), min_size=1
    )
)
def test_plain_words_stay_as_they_are(words: list[str]) -> None:
    text = " ".join(words)
    assert spoken_form(text, TABLES) == text


@given(st.text())
def test_the_spoken_form_is_one_encodable_line(text: str) -> None:
    spoken = spoken_form(text, Pronunciation())
    assert spoken == one_line(spoken)
    assert "\n" not in spoken
    spoken.encode()


def test_a_backslash_in_a_table_does_no_harm() -> None:
    assert spoken_form("3 ms", Pronunciation(units={"ms": "milli\\1seconds"})) == "3 milli1seconds"


@given(st.text(), st.integers(min_value=1, max_value=50))
def test_lines_keep_to_the_limit_and_lose_no_word(text: str, limit: int) -> None:
    lines = split_for_voice(text, limit)
    assert all(len(line) <= limit and is_sayable(line) for line in lines)
    kept = [character for character in text if character.isalnum() and is_sayable(one_line(character))]
    assert [character for line in lines for character in line if character.isalnum()] == kept


def test_a_long_text_is_cut_at_sentence_ends() -> None:
    assert split_for_voice("One two. Three four? Five six seven.", 22) == (
        "One two. Three four?",
        "Five six seven.",
    )


@pytest.mark.parametrize("text", ["", "  \n", "...", "\u2014!", "\x00"])
def test_a_text_without_a_word_is_no_line(text: str) -> None:
    assert split_for_voice(text, 100) == ()


def test_a_long_sentence_is_cut_at_a_clause() -> None:
    assert split_for_voice("Well, one two three, four five six.", 20) == (
        "Well, one two three,",
        "four five six.",
    )
