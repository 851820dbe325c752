from __future__ import annotations

import pytest

from voice_coach.adapters.pulse_streams import PLAYING, RECORDING, StreamWatch, device_names, own_device

SOURCES = """\
0\tspeaker.monitor\tmodule-null-sink.c\ts16le 2ch 48000Hz\tRUNNING
1\tmicrophone\tmodule-alsa-card.c\ts16le 1ch 48000Hz\tRUNNING
"""


def stream(number: int, source: int, pid: int) -> str:
    return f"""\
Source Output #{number}
\tDriver: protocol-native.c
\tClient: 13
\tSource: {source}
\tProperties:
\t\tmedia.name = "recording"
\t\tapplication.process.id = "{pid}"

"""


@pytest.mark.parametrize(
    ("streams", "expected"),
    [
        ("", None),
        (stream(1, 1, 77), "1"),
        (stream(1, 0, 78), None),  # another program may record what it likes
        (stream(1, 0, 78) + stream(2, 1, 77), "1"),
        (stream(1, 1, 78) + stream(12, 10, 77), "10"),
    ],
)
def test_only_our_own_stream_counts(streams: str, expected: str | None) -> None:
    assert own_device(streams, 77, RECORDING) == expected


def test_a_stream_that_plays_is_found_as_well() -> None:
    listed = stream(3, 5, 77).replace("Source Output", "Sink Input").replace("Source:", "Sink:")
    assert own_device(listed, 77, PLAYING) == "5"


def test_devices_are_known_by_their_numbers() -> None:
    assert device_names(SOURCES) == {"0": "speaker.monitor", "1": "microphone"}
    assert device_names("") == {}


def test_without_a_server_nothing_is_watched(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path}/nobody")
    watch = StreamWatch(RECORDING)
    assert not watch.is_on_monitor
    assert not watch.is_away
    watch.close()
    watch.close()


def test_without_pactl_nothing_is_watched(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    watch = StreamWatch(RECORDING)
    assert not watch.is_on_monitor
    assert not watch.is_away
    watch.close()
