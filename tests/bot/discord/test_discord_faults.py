"""When Discord fails: nothing answered twice, nothing lost, and what cannot be mended is one sentence."""

from __future__ import annotations

import asyncio
import logging
import random
from pathlib import Path

import pytest
from discord_bot import Scripted, running, said, settings_for
from discord_stand_in import DiscordStandIn, Fault
from fakes import FakeAssistant

from bot.discord.permissions import NotUsable
from bot.discord.posts.delivery import Surface
from bot.discord.posts.post import Post, notice
from bot.discord.runner import run

QUESTION = "How many members voted for the ban of delivery drones?"


@pytest.mark.parametrize("kind", ["429", "503", "500", "cut", "cut_after"])
@pytest.mark.parametrize("match", ["PATCH", "callback"])
async def test_a_failing_request_is_tried_again(tmp_path: Path, kind: str, match: str) -> None:
    """Rate limits, server errors and cut connections: the answer comes all the same, and once."""
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        async with running(discord, tmp_path):
            discord.faults.append(Fault(match, kind))
            asked = await discord.slash(ann, guild.channels[0], "ask", question=QUESTION)
            await discord.finished(asked)
    assert "Seven of nine" in asked.text
    assert "👍 Helpful" in [button.get("label") for button in asked.last.buttons]
    assert len(asked.messages) == 1
    assert [each for each in discord.violations if "second acknowledgement" not in each] == []


@pytest.mark.parametrize("kind", ["429", "503", "cut", "cut_after"])
async def test_a_message_that_got_through_is_not_sent_again(tmp_path: Path, kind: str) -> None:
    """Messages bear a nonce: a try whose answer was lost makes no second message."""
    async with DiscordStandIn() as discord:
        ann = discord.person()
        discord.add_guild()
        async with running(discord, tmp_path):
            discord.faults.append(Fault("POST /api/v10/channels", kind, times=2))
            await discord.say(ann, discord.direct(ann), QUESTION)
            await discord.answered(discord.direct(ann))
            await asyncio.sleep(0.2)
    assert len(discord.from_bot(discord.direct(ann))) == 1


@pytest.mark.parametrize("kind", ["503", "cut", "cut_after"])
async def test_a_follow_up_that_got_through_is_not_sent_again(tmp_path: Path, kind: str) -> None:
    """Discord takes no nonce for it: it is looked for in the channel before another try."""
    long = Scripted(lambda question: said(question, *["This sentence is told at length. " * 30] * 9))
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        async with running(discord, tmp_path, long):
            whole = await discord.slash(ann, guild.channels[0], "ask", question="How long?")
            await discord.until(lambda: whole.messages and whole.last.buttons)
            discord.faults.append(Fault("POST /api/v10/webhooks", kind))
            asked = await discord.slash(ann, guild.channels[0], "ask", question="How long?")
            await discord.until(lambda: asked.messages and asked.last.buttons)
            await asyncio.sleep(0.6)  # longer than until the next try
    assert len(whole.messages) > 1
    assert [each.embeds for each in asked.messages[:-1]] == [each.embeds for each in whole.messages[:-1]]
    assert discord.violations == []


async def test_what_is_too_old_or_gone_is_given_up_quietly(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """An interaction past its time, an invalid token, a deleted reply: one line in the log, no traceback."""
    caplog.set_level(logging.INFO, "footnote.discord")
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        async with running(discord, tmp_path):
            for match, kind in (
                ("callback", "404:10062"),
                ("PATCH", "401:50027"),
                ("PATCH", "404:10008"),
                ("PATCH", "403:50001"),
            ):
                discord.faults.append(Fault(match, kind, times=3))
                await discord.slash(ann, guild.channels[0], "ask", question=QUESTION)
                await discord.until(lambda: "given up" in caplog.text)
                assert not [record for record in caplog.records if record.exc_info]
                caplog.clear()
                discord.faults.clear()
            asked = await discord.slash(ann, guild.channels[0], "ask", question=QUESTION)
            assert "Seven of nine" in (await discord.finished(asked)).text


async def test_thirty_cuts_of_the_gateway_lose_nothing_and_answer_nothing_twice(tmp_path: Path) -> None:
    """100 questions while the connection breaks, is closed by Discord, or resumes: 100 answers."""
    chance = random.Random(7)
    assistant = FakeAssistant(pause=0.005)
    async with DiscordStandIn(rate_window=0.05) as discord:
        guild = discord.add_guild()
        people = [discord.person(f"P{number}") for number in range(25)]
        async with running(discord, tmp_path, assistant):
            asked = []
            cuts = set(chance.sample(range(100), 30))
            for number in range(100):
                if number in cuts:
                    await discord.until(lambda: discord.gateway.connected)
                    if chance.random() < 0.3:
                        await discord.gateway.reconnect()
                    else:
                        discord.gateway.cut()
                asked.append(
                    await discord.slash(people[number % 25], guild.channels[0], "ask", question=QUESTION)
                )
                await asyncio.sleep(0.01)
            for each in asked:
                await discord.finished(each, 30)
    assert all("Seven of nine" in each.text and len(each.messages) == 1 for each in asked)
    assert discord.gateway.resumes >= 20
    assert len(discord.gateway.identifies) == 1
    assert not discord.violations


async def test_an_event_that_discord_repeats_is_answered_once(tmp_path: Path) -> None:
    """The same message or interaction sent twice is one question."""
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        async with running(discord, tmp_path):
            await discord.say(ann, discord.direct(ann), QUESTION)
            asked = await discord.slash(ann, guild.channels[0], "ask", question=QUESTION)
            events = discord.gateway.sessions[0].events
            for event in [each for each in events if each["t"] in {"MESSAGE_CREATE", "INTERACTION_CREATE"}]:
                await discord.gateway.dispatch(event["t"], event["d"])
            await discord.finished(asked)
            await discord.answered(discord.direct(ann))
            await asyncio.sleep(0.2)
    assert len(discord.from_bot(discord.direct(ann))) == 1
    assert not discord.violations


async def test_a_session_that_ended_is_begun_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When Discord forgets the session, the bot identifies again and answers on."""

    async def at_once(*arguments: object, **more: object) -> None:
        """Not the 5 s that discord.py waits before it identifies again."""

    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        async with running(discord, tmp_path) as client:
            monkeypatch.setattr(client, "before_identify_hook", at_once)
            await discord.gateway.invalidate()
            await discord.until(lambda: discord.gateway.connected)
            asked = await discord.slash(ann, guild.channels[0], "ask", question=QUESTION)
            assert "Seven of nine" in (await discord.finished(asked)).text
    assert len(discord.gateway.identifies) == 2


async def test_what_is_under_way_is_finished_at_the_end_and_late_ones_are_told(tmp_path: Path) -> None:
    """A stop lets running answers finish; what takes longer is told so, nothing new is let in."""
    slow = Scripted(
        lambda question: said(question, *["Slow."] * (4 if "short" in question else 400)), pause=0.05
    )
    async with DiscordStandIn() as discord:
        guild, ann, ben = discord.add_guild(), discord.person("Ann"), discord.person("Ben")
        channel = guild.channels[0]
        async with running(discord, tmp_path, slow) as client:
            short = await discord.slash(ann, channel, "ask", question="A short one?")
            long = await discord.slash(ben, channel, "ask", question="A long one?")
            await discord.until(lambda: slow.at_once == 2)
            stopping = asyncio.create_task(client.dispatcher.stop(2.0))
            await asyncio.sleep(0.05)
            late = await discord.slash(discord.person("Late"), channel, "ask", question="Still there?")
            await stopping
            await discord.finished(late)
            # A reply may be edited five times in five seconds: that word may come after the end.
            await discord.until(lambda: "about to restart" in long.text)
    assert "Slow. [1] Slow. [1] Slow. [1] Slow. [1]" in short.text
    assert "👍 Helpful" in [button.get("label") for button in short.last.buttons]
    assert "about to restart" in long.text
    assert "about to restart" in late.text
    assert slow.at_once == 0


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        ("token", "does not accept the token"),
        ("4004", "does not accept the token"),
        ("4014", "refuses an intent"),
        ("4011", "too many servers for one connection"),
        ("guild", "may not register its commands in that server"),
        ("down", "cannot be reached"),
    ],
)
async def test_what_makes_running_impossible_is_one_sentence(
    tmp_path: Path, trouble: str, words: str
) -> None:
    """Wrong token, refused intent, unknown server: said at once, before any traceback."""
    async with DiscordStandIn() as discord:
        guild = discord.add_guild()
        base = discord.base
        if trouble == "token":
            discord.token = "another"
            settings = settings_for(discord, tmp_path, discord_token="wrong")
        else:
            settings = settings_for(discord, tmp_path)
        if trouble.isdigit():
            discord.gateway.refuse = int(trouble)
        if trouble == "down":
            settings = settings_for(discord, tmp_path, discord_api=base.replace("127.0.0.1", "127.0.0.1:1"))
        other = guild.id + 1 if trouble == "guild" else None
        with pytest.raises(NotUsable, match=words) as raised:
            await asyncio.to_thread(run_bot, settings, other)
    assert str(raised.value).endswith(".")
    assert "\n" not in str(raised.value)


def run_bot(settings: object, guild: int | None) -> int:
    return run(settings, guild=guild, check=False, watch=False, log_questions=False)  # type: ignore[arg-type]


class Slow(Surface):
    """A place that takes its time; what it shows in the end, in the order it came."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.go = asyncio.Event()

    async def _add(self, post: Post) -> None:
        await self.go.wait()
        self.texts.append(post.cards[0].description)

    async def _change(self, index: int, post: Post) -> None:
        await self._add(post)

    async def _remove(self, index: int) -> None:
        raise AssertionError("nothing is taken away here")


async def test_a_request_that_was_begun_is_finished_before_the_next() -> None:
    """Also when the one who waits for it is cancelled: discord.py would keep its lock for ever."""
    surface = Slow()
    growing = asyncio.create_task(surface.show([notice("growing")]))
    await asyncio.sleep(0.01)
    growing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await growing
    word = asyncio.create_task(surface.show([notice("the last word")]))
    await asyncio.sleep(0.01)
    assert surface.texts == []
    surface.go.set()
    await word
    assert surface.texts == ["growing", "the last word"]
