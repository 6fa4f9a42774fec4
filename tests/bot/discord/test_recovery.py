"""Kills and restarts of the bot as a process: no question is lost, none is answered twice."""

from __future__ import annotations

import signal
import time
from dataclasses import replace
from pathlib import Path

from discord_bot import running
from discord_process import bot_process
from discord_stand_in import DiscordStandIn
from discord_world import PUBLIC_THREAD, Channel, Message, snowflake

from bot.discord.journal.asked_question import Question
from bot.discord.journal.question_journal import QuestionJournal, journal_path

QUESTION = "How many members voted for the ban of delivery drones?"


async def test_questions_asked_while_the_bot_was_down_are_answered_once(tmp_path: Path) -> None:
    """Mentions, replies and direct messages of the last hour, without the rate limit; older ones are not."""
    async with DiscordStandIn() as discord:
        guild, ann, ben = discord.add_guild(), discord.person("Ann"), discord.person("Ben")
        channel, post = guild.channels[0], discord.add_forum_post(guild, "Drones")
        async with bot_process(discord, tmp_path):
            await discord.say(ann, post, "A short one?")
            first = await discord.answered(post)
            await discord.say(ben, discord.direct(ben), "A short one?")
            await discord.answered(discord.direct(ben))
        discord.gateway.forget()
        old = Message(snowflake(7200), channel, ann, {"content": f"<@{discord.bot.id}> An old short one?"})
        old.mentions = [discord.bot]
        discord.messages[old.id] = old
        missed = [await discord.say(ann, channel, f"A short one, {number}?") for number in range(3)]
        await discord.say(ann, channel, "Not for the bot.", mention=False)
        await discord.say(ann, post, "Another short one?", reply_to=first)
        await discord.say(ben, discord.direct(ben), "Another short one?")
        for _ in range(2):
            async with bot_process(discord, tmp_path):
                await discord.until(lambda: all(message.id in discord.channels for message in missed), 30)
                for message in missed:
                    await discord.answered(discord.channels[message.id])
                await discord.answered(post, 2)
                await discord.answered(discord.direct(ben), 2)
            discord.gateway.forget()
    assert sorted(thread.id for thread in discord.threads(channel)) == [message.id for message in missed]
    places = [post, discord.direct(ben), *discord.threads(channel)]
    assert [len(discord.from_bot(place)) for place in places] == [2, 2, 1, 1, 1]
    assert discord.violations == []


async def test_after_a_kill_no_message_stays_unfinished(tmp_path: Path) -> None:
    """A thread, a direct message, a public and a private command: a sentence with "Ask again"."""
    async with DiscordStandIn() as discord:
        guild, people = discord.add_guild(), [discord.person(name) for name in ("Ann", "Ben", "Cleo", "Dana")]
        channel, direct = guild.channels[0], discord.direct(people[1])
        async with bot_process(discord, tmp_path) as process:
            message = await discord.say(people[0], channel, "What happened?")
            await discord.say(people[1], direct, "What happened?")
            asked = [
                await discord.slash(people[2], channel, "ask", question="What happened?"),
                await discord.slash(people[3], channel, "ask", question="What happened?", private=True),
            ]
            await discord.until(lambda: message.id in discord.channels)
            thread = discord.channels[message.id]

            def shown() -> list[Message]:
                return [
                    *discord.from_bot(thread),
                    *discord.from_bot(direct),
                    *asked[0].messages,
                    *asked[1].messages,
                ]

            await discord.until(lambda: len(shown()) == 4 and all("Sentence 2." in m.text for m in shown()))
            process.send_signal(signal.SIGKILL)
        discord.gateway.forget()
        async with bot_process(discord, tmp_path):
            await discord.until(lambda: all("I was restarted before" in m.text for m in shown()), 30)
            assert len(shown()) == 4
            again = await discord.click(people[0], shown()[0], "Ask again")
            await discord.until(lambda: "Sentence 3." in shown()[0].text)
            assert again.original is shown()[0]
    assert discord.violations == []


async def test_a_graceful_stop_keeps_the_complete_part(tmp_path: Path) -> None:
    """It takes less than the ten seconds after which Docker kills; nothing is written twice afterwards."""
    async with DiscordStandIn() as discord:
        guild, ann, ben = discord.add_guild(), discord.person("Ann"), discord.person("Ben")
        channel = guild.channels[0]
        async with bot_process(discord, tmp_path) as process:
            message = await discord.say(ann, channel, "What happened?")
            asked = await discord.slash(ben, channel, "ask", question="What happened?")
            await discord.until(lambda: message.id in discord.channels)
            thread = discord.channels[message.id]
            await discord.until(lambda: "Sentence 3." in asked.text)
            started = time.monotonic()
            process.send_signal(signal.SIGTERM)
            await discord.until(lambda: process.poll() is not None, 20)
            seconds = time.monotonic() - started
            assert process.returncode == 0
        texts = [discord.from_bot(thread)[0].text, asked.text]
        assert all("I was restarted while I wrote this answer" in text for text in texts)
        assert all("Sentence 2. [1]" in text and "**[1]**" in text for text in texts)
        assert seconds < 9
        async with bot_process(discord, tmp_path):
            await discord.click(ben, asked.last, "Ask again")
            await discord.until(
                lambda: "its end is missing" not in asked.text and "Sentence 3." in asked.text
            )
    assert [len(discord.from_bot(thread)), len(asked.messages)] == [1, 1]
    assert discord.violations == []


async def test_a_question_without_any_message_is_answered_after_a_kill(tmp_path: Path) -> None:
    """In its thread if it was created; a command that is too old is given up."""
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        channel = guild.channels[0]
        async with running(discord, tmp_path):
            pass
        discord.gateway.forget()
        message = await discord.say(ann, channel, QUESTION)
        thread = Channel(message.id, PUBLIC_THREAD, QUESTION, guild, channel, discord.bot.id)
        discord.channels[thread.id] = thread
        guild.channels.append(thread)
        journal = QuestionJournal(journal_path(tmp_path))
        asked = Question(QUESTION, ann.id, guild.id, thread.id, "c", "mention", id=message.id)
        journal.begin(replace(asked, origin=channel.id))
        journal.begin(replace(asked, id=snowflake(1000), kind="ask"), "an expired token")
        journal.close()
        async with running(discord, tmp_path) as client:
            assert "Seven of nine" in (await discord.answered(thread)).text
            await discord.until(lambda: not client.journal.unfinished())
    assert len(discord.from_bot(thread)) == 1
    assert not discord.from_bot(channel)
    assert discord.violations == []
