"""The client against a server that speaks the real protocol, with every fault."""

from __future__ import annotations

import json
import logging
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace

import pytest

from tests.model_server import HARMLESS, Fault, ModelServer, model_server
from voice_coach.adapters.endpoint import is_local
from voice_coach.adapters.openai_model import OpenAiModel
from voice_coach.core.errors import LanguageModelError
from voice_coach.core.model_state import LanguageModelSettings
from voice_coach.ports import ModelRequest

KEY = "sk-very-secret"
SAID = "my grandmother's maiden name"
SETTINGS = LanguageModelSettings(model="small", silent_s=0.3, connect_s=0.3)
REQUEST = ModelRequest(
    instructions="Answer with JSON.",
    data=json.dumps({"asked": SAID}),
    schema_name="answer",
    schema={"type": "object", "properties": {}, "additionalProperties": False, "required": []},
    most_tokens=100,
    limit_s=0.6,
)


@contextmanager
def model(fault: Fault = Fault.NONE, key: str | None = KEY) -> Iterator[tuple[OpenAiModel, ModelServer]]:
    """A client of a server with *fault*."""
    with model_server(fault) as server:
        settings = replace(SETTINGS, base_url=server.base_url)
        with closing(OpenAiModel(settings, key)) as client:
            yield client, server


KINDS = {
    Fault.SLOW: "slow",
    Fault.STALLS: "slow",
    Fault.TRICKLES: "slow",
    Fault.ERROR_500: "status 500",
    Fault.BUSY_503: "status 503",
    Fault.RATE_LIMIT: "rate limit",
    Fault.KEY: "key",
    Fault.NOT_FOUND: "not found",
    Fault.REDIRECT: "status 307",
    Fault.BROKEN_OFF: "truncated",
    Fault.NO_END: "truncated",
    Fault.LENGTH: "truncated",
    Fault.HANGS_UP: "no connection",
    Fault.NO_HTTP: "no connection",
    Fault.BAD_EVENT: "malformed",
    Fault.BAD_BYTES: "malformed",
    Fault.ERROR_EVENT: "failed",
    Fault.EMPTY: "empty",
    Fault.HUGE: "too long",
    Fault.ENDLESS_ERROR: "status 500",
    Fault.TRICKLED_HEADERS: "slow",
}


@pytest.mark.parametrize(("fault", "kind"), KINDS.items())
def test_each_fault_is_told_by_its_kind_and_nothing_that_was_sent(
    fault: Fault, kind: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    with model(fault) as (client, _), pytest.raises(LanguageModelError) as caught:
        client.answer(REQUEST)
    assert caught.value.kind == kind
    assert caught.value.is_final is (fault in (Fault.KEY, Fault.NOT_FOUND))
    told = str(caught.value) + caplog.text + "".join(capfd.readouterr())
    assert SAID not in told
    assert KEY not in told


@pytest.mark.parametrize(
    ("fault", "received"),
    [
        (Fault.ERROR_500, 0),
        (Fault.KEY, 0),
        (Fault.HANGS_UP, 0),
        (Fault.LENGTH, 30),
        (Fault.EMPTY, 30),
        (Fault.NO_END, None),
        (Fault.STALLS, None),
        (Fault.SLOW, None),
        (Fault.BAD_EVENT, None),
        (Fault.HUGE, None),
    ],
)
def test_a_failure_tells_what_has_to_be_paid_for(fault: Fault, received: int | None) -> None:
    with model(fault) as (client, _), pytest.raises(LanguageModelError) as caught:
        client.answer(REQUEST)
    assert caught.value.received == received


@pytest.mark.parametrize("fault", sorted({*HARMLESS, Fault.LIES, Fault.BAD_JSON, Fault.WRONG_FORM}))
def test_what_is_well_formed_is_given_as_it_came(fault: Fault) -> None:
    with model(fault) as (client, _):
        assert client.answer(REQUEST).text.strip()


def test_nothing_listens_there() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        settings = replace(SETTINGS, base_url=f"http://127.0.0.1:{taken.getsockname()[1]}/v1")
        with closing(OpenAiModel(settings, None)) as client, pytest.raises(LanguageModelError) as caught:
            client.answer(REQUEST)
    assert caught.value.kind == "no connection"


def test_a_server_that_knows_no_schemas_is_asked_without_from_then_on() -> None:
    with model(Fault.REFUSES_SCHEMA) as (client, server):
        assert client.answer(REQUEST).text == client.answer(REQUEST).text
    assert ["response_format" in request for request in server.requests] == [True, False, False]


def test_the_key_and_the_usage_travel() -> None:
    with model() as (client, server):
        answer = client.answer(REQUEST)
    assert (answer.tokens_in, answer.tokens_out) == (900, 30)
    (headers,), (request,) = server.headers, server.requests
    assert {name.lower(): value for name, value in headers.items()}["authorization"] == f"Bearer {KEY}"
    assert request["stream"] is True
    assert request["messages"][1]["content"] == REQUEST.data


def test_the_environment_alone_sends_nothing_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/elsewhere")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-environment")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-the-environment")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "project-of-the-environment")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Secret: header-of-the-environment")
    for variable in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(variable, "http://127.0.0.1:9")
    with model(key=None) as (client, server):
        client.answer(REQUEST)
    (headers,) = server.headers
    assert "of-the-environment" not in json.dumps(headers)
    assert {name.lower() for name in headers} <= {
        "host",
        "authorization",
        "accept",
        "accept-encoding",
        "connection",
        "content-type",
        "content-length",
        "user-agent",
    }
    assert headers["User-Agent"] == "voice-coach"


@pytest.mark.parametrize(
    ("variable", "value"),
    [("ALL_PROXY", "socks9://127.0.0.1:9"), ("SSL_CERT_FILE", "/nowhere/at/all.pem")],
)
def test_settings_of_the_environment_that_cannot_be_used_are_told(
    variable: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(LanguageModelError, match="the environment names") as caught:
        OpenAiModel(replace(SETTINGS, base_url="https://api.example.invalid/v1"), None)
    assert caught.value.is_final
    assert value not in str(caught.value)


def test_the_library_logs_nothing_even_where_the_environment_has_it_do_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("OPENAI_LOG", "debug")
    logging.getLogger("openai").setLevel(logging.DEBUG)
    caplog.set_level(logging.DEBUG)
    with model() as (client, _):
        client.answer(REQUEST)
    assert caplog.text == ""


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://localhost:11434/v1", True),
        ("http://LOCALHOST/v1", True),
        ("http://127.0.0.1:8080/v1", True),
        ("http://127.8.8.8/v1", True),
        ("http://[::1]:8080/v1", True),
        ("https://api.openai.com/v1", False),
        ("http://localhost.example.com/v1", False),
        ("http://127.0.0.1.example.com/v1", False),
        ("http://192.168.1.2:8000/v1", False),
        ("http://0.0.0.0:8000/v1", False),
        ("http://example.com/localhost", False),
    ],
)
def test_what_is_on_this_machine(url: str, expected: bool) -> None:  # noqa: FBT001 - a table
    assert is_local(url) is expected
