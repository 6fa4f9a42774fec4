"""For every test: no network but loopback, no keys, none of the developer's settings, files or state."""

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

_OURS = ("FOOTNOTE_", "OPENAI_", "DISCORD_", "LANGCHAIN_", "LANGSMITH_", "CHROMA_")
_DEAD = "http://127.0.0.1:9"  # the port "discard": refuses at once, also in processes that tests start


def pytest_configure(config: pytest.Config) -> None:
    """Clean the environment before any module of ours is imported; programs started by tests inherit it."""
    for name in [name for name in os.environ if name.startswith(_OURS)]:
        del os.environ[name]
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        os.environ[name] = os.environ[name.lower()] = _DEAD
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1,localhost,::1"
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # read when onnxruntime is imported
    home = Path(tempfile.mkdtemp(prefix="footnote-tests-"))
    for name in ("XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        os.environ[name] = str(home / name.lower())
    config.stash[_HOME] = home
    # A slow machine fails no test; in CI a run can be repeated exactly.
    settings.register_profile("footnote", deadline=None, derandomize="CI" in os.environ)
    settings.load_profile("footnote")
    sys.addaudithook(_refuse_the_network)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove what the tests wrote outside their own folders."""
    import shutil

    shutil.rmtree(config.stash[_HOME], ignore_errors=True)


@pytest.fixture(autouse=True, scope="session")
def _away_from_the_repository(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Settings read `.env` from the working directory: tests work in one that has none."""
    os.chdir(tmp_path_factory.mktemp("work"))


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the repository."""
    return Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def server() -> Iterator[OpenAIStandIn]:
    """A stand-in of OpenAI on loopback for the tests of a module; `reset` lets it forget."""
    from openai_stand_in import OpenAIStandIn

    with OpenAIStandIn() as server:
        yield server


_HOME = pytest.StashKey[Path]()


def _refuse_the_network(event: str, arguments: tuple[object, ...]) -> None:
    """An audit hook: what leaves this machine fails as it does where there is no network."""
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
