"""Names in files and folders: a complaint points to where they stand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tests.compose.small_engines import CONTENT
from voice_coach.compose.named import check_asked, check_kept, check_named, check_sessions, not_a_pack
from voice_coach.compose.options import PracticeOptions
from voice_coach.config import Config
from voice_coach.core.errors import ConfigError, InputError, StorageError

if TYPE_CHECKING:
    from pathlib import Path

QUESTIONS = CONTENT.questions


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def configured(**session: Any) -> Config:  # noqa: ANN401 - any setting
    config = Config()
    return replace(config, session=replace(config.session, **session))


class TestRooms:
    @pytest.mark.parametrize(
        ("toml", "complaint"),
        [
            (
                '[[say]]\ntext = "a"\n[[say]]\ntext = "b"\nvoice = "parrot"\n',
                "5: say.1.voice: no voice is called",
            ),
            (
                'question = "url-shortner"\n',
                "1: question: unknown question 'url-shortner'; did you mean url-short",
            ),
            ('\nquestion = ""\n', "2: question: unknown question ''"),
            ('[[say]]\nvoyce = "a"\n', "2: say.0.voyce: unknown key; did you mean voice?"),
        ],
    )
    def test_an_unknown_name_is_told_with_its_line(self, tmp_path: Path, toml: str, complaint: str) -> None:
        room = written(tmp_path / "room.toml", toml)
        with pytest.raises(InputError) as raised:
            check_named(PracticeOptions(input=str(room)), Config(), QUESTIONS, None)
        assert str(raised.value).startswith(f"{room}:{complaint}")

    def test_known_names_are_good(self, tmp_path: Path) -> None:
        room = written(
            tmp_path / "room.toml", 'question = "url-shortener"\n[[say]]\ntext = "a"\nvoice = "pyttsx3"\n'
        )
        check_named(PracticeOptions(input=str(room)), Config(), QUESTIONS, None)
        (tmp_path / "loop.toml").symlink_to("loop.toml")
        for name in ("none.toml", "loop.toml"):  # told by `check`
            check_named(PracticeOptions(input=str(tmp_path / name)), Config(), QUESTIONS, None)

    def test_a_question_that_is_not_asked_need_not_be_known(self, tmp_path: Path) -> None:
        room = written(tmp_path / "room.toml", 'question = "boats"\n')
        asked = PracticeOptions(input=str(room), question="url-shortener")
        check_named(asked, Config(), QUESTIONS, None)
        room.write_text('question = "url-shortener"\n', encoding="utf-8")
        check_named(PracticeOptions(input=str(room)), configured(question="boats"), QUESTIONS, None)

    def test_what_it_plays_is_not_written_over(self, tmp_path: Path) -> None:
        sound = written(tmp_path / "talk.wav", "")
        room = written(tmp_path / "room.toml", '[[say]]\naudio = "talk.wav"\n')
        with pytest.raises(InputError, match=r"room\.toml:2: say\.0\.audio: --output .* written over it"):
            check_named(PracticeOptions(input=str(room), output=str(sound)), Config(), QUESTIONS, None)
        other = str(tmp_path / "both.wav")
        check_named(PracticeOptions(input=str(room), output=other), Config(), QUESTIONS, None)


class TestConfiguration:
    def test_an_unknown_question_is_told_with_its_line(self, tmp_path: Path) -> None:
        mine = written(tmp_path / "mine.toml", '[session]\n\nquestion = "boats"\n')
        with pytest.raises(ConfigError) as raised:
            check_named(PracticeOptions(), configured(question="boats"), QUESTIONS, mine)
        assert str(raised.value).startswith(f"{mine}:3: session.question: unknown question 'boats'; ")

    def test_a_folder_that_is_a_file_is_told_with_its_line(self, tmp_path: Path) -> None:
        blocked = written(tmp_path / "file", "in the way")
        mine = written(tmp_path / "mine.toml", f"[session]\nfolder = '{blocked}'\n")
        with pytest.raises(ConfigError) as raised:
            check_named(PracticeOptions(), configured(folder=str(blocked)), QUESTIONS, mine)
        assert str(raised.value) == f"{mine}:2: session.folder: {blocked} is a file; name a folder"


class TestSessions:
    def test_a_file_is_no_folder(self, tmp_path: Path) -> None:
        blocked = written(tmp_path / "file", "in the way")
        with pytest.raises(InputError, match=r"^--sessions .*/file: is a file; name a folder$"):
            check_sessions(Config(), blocked, None)
        check_sessions(Config(), tmp_path, None)
        check_sessions(Config(), tmp_path / "new" / "one", None)

    def test_the_usual_folder_may_be_a_file_as_well(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("VOICE_COACH_DATA", str(tmp_path))
        written(tmp_path / "sessions", "in the way")
        with pytest.raises(InputError, match=r"sessions: is a file"):
            check_sessions(Config(), None, None)

    def test_none_can_be_recovered_where_nothing_is(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match=r"^--sessions .*/none: no such folder$"):
            check_kept(Config(), tmp_path / "none", None)
        check_kept(configured(folder=str(tmp_path / "none")), None, None)
        check_kept(Config(), tmp_path, None)

    def test_one_session_is_not_the_folder_of_all(self, tmp_path: Path) -> None:
        (tmp_path / "one").mkdir()
        written(tmp_path / "one" / "journal.jsonl", "")
        check_kept(Config(), tmp_path, None)
        with pytest.raises(InputError) as raised:
            check_kept(Config(), tmp_path / "one", None)
        assert str(raised.value).endswith(f"is one session; name the folder that it is in: {tmp_path}")

    def test_a_folder_that_cannot_be_read_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "loop").symlink_to("loop")
        with pytest.raises(InputError, match="is a file; name a folder"):
            check_kept(Config(), tmp_path / "loop", None)

        class Closed(type(tmp_path)):  # type: ignore[misc]  # the platform's kind of path
            def iterdir(self) -> Any:  # noqa: ANN401 - as any user but root sees it
                raise PermissionError(13, "Permission denied")

        with pytest.raises(StorageError, match="cannot be read: Permission denied; allow reading it"):
            check_kept(Config(), Closed(tmp_path), None)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("url-shortner", "did you mean url-shortener?"),
        ("rate_limitter", "did you mean rate-limiter?"),
        ("typeahed", "did you mean typeahead?"),
        ("leaderbord", "did you mean leaderboard?"),
    ],
)
def test_what_is_nearly_an_id_is_told(question: str, told: str) -> None:
    assert told in (not_a_pack(QUESTIONS, question) or "")


@pytest.mark.parametrize(
    "question",
    [
        *("url-shortener", "URL shortener", "Design a boat.", "Instagram", "design a url shortner", ""),
        *("Search", "Payments", "News", "Feed", "Scheduler", "Newsletter", "real-time", "parking_lot"),
        *(
            "search",
            "payments",
            "news",
            "feed",
            "scheduler",
            "newsletter",
            "messaging",
            "uploads",
            "dispatch",
        ),
    ],
)
def test_words_and_packs_are_not(question: str) -> None:
    assert not_a_pack(QUESTIONS, question) is None
    if question:
        check_asked(QUESTIONS, question)


@pytest.mark.parametrize("question", ["", " ", "url-shortner", "typeahed"])
def test_an_option_that_names_no_pack_ends_it(question: str) -> None:
    with pytest.raises(InputError, match="--question"):
        check_asked(QUESTIONS, question)
