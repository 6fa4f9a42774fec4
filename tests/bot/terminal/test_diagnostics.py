"""`doctor` checks everything needed for an answer, continues after failures, and shows no secrets."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result
from fakes import FakeAssistant

from bot.settings import read_settings
from bot.terminal.commands.cli import main
from bot.terminal.diagnostics import check_corpus, check_folder, run_checks
from bot.terminal.doctor_check import Check
from bot.terminal.model_diagnostics import check_models
from retrieval.errors import IndexFailure
from retrieval.library import Library
from retrieval.reading.corpus import Corpus

if TYPE_CHECKING:
    from retrieval.models.embeddings import FootnoteEmbeddings


@pytest.fixture
def assistant(tmp_path: Path) -> FakeAssistant:
    return FakeAssistant(folder=tmp_path / "index")


def run(assistant: FakeAssistant, *arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, obj=lambda settings: assistant)


def no_embeddings() -> FootnoteEmbeddings:
    raise RuntimeError("no embeddings in this test")


def names_and_states(checks: list[Check]) -> dict[str, str]:
    return {check.name: check.state for check in checks}


def test_doctor_continues_after_failed_checks(tmp_path: Path) -> None:
    """Every check runs, whatever the result of the others."""

    class BrokenLibrary(Library):
        """Has no embeddings and a damaged index."""

        def embeddings(self) -> None:  # type: ignore[override]
            raise RuntimeError("no embeddings")

        def check(self) -> None:  # type: ignore[override]
            raise IndexFailure("The index is damaged.")

    (tmp_path / "corpus").mkdir()
    settings = read_settings([tmp_path / "corpus"], tmp_path / "index")
    settings = settings.model_copy(update={"state": tmp_path / "state"})
    library = BrokenLibrary(Corpus(settings.corpus), tmp_path, embeddings=no_embeddings, fingerprint=str)
    states = names_and_states(list(run_checks(lambda: settings, lambda _: library)))
    assert states == {
        "Python": "ok",
        "Packages": "ok",
        "Settings": "ok",
        "State": "ok",
        "Corpus": "broken",
        "Embeddings": "broken",
        "Reranker": "off",
        "Index": "broken",
        "Model": "off",
        "Discord": "off",
    }


def test_doctor_shows_no_secret_and_exits_with_1(
    assistant: FakeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keys are only reported as set or not set; a failed check means exit code 1."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    result = run(assistant, "doctor")
    assert result.exit_code == 1
    assert "OPENAI_API_KEY set" in result.stdout
    assert "http://127.0.0.1:9/v1: cannot connect" in result.stdout
    assert "very-secret" not in result.output
    checks = json.loads(run(assistant, "doctor", "--json").stdout)
    assert {"name", "state", "text", "help"} == set(checks[0])


class ModelServer(http.server.BaseHTTPRequestHandler):
    """A model server that accepts one key and lists one model."""

    def do_GET(self) -> None:
        authorized = self.headers["Authorization"] == "Bearer good"
        self.send_response(200 if authorized else 401)
        self.end_headers()
        self.wfile.write(json.dumps({"data": [{"id": "small"}]} if authorized else {}).encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), ModelServer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/v1"
        server.shutdown()


@pytest.mark.parametrize(
    ("key", "model", "state"),
    [("good", "small", "ok"), ("good", "other", "warning"), ("bad", "small", "broken")],
)
def test_doctor_queries_the_model_server(
    server: str, key: str, model: str, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rejected key is broken; a server that does not list the model is a warning."""
    monkeypatch.setenv("OPENAI_API_KEY", key)
    monkeypatch.setenv("OPENAI_BASE_URL", server)
    monkeypatch.setenv("FOOTNOTE_CHAT_MODEL", model)
    assert [check.state for check in check_models(read_settings())] == [state]


def test_doctor_checks_folders(tmp_path: Path) -> None:
    """Unsupported files are a warning; a folder that cannot be created is broken."""
    (tmp_path / "a.txt").write_text("The town of Ost has a new bridge.", encoding="utf-8")
    (tmp_path / "b.xyz").touch()
    library = Library(Corpus([tmp_path]), tmp_path, embeddings=no_embeddings, fingerprint=str)
    assert check_corpus(library).state == "warning"
    assert check_folder("State", tmp_path / "new").state == "ok"
    assert check_folder("State", tmp_path / "a.txt" / "new").state == "broken"
