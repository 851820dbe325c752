import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_coach.core.errors import PromptError
from voice_coach.toml_file import complaint, load_toml
from voice_coach.toml_lines import line_of

STRICT = {"extra": "forbid"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    __pydantic_config__ = STRICT

    size: int
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    __pydantic_config__ = STRICT

    name: str
    leaf: tuple[Leaf, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    __pydantic_config__ = STRICT

    id: str
    branch: tuple[Branch, ...] = ()
    root: Leaf | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Either:
    __pydantic_config__ = STRICT

    it: Leaf | Branch


GOOD = """\
root = {size = 1, words = ["a"]}

[[branch]]
name = "one"
[[branch.leaf]]
size = 1

[[branch]]  # the second
name = "two"
[[branch.leaf]]
size = 2
words = [
  "x",
  'y', # not ] here
  "z",
]
"""


def load(folder: Path, text: str) -> Tree:
    path = folder / "tree.toml"
    path.write_text(text, encoding="utf-8")
    return load_toml(path, Tree, PromptError, id="tree")


def test_a_good_file_fills_the_type_and_its_defaults(tmp_path: Path) -> None:
    tree = load(tmp_path, GOOD)
    assert tree.id == "tree"
    assert [leaf.words for branch in tree.branch for leaf in branch.leaf] == [(), ("x", "y", "z")]


def test_a_key_of_the_file_goes_before_its_default(tmp_path: Path) -> None:
    assert load(tmp_path, 'id = "other"').id == "other"


@pytest.mark.parametrize(
    ("wrong", "right", "line", "key", "reason"),
    [
        ('  "z"', "  7", 15, "branch.1.leaf.0.words.2", "must be text in quotes, not 7"),
        ('name = "two"', "name = 2", 9, "branch.1.name", "must be text in quotes, not 2"),
        ("size = 2", 'size = "big"', 11, "branch.1.leaf.0.size", "must be a whole number, not 'big'"),
        ("size = 2", "size = 2\nsise = 3", 12, "branch.1.leaf.0.sise", "unknown key; did you mean size?"),
        ("size = 2\n", "", 10, "branch.1.leaf.0.size", "missing"),
        ('name = "one"\n', "", 3, "branch.0.name", "missing"),
        ("{size = 1, ", '{size = "one", ', 1, "root.size", "must be a whole number, not 'one'"),
        ('["a"]', '["a", 2]', 1, "root.words.1", "must be text in quotes, not 2"),
        (
            "[[branch]]  # the second",
            "[[twig]]\n[[branch]]",
            8,
            "twig",
            "unknown key; known are id, branch, root",
        ),
        (
            "[[branch.leaf]]\nsize = 2",
            "[branch.leaf]\nsize = 2",
            10,
            "branch.1.leaf",
            "must be a list in brackets",
        ),
    ],
)
def test_a_wrong_key_is_named_with_file_and_line(
    tmp_path: Path, wrong: str, right: str, line: int, key: str, reason: str
) -> None:
    assert GOOD.count(wrong) == 1
    with pytest.raises(PromptError) as raised:
        load(tmp_path, GOOD.replace(wrong, right))
    message = str(raised.value)
    assert message.startswith(f"{tmp_path / 'tree.toml'}:{line}: {key}: ")
    assert reason in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"a = ", r"tree.toml:1: not valid TOML"),
        (b"a = 1\nb = [1,\n", r"tree.toml:2: not valid TOML"),
        (b"a = 1\nb = '\xff'", r"tree.toml:2: not UTF-8; save the file as UTF-8"),
        (b"a = " + b"[" * 5_000, "tree.toml: cannot be read: nested too deeply"),
        (b"a = " + b"9" * 5_000, "tree.toml: cannot be read: holds a number of thousands of digits"),
    ],
)
def test_a_file_that_is_no_toml_is_named(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "tree.toml"
    path.write_bytes(content)
    with pytest.raises(PromptError, match=reason):
        load_toml(path, Tree, PromptError)


def test_a_missing_file_or_a_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(PromptError, match=re.escape(f"{tmp_path / 'none.toml'}: no such file")):
        load_toml(tmp_path / "none.toml", Tree, PromptError)
    with pytest.raises(PromptError, match=re.escape(f"{tmp_path}: is a folder; name a file in it")):
        load_toml(tmp_path, Tree, PromptError)


def test_a_file_that_may_not_be_read_is_named_without_the_system_s_numbers(tmp_path: Path) -> None:
    (tmp_path / "loop.toml").symlink_to("loop.toml")
    with pytest.raises(PromptError, match=r"loop\.toml: cannot be read: [^\[]+$"):
        load_toml(tmp_path / "loop.toml", Tree, PromptError)


def test_a_file_may_begin_with_the_mark_of_its_encoding(tmp_path: Path) -> None:
    assert load(tmp_path, "\ufeff" + GOOD).root == Leaf(size=1, words=("a",))


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("id = a", "1: not valid TOML, column 6: no value that TOML knows; text stands in quotes"),
        ("id = 'a'\nid = 'b'", "2: not valid TOML: this key already has a value"),
        ("[root]\nsize = 1,5", "2: not valid TOML, column 9: more than one value"),
        ("[root]\n[root]", "2: not valid TOML, column 6: this table is already there"),
        ('id = "C:\\Users"', "1: not valid TOML, column 11: a backslash is written twice"),
        ('id = "a\nb = 1', "1: not valid TOML, column 8: a text in quotes does not end"),
        ("[root", "1: not valid TOML: Expected ']'"),
    ],
)
def test_wrong_toml_is_explained_to_whoever_wrote_it(tmp_path: Path, content: str, complaint: str) -> None:
    with pytest.raises(PromptError) as raised:
        load(tmp_path, content)
    message = str(raised.value)
    assert message.startswith(f"{tmp_path / 'tree.toml'}:{complaint}")
    assert "(at " not in message


@pytest.mark.parametrize(
    ("content", "hint"),
    [
        ("[root]\nsice = 1", "did you mean size?"),
        ("size = 1", "did you mean size under [branch.leaf]?"),
        ("[root]\nname = 'a'\nsize = 1", "did you mean name under [branch]?"),
        ("[root]\ncolour = 1\nsize = 1", "known are size, words"),
        ("[[branch]]\nname = 'a'\n[[branch.leaf]]\nsize = 1\nwords2 = []", "did you mean words?"),
    ],
)
def test_an_unknown_key_is_told_what_may_be_meant(tmp_path: Path, content: str, hint: str) -> None:
    with pytest.raises(PromptError) as raised:
        load(tmp_path, content)
    assert str(raised.value).endswith(f": unknown key; {hint}")


def test_an_unknown_key_of_a_table_that_may_be_many_things_has_no_hint(tmp_path: Path) -> None:
    path = tmp_path / "either.toml"
    path.write_text("[it]\nsice = 1\nsize = 1", encoding="utf-8")
    with pytest.raises(PromptError, match=r"unknown key$"):
        load_toml(path, Either, PromptError)


def test_what_is_missing_from_the_whole_file_has_no_line(tmp_path: Path) -> None:
    path = tmp_path / "tree.toml"
    path.write_text("", encoding="utf-8")
    with pytest.raises(PromptError, match=re.escape(f"{path}: id: missing")):
        load_toml(path, Tree, PromptError)
    assert complaint(path, "", (), "is odd") == f"{path}: the file: is odd"


@pytest.mark.parametrize(
    ("text", "location", "line"),
    [
        ('a = """\n[[b]]\nc = 1"""\n[[b]]\nc = 1', ("b", 0, "c"), 5),
        ("a = '''\n]'''\nb = [[1, 2],\n[3]]", ("b", 1, 0), 4),
        ('"quoted key" = 1\n[t."x.y"]\nz = 2', ("t", "x.y", "z"), 3),
        ("a.b.c = 1\na.b.d = 2", ("a", "b", "d"), 2),
        ("a = 2020-01-02T03:04:05Z # x = 1\nx = 1.5", ("x",), 2),
        ("a = [\n  {b = 1},\n  {b = 2, c = [\n 4]},\n]", ("a", 1, "c", 0), 4),
        ("[a]\nb = 1\n[[a.c]]\nd = 1\n[a.c.e]\nf = 1\n[[a.c]]\n[a.c.e]\nf = 2", ("a", "c", 1, "e", "f"), 9),
        ("a = 1\r\nb = 2\r\n", ("b",), 2),
        ('a = "\\"]" \nb = "]"', ("b",), 2),
        ("x = 1", ("y",), None),
        ("", ("y",), None),
        ("a = 1", (), None),
        ("a = {}\nb = []\nc = 3", ("c",), 3),
        ("[a]\n[b]\nc = 1", ("b", "union member", "c"), 3),
    ],
)
def test_the_line_of_a_key(text: str, location: tuple[str | int, ...], line: int | None) -> None:
    tomllib.loads(text)
    assert line_of(text, location) == line


SCALARS = st.one_of(
    st.integers().map(str),
    st.sampled_from(['"]"', "'#'", '"""\n[x]\n"""', "true", "[\n1,\n]", "{k = 1}", '"="']),
)


@given(
    st.lists(
        st.tuples(st.sampled_from("abcdef"), SCALARS), min_size=1, max_size=6, unique_by=lambda pair: pair[0]
    )
)
def test_every_key_is_found_on_its_own_line(pairs: list[tuple[str, str]]) -> None:
    text = ""
    expected = {}
    for name, value in pairs:
        text += "# note = [\n[[t]]\n"
        expected[name] = text.count("\n") + 1
        text += f"{name} = {value}\n"
    tables = tomllib.loads(text)["t"]
    for index, (name, line) in enumerate(expected.items()):
        assert name in tables[index]
        assert line_of(text, ("t", index, name)) == line
