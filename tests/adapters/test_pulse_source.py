from __future__ import annotations

import pytest

from voice_coach.adapters.pulse_source import MonitorWatch, records_monitor

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
        ("", False),
        (stream(1, 1, 77), False),
        (stream(1, 0, 77), True),
        (stream(1, 0, 78), False),  # another program may record what it likes
        (stream(1, 0, 78) + stream(2, 1, 77), False),
        (stream(1, 1, 78) + stream(12, 0, 77), True),
        (stream(1, 10, 77), False),
    ],
)
def test_only_our_own_recording_of_a_monitor_counts(streams: str, *, expected: bool) -> None:
    assert records_monitor(streams, SOURCES, 77) is expected


def test_no_server_means_no_sources() -> None:
    assert not records_monitor(stream(1, 0, 77), "", 77)


def test_without_a_server_nothing_is_watched(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path}/nobody")
    watch = MonitorWatch()
    assert not watch.is_on_monitor
    watch.close()
    watch.close()


def test_without_pactl_nothing_is_watched(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    watch = MonitorWatch()
    assert not watch.is_on_monitor
    watch.close()
