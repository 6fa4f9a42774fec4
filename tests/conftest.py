"""Isolates all tests: only loopback networking, no keys, none of the developer's settings, files or state."""

from __future__ import annotations

import ipaddress
import os
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from openai_stand_in import OpenAIStandIn

_PREFIXES = (
    *("FOOTNOTE_", "OPENAI_", "DISCORD_", "LANGCHAIN_", "LANGSMITH_", "CHROMA_"),
    *("ANTHROPIC_", "GOOGLE_", "GEMINI_", "MISTRAL_", "OLLAMA_"),
)
_DEAD_PROXY = "http://127.0.0.1:9"  # discard port: refuses at once; inherited by subprocesses


def pytest_configure(config: pytest.Config) -> None:
    """Clean the environment before Footnote is imported; subprocesses of tests inherit it."""
    for name in [name for name in os.environ if name.startswith(_PREFIXES)]:
        del os.environ[name]
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        os.environ[name] = os.environ[name.lower()] = _DEAD_PROXY
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1,localhost,::1"
    os.environ["OLLAMA_HOST"] = _DEAD_PROXY  # an Ollama of the developer is not found
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # read when onnxruntime is imported
    home = Path(tempfile.mkdtemp(prefix="footnote-tests-"))
    for name in ("XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        os.environ[name] = str(home / name.lower())
    config.stash[_HOME] = home
    # No deadline, for slow machines; in CI the examples are deterministic.
    settings.register_profile("footnote", deadline=None, derandomize="CI" in os.environ)
    settings.load_profile("footnote")
    sys.addaudithook(_block_network)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the cache, state and configuration folders of the tests."""
    import shutil

    shutil.rmtree(config.stash[_HOME], ignore_errors=True)


@pytest.fixture(autouse=True, scope="session")
def _work_outside_the_repository(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Settings read `.env` from the working directory: run the tests in one without it."""
    os.chdir(tmp_path_factory.mktemp("work"))


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the repository."""
    return Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def server() -> Iterator[OpenAIStandIn]:
    """An OpenAI stand-in on loopback, shared by the tests of a module; `reset` clears it."""
    from openai_stand_in import OpenAIStandIn

    with OpenAIStandIn() as server:
        yield server


_HOME = pytest.StashKey[Path]()


def _block_network(event: str, arguments: tuple[object, ...]) -> None:
    """Audit hook: connections that leave this machine fail as they do without a network."""
    if event == "socket.getaddrinfo" and not _is_loopback(arguments[0]):
        raise socket.gaierror(socket.EAI_NONAME, f"no network in tests: {arguments[0]!r}")
    if event in {"socket.connect", "socket.sendto"}:
        address = arguments[1]
        if isinstance(address, tuple) and not _is_loopback(address[0]):
            raise ConnectionRefusedError(f"no network in tests: {address!r}")


def _is_loopback(host: object) -> bool:
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host in {None, "", "localhost"}:
        return True
    try:
        return ipaddress.ip_address(str(host)).is_loopback or str(host) == "0.0.0.0"
    except ValueError:
        return False
