from pathlib import Path

import pytest

from voice_coach.core.asking import MOST_ANSWERS, Answer, Asked, AskedKind, answer_facts, find_questions
from voice_coach.core.content import Fact, Question, TurnCues
from voice_coach.core.transcript import Speaker, Transcript, laid_out, turn_of
from voice_coach.prompts.folder import prompts_folder
from voice_coach.prompts.questions import load_questions
from voice_coach.prompts.turns import load_turn_cues

CUES = load_turn_cues(prompts_folder() / "turns.toml")
QUESTIONS = load_questions(prompts_folder() / "questions")
SHORTENER = QUESTIONS["url-shortener"]

Row = tuple[str, str, str]


def rows(name: str = "asked_questions.tsv") -> list[Row]:
    lines = (Path(__file__).parent / name).read_text(encoding="utf-8").splitlines()
    table = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return [(pack, expected, said) for pack, expected, said in table]


def asked_in(said: str, question: Question | None = SHORTENER) -> tuple[Asked, ...]:
    words = laid_out(said, 0.0, len(said) / 15)
    transcript = Transcript(turns=(turn_of(Speaker.CANDIDATE, words),))
    return find_questions(transcript.sentences(), CUES, question)


def outcome(pack: str, said: str) -> str:
    asked = asked_in(said, QUESTIONS[pack])
    answers = answer_facts(asked, QUESTIONS[pack])
    facts = "+".join(("yes:" if answer.is_confirmed else "") + (answer.fact or "none") for answer in answers)
    return facts or (asked[-1].kind if asked else "talk")


def share_right(table: list[Row]) -> float:
    return sum(outcome(pack, said) == expected for pack, expected, said in table) / len(table)


def test_spoken_questions_get_the_fact_that_they_ask_for() -> None:
    assert share_right(rows()[::2]) >= 0.97


def test_so_do_other_wordings() -> None:
    assert share_right(rows("more_asked_questions.tsv")) >= 0.97


def test_so_do_those_that_were_held_out() -> None:
    assert share_right(rows()[1::2]) >= 0.93


def test_checks_and_choices_and_stated_numbers_are_told_from_questions() -> None:
    assert share_right(rows("checked_questions.tsv")) >= 0.97


@pytest.mark.parametrize(
    "row", [row for row in rows() if row[1] in {"talk", "check", "choice"}], ids=lambda row: row[2]
)
def test_talk_to_oneself_and_checks_are_never_answered_with_a_fact(row: Row) -> None:
    pack, expected, said = row
    assert outcome(pack, said) == expected


def test_every_fact_expected_exists() -> None:
    for pack, expected, _ in rows():
        if expected not in {"none", "check", "choice", "talk"}:
            assert set(expected.split("+")) <= {fact.id for fact in QUESTIONS[pack].facts}


def test_several_facts_in_one_breath_are_answered_in_their_order() -> None:
    asked = asked_in("How many users do we have? And do links expire?")
    assert [answer.fact for answer in answer_facts(asked, SHORTENER)] == ["scale", "expiry"]
    assert [item.words[-1].text for item in asked] == ["have?", "expire?"]


def test_each_fact_is_answered_once_and_no_more_than_can_be_kept_in_mind() -> None:
    said = (
        "Do links expire? How long do links live? Is it read heavy? Can people log in? Do we need analytics?"
    )
    answers = answer_facts(asked_in(said), SHORTENER)
    assert [answer.fact for answer in answers] == ["expiry", "read_write_mix", "accounts"]
    assert len(answers) == MOST_ANSWERS


def test_the_same_question_gets_the_same_answer() -> None:
    first = answer_facts(asked_in("Do links expire?"), SHORTENER)
    again = answer_facts(asked_in("Sorry, do links expire?"), SHORTENER)
    assert first[0].text == again[0].text


def test_a_question_without_a_fact_is_answered_with_none() -> None:
    answers = answer_facts(asked_in("Is there a preferred cloud vendor here?"), SHORTENER)
    assert answers == (Answer(fact=None, text=None),)


def test_a_question_is_over_once_the_candidate_designs_on() -> None:
    assert asked_in("Do links expire? We store them in a table. Then the cache holds the hot ones.") == ()


def test_an_explanation_leaves_the_question_standing() -> None:
    asked = asked_in("Do links expire? Because that would change how I store them.")
    assert [item.words[-1].text for item in asked] == ["expire?"]


def test_endless_explanations_do_not() -> None:
    because = " Because that would change the storage."
    assert len(asked_in("Do links expire?" + because * 2)) == 1
    assert asked_in("Do links expire?" + because * 3) == ()


def test_doubtful_questions_need_a_fact_sheet() -> None:
    said = "The first thing I would settle is the scope, and do links expire maybe"
    assert [item.kind for item in asked_in(said)] == [AskedKind.FACT]
    assert asked_in(said, None) == ()


def test_a_short_statement_with_a_tag_asks_and_a_long_one_plays_back() -> None:
    assert asked_in("So it's read heavy, right?")[0].kind is AskedKind.FACT
    long = "So it's read heavy with a hundred million new links a month and nobody needs an account, right?"
    assert asked_in(long)[0].kind is AskedKind.CHECK
    assert answer_facts(asked_in(long), SHORTENER) == ()


def test_of_two_facts_that_share_words_the_longer_match_counts() -> None:
    facts = (
        Fact(id="short", area="other", asked=("latency",), answer="One."),
        Fact(id="long", area="other", asked=("latency of writes",), answer="Two."),
    )
    question = Question(
        id="q", title="Q", asked="Design Q.", hard="It.", components=(), facts=facts, follow_ups=()
    )
    asked = asked_in("What is the latency of writes?", question)
    assert [answer.fact for answer in answer_facts(asked, question)] == ["long"]
    assert [word.text for word in asked[0].words] == ["What", "is", "the", "latency", "of", "writes?"]


def test_without_lead_ins_a_question_begins_its_sentence() -> None:
    bare = TurnCues(hold=(), think=(), hand_over=(), done=(), question=("do links",), aside=())
    words = laid_out("Okay so do links expire", 0.0, 2.0)
    turn = Transcript(turns=(turn_of(Speaker.CANDIDATE, words),))
    assert find_questions(turn.sentences(), bare, SHORTENER) == ()
    turn = Transcript(turns=(turn_of(Speaker.CANDIDATE, words[2:]),))
    assert len(find_questions(turn.sentences(), bare, SHORTENER)) == 1


def test_nothing_said_asks_nothing() -> None:
    assert find_questions((), CUES, SHORTENER) == ()
    assert answer_facts((), SHORTENER) == ()


def test_a_number_is_confirmed_only_where_the_fact_holds_it_for_the_same_time() -> None:
    def confirmed(said: str) -> list[bool]:
        return [answer.is_confirmed for answer in answer_facts(asked_in(said), SHORTENER)]

    assert confirmed("We write about 40 links a second. Is that right?") == [True]
    assert confirmed("A hundred million new links a month, right?") == [True]
    assert confirmed("A hundred million new links a day, right?") == [False]
    assert confirmed("We write more than 40 links a second. Is that right?") == [False]
    assert confirmed("How many links do we write?") == [False]


def test_a_long_playback_is_agreed_to_whatever_its_numbers() -> None:
    said = "We have 40 links a second written, and every one of them is read a hundred times. Is that right?"
    assert [item.kind for item in asked_in(said)] == [AskedKind.CHECK]
