from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.filler_lines import TUNING, UNSEEN, counted, lines
from tests.core.spoken import candidate
from voice_coach.core.fillers import (
    FillerFinder,
    FillerKind,
    FillerPhrases,
    FillerRule,
    VerbalFiller,
    ends_sentence,
    filler,
)
from voice_coach.core.transcript import Speaker, Word
from voice_coach.prompts.folder import prompts_folder
from voice_coach.prompts.lexicon import load_lexicon
from voice_coach.prompts.speech import load_speech

SPEECH = Path(os.environ.get("VOICE_COACH_DEV_DATA", "none")) / "speech"


@cache
def shipped() -> FillerPhrases:
    return load_speech(prompts_folder()).fillers


@cache
def finder() -> FillerFinder:
    return FillerFinder(shipped())


def words_of(text: str) -> list[Word]:
    return list(candidate(text).by(Speaker.CANDIDATE)) if text else []


def found(text: str, using: FillerFinder | None = None) -> list[str]:
    """What fills in *text*."""
    words = words_of(text)
    spans = (using or finder()).find(words)
    return [" ".join(word.bare for word in words[span.first : span.end]) for span in spans]


@pytest.mark.parametrize("path", [TUNING, UNSEEN], ids=["tuning", "unseen"])
def test_phrases_that_fill_are_told_from_those_that_say_something(path: Path) -> None:
    for phrase, count in counted(path, shipped()).items():
        assert count.recall >= 0.85, phrase
        assert count.precision >= 0.9, phrase


@pytest.mark.parametrize("path", [TUNING, UNSEEN], ids=["tuning", "unseen"])
def test_there_are_at_least_thirty_lines_for_each_phrase_half_of_them_filled(path: Path) -> None:
    shares: dict[str, list[bool]] = {}
    for line in lines(path):
        shares.setdefault(line.phrase, []).append(bool(line.fillers))
    assert set(shares) == {
        "like",
        "so",
        "right",
        "you know",
        "i mean",
        "kind of",
        "sort of",
        "basically",
        "actually",
    }
    for phrase, filled in shares.items():
        assert len(filled) >= 30, phrase
        assert 0.4 <= sum(filled) / len(filled) <= 0.6, phrase


@pytest.mark.parametrize(
    ("text", "fillers"),
    [
        ("Um, it takes like ten seconds.", ["um", "like"]),
        ("It looks like ten seconds.", []),
        ("It looks, like, slow.", ["like"]),
        ("I'd like something like ten of them.", []),
        ("The query is a SQL LIKE, and it is slow.", []),
        ("It is cached so that it's fast, so the disk is idle.", []),
        ("There are so many.", []),
        ("Um, so, yeah, it's, you know, done.", ["um", "so", "you know"]),
        ("It is cached. Right? And then it expires.", ["right"]),
        ("It is cached, right? And then it expires.", ["right"]),
        ("We only serve text, right?", []),
        ("Right. That's the right one.", []),
        ("It is slow. You know what I mean? Really slow.", ["you know what i mean"]),
        ("Do you know what I mean?", []),
        ("It's y’know slow.", ["y'know"]),
        ("I mean. It is slow.", ["i mean"]),
        ("You. Know the rate.", []),
        ("It trails off, so... The next part.", ["so"]),
        ("", []),
    ],
)
def test_what_fills(text: str, fillers: list[str]) -> None:
    assert found(text) == [item.replace("'", "’") if "’" in text else item for item in fillers]


def test_the_start_of_a_turn_is_an_opening_unless_it_concludes_or_asks() -> None:
    assert found("So the first thing is the scope.") == ["so"]
    assert found("So you want it within a second?") == []
    assert found("Okay, so the pieces.") == ["so"]
    assert found("Okay, so it's for one bank.") == []


def test_a_pause_parts_as_punctuation_does_unless_times_are_made_up() -> None:
    words = [
        Word(text=text, start_s=start, end_s=start + 0.2)
        for text, start in [("It", 0.0), ("is", 0.2), ("kept.", 0.4), ("And", 0.6), ("so", 0.8), ("we", 1.6)]
    ]
    assert [span.first for span in finder().find(words)] == [4]
    assert finder().find(words, pauses_known=False) == ()


def test_the_first_rule_that_fits_decides() -> None:
    phrases = FillerPhrases(
        sets={"be": ("(is|are)",)},
        verbal=(
            VerbalFiller(
                text=("well", "oh well"),
                rule=(
                    FillerRule(fills=False, before="{be}"),
                    FillerRule(fills=True, after="(we|i)", left=("none",)),  # type: ignore[arg-type] # as TOML gives it
                    FillerRule(fills=True, right=("question",)),  # type: ignore[arg-type] # as TOML gives it
                ),
            ),
        ),
    )
    using = FillerFinder(phrases)
    assert found("all is well we go", using) == []
    assert found("now well we go", using) == ["well"]
    assert found("now, well we go", using) == []
    assert found("now, well? we go", using) == ["well"]
    assert found("now oh well we go", using) == ["oh well"]


def test_a_malformed_cue_is_refused() -> None:
    verbal = VerbalFiller(text=("well",), rule=(FillerRule(fills=True, before="(is"),))
    with pytest.raises(ValueError, match="bracket"):
        FillerFinder(FillerPhrases(verbal=(verbal,)))


def test_a_filler_has_its_words_times_kind_and_context() -> None:
    words = words_of("We put that in, you know, a table of its own.")
    (span,) = finder().find(words)
    said = filler(words, span, is_timed=True)
    assert (said.text, said.kind) == ("you know", FillerKind.VERBAL)
    assert said.context == "put that in, you know, a table of"
    assert (said.start_s, said.end_s) == (words[4].start_s, words[5].end_s)
    assert filler(words, span, is_timed=False).start_s is None


def test_three_dots_end_no_sentence() -> None:
    assert not ends_sentence(Word(text="so...", start_s=0, end_s=1))
    assert ends_sentence(Word(text='so."', start_s=0, end_s=1))


SAID = st.lists(
    st.sampled_from(
        [
            *(
                "um",
                "so",
                "like",
                "you",
                "know",
                "I",
                "mean",
                "right",
                "kind",
                "of",
                "sort",
                "actually",
                "basically",
            ),
            *(
                "we",
                "cache",
                "it",
                "the",
                "queue",
                "is",
                "slow",
                "ten",
                "would",
                "and",
                "looks",
                "that",
                "many",
            ),
        ]
    ).flatmap(lambda word: st.sampled_from([word, word + ",", word + ".", word + "?", word + "..."])),
    max_size=40,
).map(" ".join)


@given(SAID)
def test_fillers_are_verbatim_in_order_and_apart(text: str) -> None:
    words = words_of(text)
    end = 0
    for span in finder().find(words):
        assert end <= span.first < span.end <= len(words)
        end = span.end
        said = filler(words, span, is_timed=True)
        assert said.text == " ".join(word.bare for word in words[span.first : span.end])
        assert said.context in " ".join(word.text for word in words)
        assert (span.kind is FillerKind.FILLED_PAUSE) == words[span.first].filler
        assert said.start_s is not None
        assert words[0].start_s <= said.start_s <= (said.end_s or 0.0) <= words[-1].end_s


@given(SAID, st.floats(0, 1000))
def test_when_it_is_said_does_not_matter(text: str, by_s: float) -> None:
    words = words_of(text)
    later = [
        Word(text=w.text, start_s=w.start_s + by_s, end_s=w.end_s + by_s, filler=w.filler) for w in words
    ]
    assert finder().find(later) == finder().find(words)


@pytest.mark.skipif(not SPEECH.is_dir(), reason="VOICE_COACH_DEV_DATA is not set")
def test_real_clips_with_verbatim_text() -> None:
    spoken = json.loads((SPEECH / "reference_transcripts.json").read_text(encoding="utf-8"))
    pauses = load_lexicon(prompts_folder()).fillers
    for name, expected in {
        "mfa_uhum": ["uh", "um", "uh", "hm", "hm", "um"],
        "mfa_crossword": ["um", "um"],
        "mfa_youknow": ["you know"],
        "mfa_apex": [],
        "mfa_erpause": [],
        "whisper2": [],
    }.items():
        said = [
            Word(text=text, start_s=0.3 * index, end_s=0.3 * index + 0.3, filler=text in pauses)
            for index, text in enumerate(spoken[name].split())
        ]
        spans = finder().find(said)
        assert [" ".join(w.bare for w in said[s.first : s.end]) for s in spans] == expected, name
