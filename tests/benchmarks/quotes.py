"""Accuracy and speed of tracing excerpts to their article.

    python tests/benchmarks/quotes.py CORPUS [OTHER...]

Draws excerpts of one to three sentences from CORPUS (a folder or a dump), verbatim and with a tenth of
their words changed, and excerpts of OTHER corpora, which must not be found. Needs no embeddings.
"""

from __future__ import annotations

import random
import re
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bot.checking.excerpt_search import find_excerpt
from bot.checking.word_alignment import keys_of
from retrieval.article import Article, ArticleInfo
from retrieval.index.lexical_index import LexicalIndex
from retrieval.passage import Passage
from retrieval.reading.corpus import Corpus
from retrieval.splitting.passage_splitter import split
from retrieval.splitting.sentences import sentence_spans


class LexicalLibrary:
    """The part of a Library that quotes need: the passages of a corpus and their lexical index."""

    def __init__(self, corpus: Corpus, articles: Sequence[Article], folder: Path) -> None:
        self.corpus = corpus
        self.by_article = {article.info.id: split(article) for article in articles}
        self.by_id = {passage.id: passage for run in self.by_article.values() for passage in run}
        self.lexical = LexicalIndex.create(folder)
        self.lexical.add(self.by_id.values())
        self.lexical.commit()

    @contextmanager
    def index(self) -> Iterator[LexicalLibrary]:
        yield self

    def passages(self, ids: Sequence[str]) -> dict[str, Passage]:
        return {name: self.by_id[name] for name in ids}

    def articles(self) -> list[ArticleInfo]:
        return [run[0].article for run in self.by_article.values() if run]

    def article_passages(self, article_id: str) -> list[Passage]:
        return self.by_article[article_id]


def articles_of(corpus: Corpus) -> list[Article]:
    return [article for source in corpus.scan().files for article in corpus.read(source)]


def excerpts(articles: Sequence[Article], count: int, chance: random.Random) -> list[tuple[str, str]]:
    """(article id, one to three consecutive sentences), at least eight words each."""
    drawn: list[tuple[str, str]] = []
    while len(drawn) < count:
        article = chance.choice(articles)
        spans = sentence_spans(article.text)
        first = chance.randrange(len(spans))
        last = min(len(spans), first + chance.randint(1, 3)) - 1
        text = article.text[spans[first][0] : spans[last][1]]
        if len(text.split()) >= 8:
            drawn.append((article.info.id, text))
    return drawn


def with_changes(text: str, chance: random.Random, vocabulary: Sequence[str]) -> str:
    """The text with a tenth of its words, at least one, replaced, deleted or preceding an inserted word."""
    words = text.split()
    for position in chance.sample(range(len(words)), max(1, round(len(words) / 10))):
        other = chance.choice(vocabulary)
        words[position] = chance.choice([other, "", f"{words[position]} {other}"])
    return " ".join(words)


def is_right(library: LexicalLibrary, texts: dict[str, str], original: str, excerpt: str) -> bool:
    """True if the first match is in an article that contains the original excerpt."""
    matches = find_excerpt(cast(Any, library), excerpt)
    return bool(matches) and plain(original) in plain(texts[matches[0].article.id])


def plain(text: str) -> str:
    return f" {' '.join(keys_of(text))} "


def main(path: str, *others: str) -> None:
    chance = random.Random(2024)
    corpus = Corpus([Path(path)])
    articles = articles_of(corpus)
    with tempfile.TemporaryDirectory() as folder:
        library = LexicalLibrary(corpus, articles, Path(folder))
        print(f"{len(articles):,} articles, {len(library.by_id):,} passages")
        vocabulary = [word for article in articles[:50] for word in re.findall(r"\w+", article.text)]
        texts = {article.info.id: article.text for article in articles}
        drawn = excerpts(articles, 1000, chance)
        changed = [with_changes(text, chance, vocabulary) for _, text in drawn]
        for title, asked in (("verbatim", [text for _, text in drawn]), ("changed", changed)):
            seconds, good = [], 0
            for (name, original), text in zip(drawn, asked, strict=True):
                started = time.perf_counter()
                ok = is_right(library, texts, original, text)
                seconds.append(time.perf_counter() - started)
                good += ok
                if not ok and "-v" in sys.argv:
                    print("  missed", name, repr(text[:200]))
            seconds.sort()
            middle, p95 = seconds[len(seconds) // 2], seconds[int(len(seconds) * 0.95)]
            print(
                f"{title}: {good} of {len(asked)} right, "
                f"{middle * 1000:.1f} ms median, {p95 * 1000:.1f} ms p95"
            )
        for other in others:
            foreign = excerpts(articles_of(Corpus([Path(other)])), 500, chance)
            found = [
                (text, matches[0])
                for _, text in foreign
                if (matches := find_excerpt(cast(Any, library), text))
            ]
            print(f"of {other}: {len(found)} of {len(foreign)} found")
            for text, match in found[:5]:
                print("  ", round(match.similarity, 2), repr(text[:150]), "<-", repr(match.quote[:150]))


if __name__ == "__main__":
    main(*[argument for argument in sys.argv[1:] if argument != "-v"])
