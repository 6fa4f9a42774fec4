"""Mentions, replies, threads, forum posts and direct messages; and silence for everything else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from discord_bot import Scripted, running, said
from discord_stand_in import DiscordStandIn
from discord_world import ALL_PERMISSIONS, VOICE, snowflake
from fakes import FakeAssistant

from bot.answer import Answer
from bot.errors import QuestionInvalid

QUESTION = "How many members voted for the ban of delivery drones?"
CREATE_PUBLIC_THREADS, EMBED_LINKS, ADMINISTRATOR = 1 << 35, 1 << 14, 1 << 3


async def test_a_mention_is_answered_in_a_thread_made_from_it(tmp_path: Path) -> None:
    """The thread bears the question; the channel stays quiet."""
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


async def test_a_talk_goes_on_in_its_thread_over_a_restart(tmp_path: Path) -> None:
    """A follow-up is asked with the turns before it, also of before a restart; others' talks are apart."""
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
    """Where no thread can or need be made, the answer stands where the question stands."""
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


async def test_where_cards_may_not_be_shown_that_is_said_in_words(tmp_path: Path) -> None:
    """Once a minute to each person; the command works there all the same."""
    async with DiscordStandIn() as discord:
        guild, ann = (
            discord.add_guild(permissions=ALL_PERMISSIONS & ~EMBED_LINKS & ~ADMINISTRATOR),
            discord.person(),
        )
        channel = guild.channels[0]
        async with running(discord, tmp_path):
            for _ in range(3):
                await discord.say(ann, channel, QUESTION)
            told = await discord.answered(channel)
            asked = await discord.finished(await discord.slash(ann, channel, "ask", question=QUESTION))
    assert "give me the permission “Embed Links”" in told.content
    assert "Seven of nine" in asked.text
    assert len(discord.from_bot(channel)) == 2
    assert not discord.threads(channel)
    assert not discord.violations


async def test_a_direct_message_is_a_talk(tmp_path: Path) -> None:
    """No mention is needed, and follow-ups know what came before."""
    assistant = Scripted(lambda question: said(question, "Yes."))
    async with DiscordStandIn() as discord:
        ann = discord.person()
        discord.add_guild()
        async with running(discord, tmp_path, assistant):
            for count, text in enumerate(["Who banned drones?", "And when?"], 1):
                await discord.say(ann, discord.direct(ann), text)
                await discord.answered(discord.direct(ann), count)
    assert [len(history) for history in assistant.histories] == [0, 1]


async def test_nothing_else_is_answered(tmp_path: Path) -> None:
    """No message that is not addressed to it, no bot, no webhook, not itself."""
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
    assert not [m for m in discord.messages.values() if m.author is discord.bot and m.embeds]
    assert not discord.threads(channel)


async def test_a_reply_that_cannot_be_read_is_told_how_to_ask(tmp_path: Path) -> None:
    """A reply with the mention switched off has no text for a bot; an empty mention gets a greeting."""
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        post = discord.add_forum_post(guild, "Drones")
        async with running(discord, tmp_path):
            await discord.say(ann, post, "")
            greeting = await discord.answered(post)
            assert "/ask" in greeting.text
            await discord.say(ann, post, "And why?", mention=False, reply_to=greeting)
            assert "only read messages that mention me" in (await discord.answered(post, 2)).text


async def test_mentions_in_a_question_become_names(tmp_path: Path) -> None:
    """What the Assistant is asked reads as people read it."""
    assistant = Scripted(lambda question: said(question, "Yes."))
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        async with running(discord, tmp_path, assistant):
            await discord.say(
                ann, guild.channels[0], f"did <@{discord.bot.id}> see <:gull:123>  the\n drones?"
            )
            await discord.until(lambda: assistant.asked)
    assert assistant.asked == ["did see gull the drones?"]


async def test_without_the_permission_for_threads_it_answers_in_place(tmp_path: Path) -> None:
    """A server that gives no threads still gets answers."""
    async with DiscordStandIn() as discord:
        guild = discord.add_guild(permissions=((1 << 53) - 1) & ~CREATE_PUBLIC_THREADS & ~8)
        async with running(discord, tmp_path):
            await discord.say(discord.person(), guild.channels[0], QUESTION)
            assert "Seven of nine" in (await discord.answered(guild.channels[0])).text


async def test_a_deleted_question_is_given_up_quietly(tmp_path: Path) -> None:
    """A message that is gone before a thread could be made from it is not answered, and nobody is told."""
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


async def test_managers_choose_channels_roles_and_the_place_of_answers(tmp_path: Path) -> None:
    """/settings is kept per server over a restart, and only those who may manage the server change it."""
    async with DiscordStandIn() as discord:
        guild, ann, boss = discord.add_guild(), discord.person("Ann"), discord.person("Boss")
        allowed, other = guild.channels[0], discord.add_channel(guild, "other")
        async with running(discord, tmp_path):
            refused = await discord.slash(ann, other, "settings channel", channel=str(other.id), allow=True)
            assert "Only those who may manage" in (await discord.finished(refused)).text
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
            assert "may not answer you here" in refused.text
            refused = await discord.finished(await discord.slash(ann, other, "search", words="drones"))
            assert "may not answer you here" in refused.text
            await discord.say(ann, other, QUESTION)
            await discord.say(ann, allowed, QUESTION)
            assert "Seven of nine" in (await discord.answered(allowed)).text
            role = str(snowflake())
            await discord.finished(
                await discord.slash(boss, other, "settings role", manager=True, role=role, allow=True)
            )
            refused = await discord.finished(await discord.slash(ann, allowed, "ask", question=QUESTION))
            assert "may not answer you here" in refused.text
            await discord.finished(await discord.slash(boss, other, "settings reset", manager=True))
            answered = await discord.finished(await discord.slash(ann, other, "ask", question=QUESTION))
            assert "Seven of nine" in answered.text
    assert [message.text for message in discord.from_bot(other)] == [answered.text]
    assert not discord.threads(other)
    assert not discord.violations


async def test_an_error_is_said_in_one_sentence(tmp_path: Path) -> None:
    """What the person can do something about is said; what nobody expected is admitted, without internals."""

    class Broken(FakeAssistant):
        def ask(self, question: str, **more: object) -> AsyncIterator[Answer]:
            if "?" in question:
                raise RuntimeError("secret internals")
            raise QuestionInvalid("There is no question in that.", "Ask in one sentence.")

    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        async with running(discord, tmp_path, Broken()):
            asked = await discord.slash(ann, guild.channels[0], "ask", question="What broke?")
            text = (await discord.finished(asked)).text
            assert "Something went wrong on my side" in text
            assert "secret" not in text
            asked = await discord.slash(ann, guild.channels[0], "ask", question="nothing")
            assert (
                "There is no question in that.\nAsk in one sentence." in (await discord.finished(asked)).text
            )
