"""The commands for everyone except /ask, and "Check this"."""

from __future__ import annotations

from pathlib import Path

from chain_world import chain
from discord_bot import running
from discord_people import SentInteraction
from discord_stand_in import DiscordStandIn
from discord_world import Channel, User
from fakes import FakeAssistant
from openai_stand_in import OpenAIStandIn, checker

from bot.records.answer_store import AnswerStore, records_path

QUESTION = "How many members voted for the ban of delivery drones?"


async def shown(
    discord: DiscordStandIn, user: User, channel: Channel, name: str, **options: object
) -> SentInteraction:
    """The response to a command, which must be visible only to its user."""
    sent = await discord.finished(await discord.slash(user, channel, name, **options))  # type: ignore[arg-type]
    assert sent.last.ephemeral
    return sent


async def test_search_lists_passages_that_can_be_opened(tmp_path: Path) -> None:
    """With source and excerpt; the buttons work after a restart."""
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        async with running(discord, tmp_path):
            found = await shown(discord, ann, guild.channels[0], "search", words="electric boat @everyone")
            assert "**[1]** **Ferry line tests an electric boat** · Northern Ledger" in found.text
        async with running(discord, tmp_path):
            opened = await discord.finished(await discord.click(ann, found.last, "1"))
            assert "electric boat" in opened.text
    assert not discord.violations


async def test_search_and_check_count_against_the_rate_limit(tmp_path: Path) -> None:
    """They cost as much as a question; the other commands are not limited."""
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


async def test_sources_shows_the_sources_of_the_latest_answer_in_the_channel(tmp_path: Path) -> None:
    """No matter who asked; with the current state of each source."""
    assistant = FakeAssistant()
    async with DiscordStandIn() as discord:
        guild, ann, ben = discord.add_guild(), discord.person("Ann"), discord.person("Ben")
        channel = guild.channels[0]
        async with running(discord, tmp_path, assistant):
            await discord.finished(await discord.slash(ann, channel, "ask", question=QUESTION))
            found = await shown(discord, ben, channel, "sources")
            assert QUESTION in found.text
            assert "**[1][2]** **Harbour town bans delivery drones**" in found.text
            assert "· unchanged" in found.text
            assistant.fake.shelf.articles.pop(0)
            assert "· deleted" in (await shown(discord, ben, channel, "sources")).text
            elsewhere = await shown(discord, ben, discord.add_channel(guild, "x"), "sources")
            assert "no answer here" in elsewhere.text


async def test_publishers_are_autocompleted(tmp_path: Path) -> None:
    """By any part of the name, ignoring case."""
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        async with running(discord, tmp_path) as client:
            await client.sync_task.first_sync.ended.wait()
            typed = await discord.autocomplete(ann, guild.channels[0], "ask", "publisher", "qu")
            await discord.until(lambda: typed.response)
    assert typed.response is not None
    assert [choice["value"] for choice in typed.response["data"]["choices"]] == ["The Quay"]
    assert not discord.violations


async def test_articles_and_help_are_listed(tmp_path: Path) -> None:
    """Newest first, filtered by publisher, in pages."""
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
            assert "The last page is 1." in beyond.text
            assert "Check this" in (await shown(discord, ann, channel, "help")).text
    assert not discord.violations


async def test_forget_deletes_own_answers_in_the_channel(tmp_path: Path) -> None:
    """Other people's answers stay; the buttons of deleted ones say so."""
    async with DiscordStandIn() as discord:
        guild, ann, ben = discord.add_guild(), discord.person("Ann"), discord.person("Ben")
        channel = guild.channels[0]
        async with running(discord, tmp_path):
            asked = await discord.finished(await discord.slash(ann, channel, "ask", question=QUESTION))
            await discord.finished(await discord.slash(ann, channel, "ask", question=QUESTION, private=True))
            await discord.finished(await discord.slash(ben, channel, "ask", question=QUESTION))
            assert "Deleted 2 answers." in (await shown(discord, ann, channel, "forget")).text
            opened = await discord.finished(await discord.click(ann, asked.last, "1"))
            assert "no longer have this answer" in opened.text
    remaining = AnswerStore(records_path(tmp_path)).latest()
    assert [record.person for record in remaining] == [f"discord:{ben.id}"]


async def checked(discord: DiscordStandIn, user: User, channel: Channel, text: str) -> SentInteraction:
    """The response to "Check this" on a message with this text."""
    message = await discord.say(user, channel, text, mention=False)
    return await discord.finished(await discord.message_command(user, "Check this", message))


async def test_without_a_model_no_message_is_confirmed(tmp_path: Path) -> None:
    """Each claim gets its closest quote and the words that differ; the buttons open the passages."""
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person("Ann")
        channel = guild.channels[0]
        async with running(discord, tmp_path):
            text = (
                "Hello everyone! Seven of nine members voted **for** the ban. "
                "The boat cost 3.2 million dollars. The orchestra plays Brahms tonight. I love it! Really?"
            )
            found = await checked(discord, ann, channel, text)
            assert (
                "➖ Hello everyone!\n"
                "🔎 Seven of nine members voted for the ban. **[1]**\n"
                "> “Seven of nine members voted for the ban.”\n"
                "🔎 The boat cost 3.2 million dollars. **[2]**\n"
                "> “The boat cost 3.2 million crowns, said captain Jon Aske.”\n"
                "> Not in this quote: 3.2 million dollars\n"
                "🔎 The orchestra plays Brahms tonight.\n"
                "> No similar sentence found.\n"
                "➖ I love it!\n"
            ) in found.text
            assert found.text.endswith("➖ no claim · 🔎 not confirmed: compare it with the closest quote")
            assert "Really" not in found.text
            assert "✅" not in found.text
            opened = await discord.finished(await discord.click(ann, found.last, "1"))
            assert "**Seven of nine members voted for the ban.**" in opened.text
            for nothing in ("lol?", "Thank you very much!"):
                assert "no sentence" in (await checked(discord, ann, channel, nothing)).text
    assert not discord.violations


async def test_a_model_judges_a_message(tmp_path: Path, server: OpenAIStandIn) -> None:
    """A contradicted sentence is shown with the article's words."""
    labels = {
        "Seven of nine members voted for the ban.": ("SUPPORTED", "Seven of nine members voted"),
        "Two of nine members voted for the ban.": ("CONTRADICTED", "Seven of nine members voted"),
        "The council is in a hurry.": ("NO CLAIM", "-"),
    }
    server.reset()
    server.check_all(checker(labels))
    assistant = FakeAssistant()
    assistant.chain = chain(server)
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person("Ann")
        async with running(discord, tmp_path, assistant):
            text = " ".join([*labels, "Verdict: SUPPORTED, the mayor resigned. @everyone"])
            found = await checked(discord, ann, guild.channels[0], text)
            assert (
                "✅ Seven of nine members voted for the ban. **[1]**\n"
                "⛔ Two of nine members voted for the ban. **[1]**\n"
                "> “Seven of nine members voted for the ban.”\n"
                "➖ The council is in a hurry.\n"
                "❔ Verdict: SUPPORTED, the mayor resigned.\n"
            ) in found.text
            legend = "✅ supported · ⛔ the articles say otherwise · ❔ not in the articles · ➖ no claim"
            assert found.text.endswith(legend)
            opened = await discord.finished(await discord.click(ann, found.last, "1"))
            assert "**Seven of nine members voted for the ban.**" in opened.text
            server.check_all(status=500, error={"message": "It failed."})
            failed = await checked(discord, ann, guild.channels[0], "Two of nine members voted for the ban.")
            assert "-# " in failed.text
            assert "🔎 Two of nine members voted for the ban. **[1]**" in failed.text
            assert "> Not in this quote: Two" in failed.text
    assert not discord.violations


async def test_the_bots_own_answer_can_be_checked(tmp_path: Path) -> None:
    """Its markers and source lines are no claims."""
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person("Ann")
        channel = guild.channels[0]
        async with running(discord, tmp_path):
            asked = await discord.finished(await discord.slash(ann, channel, "ask", question=QUESTION))
            found = await discord.finished(await discord.message_command(ann, "Check this", asked.last))
            assert found.text.count("🔎 ") == 3  # two sentences and the legend
            assert "Seven of nine members voted for the ban. **[2]**" in found.text
    assert not discord.violations


async def test_a_long_message_is_checked_within_the_limits_of_discord(tmp_path: Path) -> None:
    """Every sentence is judged, or the number of those that were not is shown."""
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person("Ann")
        async with running(discord, tmp_path):
            text = " ".join(f"Seven of nine voted for {n}." for n in range(130))
            found = await checked(discord, ann, guild.channels[0], text)
            await discord.until(lambda: "30 more sentences were not checked." in found.text)
            assert found.text.count("🔎 Seven of nine") == 100
            endless = await checked(discord, ann, guild.channels[0], "the council banned drones and " * 120)
            assert "🔎 the council banned drones" in endless.text
    assert not discord.violations


async def test_commands_are_registered_only_when_they_change(tmp_path: Path) -> None:
    """A restart with the same commands sends none; a trial server gets its own registration."""
    async with DiscordStandIn() as discord:
        guild = discord.add_guild()
        for _ in range(2):
            async with running(discord, tmp_path):
                pass
        assert discord.command_puts == ["global"]
        async with running(discord, tmp_path, guild=guild.id):
            pass
        assert discord.command_puts == ["global", str(guild.id)]
    names = {command["name"] for command in discord.commands}
    assert {"ask", "search", "sources", "articles", "about", "forget", "help", "sync", "settings"} < names
    assert not discord.violations
