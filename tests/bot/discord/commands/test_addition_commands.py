"""/add, /added and /remove: with the real client, library and files; attachments come from a stand-in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from discord_bot import running
from discord_people import SentInteraction
from discord_stand_in import DiscordStandIn
from discord_world import Channel, User
from index_world import HashEmbeddings

from bot.assistant import Assistant
from bot.discord.additions import server_articles
from bot.discord.additions.addition_store import Addition, AdditionStore
from bot.discord.handlers.discord_store import store_path
from retrieval.library import Library
from retrieval.reading.corpus import Corpus
from retrieval.web import public_download

TRAM = """---
title: Tram depot of Lorn repaired
publisher: Lorn Herald
date: 2024-05-09
---
The council of Lorn repaired the tram depot for 12 million crowns.

Nineteen trams return to the depot in June.
"""
QUESTION = "How many million crowns did the tram depot of Lorn cost?"
PAGE = f"""<!doctype html><html lang="en"><head><title>Tram depot of Lorn repaired</title></head>
<body><article><h1>Tram depot of Lorn repaired</h1><p>{TRAM.rpartition("---")[2] * 3}</p></article></body>"""


@pytest.fixture(autouse=True)
def loopback_is_public(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stand-ins count as public; the rest of this machine stays private."""
    monkeypatch.setattr(public_download, "is_public", lambda address: address == "127.0.0.1")


@pytest.fixture
def assistant(tmp_path: Path) -> Assistant:
    """An assistant over a corpus of two folders, each with an article."""
    roots = [tmp_path / "first", tmp_path / "second"]
    for root in roots:
        root.mkdir()
        (root / "harbour.txt").write_text(f"Harbour of {root.name}\n\nThe harbour was closed on Monday.\n")
    library = Library(
        Corpus(roots), tmp_path / "index", embeddings=HashEmbeddings, fingerprint=lambda: "words"
    )
    return Assistant(library)


@pytest.fixture
async def pages() -> AsyncIterator[str]:
    """The URL of a web server with an article, a redirect to a private address, and a page that hangs."""

    async def answer(request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        if name == "tram":
            return web.Response(text=PAGE, content_type="text/html")
        if name == "private":
            raise web.HTTPFound(f"http://127.0.0.2:{request.url.port}/tram")
        if name == "hang":
            await asyncio.sleep(30)
        raise web.HTTPNotFound

    application = web.Application()
    application.router.add_get("/{name}", answer)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


class Manager:
    """A person who can manage the first server, and what they do there."""

    def __init__(self, discord: DiscordStandIn) -> None:
        self.discord = discord
        self.user: User = discord.person("Boss")
        self.place: Channel = discord.guilds[0].channels[0]

    async def use(self, command: str, *, manager: bool = True, **options: object) -> SentInteraction:
        sent = await self.discord.slash(self.user, self.place, command, manager=manager, **options)
        return await self.discord.finished(sent, 60)

    async def add(self, name: str, data: bytes, **more: float) -> str:
        return (await self.use("add", file=self.discord.attach(name, data, **more))).text  # type: ignore[arg-type]

    async def remove(self, typed: str) -> str:
        found = await self.discord.autocomplete(
            self.user, self.place, "remove", "article", typed, manager=True
        )
        (choice,) = await choices(self.discord, found)
        asked = await self.use("remove", article=choice["value"])
        assert f"Remove “{choice['name']}”" in asked.text
        await self.discord.click(self.user, asked.last, "Remove", manager=True)
        await self.discord.until(lambda: asked.last.text.startswith("Removed"), 60)
        return asked.last.text


async def choices(discord: DiscordStandIn, typed: SentInteraction) -> list[dict[str, str]]:
    """The suggestions for what was typed."""
    await discord.until(lambda: typed.response)
    assert typed.response is not None
    found: list[dict[str, str]] = typed.response["data"]["choices"]
    return found


def files(tmp_path: Path) -> list[str]:
    """What was added, relative to its folder, hidden files too."""
    folder = tmp_path / "first" / "added-on-discord"
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


async def test_an_added_file_is_answered_in_its_server_only(
    tmp_path: Path, assistant: Assistant, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever the server's settings; it is listed, and it can be removed. The log says who did what."""
    caplog.set_level("INFO", "footnote.discord")
    async with DiscordStandIn() as discord:
        guild, other, ann = discord.add_guild(), discord.add_guild("Other"), discord.person("Ann")
        boss = Manager(discord)
        async with running(discord, tmp_path / "state", assistant) as client:
            await client.sync_task.first_sync.searchable.wait()
            await boss.use("settings articles", folder="second")
            text = await boss.add("tram report.md", TRAM.encode())
            assert text.startswith("1 article added\n- **Tram depot of Lorn repaired**\n")
            assert "You can ask about it in this server now; other servers cannot." in text
            asked = await discord.slash(ann, guild.channels[0], "ask", question=QUESTION)
            assert "12 million crowns" in (await discord.finished(asked)).text
            for place in (other.channels[0], discord.direct(ann)):
                asked = await discord.slash(ann, place, "ask", question=QUESTION)
                assert "12 million" not in (await discord.finished(asked)).text
                listed = await discord.finished(await discord.slash(ann, place, "articles"))
                assert "Tram" not in listed.text
                found = await discord.autocomplete(ann, place, "ask", "publisher", "lorn")
                assert await choices(discord, found) == []
            listed = await boss.use("added")
            assert f"**Tram depot of Lorn repaired** · 1 passage · <@{boss.user.id}>" in listed.text
            assert await boss.remove("TRAM") == "Removed “Tram depot of Lorn repaired”."
            asked = await discord.slash(ann, guild.channels[0], "ask", question=QUESTION)
            assert "12 million" not in (await discord.finished(asked)).text
            assert "has not added any articles" in (await boss.use("added")).text
    assert files(tmp_path) == []
    assert f"added server={guild.id} user={boss.user.id} source='tram report.md' files=1" in caplog.text
    assert f"removed server={guild.id} user={boss.user.id} source='tram report.md'" in caplog.text
    assert discord.violations == []


async def test_a_page_is_added_by_its_link(tmp_path: Path, assistant: Assistant, pages: str) -> None:
    """Adding it again replaces it; what fails is one line, and nothing is saved."""
    async with DiscordStandIn() as discord:
        discord.add_guild()
        boss = Manager(discord)
        async with running(discord, tmp_path / "state", assistant) as client:
            await client.sync_task.first_sync.searchable.wait()
            for _ in range(2):
                added = await boss.use("add", link=f"{pages}/tram")
                assert "**Tram depot of Lorn repaired**" in added.text
            assert len(files(tmp_path)) == 1
            assert (await boss.use("added")).text.count("Tram depot") == 1
            for link, reason in (
                ("ftp://example.org/x", "A link starts with https:// or http://."),
                (f"{pages}/missing", "the server answered 404 Not Found."),
                (f"{pages}/private", "127.0.0.2 is a private address, which is not allowed."),
                ("http://10.0.0.1/", "10.0.0.1 is a private address, which is not allowed."),
            ):
                failed = await boss.use("add", link=link)
                assert reason in failed.text.replace("\\", "")
                assert failed.last.ephemeral
            assert len(files(tmp_path)) == 1
    assert discord.violations == []


async def test_a_link_that_hangs_is_given_up(
    tmp_path: Path, assistant: Assistant, pages: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the time limit; the bot answers meanwhile."""
    monkeypatch.setattr(server_articles, "MAX_SECONDS", 1.0)
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person("Ann")
        boss = Manager(discord)
        async with running(discord, tmp_path / "state", assistant) as client:
            await client.sync_task.first_sync.searchable.wait()
            hanging = await discord.slash(boss.user, boss.place, "add", manager=True, link=f"{pages}/hang")
            asked = await discord.slash(ann, guild.channels[0], "about")
            assert "**2** articles" in (await discord.finished(asked)).text
            assert "Nothing was added." in (await discord.finished(hanging)).text
    assert files(tmp_path) == []


@pytest.mark.parametrize(
    ("name", "data", "size", "reason"),
    [
        ("virus.exe", b"MZ", 2, "I cannot add files of this type. I can read: .txt"),
        ("rows.jsonl", b'{"id": "harbour.txt"}', 21, "I cannot add files of this type."),
        ("large.txt", b"x", 50_000_000, "The file is larger than 20 MB."),
        ("lies.txt", b"word " * 10_000_000, 10, "lies.txt: it is larger than 20 MB."),
        ("empty.txt", b" \n", 2, "empty.txt: The file is empty."),
        ("broken.odt", b"no archive", 10, "broken.odt: "),
    ],
)
async def test_files_that_cannot_be_added_are_one_line(
    tmp_path: Path, assistant: Assistant, name: str, data: bytes, size: int, reason: str
) -> None:
    """A wrong type, 50 MB, a size that is a lie, no text, a damaged file: nothing is saved."""
    async with DiscordStandIn() as discord:
        discord.add_guild()
        boss = Manager(discord)
        async with running(discord, tmp_path / "state", assistant) as client:
            await client.sync_task.first_sync.searchable.wait()
            text = await boss.add(name, data, size=size)
    assert reason in text
    assert str(tmp_path) not in text
    assert "/tmp" not in text
    assert files(tmp_path) == []
    assert discord.violations == []


@pytest.mark.parametrize(
    "name", ["../../harbour.txt", "..\\..\\x.txt", "/etc/cron.d/x.txt", ".\u202efdp.txt", "a" * 400 + ".txt"]
)
async def test_hostile_names_stay_in_the_folder_of_the_server(
    tmp_path: Path, assistant: Assistant, name: str
) -> None:
    """Nothing else in the corpus changes."""
    async with DiscordStandIn() as discord:
        guild = discord.add_guild()
        boss = Manager(discord)
        async with running(discord, tmp_path / "state", assistant) as client:
            await client.sync_task.first_sync.searchable.wait()
            assert "1 article added" in await boss.add(name, TRAM.encode())
    (added,) = files(tmp_path)
    assert added.startswith(f"{guild.id}/")
    assert added.endswith(".txt")
    assert len([*tmp_path.rglob("*.txt")]) == 3  # noqa: ASYNC240 (the bot has ended)
    assert discord.violations == []


async def test_a_server_adds_at_most_what_the_operator_allows(tmp_path: Path, assistant: Assistant) -> None:
    """In all its articles together."""
    async with DiscordStandIn() as discord:
        discord.add_guild()
        boss = Manager(discord)
        async with running(discord, tmp_path / "state", assistant, discord_add_mb=1) as client:
            await client.sync_task.first_sync.searchable.wait()
            assert "1 article added" in await boss.add("a.txt", TRAM.encode())
            assert "1 MB of articles, which is the limit" in await boss.add("b.txt", b"word " * 210_000)
    assert len(files(tmp_path)) == 1


async def test_what_the_operator_leaves_out_is_not_kept(tmp_path: Path, assistant: Assistant) -> None:
    """Its file would be of no use."""
    (tmp_path / "first" / ".footnoteignore").write_text("*.md\n")
    async with DiscordStandIn() as discord:
        discord.add_guild()
        boss = Manager(discord)
        async with running(discord, tmp_path / "state", assistant) as client:
            await client.sync_task.first_sync.searchable.wait()
            assert "leave out such files" in await boss.add("a.md", TRAM.encode())
    assert files(tmp_path) == []


async def test_only_managers_can_add_and_remove(tmp_path: Path, assistant: Assistant) -> None:
    """Also if the server shows the commands to others, and not what another server added."""
    async with DiscordStandIn() as discord:
        discord.add_guild()
        boss, other = Manager(discord), discord.add_guild("Other").channels[0]
        async with running(discord, tmp_path / "state", assistant) as client:
            await client.sync_task.first_sync.searchable.wait()
            await boss.add("a.txt", TRAM.encode())
            (addition,) = client.server_articles.of_server(discord.guilds[0].id)
            file = discord.attach("b.txt", TRAM.encode())
            for command, options in (("add", {"file": file}), ("added", {}), ("remove", {"article": "x"})):
                refused = await boss.use(command, manager=False, **options)
                assert "Manage Server" in refused.text
            asked = await boss.use("remove", article=addition.id)
            pressed = await discord.click(boss.user, asked.last, "Remove")
            assert "Manage Server" in (await discord.finished(pressed)).text
            boss.place = other
            assert "has not added such an article" in (await boss.use("remove", article=addition.id)).text
    assert len(files(tmp_path)) == 1


async def test_the_operator_can_turn_it_off(tmp_path: Path, assistant: Assistant) -> None:
    """The commands are not offered; what was added stays in its server."""
    async with DiscordStandIn() as discord:
        guild, other, ann = discord.add_guild(), discord.add_guild("Other"), discord.person("Ann")
        boss = Manager(discord)
        async with running(discord, tmp_path / "state", assistant) as client:
            await client.sync_task.first_sync.searchable.wait()
            await boss.add("a.txt", TRAM.encode())
        async with running(discord, tmp_path / "state", assistant, discord_add_mb=0) as client:
            await client.sync_task.first_sync.searchable.wait()
            names = {command["name"] for command in discord.commands}
            assert not names & {"add", "added", "remove"}
            helped = await discord.finished(await discord.slash(ann, guild.channels[0], "help"))
            assert "/add" not in helped.text
            for place, is_known in ((guild.channels[0], True), (other.channels[0], False)):
                asked = await discord.slash(ann, place, "ask", question=QUESTION)
                assert ("12 million" in (await discord.finished(asked)).text) is is_known


async def test_what_a_kill_interrupted_is_removed_at_the_start(tmp_path: Path, assistant: Assistant) -> None:
    """A download, an addition of two files after the first, and a removal; complete additions stay."""
    async with DiscordStandIn() as discord:
        guild = discord.add_guild()
        boss = Manager(discord)
        async with running(discord, tmp_path / "state", assistant) as client:
            await client.sync_task.first_sync.searchable.wait()
            await boss.add("a.txt", TRAM.encode())
        folder = tmp_path / "first" / "added-on-discord" / str(guild.id)
        (complete,) = files(tmp_path)
        for path in ("host/half.md", "gone.md", ".0123/x/download.txt"):
            (folder / path).parent.mkdir(exist_ok=True, parents=True)
            (folder / path).write_text(TRAM)
        store = AdditionStore(store_path(tmp_path / "state"))
        own = complete.partition("/")[2]
        for key, paths in (("half", ("host/half.md", "host/never.md", own)), ("gone", ("gone.md",))):
            store.begin(Addition(key, guild.id, 1, key, "2026-01-01T00:00:00+00:00", paths))
        store.close()
        async with running(discord, tmp_path / "state", assistant) as client:
            await client.sync_task.first_sync.searchable.wait()
            assert "1 passage" in (await boss.use("added")).text
    assert files(tmp_path) == [complete]
    assert sorted(path.name for path in folder.iterdir()) == [own.partition("/")[0]]


async def test_many_additions_during_syncs_are_all_saved(tmp_path: Path, assistant: Assistant) -> None:
    """Each waits for its turn, while files of the operator change and are read."""
    async with DiscordStandIn() as discord:
        discord.add_guild()
        boss = Manager(discord)
        async with running(discord, tmp_path / "state", assistant, watch=True) as client:
            await client.sync_task.first_sync.searchable.wait()

            async def add(number: int) -> str:
                (tmp_path / "second" / f"own-{number}.txt").write_text(f"Own article {number}.\n")
                return await boss.add(f"tram-{number}.md", TRAM.replace("Lorn", f"Lorn{number}").encode())

            texts = await asyncio.gather(*map(add, range(6)))
            assert [text.splitlines()[0] for text in texts] == ["1 article added"] * 6
            listed = await boss.use("added")
            assert all(f"Tram depot of Lorn{number} repaired" in listed.text for number in range(6))
    assert len(files(tmp_path)) == 6
    assert discord.violations == []
