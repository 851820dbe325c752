from functools import cache
from pathlib import Path

import pytest

from scripts.eval_questions import Evaluation
from scripts.eval_questions import rows as judged
from tests.core.spoken import encoder
from voice_coach.compose.book import understanding
from voice_coach.compose.content import load_content
from voice_coach.compose.judging import known_wordings
from voice_coach.core.asking import MOST_ANSWERS, Answer, Asked, AskedKind, answer_facts, find_questions
from voice_coach.core.content import Fact, FactBook, Question, TurnCues
from voice_coach.core.fact_finder import FactFinder, MatchSettings
from voice_coach.core.transcript import Speaker, Transcript, laid_out, turn_of

CONTENT = load_content()
CUES = CONTENT.turn_cues
QUESTIONS = CONTENT.questions


@cache
def finder(pack: str = "url-shortener") -> FactFinder:
    """What finds the facts of *pack*, with the real sentence model."""
    return FactFinder(
        QUESTIONS[pack], CONTENT.facts, understanding(CONTENT, known_wordings(CONTENT, encoder()))
    )


Row = tuple[str, str, str]


def rows(name: str = "asked_questions.tsv") -> list[Row]:
    lines = (Path(__file__).parent / name).read_text(encoding="utf-8").splitlines()
    table = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return [(pack, expected, said) for pack, expected, said in table]


def asked_in(said: str, pack: FactFinder | None = None) -> tuple[Asked, ...]:
    words = laid_out(said, 0.0, len(said) / 15)
    transcript = Transcript(turns=(turn_of(Speaker.CANDIDATE, words),))
    return find_questions(transcript.sentences(), CUES, pack or finder())


def outcome(pack: str, said: str) -> str:
    asked = asked_in(said, finder(pack))
    answers = answer_facts(asked, finder(pack))
    facts = "+".join(("yes:" if answer.is_confirmed else "") + (answer.fact or "none") for answer in answers)
    return facts or (asked[-1].kind if asked else "talk")


def share_right(table: list[Row]) -> float:
    return sum(outcome(pack, said) == expected for pack, expected, said in table) / len(table)


def test_spoken_questions_get_the_fact_that_they_ask_for() -> None:
    assert share_right(rows()[::2]) >= 0.97


def test_so_do_other_wordings() -> None:
    assert share_right(rows("more_asked_questions.tsv")) >= 0.95


def test_so_do_those_that_were_held_out() -> None:
    assert share_right(rows()[1::2]) >= 0.9


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
    assert [answer.fact for answer in answer_facts(asked, finder())] == ["scale", "retention"]
    assert [item.words[-1].text for item in asked] == ["have?", "expire?"]


def test_each_fact_is_answered_once_and_no_more_than_can_be_kept_in_mind() -> None:
    said = (
        "Do links expire? How long do links live? Is it read heavy? Can people log in? Do we need analytics?"
    )
    answers = answer_facts(asked_in(said), finder())
    assert [answer.fact for answer in answers] == ["retention", "read_write_mix", "accounts"]
    assert len(answers) == MOST_ANSWERS


def test_the_same_question_gets_the_same_answer() -> None:
    first = answer_facts(asked_in("Do links expire?"), finder())
    again = answer_facts(asked_in("Sorry, do links expire?"), finder())
    assert first[0].text == again[0].text


def test_a_question_without_a_fact_is_answered_with_none() -> None:
    answers = answer_facts(asked_in("Is there a preferred cloud vendor here?"), finder())
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
    words = laid_out("The first thing I would settle is the scope, and do links expire maybe", 0.0, 5.0)
    sentences = Transcript(turns=(turn_of(Speaker.CANDIDATE, words),)).sentences()
    assert [item.kind for item in find_questions(sentences, CUES, finder())] == [AskedKind.FACT]
    assert find_questions(sentences, CUES) == ()


def test_a_short_statement_with_a_tag_asks_and_a_long_one_plays_back() -> None:
    assert asked_in("So it's read heavy, right?")[0].kind is AskedKind.FACT
    long = "So it's read heavy with a hundred million new links a month and nobody needs an account, right?"
    assert asked_in(long)[0].kind is AskedKind.CHECK
    assert answer_facts(asked_in(long), finder()) == ()


def test_of_two_facts_that_share_words_the_longer_match_counts() -> None:
    facts = (
        Fact(id="short", area="other", cues=("latency",), answer="One."),
        Fact(id="long", area="other", cues=("latency of writes",), answer="Two."),
    )
    question = Question(
        id="q", title="Q", asked="Design Q.", hard="It.", components=(), facts=facts, follow_ups=()
    )
    pack = FactFinder(question, FactBook())
    asked = asked_in("What is the latency of writes?", pack)
    assert [answer.fact for answer in answer_facts(asked, pack)] == ["long"]
    assert [word.text for word in asked[0].words] == ["What", "is", "the", "latency", "of", "writes?"]


def test_without_lead_ins_a_question_begins_its_sentence() -> None:
    bare = TurnCues(hold=(), think=(), hand_over=(), done=(), question=("do links",), aside=())
    by_cues = FactFinder(QUESTIONS["url-shortener"], CONTENT.facts)
    words = laid_out("Okay so do links expire", 0.0, 2.0)
    turn = Transcript(turns=(turn_of(Speaker.CANDIDATE, words),))
    assert find_questions(turn.sentences(), bare, by_cues) == ()
    turn = Transcript(turns=(turn_of(Speaker.CANDIDATE, words[2:]),))
    assert len(find_questions(turn.sentences(), bare, by_cues)) == 1


def test_what_sounds_like_no_question_is_understood_by_its_meaning_alone() -> None:
    assert [item.kind for item in asked_in("I'd like to know how many links people make in a month.")] == [
        AskedKind.FACT
    ]
    assert asked_in("Each link goes into a table, and a cache in front of it keeps the popular ones.") == ()


def test_nothing_said_asks_nothing() -> None:
    assert find_questions((), CUES, finder()) == ()
    assert answer_facts((), finder()) == ()


def test_a_number_is_confirmed_only_where_the_fact_holds_it_for_the_same_time() -> None:
    def confirmed(said: str) -> list[bool]:
        return [answer.is_confirmed for answer in answer_facts(asked_in(said), finder())]

    assert confirmed("We write about 40 links a second. Is that right?") == [True]
    assert confirmed("A hundred million new links a month, right?") == [True]
    assert confirmed("A hundred million new links a day, right?") == [False]
    assert confirmed("We write more than 40 links a second. Is that right?") == [False]
    assert confirmed("How many links do we write?") == [False]


def test_a_number_in_an_open_question_is_not_confirmed() -> None:
    said = "Thinking about scale, how many of those hundred million new links a month come from the API"
    assert not any(item.is_stated for item in asked_in(said))


def test_a_long_playback_is_agreed_to_whatever_its_numbers() -> None:
    said = "We have 40 links a second written, and every one of them is read a hundred times. Is that right?"
    assert [item.kind for item in asked_in(said)] == [AskedKind.CHECK]


@pytest.mark.slow
def test_what_others_ask_is_understood_about_as_well_as_recorded() -> None:
    """By half the sentences of a writer who knew nothing of it; evaluation/README.md has the figures of all."""
    known = understanding(CONTENT, known_wordings(CONTENT, encoder()))
    found = Evaluation(MatchSettings(), known, CONTENT).figures(judged("judging")[::2])
    assert found.right >= 0.66 * found.questions
    assert found.wrong <= 0.05 * found.questions
    assert found.talk_answered <= 0.06 * found.talk
