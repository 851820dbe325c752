"""A small server that speaks the real protocol of chat completions, streaming included, with faults on demand."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

Content = Any
"""JSON."""
_HUGE = "word " * 20_000


class Fault(StrEnum):
    """What goes wrong. The first two do not."""

    NONE = "none"
    REFUSES_SCHEMA = "refuses a schema"
    NO_STREAM = "answers in one piece"
    SLOW = "slow"
    STALLS = "stalls"
    TRICKLES = "trickles"
    ERROR_500 = "500"
    BUSY_503 = "503"
    RATE_LIMIT = "429"
    KEY = "401"
    NOT_FOUND = "404"
    REDIRECT = "redirect"
    BROKEN_OFF = "broken off"
    NO_END = "no end"
    LENGTH = "length"
    HANGS_UP = "hangs up"
    NO_HTTP = "no http"
    BAD_EVENT = "malformed event"
    BAD_BYTES = "malformed bytes"
    BAD_JSON = "malformed answer"
    WRONG_FORM = "wrong form"
    EMPTY = "empty"
    HUGE = "huge"
    ERROR_EVENT = "error in the stream"
    ENDLESS_ERROR = "endless error"
    TRICKLED_HEADERS = "trickled headers"
    LINGERS = "lingers"
    LIES_ABOUT_USAGE = "lying usage"
    LIES = "lying"


HARMLESS = frozenset(
    {Fault.NONE, Fault.REFUSES_SCHEMA, Fault.NO_STREAM, Fault.LINGERS, Fault.LIES_ABOUT_USAGE}
)
"""With these the answer is as good as any."""


def helpful(asked: Mapping[str, Any]) -> Content:
    """What a model would write that does as it is told."""
    if "instead_of" in asked:
        return {
            "question": f"Going by your last minutes: {asked['instead_of'][0].lower()}{asked['instead_of'][1:]}"
        }
    if "asked" in asked:
        return {"is_known": True, "answer": "That is up to the product, and plain is fine."}
    return {"claims": [], "sentences": []}


def lying(asked: Mapping[str, Any]) -> Content:
    """The same with numbers of its own."""
    if "instead_of" in asked:
        return {"question": "How does this serve the seventy trillion visitors a second that we agreed on?"}
    if "asked" in asked:
        return {"is_known": True, "answer": "There are seventy trillion of them every second."}
    return {
        "claims": [{"id": "storage_decision", "verdict": "met", "quote": "nobody ever said a word of this"}],
        "sentences": [
            {"id": "scale", "text": "Say what grows first.", "quote": "nobody ever said this either"}
        ],
    }


@dataclass(slots=True)
class ModelServer:
    """What it was asked, and how it answers."""

    fault: Callable[[int], Fault]
    """By the number of the request, from 0."""
    writes: Callable[[Mapping[str, Any]], Content] = helpful
    """The answer to a document."""
    delay_s: float = 0.0
    stall_s: float = 2.0
    """How long it says nothing where it is slow or stalls."""
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    port: int = 0
    closing: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def documents(self) -> list[dict[str, Any]]:
        """What it was given to work on."""
        return [json.loads(request["messages"][1]["content"]) for request in self.requests]


@contextmanager
def model_server(
    fault: Fault | Callable[[int], Fault] = Fault.NONE,
    **options: Any,  # noqa: ANN401 - fields of ModelServer
) -> Iterator[ModelServer]:
    """A server on this machine for as long as the block lasts."""
    chosen = (lambda _: fault) if isinstance(fault, Fault) else fault
    server = ModelServer(fault=chosen, **options)

    class Handler(_Handler):
        model = server

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    http.block_on_close = False
    server.port = http.server_port
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        http.shutdown()
        http.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    model: ModelServer
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: object) -> None:
        """Nothing on stderr."""

    def handle(self) -> None:
        """Who hangs up is nobody's fault here."""
        with suppress(OSError):
            super().handle()

    def do_POST(self) -> None:
        model = self.model
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with model.lock:
            number = len(model.requests)
            model.requests.append(body)
            model.headers.append(dict(self.headers))
        fault = model.fault(number)
        self.close_connection = True
        if self.path != "/v1/chat/completions":
            self._fails(404, "no such path")
            return
        model.closing.wait(model.delay_s)
        match fault:
            case Fault.REFUSES_SCHEMA if "response_format" in body:
                self._fails(400, "response_format is not supported")
            case Fault.ERROR_500 | Fault.BUSY_503 | Fault.RATE_LIMIT | Fault.KEY | Fault.NOT_FOUND:
                # As servers do, it tells what it was sent, and some even by whom.
                sent = f"{body['messages'][1]['content']} of {self.headers['Authorization']}"
                self._fails(int(fault), f"cannot answer {sent}")
            case Fault.REDIRECT:
                self.send_response(307)
                self.send_header("Location", "http://127.0.0.1:9/v1/chat/completions")
                self.send_header("Content-Length", "0")
                self.send_header("Connection", "close")
                self.end_headers()
            case Fault.ENDLESS_ERROR:
                self.send_response(500)
                self.send_header("Connection", "close")
                self.end_headers()
                self._trickles(b"it failed and ")
            case Fault.TRICKLED_HEADERS:
                self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                self._trickles(b"a")
            case Fault.HANGS_UP:
                self.connection.close()
            case Fault.NO_HTTP:
                self.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n")
            case Fault.SLOW:
                model.closing.wait(model.stall_s)
                self._streams(body, fault)
            case Fault.NO_STREAM:
                self._in_one_piece(body)
            case _:
                self._streams(body, fault)

    def _fails(self, status: int, told: str) -> None:
        self._sends(status, {"error": {"message": told, "type": "error", "code": None}})

    def _sends(self, status: int, content: Content) -> None:
        text = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(text)

    def _written(self, body: Mapping[str, Any], fault: Fault) -> str:
        asked = json.loads(body["messages"][1]["content"])
        match fault:
            case Fault.LIES:
                return json.dumps(lying(asked))
            case Fault.BAD_JSON:
                return "Sure! Here is a question: what about the cache?"
            case Fault.WRONG_FORM:
                return json.dumps({"text": ["What about the cache?"]})
            case Fault.EMPTY:
                return ""
            case Fault.HUGE:
                return json.dumps({"question": _HUGE, "answer": _HUGE, "claims": [], "sentences": []}) * 20
            case _:
                return json.dumps(self.model.writes(asked))

    def _in_one_piece(self, body: Mapping[str, Any]) -> None:
        message = {"role": "assistant", "content": f"```json\n{self._written(body, Fault.NONE)}\n```"}
        self._sends(200, {"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]})

    def _streams(self, body: Mapping[str, Any], fault: Fault) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        text = self._written(body, fault)
        size = max(1, len(text) // 4)
        parts = [text[at : at + size] for at in range(0, len(text), size)]
        self._event({"choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}}]})
        for number, part in enumerate(parts):
            if number == len(parts) // 2 and self._breaks(fault):
                return
            self._event({"choices": [{"index": 0, "delta": {"content": part}, "finish_reason": None}]})
        if fault is Fault.NO_END:
            return
        end = "length" if fault is Fault.LENGTH else "stop"
        self._event({"choices": [{"index": 0, "delta": {}, "finish_reason": end}]})
        if "stream_options" in body:
            is_lie = fault is Fault.LIES_ABOUT_USAGE
            usage = {"prompt_tokens": 10**12 if is_lie else 900, "completion_tokens": -5 if is_lie else 30}
            self._event({"choices": [], "usage": {**usage, "total_tokens": sum(usage.values())}})
        self._sends_line("data: [DONE]")
        if fault is Fault.LINGERS:
            self._trickles(b": still here\n\n")

    def _breaks(self, fault: Fault) -> bool:
        """In the middle of the stream; whether that is the end of it."""
        match fault:
            case Fault.STALLS:
                self.model.closing.wait(self.model.stall_s)
            case Fault.TRICKLES:
                self._trickles(b": still here\n\n")
            case Fault.BROKEN_OFF:
                self.connection.close()
            case Fault.BAD_EVENT:
                self._sends_line('data: {"choices": [{"delta": {"content"')
            case Fault.BAD_BYTES:
                self.wfile.write(b"data: \xff\xfe\n\n")
            case Fault.ERROR_EVENT:
                self._event({"error": {"message": "the server is overloaded", "type": "server_error"}})
            case _:
                return False
        return fault is Fault.BROKEN_OFF

    def _trickles(self, part: bytes) -> None:
        while not self.model.closing.wait(0.02):
            self.wfile.write(part)
            self.wfile.flush()

    def _event(self, content: Content) -> None:
        self._sends_line(f"data: {json.dumps(content)}")

    def _sends_line(self, text: str) -> None:
        self.wfile.write(f"{text}\n\n".encode())
        self.wfile.flush()
