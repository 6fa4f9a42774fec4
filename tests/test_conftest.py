"""The isolation of the tests works."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest


def test_external_host_names_do_not_resolve() -> None:
    """DNS lookups fail as they do without a network."""
    with pytest.raises(socket.gaierror, match="no network"):
        socket.getaddrinfo("example.org", 443)


def test_external_addresses_are_refused() -> None:
    """Connections by IP address are refused too."""
    with socket.socket() as client, pytest.raises(ConnectionRefusedError, match="no network"):
        client.connect(("192.0.2.1", 80))


def test_loopback_connections_work() -> None:
    """Stand-in servers can be reached."""
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        connection, _ = server.accept()
        connection.close()


def test_keys_and_env_files_are_hidden() -> None:
    """The developer's keys, tokens and settings reach neither tests nor their subprocesses."""
    assert not [name for name in os.environ if name.startswith(("OPENAI_", "DISCORD_", "FOOTNOTE_"))]
    assert not Path(".env").exists()
    code = "import os; print([n for n in os.environ if n.startswith(('OPENAI_', 'DISCORD_'))])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"
