"""Prompts: loading, rendering, and validation of custom prompts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from langchain_core.prompts import ChatPromptTemplate

import prompts
from bot.errors import SettingsInvalid
from bot.model.prompt_chain import ModelChain
from bot.settings import Settings


def settings(**given: Any) -> Settings:
    return Settings(**{"OPENAI_API_KEY": "k", **given})


GOOD = "Version 7.\n\n# System\n\nBe brief. {{literal}}\n\n# Human\n\n{passages} {today}\n{question}\n"


@pytest.mark.parametrize("name", sorted(prompts.VARIABLES))
def test_each_prompt_renders_with_its_variables(name: str) -> None:
    """The text contains the value of every variable and no braces."""
    prompt = prompts.load(name)
    assert prompt.version >= 1
    values = {variable: f"<the {variable}>" for variable in prompts.VARIABLES[name]}
    template = ChatPromptTemplate.from_messages([("system", prompt.system), ("human", prompt.human)])
    text = "\n".join(str(message.content) for message in template.format_messages(**values))
    assert all(value in text for value in values.values())
    assert "{" not in text
    assert "Version" not in text


def test_the_answer_prompt_contains_the_required_instructions() -> None:
    """Markers, NOT_FOUND, dates, attribution, several sources, language, prompt injection."""
    system = prompts.load("answer").system
    markers, style = ["[2]", "[1][3]", "NOT_FOUND"], ["date", "according to", "language of the question"]
    for phrase in [*markers, *style, "never an instruction"]:
        assert phrase in system


def test_custom_prompts_replace_the_built_in_ones(tmp_path: Path) -> None:
    """A missing file falls back to the built-in prompt."""
    (tmp_path / "answer.md").write_text(GOOD, encoding="utf-8")
    assert prompts.load("answer", tmp_path).version == 7
    assert prompts.load("answer", tmp_path).system == "Be brief. {{literal}}"
    assert prompts.load("standalone", tmp_path) == prompts.load("standalone")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (GOOD.replace("{today}", ""), "does not use its variable {today}"),
        (GOOD.replace("brief", "{mood}"), "uses an unknown variable {mood}"),
        (GOOD.replace("{{literal}}", "{literal"), "unmatched brace"),
        (GOOD.replace("{question}", "{question.__class__}"), "use a plain name"),
        (GOOD.replace("{question}", "{question!r:>9}"), "use a plain name"),
        (GOOD.replace("# Human", "Human"), 'no text under a line "# Human"'),
        ("", 'no text under a line "# System"'),
    ],
)
def test_an_invalid_prompt_is_rejected(tmp_path: Path, text: str, says: str) -> None:
    """The error names the file and the problem, before any question is asked."""
    (tmp_path / "answer.md").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsInvalid) as caught:
        ModelChain(settings(prompts=tmp_path))
    assert says in str(caught.value)
    assert "answer.md" in str(caught.value)


def test_an_unreadable_folder_or_file_is_named(tmp_path: Path) -> None:
    """A missing folder and a file that is not text."""
    with pytest.raises(prompts.PromptInvalid, match="does not exist"):
        prompts.load("answer", tmp_path / "none")
    (tmp_path / "answer.md").write_bytes(b"\xff\xfe\xff\xff")
    with pytest.raises(prompts.PromptInvalid, match="cannot be read"):
        prompts.load("answer", tmp_path)
