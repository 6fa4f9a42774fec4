"""Settings: sources, validation, and consistency with .env.example."""

from __future__ import annotations

import os
import re
from itertools import pairwise
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.errors import SettingsInvalid
from bot.providers import PROVIDERS
from bot.settings import Settings, read_settings

LINE = re.compile(r"^#([A-Z][A-Z_]*)=(.*)$", re.M)
PROVIDER_KEYS = {"ANTHROPIC_API_KEY", "GOOGLE_API_KEY", "MISTRAL_API_KEY"}  # in `provider_variables`
PLATFORM_DEFAULTS = {"FOOTNOTE_STATE", "FOOTNOTE_CACHE"}  # defaults that depend on the system


def variable_name(name: str) -> str:
    alias = Settings.model_fields[name].validation_alias
    return alias if isinstance(alias, str) else f"FOOTNOTE_{name.upper()}"


def as_env_value(value: object) -> str:
    if isinstance(value, tuple):
        return os.pathsep.join(map(str, value))
    return "" if value is None else str(value)


def example_values(repository: Path) -> dict[str, str]:
    text = (repository / ".env.example").read_text(encoding="utf-8")
    return {name: value for name, value in LINE.findall(text) if name not in PROVIDER_KEYS}


def test_the_example_lists_exactly_the_settings(repository: Path) -> None:
    """No setting is undocumented, and no documented setting is missing."""
    assert set(example_values(repository)) == {
        variable_name(name) for name in Settings.model_fields if name != "provider_variables"
    }


def test_the_example_shows_the_defaults(repository: Path) -> None:
    """Uncommenting a line of the example changes nothing."""
    values = example_values(repository)
    for name, field in Settings.model_fields.items():
        if name != "provider_variables" and variable_name(name) not in PLATFORM_DEFAULTS:
            assert values[variable_name(name)] == as_env_value(field.default), name


def test_every_setting_in_the_example_has_a_comment(repository: Path) -> None:
    """On the line above."""
    lines = (repository / ".env.example").read_text(encoding="utf-8").splitlines()
    for before, line in pairwise(lines):
        if LINE.match(line):
            assert before.startswith("# "), line


def test_the_uncommented_example_is_valid(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With every line uncommented, the settings are the defaults."""
    text = (repository / ".env.example").read_text(encoding="utf-8")
    (tmp_path / ".env").write_text(LINE.sub(r"\1=\2", text), encoding="utf-8")
    defaults = read_settings()
    monkeypatch.chdir(tmp_path)
    assert read_settings() == defaults


def test_the_command_line_overrides_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Corpus and index can be given for one run."""
    monkeypatch.setenv("FOOTNOTE_CORPUS", "elsewhere")
    settings = read_settings([Path("one"), Path("two")], Path("index"))
    assert settings.corpus == (Path("one"), Path("two"))
    assert settings.corpus_text == f"one{os.pathsep}two"
    assert settings.index_dir == Path("index")


def test_the_environment_can_list_several_folders(monkeypatch: pytest.MonkeyPatch) -> None:
    """The separator is special in the environment only; on the command line it is part of the path."""
    monkeypatch.setenv("FOOTNOTE_CORPUS", f"one{os.pathsep}two")
    assert read_settings().corpus == (Path("one"), Path("two"))
    assert read_settings([Path(f"one{os.pathsep}two")]).corpus == (Path(f"one{os.pathsep}two"),)


@pytest.mark.parametrize(
    ("name", "value"),
    [("FOOTNOTE_PASSAGES", "many"), ("FOOTNOTE_MODE", "clever"), ("FOOTNOTE_TIMEOUT", "-1")],
)
def test_invalid_values_are_rejected_in_one_sentence(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error names the variable, not the value, which could be a secret."""
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsInvalid) as caught:
        read_settings()
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_unreadable_env_file_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For instance a .env in another encoding."""
    (tmp_path / ".env").write_bytes(b"FOOTNOTE_CORPUS=\xff\xfe\xe9")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsInvalid, match=r"\.env"):
        read_settings()


def test_keys_are_not_in_the_repr(monkeypatch: pytest.MonkeyPatch) -> None:
    """Logging the settings reveals no secret."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")
    monkeypatch.setenv("DISCORD_TOKEN", "very-secret")
    assert "very-secret" not in repr(read_settings())


def test_keys_in_the_settings_reach_the_clients_of_their_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    """Through the environment, of which set variables win; those of other providers stay out of it."""
    monkeypatch.setenv("MISTRAL_API_KEY", "from the shell")
    monkeypatch.setenv("MISTRAL_BASE_URL", "")
    monkeypatch.delenv("MISTRAL_BASE_URL")
    names = ("MISTRAL_API_KEY", "MISTRAL_BASE_URL", "ANTHROPIC_API_KEY")
    settings = Settings(provider_variables={name: SecretStr("from .env") for name in names})
    settings.export_variables(PROVIDERS["mistralai"])
    values = [os.environ.get(name) for name in names]
    assert values == ["from the shell", "from .env", None]
