"""A small working Assistant: three articles in memory, answers by word overlap, streamed by sentence."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from bot.answer import Answer, Citation, Sentence, Usage
from bot.assistant import Assistant
from bot.question.checked_question import checked_question
from bot.question.conversation import Turn
from retrieval.article import Article, ArticleInfo
from retrieval.errors import RetrievalError
from retrieval.hit import Filters, Hit
from retrieval.index.current_generation import Current
from retrieval.index.generation_state import IndexStatus, index_status
from retrieval.library import Library
from retrieval.passage import Passage
from retrieval.reading.corpus import Corpus
from retrieval.sync.sync_index import SyncReport
from retrieval.sync.sync_progress import Progress

if TYPE_CHECKING:
    from retrieval.models.embeddings import FootnoteEmbeddings

HARBOUR = Article(
    ArticleInfo(
        id="harbour.txt",
        path="harbour.txt",
        title="Harbour town bans delivery drones",
        publisher="The Quay",
        author="Ines Marlow",
        published="2022-03-04",
    ),
    "Harbour town bans delivery drones\n\n"
    "The council of Larkhaven banned delivery drones on Friday. Seven of nine members voted for the ban.\n\n"
    "Mayor Odile Brandt said that gulls had attacked 14 drones since January. The ban starts in May.\n",
)
FERRY = Article(
    ArticleInfo(
        id="ferry.md",
        path="ferry.md",
        title="Ferry line tests an electric boat",
        publisher="Northern Ledger",
        published="2022-05-11",
        url="https://ledger.example/ferry",
    ),
    "# Ferry line tests an electric boat\n\n"
    "The ferry line tests an electric boat between Larkhaven and Tern Island. It carries 120 passengers.\n\n"
    "The boat cost 3.2 million crowns, said captain Jon Aske.\n",
)
HOSTILE = Article(
    ArticleInfo(
        id="hostile.txt", path="hostile.txt", title="A \x1b[31mred\x1b[0m title", published="2022-06-01"
    ),
    "The printer \x1b]0;owned\x07shows \u202edesrever\u202c letters \x9b2J and bells \x07 in its manual.\n",
)

NO_FOLDER = Path("no-index")  # an index that writes nothing to disk
SHELF = (HARBOUR, FERRY, HOSTILE)
STOP_WORDS = set("the a of on in and to is was did how who what many much".split())
SENTENCE = re.compile(r"\S[^.]*(\.\d[^.]*)*\.?")


def words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold())) - STOP_WORDS


def _no_embeddings() -> FootnoteEmbeddings:
    raise AssertionError("the fake library embeds nothing")


def passages(article: Article) -> list[Passage]:
    """One passage per line that is not a heading, with its sentences."""
    found = []
    for match in re.finditer(r"[^\n#][^\n]*", article.text):
        text = match.group().strip()
        start = article.text.index(text, match.start())
        spans = [(start + sentence.start(), start + sentence.end()) for sentence in SENTENCE.finditer(text)]
        line = article.text.count("\n", 0, start) + 1
        found.append(Passage(article.info, text, start, start + len(text), line, None, tuple(spans)))
    return found


class Shelf(Corpus):
    """A corpus of articles in memory; tests can change ``articles``."""

    def __init__(self, articles: Sequence[Article]) -> None:
        super().__init__([])
        self.articles = list(articles)

    def find(self, article: ArticleInfo) -> Article | None:
        return next((found for found in self.articles if found.info.id == article.id), None)


class FakeLibrary(Library):
    """Searches by word overlap, without an index. A sync reports the articles added since the last."""

    def __init__(self, articles: Sequence[Article], folder: Path) -> None:
        self.shelf = Shelf(articles)
        super().__init__(self.shelf, folder, embeddings=_no_embeddings, fingerprint=lambda: "fake")
        self.warmed = False
        self.synced = 0  # number of articles at the last sync
        self.sync_error: RetrievalError | None = None  # raised by sync

    def changes(self, stop: threading.Event) -> Iterator[None]:
        while not stop.wait(0.02):
            yield

    def articles(self) -> list[ArticleInfo]:
        return [article.info for article in self.shelf.articles]

    def article(self, article_id: str) -> Article | None:
        return next((article for article in self.shelf.articles if article.info.id == article_id), None)

    def search(
        self, question: str, limit: int = 10, filters: Filters | None = None, as_of: date | None = None
    ) -> list[Hit]:
        query = words(question)
        scored = [
            (len(query & words(passage.text)) / (len(query) or 1), passage)
            for article in self.shelf.articles
            if (filters or Filters()).accept(article.info)
            for passage in passages(article)
        ]
        scored.sort(key=lambda pair: -pair[0])
        return [
            Hit(passage, score, rank, rank, score) for rank, (score, passage) in enumerate(scored[:limit], 1)
        ]

    def status(self, filters: Filters | None = None) -> IndexStatus:
        infos = [info for info in self.articles() if (filters or Filters()).accept(info)]
        texts = sum(len(passages(article)) for article in self.shelf.articles if article.info in infos)
        return index_status(Current(1, "fake", "2022-07-01T09:00:00Z"), infos, texts, ())

    def sync(
        self,
        *,
        rebuild: bool = False,
        dry_run: bool = False,
        allow_empty: bool = False,
        progress: Callable[[Progress], None] | None = None,
        stop: Callable[[], bool] | None = None,
        wait_seconds: float = 60,
        distrust: frozenset[str] = frozenset(),
    ) -> SyncReport:
        if self.sync_error is not None:
            raise self.sync_error
        count = len(self.shelf.articles)
        if progress is not None:
            for done in range(count + 1):
                progress(Progress("embedding", done, count, None))
        if self.folder is not NO_FOLDER:
            self.folder.mkdir(exist_ok=True, parents=True)
            (self.folder / "index").touch()
        new, self.synced = count - self.synced, count
        return SyncReport(
            generation=1,
            added=new,
            changed=0,
            moved=0,
            deleted=0,
            unchanged=count - new,
            passages=self.status().passages,
            embedded=new,
            failed=(),
            unknown=(),
            seconds=0.1,
            dry_run=dry_run,
        )

    def warm(self) -> None:
        self.warmed = True

    def close(self) -> None:
        pass


class FakeAssistant(Assistant):
    """An Assistant on a FakeLibrary (``fake``); waits *pause* seconds before each streamed sentence."""

    def __init__(
        self, articles: Sequence[Article] = SHELF, *, folder: Path | None = None, pause: float = 0.0
    ) -> None:
        self.fake = FakeLibrary(articles, folder or NO_FOLDER)
        super().__init__(self.fake)
        self.pause = pause

    async def ask(
        self,
        question: str,
        *,
        conversation: str = "",
        filters: Filters | None = None,
        as_of: date | None = None,
        history: Sequence[Turn] | None = None,
    ) -> AsyncIterator[Answer]:
        question = checked_question(question)
        answer = Answer(question, question, "answered", id=f"answer-{len(question)}")
        hits = self.library.search(question, 3, filters, as_of)
        if not hits or hits[0].score < 0.3:
            reason = "no passage is near the question"
            yield replace(answer, status="not_found", reason=reason, nearest=tuple(hits), complete=True)
            return
        async for draft in self._stream(answer, hits[0].passage):
            answer = draft
            yield answer
        self.spent.add(Usage(100, 20))
        self._conversations.add(conversation, Turn(question, answer.text, question))
        yield replace(answer, confidence=hits[0].score, complete=True)

    async def _stream(self, answer: Answer, passage: Passage) -> AsyncIterator[Answer]:
        for number, (start, end) in enumerate(passage.sentences, 1):
            await asyncio.sleep(self.pause)
            quote = passage.text[start - passage.start : end - passage.start]
            span = (start, end, passage.line, None, passage.start, passage.end)
            lead = " " if number > 1 else ""
            answer = replace(
                answer,
                sentences=(*answer.sentences, Sentence(quote, (number,), "supported", lead)),
                citations=(*answer.citations, Citation(number, passage.article, quote, *span)),
            )
            yield answer

    async def search(
        self, question: str, limit: int = 10, filters: Filters | None = None, as_of: date | None = None
    ) -> list[Hit]:
        return self.library.search(question, limit, filters, as_of)

    def warm(self) -> None:
        self.library.warm()
