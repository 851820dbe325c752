"""The content that comes with the program obeys its rules, and fits together."""

import re
import tomllib
from dataclasses import fields

import pytest

from voice_coach.core.content import FollowUp, Level, Question
from voice_coach.core.cues import compile_cue, plain
from voice_coach.core.events import CommandName
from voice_coach.core.follow_ups import NEVER_ASKED
from voice_coach.core.rubric_ids import CHECKLIST, CLARIFICATION, DEEP_DIVES, PHASE_OF_STAGE, PHASES, STAGES
from voice_coach.prompts.commands import load_commands
from voice_coach.prompts.facts import load_facts
from voice_coach.prompts.folder import prompts_folder
from voice_coach.prompts.follow_ups import load_follow_ups
from voice_coach.prompts.lexicon import load_lexicon
from voice_coach.prompts.lines import load_lines
from voice_coach.prompts.questions import load_questions
from voice_coach.prompts.turns import load_turn_cues

FOLDER = prompts_folder()
LEXICON = load_lexicon(FOLDER)
QUESTIONS = load_questions(FOLDER / "questions", LEXICON, load_facts(FOLDER / "facts.toml"))
BANK = load_follow_ups(FOLDER / "follow_ups" / "generic.toml", LEXICON)
ASKED_ABOUT = {*CHECKLIST, *DEEP_DIVES} - NEVER_ASKED
SHEETS = [question for question in QUESTIONS.values() if not question.is_own_system]
EACH_QUESTION = pytest.mark.parametrize("question", QUESTIONS.values(), ids=list(QUESTIONS))


def test_the_common_families_are_there_in_order() -> None:
    assert len(QUESTIONS) >= 24
    assert list(QUESTIONS) == sorted(QUESTIONS)


@EACH_QUESTION
def test_a_pack_is_complete(question: Question) -> None:
    assert question.terse
    assert question.vague
    assert question.levels is not None
    assert len(question.scope_change) >= 3
    assert {item.probe for item in question.follow_ups} >= {"failure", "edge", "abuse"}
    assert any(item.levels for item in question.follow_ups)
    assert any(item.sceptical for item in question.follow_ups)
    assert question.is_own_system or len(question.facts) >= 20


@EACH_QUESTION
def test_at_every_level_enough_is_asked_about(question: Question) -> None:
    for level in Level:
        asked = [item for item in question.follow_ups if not item.levels or level in item.levels]
        assert len(asked) >= 15
        assert len({item.about for item in asked} & ASKED_ABOUT) >= len(ASKED_ABOUT) - 2


@pytest.mark.parametrize("question", SHEETS, ids=lambda question: question.id)
def test_a_pack_answers_every_clarification_area(question: Question) -> None:
    assert {fact.area for fact in question.facts} >= set(CLARIFICATION) - {"scope_summary"}
    assert all(fact.cues and fact.asked for fact in question.facts)


@EACH_QUESTION
def test_a_pack_asks_about_every_checklist_item_and_deep_dive(question: Question) -> None:
    assert {item.about for item in question.follow_ups} >= ASKED_ABOUT
    assert not {item.about for item in question.follow_ups} & NEVER_ASKED
    assert len(question.follow_ups) >= 15
    assert sum("{component}" in item.text for item in question.follow_ups) >= 6


def test_the_bank_asks_about_everything_in_its_order() -> None:
    about = {item.about for item in BANK.follow_up}
    assert len(BANK.follow_up) >= 30
    assert about >= ASKED_ABOUT
    assert not about & NEVER_ASKED
    assert set(BANK.order) == about
    assert len(BANK.order) == len(set(BANK.order))


@pytest.mark.parametrize(
    "item",
    [*BANK.follow_up, *(item for pack in QUESTIONS.values() for item in pack.follow_ups)],
    ids=lambda item: item.id,
)
def test_a_follow_up_does_not_cover_itself(item: FollowUp) -> None:
    """What the coach asks must not contain the words that would mean it was answered."""
    text = plain(item.text.replace("{component}", "the thing"))
    assert not any(compile_cue(cue).find(text) for cue in item.covered)


@EACH_QUESTION
def test_follow_up_ids_of_a_pack_and_the_bank_differ(question: Question) -> None:
    ids = [item.id for item in (*question.follow_ups, *BANK.follow_up)]
    assert len(ids) == len(set(ids))


@EACH_QUESTION
def test_a_question_is_found_by_its_own_words_alone(question: Question) -> None:
    text = plain(question.asked)
    fitting = [
        other.id
        for other in QUESTIONS.values()
        if any(compile_cue(alias).find(text) for alias in other.aliases)
    ]
    assert set(fitting) <= {question.id}


DAY_S = 86_400
MONTH_S = 30 * DAY_S
_DIGITS = {
    "a": 1,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "twelve": 12,
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "ninety": 90,
}
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 10**6, "billion": 10**9}
_NUMBER = re.compile(
    rf"\b(?:a (?={'|'.join(_SCALES)})|(?:{'|'.join(set(_DIGITS) - {'a'})})\b[ -]?|(?:{'|'.join(_SCALES)})\b ?)+"
)


def amounts(text: str) -> list[int]:
    """The numbers in *text* as they are spoken: "two hundred million" is 200,000,000."""
    found = []
    for match in _NUMBER.finditer(text.lower()):
        total = part = 0
        for word in match.group().replace("-", " ").split():
            if word == "hundred":
                part *= 100
            elif word in _SCALES:
                total, part = total + part * _SCALES[word], 0
            else:
                part += _DIGITS[word]
        found.append(total + part)
    return found


def facts(pack: str) -> dict[str, list[int]]:
    return {fact.id: amounts(fact.answer) for fact in QUESTIONS[pack].facts}


def asks(pack: str, follow_up: str) -> list[int]:
    return next(amounts(item.text) for item in QUESTIONS[pack].follow_ups if item.id == follow_up)


def roughly(value: float) -> object:
    return pytest.approx(value, rel=0.1)


def test_spoken_amounts_are_read() -> None:
    assert amounts("A hundred million of twenty-three thousand, a few, and two hundred bytes") == [
        10**8,
        23_000,
        200,
    ]


def test_the_numbers_of_the_url_shortener_agree() -> None:
    said = facts("url-shortener")
    (new_a_month, a_second), (average, peak) = said["write_volume"], said["read_volume"]
    (ratio,), (makers, made, opened) = said["read_write_mix"], said["scale"]
    years, links = said["data_volume"]
    record_bytes = said["item_size"][-1]
    assert a_second == roughly(new_a_month / MONTH_S)
    assert made == new_a_month > makers
    assert opened == ratio * made
    assert average == roughly(opened / MONTH_S)
    assert average < peak < 10 * average
    assert links == roughly(years * 12 * new_a_month)
    assert 2e12 <= links * record_bytes <= 5e12, "a few terabytes"
    assert 62 ** said["code_length"][0] > 100 * links
    assert asks("url-shortener", "store_outgrown")[0] == links


def test_the_numbers_of_the_notification_system_agree() -> None:
    said = facts("notification-system")
    customers, active = said["scale"]
    a_day, a_second = said["write_volume"]
    burst, *_one, campaign = said["peak"]
    three, five = said["read_write_mix"]
    at_most = said["limits"][0]
    assert active < customers
    assert a_second == pytest.approx(a_day / DAY_S, rel=0.15)  # "a little over"
    assert a_second < burst
    assert a_day * three / five / customers <= at_most
    assert campaign <= customers
    (allowed,) = asks("notification-system", "provider_rate")
    assert "may take an hour" in next(
        fact.answer for fact in QUESTIONS["notification-system"].facts if fact.id == "latency"
    )
    assert campaign / 3600 < allowed < burst
    assert asks("notification-system", "campaign_load") == [campaign]
    assert asks("notification-system", "queue_growth") == [burst]


def test_the_numbers_of_the_messaging_backend_agree() -> None:
    said = facts("messaging-backend")
    (people, each), (a_day, a_second, times) = said["scale"], said["write_volume"]
    (connected,), (members, few) = said["connections"], said["groups"][-2:]
    size_bytes, _longest, gigabytes = said["item_size"]
    assert a_day == people * each
    assert a_second == roughly(a_day / DAY_S)
    assert times > 1
    assert connected < people
    assert gigabytes * 10**9 == roughly(a_day * size_bytes)
    assert few < members
    assert asks("messaging-backend", "connection_growth")[0] == connected
    assert asks("messaging-backend", "presence_load")[0] == connected
    assert asks("messaging-backend", "store_growth")[0] == a_day
    assert asks("messaging-backend", "big_group")[0] == members


def test_every_command_can_be_spoken() -> None:
    commands = load_commands(FOLDER / "commands.toml")
    ids = {command.id for command in commands.command} | {asked.id for asked in commands.review}
    assert ids == set(CommandName)


def test_lines_are_spoken_in_several_ways() -> None:
    lines = load_lines(FOLDER / "lines.toml")
    assert all(len(getattr(lines, name)) >= 3 for name in ("go_on", "unknown_fact", "wrap_up"))


def test_lines_sound_as_sentences_when_they_are_filled() -> None:
    """{elapsed} and {left} are words without a capital; only what asks ends with a question mark."""
    lines = load_lines(FOLDER / "lines.toml")
    after_sorry = {"over_budget", "off_point", "long_talk", "over_time"}
    for field in fields(lines):
        if field.name.startswith("part_"):
            assert all(text[0].islower() and text[-1].isalpha() for text in getattr(lines, field.name))
            continue
        for text in getattr(lines, field.name):
            is_begun = field.name in after_sorry
            assert text[0].isupper() or text[0] == "“" or is_begun, text
            assert text[-1] in ("," if field.name == "sorry" else ".?"), text
            asks = re.search(r"\b(what|which|could you|how)\b", text.lower())
            assert text.endswith("?") == (
                field.name.startswith(("wrap_up", "what_next")) and asks is not None
            ), text


def test_the_rules_say_that_questions_may_follow() -> None:
    for text in load_lines(FOLDER / "lines.toml").rules:
        assert "I'm done" in text
        assert re.search(r"\b(I may|from me)\b", text)


@pytest.mark.parametrize(
    ("said", "is_held"),
    [
        ("so the cache sits in front of the database and", True),
        ("and then we have the", True),
        ("So the next thing is", True),
        ("which we can shard by, um", True),
        ("there are two options", True),
        ("let me think", True),
        ("That is the write path.", False),
        ("We store it in Postgres.", False),
        ("The latency is below a hundred milliseconds.", False),
        ("Each record holds the code and the long address.", False),
    ],
)
def test_what_holds_the_turn(said: str, is_held: bool) -> None:  # noqa: FBT001 - a table of examples
    cues = load_turn_cues(FOLDER / "turns.toml")
    text = plain(re.sub(r"\bum\b", "", said))
    assert any(compile_cue(f"({cue}) $").find(text) for cue in cues.hold) is is_held


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("Does that make sense?", "hand_over"),
        ("Shall I go on?", "hand_over"),
        ("Where should I go deeper?", "hand_over"),
        ("Is that okay?", "hand_over"),
        ("What do you think?", "hand_over"),
        ("I think that's it.", "done"),
        ("That's my design.", "done"),
        ("So I'm done.", "done"),
        ("That's my design. Bye.", "done"),
        ("give me a minute", "think"),
        ("Let me think about this for a second.", "think"),
    ],
)
def test_what_yields_the_turn(said: str, kind: str) -> None:
    cues = load_turn_cues(FOLDER / "turns.toml")
    assert any(compile_cue(f"({cue}) $").find(plain(said)) for cue in getattr(cues, kind))


@pytest.mark.parametrize(
    "said", ["This is the architecture.", "That's the summary of the scope.", "So that's it"]
)
def test_the_end_of_a_part_is_not_the_end(said: str) -> None:
    cues = load_turn_cues(FOLDER / "turns.toml")
    assert not any(compile_cue(f"({cue}) $").find(plain(said)) for cue in cues.done)


def test_the_headless_candidate_speaks_for_about_four_minutes() -> None:
    room = tomllib.loads((FOLDER / "rooms" / "headless.toml").read_text(encoding="utf-8"))
    words = sum(len(entry["text"].split()) for entry in room["say"])
    assert room["question"] in QUESTIONS
    assert 430 <= words <= 620


def test_every_stage_has_a_phase() -> None:
    assert tuple(PHASE_OF_STAGE) == STAGES
    assert tuple(dict.fromkeys(PHASE_OF_STAGE.values())) == PHASES
