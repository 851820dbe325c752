from __future__ import annotations

import queue
import signal
import threading
from collections.abc import Callable, Iterator

import pytest

from voice_coach.workers import Failed, InlineWorkers, ThreadWorkers, Workers


@pytest.fixture(params=[InlineWorkers, ThreadWorkers])
def workers(request: pytest.FixtureRequest) -> Iterator[Workers]:
    made: Workers = request.param()
    yield made
    made.close()


@pytest.fixture
def threads() -> Iterator[ThreadWorkers]:
    made = ThreadWorkers()
    yield made
    made.close()


def giving(value: object) -> Callable[[], object]:
    return lambda: value


def test_results_come_out_in_order(workers: Workers) -> None:
    for number in range(20):
        workers.submit("ears", number, giving(number))
    assert workers.wait() == list(range(20))
    assert workers.wait() == []
    assert workers.drain() == []


def test_what_a_job_raises_comes_out_with_its_role_and_token(workers: Workers) -> None:
    error = ZeroDivisionError("oh")

    def fails() -> object:
        raise error

    workers.submit("voice", 7, fails)
    workers.submit("voice", 8, giving("fine"))
    assert workers.wait() == [Failed(role="voice", token=7, error=error), "fine"]


def test_it_can_be_closed_twice(workers: Workers) -> None:
    workers.submit("voice", None, giving(1))
    workers.close()
    workers.close()


def test_inline_a_job_is_done_when_it_is_submitted_and_never_ahead() -> None:
    inline, done = InlineWorkers(), []
    inline.submit("voice", 1, lambda: done.append(threading.current_thread()), is_urgent=False)
    assert done == [threading.main_thread()]
    assert not inline.works_ahead


def test_each_role_has_a_thread_of_its_own(threads: ThreadWorkers) -> None:
    """Neither could go on if they shared one."""
    first, second = threading.Event(), threading.Event()

    def ears() -> str:
        first.set()
        assert second.wait(10)
        return "ears"

    def voice() -> str:
        assert first.wait(10)
        second.set()
        return "voice"

    threads.submit("ears", 1, ears)
    threads.submit("voice", 2, voice)
    assert sorted(map(str, threads.wait())) == ["ears", "voice"]


def test_work_ahead_waits_for_what_is_urgent(threads: ThreadWorkers) -> None:
    begun, go = threading.Event(), threading.Event()
    order: queue.SimpleQueue[str] = queue.SimpleQueue()

    def blocks() -> None:
        begun.set()
        assert go.wait(10)

    def noting(name: str) -> Callable[[], str]:
        def job() -> str:
            order.put(name)
            return name

        return job

    threads.submit("voice", 0, blocks)
    assert begun.wait(10)
    threads.submit("voice", 1, noting("ahead"), is_urgent=False)
    threads.submit("voice", 2, noting("urgent"))
    go.set()
    assert threads.wait()[:2] == [None, "urgent"]
    assert [order.get(timeout=10), order.get(timeout=10)] == ["urgent", "ahead"]
    assert threads.works_ahead


def test_work_ahead_gives_its_result_unless_it_fails(threads: ThreadWorkers) -> None:
    done = threading.Event()

    def failing() -> object:
        raise ValueError("scripted")

    threads.submit("voice", None, failing, is_urgent=False)
    threads.submit("voice", None, lambda: "clip", is_urgent=False)
    threads.submit("voice", None, done.set, is_urgent=False)
    assert done.wait(10)
    assert threads.drain()[:1] == ["clip"]


def test_drain_gives_what_is_there_and_does_not_wait(threads: ThreadWorkers) -> None:
    go = threading.Event()
    threads.submit("ears", 1, lambda: go.wait(10))
    assert threads.drain() == []
    go.set()
    assert threads.wait() == [True]


def test_closing_drops_what_has_not_begun_and_ends_the_threads() -> None:
    threads = ThreadWorkers()
    begun, go = threading.Event(), threading.Event()
    done: list[int] = []

    def blocks() -> None:
        begun.set()
        assert go.wait(10)

    threads.submit("closing", 0, blocks)
    assert begun.wait(10)
    for number in range(5):
        threads.submit("closing", number, lambda: done.append(1))
    threading.Timer(0.05, go.set).start()
    threads.close()
    assert done == []
    assert not [thread for thread in threading.enumerate() if thread.name == "closing"]


def test_stopping_drops_what_has_not_begun_and_does_not_wait(threads: ThreadWorkers) -> None:
    begun, go = threading.Event(), threading.Event()
    done: list[int] = []

    def blocks() -> None:
        begun.set()
        assert go.wait(10)

    threads.submit("voice", 0, blocks)
    assert begun.wait(10)
    threads.submit("voice", 1, lambda: done.append(1), is_urgent=False)
    threads.stop()
    go.set()
    threads.close()
    assert done == []


def test_stopping_ends_threads_that_have_nothing_to_do(threads: ThreadWorkers) -> None:
    threads.submit("idle", 0, lambda: None)
    threads.wait()
    (idle,) = [thread for thread in threading.enumerate() if thread.name == "idle"]
    threads.stop()
    idle.join(10)
    assert not idle.is_alive()


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="needs POSIX signals")
def test_after_an_interruption_what_is_still_to_come_can_be_waited_for(threads: ThreadWorkers) -> None:
    """Ctrl-C may fall anywhere, into the waiting too."""
    ready, go, main = threading.Event(), threading.Event(), threading.get_ident()

    def interrupts() -> str:
        assert ready.wait(10)
        signal.pthread_kill(main, signal.SIGINT)
        assert go.wait(10)
        return "first"

    threads.submit("ears", 1, interrupts)
    threads.submit("ears", 2, giving("second"))
    with pytest.raises(KeyboardInterrupt):  # noqa: PT012 - it may come as soon as it may
        ready.set()
        threads.wait()
    go.set()
    assert threads.wait() == ["first", "second"]
    assert threads.wait() == []
