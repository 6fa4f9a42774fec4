"""A small Assistant that works: three articles in memory, answers by shared words, streamed by sentences."""

from __future__ import annotations

import asyncio
import re
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from bot.answer import Answer, Citation, Sentence, Usage
from bot.assistant import Assistant, checked_question
from bot.question.conversation import Turn
from retrieval.article import Article, ArticleInfo
from retrieval.errors import RetrievalError
from retrieval.hit import Filters, Hit
from retrieval.index.index_reader import IndexStatus
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


NO_FOLDER = Path("no-index")  # an index that leaves nothing on the disk
SHELF = (HARBOUR, FERRY, HOSTILE)
COMMON = set("the a of on in and to is was did how who what many much".split())
SENTENCE = re.compile(r"\S[^.]*(\.\d[^.]*)*\.?")


def words(text: str) -> set[str]:
    common = {
        "the",
        "a",
        "of",
        "on",
        "in",
        "and",
        "to",
        "is",
        "was",
        "did",
        "how",
        "who",
        "what",
        "many",
        "much",
    }
    return set(re.findall(r"\w+", text.casefold())) - common


def _no_embeddings() -> FootnoteEmbeddings:
    raise AssertionError("the fake library embeds nothing")


def passages(article: Article) -> list[Passage]:
    found = []
    for match in re.finditer(r"[^\n#][^\n]*", article.text):
        text = match.group().strip()
        start = article.text.index(text, match.start())
        spans = [
            (start + each.start(), start + each.end())
            for each in re.finditer(r"\S[^.]*(\.\d[^.]*)*\.?", text)
        ]
        line = article.text.count("\n", 0, start) + 1
        found.append(Passage(article.info, text, start, start + len(text), line, None, tuple(spans)))
    return found


class Shelf(Corpus):
    """A corpus of articles in memory, which a test may change."""

    def __init__(self, articles: Sequence[Article]) -> None:
        super().__init__([])
        self.articles = list(articles)

    def find(self, article: ArticleInfo) -> Article | None:
        return next((each for each in self.articles if each.info.id == article.id), None)


class FakeLibrary(Library):
    """Finds by shared words, without an index; a sync finds what was put on the shelf since the last."""

    def __init__(self, articles: Sequence[Article], folder: Path) -> None:
        self.shelf = Shelf(articles)
        super().__init__(self.shelf, folder, embeddings=_no_embeddings, fingerprint=lambda: "fake")
        self.warmed = False
        self.synced = 0  # articles that the last sync saw
        self.trouble: RetrievalError | None = None  # what the next sync meets

    def changes(self, over: threading.Event) -> Iterator[None]:
        while not over.wait(0.02):
            yield

    def articles(self) -> list[ArticleInfo]:
        return [article.info for article in self.shelf.articles]

    def article(self, article_id: str) -> Article | None:
        return next((each for each in self.shelf.articles if each.info.id == article_id), None)

    def search(
        self, question: str, limit: int = 10, filters: Filters | None = None, as_of: date | None = None
    ) -> list[Hit]:
        wanted = words(question)
        scored = [
            (len(wanted & words(passage.text)) / (len(wanted) or 1), passage)
            for article in self.shelf.articles
            if (filters or Filters()).accept(article.info)
            for passage in passages(article)
        ]
        scored.sort(key=lambda pair: -pair[0])
        return [
            Hit(passage, score, rank, rank, score) for rank, (score, passage) in enumerate(scored[:limit], 1)
        ]

    def status(self) -> IndexStatus:
        infos = self.articles()
        days = sorted(info.date for info in infos if info.date)
        names = Counter(info.publisher for info in infos if info.publisher)
        return IndexStatus(
            generation=1,
            articles=len(infos),
            passages=sum(len(passages(article)) for article in self.shelf.articles),
            first_date=days[0] if days else None,
            last_date=days[-1] if days else None,
            synced_at="2022-07-01T09:00:00Z",
            fingerprint="fake",
            publishers=tuple(names.most_common()),
            failed=(),
        )

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
        if self.trouble is not None:
            raise self.trouble
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
    """Answers like the Assistant; *pause* seconds pass before each sentence that it streams."""

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
        async for growing in self._stream(answer, hits[0].passage):
            answer = growing
            yield answer
        self._usage += Usage(100, 20)
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

    def cost(self) -> float | None:
        return None

    def warm(self) -> None:
        self.library.warm()
