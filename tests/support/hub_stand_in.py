"""A stand-in for the Hugging Face hub on loopback, with one model."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class _Hub(BaseHTTPRequestHandler):
    """A hub with one model, *name*, whose files are in ``folder``."""

    name: str
    folder: Path
    requests: list[str]

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def _answer(self, body: bool) -> None:
        self.requests.append(self.path)
        names = [
            path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*") if path.is_file()
        ]
        path = self.path.partition("?")[0]
        wanted = path.removeprefix(f"/{self.name}/resolve/").partition("/")[2]
        if path.startswith(f"/api/models/{self.name}"):
            files = [
                {"rfilename": file, "type": "file", "path": file, "size": 1, "oid": "0"} for file in names
            ]
            listed = files if "/tree/" in path else {"id": self.name, "sha": "1" * 40, "siblings": files}
            self._send(200, json.dumps(listed).encode(), body)
        elif path.startswith(f"/{self.name}/resolve/") and wanted in names:
            self._send(200, (self.folder / wanted).read_bytes(), body)
        else:
            self._send(404, b"{}", body)

    def _send(self, status: int, content: bytes, body: bool) -> None:
        self.send_response(status)
        self.send_header("ETag", f'"{len(content):040x}"')
        self.send_header("X-Repo-Commit", "1" * 40)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if body:
            self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""


@contextmanager
def hub_stand_in(name: str, folder: Path) -> Iterator[tuple[str, list[str]]]:
    """The URL of a hub that has the model *name* in *folder*, and the paths requested from it."""
    requests: list[str] = []
    handler = type("Hub", (_Hub,), {"name": name, "folder": folder, "requests": requests})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", requests
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def hub_environment(url: str, cache: Path, repository: Path) -> dict[str, str]:
    """The environment of a subprocess that uses the hub: the package reads the URL when it is imported."""
    return {"HF_ENDPOINT": url, "HF_HOME": str(cache / "hf"), "PYTHONPATH": str(repository)}
