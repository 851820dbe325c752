"""How soon a report is written and seen: of a session of fifteen minutes, with its recording and without."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.bench_figure import Figure, load
from tests.report import made

if TYPE_CHECKING:
    from collections.abc import Iterator

ON = "a made-up session of 15 minutes, 2,170 words, 15 turns of the coach; the program's start left out"
_EXCHANGES = 15
_WRITE = """
import sys, time
from pathlib import Path
from voice_coach.compose.content import load_content
from voice_coach.compose.report import write_to
content = load_content()
content.lexicon, content.rubric, content.questions
began = time.perf_counter()
write_to(Path(sys.argv[1]), Path(sys.argv[2]), with_audio=sys.argv[3] == "1", content=content)
print(time.perf_counter() - began)
"""
"""As at the end of a session, whose content is loaded by then; matplotlib is not."""


def report_figures() -> Iterator[Figure]:
    """Writing it, its size, and the first paint in Chromium where there is one."""
    with tempfile.TemporaryDirectory() as kept:
        root = Path(kept)
        document = made.analysis(made.conversation(_EXCHANGES))
        session = made.session(root, document, audio_s=document["transcript"]["turns"][-1]["end"] + 60.0)
        for name, with_audio in (("report_without_audio", False), ("report", True)):
            path = root / f"{name}.html"
            busy = load()
            # The first one makes matplotlib's list of fonts, once on each machine.
            written_s = min(_written_s(path, session, with_audio=with_audio) for _ in range(3))
            kind = "with" if with_audio else "without"
            yield Figure(
                name=f"{name}_written",
                measured=f"writing a report {kind} its recording",
                on=ON,
                value=written_s,
                unit="s",
                at_most=2.0,
                load=busy,
            )
            most = 8.0 if with_audio else 3.0
            yield Figure(
                name=f"{name}_size",
                measured=f"its size {kind} its recording",
                on=ON,
                value=path.stat().st_size / 1e6,
                unit="MB",
                at_most=most,
                load=busy,
            )
            if shutil.which("chromium"):
                yield Figure(
                    name=f"{name}_seen",
                    measured="first contentful paint from file://",
                    on="Chromium, no page before",
                    value=_seen_s(path),
                    unit="s",
                    at_most=1.0,
                    load=load(),
                )


def _written_s(path: Path, session: Path, *, with_audio: bool) -> float:
    done = subprocess.run(
        [sys.executable, "-c", _WRITE, str(path), str(session), "1" if with_audio else "0"],
        check=True,
        capture_output=True,
        text=True,
    )
    return float(done.stdout)


def _seen_s(path: Path) -> float:
    """Seconds from asking for the page to the first paint of it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(bypass_csp=True)  # what waits for the paint is evaluated
        began = time.perf_counter()
        page.goto(path.as_uri(), wait_until="commit")
        page.wait_for_function(
            "performance.getEntriesByName('first-contentful-paint').length > 0", polling=20
        )
        seen_s = min(
            float(page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
            / 1000,
            time.perf_counter() - began,
        )
        browser.close()
    return seen_s
