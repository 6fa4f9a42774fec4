"""Builds the Assistant and its Library from the settings; nothing is opened or loaded yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.assistant import Assistant
from bot.model_folder import model_folder
from bot.providers import split_name
from retrieval.library import Library
from retrieval.reading.corpus import Corpus

if TYPE_CHECKING:
    from bot.extractive.answerability import Answerability
    from bot.question.context_words import ContextWords
    from bot.settings import Settings
    from retrieval.models.embeddings import FootnoteEmbeddings
    from retrieval.models.reranker import Reranker


def make_assistant(settings: Settings) -> Assistant:
    """The Assistant for the settings."""
    chain = None
    if settings.uses_model:
        from bot.model.prompt_chain import ModelChain

        chain = ModelChain(settings)
    answerability, context_words = _adapted_models(settings)
    return Assistant(
        make_library(settings),
        passages=settings.passages,
        chain=chain,
        strict=settings.strict,
        check=settings.check,
        least_confidence=settings.least_confidence,
        answerability=answerability,
        context_words=context_words,
        looks=settings.looks,
    )


def make_library(settings: Settings) -> Library:
    """The Library for the settings."""

    def embeddings() -> FootnoteEmbeddings:
        from retrieval.models.embedding_factory import make_embeddings

        settings.export_variables(split_name(settings.embeddings)[0])
        return make_embeddings(
            settings.embeddings,
            model_dir=settings.model_dir,
            cache_dir=model_folder(settings),
            api_key=settings.openai_api_key.get_secret_value() if settings.openai_api_key else None,
            base_url=settings.openai_base_url,
            threads=settings.threads,
        )

    def fingerprint() -> str:
        from retrieval.index.current_generation import make_fingerprint
        from retrieval.index.lexical_index import LEXICAL_VERSION
        from retrieval.reading.document.document import READING_VERSION
        from retrieval.splitting.passage_splitter import SPLITTING_VERSION

        model = library.embeddings().fingerprint
        return make_fingerprint(model, READING_VERSION, SPLITTING_VERSION, LEXICAL_VERSION)

    library = Library(
        Corpus(settings.corpus, gitignore=settings.gitignore, follow_links=settings.follow_links),
        settings.index_dir,
        embeddings=embeddings,
        fingerprint=fingerprint,
        chroma_url=settings.chroma_url,
        chroma_token=settings.chroma_token.get_secret_value() if settings.chroma_token else None,
        reranker=_reranker(settings),
    )
    return library


def _adapted_models(settings: Settings) -> tuple[Answerability, ContextWords] | tuple[None, None]:
    """The models adapted from the packaged one; None if it is not installed."""
    from retrieval.errors import ModelMissing
    from retrieval.models.model_files import packaged_files

    try:
        packaged_files()
    except ModelMissing:
        return None, None
    from bot.extractive.answerability import Answerability
    from bot.question.context_words import ContextWords

    cache_dir = model_folder(settings)
    return Answerability(cache_dir=cache_dir, threads=settings.threads), ContextWords(cache_dir=cache_dir)


def _reranker(settings: Settings) -> Reranker | None:
    if not settings.reranker:
        return None
    from retrieval.models.reranker import Reranker

    return Reranker(settings.reranker, cache_dir=model_folder(settings), threads=settings.threads)
