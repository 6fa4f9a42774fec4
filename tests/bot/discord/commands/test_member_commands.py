"""The commands for everyone except /ask, and "Check this"."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from chain_world import chain
from discord_bot import running
from discord_people import SentInteraction
from discord_stand_in import DiscordStandIn
from discord_world import Channel, User
from fakes import HARBOUR, FakeAssistant
from openai_stand_in import OpenAIStandIn, checker

from bot.records.answer_store import AnswerStore, records_path

DAY_EXPECTED = "`since` must be a day (2021-03-18), a month (2021-03) or a year (2021)."
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


async def test_the_rate_limit_counts_questions_and_blames_nobody(tmp_path: Path) -> None:
    """Searches are free, checks have a limit of their own; what is no valid question is not counted."""
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        channel = guild.channels[0]
        async with running(discord, tmp_path, discord_rate=2):
            claim = await discord.say(ann, channel, "Seven of nine members voted for the ban.", mention=False)
            for _ in range(3):
                found = await shown(discord, ann, channel, "search", words="drones")
                assert "Passages for “drones”" in found.text
                thanked = await shown(discord, ann, channel, "ask", question="thank you!")
                assert thanked.text.startswith("What would you like to know?")
                await shown(discord, ann, channel, "ask", question=QUESTION, since="never")
            for _ in range(2):
                asked = await discord.finished(await discord.slash(ann, channel, "ask", question=QUESTION))
                assert "Seven of nine" in asked.text
                checked = await discord.finished(await discord.message_command(ann, "Check this", claim))
                assert "🔎 Seven of nine" in checked.text
            late = await shown(discord, ann, channel, "ask", question=QUESTION)
            assert late.text.startswith("I answer 2 questions per person and minute. Please ask again in ")
            late = await discord.finished(await discord.message_command(ann, "Check this", claim))
            assert late.text.startswith("I check 2 messages per person and minute. Please ask again in ")
    assert not discord.violations


async def test_invalid_options_are_named(tmp_path: Path) -> None:
    """Only to the person who typed them, with the nearest publisher; nothing is searched."""
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        channel = guild.channels[0]
        async with running(discord, tmp_path) as client:
            await client.sync_task.first_sync.searchable.wait()
            for options, problem in (
                ({"since": "2023", "until": "2022-05"}, "`since` (2023) is after `until` (2022-05)."),
                (
                    {"since": "soon"},
                    "`since` must be a day (2021-03-18), a month (2021-03) or a year (2021).",
                ),
                ({"publisher": "Quay"}, "I know no publisher “Quay”. Do you mean “The Quay”?"),
                ({"publisher": "Zzz"}, "I know no publisher “Zzz”."),
                ({"path": "sports/*"}, "No article is in the folder “sports/\\*” here."),
            ):
                assert (
                    await shown(discord, ann, channel, "ask", question=QUESTION, **options)
                ).text == problem
            wrong = await shown(discord, ann, channel, "articles", publisher="The Qay")
            assert wrong.text == "I know no publisher “The Qay”. Do you mean “The Quay”?"
            wrong = await shown(discord, ann, channel, "search", words="boat", publisher="Zzz")
            assert wrong.text == "I know no publisher “Zzz”."
            one = await discord.slash(
                ann, channel, "ask", question="How much did the boat cost?", path="*.MD"
            )
            assert "3.2 million crowns" in (await discord.finished(one)).text
            other = await discord.slash(ann, channel, "ask", question=QUESTION, path="*.MD")
            assert "Seven of nine" not in (await discord.finished(other)).text
    assert not discord.violations


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
            await client.sync_task.first_sync.searchable.wait()
            typed = await discord.autocomplete(ann, guild.channels[0], "ask", "publisher", "qu")
            await discord.until(lambda: typed.response)
    assert typed.response is not None
    assert [choice["value"] for choice in typed.response["data"]["choices"]] == ["The Quay"]
    assert not discord.violations


async def test_articles_and_help_are_listed(tmp_path: Path) -> None:
    """Newest first, filtered by publisher; a page that does not exist is named."""
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        channel = guild.channels[0]
        async with running(discord, tmp_path):
            everything = await shown(discord, ann, channel, "articles")
            assert everything.text.index("Ferry line") < everything.text.index("Harbour town")
            assert everything.text.endswith("3 articles · page 1 of 1")
            assert not everything.last.buttons
            quay = (await shown(discord, ann, channel, "articles", publisher="The Quay")).text
            assert "Ferry" not in quay
            beyond = await shown(discord, ann, channel, "articles", page=99)
            assert beyond.text == "There is no page 99. The last page is 1."
            assert "Check this" in (await shown(discord, ann, channel, "help")).text
    assert not discord.violations


async def test_the_list_of_articles_has_page_buttons(tmp_path: Path) -> None:
    """They work after a restart; the ends are disabled."""
    articles = [
        replace(HARBOUR, info=replace(HARBOUR.info, id=f"{n}.txt", path=f"{n}.txt", title=f"Report {n:02}."))
        for n in range(25)
    ]
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        async with running(discord, tmp_path, FakeAssistant(articles)):
            listed = await shown(discord, ann, guild.channels[0], "articles", page=2)
            assert "25 articles · page 2 of 3" in listed.text
            await discord.click(ann, listed.last, "Next ▶")
            await discord.until(lambda: "page 3 of 3" in listed.text)
            assert listed.last.button("Next ▶")["disabled"]
        async with running(discord, tmp_path, FakeAssistant(articles)):
            await discord.click(ann, listed.last, "◀ Previous")
            await discord.until(lambda: "page 2 of 3" in listed.text)
            await discord.click(ann, listed.last, "◀ Previous")
            await discord.until(lambda: "page 1 of 3" in listed.text)
            assert listed.last.button("◀ Previous")["disabled"]
            assert listed.text.count("- **Report") == 10
    assert not discord.violations


async def test_about_offers_questions_that_the_articles_answer(tmp_path: Path) -> None:
    """Each of them is answered when it is asked."""
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        channel = guild.channels[0]
        async with running(discord, tmp_path):
            about = (await shown(discord, ann, channel, "about")).text
            assert "**3** articles\nPublished from <t:1646389800:D> to <t:1654079400:D>\n" in about
            assert "Answers quote these articles word for word." in about
            assert "Publishers: The Quay (1), Northern Ledger (1)" in about
            questions = about.partition("You could ask:\n")[2].splitlines()
            assert "- What did the council of Larkhaven ban?" in questions
            for question in questions:
                asked = await discord.slash(ann, channel, "ask", question=question.removeprefix("- "))
                assert "do not answer" not in (await discord.finished(asked)).text
    assert not discord.violations


async def test_forget_everywhere_deletes_all_answers_to_a_person(tmp_path: Path) -> None:
    """In all channels and direct messages; it says what is kept."""
    async with DiscordStandIn() as discord:
        guild, ann, ben = discord.add_guild(), discord.person("Ann"), discord.person("Ben")
        channel = guild.channels[0]
        async with running(discord, tmp_path):
            for user, place in ((ann, channel), (ann, discord.direct(ann)), (ben, channel)):
                await discord.finished(await discord.slash(user, place, "ask", question=QUESTION))
            forgotten = await shown(
                discord, ann, discord.add_channel(guild, "x"), "forget", where="everywhere"
            )
            assert forgotten.text.startswith("Deleted 2 answers.\nThe messages in Discord stay until")
    remaining = AnswerStore(records_path(tmp_path)).latest()
    assert [record.person for record in remaining] == [f"discord:{ben.id}"]


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
