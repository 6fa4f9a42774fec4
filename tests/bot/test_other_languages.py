"""German, Spanish and Chinese articles answer questions in their language, alone and in one corpus, without a
key: the articles and questions in tests/data/languages."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from repository import ROOT

from bot.answer import Answer
from bot.assistant import Assistant
from bot.build import make_assistant
from bot.settings import Settings

DATA = ROOT / "tests" / "data" / "languages"
LANGUAGES = ("de", "es", "zh")


@dataclass(frozen=True)
class Case:
    question: str
    article: str
    answer: str


def cases(language: str) -> list[Case]:
    rows = (DATA / f"{language}.tsv").read_text(encoding="utf-8").splitlines()
    return [
        Case(question, f"{language}/{name}", answer)
        for question, name, answer in (r.split("\t") for r in rows)
    ]


def unanswerable(language: str) -> list[str]:
    rows = (DATA / "unanswerable.tsv").read_text(encoding="utf-8").splitlines()
    return [question for code, question in (row.split("\t") for row in rows) if code == language]


def write_articles(folder: Path, language: str) -> None:
    (folder / language).mkdir(parents=True)
    for part in (DATA / f"{language}.txt").read_text(encoding="utf-8").split("=====\n"):
        name, _, text = part.partition("\n")
        (folder / language / name).write_text(text, encoding="utf-8")


@pytest.fixture(scope="module", params=[*LANGUAGES, "mixed"])
def corpus(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[tuple[str, ...], Assistant]]:
    """The languages of a corpus, and its assistant."""
    languages = LANGUAGES if request.param == "mixed" else (request.param,)
    folder = tmp_path_factory.mktemp(request.param)
    for language in languages:
        write_articles(folder / "articles", language)
    cache = tmp_path_factory.getbasetemp() / "languages-cache"
    settings = Settings(
        corpus=(folder / "articles",), index=folder / "index", state=folder / "state", cache=cache
    )
    assistant = make_assistant(settings)
    assistant.library.sync()
    yield languages, assistant
    assistant.library.close()


def ask(assistant: Assistant, question: str) -> Answer:
    async def last() -> Answer:
        *_, answer = [answer async for answer in assistant.ask(question)]
        return answer

    return asyncio.run(last())


def test_the_right_article_comes_first(corpus: tuple[tuple[str, ...], Assistant]) -> None:
    """For at least nine of ten questions in each language."""
    languages, assistant = corpus
    for language in languages:
        right = [
            assistant.library.search(case.question)[0].passage.article.id == case.article
            for case in cases(language)
        ]
        assert len(right) == 10
        assert sum(right) >= 9, language


def test_answers_quote_the_right_article(corpus: tuple[tuple[str, ...], Assistant]) -> None:
    """At least eight of ten have the answer in a quote; none is first of all from another article. Typos are
    not corrected into words of another form."""
    languages, assistant = corpus
    for language in languages:
        answers = [(case, ask(assistant, case.question)) for case in cases(language)]
        with_answer = [
            case for case, found in answers if any(case.answer in c.quote for c in found.citations)
        ]
        wrong = [
            case.question
            for case, found in answers
            if found.status == "answered" and found.citations[0].article.id != case.article
        ]
        assert wrong == []
        assert len(with_answer) >= 8, language
        assert [found.notice for _, found in answers if found.notice] == []


def test_what_no_article_says_is_refused(corpus: tuple[tuple[str, ...], Assistant]) -> None:
    """Although the default embeddings find any two Chinese texts similar."""
    languages, assistant = corpus
    for language in languages:
        asked = unanswerable(language)
        assert len(asked) == 5
        assert [question for question in asked if ask(assistant, question).status == "answered"] == []
