"""Mentions, replies, threads, forum posts and direct messages are answered, everything else is ignored."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from discord_bot import Scripted, running, said
from discord_stand_in import DiscordStandIn
from discord_world import ADD_REACTIONS, ALL_PERMISSIONS, VOICE, snowflake
from fakes import FakeAssistant

from bot.answer import Answer
from bot.errors import QuestionInvalid
from retrieval.errors import IndexFailure

QUESTION = "How many members voted for the ban of delivery drones?"
CREATE_PUBLIC_THREADS, EMBED_LINKS, ADMINISTRATOR = 1 << 35, 1 << 14, 1 << 3


async def test_a_mention_is_answered_in_a_new_thread(tmp_path: Path) -> None:
    """The thread is named after the question; nothing is posted in the channel."""
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        channel = guild.channels[0]
        async with running(discord, tmp_path):
            await discord.say(ann, channel, QUESTION)
            await discord.until(lambda: discord.threads(channel))
            thread = discord.threads(channel)[0]
            answer = await discord.answered(thread)
    assert thread.name == QUESTION
    assert "Seven of nine" in answer.text
    assert not discord.from_bot(channel)
    assert not discord.violations


async def test_a_conversation_continues_in_its_thread_after_a_restart(tmp_path: Path) -> None:
    """A follow-up has the turns before the restart as history; other conversations are separate."""
    first = Scripted(lambda question: said(question, f"About: {question}"))
    later = Scripted(lambda question: said(question, f"About: {question}"))
    async with DiscordStandIn() as discord:
        guild, ann, ben = discord.add_guild(), discord.person("Ann"), discord.person("Ben")
        channel = guild.channels[0]
        async with running(discord, tmp_path, first):
            await discord.say(ann, channel, "Who banned the drones?")
            await discord.until(lambda: discord.threads(channel))
            thread = discord.threads(channel)[0]
            answer = await discord.answered(thread)
        async with running(discord, tmp_path, later):
            await discord.say(ben, thread, "And why?", reply_to=answer)
            await discord.answered(thread, 2)
            await discord.say(ben, channel, "What does the ferry cost?")
            await discord.until(lambda: len(later.histories) == 2)
    assert [turn.question for turn in later.histories[0]] == ["Who banned the drones?"]
    assert later.histories[1] == ()


async def test_forum_posts_voice_chats_and_direct_messages_are_answered_in_place(tmp_path: Path) -> None:
    """Where threads are impossible or unnecessary, the answer is a reply to the question."""
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        post = discord.add_forum_post(guild, "Drones")
        voice = discord.add_channel(guild, "lounge", VOICE)
        async with running(discord, tmp_path):
            for place in (post, voice, discord.direct(ann)):
                asked = await discord.say(ann, place, QUESTION)
                answer = await discord.answered(place)
                assert "Seven of nine" in answer.text
                assert answer.reference is asked
    assert not discord.violations


async def test_forbidden_embeds_are_reported_as_plain_text(tmp_path: Path) -> None:
    """Once a minute per person; /ask still works there."""
    async with DiscordStandIn() as discord:
        guild, ann = (
            discord.add_guild(permissions=ALL_PERMISSIONS & ~EMBED_LINKS & ~ADMINISTRATOR),
            discord.person(),
        )
        channel = guild.channels[0]
        async with running(discord, tmp_path):
            for _ in range(3):
                await discord.say(ann, channel, QUESTION)
            reply = await discord.answered(channel)
            asked = await discord.finished(await discord.slash(ann, channel, "ask", question=QUESTION))
    assert "give me the permission “Embed Links”" in reply.content
    assert "Seven of nine" in asked.text
    assert len(discord.from_bot(channel)) == 2
    assert not discord.threads(channel)
    assert not discord.violations


async def test_direct_messages_are_a_conversation(tmp_path: Path) -> None:
    """No mention is needed, and follow-ups have a history."""
    assistant = Scripted(lambda question: said(question, "Yes."))
    async with DiscordStandIn() as discord:
        ann = discord.person()
        discord.add_guild()
        async with running(discord, tmp_path, assistant):
            for count, text in enumerate(["Who banned drones?", "And when?"], 1):
                await discord.say(ann, discord.direct(ann), text)
                await discord.answered(discord.direct(ann), count)
    assert [len(history) for history in assistant.histories] == [0, 1]


async def test_messages_not_addressed_to_the_bot_are_ignored(tmp_path: Path) -> None:
    """Messages without a mention, of bots, of webhooks and of the bot itself are ignored."""
    async with DiscordStandIn() as discord:
        guild, ann, robot = discord.add_guild(), discord.person(), discord.person("Robot", bot=True)
        channel = guild.channels[0]
        async with running(discord, tmp_path):
            spoken = await discord.say(ann, channel, "Just talking about drones.", mention=False)
            await discord.say(ann, channel, "I agree.", mention=False, reply_to=spoken)
            await discord.say(robot, channel, QUESTION)
            await discord.say(ann, channel, QUESTION, webhook=True)
            await discord.say(discord.bot, channel, QUESTION)
            await discord.say(discord.bot, discord.direct(ann), QUESTION)
            await asyncio.sleep(0.3)
    assert not [
        message for message in discord.messages.values() if message.author is discord.bot and message.embeds
    ]
    assert not discord.threads(channel)


async def test_an_unreadable_reply_is_told_how_to_ask(tmp_path: Path) -> None:
    """Bots cannot read a reply with the mention turned off."""
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        post = discord.add_forum_post(guild, "Drones")
        async with running(discord, tmp_path):
            await discord.say(ann, post, QUESTION)
            answer = await discord.answered(post)
            await discord.say(ann, post, "And why?", mention=False, reply_to=answer)
            assert "only read messages that mention me" in (await discord.answered(post, 2)).text


async def test_small_talk_gets_a_reaction(tmp_path: Path) -> None:
    """Greetings, thanks, praise, a bare mention: no thread, no message, no search."""
    texts = {
        "": "👋",
        "good morning everyone!": "👋",
        "Hallo zusammen": "👋",
        "how are you?": "👋",
        "thanks, that was really helpful!": "😊",
        "good bot": "😊",
        "👍": "😊",
        "Vielen Dank!": "😊",
        "what a great answer": "😊",
    }
    assistant = Scripted(lambda question: said(question, "Yes."))
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        channel = guild.channels[0]
        async with running(discord, tmp_path, assistant):
            for text, emoji in texts.items():
                message = await discord.say(ann, channel, text)
                await discord.until(lambda message=message: message.reactions)  # type: ignore[misc]
                assert message.reactions == [emoji], text
            direct = await discord.say(ann, discord.direct(ann), "thank you so much")
            await discord.until(lambda: direct.reactions)
            await discord.say(ann, channel, "thanks, and who is the mayor?")
            await discord.until(lambda: discord.threads(channel))
    assert assistant.asked == ["thanks, and who is the mayor?"]
    assert not discord.from_bot(channel)
    assert not discord.from_bot(discord.direct(ann))
    assert not discord.violations


async def test_where_reactions_are_forbidden_small_talk_gets_nothing(tmp_path: Path) -> None:
    """Later questions are answered."""
    async with DiscordStandIn() as discord:
        guild = discord.add_guild(permissions=ALL_PERMISSIONS & ~ADD_REACTIONS & ~ADMINISTRATOR)
        channel, ann = guild.channels[0], discord.person()
        async with running(discord, tmp_path):
            thanks = await discord.say(ann, channel, "thanks!")
            await discord.say(ann, channel, QUESTION)
            await discord.until(lambda: discord.threads(channel))
            await discord.answered(discord.threads(channel)[0])
    assert not thanks.reactions
    assert not discord.from_bot(channel)


async def test_a_question_about_the_bot_gets_the_help(tmp_path: Path) -> None:
    """As a reply, without a thread."""
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        channel = guild.channels[0]
        async with running(discord, tmp_path):
            await discord.say(ann, channel, "What can you do?")
            assert "*Check this*" in (await discord.answered(channel)).text
    assert not discord.threads(channel)
    assert not discord.violations


@pytest.mark.parametrize("text", ["is that true?", "", "Stimmt das?"])
async def test_a_reply_with_a_mention_checks_the_other_message(tmp_path: Path, text: str) -> None:
    """Also an empty one: the message that it replies to is the claim."""
    assistant = Scripted(lambda question: said(question, "Yes."))
    async with DiscordStandIn() as discord:
        guild, ann, ben = discord.add_guild(), discord.person("Ann"), discord.person("Ben")
        channel = guild.channels[0]
        async with running(discord, tmp_path, assistant):
            claim = await discord.say(ben, channel, "Two of nine members voted for the ban.", mention=False)
            await discord.say(ann, channel, f"<@{discord.bot.id}> {text}", reply_to=claim)
            await discord.until(lambda: discord.threads(channel))
            checked = await discord.answered(discord.threads(channel)[0])
    assert "Two of nine members voted for the ban." in checked.text
    assert "“Seven of nine members voted for the ban.”" in checked.text
    assert "Not in this quote: Two" in checked.text
    assert not assistant.asked
    assert not discord.violations


async def test_a_message_that_discord_hides_is_not_guessed(tmp_path: Path) -> None:
    """Without the message content intent, the other message can arrive empty."""
    async with DiscordStandIn() as discord:
        guild, ann, ben = discord.add_guild(), discord.person("Ann"), discord.person("Ben")
        channel = guild.channels[0]
        async with running(discord, tmp_path):
            hidden = await discord.say(ben, channel, "", mention=False)
            await discord.say(ann, channel, f"<@{discord.bot.id}> is that true?", reply_to=hidden)
            assert "choose Apps" in (await discord.answered(channel)).text
    assert not discord.threads(channel)


async def test_a_reply_with_a_question_has_the_other_message_as_context(tmp_path: Path) -> None:
    """It is the last turn of the conversation."""
    assistant = Scripted(lambda question: said(question, "Yes."))
    async with DiscordStandIn() as discord:
        guild, ann, ben = discord.add_guild(), discord.person("Ann"), discord.person("Ben")
        channel = guild.channels[0]
        async with running(discord, tmp_path, assistant):
            said_before = await discord.say(ben, channel, "The **ferry** gets a new boat.", mention=False)
            await discord.say(ann, channel, f"<@{discord.bot.id}> what does it cost?", reply_to=said_before)
            await discord.until(lambda: assistant.asked)
    assert assistant.asked == ["what does it cost?"]
    assert [turn.question for turn in assistant.histories[0]] == ["The ferry gets a new boat."]


async def test_mentions_in_a_question_become_names(tmp_path: Path) -> None:
    """The Assistant gets the question as people read it."""
    assistant = Scripted(lambda question: said(question, "Yes."))
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        async with running(discord, tmp_path, assistant):
            await discord.say(
                ann, guild.channels[0], f"did <@{discord.bot.id}> see <:gull:123>  the\n drones?"
            )
            await discord.until(lambda: assistant.asked)
    assert assistant.asked == ["did see gull the drones?"]


async def test_without_thread_permission_mentions_are_answered_in_place(tmp_path: Path) -> None:
    """A refused thread does not prevent the answer."""
    async with DiscordStandIn() as discord:
        guild = discord.add_guild(permissions=((1 << 53) - 1) & ~CREATE_PUBLIC_THREADS & ~8)
        async with running(discord, tmp_path):
            await discord.say(discord.person(), guild.channels[0], QUESTION)
            assert "Seven of nine" in (await discord.answered(guild.channels[0])).text


async def test_a_deleted_question_is_ignored(tmp_path: Path) -> None:
    """A message deleted before its thread is created is not answered."""
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        channel = guild.channels[0]
        async with running(discord, tmp_path):
            message = await discord.say(ann, channel, QUESTION)
            message.deleted = True
            await asyncio.sleep(0.3)
            await discord.say(ann, channel, QUESTION)
            await discord.until(lambda: discord.threads(channel))
    assert len(discord.threads(channel)) == 1
    assert not discord.from_bot(channel)


async def test_managers_can_restrict_channels_and_roles_and_choose_the_reply_place(tmp_path: Path) -> None:
    """/settings survive a restart, and only people who can manage the server can change them."""
    async with DiscordStandIn() as discord:
        guild, ann, boss = discord.add_guild(), discord.person("Ann"), discord.person("Boss")
        allowed, other = guild.channels[0], discord.add_channel(guild, "other")
        async with running(discord, tmp_path):
            refused = await discord.slash(ann, other, "settings channel", channel=str(other.id), allow=True)
            assert "Manage Server" in (await discord.finished(refused)).text
            changed = await discord.slash(
                boss, other, "settings channel", manager=True, channel=str(allowed.id), allow=True
            )
            assert f"<#{allowed.id}>" in (await discord.finished(changed)).text
            await discord.finished(
                await discord.slash(boss, other, "settings replies", manager=True, where="in place")
            )
        async with running(discord, tmp_path):
            refused = await discord.finished(await discord.slash(ann, other, "ask", question=QUESTION))
            assert refused.last.ephemeral
            assert "do not let me answer you here" in refused.text
            refused = await discord.finished(await discord.slash(ann, other, "search", words="drones"))
            assert "do not let me answer you here" in refused.text
            await discord.say(ann, other, QUESTION)
            await discord.say(ann, allowed, QUESTION)
            assert "Seven of nine" in (await discord.answered(allowed)).text
            role = str(snowflake())
            await discord.finished(
                await discord.slash(boss, other, "settings role", manager=True, role=role, allow=True)
            )
            refused = await discord.finished(await discord.slash(ann, allowed, "ask", question=QUESTION))
            assert "do not let me answer you here" in refused.text
            await discord.finished(await discord.slash(boss, other, "settings reset", manager=True))
            answered = await discord.finished(await discord.slash(ann, other, "ask", question=QUESTION))
            assert "Seven of nine" in answered.text
    assert [message.text for message in discord.from_bot(other)] == [answered.text]
    assert not discord.threads(other)
    assert not discord.violations


async def test_errors_are_shown_without_internals(tmp_path: Path) -> None:
    """Expected errors say what to do; unexpected ones, paths and console advice are not shown."""

    class Broken(FakeAssistant):
        def ask(self, question: str, **more: object) -> AsyncIterator[Answer]:
            if "?" in question:
                raise RuntimeError("secret internals")
            if "index" in question:
                raise IndexFailure("The index in /srv/footnote cannot be opened.")
            raise QuestionInvalid("There is no question in that.", "Ask in one sentence.")

    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        async with running(discord, tmp_path, Broken()):
            asked = await discord.slash(ann, guild.channels[0], "ask", question="What broke?")
            text = (await discord.finished(asked)).text
            assert "Something went wrong on my side" in text
            assert "secret" not in text
            asked = await discord.slash(ann, guild.channels[0], "ask", question="broken index")
            text = (await discord.finished(asked)).text
            assert text == "I cannot use the articles at the moment. Please try again later."
            asked = await discord.slash(ann, guild.channels[0], "ask", question="nothing")
            assert (
                "There is no question in that. Please ask in one or two sentences."
                in (await discord.finished(asked)).text
            )
