"""A language model behind OpenAI's chat completions: OpenAI's own, or any server that speaks the same.

Answers are streamed and read under two limits, of time and of size, that no server can talk its way around: the bytes
are counted as they come, what tells of an error is not read at all, and the connection, one for each request, is ended
when its time is over. Nothing that is sent or comes back is ever logged, whatever the library is told by its
environment, and nothing is sent anywhere but to the configured address, nor with it any header that names who sends it
or with what: redirects are not followed, and no proxy comes between the program and its own machine.
"""

from __future__ import annotations

import logging
import re
import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

import httpx2
import openai
from pydantic import TypeAdapter, ValidationError

from voice_coach.adapters.endpoint import is_local
from voice_coach.core.errors import LanguageModelError
from voice_coach.ports import ModelAnswer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from voice_coach.core.model_state import LanguageModelSettings
    from voice_coach.ports import ModelRequest

MOST_BYTES = 1_000_000
"""Of an answer with all that is around it; a long one has a tenth."""
_LIBRARIES = ("openai", "httpx", "httpx2", "httpcore", "httpcore2")
_NO_KEY = "none"
"""The library insists on one; a server that needs none ignores it."""
_HEADERS = frozenset(
    ("host", "authorization", "accept", "accept-encoding", "connection", "content-type", "content-length")
)
"""All that are sent, with the name of this program."""
_AGENT = "voice-coach"
_TAKEN_OFF = "voice_coach_headers"
_END = "[DONE]"
_DONE = re.compile(rb"(?:^|\n)data: ?\[DONE\]")
"""Nothing that follows is read. It cannot stand in an answer, where line ends are escaped."""
_LONGEST_END = 14
_CUT = "length"
_SLOW = "it takes too long"
_ENVIRONMENT = "the proxy or the certificates that the environment names for it cannot be used"


def quiet() -> None:
    """Keeps the libraries from logging; the environment may have told them to."""
    for library in _LIBRARIES:
        logging.getLogger(library).setLevel(logging.CRITICAL)


def shown_name(settings: LanguageModelSettings) -> str:
    """The model and where it runs, as shown."""
    return f"{settings.model} at {urlsplit(settings.base_url).netloc}"


class OpenAiModel:
    """One endpoint. May be asked from several threads at once."""

    def __init__(
        self,
        settings: LanguageModelSettings,
        key: str | None,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """*key* None: none is sent. *clock_s*: what the time limits are measured with.

        Raises LanguageModelError where the environment names a proxy or certificates that cannot be used.
        """
        quiet()
        self._model = settings.model
        self._name = shown_name(settings)
        self._clock_s = clock_s
        self._of_thread = threading.local()
        """The deadline of what this thread asks."""
        self._takes_schema = True
        """Until it has refused one."""
        try:
            http = openai.DefaultHttpxClient(
                follow_redirects=False,
                trust_env=not is_local(settings.base_url),
                event_hooks={"request": [_bare, self._watch], "response": [_arrived]},
                limits=httpx2.Limits(max_keepalive_connections=0),
            )
        except (ImportError, OSError, ValueError):
            raise LanguageModelError("settings", _ENVIRONMENT, is_final=True) from None
        self._client = openai.OpenAI(
            api_key=key or _NO_KEY,
            base_url=settings.base_url,
            timeout=httpx2.Timeout(settings.silent_s, connect=settings.connect_s),
            max_retries=0,
            http_client=http,
        )

    @property
    def name(self) -> str:
        """See :class:`voice_coach.ports.LanguageModel`."""
        return self._name

    def answer(self, request: ModelRequest) -> ModelAnswer:
        """See :class:`voice_coach.ports.LanguageModel`."""
        until_s = self._clock_s() + request.limit_s
        with_schema = self._takes_schema
        try:
            return self._asked(request, until_s, with_schema=with_schema)
        except (openai.BadRequestError, openai.UnprocessableEntityError) as refused:
            if not with_schema:
                raise _told(refused) from None
        except openai.OpenAIError as failure:
            raise _told(failure) from None
        # Servers that know no schemas say so in many ways. The prompt asks for JSON in words as well.
        try:
            answer = self._asked(request, until_s, with_schema=False)
        except openai.OpenAIError as failure:
            raise _told(failure) from None
        self._takes_schema = False
        return answer

    def close(self) -> None:
        """Break off what is on its way. May be called twice."""
        self._client.close()

    def _asked(self, request: ModelRequest, until_s: float, *, with_schema: bool) -> ModelAnswer:
        messages: Any = [
            {"role": "system", "content": request.instructions},
            {"role": "user", "content": request.data},
        ]
        options: Any = {"max_tokens": request.most_tokens}
        if with_schema:
            schema = {"name": request.schema_name, "strict": True, "schema": request.schema}
            options = {
                "max_completion_tokens": request.most_tokens,
                "stream_options": {"include_usage": True},
                "response_format": {"type": "json_schema", "json_schema": schema},
            }
        create = self._client.chat.completions.with_streaming_response.create
        with _Deadline(max(0.0, until_s - self._clock_s())) as deadline:
            self._of_thread.deadline = deadline
            try:
                with create(model=self._model, messages=messages, stream=True, **options) as response:
                    return _answer(self._read(response.iter_bytes(), until_s))
            except (openai.APIConnectionError, LanguageModelError):
                if deadline.is_over:
                    raise LanguageModelError("slow", _SLOW, received=None) from None
                raise

    def _watch(self, request: httpx2.Request) -> None:
        request.extensions["trace"] = self._of_thread.deadline.on_step

    def _read(self, chunks: Iterator[bytes], until_s: float) -> bytes:
        body = bytearray()
        try:
            for chunk in chunks:
                begin = max(0, len(body) - _LONGEST_END)
                body += chunk
                if _DONE.search(body, begin):
                    break
                if len(body) > MOST_BYTES:
                    raise LanguageModelError("too long", "its answer is too long", received=None)
                if self._clock_s() > until_s:
                    raise LanguageModelError("slow", _SLOW, received=None)
        except httpx2.TimeoutException:
            raise LanguageModelError("slow", _SLOW, received=None) from None
        except httpx2.HTTPError:
            raise LanguageModelError("truncated", "its answer breaks off", received=None) from None
        return bytes(body)


class _Deadline:
    """Ends the connection of a request when its time is over, whatever the server does to keep it busy."""

    def __init__(self, limit_s: float) -> None:
        self.is_over = False
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(limit_s, self._end)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def on_step(self, name: str, info: Mapping[str, Any]) -> None:
        """Told by the library of each step of a request: the connection is there, or is a secure one now."""
        if name.endswith(("connect_tcp.complete", "start_tls.complete")):
            self._socket = info["return_value"].get_extra_info("socket")
            if self.is_over:
                self._end()

    def _end(self) -> None:
        self.is_over = True
        if self._socket is not None:
            with suppress(OSError):
                # Not the method of a secure one, which is not made for another thread.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


def _bare(request: httpx2.Request) -> None:
    """Takes off the headers that the library adds, of its own or from the environment."""
    request.extensions[_TAKEN_OFF] = dict(request.headers)
    for header in {name.lower() for name in request.headers} - _HEADERS:
        del request.headers[header]
    request.headers["User-Agent"] = _AGENT


def _arrived(response: httpx2.Response) -> None:
    """Puts them back, as the library looks there for how it was called; what tells of an error is never read."""
    response.request.headers.update(response.request.extensions[_TAKEN_OFF])
    if not response.is_success:
        response.close()


# -- what came back ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Delta:
    content: str | None = None
    refusal: str | None = None


@dataclass(frozen=True, slots=True)
class _Choice:
    delta: _Delta | None = None
    message: _Delta | None = None
    finish_reason: str | None = None


@dataclass(frozen=True, slots=True)
class _Usage:
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class _Chunk:
    choices: list[_Choice] = field(default_factory=list)
    usage: _Usage | None = None
    error: object = None


_CHUNK = TypeAdapter(_Chunk)


def _answer(body: bytes) -> ModelAnswer:
    """The text of a stream, or of an answer in one piece where the server does not stream."""
    payloads = list(_payloads(body))
    try:
        chunks = [_CHUNK.validate_json(payload) for payload in payloads if payload != _END]
    except ValidationError:
        raise _malformed() from None
    usage = next((chunk.usage for chunk in reversed(chunks) if chunk.usage), _Usage())
    written = usage.completion_tokens
    if any(chunk.error is not None for chunk in chunks):
        raise LanguageModelError("failed", "it broke off with an error", received=written)
    choices = [chunk.choices[0] for chunk in chunks if chunk.choices]
    parts = [choice.delta or choice.message or _Delta() for choice in choices]
    text = "".join(part.content or "" for part in parts)
    ends = [choice.finish_reason for choice in choices if choice.finish_reason]
    if _CUT in ends or not (ends or _END in payloads):
        raise LanguageModelError("truncated", "its answer breaks off", received=written)
    if not text.strip():
        raise LanguageModelError("empty", "its answer is empty", received=written)
    return ModelAnswer(text=text, tokens_in=usage.prompt_tokens, tokens_out=written)


def _payloads(body: bytes) -> Iterator[str]:
    """What stands in the events of a stream; the whole of what is none."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise _malformed() from None
    if text.lstrip().startswith("{"):
        yield text
        return
    for event in text.replace("\r\n", "\n").split("\n\n"):
        data = [line[5:].removeprefix(" ") for line in event.split("\n") if line.startswith("data:")]
        if data:
            yield "\n".join(data).strip()


def _malformed() -> LanguageModelError:
    return LanguageModelError("malformed", "its answer cannot be read", received=None)


# -- what went wrong -----------------------------------------------------------------------------------------

_FINAL: Sequence[tuple[type[openai.APIStatusError], str, str]] = (
    (openai.AuthenticationError, "key", "it does not accept the key"),
    (openai.PermissionDeniedError, "key", "it does not allow this key to use the model"),
    (openai.NotFoundError, "not found", "it knows no such model or address"),
)


def _told(failure: openai.OpenAIError) -> LanguageModelError:
    """In our words: those of the library and of the server may hold what was sent."""
    for kind, name, told in _FINAL:
        if isinstance(failure, kind):
            return LanguageModelError(name, told, is_final=True)
    match failure:
        case openai.RateLimitError():
            return LanguageModelError("rate limit", "it is asked too often, or its quota is used up")
        case openai.APITimeoutError():
            return LanguageModelError("slow", _SLOW, received=None)
        case openai.APIConnectionError():
            return LanguageModelError("no connection", "it cannot be reached, or broke off")
        case openai.APIStatusError():
            return LanguageModelError(
                f"status {failure.status_code}", f"it answers with status {failure.status_code}"
            )
        case _:
            return LanguageModelError("failed", f"asking it failed: {type(failure).__name__}")
