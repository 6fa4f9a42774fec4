"""Extractive answers from a few articles, found by hashed words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from two_articles import BagOfWords

from bot.answer import Answer
from bot.extractive.extract import extract
from bot.question.question_profile import WordCounts
from retrieval.article import Article
from retrieval.hit import Hit
from retrieval.passage import Passage
from retrieval.splitting.passage_splitter import split
from retrieval.text_analysis import content_stems


def ask(question: str, *articles: Article) -> Answer:
    passages: dict[str, Sequence[Passage]] = {article.info.id: split(article) for article in articles}
    found = [
        Hit(passage, float(cosine), 1, 1, float(cosine))
        for own in passages.values()
        for passage in own
        for cosine in [similarity(question, passage.text)]
    ]
    texts = [content_stems(article.text) for article in articles]
    counts = WordCounts(lambda stem: sum(stem in text for text in texts), len(texts))
    found.sort(key=lambda hit: -hit.score)
    return extract(
        question,
        found,
        BagOfWords(),  # type: ignore[arg-type]
        counts,
        date(2022, 6, 1),
        passages_of=passages.__getitem__,
    )


def similarity(one: str, other: str) -> float:
    matrix = BagOfWords().embed_matrix([one, other])
    return float(matrix[0] @ matrix[1])
