"""Settings: what they read, how they refuse, and that .env.example tells all of them with their defaults."""

from __future__ import annotations

import os
import re
from itertools import pairwise
from pathlib import Path

import pytest

from bot.errors import SettingsInvalid
from bot.settings import Settings, read_settings

LINE = re.compile(r"^#([A-Z][A-Z_]*)=(.*)$", re.M)
OWN_PLACE = {"FOOTNOTE_STATE", "FOOTNOTE_CACHE"}  # defaults that differ from system to system


def variable(name: str) -> str:
    alias = Settings.model_fields[name].validation_alias
    return alias if isinstance(alias, str) else f"FOOTNOTE_{name.upper()}"


def shown(value: object) -> str:
    if isinstance(value, tuple):
        return os.pathsep.join(map(str, value))
    return "" if value is None else str(value)


def example(repository: Path) -> dict[str, str]:
    text = (repository / ".env.example").read_text(encoding="utf-8")
    return dict(LINE.findall(text))


def test_the_example_lists_every_setting_and_no_other(repository: Path) -> None:
    """A setting without an explanation, or an explanation without its setting, fails here."""
    assert set(example(repository)) == {variable(name) for name in Settings.model_fields}


def test_the_example_shows_the_defaults(repository: Path) -> None:
    """Uncommenting a line of the example changes nothing."""
    lines = example(repository)
    for name, field in Settings.model_fields.items():
        if variable(name) not in OWN_PLACE:
            assert lines[variable(name)] == shown(field.default), name


def test_each_setting_of_the_example_is_explained(repository: Path) -> None:
    """Above each setting stands a comment."""
    lines = (repository / ".env.example").read_text(encoding="utf-8").splitlines()
    for before, line in pairwise(lines):
        if LINE.match(line):
            assert before.startswith("# "), line


def test_the_whole_example_can_be_used_as_it_is(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With every line taken in, the settings are the defaults."""
    text = (repository / ".env.example").read_text(encoding="utf-8")
    (tmp_path / ".env").write_text(LINE.sub(r"\1=\2", text), encoding="utf-8")
    plain = read_settings()
    monkeypatch.chdir(tmp_path)
    assert read_settings() == plain


def test_the_command_line_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is said for one run replaces what is set for all."""
    monkeypatch.setenv("FOOTNOTE_CORPUS", "elsewhere")
    settings = read_settings([Path("one"), Path("two")], Path("index"))
    assert settings.corpus == (Path("one"), Path("two"))
    assert settings.corpus_text == f"one{os.pathsep}two"
    assert settings.index_dir == Path("index")


def test_several_folders_are_joined_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """There the separator parts folders; on the command line a folder's name may hold it."""
    monkeypatch.setenv("FOOTNOTE_CORPUS", f"one{os.pathsep}two")
    assert read_settings().corpus == (Path("one"), Path("two"))
    assert read_settings([Path(f"one{os.pathsep}two")]).corpus == (Path(f"one{os.pathsep}two"),)


@pytest.mark.parametrize(
    ("name", "value"),
    [("FOOTNOTE_PASSAGES", "many"), ("FOOTNOTE_MODE", "clever"), ("FOOTNOTE_TIMEOUT", "-1")],
)
def test_a_bad_value_is_refused_in_one_sentence(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sentence names the variable, not the value, which might be a secret."""
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsInvalid) as caught:
        read_settings()
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_unreadable_env_file_is_refused_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A .env in another encoding leads to a sentence about that file."""
    (tmp_path / ".env").write_bytes(b"FOOTNOTE_CORPUS=\xff\xfe\xe9")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsInvalid, match=r"\.env"):
        read_settings()


def test_keys_are_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """The text of the settings holds no secret."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")
    monkeypatch.setenv("DISCORD_TOKEN", "very-secret")
    assert "very-secret" not in repr(read_settings())
