"""What we send is what OpenAI describes, in its published description and in the types of its package."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from chain_world import DAY, HITS, chain, drafts
from jsonschema import Draft202012Validator
from openai_stand_in import OpenAIStandIn, Request
from repository import SHARED

from bot.model.chat_model import build
from bot.model.retry_policy import PromptFit
from bot.model.usage_meter import UsageMeter
from bot.prompting.passage_prompt import CheckedSentence
from bot.question.conversation import Turn
from bot.settings import Settings

SENTENCES = [CheckedSentence("The council banned drones.", (0,)), CheckedSentence("It cost nothing.")]
SPEC = SHARED / "specs" / "openai-openapi.json"


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    if not SPEC.exists():
        pytest.skip("OpenAI's description is not at ../shared/specs/openai-openapi.json")
    described: dict[str, Any] = json.loads(SPEC.read_text(encoding="utf-8"))
    _mend(described)
    return described


@pytest.fixture
async def requests() -> list[Request]:
    """The requests of an answer, a follow-up, an answer with a temperature, and checks of two models."""
    with OpenAIStandIn() as server:
        server.answer_all("The council banned drones. [1]")
        asked = chain(server)
        await drafts(asked)
        turns = [Turn("Who?", "The council. [1]", "Who banned drones?")]
        await asked.standalone("And then?", turns, DAY, UsageMeter())
        await drafts(chain(server, temperature=0.2))
        for model in ("stand-in", "gpt-5.4-mini"):
            checking = chain(server, chat_model=model)
            await checking.check("Who banned drones?", HITS, SENTENCES, UsageMeter())
        return server.requests


async def test_requests_fit_openais_description(described: dict[str, Any], requests: list[Request]) -> None:
    """Every body is valid, and has no property that is not described."""
    schema = "CreateChatCompletionRequest"
    known = _properties(described, schema)
    for request in requests:
        assert errors(described, schema, request.body) == []
        assert set(request.body) <= known
        assert errors(described, schema, {**request.body, "messages": []}), "the check is no check"
    assert [request.is_check for request in requests] == [False, False, False, True, True]
    assert {request.body["max_tokens"] for request in requests} == {4096}


def test_openai_itself_gets_the_newer_name_of_the_limit(described: dict[str, Any]) -> None:
    """Its reasoning models reject "max_tokens", which other servers know."""
    given: dict[str, Any] = {"OPENAI_API_KEY": "sk-test"}
    model: Any = build(Settings(**given), "gpt-5.4-mini", PromptFit(answer_tokens=500))
    body = model._get_request_payload([("human", "Who?")])
    assert body["max_completion_tokens"] == 500
    assert errors(described, "CreateChatCompletionRequest", body) == []
    assert set(body) <= _properties(described, "CreateChatCompletionRequest")


@pytest.mark.parametrize(
    ("message", "limit"),
    [
        ("Unsupported parameter: 'max_tokens' is not supported with this model.", None),
        ("'max_tokens' is too large: 4096. This model's maximum context length is 4096 tokens.", 1024),
        ("maximum context length is 4096 tokens. You requested 6000 (1904 in the messages, 4096 in the "
         "completion).", 1024),
    ],
)  # fmt: skip
async def test_a_rejected_limit_is_lowered_or_left_out(message: str, limit: int | None) -> None:
    """One more request, with the same passages."""
    with OpenAIStandIn() as server:
        server.fail(400, "invalid_request_error", message)
        server.say("The council banned drones. [1]")
        assert (await drafts(chain(server)))[-1].complete
        first, second = server.requests
        assert (first.body["max_tokens"], second.body.get("max_tokens")) == (4096, limit)
        assert first.prompt == second.prompt


async def test_a_check_has_a_schema_where_the_model_follows_one(
    described: dict[str, Any], requests: list[Request]
) -> None:
    """It is a valid JSON schema, within what OpenAI's strict mode accepts."""
    lines, structured = (request.body for request in requests if request.is_check)
    assert "response_format" not in lines
    form = structured["response_format"]
    assert errors(described, "ResponseFormatJsonSchema", form) == []
    assert form["json_schema"]["strict"] is True
    schema = form["json_schema"]["schema"]
    Draft202012Validator.check_schema(schema)
    assert not list(_loose(schema))
    assert lines["messages"] == structured["messages"]


def _loose(schema: Any) -> Iterator[str]:
    """Objects that are not closed, or have optional properties, which strict mode rejects."""
    if isinstance(schema, dict):
        if schema.get("type") == "object" and (
            schema.get("additionalProperties") is not False
            or set(schema["required"]) != set(schema["properties"])
        ):
            yield str(schema)
        for value in schema.values():
            yield from _loose(value)


async def test_a_server_that_rejects_the_schema_is_asked_without_it(described: dict[str, Any]) -> None:
    """Within the same check, and not again; also if several parts of an answer are rejected at once."""
    with OpenAIStandIn() as server:
        checking = chain(server, chat_model="gpt-5.4-mini", retries=0)
        server.fail_check(400, "invalid_request_error", "Unsupported parameter: 'response_format'")
        server.fail_check(400, "invalid_request_error", "Unsupported parameter: 'response_format'")
        many = [CheckedSentence(f"Gulls attacked {number} drones.") for number in range(20)]
        meter = UsageMeter()
        verdicts = await checking.check("How many?", HITS, many, meter)
        assert [verdict.finding for _, verdict in sorted(verdicts.items())] == ["supported"] * 20
        assert meter.total.output_tokens > 0
        formats = ["response_format" in request.body for request in server.checks]
        assert formats == [True, True, False, False]
        await checking.check("How many?", HITS, SENTENCES, meter)
        assert "response_format" not in server.checks[-1].body
        assert errors(described, "CreateChatCompletionRequest", server.checks[-1].body) == []
        await drafts(checking)


async def test_usage_is_counted_once_with_a_schema() -> None:
    """The client reads a structured reply in another way, which must not double or lose its tokens."""
    with OpenAIStandIn() as server:
        usages = []
        for model in ("stand-in", "gpt-5.4-mini"):
            meter = UsageMeter()
            await chain(server, chat_model=model).check("Who?", HITS, SENTENCES, meter)
            usages.append(meter.total)
        assert usages[0] == usages[1]
        assert usages[0].input_tokens == len(server.checks[0].prompt) // 4


async def test_requests_fit_the_types_of_the_package(requests: list[Request]) -> None:
    """Each property is one of the installed package's, with a value of its type."""
    from openai.types.chat.completion_create_params import CompletionCreateParamsStreaming
    from pydantic import ConfigDict, TypeAdapter, with_config

    strict = with_config(ConfigDict(extra="forbid"))(CompletionCreateParamsStreaming)
    for request in requests:
        TypeAdapter(strict).validate_python(request.body)
        assert set(request.body) <= set(CompletionCreateParamsStreaming.__annotations__) | set(
            _inherited(CompletionCreateParamsStreaming)
        )


async def test_the_stand_in_speaks_as_described(described: dict[str, Any]) -> None:
    """The server of these tests streams what the description says that OpenAI streams."""
    import openai

    with OpenAIStandIn() as server:
        client = openai.AsyncOpenAI(base_url=server.base_url, api_key="none", max_retries=0)
        stream = await client.chat.completions.create(
            model="gpt-5.4-mini",
            messages=[{"role": "user", "content": "Hello"}],
            stream=True,
            stream_options={"include_usage": True},
        )
        chunks = [chunk.model_dump(mode="json", exclude_unset=True) async for chunk in stream]
        vectors = await client.embeddings.create(model="text-embedding-3-small", input=["a", "b"])
        whole = await client.chat.completions.create(
            model="gpt-5.4-mini", messages=[{"role": "user", "content": "Hello"}]
        )
        await client.close()
    assert len(chunks) > 3
    for chunk in chunks:
        assert errors(described, "CreateChatCompletionStreamResponse", chunk) == []
    embedded = vectors.model_dump(mode="json", exclude_unset=True)
    assert errors(described, "CreateEmbeddingResponse", embedded) == []
    answered = whole.model_dump(mode="json", exclude_unset=True)
    assert errors(described, "CreateChatCompletionResponse", answered) == []


def errors(described: dict[str, Any], schema: str, body: object) -> list[str]:
    root = {"$ref": f"#/components/schemas/{schema}", "components": described["components"]}
    return [
        f"{error.json_path}: {error.message[:200]}" for error in Draft202012Validator(root).iter_errors(body)
    ]


def _mend(node: object) -> None:
    """Say `nullable`, which OpenAI's description still uses, in the way of JSON Schema."""
    if isinstance(node, dict):
        if node.get("nullable") is True and isinstance(node.get("type"), str):
            node["type"] = [node["type"], "null"]
            if "enum" in node:
                node["enum"] = [*node["enum"], None]
        elif node.get("nullable") is True and "$ref" in node:
            node["anyOf"] = [{"$ref": node.pop("$ref")}, {"type": "null"}]
        for value in list(node.values()):
            _mend(value)
    elif isinstance(node, list):
        for value in node:
            _mend(value)


def _properties(described: dict[str, Any], schema: str) -> set[str]:
    return set(_walk(described, {"$ref": f"#/components/schemas/{schema}"}))


def _walk(described: dict[str, Any], node: dict[str, Any]) -> Iterator[str]:
    if "$ref" in node:
        node = described["components"]["schemas"][node["$ref"].rsplit("/", 1)[1]]
    yield from node.get("properties", {})
    for part in node.get("allOf", []):
        yield from _walk(described, part)


def _inherited(typed: Any) -> set[str]:
    return set(typed.__required_keys__) | set(typed.__optional_keys__)
