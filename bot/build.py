"""Makes the Assistant and its Library as the settings describe; nothing is opened or loaded yet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bot.assistant import Assistant
from retrieval.library import Library
from retrieval.reading.corpus import Corpus

if TYPE_CHECKING:
    from bot.extractive.answerability import Answerability
    from bot.question.context_words import ContextWords
    from bot.settings import Settings
    from retrieval.models.embeddings import FootnoteEmbeddings
    from retrieval.models.reranker import Reranker


def make_assistant(settings: Settings) -> Assistant:
    """The Assistant that the settings describe."""
    chain = None
    if settings.uses_model:
        from bot.model.prompt_chain import ModelChain

        chain = ModelChain(settings)
    judge, meant = _readers(settings)
    return Assistant(
        make_library(settings),
        passages=settings.passages,
        chain=chain,
        strict=settings.strict,
        least_confidence=settings.least_confidence,
        judge=judge,
        meant=meant,
    )


def make_library(settings: Settings) -> Library:
    """The Library that the settings describe."""

    def embeddings() -> FootnoteEmbeddings:
        from retrieval.models.embedding_factory import make_embeddings

        return make_embeddings(
            settings.embeddings,
            model_dir=settings.model_dir,
            cache_dir=Path(settings.cache),
            api_key=settings.openai_api_key.get_secret_value() if settings.openai_api_key else None,
            base_url=settings.openai_base_url,
            threads=settings.threads,
        )

    def fingerprint() -> str:
        from retrieval.reading.document.document import READING_RULES
        from retrieval.splitting.passage_splitter import PASSAGE_RULES

        return f"{library.embeddings().fingerprint} {READING_RULES} {PASSAGE_RULES}"

    library = Library(
        Corpus(settings.corpus),
        settings.index_dir,
        embeddings=embeddings,
        fingerprint=fingerprint,
        chroma_url=settings.chroma_url,
        chroma_token=settings.chroma_token.get_secret_value() if settings.chroma_token else None,
        reranker=_reranker(settings),
    )
    return library


def _readers(settings: Settings) -> tuple[Answerability, ContextWords] | tuple[None, None]:
    """What reads beside the search; none without the packaged model, which they are adapted from."""
    from retrieval.errors import ModelMissing
    from retrieval.models.model_files import packaged_files

    try:
        packaged_files()
    except ModelMissing:
        return None, None
    from bot.extractive.answerability import Answerability
    from bot.question.context_words import ContextWords

    cache_dir = Path(settings.cache)
    return Answerability(cache_dir=cache_dir, threads=settings.threads), ContextWords(cache_dir=cache_dir)


def _reranker(settings: Settings) -> Reranker | None:
    if not settings.reranker:
        return None
    from retrieval.models.reranker import Reranker

    return Reranker(settings.reranker, cache_dir=Path(settings.cache), threads=settings.threads)
