from pathlib import Path

import pytest

from voice_coach.core.errors import PromptError
from voice_coach.core.speakable import spoken_form
from voice_coach.prompts.folder import prompts_folder
from voice_coach.prompts.pronunciation import check_pronunciation, load_pronunciation


def test_the_file_that_comes_with_the_program_is_right() -> None:
    path = prompts_folder() / "pronunciation.toml"
    assert check_pronunciation(path) == []
    spoken = spoken_form("Would etcd take 10k writes/s at a p99 of 200 ms?", load_pronunciation(path))
    assert spoken == "Would et see dee take 10 thousand writes per second at a p99 of 200 milliseconds?"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('[terms]\netcd = ""\n', "2: terms.etcd: would not be said"),
        ("[units]\nms = 3\n", "2: units.ms:"),
        ("[words]\n", "words: unknown key"),
        ('[signs]\n"" = "x"\n', "an empty key"),
    ],
)
def test_a_wrong_table_is_named_with_its_line(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "pronunciation.toml"
    path.write_text(text)
    with pytest.raises(PromptError, match=r"pronunciation\.toml") as caught:
        load_pronunciation(path)
    assert complaint in str(caught.value)
    assert complaint in check_pronunciation(path)[0]
