"""The bot's own messages: each has a translation with the same fields, and people get the right one."""

from __future__ import annotations

import ast
import asyncio
import importlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from discord import app_commands
from index_world import HashEmbeddings
from repository import ROOT

from bot.assistant import Assistant
from bot.catalogue_answers.catalogue_answer import NEWEST, OLDEST
from bot.claim_check import ONLY_COMPARED
from bot.discord.commands.addition_commands import ADDITION_COMMANDS
from bot.discord.commands.admin_commands import PLACES, SettingsCommands, sync
from bot.discord.commands.checked_posts import MEANINGS
from bot.discord.commands.member_commands import COMMANDS
from bot.discord.handlers.error_notices import ERROR_TEXTS
from bot.discord.handlers.mention_handler import UNREADABLE
from bot.extractive.report_date import report_date_lead
from bot.localization import MONTH_NAMES, catalogue, in_language, language_of, localized
from bot.question.conversation_mentions import _MARKER
from bot.records.record import FEEDBACK_REASONS
from bot.rendering.also_in import ALSO_IN, EARLIER
from bot.rendering.text_rendering import CHECK_NOTES, NOT_FOUND_REASONS, QUOTE_STATE_TEXTS, SUPPORT_NOTES
from retrieval.article import ArticleInfo
from retrieval.library import Library
from retrieval.reading.corpus import Corpus

QUESTION = "How many members voted for the ban of delivery drones?"
LOCALIZING = {"localized", "localized_count", "notice", "Refused", "NotAdded"}
SHOWN = {"notice", "progress"}  # fields of an Answer that members see
FIELD = re.compile(r"\{(\w+)\}")


CORE = [
    "This is not a question.",
    *ONLY_COMPARED,
    NEWEST,
    OLDEST,
    ALSO_IN,
    EARLIER,
]  # texts that no call names


class ModuleTexts:
    """The texts that a module passes to the functions that localize them, also by a name or condition."""

    def __init__(self, path: Path) -> None:
        self._module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        self._nodes = [*ast.walk(ast.parse(path.read_text(encoding="utf-8")))]

    def __iter__(self) -> Iterator[str]:
        for node in self._nodes:
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in LOCALIZING:
                named = [word.value for word in node.keywords if word.arg == "help"]
                for argument in [*node.args[:2], *named]:
                    yield from self._constants(argument)

    def _constants(self, node: ast.expr) -> Iterator[str]:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.IfExp):
            yield from (text for part in (node.body, node.orelse) for text in self._constants(part))
        elif isinstance(node, ast.Name):
            value = getattr(self._module, node.id, None)
            yield from [value] if isinstance(value, str) else self._assigned(node.id)

    def _assigned(self, name: str) -> Iterator[str]:
        """The texts assigned to a local variable."""
        for node in self._nodes:
            if isinstance(node, ast.Assign):
                target, value = node.targets[0], node.value
                pairs = [(target, value)]
                if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
                    pairs = [*zip(target.elts, value.elts, strict=True)]
                for part, assigned in pairs:
                    if isinstance(part, ast.Name) and part.id == name and not isinstance(assigned, ast.Name):
                        yield from self._constants(assigned)


def calls_localize(path: Path) -> bool:
    return any(f"{name}(" in path.read_text(encoding="utf-8") for name in LOCALIZING)


def command_texts() -> Iterator[str]:
    """The descriptions that Discord shows below commands and their options."""
    for command in [*COMMANDS, *ADDITION_COMMANDS, sync, SettingsCommands()]:
        members = command.walk_commands() if isinstance(command, app_commands.Group) else [command]
        for member in [command, *members]:
            if not isinstance(member, app_commands.ContextMenu):
                yield str(member.description)
            if isinstance(member, app_commands.Command):
                yield from (str(parameter.description) for parameter in member.parameters)


def modules() -> list[Path]:
    """The modules whose texts members can see."""
    found = sorted((ROOT / "bot").rglob("*.py"))
    return [p for p in found if not {"terminal", "records"} & set(p.parts) and p.name != "localization.py"]


def all_texts() -> list[str]:
    found = [MONTH_NAMES, "{day} {month} {year}"]
    found += [text for path in modules() if calls_localize(path) for text in ModuleTexts(path)]
    for table in (ERROR_TEXTS, UNREADABLE, MEANINGS, PLACES, QUOTE_STATE_TEXTS, NOT_FOUND_REASONS):
        found += table.values()
    found += [*SUPPORT_NOTES.values(), *CHECK_NOTES.values(), *QUOTE_STATE_TEXTS]
    found += [reason.capitalize() for reason in FEEDBACK_REASONS]
    found += [*command_texts(), *CORE]
    return sorted({text for text in found if text.strip()})


def test_every_message_has_a_german_translation_with_the_same_fields() -> None:
    """And the catalogue has no message that is no longer used."""
    german, texts = catalogue("de"), all_texts()
    assert [text for text in texts if text not in german] == []
    assert sorted(set(german) - set(texts)) == []
    for english, translated in german.items():
        assert sorted(FIELD.findall(english)) == sorted(FIELD.findall(translated)), english


def test_no_notice_is_only_in_english() -> None:
    """Notices and progress of answers are localized where they are made, not written as plain strings."""
    plain = []
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            targets = [node.arg] if isinstance(node, ast.keyword) else []
            if isinstance(node, ast.Assign):
                targets = [ast.unparse(target).rpartition(".")[2] for target in node.targets]
            if SHOWN & set(targets) and isinstance(node, (ast.keyword, ast.Assign)):
                plain += [f"{path.name}:{text}" for text in english(node.value)]
    assert plain == []


def english(node: ast.expr) -> Iterator[str]:
    """The texts in an expression that are shown as they are."""
    if (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.search("[A-Za-z]{2}", node.value)
    ):
        yield node.value
    elif not isinstance(node, ast.Call) or getattr(node.func, "attr", "") == "join":
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                yield from english(child)


def test_a_field_can_contain_braces() -> None:
    """Texts of people and articles are filled in as they are; a text without fields is not formatted."""
    assert localized("written by {model}", model="{x}") == "written by {x}"
    assert localized("An article says {x}.") == "An article says {x}."


@pytest.mark.parametrize(("locale", "language"), [("de", "de"), ("en-US", "en"), ("fr", "en"), ("", "en")])
def test_other_languages_get_english(locale: str, language: str) -> None:
    """Discord's locales have a language and sometimes a region."""
    assert language_of(locale) == language


async def test_tasks_keep_their_languages_apart() -> None:
    """Two people are answered at the same time."""

    async def speak(locale: str) -> str:
        with in_language(locale):
            await asyncio.sleep(0)
            return localized("Sources")

    assert [*await asyncio.gather(speak("de"), speak("en-GB"))] == ["Quellen", "Sources"]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Two articles about trams."""
    folder = tmp_path_factory.mktemp("trams")
    for day, updated in (("2024-05-09", "2024-05-11"), ("2024-06-01", "")):
        fields = f"title: Trams on {day}\npublisher: Lorn Herald\nauthor: Ida Brask\ndate: {day}\n"
        fields += f"updated: {updated}\n" if updated else ""
        (folder / f"{day}.md").write_text(f"---\n{fields}---\nThe trams of Lorn run again today.\n")
    library = Library(
        Corpus([folder]), folder.parent / "index", embeddings=HashEmbeddings, fingerprint=lambda: "words"
    )
    library.sync()
    return library


@pytest.mark.parametrize(
    ("question", "texts"),
    [
        (
            "Which articles mention trams?",
            ["2 Artikel erwähnen „trams“:", "„Trams on 2024-06-01“"],
        ),
        ("How many articles are there?", ["2 Artikel:"]),
        (
            "What is the newest article about trams?",
            ["Der neueste Artikel über „trams“ ist „"],
        ),
        ("Who wrote the articles about trams?", ["geschrieben von Ida Brask."]),
        ("When was the article about trams published?", ["erschien am", "bei Lorn Herald"]),
        ("Which publishers are there?", ["1 Herausgeber:", "Lorn Herald, 2 Artikel"]),
        (
            "What time span do the articles cover?",
            ["vom 9. Mai 2024 bis zum 1. Juni 2024;"],
        ),
        ("Which articles mention zeppelins?", ["Kein Artikel erwähnt „zeppelins“."]),
    ],
)
async def test_answers_about_the_articles_are_in_the_chosen_language(
    library: Library, question: str, texts: Sequence[str]
) -> None:
    """Also through threads; only titles and names stay as they are."""
    with in_language("de"):
        answer = [answer async for answer in Assistant(library).ask(question)][-1]
    shown = f"{answer.notice or ''} {answer.text}"
    assert [text for text in texts if text not in shown] == [], shown


def test_the_date_before_a_sentence_is_localized_and_not_part_of_what_was_said() -> None:
    """A follow-up refers to the sentence."""
    article = ArticleInfo("a", "a.txt", "Title", published="2021-03-18", updated="2021-03-20")
    with in_language("de"):
        lead = report_date_lead(article)
    assert lead == "Gemeldet am 18. März 2021, aktualisiert am 20. März 2021: "
    assert _MARKER.sub("", f"{lead}Trams run. [1]") == "Trams run."
