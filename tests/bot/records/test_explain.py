"""An explanation lists what was read, what is cited, and which articles give another figure."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from click.testing import CliRunner
from fakes import FERRY, HARBOUR, SHELF, FakeAssistant, passages

from bot.answer import Answer, Citation, Contradiction
from bot.records.explain import (
    explain_answer,
    explanation_json,
    explanation_lines,
    independent_sources,
)
from bot.terminal.commands.cli import main
from retrieval.article import Article, ArticleInfo
from retrieval.hit import Hit

OTHER = Article(
    ArticleInfo("other.txt", "other.txt", "What the boat cost", "The Quay", published="2022-06-02"),
    "The electric boat of the ferry line cost 2.9 million crowns, its captain Jon Aske now says.\n",
)


def hits(*articles: Article) -> tuple[Hit, ...]:
    found = [passage for article in articles for passage in passages(article)]
    return tuple(Hit(passage, 1 / rank, dense=rank, lexical=None) for rank, passage in enumerate(found, 1))


def answer(read: tuple[Hit, ...], quote: str, *cited: Article) -> Answer:
    citations = tuple(cite(number, article, quote) for number, article in enumerate(cited, 1))
    return Answer("How much?", "How much?", "answered", citations=citations, read=read, complete=True)


def cite(number: int, article: Article, quote: str) -> Citation:
    start = article.text.index(quote)
    end = start + len(quote)
    return Citation(number, article.info, quote, start, end, 5, None, start, end)


COST = "The boat cost 3.2 million crowns, said captain Jon Aske."


def test_the_passages_read_and_cited_are_listed() -> None:
    """Each passage that was read is listed with its ranks and the numbers of its citations."""
    read = hits(FERRY, HARBOUR)
    explanation = explain_answer(answer(read, COST, FERRY), FakeAssistant(SHELF).library.status())
    cited = [passage.cited for passage in explanation.read]
    assert len(cited) == len(read)
    assert cited.count((1,)) == 1
    row = explanation_json(explanation)
    assert row["read"][0]["ranks"] == {"dense": 1, "lexical": None}
    assert row["articles_searched"] == 3
    assert "cited 1 independent source." in explanation_lines(explanation)[0]


def test_articles_that_contradict_the_answer_are_shown() -> None:
    """Each is listed with the citation that it differs from; other contradictions are not."""
    plain = answer(hits(FERRY, OTHER), COST, FERRY)
    status = FakeAssistant(SHELF).library.status()
    assert explain_answer(plain, status).differing == ()
    other = cite(2, OTHER, OTHER.text.strip())
    contradictions = (
        Contradiction("quote", "The articles' own words differ", (2,)),
        Contradiction("articles", "Articles differ", (1, 2)),
    )
    contradicted = replace(plain, citations=(*plain.citations, other), contradictions=contradictions)
    explanation = explain_answer(contradicted, status)
    assert explanation.differing == ((1, other),)
    (row,) = explanation_json(explanation)["dissenting"]
    assert (row["citation"], row["article"]["id"], row["text"]) == (1, "other.txt", other.quote)
    assert any("2.9 million" in line for line in explanation_lines(explanation))


def test_reprints_count_once() -> None:
    """Two cited articles with the same text are one independent source."""
    reprint = replace(FERRY.info, id="reprint.md", path="reprint.md")
    read = (*hits(HARBOUR), Hit(passages(FERRY)[0], 1.0, also_in=(reprint,)))
    both_cited = answer(read, COST, FERRY, Article(reprint, FERRY.text))
    assert independent_sources(both_cited) == 1
    assert independent_sources(replace(both_cited, read=())) == 2


def test_copies_count_for_the_whole_article() -> None:
    """A copy of its first passage is a copy of the article; earlier versions are labelled as such."""
    reprint = replace(FERRY.info, id="reprint.md", path="reprint.md")
    first, *rest = (Hit(passage, 1.0) for passage in passages(FERRY))
    copied = replace(first, also_in=(reprint,), earlier=frozenset({"reprint.md"}))
    both_cited = answer((copied, first, *rest), COST, FERRY, Article(reprint, FERRY.text))
    assert independent_sources(both_cited) == 1
    explanation = explain_answer(both_cited, FakeAssistant(SHELF).library.status())
    assert any("earlier version: " in line for line in explanation_lines(explanation))


def test_the_command_line_explains(tmp_path: Path) -> None:
    """`ask --explain` prints the explanation below the answer, and in JSON under the key "ledger"."""
    assistant = FakeAssistant(folder=tmp_path / "index")
    arguments = ["ask", "--no-sync", "--explain", "How much did the boat cost?"]
    result = CliRunner().invoke(main, arguments, obj=lambda settings: assistant)
    assert "Searched 3 articles" in result.stdout
    result = CliRunner().invoke(main, [*arguments, "--json"], obj=lambda settings: assistant)
    assert json.loads(result.stdout)["ledger"]["generation"] == 1
