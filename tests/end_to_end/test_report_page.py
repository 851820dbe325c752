"""The report in a real browser: what is heard, what the keys do, and whether everybody can use it.

One browser for all of it; without one the tests are skipped.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from tests.report import made
from voice_coach.compose.report import write_report, write_to

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
QUOTE = "I would pick a key value store"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With its recording, and after sessions to compare with."""
    root = tmp_path_factory.mktemp("sessions")
    for day in (1, 2, 3):
        made.session(root, name=f"2026110{day}T181500Z-url-shortener")
    document = made.analysis()
    return write_report(
        made.session(root, document, audio_s=document["transcript"]["turns"][-1]["end"] + 5.0)
    )


@pytest.fixture(scope="module")
def silent(written: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_to(tmp_path_factory.mktemp("silent") / "page.html", written.parent, with_audio=False).path


class Opened:
    """A page, and what went wrong on it."""

    def __init__(
        self, browser: Browser, path: Path, *, scheme: str = "light", size: dict[str, int] = DESK
    ) -> None:
        self.page: Page = browser.new_page(color_scheme=scheme, viewport=size, reduced_motion="reduce")  # type: ignore[arg-type]
        self.errors: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda said: self.errors.append(said.text))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(path.as_uri())
        if self.page.locator("#sound").count():
            self.until("document.getElementById('sound').readyState >= 1")

    @property
    def at(self) -> float:
        """Where in the recording it is."""
        return float(self.page.evaluate("document.getElementById('sound').currentTime"))

    @property
    def is_playing(self) -> bool:
        return not self.page.evaluate("document.getElementById('sound').paused")

    def is_at(self, seconds: float) -> None:
        """Waits until it plays there."""
        near = f"Math.abs(document.getElementById('sound').currentTime - {seconds}) < 1.0"
        self.until(f"{near} && !document.getElementById('sound').seeking")

    def until(self, expression: str) -> None:
        """Waits until *expression* holds. Playwright's own way needs eval, which the page forbids."""
        for _ in range(400):
            if self.page.evaluate(expression):
                return
            self.page.wait_for_timeout(25)
        raise AssertionError(expression)

    def word(self, index: int) -> Locator:
        return self.page.locator(".w").nth(index)


@pytest.fixture
def opened(browser: Browser, written: Path) -> Iterator[Opened]:
    """On a desk, in light; whatever was done, nothing may have gone wrong or been asked for."""
    found = Opened(browser, written)
    yield found
    assert found.errors == []
    assert [url for url in found.asked if not url.startswith(("file:", "data:"))] == []
    found.page.close()


def second(word: Locator) -> float:
    return float(word.get_attribute("data-t") or "nan")


def test_a_word_is_heard_where_it_was_said_and_lights_up(opened: Opened) -> None:
    word = opened.word(60)
    word.click()
    opened.is_at(second(word))
    assert opened.is_playing
    opened.page.wait_for_selector(".w.is-now")
    assert opened.page.evaluate("document.getElementById('sound').duration") > 100
    lit = opened.page.locator(".w.is-now")
    assert abs(second(lit) - opened.at) < 1.0


def test_a_quote_leads_to_its_words_is_heard_and_ends_and_there_is_a_way_back(opened: Opened) -> None:
    quote = opened.page.locator("#checklist-opening_roadmap .quote").first
    start, until = (float(quote.get_attribute(f"data-{name}") or "nan") for name in ("at", "until"))
    quote.click()
    opened.is_at(start)
    cited = opened.page.locator(".w.is-cited")
    assert " ".join(cited.all_text_contents()) == QUOTE
    assert cited.first.evaluate(
        "word => { const box = word.getBoundingClientRect(); return box.top >= 0 && box.bottom <= innerHeight; }"
    )
    opened.until("document.getElementById('sound').paused")
    assert until <= opened.at < until + 1.0
    opened.page.get_by_role("button", name="Back to the quote").click()
    assert quote.evaluate("link => document.activeElement === link")


def test_keys_go_from_word_to_word_and_play(opened: Opened) -> None:
    keyboard = opened.page.keyboard
    assert opened.page.locator(".w[tabindex]").count() == 1, "one stop for Tab, not one for each word"
    opened.word(0).focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "ArrowDown", "ArrowRight"):
        keyboard.press(key)
    focused = opened.page.locator(".w:focus")
    first_of_answer = opened.page.locator(".turn.you").first.locator(".w").nth(1)
    assert focused.get_attribute("id") == first_of_answer.get_attribute("id")
    keyboard.press("Enter")
    opened.is_at(second(first_of_answer))
    keyboard.press(" ")
    opened.until("document.getElementById('sound').paused")
    keyboard.press(" ")
    opened.until("!document.getElementById('sound').paused")


def test_a_click_in_the_timeline_is_heard(opened: Opened) -> None:
    picture = opened.page.locator("svg[data-until]")
    box = picture.bounding_box()
    assert box is not None
    left, right, until = (
        float(picture.get_attribute(f"data-{name}") or "nan") for name in ("left", "right", "until")
    )
    width = float((picture.get_attribute("viewBox") or "").split()[2])
    x = left + 0.5 * (right - left)
    picture.click(position={"x": x * box["width"] / width, "y": 20})
    opened.until(f"Math.abs(document.getElementById('sound').currentTime - {until / 2}) < 4")
    opened.page.wait_for_selector(".playhead.is-on", state="attached")


def test_feedback_that_was_read_out_is_heard_again(opened: Opened) -> None:
    button = opened.page.locator(".lines button").first
    button.click()
    opened.is_at(float(button.get_attribute("data-at") or "nan"))


def test_no_script_but_its_own_runs(browser: Browser, written: Path) -> None:
    page = Opened(browser, written).page
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.strange = 1'}))"
    )
    page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.strange = 1\">')"
    )
    page.wait_for_timeout(100)
    assert page.evaluate("window.strange") is None
    page.close()


@pytest.mark.parametrize(("scheme", "size"), [("light", DESK), ("dark", DESK), ("light", PHONE)])
def test_everybody_can_use_it(browser: Browser, written: Path, scheme: str, size: dict[str, int]) -> None:
    found = Opened(browser, written, scheme=scheme, size=size)
    found.page.evaluate("for (const item of document.querySelectorAll('details')) item.open = true")
    report = Axe().run(found.page)
    assert report.violations_count == 0, report.generate_report()
    assert found.page.evaluate("document.documentElement.scrollWidth") <= size["width"], "it fits the width"
    assert found.errors == []
    found.page.close()


def test_without_its_recording_a_quote_still_leads_to_its_words(browser: Browser, silent: Path) -> None:
    found = Opened(browser, silent)
    found.page.locator("#checklist-opening_roadmap .quote").first.click()
    assert " ".join(found.page.locator(".w.is-cited").all_text_contents()) == QUOTE
    assert Axe().run(found.page).violations_count == 0
    assert found.errors == []
    found.page.close()


def test_it_prints_without_what_only_a_screen_has(browser: Browser, written: Path) -> None:
    found = Opened(browser, written, scheme="dark")
    found.page.emulate_media(media="print")
    for part in (".player", "nav", ".hear"):
        assert not found.page.locator(part).first.is_visible(), part
    assert found.page.evaluate("getComputedStyle(document.body).color") == "rgb(28, 35, 40)", (
        "dark words on paper"
    )
    assert found.page.pdf(format="A4").startswith(b"%PDF")
    found.page.close()
