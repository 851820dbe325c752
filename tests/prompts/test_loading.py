"""Every rule of the content files complains with file, line and key."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from voice_coach.compose.content import load_content
from voice_coach.core.content import FactBook, Lexicon, StandardFact, Term
from voice_coach.core.errors import InputError, PromptError
from voice_coach.prompts.commands import check_commands, load_commands
from voice_coach.prompts.folder import prompts_folder
from voice_coach.prompts.follow_ups import check_follow_ups, load_follow_ups
from voice_coach.prompts.lines import check_lines, load_lines
from voice_coach.prompts.questions import (
    check_question,
    find_question,
    load_question,
    load_questions,
    match_question,
)
from voice_coach.prompts.turns import check_turn_cues, load_turn_cues

LEXICON = Lexicon(term=(Term(id="redis", text="Redis", category="cache"),))

BOOK = FactBook(
    fact=(StandardFact(id="users", area="users_and_use_cases", cues=("who uses",), asked=("who uses it",)),)
)

PACK = """\
title = "Key store"
asked = "Design a key store."
hard = "Everything."
components = ["redis"]
aliases = ["key store"]

[facts]
users = "Everybody."

[[fact]]
id = "scale"
area = "scale"
cues = [
  "how many",
  "what scale",
]
asked = ["how many keys"]
answer = "A thousand a second."

[[follow_ups]]
id = "why"
about = "storage_decision"
text = "Why {component}?"
components = ["cache"]
covered = ["because"]
sceptical = ["Really {component}?"]

[[scope_change]]
id = "twice"
text = "Now every key is stored twice."
named = ["(stored twice|two copies)"]
[[scope_change.touches]]
area = "where copies are"
cues = ["(replica*|copy)"]
"""

BANK = """\
order = ["reliability"]

[[follow_up]]
id = "retry"
about = "reliability"
text = "What happens to a retry?"
"""


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("wrong", "right", "where"),
    [
        ('title = "Key store"', 'title = "Key store"\nid = "other"', "2: id: 'other' differs"),
        ("Design a key store.", "word " * 26, "2: asked: 26 words spoken; at most 25"),
        ('["key store"]', '["key (store"]', "5: aliases.0: cue 'key (store': a bracket is not closed"),
        ('"redis"', '"rediss"', "4: components.0: 'rediss' is no id or category"),
        ('"cache"', '"cash"', "24: follow_ups.0.components.0: 'cash' is no id or category"),
        ('area = "scale"', 'area = "size"', "12: fact.0.area: 'size' is no area"),
        ('id = "scale"', 'id = "users"', "11: fact.0.id: 'users' has an answer under [facts] already"),
        ("users = ", "user = ", "8: facts.user: is no standard fact; did you mean users?"),
        ("users = ", "colour = ", "8: facts.colour: is no standard fact; one of its own is a [[fact]] table"),
        ('["how many keys"]', "[]", "17: fact.0.asked: needs at least one wording"),
        ('"what scale"', '"what? scale"', "15: fact.0.cues.1: cue 'what? scale': '?' must follow"),
        ("Everybody.", "", "8: facts.users: 0 words spoken; 1 to 40"),
        ("storage_decision", "storage", "22: follow_ups.0.about: 'storage' is no checklist item"),
        ("Why {component}?", "Why {component}", "23: follow_ups.0.text: ends with a question mark"),
        ("Why {component}?", "Why? {component}?", "23: follow_ups.0.text: ends with a question mark"),
        (
            "Why {component}?",
            "Why {component} and {thing}?",
            "23: follow_ups.0.text: {component} is the only",
        ),
        ("Why {component}?", "Why?", "23: follow_ups.0.text: {component} and the key components go together"),
        (
            "Why {component}?",
            "Why " * 17 + "{component}?",
            "23: follow_ups.0.text: 21 words spoken; at most 20",
        ),
        ('["because"]', '["*"]', "25: follow_ups.0.covered.0: cue '*': a star stands at the end"),
        (
            "Really {component}?",
            "Really?",
            "26: follow_ups.0.sceptical.0: {component} and the key components",
        ),
        ("Really {component}?", "{component}!", "26: follow_ups.0.sceptical.0: ends with a question mark"),
        (
            "Now every key is stored twice.",
            "now " * 26,
            "30: scope_change.0.text: 26 words spoken; 1 to 25",
        ),
        ('["(stored twice|two copies)"]', "[]", "31: scope_change.0.named: needs at least one cue"),
        ("two copies)", "two copies", "31: scope_change.0.named.0: cue"),
        ("where copies are", " ", "33: scope_change.0.touches.0.area: is empty"),
        ('["(replica*|copy)"]', "[]", "34: scope_change.0.touches.0.cues: needs at least one cue"),
    ],
)
def test_a_pack_breaks_a_rule(tmp_path: Path, wrong: str, right: str, where: str) -> None:
    assert PACK.count(wrong) == 1
    path = write(tmp_path, "key-store.toml", PACK.replace(wrong, right))
    with pytest.raises(PromptError, match=re.escape(f"{path}:{where}")):
        load_question(path, LEXICON, BOOK)
    assert any(problem.startswith(f"{path}:{where}") for problem in check_question(path, LEXICON, BOOK))


def test_a_good_pack_has_no_problems_and_its_file_gives_its_id(tmp_path: Path) -> None:
    path = write(tmp_path, "key-store.toml", PACK)
    assert check_question(path, LEXICON, BOOK) == []
    assert load_questions(tmp_path, LEXICON, BOOK)["key-store"].id == "key-store"


def test_without_a_lexicon_components_are_taken_as_they_are(tmp_path: Path) -> None:
    path = write(tmp_path, "key-store.toml", PACK.replace('"cache"', '"cash"'))
    assert load_question(path, book=BOOK).follow_ups[0].components == ("cash",)


def test_all_problems_of_a_pack_are_listed_and_a_broken_shape_ends_the_list(tmp_path: Path) -> None:
    two = PACK.replace('area = "scale"', 'area = "size"').replace("storage_decision", "storage")
    assert len(check_question(write(tmp_path, "key-store.toml", two), book=BOOK)) == 2
    broken = write(tmp_path, "key-store.toml", two.replace("answer =", "anser ="))
    assert check_question(broken, book=BOOK) == [
        f"{broken}:18: fact.0.anser: unknown key; did you mean answer?"
    ]


def test_an_empty_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(PromptError, match="holds no question packs"):
        load_questions(tmp_path)


def test_packs_come_sorted_by_id(tmp_path: Path) -> None:
    for name in ("b", "a", "c"):
        write(tmp_path, f"{name}.toml", PACK)
    assert list(load_questions(tmp_path, book=BOOK)) == ["a", "b", "c"]


QUESTIONS = load_content().questions


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("url-shortener", "url-shortener"),
        ("URL Shortener", "url-shortener"),
        ("Design a URL shortener", "url-shortener"),
        ("Design a service that shortens long URLs, like Bitly.", "url-shortener"),
        ("notification system", "notification-system"),
        ("Walk me through a notification system.", "notification-system"),
        ("Design a service that sends notifications to millions of users.", "notification-system"),
        ("messaging backend", "messaging-backend"),
        ("Design WhatsApp.", "messaging-backend"),
        ("Design a chat application", "messaging-backend"),
        (QUESTIONS["messaging-backend"].asked, "messaging-backend"),
    ],
)
def test_a_question_is_found_by_id_title_or_words(text: str, expected: str) -> None:
    assert find_question(QUESTIONS, text).id == expected


def test_an_unknown_question_suggests_the_nearest() -> None:
    message = "unknown question 'url-shortner'; did you mean url-shortener? see voice-coach questions list"
    with pytest.raises(InputError, match=re.escape(message)):
        find_question(QUESTIONS, "url-shortner")


def test_one_like_nothing_suggests_nothing() -> None:
    message = "unknown question 'zzz'; see voice-coach questions list"
    with pytest.raises(InputError, match=re.escape(message)):
        find_question(QUESTIONS, "zzz")
    assert match_question(QUESTIONS, "Design a parking lot") is None


def test_words_that_fit_two_questions_fit_none() -> None:
    assert match_question(QUESTIONS, "a url shortener and a chat system") is None


@pytest.mark.parametrize(
    ("wrong", "right", "where"),
    [
        ('["reliability"]', '["reliability", "luck"]', "1: order.1: 'luck' is no checklist item"),
        ("retry?", "retry", "6: follow_up.0.text: ends with"),
        ('about = "reliability"', 'about = "x"', "5: follow_up.0.about: 'x' is no"),
        (
            'about = "reliability"',
            'about = "rambling"',
            "5: follow_up.0.about: nothing says when to ask about",
        ),
        ("[[follow_up]]", 'reason = ["(so"]\n[[follow_up]]', "3: reason.0: cue '(so': a bracket"),
        (
            "[[follow_up]]",
            '[[sense]]\nabout = "x"\n[[follow_up]]',
            "4: sense.0.about: 'x' is no checklist item",
        ),
        (
            "[[follow_up]]",
            '[[sense]]\nabout = "api"\nunless = ["api"]\n[[follow_up]]',
            "5: sense.0.unless.0: 'api' is no checklist item",
        ),
        (
            "[[follow_up]]",
            '[[sense]]\nabout = "api"\nafter = ["api"]\n[[follow_up]]',
            "5: sense.0.after.0: 'api' is no checklist item",
        ),
        (
            "[[follow_up]]",
            '[[sense]]\nabout = "api"\n[[sense]]\nabout = "api"\n[[follow_up]]',
            "6: sense.1.about: 'api' has a table already",
        ),
    ],
)
def test_the_bank_breaks_a_rule(tmp_path: Path, wrong: str, right: str, where: str) -> None:
    path = write(tmp_path, "generic.toml", BANK.replace(wrong, right))
    with pytest.raises(PromptError, match=re.escape(f"{path}:{where}")):
        load_follow_ups(path)
    assert check_follow_ups(path)


@pytest.mark.parametrize(
    ("wrong", "right", "where"),
    [
        ("Paused. Say", "{minutes} Say", "paused.0: must hold no placeholder and nothing else"),
        ("about {minutes}. Ques", "about ten. Ques", "rules.0: must hold {minutes} and nothing else"),
        ("about {minutes}. Ques", "about {minutes. Ques", "rules.0: braces: "),
        ('"Take your time.",', '"",', "soft_prompt.0: 0 words spoken; 1 to 30"),
    ],
)
def test_a_line_breaks_a_rule(tmp_path: Path, wrong: str, right: str, where: str) -> None:
    text = (prompts_folder() / "lines.toml").read_text(encoding="utf-8")
    assert text.count(wrong) == 1
    path = write(tmp_path, "lines.toml", text.replace(wrong, right))
    with pytest.raises(PromptError, match=rf"lines\.toml:\d+: {re.escape(where)}"):
        load_lines(path)
    assert len(check_lines(path)) >= 1


@pytest.mark.parametrize("key", ["cues", "addressed", "misheard", "unbelieved"])
def test_a_broken_command_cue_is_named(tmp_path: Path, key: str) -> None:
    cues = {"cues": ["stop"], "addressed": ["halt"], key: ["(stop"]}
    lists = "\n".join(f"{name} = {json.dumps(value)}" for name, value in cues.items())
    path = write(tmp_path, "commands.toml", f'[[command]]\nid = "stop"\n{lists}\n')
    with pytest.raises(PromptError, match=re.escape(f"command.0.{key}.0: cue '(stop'")):
        load_commands(path)


def test_a_line_without_variants_is_named(tmp_path: Path) -> None:
    text = (prompts_folder() / "lines.toml").read_text(encoding="utf-8")
    path = write(tmp_path, "lines.toml", re.sub(r"(?s)thanks = \[.*?\]", "thanks = []", text))
    with pytest.raises(PromptError, match=r"thanks: needs at least one variant"):
        load_lines(path)


def test_a_broken_turn_cue_is_named(tmp_path: Path) -> None:
    lists = "\n".join(f'{name} = ["a"]' for name in ("hold", "think", "hand_over", "done", "question"))
    path = write(tmp_path, "turns.toml", f'{lists}\naside = [\n  "b",\n  "c)",\n]\n')
    with pytest.raises(PromptError, match=re.escape(f"{path}:8: aside.1: cue 'c)': unexpected ')'")):
        load_turn_cues(path)
    assert len(check_turn_cues(path)) == 1


COMMANDS = """\
before = ["okay|please"]
[[command]]
id = "skip"
cues = ["next"]
"""


@pytest.mark.parametrize(
    ("wrong", "right", "where"),
    [
        ('"skip"', '"jump"', "3: command.0.id: 'jump' is no command; known are repeat_question"),
        ('"next"', '"(next"', "4: command.0.cues.0: cue '(next': a bracket"),
        ("okay|please", "okay|", "1: before.0: cue 'okay|': an alternative is empty"),
        ("before", "befor", "1: befor: unknown key"),
        ('["next"]', "[]", "4: command.0.cues: needs at least one cue"),
        ('before = ["okay|please"]', "coach = []", "1: coach: needs at least one name"),
        ('before = ["okay|please"]', 'coach_misheard = ["(go"]', "1: coach_misheard.0: cue '(go': a bracket"),
    ],
)
def test_a_command_breaks_a_rule(tmp_path: Path, wrong: str, right: str, where: str) -> None:
    path = write(tmp_path, "commands.toml", COMMANDS.replace(wrong, right))
    with pytest.raises(PromptError, match=re.escape(f"{path}:{where}")):
        load_commands(path)
    assert check_commands(path)


@pytest.mark.parametrize("load", [load_question, load_follow_ups, load_lines, load_turn_cues, load_commands])
def test_a_missing_file_is_named(tmp_path: Path, load: Callable[[Path], object]) -> None:
    with pytest.raises(PromptError, match=re.escape(f"{tmp_path / 'none.toml'}: no such file")):
        load(tmp_path / "none.toml")
