"""When Discord fails: nothing is answered twice, nothing is lost, permanent errors are one sentence."""

from __future__ import annotations

import asyncio
import logging
import random
from pathlib import Path

import pytest
from discord_bot import Scripted, running, said, settings_for
from discord_stand_in import DiscordStandIn, Fault
from fakes import FakeAssistant

from bot.discord.permissions import DiscordUnusable
from bot.discord.posts.delivery import Surface
from bot.discord.posts.post import Post, notice
from bot.discord.runner import run

TOO_LONG = {
    "0": {"description": {"_errors": [{"code": "BASE_TYPE_MAX_LENGTH", "message": "Must be 100 or fewer."}]}}
}
QUESTION = "How many members voted for the ban of delivery drones?"


@pytest.mark.parametrize("kind", ["429", "503", "500", "cut", "cut_after"])
@pytest.mark.parametrize("match", ["PATCH", "callback"])
async def test_a_failed_request_is_retried(tmp_path: Path, kind: str, match: str) -> None:
    """Rate limits, server errors and broken connections: the answer still arrives, once."""
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        async with running(discord, tmp_path):
            discord.faults.append(Fault(match, kind))
            asked = await discord.slash(ann, guild.channels[0], "ask", question=QUESTION)
            await discord.finished(asked)
    assert "Seven of nine" in asked.text
    assert "👍 Helpful" in [button.get("label") for button in asked.last.buttons]
    assert len(asked.messages) == 1
    assert [text for text in discord.violations if "second acknowledgement" not in text] == []


@pytest.mark.parametrize("kind", ["429", "503", "cut", "cut_after"])
async def test_a_delivered_message_is_not_sent_again(tmp_path: Path, kind: str) -> None:
    """Messages have a nonce: a retry after a lost response does not create a second message."""
    async with DiscordStandIn() as discord:
        ann = discord.person()
        discord.add_guild()
        async with running(discord, tmp_path):
            discord.faults.append(Fault("POST /api/v10/channels", kind, times=2))
            await discord.say(ann, discord.direct(ann), QUESTION)
            await discord.answered(discord.direct(ann))
            await asyncio.sleep(0.2)
    assert len(discord.from_bot(discord.direct(ann))) == 1


async def test_expired_interactions_are_given_up_without_a_traceback(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """An expired interaction, an invalid token, a deleted reply: one line in the log each."""
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


async def test_thirty_gateway_disconnects_lose_and_repeat_no_answer(tmp_path: Path) -> None:
    """100 questions while the connection breaks, is closed by Discord, and resumes: 100 answers."""
    generator = random.Random(7)
    assistant = FakeAssistant(pause=0.005)
    async with DiscordStandIn(rate_window=0.05) as discord:
        guild = discord.add_guild()
        people = [discord.person(f"P{number}") for number in range(25)]
        async with running(discord, tmp_path, assistant):
            asked = []
            cuts = set(generator.sample(range(100), 30))
            for number in range(100):
                if number in cuts:
                    await discord.until(lambda: discord.gateway.connected)
                    if generator.random() < 0.3:
                        await discord.gateway.reconnect()
                    else:
                        discord.gateway.cut()
                asked.append(
                    await discord.slash(people[number % 25], guild.channels[0], "ask", question=QUESTION)
                )
                await asyncio.sleep(0.01)
            for sent in asked:
                await discord.finished(sent, 30)
    assert all("Seven of nine" in sent.text and len(sent.messages) == 1 for sent in asked)
    assert discord.gateway.resumes >= 20
    assert len(discord.gateway.identifies) == 1
    assert not discord.violations


async def test_a_repeated_event_is_answered_once(tmp_path: Path) -> None:
    """A message or interaction that Discord sends twice is one question."""
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        async with running(discord, tmp_path):
            await discord.say(ann, discord.direct(ann), QUESTION)
            asked = await discord.slash(ann, guild.channels[0], "ask", question=QUESTION)
            events = discord.gateway.sessions[0].events
            for event in [
                event for event in events if event["t"] in {"MESSAGE_CREATE", "INTERACTION_CREATE"}
            ]:
                await discord.gateway.dispatch(event["t"], event["d"])
            await discord.finished(asked)
            await discord.answered(discord.direct(ann))
            await asyncio.sleep(0.2)
    assert len(discord.from_bot(discord.direct(ann))) == 1
    assert not discord.violations


async def test_an_invalidated_session_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When Discord forgets the session, the bot identifies again and continues to answer."""

    async def no_delay(*arguments: object, **more: object) -> None:
        """Replaces the 5 s that discord.py waits before it identifies again."""

    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        async with running(discord, tmp_path) as client:
            monkeypatch.setattr(client, "before_identify_hook", no_delay)
            await discord.gateway.invalidate()
            await discord.until(lambda: discord.gateway.connected)
            asked = await discord.slash(ann, guild.channels[0], "ask", question=QUESTION)
            assert "Seven of nine" in (await discord.finished(asked)).text
    assert len(discord.gateway.identifies) == 2


async def test_a_stop_finishes_running_answers_and_notifies_late_ones(tmp_path: Path) -> None:
    """Running answers can finish; of longer ones the complete part stays, new questions are refused."""
    slow = Scripted(
        lambda question: said(question, *["Slow."] * (4 if "short" in question else 400)), pause=0.05
    )
    async with DiscordStandIn() as discord:
        guild, ann, ben = discord.add_guild(), discord.person("Ann"), discord.person("Ben")
        channel = guild.channels[0]
        async with running(discord, tmp_path, slow) as client:
            short = await discord.slash(ann, channel, "ask", question="A short one?")
            long = await discord.slash(ben, channel, "ask", question="A long one?")
            await discord.until(lambda: slow.running == 2)
            stopping = asyncio.create_task(client.dispatcher.stop(2.0))
            await asyncio.sleep(0.05)
            late = await discord.slash(discord.person("Late"), channel, "ask", question="Still there?")
            await stopping
            await discord.finished(late)
            # Discord allows five edits of a reply in five seconds, so the notice can arrive after the stop.
            await discord.until(lambda: "its end is missing" in long.text)
    assert "Slow. [1] Slow. [1] Slow. [1] Slow. [1]" in short.text
    assert "👍 Helpful" in [button.get("label") for button in short.last.buttons]
    assert "I was restarted while I wrote this answer" in long.text
    assert long.last.button("Ask again")
    assert "about to restart" in late.text
    assert slow.running == 0


@pytest.mark.parametrize(
    ("problem", "message"),
    [
        ("token", "does not accept the token"),
        ("4004", "does not accept the token"),
        ("4014", "refuses an intent"),
        ("4011", "too many servers for one connection"),
        ("guild", "not in a server with the id [0-9]+, which is given with --guild"),
        ("scope", "not allowed to register its commands in the server"),
        ("commands", "rejected the bot's commands: .*'ask' .*: Must be 100 or fewer"),
        ("down", "cannot be reached"),
    ],
)
async def test_startup_errors_are_one_sentence(tmp_path: Path, problem: str, message: str) -> None:
    """Wrong token, refused intent, unknown server: one sentence instead of a traceback."""
    async with DiscordStandIn() as discord:
        guild = discord.add_guild()
        base = discord.base
        if problem == "token":
            discord.token = "another"
            settings = settings_for(discord, tmp_path, discord_token="wrong")
        else:
            settings = settings_for(discord, tmp_path)
        if problem.isdigit():
            discord.gateway.refuse = int(problem)
        if problem == "down":
            settings = settings_for(discord, tmp_path, discord_api=base.replace("127.0.0.1", "127.0.0.1:1"))
        if problem == "scope":
            discord.may_register_commands = False
        if problem == "commands":
            discord.faults.append(Fault("PUT", "400:50035", errors=TOO_LONG))
        other = {"guild": guild.id + 1, "scope": guild.id}.get(problem)
        with pytest.raises(DiscordUnusable, match=message) as raised:
            await asyncio.to_thread(run_bot, settings, other)
    assert str(raised.value).endswith(".")
    assert "\n" not in str(raised.value)


def run_bot(settings: object, guild: int | None) -> int:
    return run(settings, guild=guild, check=False, watch=False, log_questions=False)  # type: ignore[arg-type]


class SlowSurface(Surface):
    """A surface that waits for ``go`` before it shows anything, and records the order."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.go = asyncio.Event()

    async def _add(self, post: Post) -> None:
        await self.go.wait()
        self.texts.append(post.cards[0].description)

    async def _edit(self, index: int, post: Post) -> None:
        await self._add(post)

    async def _delete(self, index: int) -> None:
        raise AssertionError("nothing is deleted here")


async def test_a_cancelled_update_finishes_before_the_next_one() -> None:
    """Cancelling the request itself would leave discord.py's rate limit locked."""
    surface = SlowSurface()
    growing = asyncio.create_task(surface.show([notice("growing")]))
    await asyncio.sleep(0.01)
    growing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await growing
    final = asyncio.create_task(surface.show([notice("final")]))
    await asyncio.sleep(0.01)
    assert surface.texts == []
    surface.go.set()
    await final
    assert surface.texts == ["growing", "final"]
