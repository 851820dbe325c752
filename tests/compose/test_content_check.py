"""Which files are taken for question packs."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from voice_coach.compose.content_check import problems
from voice_coach.core.errors import InputError
from voice_coach.prompts.folder import prompts_folder

if TYPE_CHECKING:
    from pathlib import Path


def pack(folder: Path, name: str = "url-shortener.toml") -> Path:
    return shutil.copyfile(prompts_folder() / "questions" / "url-shortener.toml", folder / name)


def test_only_files_of_a_folder_are_packs(tmp_path: Path) -> None:
    pack(tmp_path)
    (tmp_path / "notes.toml").mkdir()
    if os.name == "posix":
        os.mkfifo(tmp_path / "pipe.toml")
    assert problems(tmp_path) == []


def test_a_file_is_one_whatever_it_is_called(tmp_path: Path) -> None:
    assert problems(pack(tmp_path, "url-shortener.txt")) == []


def test_nothing_to_check_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none: no such file or folder"):
        problems(tmp_path / "none")
    with pytest.raises(InputError, match="no question packs"):
        problems(tmp_path)
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(InputError, match=r"loop: cannot be read: [^\[]+; allow reading it"):
        problems(tmp_path / "loop")


@pytest.mark.skipif(os.name != "posix", reason="such files are POSIX's")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.toml")
    with pytest.raises(InputError, match="no question packs"):
        problems(tmp_path / "pipe.toml")
