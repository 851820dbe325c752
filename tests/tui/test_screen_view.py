"""The view as text, through Textual's own pilot."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from textual.geometry import Size

from tests.tui.screens import ANSWERING, OUT, answering, look, said, speaking
from voice_coach.core.model_state import ModelState
from voice_coach.core.pressure import Pressure
from voice_coach.core.transcript import Speaker
from voice_coach.tui import big, parts
from voice_coach.tui.board import Board
from voice_coach.tui.menu import Entry
from voice_coach.tui.menu_view import MenuView
from voice_coach.tui.view import View

if TYPE_CHECKING:
    from typing import Any

    from textual.app import App
    from textual.pilot import Pilot

    from voice_coach.core.session_state import SessionState

STATE = replace(
    answering(),
    transcript=said((Speaker.COACH, "Design a garage."), (Speaker.CANDIDATE, "There are gates, " * 40)),
    speaking=speaking(),
    covered=frozenset({"storage_decision"}),
    model=ModelState(name="qwen3:8b", tokens=1234),
)


def rows_of(app: App[Any]) -> list[str]:
    """What stands on the screen, row by row."""
    strips = app.screen._compositor.render_strips()
    return ["".join(segment.text for segment in strip) for strip in strips]


def screenshot(
    state: SessionState, size: tuple[int, int] = (80, 24), pressure: Pressure = Pressure.NORMAL, *told: str
) -> list[str]:
    board = Board()
    board.put(state, -30.0)
    for text in told:
        board.tell(text)

    async def shown() -> list[str]:
        view = View(board, look(pressure))
        async with view.run_test(size=size) as pilot:
            await redrawn(pilot, view)
            return rows_of(view)

    return asyncio.run(shown())


async def redrawn(pilot: Pilot[None], view: View) -> None:
    """When it has been drawn with all sizes known."""
    await pilot.pause()
    view._redraw()
    await pilot.pause()


@pytest.mark.parametrize("pressure", Pressure)
def test_all_parts_stand_on_a_usual_screen(pressure: Pressure) -> None:
    rows = screenshot(STATE, (80, 24), pressure, "The voice is pyttsx3 now.")
    text = "\n".join(rows)
    assert (len(rows), {len(row) for row in rows}) == (24, {80})
    assert all(part in row for part, row in zip(big.drawn("0:07", 2), rows, strict=False))
    assert all(part in row for part, row in zip(big.drawn("speaking"), rows[1:], strict=False))
    for part in ("time for: outline", "clarify ", "microphone ▮▮", "coach  Why this store?", "pyttsx3"):
        assert part in text
    assert "qwen3:8b: 1,234 tokens" in rows[-3]
    assert rows[-1].strip().endswith("q stop")
    assert ("storage decision" in text) == (pressure is not Pressure.TOUGH)
    assert ("opening roadmap" in text) == (pressure is Pressure.GENTLE)


def test_a_small_one_keeps_state_clock_words_and_the_key_that_ends_it() -> None:
    rows = screenshot(STATE, (40, 12))
    text = "\n".join(rows)
    assert (len(rows), {len(row) for row in rows}) == (12, {40})
    assert "SPEAKING" in rows[1]
    assert all(part in row for part, row in zip(big.drawn("0:07"), rows, strict=False))
    assert "coach  Why this store?" in text
    assert rows[-1].strip().endswith("q stop")
    assert "storage decision" not in text


def test_a_lost_device_is_clear() -> None:
    rows = screenshot(OUT)
    assert all(part in row for part, row in zip(big.drawn("paused"), rows[1:], strict=False))
    assert rows[-3].strip() == "Paused: the microphone 'Blue' is gone: plug it in"
    assert rows[-1].strip() == "p resume  q stop"


def test_it_shows_the_newest_and_follows_the_terminals_size() -> None:
    class Resized:
        """A terminal whose window is dragged."""

        def __init__(self) -> None:
            self.now = (80, 24)

        def size(self) -> tuple[int, int]:
            return self.now

    async def resized() -> None:
        board, terminal = Board(), Resized()
        view = View(board, look())
        async with view.run_test(size=terminal.now) as pilot:
            view._terminal = terminal  # type: ignore[assignment]  # its size is all that is asked for
            board.put(ANSWERING, -30.0)
            await redrawn(pilot, view)
            assert big.drawn("waiting")[0] in rows_of(view)[1]
            board.put(replace(ANSWERING, is_paused=True), -30.0)
            terminal.now = (120, 40)
            while view.size != Size(*terminal.now):
                await redrawn(pilot, view)
            await redrawn(pilot, view)
            rows = rows_of(view)
            assert {len(row) for row in rows} == {120}
            assert all(part in row for part, row in zip(big.drawn("paused", 2), rows, strict=False))

    asyncio.run(resized())


def test_it_writes_nothing_anew_while_nothing_changes() -> None:
    async def quiet() -> None:
        board = Board()
        board.put(STATE, -120.0)
        view = View(board, look())
        async with view.run_test() as pilot:
            await redrawn(pilot, view)
            drawn: list[object] = []
            view._display = lambda screen, renderable: drawn.append(renderable)  # type: ignore[method-assign]
            for _ in range(3):
                board.put(replace(STATE, at_s=STATE.at_s + 0.01), -120.0)
                await redrawn(pilot, view)
            assert not [one for one in drawn if one is not None]
            board.put(OUT, -120.0)
            await redrawn(pilot, view)
            assert [one for one in drawn if one is not None]

    asyncio.run(quiet())


def test_what_something_else_prints_is_not_lost() -> None:
    async def printed() -> tuple[str, ...]:
        board = Board()
        view = View(board, look())
        async with view.run_test() as pilot:
            await pilot.pause()
            print("a library says hello")  # noqa: T201
            await pilot.pause()
        return board.told

    assert asyncio.run(printed()) == ("a library says hello",)


def test_a_failure_ends_it_and_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "heard", lambda *_: 1 / 0)

    async def failed() -> View:
        view = View(Board(), look())
        async with view.run_test() as pilot:
            await pilot.pause()
        return view

    view = asyncio.run(failed())
    assert isinstance(view.failure, ZeroDivisionError)
    assert view.return_code == 1


ENTRIES = [Entry(title="Practise", about="a full rehearsal"), Entry(title="Quit", about="")]


@pytest.mark.parametrize(
    ("keys", "chosen"),
    [
        (["enter"], 0),
        (["down", "enter"], 1),
        (["down", "down", "enter"], 0),
        (["up", "space"], 1),
        (["2"], 1),
        (["7", "x", "1"], 0),
        (["q"], None),
        (["escape"], None),
    ],
)
def test_the_menu_takes_arrows_numbers_and_enter(keys: list[str], chosen: int | None) -> None:
    async def pressed() -> MenuView:
        menu = MenuView(ENTRIES)
        async with menu.run_test() as pilot:
            await pilot.press(*keys)
        return menu

    menu = asyncio.run(pressed())
    assert menu.return_value == chosen
    assert not menu.is_interrupted


def test_the_menu_marks_what_is_chosen_and_ctrl_c_interrupts_it() -> None:
    async def pressed() -> bool:
        menu = MenuView(ENTRIES)
        async with menu.run_test() as pilot:
            await pilot.press("down")
            await pilot.pause()
            marked = [row.split() for row in rows_of(menu) if "▸" in row]
            assert marked == [["▸", "2", "Quit"]]
            await pilot.press("ctrl+c")
        return menu.is_interrupted

    assert asyncio.run(pressed())
