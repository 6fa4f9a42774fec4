"""/settings per server and channel: articles, language, place of the answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from discord_bot import Scripted, running, said
from discord_stand_in import DiscordStandIn

from bot.discord.handlers.discord_store import DiscordStore, store_path
from bot.discord.handlers.server_settings import ServerSettings, settings_from_json, settings_to_json

QUESTION = "How many members voted for the ban of delivery drones?"
BOAT = "How much did the boat cost?"


async def test_a_channel_can_be_limited_to_a_folder_or_publisher(tmp_path: Path) -> None:
    """For questions, searches, checks, lists and /about; other channels and a reset use all articles."""
    async with DiscordStandIn() as discord:
        guild, ann, boss = discord.add_guild(), discord.person("Ann"), discord.person("Boss")
        ferries, other = guild.channels[0], discord.add_channel(guild, "other")
        async with running(discord, tmp_path) as client:
            await client.sync_task.first_sync.searchable.wait()
            wrong = await discord.slash(
                boss, other, "settings articles", manager=True, folder="sports", channel=str(ferries.id)
            )
            assert (await discord.finished(wrong)).text == "No article is in the folder “sports” here."
            changed = await discord.slash(
                boss, other, "settings articles", manager=True, folder="*.md", channel=str(ferries.id)
            )
            assert f"<#{ferries.id}>: in the folder “\\*.md”" in (await discord.finished(changed)).text
        async with running(discord, tmp_path) as client:
            await client.sync_task.first_sync.searchable.wait()
            asked = await discord.finished(await discord.slash(ann, ferries, "ask", question=BOAT))
            assert "3.2 million crowns" in asked.text
            assert "articles searched" not in asked.text
            commands: tuple[tuple[str, dict[str, Any]], ...] = (
                ("ask", {"question": QUESTION}),
                ("search", {"words": "drones"}),
                ("articles", {}),
                ("about", {}),
            )
            for name, options in commands:
                limited = await discord.finished(
                    await discord.slash(ann, ferries, name, manager=False, **options)
                )
                assert "Harbour" not in limited.text, name
                assert "Larkhaven ban" not in limited.text, name
                full = await discord.finished(await discord.slash(ann, other, name, manager=False, **options))
                assert "Harbour" in full.text or "Larkhaven ban" in full.text, name
            claim = await discord.say(ann, ferries, "Seven of nine members voted for the ban.", mention=False)
            checked = await discord.finished(await discord.message_command(ann, "Check this", claim))
            assert "No similar sentence found." in checked.text
            await discord.say(ann, ferries, QUESTION)
            await discord.until(lambda: discord.threads(ferries))
            answer = await discord.answered(discord.threads(ferries)[0])
            assert "Seven of nine" not in answer.text
            reset = await discord.finished(await discord.slash(boss, other, "settings reset", manager=True))
            assert "**Articles:** all" in reset.text
            asked = await discord.finished(await discord.slash(ann, ferries, "ask", question=QUESTION))
            assert "Seven of nine" in asked.text
    assert not discord.violations


async def test_the_bot_speaks_the_language_of_the_person_or_the_server(tmp_path: Path) -> None:
    """Until a manager chooses one; the words of the articles stay as they are."""
    async with DiscordStandIn() as discord:
        guild, ann, boss = discord.add_guild(), discord.person("Ann"), discord.person("Boss")
        channel = guild.channels[0]
        ann.locale, guild.locale = "de", "de"
        async with running(discord, tmp_path) as client:
            await client.sync_task.first_sync.searchable.wait()
            asked = await discord.finished(await discord.slash(ann, channel, "ask", question=QUESTION))
            assert "Seven of nine members voted for the ban." in asked.text
            assert "wörtlich aus den Artikeln" in asked.text
            opened = await discord.finished(await discord.click(boss, asked.last, "1"))
            assert "**Unchanged**" in opened.text
            opened = await discord.finished(await discord.click(ann, asked.last, "1"))
            assert "**Unverändert**: Das Zitat steht noch im Artikel." in opened.text
            await discord.say(ann, channel, QUESTION)
            await discord.until(lambda: discord.threads(channel))
            answer = await discord.answered(discord.threads(channel)[0])
            assert "-# Frag weiter: Erwähne mich in diesem Thread" in answer.text
            chosen = await discord.slash(boss, channel, "settings language", manager=True, language="Deutsch")
            assert "**Sprache meiner eigenen Nachrichten:** Deutsch" in (await discord.finished(chosen)).text
            helped = await discord.finished(await discord.slash(boss, channel, "help"))
            assert "**Frag mich** mit `/ask`" in helped.text
    described = next(command for command in discord.commands if command["name"] == "ask")
    assert described["description_localizations"]["de"].startswith("Stell eine Frage")
    assert described["options"][0]["description_localizations"] == {"de": "Deine Frage"}
    assert not discord.violations


async def test_direct_messages_have_the_language_of_the_persons_last_command(tmp_path: Path) -> None:
    """Discord does not state it for messages; it survives a restart, until the person is forgotten."""
    async with DiscordStandIn() as discord:
        discord.add_guild()
        ann = discord.person("Ann")
        direct, ann.locale = discord.direct(ann), "de"
        async with running(discord, tmp_path) as client:
            await client.sync_task.first_sync.searchable.wait()
            await discord.say(ann, direct, QUESTION)
            assert "word for word from the articles" in (await discord.answered(direct)).text
            await discord.finished(await discord.slash(ann, direct, "help"))
        async with running(discord, tmp_path) as client:
            await client.sync_task.first_sync.searchable.wait()
            await discord.say(ann, direct, QUESTION)
            assert "wörtlich aus den Artikeln" in (await discord.answered(direct, 2)).text
            ann.locale = "en-US"
            await discord.finished(await discord.slash(ann, direct, "forget", where="everywhere"))
        store = DiscordStore(store_path(tmp_path))
        assert store.language_of(ann.id) == "en"
        store.close()


async def test_a_channel_can_have_its_own_place_for_answers(tmp_path: Path) -> None:
    """In place there, in threads elsewhere."""
    assistant = Scripted(lambda question: said(question, "Yes."))
    async with DiscordStandIn() as discord:
        guild, boss = discord.add_guild(), discord.person("Boss")
        here, there = guild.channels[0], discord.add_channel(guild, "there")
        async with running(discord, tmp_path, assistant):
            changed = await discord.slash(
                boss, here, "settings replies", manager=True, where="in place", channel=str(here.id)
            )
            assert f"<#{here.id}>: in the same channel" in (await discord.finished(changed)).text
            await discord.say(boss, here, QUESTION)
            in_place = await discord.answered(here)
            assert "To ask more" not in in_place.text
            await discord.say(boss, there, QUESTION)
            await discord.until(lambda: discord.threads(there))
            thread = discord.threads(there)[0]
            first = await discord.answered(thread)
            assert "-# To ask more, mention me in this thread or reply to this message." in first.text
            await discord.say(boss, thread, "And why?")
            assert "To ask more" not in (await discord.answered(thread, 2)).text
    assert not discord.threads(here)
    assert not discord.violations


def test_settings_survive_their_file() -> None:
    """Also those of a file that an older version wrote."""
    settings = ServerSettings(channels=(1,), folder="news").with_exception(7, publishers=("The Quay",))
    assert settings_from_json(settings_to_json(settings)) == settings
    assert settings.at((7, 3)).publishers == ("The Quay",)
    assert settings.at((3,)).publishers == ()
    assert settings.with_exception(7, publishers=None).exceptions == {}
    old = settings_from_json('{"channels": [1], "roles": [], "replies": "in place"}')
    assert old == ServerSettings(channels=(1,), replies="in place")
