"""The session loop with a language model behind a real connection, and every fault in the middle of its turns."""

from __future__ import annotations

import json
import logging
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from scripts.bench_model import model_figures
from tests.model_server import HARMLESS, Fault, model_server
from tests.model_sessions import SECRET, SETTINGS, TALK, book, modelled, replies, stage_of
from voice_coach.core import journal
from voice_coach.core.events import CommandName
from voice_coach.core.model_state import Job
from voice_coach.core.session import replay
from voice_coach.core.session_stage import Stage as SessionStage
from voice_coach.core.transcript import Speaker
from voice_coach.workers import ThreadWorkers

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.fakes import Stage

BETTER = "Going by your last minutes:"
KEY = "sk-very-secret"
SENT = {"question", "facts", "level", "role", "company_style", "covered", "last_minutes"}
SENT |= {"about", "instead_of", "already_asked", "asked", "told_before", "elements", "transcript"}
"""What the question of consent tells."""


def offline() -> Stage:
    stage = stage_of(TALK, book())
    stage.run()
    return stage


def turns(stage: Stage) -> list[object]:
    return [entry["words"] for entry in stage.journal.of("turn_ended")]


def test_it_writes_the_follow_ups_and_answers_and_is_asked_for_its_opinion() -> None:
    with model_server() as server, modelled(server) as session:
        state = session.run()
    assert state.end_reason == "completed"
    assert any(text.startswith(BETTER) for text in session.said)
    assert "That is up to the product, and plain is fine." in session.said
    assert {"instead_of", "asked", "transcript"} <= {key for document in server.documents for key in document}
    assert state.model.used[Job.ANSWER] == 1
    assert state.model.tokens == session.writer.purse.spent.tokens > 900
    assert not session.stage.told


def test_the_journal_alone_gives_the_same_session() -> None:
    with model_server() as server, modelled(server) as session:
        state = session.run()
    events = [event for entry in session.stage.journal.lines if (event := journal.decode(entry)) is not None]
    again = replay(events, book())
    assert again.transcript == state.transcript
    assert BETTER in " ".join(word.text for word in again.transcript.by(Speaker.COACH))
    assert again.model == state.model


def test_what_is_sent_is_text_alone_and_only_of_the_last_minutes() -> None:
    settings = replace(SETTINGS, lately_s=8.0)
    with model_server() as server, modelled(server, settings=settings) as session:
        session.run()
    for document in server.documents:
        assert set(document) <= SENT
        said = document.get("last_minutes", document.get("transcript"))
        assert said
        assert all(set(turn) == {"speaker", "text"} for turn in said)
    assert TALK[0] in str(server.documents[0]["last_minutes"])
    assert TALK[0] not in json.dumps(server.documents[-2])
    assert TALK[0] in str(server.documents[-1]["transcript"])


@pytest.mark.parametrize("fault", Fault)
@pytest.mark.parametrize("first", [0, 1])
def test_no_fault_costs_more_than_a_note(
    fault: Fault,
    first: int,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    alone = offline()

    def faults(number: int) -> Fault:
        return fault if number >= first else Fault.NONE

    settings = replace(SETTINGS, follow_up_s=0.3, answer_s=0.3, opinion_s=0.3)
    with model_server(faults, stall_s=0.5) as server, modelled(server, settings=settings, key=KEY) as session:
        state = session.run()
    stage = session.stage
    assert state.end_reason == "completed"
    assert turns(stage) == turns(alone)
    told = [event.reason for event in stage.told]
    assert bool(told) is (fault not in HARMLESS | {Fault.LIES})
    assert len(told) == len(set(told))
    assert not any("trillion" in text for text in session.said)
    # Nothing but the transcript holds what was said, and nothing at all the key.
    written = "".join(
        json.dumps(entry) for entry in stage.journal.lines if entry["kind"] not in ("transcript", "command")
    )
    for text in (caplog.text, "".join(capfd.readouterr()), written, " ".join(told)):
        assert "Theodore" not in text
        assert KEY not in text


def test_after_two_faults_in_a_row_it_is_left_alone() -> None:
    with model_server(Fault.ERROR_500) as server, modelled(server) as session:
        state = session.run()
    assert len(server.requests) <= 3  # two may be on their way at once
    assert state.model.is_off
    assert len(session.stage.journal.of("model_left_alone")) == 1
    assert len(session.stage.told) == 1


def test_a_key_that_is_not_accepted_is_not_tried_again() -> None:
    with model_server(Fault.KEY) as server, modelled(server) as session:
        session.run()
    assert len(server.requests) == 1


@pytest.mark.parametrize("fault", [Fault.SLOW, Fault.STALLS, Fault.TRICKLES])
def test_a_session_never_waits_for_an_endpoint_that_hangs(fault: Fault) -> None:
    began_s = time.monotonic()
    alone = offline()
    alone_s = time.monotonic() - began_s
    # The session's clock runs many times as fast as the server's: a request that was waited for would take its 8 s.
    settings = replace(SETTINGS, silent_s=30.0)
    with (
        model_server(fault, stall_s=30.0) as server,
        modelled(server, settings=settings, workers=ThreadWorkers()) as session,
    ):
        began_s = time.monotonic()
        state = session.run()
        assert time.monotonic() - began_s < 5.0 + 4.0 * alone_s
    assert state.end_reason == "completed"
    assert replies(session.stage) == replies(alone)
    assert [event.reason for event in session.stage.told] == ["it takes too long"]


def test_ctrl_c_and_stop_do_not_wait_either() -> None:
    settings = replace(SETTINGS, silent_s=30.0)
    began_s = time.monotonic()
    with (
        model_server(Fault.STALLS, stall_s=30.0) as server,
        modelled(server, settings=settings, workers=ThreadWorkers()) as session,
    ):
        session.stage.when(
            lambda: session.stage.rehearsal.state.model.requests > 0, _raises(KeyboardInterrupt())
        )
        with pytest.raises(KeyboardInterrupt):
            session.run()
        assert time.monotonic() - began_s < 15.0
    assert session.stage.rehearsal.state.stage is SessionStage.ENDED


def test_after_ctrl_c_nothing_more_is_sent() -> None:
    with model_server() as server, modelled(server) as session:
        stage = session.stage
        sent: list[int] = []

        def is_asking() -> bool:
            return len(stage.journal.of("speech_started")) == 2 > len(stage.journal.of("speech_ended"))

        def interrupt() -> None:
            sent.append(len(server.requests))
            raise KeyboardInterrupt

        stage.when(is_asking, interrupt)
        with pytest.raises(KeyboardInterrupt):
            session.run()
    heard = [word.text for word in stage.rehearsal.state.transcript.by(Speaker.CANDIDATE)]
    assert " ".join(heard).endswith(TALK[1])
    assert [len(server.requests)] == sent


def _raises(error: BaseException) -> Callable[[], None]:
    def act() -> None:
        raise error

    return act


def test_the_budget_ends_its_use_before_it_is_overdrawn() -> None:
    settings = replace(SETTINGS, tokens_per_session=4000)
    with model_server() as server, modelled(server, settings=settings) as session:
        state = session.run()
    assert 1 <= len(server.requests) < 6
    assert session.writer.purse.spent.tokens <= 4000
    assert [event.reason for event in session.stage.told] == ["the budget of this session is used up"]
    assert state.model.is_off


def test_so_does_money_and_a_count_that_lies_is_bounded() -> None:
    settings = replace(SETTINGS, cost_per_session=0.05, input_price=10.0, output_price=10.0)
    with model_server(Fault.LIES_ABOUT_USAGE) as server, modelled(server, settings=settings) as session:
        state = session.run()
    assert len(server.requests) >= 1
    assert 0.0 < state.model.cost <= settings.cost_per_session
    assert state.model.tokens < 10**6


def test_what_was_said_in_a_pause_is_sent_nowhere() -> None:
    texts = (TALK[0], SECRET, "We shard by user.")
    with model_server() as server, modelled(server, texts=texts) as session:
        stage = session.stage
        stage.when(lambda: bool(stage.journal.of("transcript")), lambda: stage.notices.put(CommandName.PAUSE))
        stage.when(
            lambda: len(stage.journal.of("room_said")) > 1, lambda: stage.notices.put(CommandName.RESUME)
        )
        state = session.run()
    assert server.requests
    assert "Theodore" not in json.dumps(server.documents)
    assert "Theodore" not in " ".join(word.text for word in state.transcript.by(Speaker.CANDIDATE))


def test_no_session_hangs_and_no_turn_is_lost_whatever_the_endpoint_does() -> None:
    faults = (Fault.STALLS, Fault.ERROR_500, Fault.HUGE)
    hangs, lost, *_ = model_figures(len(faults), faults)
    assert hangs.is_reached
    assert lost.is_reached
