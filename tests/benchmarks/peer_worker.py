"""One system of `against_peers.py` in its own process: indexes articles and answers questions, on request.

    PYTHON peer_worker.py footnote|llamaindex|langchain MODEL_FOLDER < requests > responses

Requests and responses are lines of JSON. {"ready": ""} is answered once all is loaded. {"index": FOLDER,
"corpus": FILE} indexes the articles into a new folder, {"open": FOLDER, "corpus": FILE} opens it, {"search":
QUESTION} finds ten passages, and {"answer": QUESTION} answers without a model (only Footnote can). Times
exclude imports and loading the model.

The peers are set up as in their documentation: recursive splitting into 1,000 characters (LangChain), or
sentence splitting into the 256 tokens that the model reads (LlamaIndex); the embeddings of
sentence-transformers; Chroma, or LlamaIndex's own vector store; and a hybrid retriever that fuses the vector
search with BM25 by reciprocal ranks. Their packages are imported where they are used: each process has only
those of its environment.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, Protocol

PASSAGES = 10
Found = list[tuple[str, str]]  # article id and text of each passage, best first


class System(Protocol):
    def index(self, corpus: Path, folder: Path) -> None: ...

    def open(self, corpus: Path, folder: Path) -> None: ...

    def search(self, question: str) -> Found: ...


class Footnote:
    def __init__(self, model: Path) -> None:
        import chromadb  # noqa: F401  # imports are not counted

        from bot.build import make_library
        from bot.settings import read_settings

        make_library(read_settings()).embeddings().embed_query("build the model")

    def index(self, corpus: Path, folder: Path) -> None:
        from bot.build import make_library
        from bot.settings import read_settings

        library = make_library(read_settings([corpus], folder))
        library.embeddings().embed_query("warm")
        _start()
        library.sync()
        library.close()

    def open(self, corpus: Path, folder: Path) -> None:
        import asyncio

        from bot.build import make_assistant
        from bot.settings import read_settings

        self._loop = asyncio.new_event_loop()
        self._assistant = make_assistant(read_settings([corpus], folder))
        self._assistant.warm()

    def search(self, question: str) -> Found:
        hits = self._loop.run_until_complete(self._assistant.search(question, PASSAGES))
        return [(hit.passage.article.id, hit.passage.text) for hit in hits]

    def answer(self, question: str) -> None:
        async def ask() -> None:
            async for _ in self._assistant.ask(question, as_of=date.today()):
                pass

        self._loop.run_until_complete(ask())


class LlamaIndex:
    def __init__(self, model: Path) -> None:
        from llama_index.core import Settings  # type: ignore[import-not-found,unused-ignore]
        from llama_index.core.llms import MockLLM  # type: ignore[import-not-found,unused-ignore]
        from llama_index.embeddings.huggingface import (  # type: ignore[import-not-found,unused-ignore]
            HuggingFaceEmbedding,
        )

        _limit_torch()
        Settings.embed_model = HuggingFaceEmbedding(model_name=str(model), device="cpu")
        Settings.llm = MockLLM()
        Settings.embed_model.get_query_embedding("warm")

    def index(self, corpus: Path, folder: Path) -> None:
        from llama_index.core import Document, VectorStoreIndex
        from llama_index.core.node_parser import (  # type: ignore[import-not-found,unused-ignore]
            SentenceSplitter,
        )

        _start()
        documents = [Document(id_=key, text=text) for key, text in read_articles(corpus)]
        splitter = SentenceSplitter(chunk_size=256, chunk_overlap=20)
        index = VectorStoreIndex.from_documents(documents, transformations=[splitter])
        index.storage_context.persist(str(folder))

    def open(self, corpus: Path, folder: Path) -> None:
        from llama_index.core import StorageContext, load_index_from_storage
        from llama_index.core.retrievers import (  # type: ignore[import-not-found,unused-ignore]
            QueryFusionRetriever,
        )
        from llama_index.retrievers.bm25 import (  # type: ignore[import-not-found,unused-ignore]
            BM25Retriever,
        )

        index = load_index_from_storage(StorageContext.from_defaults(persist_dir=str(folder)))
        nodes = list(index.docstore.docs.values())
        retrievers = [
            index.as_retriever(similarity_top_k=PASSAGES),
            BM25Retriever.from_defaults(nodes=nodes, similarity_top_k=PASSAGES),
        ]
        self._retriever = QueryFusionRetriever(
            retrievers, similarity_top_k=PASSAGES, num_queries=1, mode="reciprocal_rerank", use_async=False
        )

    def search(self, question: str) -> Found:
        return [(hit.node.ref_doc_id, hit.node.text) for hit in self._retriever.retrieve(question)]


class LangChain:
    def __init__(self, model: Path) -> None:
        from langchain_huggingface import (  # type: ignore[import-not-found,unused-ignore]
            HuggingFaceEmbeddings,
        )

        _limit_torch()
        self._embeddings = HuggingFaceEmbeddings(model_name=str(model), model_kwargs={"device": "cpu"})
        self._embeddings.embed_query("warm")

    def index(self, corpus: Path, folder: Path) -> None:
        from langchain_chroma import Chroma  # type: ignore[import-not-found,unused-ignore]

        _start()
        Chroma.from_documents(self._chunks(corpus), self._embeddings, persist_directory=str(folder))

    def open(self, corpus: Path, folder: Path) -> None:
        from langchain_chroma import Chroma
        from langchain_classic.retrievers import (  # type: ignore[import-not-found,unused-ignore]
            EnsembleRetriever,
        )
        from langchain_community.retrievers import (  # type: ignore[import-not-found,unused-ignore]
            BM25Retriever,
        )

        store = Chroma(persist_directory=str(folder), embedding_function=self._embeddings)
        lexical = BM25Retriever.from_documents(self._chunks(corpus), k=PASSAGES)
        dense = store.as_retriever(search_kwargs={"k": PASSAGES})
        self._retriever = EnsembleRetriever(retrievers=[lexical, dense], weights=[0.5, 0.5])

    def search(self, question: str) -> Found:
        found = self._retriever.invoke(question)[:PASSAGES]
        return [(document.metadata["id"], document.page_content) for document in found]

    def _chunks(self, corpus: Path) -> list[Any]:
        from langchain_core.documents import Document
        from langchain_text_splitters import (  # type: ignore[import-not-found,unused-ignore]
            RecursiveCharacterTextSplitter,
        )

        documents = [Document(text, metadata={"id": key}) for key, text in read_articles(corpus)]
        splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)
        chunks: list[Any] = splitter.split_documents(documents)
        return chunks


SYSTEMS: dict[str, type[Footnote | LlamaIndex | LangChain]] = {
    "footnote": Footnote,
    "llamaindex": LlamaIndex,
    "langchain": LangChain,
}


def read_articles(corpus: Path) -> list[tuple[str, str]]:
    """The id and the text, with its title, of each row of a corpus.jsonl."""
    rows = map(json.loads, corpus.read_text(encoding="utf-8").splitlines())
    return [(str(row["id"]), f"{row.get('title') or ''}\n\n{row['text']}".strip()) for row in rows]


_started = 0.0


def _start() -> None:
    """Start the clock of a request; what came before is preparation."""
    global _started
    _started = time.perf_counter()


def _limit_torch() -> None:
    import torch  # type: ignore[import-not-found,unused-ignore]

    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))


def respond(system: Footnote | LlamaIndex | LangChain, request: dict[str, str]) -> dict[str, object]:
    found: Sequence[tuple[str, str]] = ()
    _start()
    match request:
        case {"ready": _}:
            pass
        case {"index": folder, "corpus": corpus}:
            system.index(Path(corpus), Path(folder))
        case {"open": folder, "corpus": corpus}:
            system.open(Path(corpus), Path(folder))
        case {"search": question}:
            found = system.search(question)
        case {"answer": question} if isinstance(system, Footnote):
            system.answer(question)
        case _:
            raise ValueError(f"unknown request {request}")
    seconds = time.perf_counter() - _started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "megabytes": peak, "found": found}


def main() -> None:
    # The libraries print to stdout: responses get a descriptor of their own.
    with os.fdopen(os.dup(1), "w") as responses:
        os.dup2(2, 1)
        system = SYSTEMS[sys.argv[1]](Path(sys.argv[2]))
        for line in sys.stdin:
            responses.write(json.dumps(respond(system, json.loads(line))) + "\n")
            responses.flush()


if __name__ == "__main__":
    main()
