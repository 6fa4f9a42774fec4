"""A folder of notes with tags and ignored parts: counted, listed, asked about, limited to a tag or path."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from discord_bot import running
from discord_stand_in import DiscordStandIn
from index_world import HashEmbeddings

from bot.assistant import Assistant
from bot.terminal.commands.cli import main
from retrieval.library import Library
from retrieval.reading.corpus import Corpus

BRIDGE = "Who paid for the repair of the bridge?"
NOTES = {
    ".obsidian/workspace.md": "# Workspace\n\nThe repair of the bridge was paid for by nobody at all.",
    "templates/note.md": "# Template\n\nThe repair of the bridge was paid for by the template.",
    "private/diary.md": "# Diary\n\nThe repair of the bridge was paid for by my uncle, I think.",
    ".footnoteignore": "private/\n",
    "news/bridge.md": (
        "---\ntitle: The old bridge\ndate: 2024-05-02\ntags: [News/Harbour, repairs]\n---\n\n"
        "The repair of the bridge was paid for by the port of Lorwick. It took nine weeks."
    ),
    "news/ferry.md": (
        "---\ntitle: The new ferry\ndate: 2024-06-03\ntags: #news/Transport #boats\n---\n\n"
        "The ferry to Skelness sails twice a day. A ticket costs four crowns."
    ),
    "ideas/bridge.md": (
        "# A second bridge\n\nThe repair of the second bridge was paid for by a lottery. #Repairs\n"
        "See `#code`, [[The old bridge#Costs]] and issue #12."
    ),
    "rows.jsonl": json.dumps(
        {"id": "r1", "title": "Harbour fees", "text": "The fees of the harbour rise in May.", "tags": "fees"}
    ),
}


@pytest.fixture
def assistant(tmp_path: Path) -> Assistant:
    for name, text in NOTES.items():
        path = tmp_path / "notes" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    corpus, embeddings = Corpus([tmp_path / "notes"]), HashEmbeddings()
    library = Library(corpus, tmp_path / "index", embeddings=lambda: embeddings, fingerprint=lambda: "words")
    library.sync()
    return Assistant(library)


def run(assistant: Assistant, *arguments: str) -> Result:
    result = CliRunner().invoke(main, arguments, obj=lambda _: assistant)
    assert result.exit_code == 0, result.output
    return result


def paths(assistant: Assistant, *options: str) -> set[str]:
    """The files of the passages that `search --json` finds for a question that all notes match."""
    words = "the repair of the bridge ferry fees harbour second"
    found = json.loads(run(assistant, "search", "--no-sync", "--json", *options, words).stdout)
    return {passage["article"]["path"] for passage in found["passages"]}


def test_status_counts_tags_ignored_files_and_scopes(assistant: Assistant) -> None:
    """A tag counts the articles below it; spellings that differ only in case are one tag."""
    everything = json.loads(run(assistant, "status", "--json").stdout)
    assert (everything["articles"], everything["left_out"]["ignored"]) == (4, 2)
    assert everything["tags"] == {
        "News": 2, "Repairs": 2, "boats": 1, "fees": 1, "News/Harbour": 1, "news/Transport": 1
    }  # fmt: skip
    text = run(assistant, "status").stdout
    assert "Tags        News (2), Repairs (2), boats (1)" in text
    for scope, count in ((("--path", "news"), 2), (("--tag", "repairs"), 2), (("--tag", "x"), 0)):
        assert json.loads(run(assistant, "status", "--json", *scope).stdout)["articles"] == count
    both = json.loads(run(assistant, "status", "--json", "--tag", "repairs", "--path", "news").stdout)
    assert (both["articles"], both["passages"], both["first_date"]) == (1, 1, "2024-05-02")


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("news", {"news/bridge.md", "news/ferry.md"}),
        ("#NEWS/", {"news/bridge.md", "news/ferry.md"}),
        ("news/transport", {"news/ferry.md"}),
        ("Repairs", {"news/bridge.md", "ideas/bridge.md"}),
        ("fees", {"rows.jsonl"}),
        ("harbour", set()),
        ("code", set()),
    ],
)
def test_a_tag_selects_its_articles_and_those_below_it(
    assistant: Assistant, tag: str, expected: set[str]
) -> None:
    """In both retrievers, ignoring case and "#"; code and numbers are no tags."""
    assert paths(assistant, "--tag", tag) == expected


def test_tags_combine_with_each_other_and_with_paths(assistant: Assistant) -> None:
    """One of several tags is enough; other filters apply in addition."""
    assert paths(assistant, "--tag", "fees", "--tag", "boats") == {"rows.jsonl", "news/ferry.md"}
    assert paths(assistant, "--tag", "repairs", "--path", "ideas") == {"ideas/bridge.md"}


def test_questions_are_answered_from_the_tagged_articles(assistant: Assistant) -> None:
    """In text and JSON; an unknown tag is named with the nearest one."""
    text = run(assistant, "ask", "--no-sync", "--tag", "news/harbour", BRIDGE).stdout
    assert "port of Lorwick" in text
    assert "lottery" not in text
    answer = json.loads(run(assistant, "ask", "--no-sync", "--json", "--tag", "boats", BRIDGE).stdout)
    assert all(citation["article"]["tags"] == ["news/Transport", "boats"] for citation in answer["citations"])
    wrong = run(assistant, "ask", "--no-sync", "--tag", "repair", BRIDGE)
    assert "Unknown tag: 'repair'. Did you mean 'repairs'?" in wrong.stderr


def test_articles_lists_tags_and_filters_by_them(assistant: Assistant) -> None:
    """Words match tags, too."""
    line = "news/ferry.md\tThe new ferry · 2024-06-03 #news/Transport #boats\n"
    assert line in run(assistant, "articles", "--no-sync").stdout
    assert run(assistant, "articles", "--no-sync", "--tag", "boats").stdout == line
    assert run(assistant, "articles", "--no-sync", "transport").stdout == line
    assert run(assistant, "articles", "--no-sync", "tagged", "boats").stdout == line


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Which articles are tagged repairs?", "2 articles tagged “Repairs”:"),
        ("how many notes have the tag #news?", "2 articles tagged “News”:"),
        ("List all articles with the tag “boats”", "1 article tagged “boats”:"),
        ("Which articles about the bridge are tagged news/harbour?", "1 article tagged “News/Harbour” about"),
        ("Which tags are there?", "6 tags:"),
    ],
)
def test_questions_about_tags(assistant: Assistant, question: str, expected: str) -> None:
    """They are answered completely from the catalogue."""
    assert expected in run(assistant, "ask", "--no-sync", question).stdout


def test_a_question_about_an_unknown_tag_is_refused(assistant: Assistant) -> None:
    """With the reason."""
    answer = json.loads(
        run(assistant, "ask", "--no-sync", "--json", "Which notes are tagged #cooking?").stdout
    )
    assert (answer["status"], answer["notice"]) == ("not_found", "No article has the tag “cooking”.")


async def test_discord_filters_suggests_and_limits_by_tag(assistant: Assistant, tmp_path: Path) -> None:
    """/ask with a tag, autocompletion, an unknown tag, and a channel limited to a tag."""
    async with DiscordStandIn() as discord:
        guild, ann, boss = discord.add_guild(), discord.person("Ann"), discord.person("Boss")
        channel, other = guild.channels[0], discord.add_channel(guild, "other")

        async def shown(name: str, where: Any = channel, **options: Any) -> str:
            manager = name.startswith("settings")
            sent = await discord.slash(boss if manager else ann, where, name, manager=manager, **options)
            return (await discord.finished(sent)).text

        async with running(discord, tmp_path / "state", assistant) as client:
            await client.sync_task.first_sync.searchable.wait()
            assert "port of Lorwick" in await shown("ask", question=BRIDGE, tag="news")
            assert "lottery" in await shown("ask", question=BRIDGE, tag="#repairs", path="ideas")
            wrong = await shown("ask", question=BRIDGE, tag="boat")
            assert wrong == "No article has the tag “boat”. Do you mean “boats”?"
            assert "ferry" in await shown("articles", tag="boats")
            assert "Skelness" not in await shown("search", words="the ferry", tag="repairs")
            typed = await discord.autocomplete(ann, channel, "ask", "tag", "#NEWS")
            await discord.until(lambda: typed.response)
            assert typed.response is not None
            choices = [choice["value"] for choice in typed.response["data"]["choices"]]
            assert choices == ["News", "News/Harbour", "news/Transport"]
            limited = await shown("settings articles", tag="boats", channel=str(channel.id))
            assert f"<#{channel.id}>: with the tag “boats”" in limited
            assert "1 article" in await shown("articles")
            assert "port of Lorwick" not in await shown("ask", question=BRIDGE)
            assert "4 articles" in await shown("articles", where=other)
    assert not discord.violations
