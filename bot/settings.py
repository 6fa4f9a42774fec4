"""Settings: read once from the environment and `.env`, frozen, and passed as an argument."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal

import platformdirs
from pydantic import BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    InitSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from bot.errors import SettingsInvalid
from bot.providers import PROVIDERS, Provider, names_provider, similar_name

_PROVIDER_PREFIXES = tuple({prefix for provider in PROVIDERS.values() for prefix in provider.prefixes})


def _paths(value: str | Sequence[str | Path]) -> tuple[Path, ...]:
    """Paths from a list, or from one string separated by ":" (";" on Windows)."""
    parts = [part for part in value.split(os.pathsep) if part.strip()] if isinstance(value, str) else value
    return tuple(Path(part).expanduser() for part in parts)


class Settings(BaseSettings):
    """All settings. `.env.example` documents each of them; a test keeps the two in sync."""

    model_config = SettingsConfigDict(
        env_file=".env", env_prefix="FOOTNOTE_", env_ignore_empty=True, extra="ignore", frozen=True
    )

    openai_api_key: SecretStr | None = Field(default=None, validation_alias="OPENAI_API_KEY")
    openai_base_url: str | None = Field(default=None, validation_alias="OPENAI_BASE_URL")
    provider_variables: Mapping[str, SecretStr] = {}  # keys and others of all providers in bot/providers.py
    discord_token: SecretStr | None = Field(default=None, validation_alias="DISCORD_TOKEN")

    corpus: Annotated[tuple[Path, ...], NoDecode, BeforeValidator(_paths)] = (Path("corpus"),)
    index: Path | None = None  # index folder; None: one per corpus, in the cache
    state: Path = Path(platformdirs.user_state_dir("footnote", appauthor=False))
    cache: Path = Path(platformdirs.user_cache_dir("footnote", appauthor=False))

    follow_links: bool = False  # follow symbolic links to files and folders outside the corpus
    gitignore: bool = False  # leave out what .gitignore files ignore, as .footnoteignore files do

    history: bool = True  # store answers, so that they can be listed, verified and exported
    keep_days: int | None = Field(default=None, ge=1)  # then answers and chat lines are deleted; None: never

    mode: Literal["auto", "extractive", "model"] = "auto"  # auto: as `uses_model` says
    chat_model: str | None = None  # None: DEFAULT_CHAT_MODEL in bot/model/chat_model.py
    strict: bool = False  # leave out sentences of a model that the articles do not support
    check: Literal["model", "words", "off"] = "model"  # how a model's sentences are checked
    check_model: str | None = None  # model for checks; None: the chat model
    least_confidence: float | None = Field(
        default=None, ge=0, le=1
    )  # threshold for extractive answers; None: as calibrated, see bot/extractive/refusal.py
    prompts: Path | None = (
        None  # folder with answer.md and standalone.md to use instead of the built-in prompts
    )
    temperature: float | None = None  # None: the model's default; reasoning models accept no other
    context_tokens: int = Field(default=6000, ge=500)  # maximum tokens of passages in a prompt
    answer_tokens: int = Field(
        default=4096, ge=100
    )  # maximum tokens of an answer, with the reasoning of models that reason
    looks: int = Field(default=2, ge=0, le=4)  # further retrieval steps that a model can ask for
    passages: int = Field(default=10, ge=1, le=50)  # passages from which an extractive answer is selected
    timeout: float = Field(default=60.0, gt=0)  # seconds without data from the model
    retries: int = Field(default=3, ge=0, le=10)  # after 429, 5xx and timeouts
    prices: Path | None = None  # TOML table of model prices; None: costs are not shown
    daily_tokens: int | None = Field(
        default=None, ge=1
    )  # model token budget per day (UTC), shared by all processes; then extractive answers; None: unlimited
    daily_cost: float | None = Field(default=None, gt=0)  # the same as cost, in the currency of `prices`

    embeddings: str = "local"  # "local", "hf:OWNER/NAME", a folder with a model, or "PROVIDER:MODEL"
    model_dir: Path | None = None  # folder with the weights of the default model, or of one like it
    threads: int | None = Field(default=None, ge=1)  # of the local models; None: all cores
    reranker: str | None = None  # folder of a cross-encoder, or "hf:owner/name"; None: no reranking
    chroma_url: str | None = None  # URL of a Chroma server; None: the embedded store
    chroma_token: SecretStr | None = None

    discord_rate: int = Field(default=6, ge=1)  # questions per person and minute
    discord_parallel: int = Field(default=4, ge=1)  # questions answered concurrently
    discord_queue: int = Field(default=1000, ge=1)  # maximum waiting questions of all servers
    discord_queue_server: int = Field(default=250, ge=1)  # maximum waiting or running questions of one server
    discord_daily_tokens: int = Field(
        default=0, ge=0
    )  # model token budget per server and day; then extractive answers; 0: unlimited
    discord_pace: float = Field(default=1.2, ge=0.1)  # seconds between edits of a streaming answer
    discord_add_mb: int = Field(
        default=100, ge=0
    )  # articles that those who can manage a server can add to it with /add, in MB; 0: none
    discord_catch_up: float = Field(
        default=3600.0, ge=0
    )  # maximum age in seconds of questions, asked while the bot was down, that it answers when it is back
    discord_sharded: bool = False  # use several connections; required above about 2,000 servers
    discord_api: str | None = None  # API base URL, for a proxy; None: https://discord.com/api/v10

    @property
    def corpus_text(self) -> str:
        """The corpus paths as one string, in the format of ``FOOTNOTE_CORPUS``."""
        return os.pathsep.join(map(str, self.corpus))

    @property
    def index_dir(self) -> Path:
        """The index folder: as set, else a folder in the cache that is unique to this corpus."""
        if self.index is not None:
            return self.index.expanduser()
        paths = [str(path.resolve()) for path in self.corpus]
        key = hashlib.sha256("\0".join(sorted(paths)).encode()).hexdigest()[:12]
        name = Path(paths[0]).name if paths else "corpus"
        return self.cache / "index" / f"{name}-{key}"

    @property
    def uses_model(self) -> bool:
        """True if a language model writes the answers: if set, or if a key, base URL or provider is set."""
        if self.mode != "auto":
            return self.mode == "model"
        has_server = self.openai_api_key is not None or self.openai_base_url is not None
        return has_server or names_provider(self.chat_model)

    @property
    def unused_model(self) -> str | None:
        """Why the chosen chat model is not used, and what to set; None if it is, or none is chosen."""
        if self.uses_model or self.mode == "extractive" or not self.chat_model:
            return None
        similar = similar_name(self.chat_model)
        name = f"as in {similar}" if similar else "as in anthropic:NAME"
        return (
            f"FOOTNOTE_CHAT_MODEL is {self.chat_model}, but no key is set: answers quote the articles. "
            f"Set OPENAI_API_KEY or OPENAI_BASE_URL, or write PROVIDER:NAME, {name}."
        )

    def key_of(self, provider: Provider) -> str | None:
        """The API key of a provider; None if none is set."""
        if provider is PROVIDERS["openai"]:
            return self.openai_api_key.get_secret_value() if self.openai_api_key else None
        keys = [self.provider_variables[name] for name in provider.keys if name in self.provider_variables]
        return keys[0].get_secret_value() if keys else None

    def export_variables(self, provider: Provider) -> None:
        """Add a provider's variables in `.env` to the environment, which its client reads."""
        if provider is not PROVIDERS["openai"]:
            for variable, value in self.provider_variables.items():
                if variable.startswith(provider.prefixes):
                    os.environ.setdefault(variable, value.get_secret_value())

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment and `.env`; what they say about providers is collected in `provider_variables`."""
        assert isinstance(env_settings, EnvSettingsSource)
        assert isinstance(dotenv_settings, EnvSettingsSource)
        variables = {**dotenv_settings.env_vars, **env_settings.env_vars}
        found = {
            name.upper(): value
            for name, value in variables.items()
            if value and name.upper().startswith(_PROVIDER_PREFIXES)
        }
        named = InitSettingsSource(settings_cls, {"provider_variables": found})
        return init_settings, env_settings, dotenv_settings, named


def read_settings(corpus: Sequence[Path] = (), index: Path | None = None) -> Settings:
    """Read the settings; *corpus* and *index* override those of the environment.

    Raises SettingsInvalid, which names the variable and the problem, never the value.
    """
    overrides: dict[str, object] = {}
    if corpus:
        overrides["corpus"] = tuple(corpus)
    if index is not None:
        overrides["index"] = index
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = str(first["loc"][0]) if first["loc"] else ""
        variable = name if name.isupper() else f"FOOTNOTE_{name.upper()}"
        raise SettingsInvalid(f"Invalid value for {variable}: {first['msg']}.") from error
    except (OSError, UnicodeError) as error:
        raise SettingsInvalid(f"Cannot read .env: {error}.") from error
