"""What a session knows of its language model: what is asked, what was written, and what it cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

_STRICT = {"extra": "forbid"}


class Job(StrEnum):
    """What a language model is asked to write."""

    FOLLOW_UP = "follow_up"
    """The next question of the interviewer."""
    ANSWER = "answer"
    """What no fact answers."""
    OPINION = "opinion"
    """A second opinion on the verdicts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageModelSettings:
    """Which language model is asked, and how far it is trusted with time and money."""

    __pydantic_config__ = _STRICT

    base_url: str = ""
    """Of an endpoint that speaks OpenAI's chat completions; empty: none is ever asked."""
    model: str = ""
    """As the endpoint calls it."""
    key_variable: str = "auto"
    """The environment variable that holds the key; where it is unset none is sent. Empty: none ever is; "auto":
    OPENAI_API_KEY, and that only to OpenAI's own address."""
    connect_s: float = 3.0
    silent_s: float = 5.0
    """An endpoint that sends nothing for so long has failed."""
    follow_up_s: float = 8.0
    """A follow-up that takes longer is not waited for any more …"""
    answer_s: float = 4.0
    """… nor such an answer …"""
    opinion_s: float = 8.0
    """… nor such a second opinion. Only that one is waited for at all, with the feedback."""
    faults_allowed: int = 3
    """After so many in a row it is left alone for the session."""
    lately_s: float = 180.0
    """What the candidate said before is not sent for a follow-up or an answer, but for what the coach quotes of it."""
    again_words: int = 40
    """A follow-up to the same gap is asked for anew after so many more words of the candidate."""
    tokens_per_session: int = 150_000
    """Sent and received, by what the endpoint counts or what we estimate, whichever is more."""
    cost_per_session: float = 1.0
    """In the currency of the two prices."""
    input_price: float = 0.0
    """Of a million tokens sent; 0: not known, and the cost is not counted."""
    output_price: float = 0.0
    unsure_below: float = 0.7
    """A verdict of a lower confidence may be changed by a second opinion."""
    likely_from: float = 0.2
    """A quote counts for an element only where our own detector finds its sentence so likely to show it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The newest request of its job."""

    request: int
    at_s: float
    about: str
    """The offline question whose place it would take, or the candidate's question."""
    gap: str | None = None
    """The rubric id that the follow-up is about."""
    words: int = 0
    """How many the candidate had said."""
    is_open: bool = True
    """Nothing has come of it yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standby:
    """Something written that passed all checks and may be said."""

    request: int
    about: str
    """As in :class:`Asked`."""
    text: str
    speed: float
    is_ready: bool = False
    """It lies rendered at that speed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelState:
    """All that is known of it."""

    name: str = ""
    """Empty: there is none."""
    is_off: bool = False
    """It failed too often, or for good."""
    requests: int = 0
    asked: Mapping[Job, Asked] = field(default_factory=dict)
    standby: Mapping[Job, Standby] = field(default_factory=dict)
    told: tuple[tuple[str, str], ...] = ()
    """Questions that it answered, and what was said."""
    used: Mapping[Job, int] = field(default_factory=dict)
    """How often what it wrote was said."""
    faults: int = 0
    """In a row."""
    tokens: int = 0
    cost: float = 0.0

    @property
    def is_on(self) -> bool:
        """Whether it may be asked."""
        return bool(self.name) and not self.is_off

    def is_open(self, job: Job) -> bool:
        """Whether an answer to such a request is still to come."""
        asked = self.asked.get(job)
        return asked is not None and asked.is_open

    def asking(self, job: Job, asked: Asked) -> ModelState:
        """With one more request."""
        return replace(self, requests=asked.request, asked={**self.asked, job: asked})

    def closed(self, job: Job, request: int, tokens: int, cost: float) -> ModelState:
        """With the answer to *request*, or its failure, and what it cost."""
        asked = self.asked.get(job)
        paid = replace(self, tokens=self.tokens + tokens, cost=self.cost + cost)
        if asked is None or asked.request != request:
            return paid
        return replace(paid, asked={**self.asked, job: replace(asked, is_open=False)})

    def standing_by(self, job: Job, written: Standby | None) -> ModelState:
        """With *written* in place of what was written before for *job*."""
        others = {other: item for other, item in self.standby.items() if other is not job}
        return replace(self, standby=others if written is None else {**others, job: written})

    def unsaid(self, before: ModelState) -> ModelState:
        """As if nothing of it had been said since *before*: what stood by then does so again, unless newer does."""
        return replace(self, standby={**before.standby, **self.standby}, used=before.used, told=before.told)

    def said(self, job: Job) -> ModelState:
        """With what stands by for *job* said."""
        used = {**self.used, job: self.used.get(job, 0) + 1}
        return replace(self.standing_by(job, None), used=used)
