"""The fence around the tests holds."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest


def test_names_outside_this_machine_are_not_found() -> None:
    """A look-up fails as it does without a network."""
    with pytest.raises(socket.gaierror, match="no network"):
        socket.getaddrinfo("example.org", 443)


def test_addresses_outside_this_machine_refuse() -> None:
    """A connection by number is refused too."""
    with socket.socket() as client, pytest.raises(ConnectionRefusedError, match="no network"):
        client.connect(("192.0.2.1", 80))


def test_loopback_is_open() -> None:
    """Stand-ins of servers can be reached."""
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        connection, _ = server.accept()
        connection.close()


def test_neither_keys_nor_an_env_file_are_seen() -> None:
    """The developer's key, token and settings stay out of tests and of the programs that tests start."""
    assert not [name for name in os.environ if name.startswith(("OPENAI_", "DISCORD_", "FOOTNOTE_"))]
    assert not Path(".env").exists()
    code = "import os; print([n for n in os.environ if n.startswith(('OPENAI_', 'DISCORD_'))])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"
