from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import numpy as np
import pytest

from voice_coach.adapters.session_audio import SessionAudio
from voice_coach.adapters.session_folder import JournalFile, SessionFolder, create, find, write_whole
from voice_coach.core import events, journal
from voice_coach.core.audio import AudioFrame
from voice_coach.core.errors import StorageError

FULL = Path("/dev/full")
posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX files")
needs_full = pytest.mark.skipif(not FULL.exists(), reason="needs /dev/full")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def lines_of(folder: SessionFolder) -> list[dict[str, object]]:
    return folder.journal_lines()


def finished(folder: SessionFolder) -> bool:
    return folder.is_finished


class TestFolder:
    def test_a_session_has_a_private_folder_of_its_own(self, tmp_path: Path) -> None:
        first, second = create(tmp_path / "a" / "b", "now"), create(tmp_path / "a" / "b", "now")
        assert first.path.name == "now"
        assert second.path.name == "now-2"
        assert mode(first.path) == mode(second.path) == 0o700
        assert mode(tmp_path / "a" / "b") == 0o700

    def test_a_root_that_cannot_hold_it_is_named_with_the_mend(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        with pytest.raises(StorageError, match=r"file/root: .*Not a directory; .*--sessions"):
            create(tmp_path / "file" / "root", "now")

    def test_too_many_of_one_name_are_refused(self, tmp_path: Path) -> None:
        for name in ("now", *(f"now-{number}" for number in range(2, 1000))):
            (tmp_path / name).mkdir()
        with pytest.raises(StorageError, match="a thousand sessions are called now"):
            create(tmp_path, "now")

    def test_sessions_are_found_oldest_first_and_other_folders_are_not(self, tmp_path: Path) -> None:
        for name in ("20260102T000000Z-b", "20260101T000000Z-a"):
            JournalFile(create(tmp_path, name).journal_path).close()
        (tmp_path / "notes").mkdir()
        assert [folder.path.name for folder in find(tmp_path)] == ["20260101T000000Z-a", "20260102T000000Z-b"]
        assert find(tmp_path / "absent") == ()

    def test_it_is_finished_once_all_of_it_is_on_disk(self, tmp_path: Path) -> None:
        folder = create(tmp_path, "now")
        assert find(tmp_path) == (), "there is no journal yet"
        file = JournalFile(folder.journal_path)
        assert folder.is_empty
        file.write({"t": 1.0, "kind": "assessed"})
        assert not SessionFolder(path=folder.path).is_empty
        write_whole(folder.analysis_path, "{}")
        assert not finished(folder), "the feedback is still to be read out"
        file.write({"t": 2.0, "kind": "session_ended"})
        file.close()
        assert finished(folder), "sound may have been deleted on purpose"
        audio = SessionAudio(folder.audio_path)
        assert not finished(folder), "the sound is not complete"
        audio.write(AudioFrame(index=0, pcm=np.ones(320, np.int16)), np.ones(320, np.int16))
        audio.close()
        assert finished(folder)
        assert folder.audio_path.name == "audio.flac"
        folder.analysis_path.unlink()
        assert not finished(folder)

    def test_its_sound_can_be_dropped(self, tmp_path: Path) -> None:
        folder = create(tmp_path, "now")
        folder.audio_path.write_bytes(b"fLaC")
        folder.drop_audio()
        folder.drop_audio()
        assert not folder.audio_path.exists()
        folder.audio_path.mkdir()
        with pytest.raises(StorageError, match=r"audio\.flac: cannot be deleted: .*; delete it yourself"):
            folder.drop_audio()


@posix
class TestRunning:
    def test_a_journal_that_is_being_written_belongs_to_a_running_session(self, tmp_path: Path) -> None:
        folder = create(tmp_path, "now")
        file = JournalFile(folder.journal_path)
        assert folder.is_running
        assert folder.is_running, "looking does not take the lock"
        file.close()
        file.close()
        assert not folder.is_running

    def test_a_missing_journal_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(StorageError, match=r"journal\.jsonl: cannot be opened: No such file"):
            _ = SessionFolder(path=tmp_path).is_running


class TestJournalFile:
    def test_lines_are_on_disk_as_soon_as_they_are_written(self, tmp_path: Path) -> None:
        folder = create(tmp_path, "now")
        file = JournalFile(folder.journal_path)
        file.write({"t": 0.0, "kind": "a", "text": "naïve\n“数据库”"})
        assert lines_of(folder) == [{"t": 0.0, "kind": "a", "text": "naïve\n“数据库”"}]
        assert folder.journal_path.read_bytes().count(b"\n") == 1
        assert mode(folder.journal_path) == 0o600
        file.close()

    def test_words_survive_a_power_cut(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        synced: list[int] = []
        monkeypatch.setattr(os, "fsync", synced.append)
        file = JournalFile(create(tmp_path, "now").journal_path)
        file.write({"t": 0.0, "kind": "speech_started"})
        assert synced == []
        file.write({"t": 0.0, "kind": "transcript"})
        file.write({"t": 0.0, "kind": "coach_said"})
        assert len(synced) == 2
        file.close()

    def test_a_second_writer_adds_to_it(self, tmp_path: Path) -> None:
        folder = create(tmp_path, "now")
        for number in (1.0, 2.0):
            file = JournalFile(folder.journal_path)
            file.write({"t": number})
            file.close()
        assert [line["t"] for line in lines_of(folder)] == [1.0, 2.0]

    def test_half_a_character_of_a_file_name_comes_back(self, tmp_path: Path) -> None:
        """Names that are no UTF-8 reach messages with what Python puts in their place."""
        event = events.EngineFellBack(
            at_s=1.0, role="voice", name="a", to=None, reason=os.fsdecode(b"caf\xe9: gone")
        )
        folder = create(tmp_path, "now")
        file = JournalFile(folder.journal_path)
        file.write(journal.encode(event))
        file.close()
        (line,) = lines_of(folder)
        assert journal.decode(line) == event
        folder.cut_torn_line()
        assert lines_of(folder) == [line]

    def test_nothing_is_written_after_it_was_closed(self, tmp_path: Path) -> None:
        folder = create(tmp_path, "now")
        file = JournalFile(folder.journal_path)
        file.close()
        file.write({"t": 0.0})
        assert lines_of(folder) == []

    @needs_full
    def test_a_full_disk_is_named_with_the_mend(self) -> None:
        file = JournalFile(FULL)
        with pytest.raises(StorageError, match=r"/dev/full: cannot be written: No space left.*; free space"):
            file.write({"t": 0.0})
        file.close()

    def test_a_journal_that_cannot_be_made_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(StorageError, match=r"absent/j: cannot be written: No such file"):
            JournalFile(tmp_path / "absent" / "j")

    def test_a_line_that_the_system_takes_in_parts_is_whole(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write = os.write
        folder = create(tmp_path, "now")
        file = JournalFile(folder.journal_path)
        monkeypatch.setattr(os, "write", lambda handle, content: write(handle, content[:30]))
        file.write({"t": 0.0, "kind": "a line of more than thirty bytes"})
        assert len(lines_of(folder)) == 1
        file.close()


class TestTornLine:
    def test_it_is_read_past_and_can_be_cut_off(self, tmp_path: Path) -> None:
        folder = create(tmp_path, "now")
        folder.journal_path.write_text('{"t": 1.0, "kind": "a"}\n{"t": 2.0, "ki', encoding="utf-8")
        good = lines_of(folder)
        assert [line["t"] for line in good] == [1.0]
        folder.cut_torn_line()
        assert folder.journal_path.read_text(encoding="utf-8") == '{"t": 1.0, "kind": "a"}\n'

    @pytest.mark.parametrize(
        ("content", "wanted"),
        [
            (b'{"t":1}\n{"t": 2}', b'{"t":1}\n{"t": 2}\n'),
            (b'{"t":1}\n\x00\x00\x00', b'{"t":1}\n'),
            (b'{"t":1, "of": "\xc3\xa9"}\n', b'{"t":1, "of": "\xc3\xa9"}\n'),
            (b'{"t', b""),
        ],
    )
    def test_nothing_else_is_changed(self, content: bytes, wanted: bytes, tmp_path: Path) -> None:
        folder = create(tmp_path, "now")
        folder.journal_path.write_bytes(content)
        folder.cut_torn_line()
        assert folder.journal_path.read_bytes() == wanted

    def test_a_damaged_line_in_the_midst_is_named_and_nothing_dropped(self, tmp_path: Path) -> None:
        folder = create(tmp_path, "now")
        content = b'{"t": 1.0}\n\x00\x00\n{"t": 3.0}\n'
        folder.journal_path.write_bytes(content)
        with pytest.raises(StorageError, match=r"journal\.jsonl:2: is damaged"):
            folder.journal_lines()
        with pytest.raises(StorageError):
            folder.cut_torn_line()
        assert folder.journal_path.read_bytes() == content

    def test_a_character_that_was_torn_in_two_does_no_harm(self, tmp_path: Path) -> None:
        folder = create(tmp_path, "now")
        folder.journal_path.write_bytes('{"t": 1.0}\n{"t": 2.0, "text": "数'.encode()[:-1])
        assert len(lines_of(folder)) == 1

    def test_a_journal_that_cannot_be_read_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(StorageError, match=r"journal\.jsonl: cannot be read"):
            SessionFolder(path=tmp_path).journal_lines()


class TestWriteWhole:
    def test_it_replaces_and_leaves_nothing_beside(self, tmp_path: Path) -> None:
        path = tmp_path / "session.json"
        write_whole(path, "old")
        write_whole(path, json.dumps({"text": "数"}, ensure_ascii=False))
        assert json.loads(path.read_text(encoding="utf-8")) == {"text": "数"}
        assert list(tmp_path.iterdir()) == [path]
        assert mode(path) == 0o600

    @needs_full
    def test_the_old_stays_when_the_new_cannot_be_written(self, tmp_path: Path) -> None:
        path = tmp_path / "session.json"
        write_whole(path, "old")
        (tmp_path / "session.json.part").symlink_to(FULL)
        with pytest.raises(StorageError, match=r"session\.json: cannot be written: No space.*recover"):
            write_whole(path, "new")
        assert path.read_text(encoding="utf-8") == "old"
