"""Answers that are stopped, that nobody can see any more, or that are deleted."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from discord_bot import Scripted, running, said
from discord_stand_in import DiscordStandIn, Fault
from discord_world import Message

from bot.answer import Answer
from bot.records.answer_store import AnswerStore, records_path

SENTENCES = [f"Sentence {number}." for number in range(1, 101)]


def slow() -> Scripted:
    """Writes a hundred sentences in five seconds, or one to a short question."""

    def answer(question: str) -> Answer:
        return said(question, *SENTENCES[: 1 if "short" in question else 100])

    return Scripted(answer, pause=0.05, model="m-1")


async def growing(discord: DiscordStandIn, thread_of: Message) -> Message:
    """The answer in the thread of a message, once it has three sentences."""
    await discord.until(lambda: thread_of.id in discord.channels)
    thread = discord.channels[thread_of.id]
    await discord.until(
        lambda: discord.from_bot(thread) and "Sentence 3." in discord.from_bot(thread)[0].text
    )
    return discord.from_bot(thread)[0]


@pytest.mark.parametrize("gone", ["answer", "question", "thread", "channel", "server", "edits refused"])
async def test_the_model_is_stopped_when_nobody_can_see_the_answer(
    tmp_path: Path, gone: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Within half a second, without a traceback; the bot continues to answer elsewhere."""
    caplog.set_level("INFO", "footnote.discord")
    assistant = slow()
    async with DiscordStandIn() as discord:
        guild, other, ann = discord.add_guild(), discord.add_guild("Other"), discord.person()
        channel = guild.channels[0]
        async with running(discord, tmp_path, assistant):
            question = await discord.say(ann, channel, "What happened?")
            answer = await growing(discord, question)
            if gone == "answer":
                await discord.delete_message(answer)
            elif gone == "question":
                await discord.delete_message(question)
            elif gone == "thread":
                await discord.delete_channel(answer.channel)
            elif gone == "channel":
                await discord.delete_channel(channel)
                await discord.delete_channel(answer.channel)
            elif gone == "server":
                await discord.remove_bot(guild)
            else:
                discord.faults.append(Fault("PATCH", "403:50001", times=99))
            await discord.until(lambda: not assistant.running, 2.0)
            discord.faults.clear()
            await discord.until(lambda: "status=" in caplog.text)
            asked = await discord.slash(ann, other.channels[0], "ask", question="A short one?")
            await discord.until(lambda: asked.messages and len(asked.last.buttons) > 1)
            await discord.finished(asked)
    reason = "deleted" if gone == "question" else "gone"
    assert f"status={reason}" in caplog.text
    assert "Sentence 90." not in answer.text
    if gone == "question":
        assert answer.deleted
    assert not [record for record in caplog.records if record.exc_info]


async def test_the_asker_can_stop_an_answer_and_ask_again(tmp_path: Path) -> None:
    """The complete sentences stay, with their sources and buttons; others cannot stop it."""
    assistant = slow()
    async with DiscordStandIn() as discord:
        guild, ann, ben = discord.add_guild(), discord.person("Ann"), discord.person("Ben")
        async with running(discord, tmp_path, assistant):
            question = await discord.say(ann, guild.channels[0], "What happened?")
            answer = await growing(discord, question)
            refused = await discord.finished(await discord.click(ben, answer, "⏹ Stop"))
            assert "Only the person who asked" in refused.text
            assert refused.last.ephemeral
            await discord.click(ann, answer, "⏹ Stop")
            await discord.until(lambda: "its end is missing" in answer.text)
            assert not assistant.running
            assert "Sentence 2. [1]" in answer.text
            assert "**[1]**" in answer.text
            assert answer.button("👍 Helpful")
            late = await discord.click(ann, growing_state(answer), "⏹ Stop")
            assert "already complete" in (await discord.finished(late)).text
            assistant.pause = 0
        async with running(discord, tmp_path, assistant):  # the button also works after a restart
            refused = await discord.finished(await discord.click(ben, answer, "Ask again"))
            assert "Only the person who asked" in refused.text
            again = await discord.click(ann, answer, "Ask again")
            await discord.until(lambda: "Sentence 100." in answer.text and len(answer.buttons) > 1)
            assert "its end is missing" not in answer.text
            assert again.original is answer
    assert assistant.asked == ["What happened?"] * 2
    assert discord.violations == []


def growing_state(answer: Message) -> Message:
    """A message as it was while the answer grew."""
    body = next(body for _, body in reversed(answer.states) if "⏹" in str(body))
    return Message(answer.id, answer.channel, answer.author, body)


async def test_ask_again_pressed_twice_asks_once(tmp_path: Path) -> None:
    """One of two presses is told so."""
    assistant = slow()
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        async with running(discord, tmp_path, assistant):
            asked = await discord.slash(ann, guild.channels[0], "ask", question="What happened?")
            await discord.until(lambda: "Sentence 2." in asked.text)
            await discord.click(ann, asked.last, "⏹ Stop")
            await discord.until(lambda: "its end is missing" in asked.text)
            stopped = Message(asked.last.id, asked.channel, discord.bot, dict(asked.last.body))
            presses = [
                await discord.click(ann, asked.last, "Ask again"),
                await discord.click(ann, stopped, "Ask again"),
            ]
            told = "already asked again"  # either of them: they are handled at the same time
            await discord.until(lambda: any(press.messages and told in press.text for press in presses))
            await discord.until(lambda: len(assistant.asked) == 2)
            assert sum(told in press.text for press in presses) == 1
    assert len(assistant.asked) == 2


@pytest.mark.parametrize("who", ["asker", "moderator", "another"])
async def test_the_asker_and_moderators_can_delete_an_answer(tmp_path: Path, who: str) -> None:
    """All its messages and its record; others are told that they cannot."""
    long = Scripted(lambda question: said(question, *["This sentence is very long. " * 30] * 14))
    async with DiscordStandIn() as discord:
        guild, ann, ben = discord.add_guild(), discord.person("Ann"), discord.person("Ben")
        async with running(discord, tmp_path, long):
            asked = await discord.slash(ann, guild.channels[0], "ask", question="Long?")
            await discord.until(lambda: len(asked.messages) == 3 and len(asked.last.buttons) > 1)
            await asyncio.sleep(0.2)  # until the journal is written
            person = ann if who == "asker" else ben
            pressed = await discord.click(person, asked.last, "🗑", manager=who == "moderator")
            if who == "another":
                assert "Only the person who asked" in (await discord.finished(pressed)).text
                assert len(asked.messages) == 3
            else:
                await discord.until(lambda: not asked.messages)
                await asyncio.sleep(0.1)
    assert len(AnswerStore(records_path(tmp_path)).latest()) == (1 if who == "another" else 0)
    assert discord.violations == []


@pytest.mark.parametrize("age", ["new", "too old", "restarted"])
async def test_all_messages_of_a_private_answer_are_deleted(tmp_path: Path, age: str) -> None:
    """If Discord still lets the bot do that, for 15 minutes; else the asker is told how."""
    long = Scripted(lambda question: said(question, *["This sentence is very long. " * 30] * 14))
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person("Ann")
        async with running(discord, tmp_path, long) as client:
            asked = await discord.slash(ann, guild.channels[0], "ask", question="Long?", private=True)
            await discord.until(lambda: len(asked.messages) == 3 and len(asked.last.buttons) > 1)
            await discord.until(lambda: client.dispatcher.runner.private_answers)
            last = asked.last
            if age != "restarted":
                asked.expired = age == "too old"
                await discord.click(ann, last, "🗑")
                await discord.until(lambda: not asked.messages or "Dismiss message" in last.text)
                await discord.until(lambda: not client.dispatcher.is_busy)
        if age == "restarted":
            async with running(discord, tmp_path, long):
                await discord.click(ann, last, "🗑")
                await discord.until(lambda: "Dismiss message" in last.text)
    assert len(asked.messages) == (0 if age == "new" else 3)
    assert AnswerStore(records_path(tmp_path)).latest() == []
    assert discord.violations == []


async def test_an_outage_of_discord_does_not_lose_the_final_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Growing states that cannot be shown are skipped, the final one is shown when Discord works again."""
    monkeypatch.setattr("bot.discord.handlers.edit_throttle.FINAL_DELAYS", (0.1,) * 5)
    monkeypatch.setattr("bot.discord.posts.discord_requests._FIRST_DELAY", 0.01)
    assistant = Scripted(lambda question: said(question, *SENTENCES[:10]), pause=0.05, model="m-1")
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        async with running(discord, tmp_path, assistant):
            question = await discord.say(ann, guild.channels[0], "What happened?")
            answer = await growing(discord, question)
            discord.faults.append(Fault("PATCH", "cut", times=18))
            await discord.until(lambda: "Sentence 10." in answer.text and len(answer.buttons) > 1)
    assert discord.violations == []
