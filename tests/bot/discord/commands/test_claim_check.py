"""`footnote discord --check`: token, application, permissions, invite link; and the bot as a process."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import discord as library
import pytest
from discord_bot import settings_for
from discord_stand_in import DiscordStandIn

from bot.discord.permissions import NEEDED, NotUsable, invite, needed
from bot.discord.runner import run
from bot.settings import Settings


def check(settings: Settings) -> int:
    return run(settings, guild=None, check=True, watch=False, log_questions=False)


async def test_a_usable_bot_is_told_with_its_invite_link(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The link asks for the permissions that are needed and no other; exit code 0."""
    async with DiscordStandIn() as discord:
        discord.add_guild()
        assert await asyncio.to_thread(check, settings_for(discord, tmp_path)) == 0
    shown = capsys.readouterr().out
    assert f"the bot is Footnote ({discord.application_id})" in shown
    assert "Servers: 1." in shown
    assert f"client_id={discord.application_id}&scope=bot+applications.commands" in shown
    assert f"permissions={needed().value}" in shown


async def test_what_is_missing_in_a_server_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each missing permission with what goes without it, and commands sent elsewhere; exit code 1."""
    async with DiscordStandIn() as discord:
        lacking = needed()
        lacking.update(send_messages_in_threads=False)
        discord.add_guild("Quiet", lacking.value)
        discord.interaction_endpoint = "https://elsewhere.example/interactions"
        assert await asyncio.to_thread(check, settings_for(discord, tmp_path)) == 1
    shown = capsys.readouterr().out
    assert "Quiet: cannot answer in threads and forum posts; give it “Send Messages in Threads”." in shown
    assert "Remove the Interactions Endpoint URL" in shown


async def test_a_missing_or_wrong_token_is_one_sentence(tmp_path: Path) -> None:
    """And where to get a right one."""
    async with DiscordStandIn() as discord:
        for token, words in ((None, "DISCORD_TOKEN is not set"), ("wrong", "does not accept the token")):
            settings = settings_for(discord, tmp_path, discord_token=token)
            with pytest.raises(NotUsable, match=words) as raised:
                await asyncio.to_thread(check, settings)
            assert "https://discord.com/developers/applications" in raised.value.help


def test_no_permission_is_asked_for_that_could_harm() -> None:
    """Nothing that deletes, bans, pings everyone or reads what is not addressed to the bot."""
    granted = {name for name, given in library.Permissions(needed().value) if given}
    assert len(granted) == len(NEEDED)
    assert not granted & {"administrator", "manage_messages", "manage_threads", "mention_everyone"}
    assert invite(5).startswith("https://discord.com/oauth2/authorize?client_id=5")


def test_the_readme_names_every_permission_and_why(repository: Path) -> None:
    """The table of the README is what the bot asks for."""
    readme = (repository / "README.md").read_text(encoding="utf-8")
    for shown, use in NEEDED.values():
        assert f"| {shown} | {use}" in readme


async def start(
    discord: DiscordStandIn, folder: Path, *options: str, token: str
) -> asyncio.subprocess.Process:
    """`footnote discord` as people start it, on an empty folder of articles."""
    environment = os.environ | {
        "DISCORD_TOKEN": token,
        "FOOTNOTE_DISCORD_API": discord.base,
        "FOOTNOTE_STATE": str(folder / "state"),
        "FOOTNOTE_INDEX": str(folder / "index"),
    }
    code = "from bot.terminal.commands.cli import main; main()"
    command = [sys.executable, "-c", code, "discord", "--corpus", str(folder), *options]
    return await asyncio.create_subprocess_exec(*command, env=environment, stderr=subprocess.PIPE)


async def test_sigterm_ends_the_process_in_order(tmp_path: Path) -> None:
    """It connects, registers its commands, and ends with exit code 0."""
    async with DiscordStandIn() as discord:
        discord.add_guild()
        process = await start(discord, tmp_path, token=discord.token)
        try:
            await discord.until(lambda: discord.gateway.connected, 60)
            process.send_signal(signal.SIGTERM)
            _, log = await asyncio.wait_for(process.communicate(), 30)
        finally:
            if process.returncode is None:
                process.kill()
    assert process.returncode == 0
    assert b"Traceback" not in log
    assert discord.command_puts == ["global"]


async def test_a_wrong_token_ends_the_process_with_one_sentence(tmp_path: Path) -> None:
    """Exit code 1, what happened, what to do; no traceback."""
    async with DiscordStandIn() as discord:
        process = await start(discord, tmp_path, token="wrong")
        _, log = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 1
    lines = log.decode().splitlines()
    assert lines[0] == "Discord does not accept the token in DISCORD_TOKEN."
    assert lines[1].startswith("Reset the token at")
    assert len(lines) == 2
