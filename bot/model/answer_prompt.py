"""Prepares the request for an answer: what the model reads, how it can look for more, how it is read."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Literal

from bot.localization import localized, localized_count
from bot.looks.look_tools import TOOLS
from bot.model.model_requests import ModelRequests, Prepared
from bot.model.model_stream import LookRequest, Phase, drafts
from bot.prompting.cited_documents import IN_DOCUMENTS, cited_documents
from bot.prompting.conversation_prompt import conversation
from bot.prompting.passage_prompt import numbered_passages
from bot.prompting.token_count import count_tokens
from bot.reply.answer_parser import Draft
from bot.reply.native_citations import CitedReply
from bot.reply.prompt_echoes import PromptInstructions

if TYPE_CHECKING:
    from bot.model.retry_policy import PromptFit
    from bot.model.usage_meter import UsageMeter
    from bot.prompting.answer_request import AnswerRequest
    from retrieval.article import ArticleInfo

Item = Draft | Phase | LookRequest
Offer = Literal["tools", "lines", "nothing"]

_CONVERSATION_SHARE = 0.25  # of the token budget
# Budgets of passages from which a model can look for more: the tools need some 400 tokens, the line 100.
_MIN_BUDGET_FOR_TOOLS = 2500
_MIN_BUDGET_FOR_LINES = 1000
_HOW = {
    "tools": "call search, read or list, several at once if parts are missing.",
    "lines": "write nothing but one line for each missing part, which begins with SEARCH: and goes on with "
    "the words to look for, as in SEARCH: ferry fares | publisher The Quay | since 2022-05",
}


def prepare_answer(
    request: AnswerRequest, requests: ModelRequests, meter: UsageMeter, fit: PromptFit
) -> Prepared[Item]:
    """The request for what the model accepts, with as much to read as fits its budget."""
    said = conversation(request.turns, int(fit.budget * _CONVERSATION_SHARE))
    numbered = numbered_passages(request.steps, fit.budget - count_tokens(said))
    articles = [hit.passage.article for hit in request.hits]
    # The documents of later steps would have other numbers than their hits.
    has_documents = requests.cites_documents(fit) and len(request.steps) == 1
    documents = request.hits[: len(numbered.shown)] if has_documents else ()
    offer = _offer(request, fit)
    prompt, look = requests.prompts["answer"], requests.prompts["look"]
    looked_up = look.human.format(how="", left="", looks="\n".join(request.looked_up))
    blocks = [
        IN_DOCUMENTS if has_documents else numbered.text,
        looked_up if request.looked_up else "",
        f"<conversation>\n{said}\n</conversation>" if said else "",
    ]
    tail = ""
    if offer != "nothing":
        left = "once more" if request.looks_left == 1 else f"up to {request.looks_left} times"
        tail = "\n\n" + look.system.format(how=_HOW[offer], left=left, looks="")
    variables = {
        "passages": "\n\n".join(filter(None, blocks)),
        "question": request.question,
        "today": f"{request.as_of} ({request.as_of:%A})",
    }
    read = partial(
        drafts,
        titles=[info.title for info in articles],
        names=[info.publisher or info.title for info in articles],
        instructions=PromptInstructions.of(f"{prompt.system} {prompt.human} {tail}", numbered.text + said),
        reading=requests.reading("answer", variables | {"passages": f"{numbered.text}\n{said}"}, meter),
        opening=Phase(_reading([articles[index] for index in numbered.shown])),
        cited=CitedReply(documents) if documents else None,
        passages=numbered.text if offer != "nothing" else None,
    )
    tools = TOOLS if offer == "tools" else ()
    return Prepared(
        variables,
        lambda messages: _only_shown(read(messages), numbered.shown),
        cited_documents(documents),
        tools,
        tail,
    )


def _offer(request: AnswerRequest, fit: PromptFit) -> Offer:
    """How the model can ask for more; a small context window has no room for it."""
    if not request.looks_left or fit.budget < _MIN_BUDGET_FOR_LINES:
        return "nothing"
    return "tools" if fit.tools and fit.budget >= _MIN_BUDGET_FOR_TOOLS else "lines"


async def _only_shown(items: AsyncGenerator[Item], shown: frozenset[int]) -> AsyncGenerator[Item]:
    """The items without citations of passages that did not fit the prompt."""
    async with aclosing(items):
        async for item in items:
            if isinstance(item, Draft):
                yield _without_hidden(item, shown)
            else:
                yield replace(item, shown=shown) if isinstance(item, LookRequest) else item


def _without_hidden(draft: Draft, shown: frozenset[int]) -> Draft:
    if all(shown.issuperset(sentence.hits) for sentence in draft.sentences):
        return draft
    kept = [tuple(index for index in sentence.hits if index in shown) for sentence in draft.sentences]
    sentences = [replace(sentence, hits=hits) for sentence, hits in zip(draft.sentences, kept, strict=True)]
    return replace(draft, sentences=tuple(sentences))


def _reading(articles: Sequence[ArticleInfo]) -> str:
    """What the model does before it writes; *articles* are those of its passages."""
    count = len({info.id for info in articles})
    return localized(
        "Reading {passages} of {articles}…",
        passages=localized_count("{count} passage", "{count} passages", len(articles)),
        articles=localized_count("{count} article", "{count} articles", count),
    )
