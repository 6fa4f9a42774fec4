"""Runs the steps of the Dockerfile as a script in an empty folder, then the health check and one answer.

    python tests/benchmarks/container_steps.py [PYTHON]

PYTHON is the Python to use in place of the image's (default: the one that runs this script). Needs a package
index, as building the image does.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "support")]

from dockerfile_steps import only, shell_script  # noqa: E402

QUESTION = "How many companies did the Chinese cyberspace regulator meet?"


def main(python: str = sys.executable) -> None:
    """Print each result. Raises CalledProcessError if a step or the health check fails."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        started = time.monotonic()
        environment = {key: value for key, value in os.environ.items() if not key.startswith("FOOTNOTE_")}
        script = shell_script(folder, [python])
        build = [*script.splitlines(), "env"]
        built = subprocess.run(
            ["bash", "-c", "\n".join(build)], env=environment, stdout=subprocess.PIPE, text=True, check=True
        )
        image = dict(line.split("=", 1) for line in built.stdout.splitlines() if "=" in line)
        print(f"steps: {time.monotonic() - started:.0f} s")
        shutil.copytree(ROOT / "corpus", folder / "articles", dirs_exist_ok=True)
        inside = environment | {key: image[key] for key in image if key == "PATH" or "FOOTNOTE" in key}
        health = only("HEALTHCHECK").words()
        for command in (health, ["footnote", "ask", QUESTION], health):
            ran = subprocess.run(command, cwd=folder / "app", env=inside, text=True, capture_output=True)
            print(f"{' '.join(command)}: exit code {ran.returncode}\n{ran.stdout[-400:]}{ran.stderr[-400:]}")
            ran.check_returncode()


if __name__ == "__main__":
    main(*sys.argv[1:])
