"""The other commands: search, sources, articles, about, forget, help, sync, and "Check this"."""

from __future__ import annotations

from pathlib import Path

from discord_bot import running
from discord_people import SentInteraction
from discord_stand_in import DiscordStandIn
from discord_world import Channel, User
from fakes import FakeAssistant

from bot.records.answer_store import AnswerStore, records_path

QUESTION = "How many members voted for the ban of delivery drones?"


async def shown(
    discord: DiscordStandIn, user: User, channel: Channel, name: str, **options: object
) -> SentInteraction:
    """What a command shows; to the one who used it alone."""
    sent = await discord.finished(await discord.slash(user, channel, name, **options))  # type: ignore[arg-type]
    assert sent.last.ephemeral
    return sent


async def test_search_lists_passages_that_open(tmp_path: Path) -> None:
    """Each with its place and beginning; the buttons work after a restart."""
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        async with running(discord, tmp_path):
            found = await shown(discord, ann, guild.channels[0], "search", words="electric boat @everyone")
            assert "**[1]** **Ferry line tests an electric boat** · Northern Ledger" in found.text
        async with running(discord, tmp_path):
            opened = await discord.finished(await discord.click(ann, found.last, "1"))
            assert "electric boat" in opened.text
    assert not discord.violations


async def test_a_search_and_a_check_count_as_questions(tmp_path: Path) -> None:
    """They cost as much: who asks too much waits for these, too, and may look at the rest meanwhile."""
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        channel = guild.channels[0]
        async with running(discord, tmp_path, discord_rate=2):
            claim = await discord.say(ann, channel, "Seven of nine members voted for the ban.", mention=False)
            await discord.finished(await discord.message_command(ann, "Check this", claim))
            await shown(discord, ann, channel, "search", words="drones")
            late = await shown(discord, ann, channel, "search", words="drones")
            assert "Please ask again in" in late.text
            late = await discord.finished(await discord.message_command(ann, "Check this", claim))
            assert "Please ask again in" in late.text
            assert "Please ask again" not in (await shown(discord, ann, channel, "articles")).text


async def test_sources_show_what_the_last_answer_in_the_channel_rests_on(tmp_path: Path) -> None:
    """Whoever asked it; with the state of each source now."""
    assistant = FakeAssistant()
    async with DiscordStandIn() as discord:
        guild, ann, ben = discord.add_guild(), discord.person("Ann"), discord.person("Ben")
        channel = guild.channels[0]
        async with running(discord, tmp_path, assistant):
            await discord.finished(await discord.slash(ann, channel, "ask", question=QUESTION))
            found = await shown(discord, ben, channel, "sources")
            assert QUESTION in found.text
            assert "**[2]** **Harbour town bans delivery drones**" in found.text
            assert "· unchanged" in found.text
            assistant.fake.shelf.articles.pop(0)
            assert "· deleted" in (await shown(discord, ben, channel, "sources")).text
            elsewhere = await shown(discord, ben, discord.add_channel(guild, "x"), "sources")
            assert "no answer here" in elsewhere.text


async def test_articles_and_help_are_listed(tmp_path: Path) -> None:
    """The newest first, by publisher where asked, page by page."""
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        channel = guild.channels[0]
        async with running(discord, tmp_path):
            everything = (await shown(discord, ann, channel, "articles")).text
            assert everything.index("Ferry line") < everything.index("Harbour town")
            assert "page 1 of 1" in everything
            quay = (await shown(discord, ann, channel, "articles", publisher="The Quay")).text
            assert "Ferry" not in quay
            beyond = await shown(discord, ann, channel, "articles", page=9)
            assert "articles on 1 pages" in beyond.text
            assert "Check this" in (await shown(discord, ann, channel, "help")).text
    assert not discord.violations


async def test_forget_deletes_one_s_own_answers_here_for_good(tmp_path: Path) -> None:
    """The other's answers stay; the buttons of the forgotten say so."""
    async with DiscordStandIn() as discord:
        guild, ann, ben = discord.add_guild(), discord.person("Ann"), discord.person("Ben")
        channel = guild.channels[0]
        async with running(discord, tmp_path):
            asked = await discord.finished(await discord.slash(ann, channel, "ask", question=QUESTION))
            await discord.finished(await discord.slash(ann, channel, "ask", question=QUESTION, private=True))
            await discord.finished(await discord.slash(ben, channel, "ask", question=QUESTION))
            assert "Forgotten: 2 answers." in (await shown(discord, ann, channel, "forget")).text
            opened = await discord.finished(await discord.click(ann, asked.last, "1"))
            assert "no longer kept" in opened.text
    left = AnswerStore(records_path(tmp_path)).latest()
    assert [record.person for record in left] == [f"discord:{ben.id}"]


async def test_any_message_can_be_checked(tmp_path: Path) -> None:
    """Each sentence gets a verdict, and the supported ones their passage."""
    async with DiscordStandIn() as discord:
        guild, ann, ben = discord.add_guild(), discord.person("Ann"), discord.person("Ben")
        channel = guild.channels[0]
        async with running(discord, tmp_path):
            claim = await discord.say(
                ben,
                channel,
                "Seven of nine members voted for the ban. The boat carries 900 passengers. Really?",
                mention=False,
            )
            checked = await discord.finished(await discord.message_command(ann, "Check this", claim))
            assert "✅ Seven of nine members voted for the ban. **[1]**" in checked.text
            assert "❌ The boat carries 900 passengers." in checked.text
            assert "Really" not in checked.text
            opened = await discord.finished(await discord.click(ann, checked.last, "1"))
            assert "**Seven of nine members voted for the ban.**" in opened.text
            nothing = await discord.say(ben, channel, "lol?", mention=False)
            checked = await discord.finished(await discord.message_command(ann, "Check this", nothing))
            assert "no sentence" in checked.text
    assert not discord.violations


async def test_commands_are_registered_once_per_change(tmp_path: Path) -> None:
    """A start with the same commands asks Discord for nothing; a trial server gets them for itself."""
    async with DiscordStandIn() as discord:
        guild = discord.add_guild()
        for _ in range(2):
            async with running(discord, tmp_path):
                pass
        assert discord.command_puts == ["global"]
        async with running(discord, tmp_path, guild=guild.id):
            pass
        assert discord.command_puts == ["global", str(guild.id)]
    names = {each["name"] for each in discord.commands}
    assert {"ask", "search", "sources", "articles", "about", "forget", "help", "sync", "settings"} < names
    assert not discord.violations
