"""Settings: read once from the environment and `.env`, frozen, given as an argument to what needs them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import platformdirs
from pydantic import BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.errors import SettingsInvalid


def _paths(given: str | Sequence[str | Path]) -> tuple[Path, ...]:
    """The paths of a list, or of one text in which the system's path separator (":" or ";") joins them."""
    parts = [part for part in given.split(os.pathsep) if part.strip()] if isinstance(given, str) else given
    return tuple(Path(part).expanduser() for part in parts)


class Settings(BaseSettings):
    """All that can be set. `.env.example` explains each; a test keeps the two equal."""

    model_config = SettingsConfigDict(
        env_file=".env", env_prefix="FOOTNOTE_", env_ignore_empty=True, extra="ignore", frozen=True
    )

    openai_api_key: SecretStr | None = Field(default=None, validation_alias="OPENAI_API_KEY")
    openai_base_url: str | None = Field(default=None, validation_alias="OPENAI_BASE_URL")
    discord_token: SecretStr | None = Field(default=None, validation_alias="DISCORD_TOKEN")

    corpus: Annotated[tuple[Path, ...], NoDecode, BeforeValidator(_paths)] = (Path("corpus"),)
    index: Path | None = None  # folder of the index; None: in the user's cache, one for each corpus
    state: Path = Path(platformdirs.user_state_dir("footnote", appauthor=False))
    cache: Path = Path(platformdirs.user_cache_dir("footnote", appauthor=False))

    history: bool = True  # keep answers, so that they can be listed, verified and exported

    mode: Literal["auto", "extractive", "model"] = "auto"  # auto: the model when a key or base URL is set
    chat_model: str | None = None  # None: the newest small chat model that the openai package knows
    strict: bool = False  # leave out what a model says and the articles do not support
    least_confidence: float | None = Field(
        default=None, ge=0, le=1
    )  # below it an extractive answer is not given; None: as calibrated, see bot/extractive/confidence.py
    prompts: Path | None = None  # folder whose answer.md and standalone.md stand instead of ours
    temperature: float | None = None  # None: the model's own; reasoning models accept no other
    context_tokens: int = Field(default=6000, ge=500)  # budget of the passages in a prompt, in tokens
    passages: int = Field(default=10, ge=1, le=50)  # passages read for an answer
    timeout: float = Field(
        default=60.0, gt=0
    )  # seconds without a byte from the model before it counts as dead
    retries: int = Field(default=3, ge=0, le=10)  # further tries after 429, 5xx and time-outs
    prices: Path | None = None  # table of what models cost, TOML; None: costs are not shown
    daily_tokens: int | None = Field(
        default=None, ge=1
    )  # of the model, a day (UTC), all processes; then without it
    daily_cost: float | None = Field(default=None, gt=0)  # the same as money, by the table of prices

    embeddings: str = "local"  # "local" or "openai:MODEL"
    model_dir: Path | None = None  # folder with model.safetensors and tokenizer.json of one's own
    threads: int | None = Field(default=None, ge=1)  # of the local models; None: all cores
    reranker: str | None = None  # folder of a cross-encoder, or "hf:owner/name"; None: none is used
    chroma_url: str | None = None  # a Chroma server instead of the embedded store
    chroma_token: SecretStr | None = None

    discord_rate: int = Field(default=6, ge=1)  # questions that one person may ask in a minute
    discord_parallel: int = Field(default=4, ge=1)  # questions answered at the same time
    discord_queue: int = Field(default=1000, ge=1)  # questions that may wait, of all servers
    discord_queue_server: int = Field(default=250, ge=1)  # questions under way or waiting, of one server
    discord_daily_tokens: int = Field(
        default=0, ge=0
    )  # of the model, a day and server; then without it; 0: no bound
    discord_pace: float = Field(default=1.2, ge=0.1)  # seconds between two edits of a growing answer
    discord_sharded: bool = False  # several connections: needed above some 2,000 servers
    discord_api: str | None = None  # another base URL than https://discord.com/api/v10, such as a proxy's

    @property
    def corpus_text(self) -> str:
        """The folders and files of the corpus as one text, as ``FOOTNOTE_CORPUS`` has them."""
        return os.pathsep.join(map(str, self.corpus))

    @property
    def index_dir(self) -> Path:
        """The folder of the index: as set, else one in the cache that belongs to this corpus alone."""
        if self.index is not None:
            return self.index.expanduser()
        paths = [str(path.resolve()) for path in self.corpus]
        key = hashlib.sha256("\0".join(sorted(paths)).encode()).hexdigest()[:12]
        name = Path(paths[0]).name if paths else "corpus"
        return self.cache / "index" / f"{name}-{key}"

    @property
    def uses_model(self) -> bool:
        """Whether answers are asked of a language model."""
        if self.mode == "auto":
            return self.openai_api_key is not None or self.openai_base_url is not None
        return self.mode == "model"


def read_settings(corpus: Sequence[Path] = (), index: Path | None = None) -> Settings:
    """Read the settings; *corpus* and *index*, when given, stand instead of those of the environment.

    Raises SettingsInvalid, which names the variable and what is wrong with it, never its value.
    """
    given: dict[str, object] = {}
    if corpus:
        given["corpus"] = tuple(corpus)
    if index is not None:
        given["index"] = index
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = str(first["loc"][0]) if first["loc"] else ""
        variable = name if name.isupper() else f"FOOTNOTE_{name.upper()}"
        raise SettingsInvalid(f"{variable} cannot be used: {first['msg']}.") from error
    except (OSError, UnicodeError) as error:
        raise SettingsInvalid(f"The file .env cannot be read: {error}.") from error
