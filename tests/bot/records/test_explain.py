"""The ledger says what was read, what is cited, and who gives another figure."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from fakes import FERRY, HARBOUR, SHELF, FakeAssistant, passages

from bot.answer import Answer, Citation
from bot.records.explain import (
    differing_figures,
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
    citations = tuple(
        Citation(
            n, each.info, quote, at := each.text.index(quote), at + len(quote), 5, None, at, at + len(quote)
        )
        for n, each in enumerate(cited, 1)
    )
    return Answer("How much?", "How much?", "answered", citations=citations, read=read, complete=True)


COST = "The boat cost 3.2 million crowns, said captain Jon Aske."


def test_what_was_read_and_what_is_cited() -> None:
    """Each passage read stands in the ledger with its ranks and the numbers that quote it."""
    read = hits(FERRY, HARBOUR)
    ledger = explain_answer(answer(read, COST, FERRY), FakeAssistant(SHELF).library.status())
    cited = [entry.cited for entry in ledger.entries]
    assert len(cited) == len(read)
    assert cited.count((1,)) == 1
    shown = explanation_json(ledger)
    assert shown["read"][0]["ranks"] == {"dense": 1, "lexical": None}
    assert shown["articles_searched"] == 3
    assert "cited 1 independent source." in explanation_lines(ledger)[0]


def test_a_differing_figure_is_shown_with_its_article() -> None:
    """The same matter with another figure in another article is a dissent; in the same one it is not."""
    made = answer(hits(FERRY, OTHER), COST, FERRY)
    ledger = explain_answer(made, FakeAssistant(SHELF).library.status())
    assert [(each.number, each.article.id) for each in ledger.dissents] == [(1, "other.txt")]
    assert any("2.9 million" in line for line in explanation_lines(ledger))
    assert (
        explain_answer(answer(hits(FERRY), COST, FERRY), FakeAssistant(SHELF).library.status()).dissents == ()
    )


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        ("The fine is 40 million crowns.", "The boats cost 35 million crowns.", False),
        ("The court fined the old paper mill 40 crowns.", "The court fined the paper mill 40 crowns.", False),
        ("The court fined the old paper mill 40 crowns.", "The court fined the paper mill 45 crowns.", True),
        (
            "The court fined the old paper mill 40 crowns.",
            "The court fined the paper mill 40,000 crowns.",
            False,
        ),
        (
            "The court fined the old paper mill 40 crowns.",
            "The court fined the paper mill in 45 days.",
            False,
        ),
        ("The court fined the old paper mill $40.", "The court fined the paper mill 45 dollars.", True),
    ],
)
def test_only_like_figures_of_like_matters_differ(one: str, other: str, differ: bool) -> None:
    """Too few shared words, equal figures, other units and other magnitudes are no dissent."""
    assert differing_figures(one, other) is differ


def test_reprints_count_once() -> None:
    """Two cited articles that hold the same text are one independent source."""
    reprint = replace(FERRY.info, id="reprint.md", path="reprint.md")
    read = (*hits(HARBOUR), Hit(passages(FERRY)[0], 1.0, also_in=(reprint,)))
    made = answer(read, COST, FERRY, Article(reprint, FERRY.text))
    assert independent_sources(made) == 1
    assert independent_sources(replace(made, read=())) == 2


def test_every_passage_of_an_article_tells_of_its_copies() -> None:
    """A copy that only the first passage is in counts as one with the article; versions are named as such."""
    reprint = replace(FERRY.info, id="reprint.md", path="reprint.md")
    first, *rest = (Hit(passage, 1.0) for passage in passages(FERRY))
    copied = replace(first, also_in=(reprint,), earlier=frozenset({"reprint.md"}))
    made = answer((copied, first, *rest), COST, FERRY, Article(reprint, FERRY.text))
    assert independent_sources(made) == 1
    assert any(
        "earlier version: " in line
        for line in explanation_lines(explain_answer(made, FakeAssistant(SHELF).library.status()))
    )


def test_the_command_line_explains(tmp_path: Path) -> None:
    """`ask --explain` adds the ledger below the answer, and to JSON under its own key."""
    assistant = FakeAssistant(folder=tmp_path / "index")
    asked = ["ask", "--no-sync", "--explain", "How much did the boat cost?"]
    result = CliRunner().invoke(main, asked, obj=lambda settings: assistant)
    assert "Searched 3 articles" in result.stdout
    result = CliRunner().invoke(main, [*asked, "--json"], obj=lambda settings: assistant)
    assert json.loads(result.stdout)["ledger"]["generation"] == 1
