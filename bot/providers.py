"""The providers of chat models that LangChain supports: package, API key, and how to install it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.util import find_spec


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider as `init_chat_model` names it.

    ``keys``: variables of its API key, any of them suffices; () if it needs none or has other credentials.
    ``address``: variable of its base URL. ``extra``: the extra of Footnote that installs the package.
    ``others``: prefixes of its other variables; those that start as the key does are known.
    """

    name: str
    package: str
    keys: tuple[str, ...] = ()
    address: str = ""
    extra: str = ""
    others: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The variable of the API key; "" if there is none."""
        return self.keys[0] if self.keys else ""

    @property
    def prefixes(self) -> tuple[str, ...]:
        """How the names of its environment variables begin."""
        named = (*self.keys, self.address)
        return (*dict.fromkeys(name.partition("_")[0] + "_" for name in named if name), *self.others)

    @property
    def module(self) -> str:
        """The module of its package."""
        return self.package.partition("[")[0].replace("-", "_")

    @property
    def is_installed(self) -> bool:
        """True if its package is installed; it is not imported."""
        return find_spec(self.module) is not None

    @property
    def install_command(self) -> str:
        """The command that installs its package."""
        return f"uv sync --extra {self.extra}" if self.extra else f"uv pip install '{self.package}'"


_AWS, _GOOGLE_CLOUD = ("AWS_",), ("GOOGLE_",)
OPENAI = Provider("openai", "langchain-openai", ("OPENAI_API_KEY",), "OPENAI_BASE_URL")
# The names are those of langchain 1.5; a test compares them with the installed version.
PROVIDERS: Mapping[str, Provider] = {
    provider.name: provider
    for provider in (
        OPENAI,
        Provider(
            "anthropic", "langchain-anthropic", ("ANTHROPIC_API_KEY",), "ANTHROPIC_BASE_URL", "anthropic"
        ),
        Provider(
            "google_genai",
            "langchain-google-genai",
            ("GOOGLE_API_KEY", "GEMINI_API_KEY"),
            extra="google",
        ),
        Provider("mistralai", "langchain-mistralai", ("MISTRAL_API_KEY",), "MISTRAL_BASE_URL", "mistral"),
        Provider("ollama", "langchain-ollama", address="OLLAMA_HOST", extra="ollama"),
        Provider("anthropic_bedrock", "langchain-aws", others=_AWS),
        Provider("azure_ai", "langchain-azure-ai", others=("AZURE_",)),
        Provider(
            "azure_openai",
            "langchain-openai",
            ("AZURE_OPENAI_API_KEY",),
            "AZURE_OPENAI_ENDPOINT",
            others=("OPENAI_API_VERSION",),
        ),
        Provider("baseten", "langchain-baseten", ("BASETEN_API_KEY",)),
        Provider("bedrock", "langchain-aws", others=_AWS),
        Provider("bedrock_converse", "langchain-aws", others=_AWS),
        Provider("bedrock_mantle_anthropic", "langchain-aws[anthropic]", others=_AWS),
        Provider("bedrock_mantle_openai", "langchain-aws[openai]", others=_AWS),
        Provider("cohere", "langchain-cohere", ("COHERE_API_KEY",)),
        Provider("deepseek", "langchain-deepseek", ("DEEPSEEK_API_KEY",)),
        Provider("fireworks", "langchain-fireworks", ("FIREWORKS_API_KEY",)),
        Provider("google_anthropic_vertex", "langchain-google-vertexai", others=_GOOGLE_CLOUD),
        Provider("google_vertexai", "langchain-google-vertexai", others=_GOOGLE_CLOUD),
        Provider("groq", "langchain-groq", ("GROQ_API_KEY",)),
        Provider("huggingface", "langchain-huggingface", ("HUGGINGFACEHUB_API_TOKEN", "HF_TOKEN")),
        Provider("ibm", "langchain-ibm", others=("WATSONX_",)),
        Provider("langsmith", "langchain-openai", ("LANGSMITH_API_KEY",)),
        Provider("litellm", "langchain-litellm"),
        Provider("meta", "langchain-meta", others=("META_",)),
        Provider("nvidia", "langchain-nvidia-ai-endpoints", ("NVIDIA_API_KEY",)),
        Provider("openrouter", "langchain-openrouter", ("OPENROUTER_API_KEY",)),
        Provider("perplexity", "langchain-perplexity", ("PPLX_API_KEY", "PERPLEXITY_API_KEY")),
        Provider("together", "langchain-together", ("TOGETHER_API_KEY",)),
        Provider("upstage", "langchain-upstage", ("UPSTAGE_API_KEY",)),
        Provider("xai", "langchain-xai", ("XAI_API_KEY",)),
    )
}


# Names by which people call a provider. Those of Ollama's models, such as "mistral:7b", are none.
_ALIASES = {"google": "google_genai", "gemini": "google_genai", "claude": "anthropic"}


def split_name(name: str) -> tuple[Provider, str]:
    """(provider, model) of a model's name; without a known provider, the whole name is OpenAI's.

    >>> split_name("anthropic:claude-x")[0].key, split_name("llama3.2:3b")[1]
    ('ANTHROPIC_API_KEY', 'llama3.2:3b')
    """
    provider, model = _named_provider(name)
    return (OPENAI, name) if provider is None else (provider, model)


def names_provider(name: str | None) -> bool:
    """True if a model's name starts with a known provider, as "anthropic:" does."""
    return name is not None and _named_provider(name)[0] is not None


def _named_provider(name: str) -> tuple[Provider | None, str]:
    prefix, _, model = name.partition(":")
    prefix = prefix.replace("-", "_").lower()
    return (PROVIDERS.get(_ALIASES.get(prefix, prefix)) if model else None), model


def similar_name(name: str) -> str | None:
    """A model's name with the known provider that its unknown prefix resembles; None if there is none.

    >>> similar_name("gogle_genai:gemini-x"), similar_name("gpt-5.4")
    ('google_genai:gemini-x', None)
    """
    prefix, _, model = name.partition(":")
    similar = get_close_matches(prefix.lower(), PROVIDERS, n=1, cutoff=0.75) if model else []
    return f"{similar[0]}:{model}" if similar else None
