from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_coach.core.transcript import Speaker, Transcript, Word, evidence, laid_out, turn_of

STRETCHES = st.lists(st.tuples(st.sampled_from(Speaker), st.integers(0, 600), st.integers(1, 8)), max_size=12)
"""Who speaks, from which second on, how many words; in any order, as late pieces come."""


def built(stretches: list[tuple[Speaker, int, int]]) -> Transcript:
    transcript = Transcript()
    for number, (speaker, start_s, count) in enumerate(stretches):
        words = laid_out(f"w{number} " * count, float(start_s), start_s + 0.3 * count)
        transcript = transcript.with_words(speaker, words)
    return transcript


@given(STRETCHES)
def test_words_are_kept_in_time_order_whenever_they_come(stretches: list[tuple[Speaker, int, int]]) -> None:
    transcript = built(stretches)
    for speaker in Speaker:
        expected = sum(count for who, _, count in stretches if who is speaker)
        assert len(list(transcript.by(speaker))) == expected
    assert [turn.start_s for turn in transcript.turns] == sorted(turn.start_s for turn in transcript.turns)
    for turn in transcript.turns:
        assert [word.start_s for word in turn.words] == sorted(word.start_s for word in turn.words)
        assert (turn.start_s, turn.end_s) == (turn.words[0].start_s, turn.words[-1].end_s)


@given(STRETCHES, st.booleans())
def test_sentences_are_the_words_of_their_turns(
    stretches: list[tuple[Speaker, int, int]],
    may_think: bool,  # noqa: FBT001 - drawn
) -> None:
    transcript = built(stretches)
    for index, turn in enumerate(transcript.turns):
        sentences = [item for item in transcript.sentences(may_think=may_think) if item.turn == index]
        assert tuple(word for item in sentences for word in item.words) == turn.words
        assert " ".join(item.text for item in sentences) == turn.text
        assert all(turn.words[item.first] == item.words[0] for item in sentences)
        assert all(item.speaker is turn.speaker for item in sentences)


def test_words_join_the_turn_of_their_speaker_or_make_one() -> None:
    coach = laid_out("Why?", 10.0, 10.5)
    transcript = (
        Transcript()
        .with_words(Speaker.CANDIDATE, laid_out("One.", 0.0, 1.0))
        .with_words(Speaker.COACH, coach)
        .with_words(Speaker.CANDIDATE, laid_out("Two.", 2.0, 3.0))
        .with_words(Speaker.CANDIDATE, laid_out("Three.", 11.0, 12.0))
        .with_words(Speaker.COACH, ())
    )
    assert [turn.text for turn in transcript.turns] == ["One. Two.", "Why?", "Three."]
    late = transcript.with_words(Speaker.COACH, laid_out("Design it.", -2.0, -1.0))
    assert late.turns[0].text == "Design it."
    before = transcript.with_words(Speaker.CANDIDATE, laid_out("Zero.", -2.0, -1.0))
    assert before.turns[0].text == "Zero. One. Two."


def test_a_pause_ends_a_sentence_and_so_does_punctuation_within_quotes() -> None:
    words = (*laid_out("one two", 0.0, 1.0), *laid_out('three "four." five (six!) seven', 2.6, 4.0))
    sentences = Transcript(turns=(turn_of(Speaker.CANDIDATE, words),)).sentences()
    assert [item.text for item in sentences] == ["one two", 'three "four."', "five (six!)", "seven"]
    assert (sentences[0].start_s, sentences[0].end_s) == (0.0, 1.0)


def thought(*pieces: str) -> list[str]:
    """The sentences of *pieces* with two seconds of silence after each."""
    words = [
        word
        for number, text in enumerate(pieces)
        for word in laid_out(text, 10.0 * number, 10.0 * number + 8.0)
    ]
    transcript = Transcript(turns=(turn_of(Speaker.CANDIDATE, words),))
    return [item.text for item in transcript.sentences(may_think=True)]


def test_a_thinking_pause_within_a_sentence_does_not_end_it() -> None:
    assert thought("We keep it", "in one table.", "it is", "I'd say", "“quick.”") == [
        "We keep it in one table.",
        "it is I'd say “quick.”",
    ]


def test_a_pause_before_a_capital_letter_ends_a_sentence() -> None:
    assert thought("We keep it in a table", "Now the queue.") == ["We keep it in a table", "Now the queue."]
    assert thought("We keep it in a table", "(Now the queue.)")[0] == "We keep it in a table"


def test_without_any_stop_pauses_are_all_there_is() -> None:
    assert thought("we keep it in a table", "now the queue") == ["we keep it in a table", "now the queue"]


@pytest.mark.parametrize(
    ("text", "bare"),
    [("Redis,", "redis"), ("“don’t”", "don’t"), ("--", ""), ("etcd's", "etcd's"), ("3.5%", "3.5")],
)
def test_a_bare_word_has_no_case_and_no_edges(text: str, bare: str) -> None:
    assert Word(text=text, start_s=0.0, end_s=1.0).bare == bare


@given(st.text(), st.floats(0, 1e4), st.floats(0, 100))
def test_a_text_is_laid_out_without_gaps_or_loss(text: str, start_s: float, length_s: float) -> None:
    words = laid_out(text, start_s, start_s + length_s)
    assert [word.text for word in words] == text.split()
    edges = [edge for word in words for edge in (word.start_s, word.end_s)]
    assert edges == sorted(edges)
    assert not words or (edges[0], edges[-1]) == pytest.approx((start_s, start_s + length_s), abs=0.001)


def test_evidence_has_the_times_of_its_words() -> None:
    quote = evidence(laid_out("at a high level", 3.0, 5.0)[1:])
    assert (quote.quote, quote.end_s) == ("a high level", 5.0)
    assert 3.0 < quote.start_s < 4.0


def test_words_can_be_taken_out_and_an_empty_turn_with_them() -> None:
    first, second = laid_out("One two.", 0.0, 1.0), laid_out("Stop.", 3.0, 3.5)
    transcript = Transcript().with_words(Speaker.CANDIDATE, first)
    transcript = transcript.with_words(Speaker.COACH, laid_out("Three.", 1.5, 2.0))
    longer = transcript.with_words(Speaker.CANDIDATE, second)
    assert longer.without(second) == transcript
    assert [turn.text for turn in transcript.without(first[:1]).turns] == ["two.", "Three."]
