from __future__ import annotations

import dataclasses
import tomllib
from pathlib import Path

import pytest

from voice_coach.config import (
    Config,
    bundled_config,
    config_files,
    environment,
    load_config,
    session_folder,
    with_pace,
)
from voice_coach.config_ranges import numbers, range_of
from voice_coach.core.errors import ConfigError
from voice_coach.core.pressure import Pressure


@pytest.fixture(autouse=True)
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the user's own configuration would be; it is not there yet."""
    path = tmp_path / "own.toml"
    monkeypatch.setenv("VOICE_COACH_CONFIG", str(path))
    return path


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_without_a_file_of_ones_own_everything_is_as_bundled() -> None:
    assert load_config() == Config()


def test_the_bundled_file_is_the_one_beside_the_program() -> None:
    assert tomllib.loads(bundled_config().read_text(encoding="utf-8"))["pace"]["minutes"] == 12.5


def test_a_file_of_ones_own_changes_only_what_it_holds(own: Path) -> None:
    written(
        own,
        '[pace]\nminutes = 5\ntime_cues = [0.5]\n[session]\npressure = "tough"\n[whisper.guards]\nloop_words = 9\n',
    )
    config = load_config()
    assert config.pace.minutes == 5.0
    assert config.pace.time_cues == (0.5,)
    assert config.session.pressure is Pressure.TOUGH
    assert config.whisper.guards.loop_words == 9
    assert config.whisper.guards.echo_words == Config().whisper.guards.echo_words
    expected = Config()
    assert (
        dataclasses.replace(config, pace=expected.pace, session=expected.session, whisper=expected.whisper)
        == expected
    )


def test_a_named_file_takes_the_place_of_ones_own(own: Path, tmp_path: Path) -> None:
    written(own, "[pace]\nminutes = 5\nrange_low = 0.5\n")
    config = load_config(written(tmp_path / "other.toml", "[pace]\nminutes = 7\n"))
    assert (config.pace.minutes, config.pace.range_low) == (7.0, 0.8)


@pytest.mark.parametrize(
    ("text", "line", "key", "reason"),
    [
        ("[pace]\nminuts = 3\n", 2, "pace.minuts", "unknown key; did you mean minutes?"),
        ("[voices]\nengine = 'a'\n", 1, "voices", "unknown key; did you mean voice?"),
        ("[pace]\n\nminutes = 'long'\n", 3, "pace.minutes", "must be a number, not 'long'"),
        (
            "[audio]\nheadphones = 'yes please'\n",
            2,
            "audio.headphones",
            "must be true or false, not 'yes please'",
        ),
        ("[session]\npressure = 'cruel'\n", 2, "session.pressure", "'gentle', 'normal' or 'tough'"),
        ("pace = 3\n", 1, "pace", "must be a table, not 3"),
        ("minutes = 3\n", 1, "minutes", "did you mean minutes under [pace]?"),
        ("[whisper.guards]\nloop = 3\n", 2, "whisper.guards.loop", "unknown key"),
        ("[pace\n", 1, "", "not valid TOML"),
    ],
)
def test_what_is_wrong_is_named_by_file_line_and_key(
    tmp_path: Path, text: str, line: int, key: str, reason: str
) -> None:
    path = written(tmp_path / "mine.toml", text)
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    message = str(caught.value)
    assert message.startswith(f"{path}:{line}: {key}")
    assert reason in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("text", "line", "key", "reason"),
    [
        ("[piper]\nrate_wpm = 0\n", 2, "piper.rate_wpm", "0 is out of range; choose between 60 and 400"),
        ("[pyttsx3]\n\nrate_wpm = -5\n", 3, "pyttsx3.rate_wpm", "-5 is out of range"),
        ("[pace]\nminutes = 0\n", 2, "pace.minutes", "choose between 0.5 and 120"),
        ("[pace]\nminutes = -3\n", 2, "pace.minutes", "choose between 0.5 and 120"),
        ("[pace]\nminutes = nan\n", 2, "pace.minutes", "nan is out of range"),
        ("[pace]\nminutes = inf\n", 2, "pace.minutes", "inf is out of range"),
        ("[whisper]\nbeam = 0\n", 2, "whisper.beam", "0 is out of range"),
        ("[whisper.guards]\nno_speech = 2\n", 2, "whisper.guards.no_speech", "2 is out of range"),
        ("[endpointing]\ncut_short_s = 0\n", 2, "endpointing.cut_short_s", "0 is out of range"),
        ("[endpointing]\ncut_always_s = 1.5\n", 2, "endpointing.cut_always_s", "less than 1.5"),
        ("[endpointing]\nmax_piece_s = 5\n", 2, "endpointing.max_piece_s", "look_back_s must be less"),
        ("[pace]\ntime_cues = [0.1, 0.2, 0.3, 0.4, 0.5]\n", 2, "pace.time_cues", "5 of them; at most 2"),
        ("[pace]\ntime_cues = [0.8, 0.5]\n", 2, "pace.time_cues", "must rise"),
        ("[pace]\ntime_cues = [1.5]\n", 2, "pace.time_cues", "each between 0 and 1"),
        ("[pace]\n\ndeepen_share = 0.5\n", 3, "pace.deepen_share", "make 1.1; they must make 1"),
        ("[pace]\nrange_low = 1\nrange_high = 1\n", 2, "pace.range_low", "must be below range_high"),
        ("[silero_vad]\non_probability = 0.3\n", 2, "silero_vad.on_probability", "must not be above"),
        (
            "[turn_taking.pauses.short]\nlongest_s = 0.7\n",
            2,
            "turn_taking.pauses.short.longest_s",
            "shortest_s must not be above",
        ),
        ("[turn_taking.pauses]\nkept = 5\n", 2, "turn_taking.pauses.kept", "fewest must not be above"),
        ("[sound_check.noise_dbfs]\ndoubt = -20\n", 2, "sound_check.noise_dbfs.doubt", "not be above fail"),
        ("[sound_check.level_dbfs]\nfail = -40\n", 2, "sound_check.level_dbfs.fail", "not be below fail"),
        ("[voice]\ncache_mb = -1\n", 2, "voice.cache_mb", "-1 is out of range"),
        ("[voice]\nengine = 'parrot'\n", 2, "voice.engine", "'parrot'; there is piper, pyttsx3"),
        ("[stt]\n\nengine = 'sphinx'\n", 3, "stt.engine", "'sphinx'; there is faster-whisper"),
        ("[stt]\nmodel = ''\n", 2, "stt.model", "is empty; leave the line out for the default"),
        ("[session]\nquestion = ' '\n", 2, "session.question", "is empty"),
        ("[llm]\nbase_url = 'api.openai.com'\n", 2, "llm.base_url", "is no address of an endpoint"),
        ("[llm]\nbase_url = 'ftp://a/v1'\n", 2, "llm.base_url", "is no address of an endpoint"),
        ("[llm]\nbase_url = 'http://[::1/v1'\n", 2, "llm.base_url", "is no address of an endpoint"),
        ("[llm]\nbase_url = 'https://me:key@a/v1'\n", 2, "llm.base_url", "holds more than an address"),
        ("[llm]\nbase_url = 'https://a/v1?key=b'\n", 2, "llm.base_url", "holds more than an address"),
        ("[llm]\nbase_url = 'https://a/v1'\n", 2, "llm.base_url", "name the model"),
        ("[llm]\nfaults_allowed = 0\n", 2, "llm.faults_allowed", "0 is out of range"),
        ("[whisper]\ncompute_type = 'int9'\n", 2, "whisper.compute_type", "int8_float32, int8_float16"),
    ],
)
def test_a_value_that_makes_no_sense_is_named_by_file_line_and_key(
    tmp_path: Path, text: str, line: int, key: str, reason: str
) -> None:
    path = written(tmp_path / "mine.toml", text)
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    message = str(caught.value)
    assert message.startswith(f"{path}:{line}: {key}: ")
    assert reason in message
    assert "\n" not in message


def test_a_text_that_chooses_the_systems_own_may_be_empty(tmp_path: Path) -> None:
    empty = "[session]\nfolder = ''\n[audio]\ninput = ''\noutput = ''\n[pyttsx3]\nvoice = ''\n"
    assert load_config(written(tmp_path / "mine.toml", empty)) == Config()


def test_shares_may_be_rounded(tmp_path: Path) -> None:
    thirds = "clarify_share = 0.3333\noutline_share = 0.3333\ndeepen_share = 0.3333\nevaluate_share = 0\n"
    assert load_config(written(tmp_path / "mine.toml", f"[pace]\n{thirds}")).pace.evaluate_share == 0.0


def test_every_number_has_a_range_that_holds_its_default() -> None:
    for path, value in numbers(Config()):
        low, high = range_of(path)
        assert low <= value <= high, path


def test_the_files_that_are_read_are_told(own: Path, tmp_path: Path) -> None:
    assert config_files() == (bundled_config(),)
    assert config_files(tmp_path / "other.toml") == (bundled_config(), tmp_path / "other.toml")
    written(own, "")
    assert config_files() == (bundled_config(), own)


def test_a_named_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"absent\.toml: no such file"):
        load_config(tmp_path / "absent.toml")


def test_ones_own_file_that_cannot_be_read_is_not_passed_over(own: Path) -> None:
    own.mkdir()
    with pytest.raises(ConfigError, match=r"own\.toml: is a folder"):
        load_config()
    own.rmdir()
    own.symlink_to(own.name)
    with pytest.raises(ConfigError, match=r"own\.toml: cannot be read"):
        load_config()


def test_a_folder_of_ones_own_that_is_a_file_holds_none(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(own, "")
    monkeypatch.setenv("VOICE_COACH_CONFIG", str(own / "config.toml"))
    assert config_files() == (bundled_config(),)


def test_the_environment_says_where_things_are(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VOICE_COACH_CACHE", "~/weights")
    monkeypatch.setenv("VOICE_COACH_DATA", str(tmp_path))
    found = environment()
    assert found.cache == Path("~/weights").expanduser()
    assert found.data == tmp_path
    assert session_folder(Config(), None) == tmp_path / "sessions"


def test_an_empty_variable_counts_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VOICE_COACH_CACHE", raising=False)
    default = environment().cache
    monkeypatch.setenv("VOICE_COACH_CACHE", "")
    assert environment().cache == default
    assert "voice-coach" in str(default)


def test_sessions_are_kept_where_one_says(tmp_path: Path) -> None:
    settings = dataclasses.replace(Config().session, folder="~/talks")
    config = dataclasses.replace(Config(), session=settings)
    assert session_folder(config, None) == Path("~/talks").expanduser()
    assert session_folder(config, tmp_path) == tmp_path


@pytest.mark.parametrize("minutes", [0.5, 4.0, 120.0])
def test_a_target_can_be_chosen(minutes: float) -> None:
    assert with_pace(Config(), minutes).pace.minutes == minutes


@pytest.mark.parametrize("minutes", [0.0, 0.49, 121.0, -1.0, float("nan"), float("inf")])
def test_a_target_that_no_rehearsal_can_have_is_refused(minutes: float) -> None:
    with pytest.raises(ConfigError, match=r"--minutes .*: choose between 0\.5 and 120"):
        with_pace(Config(), minutes)
