"""Creates the embedding model that a setting names."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from retrieval.errors import EmbeddingError, ModelMissing
from retrieval.models.embeddings import FootnoteEmbeddings
from retrieval.models.model_hub import HUB_PREFIX, download_model

if TYPE_CHECKING:
    from retrieval.models.bert_graph import Precision
    from retrieval.models.model_files import ModelFiles

SETTING = "FOOTNOTE_EMBEDDINGS"
_HUB_FILES = (
    *("modules.json", "config.json", "config_sentence_transformers.json", "sentence_bert_config.json"),
    *("tokenizer.json", "tokenizer_config.json", "model.safetensors"),
    *("0_Transformer/*.json", "0_Transformer/model.safetensors", "*_Pooling/config.json"),
)
_SERVICE = re.compile(r"([a-z][a-z_-]+):(.+)", re.IGNORECASE)  # a drive such as "C:" has one letter


def make_embeddings(
    choice: str,
    *,
    model_dir: Path | None,
    cache_dir: Path,
    api_key: str | None = None,
    base_url: str | None = None,
    threads: int | None = None,
) -> FootnoteEmbeddings:
    """Embeddings for a choice: "local", "local:float" (slower, exact), "hf:OWNER/NAME", a folder with a
    model, "openai:MODEL" or "PROVIDER:MODEL".

    Cheap: model files are opened, and downloaded if needed, with the first text. Raises EmbeddingError for
    any other choice.
    """
    choice = choice.strip()
    if choice in {"local", "local:int8", "local:float"}:
        from retrieval.models.local_embeddings import LocalEmbeddings

        precision: Precision = "float" if choice == "local:float" else "int8"
        return LocalEmbeddings(cache_dir, model_dir=model_dir, precision=precision, threads=threads)
    if choice.startswith(HUB_PREFIX):
        return _model(choice, choice.removeprefix(HUB_PREFIX), cache_dir, threads)
    service = _SERVICE.fullmatch(choice)
    if service and service[1] == "openai":
        from retrieval.models.service_embeddings import ServiceEmbeddings

        return ServiceEmbeddings(service[2], api_key=api_key, base_url=base_url)
    if service and (provider := service[1].replace("-", "_").lower()) in _providers():
        from retrieval.models.provider_embeddings import ProviderEmbeddings

        return ProviderEmbeddings(provider, service[2])
    if Path(choice).expanduser().is_dir():
        return _model(choice, "own", cache_dir, threads)
    problem = "is neither a model nor an existing folder"
    if service and not re.search(r"[/\\]", service[1]):
        problem = "names a provider that LangChain does not know"
    raise EmbeddingError(
        f"{SETTING}={choice} {problem}.",
        'Set it to "local", "hf:OWNER/NAME", a folder with a model, or "PROVIDER:MODEL" with one of the '
        f"providers {', '.join(sorted(_providers()))}.",
    )


def _model(choice: str, name: str, cache_dir: Path, threads: int | None) -> FootnoteEmbeddings:
    """A model in the format of sentence-transformers, on the hub or in a folder."""
    from retrieval.models.onnx_embeddings import OnnxEmbeddings

    def find_files() -> ModelFiles:
        from retrieval.models.model_files import custom_files

        if not choice.startswith(HUB_PREFIX):
            return custom_files(Path(choice).expanduser(), cache_dir)
        hub = cache_dir / "models" / "hub"
        folder = download_model(name, hub, _HUB_FILES, setting=SETTING, error=ModelMissing)
        return custom_files(folder, cache_dir, name)

    return OnnxEmbeddings(find_files, cache_dir, name=name, threads=threads)


def _providers() -> frozenset[str]:
    from langchain.embeddings import base

    return frozenset(getattr(base, "_BUILTIN_PROVIDERS", ()))
