"""The search as a LangChain retriever, for other programs' chains and agents."""

from __future__ import annotations

from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from retrieval.hit import Filters, Hit
from retrieval.library import Library


class FootnoteRetriever(BaseRetriever):
    """Returns passages as Documents; their metadata has the article, the exact span and the ranks.

    Usage::

        library = make_library(Settings(corpus=(Path("corpus"),)))  # from bot.build and bot.settings
        library.sync()
        retriever = FootnoteRetriever(library=library, limit=5, filters=Filters(since=date(2022, 1, 1)))
        for document in retriever.invoke("Who heads the Valmere Markets Authority?"):
            print(document.metadata["title"], document.metadata["line"], document.page_content)

    ``invoke`` raises RetrievalError: see `Library.search`.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    library: Library
    limit: int = 10
    filters: Filters = Filters()

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        return [document(hit) for hit in self.library.search(query, self.limit, self.filters)]


def document(hit: Hit) -> Document:
    """A hit as a LangChain Document; the metadata ``start`` and ``end`` are offsets in the article's text."""
    passage, info = hit.passage, hit.passage.article
    metadata: dict[str, Any] = {
        "article_id": info.id,
        "path": info.path,
        "title": info.title,
        "publisher": info.publisher,
        "author": info.author,
        "published": info.published,
        "url": info.url,
        "tags": list(info.tags),
        "section": passage.section,
        "start": passage.start,
        "end": passage.end,
        "line": passage.line,
        "score": hit.score,
        "dense_rank": hit.dense,
        "lexical_rank": hit.lexical,
    }
    return Document(page_content=passage.text, metadata=metadata, id=passage.id)
