"""The language model as a session uses it: what its answers must look like, and what it may spend."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.adapters.voices import ToneVoice
from tests.compose.small_engines import CONTENT, small_config, use
from tests.compose.test_practice import DESIGN, BlindScreen, Setting
from tests.model_server import Fault, model_server
from tests.sounds import tone
from voice_coach.compose.language_model import MOST_TOKENS, Purse, make_desk, make_writer, strict
from voice_coach.compose.options import PracticeOptions, Speed
from voice_coach.compose.practice import plan, rehearse
from voice_coach.core.commands import AskModel
from voice_coach.core.errors import LanguageModelError
from voice_coach.core.events import ModelFailed, ModelWrote
from voice_coach.core.model_budget import counted, estimated, most_sent
from voice_coach.core.model_state import Job, LanguageModelSettings
from voice_coach.core.second_opinion import Opinion
from voice_coach.core.session_state import SessionState
from voice_coach.model_desk import Bill
from voice_coach.ports import ModelAnswer, ModelRequest
from voice_coach.tui import summary
from voice_coach.workers import InlineWorkers

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(slots=True)
class ScriptedModel:
    """Answers one text, and keeps what it was asked."""

    text: str
    name: str = "scripted"
    requests: list[ModelRequest] = field(default_factory=list)

    def answer(self, request: ModelRequest) -> ModelAnswer:
        self.requests.append(request)
        return ModelAnswer(text=self.text)


class LateWorkers(InlineWorkers):
    """Do what they are given at once, and keep it back while they are late."""

    def __init__(self, *, is_late: bool) -> None:
        super().__init__()
        self.is_late = is_late

    def drain(self) -> list[object]:
        """See :class:`voice_coach.workers.Workers`."""
        return [] if self.is_late else super().drain()


def written(text: str, job: Job) -> tuple[str, ScriptedModel, Opinion | None]:
    model = ScriptedModel(text)
    writer = make_writer(small_config(), CONTENT, CONTENT.questions["url-shortener"], model)
    ask = AskModel(request=1, job=job, about="Why this store?", gap="storage_decision")
    found = writer.job(ask, SessionState())()
    assert writer.opinion is None
    return found.text, model, found.opinion


@pytest.mark.parametrize(
    ("job", "text", "line"),
    [
        (Job.FOLLOW_UP, '{"question": "What  grows\\n first?"}', "What grows first?"),
        (Job.FOLLOW_UP, '```json\n{"question": "What grows?"}\n```', "What grows?"),
        (Job.FOLLOW_UP, '{"question": "What grows?", "reason": "it is open"}', "What grows?"),
        (Job.ANSWER, '{"is_known": true, "answer": "A few."}', "A few."),
        (Job.ANSWER, '{"is_known": false, "answer": "A few."}', ""),
        (Job.OPINION, '{"claims": [], "sentences": []}', ""),
    ],
)
def test_well_formed_answers_become_lines(job: Job, text: str, line: str) -> None:
    found, model, opinion = written(text, job)
    assert found == line
    assert (opinion is not None) is (job is Job.OPINION)
    (request,) = model.requests
    assert request.schema_name == job
    assert json.loads(request.data)["question"] == CONTENT.questions["url-shortener"].asked


@pytest.mark.parametrize("job", Job)
@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        "{}",
        '"a"',
        '{"question": 3}',
        '{"claims": [{"id": "scale"}], "sentences": []}',
        "{" * 9999,
    ],
)
def test_any_other_form_is_a_fault(job: Job, text: str) -> None:
    with pytest.raises(LanguageModelError) as caught:
        written(text, job)
    assert caught.value.kind == "wrong form"


@pytest.mark.parametrize("job", Job)
def test_the_schema_is_as_strict_mode_wants_it(job: Job) -> None:
    text = '{"question": "a", "is_known": false, "answer": "", "claims": [], "sentences": []}'
    _, model, _ = written(text, job)

    def check(schema: Any) -> None:  # noqa: ANN401 - any JSON
        if isinstance(schema, dict):
            if schema.get("type") == "object":
                assert schema["additionalProperties"] is False
                assert schema["required"] == sorted(schema["properties"])
            for value in schema.values():
                check(value)

    check(model.requests[0].schema)
    assert strict(model.requests[0].schema) == model.requests[0].schema


@given(st.lists(st.tuples(st.integers(1, 3000), st.integers(1, 3000), st.floats(0.0, 1.0)), max_size=30))
def test_no_more_is_spent_than_is_allowed(requests: list[tuple[int, int, float]]) -> None:
    settings = LanguageModelSettings(
        tokens_per_session=10_000, cost_per_session=0.01, input_price=1.0, output_price=2.0
    )
    purse = Purse(settings)
    billed = 0
    for sent, received, share in requests:
        try:
            held = purse.hold(sent, received)
        except LanguageModelError as refused:
            assert refused.is_final  # noqa: PT017 - most are not refused
            continue
        purse.pay(held, sent, int(share * received))
        billed += purse.bill().tokens
    assert purse.spent.tokens <= settings.tokens_per_session
    assert purse.spent.cost <= settings.cost_per_session + 1e-9
    assert billed == purse.spent.tokens


@pytest.mark.parametrize("is_in_time", [True, False])
def test_an_opinion_that_was_given_up_is_never_kept(*, is_in_time: bool) -> None:
    model = ScriptedModel('{"claims": [], "sentences": []}')
    config = small_config()
    writer = make_writer(config, CONTENT, CONTENT.questions["url-shortener"], model)
    workers = LateWorkers(is_late=not is_in_time)
    desk = make_desk(writer, workers, config.llm)
    desk.ask(AskModel(request=1, job=Job.OPINION, about="", gap=None), SessionState())
    assert len(model.requests) == 1
    (news, *_) = desk.news(config.llm.opinion_s)
    assert isinstance(news, ModelWrote if is_in_time else ModelFailed)
    workers.is_late = False
    assert not desk.news(config.llm.opinion_s + 1.0)
    assert (writer.opinion is not None) is is_in_time


@pytest.mark.parametrize(
    ("received", "written"),
    [(0, 0), (30, 30), (None, MOST_TOKENS[Job.ANSWER]), (10**9, MOST_TOKENS[Job.ANSWER])],
)
def test_an_answer_that_failed_is_paid_for_as_far_as_it_was_written(
    received: int | None, written: int
) -> None:
    class Fails(ScriptedModel):
        def answer(self, request: ModelRequest) -> ModelAnswer:
            self.requests.append(request)
            raise LanguageModelError("slow", "it takes too long", received=received)

    model = Fails("")
    writer = make_writer(small_config(), CONTENT, CONTENT.questions["url-shortener"], model)
    with pytest.raises(LanguageModelError, match="too long"):
        writer.job(AskModel(request=1, job=Job.ANSWER, about="Why?", gap=None), SessionState())()
    (request,) = model.requests
    sent = estimated(len(request.instructions) + len(request.data))
    assert writer.purse.spent.tokens == sent + written


def test_what_is_still_on_its_way_counts_with_the_most_that_it_may_come_to() -> None:
    purse = Purse(LanguageModelSettings())
    held = purse.hold(100, 50)
    assert (purse.committed.tokens, purse.spent.tokens) == (150, 0)
    purse.pay(held, 100, 20)
    assert purse.committed == purse.spent == Bill(tokens=120)


def test_a_desk_that_is_stopped_sends_nothing() -> None:
    model = ScriptedModel('{"question": "What grows?"}')
    config = small_config()
    writer = make_writer(config, CONTENT, CONTENT.questions["url-shortener"], model)
    desk = make_desk(writer, InlineWorkers(), config.llm)
    desk.stop()
    desk.ask(AskModel(request=1, job=Job.FOLLOW_UP, about="Why?", gap=None), SessionState())
    assert not model.requests
    assert not desk.news(1000.0)


@given(st.one_of(st.none(), st.integers(-(10**15), 10**15)), st.integers(0, 10**5))
def test_a_count_that_lies_is_bounded(reported: int | None, characters: int) -> None:
    estimate = estimated(characters)
    assert estimate <= counted(reported, estimate, most_sent(estimate)) <= most_sent(estimate)


class TestWholeSession:
    @pytest.fixture
    def setting(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Setting:
        use(monkeypatch, [DESIGN, DESIGN], ToneVoice())
        setting = Setting(tmp_path)
        setting.candidate_says(tone(20.0), tone(3.0))
        return setting

    def run(self, setting: Setting, base_url: str, *, with_model: bool = True) -> Any:  # noqa: ANN401 - any JSON
        llm = LanguageModelSettings(base_url=base_url, model="small", input_price=1.0, output_price=1.0)
        options = PracticeOptions(
            question="url-shortener",
            input=str(setting.recording),
            speed=Speed.MAX,
            sessions=setting.sessions,
            reads_feedback=False,
        )
        planned = plan(replace(setting.config, llm=llm), CONTENT, options)
        rehearse(planned, BlindScreen(), lambda _: None, setting.told.append, with_model=with_model)
        return setting.document

    def test_the_analysis_tells_what_it_was_asked_and_what_it_cost(self, setting: Setting) -> None:
        quote = "At a high level there is a load balancer, a service behind it and a database."
        sentence = {
            "id": "scaling",
            "text": "Say next time what would make you shard at all.",
            "quote": quote,
        }
        false = {**sentence, "quote": "I never said anything of this kind"}

        def writes(asked: Any) -> Any:  # noqa: ANN401 - any JSON
            if "transcript" in asked:
                return {
                    "claims": [{"id": "scaling", "verdict": "met", "quote": "never said"}],
                    "sentences": [sentence, false],
                }
            return {
                "question": "What made you choose that one database for the links?",
                "is_known": False,
                "answer": "",
            }

        with model_server(writes=writes) as server:
            document = self.run(setting, server.base_url)
        assert document["engines"]["llm"] == f"small at 127.0.0.1:{server.port}"
        used = document["language_model"]
        assert used["requests"] == len(server.requests) >= 2
        assert used["tokens"] >= 930 * used["requests"] - 930
        assert used["cost"] == pytest.approx(used["tokens"] / 1e6, abs=1e-4)
        assert used["prompts"] == {"follow_up": 1, "answer": 1, "opinion": 1}
        opinion = document["second_opinion"]
        assert [(item["text"], item["evidence"][0]["quote"]) for item in opinion["sentences"]] == [
            (sentence["text"], quote)
        ]
        assert sum(opinion["dropped"].values()) == 2
        shown = "\n".join(summary(document, CONTENT.rubric.checklist.doubt_below))
        assert sentence["text"] in shown
        assert "small at 127.0.0.1" in shown
        assert not setting.told

    def test_an_endpoint_that_fails_is_told_once_and_all_else_is_as_without(self, setting: Setting) -> None:
        with model_server(Fault.ERROR_500) as server:
            document = self.run(setting, server.base_url)
        (told,) = setting.told
        assert told.startswith("Language model small at 127.0.0.1")
        assert [item["role"] for item in document["engines"]["fell_back"]] == ["model"]
        assert "second_opinion" not in document
        assert document["feedback"]["spoken"]

    def test_a_proxy_that_cannot_be_used_costs_a_note(
        self, setting: Setting, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("ALL_PROXY", "socks9://127.0.0.1:9")
        document = self.run(setting, "https://api.example.invalid/v1")
        (told,) = setting.told
        assert told.startswith("Language model small at api.example.invalid: the proxy")
        assert document["engines"]["llm"] is None
        assert document["feedback"]["spoken"]

    def test_without_consent_nothing_is_sent_nor_told(self, setting: Setting) -> None:
        with model_server() as server:
            document = self.run(setting, server.base_url, with_model=False)
        assert not server.requests
        assert document["engines"]["llm"] is None
        assert "language_model" not in document
