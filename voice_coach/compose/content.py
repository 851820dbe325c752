"""Everything under ``prompts/``, loaded and checked once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from voice_coach.config import questions_folder
from voice_coach.core.errors import ConfigError
from voice_coach.core.features import shape_names
from voice_coach.core.lexicon_cues import with_lexicon
from voice_coach.prompts.asked import load_sayings
from voice_coach.prompts.commands import load_commands
from voice_coach.prompts.drills import load_drills
from voice_coach.prompts.evening import load_evening
from voice_coach.prompts.facts import load_facts
from voice_coach.prompts.folder import prompts_folder
from voice_coach.prompts.follow_ups import load_follow_ups
from voice_coach.prompts.gaps import load_gaps
from voice_coach.prompts.lexicon import load_lexicon, load_stt_prompt
from voice_coach.prompts.lines import load_lines
from voice_coach.prompts.llm import load_guard_cues, load_model_prompts
from voice_coach.prompts.next_drill import load_next_drill
from voice_coach.prompts.pronunciation import load_pronunciation
from voice_coach.prompts.questions import load_questions
from voice_coach.prompts.review import load_review
from voice_coach.prompts.risks import load_risks
from voice_coach.prompts.rubric import load_rubric
from voice_coach.prompts.same_words import load_same_words
from voice_coach.prompts.sound_check import load_sound_check
from voice_coach.prompts.speech import load_speech
from voice_coach.prompts.trained import load_learnt, load_question_model
from voice_coach.prompts.turns import load_turn_cues

if TYPE_CHECKING:
    from pathlib import Path

    from voice_coach.config import Config
    from voice_coach.core.content import (
        FactBook,
        FollowUpBank,
        Lexicon,
        Lines,
        Question,
        Saying,
        SpokenCommands,
        TurnCues,
    )
    from voice_coach.core.drill import DrillBook
    from voice_coach.core.evening_content import EveningBook
    from voice_coach.core.gap_content import GapBook
    from voice_coach.core.model_guard import GuardCues
    from voice_coach.core.model_prompt import ModelPrompts
    from voice_coach.core.question_model import QuestionModel
    from voice_coach.core.review_texts import ReviewTexts
    from voice_coach.core.risks import RiskBook
    from voice_coach.core.rubric import Rubric
    from voice_coach.core.same_words import SameWords
    from voice_coach.core.speakable import Pronunciation
    from voice_coach.core.speech_metrics import SpeechBook
    from voice_coach.prompts.next_drill import NextDrillLines
    from voice_coach.prompts.sound_check import SoundCheckTexts
    from voice_coach.prompts.trained import Learnt


@dataclass(frozen=True)
class Content:
    """Each part is read when it is first asked for. Raises PromptError naming file, line and key."""

    folder: Path
    own_questions: Path | None = None
    """A folder of the user's own question packs: they come on top, one of the same id in the place of ours."""

    @cached_property
    def lexicon(self) -> Lexicon:
        """Backend terms."""
        return load_lexicon(self.folder)

    @cached_property
    def questions(self) -> dict[str, Question]:
        """Question packs by id."""
        packs = load_questions(self.folder / "questions", self.lexicon, self.facts)
        if self.own_questions is not None and any(self.own_questions.glob("*.toml")):
            packs |= load_questions(self.own_questions, self.lexicon, self.facts)
        return dict(sorted(packs.items()))

    @cached_property
    def facts(self) -> FactBook:
        """What any product may be asked about."""
        return load_facts(self.folder / "facts.toml")

    @cached_property
    def bank(self) -> FollowUpBank:
        """Follow-ups that fit any question."""
        return load_follow_ups(self.folder / "follow_ups" / "generic.toml", self.lexicon)

    @cached_property
    def gaps(self) -> GapBook:
        """What is asked about of what the candidate left open."""
        return load_gaps(self.folder / "follow_ups" / "gaps.toml", self.lexicon)

    @cached_property
    def risks(self) -> RiskBook:
        """What is asked about of what the candidate stated."""
        return load_risks(self.folder / "follow_ups" / "risks.toml")

    @cached_property
    def lines(self) -> Lines:
        """What the coach says besides."""
        return load_lines(self.folder / "lines.toml")

    @cached_property
    def drills(self) -> DrillBook:
        """Drills, and what is said in all of them."""
        sets = with_lexicon(self.rubric.sets, self.lexicon)
        return load_drills(self.folder, sets, self.questions)

    @cached_property
    def turn_cues(self) -> TurnCues:
        """Phrases that hold or yield the turn."""
        return load_turn_cues(self.folder / "turns.toml")

    @cached_property
    def commands(self) -> SpokenCommands:
        """Phrases that command."""
        return load_commands(self.folder / "commands.toml")

    @cached_property
    def review(self) -> ReviewTexts:
        """What is said about the feedback."""
        return load_review(self.folder / "review.toml")

    @cached_property
    def same_words(self) -> SameWords:
        """Words that stand for one another where a claim is looked up."""
        return load_same_words(self.folder / "same_words.toml")

    @cached_property
    def rubric(self) -> Rubric:
        """What is listened for."""
        return load_rubric(self.folder / "rubric", self.lexicon)

    @cached_property
    def speech(self) -> SpeechBook:
        """Fillers, corrections and norms of speech."""
        return load_speech(self.folder)

    @cached_property
    def pronunciation(self) -> Pronunciation:
        """How written terms are spoken."""
        return load_pronunciation(self.folder / "pronunciation.toml")

    @cached_property
    def sound_check(self) -> SoundCheckTexts:
        """What is said in the set-up check."""
        return load_sound_check(self.folder / "sound_check.toml")

    @cached_property
    def next_drill(self) -> NextDrillLines:
        """Why a drill comes next."""
        return load_next_drill(self.folder / "next_drill.toml")

    @cached_property
    def evening(self) -> EveningBook:
        """The night before."""
        return load_evening(self.folder / "evening.toml")

    @cached_property
    def stt_prompt(self) -> str:
        """What the recogniser is told to expect."""
        return load_stt_prompt(self.folder)

    @cached_property
    def learnt(self) -> Learnt:
        """What was learnt from labelled answers."""
        return load_learnt(self.judge_folder, shape_names(self.rubric, self.lexicon))

    @cached_property
    def question_model(self) -> QuestionModel:
        """What was learnt about questions."""
        return load_question_model(self.judge_folder, [fact.id for fact in self.facts.fact])

    @cached_property
    def sayings(self) -> tuple[Saying, ...]:
        """What candidates ask, and say without asking."""
        return load_sayings(self.folder / "asked", [fact.id for fact in self.facts.fact])

    @cached_property
    def model_prompts(self) -> ModelPrompts:
        """What a language model is told."""
        return load_model_prompts(self.folder / "llm")

    @cached_property
    def guard_cues(self) -> GuardCues:
        """What is never said in its words."""
        return load_guard_cues(self.folder / "llm")

    @property
    def judge_folder(self) -> Path:
        """Where that is."""
        return self.folder / "judge"

    @property
    def wordings_file(self) -> Path:
        """The vectors of all wordings of questions and of all sayings."""
        return self.folder / "wordings.npz"

    @property
    def question_template(self) -> Path:
        """A pack to begin with."""
        return self.folder / "question_template.toml"

    @property
    def headless_room(self) -> Path:
        """The bundled simulated candidate."""
        return self.folder / "rooms" / "headless.toml"

    def drill_room(self, kind: str) -> Path:
        """The same for a drill."""
        return self.folder / "rooms" / f"drill-{kind}.toml"

    @property
    def evening_room(self) -> Path:
        """The same between the steps of an evening."""
        return self.folder / "rooms" / "evening.toml"


def load_content(own_questions: Path | None = None) -> Content:
    """The content that comes with the program, with the packs in *own_questions* on top."""
    return Content(folder=prompts_folder(), own_questions=own_questions)


def content_for(config: Config) -> Content:
    """The content with the user's own packs. Raises ConfigError where their folder was named and is none."""
    folder = questions_folder(config)
    if config.session.questions and not folder.is_dir():
        message = f"session.questions: {folder} is no folder; make it, or leave the key empty"
        raise ConfigError(message)
    return load_content(folder)
