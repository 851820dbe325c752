"""Checks content files without stopping at the first complaint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voice_coach.compose.content import Content, load_content
from voice_coach.core.content import FactBook
from voice_coach.core.errors import InputError, PromptError
from voice_coach.core.features import shape_names
from voice_coach.core.lexicon_cues import with_lexicon
from voice_coach.prompts.asked import check_sayings
from voice_coach.prompts.commands import check_commands
from voice_coach.prompts.drills import check_drills
from voice_coach.prompts.evening import check_evening
from voice_coach.prompts.facts import check_facts
from voice_coach.prompts.follow_ups import check_follow_ups
from voice_coach.prompts.gaps import check_gaps
from voice_coach.prompts.lexicon import check_lexicon
from voice_coach.prompts.lines import check_lines
from voice_coach.prompts.llm import check_llm
from voice_coach.prompts.next_drill import check_next_drill
from voice_coach.prompts.pronunciation import check_pronunciation
from voice_coach.prompts.questions import check_question
from voice_coach.prompts.review import check_review
from voice_coach.prompts.risks import check_risks
from voice_coach.prompts.rubric import check_rubric
from voice_coach.prompts.same_words import check_same_words
from voice_coach.prompts.sound_check import check_sound_check
from voice_coach.prompts.speech import check_speech
from voice_coach.prompts.trained import check_question_model, check_trained
from voice_coach.prompts.turns import check_turn_cues

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path


def problems(path: Path | None = None, own_questions: Path | None = None) -> list[str]:
    """Every complaint about all content, or about the packs at *path* (a file, a folder or an id), one line each.

    *own_questions*: a folder of packs of the user's own, which are content as well.

    Raises InputError when there is nothing at *path*.
    """
    content = load_content(own_questions)
    if path is not None:
        path = _of_id(path, content)
        return [
            problem
            for pack in _packs(path)
            for problem in check_question(pack, content.lexicon, content.facts)
        ]
    folder = content.folder
    return [
        *check_lexicon(folder),
        *check_lines(folder / "lines.toml"),
        *check_turn_cues(folder / "turns.toml"),
        *check_commands(folder / "commands.toml"),
        *check_pronunciation(folder / "pronunciation.toml"),
        *check_review(folder / "review.toml"),
        *check_same_words(folder / "same_words.toml"),
        *check_sound_check(folder / "sound_check.toml"),
        *check_next_drill(folder / "next_drill.toml"),
        *check_evening(folder / "evening.toml"),
        *check_speech(folder),
        *check_llm(folder / "llm"),
        *_drill_problems(content),
        *check_trained(content.judge_folder, _shape_names(content)),
        *_lexicon_problems(content),
    ]


def _of_id(path: Path, content: Content) -> Path:
    """The pack whose id *path* is, where there is nothing at *path* itself."""
    folders = (content.own_questions, content.folder / "questions")
    named = (folder / f"{path}.toml" for folder in folders if folder is not None)
    return path if path.exists() else next((pack for pack in named if pack.is_file()), path)


def _shape_names(content: Content) -> Collection[str] | None:
    """None where the lexicon or the rubric, which name them, are not good."""
    try:
        return shape_names(content.rubric, content.lexicon)
    except PromptError:
        return None


def _drill_problems(content: Content) -> list[str]:
    """What they name can be checked only when the rubric, the lexicon and the packs are good."""
    try:
        sets, questions = with_lexicon(content.rubric.sets, content.lexicon), content.questions
    except PromptError:
        return []
    return check_drills(content.folder, sets, questions)


def _lexicon_problems(content: Content) -> list[str]:
    """What names terms can be checked only when the lexicon is good."""
    try:
        lexicon = content.lexicon
    except PromptError:
        return []
    try:
        book = content.facts
    except PromptError:
        book = FactBook()
    return [
        *check_facts(content.folder / "facts.toml"),
        *check_question_model(content.judge_folder, [fact.id for fact in book.fact]),
        *check_sayings(content.folder / "asked", [fact.id for fact in book.fact]),
        *check_follow_ups(content.folder / "follow_ups" / "generic.toml", lexicon),
        *check_gaps(content.folder / "follow_ups" / "gaps.toml", lexicon),
        *check_risks(
            content.folder / "follow_ups" / "risks.toml",
            {pack.stem for pack in _packs(content.folder / "questions")},
        ),
        *check_rubric(content.folder / "rubric", lexicon),
        *(
            problem
            for pack in (*_packs(content.folder / "questions"), *_own(content))
            for problem in check_question(pack, lexicon, book)
        ),
    ]


def _own(content: Content) -> list[Path]:
    return sorted(content.own_questions.glob("*.toml")) if content.own_questions is not None else []


def _packs(path: Path) -> list[Path]:
    try:
        packs = sorted(item for item in path.iterdir() if item.suffix == ".toml" and item.is_file())
    except NotADirectoryError:
        packs = [path] if path.is_file() else []
    except FileNotFoundError as failure:
        message = f"{path}: no such file or folder"
        raise InputError(message) from failure
    except OSError as failure:
        message = f"{path}: cannot be read: {failure.strerror}; allow reading it"
        raise InputError(message) from failure
    if not packs:
        message = f"{path}: no question packs (*.toml) there"
        raise InputError(message)
    return packs
