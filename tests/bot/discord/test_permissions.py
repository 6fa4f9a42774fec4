"""`footnote discord --check`, the invite link, and the bot as a process."""

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

from bot.discord.permissions import DiscordUnusable, invite_link, required_permissions
from bot.discord.placement.required_permissions import REQUIRED
from bot.discord.runner import run
from bot.settings import Settings


def check(settings: Settings) -> int:
    return run(settings, guild=None, check=True, watch=False, log_questions=False)


async def test_the_check_of_a_usable_bot_prints_its_invite_link(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The link asks for exactly the required permissions; exit code 0."""
    async with DiscordStandIn() as discord:
        discord.add_guild()
        assert await asyncio.to_thread(check, settings_for(discord, tmp_path)) == 0
    shown = capsys.readouterr().out
    assert f"the bot is Footnote ({discord.application_id})" in shown
    assert "Servers: 1." in shown
    assert f"client_id={discord.application_id}&scope=bot+applications.commands" in shown
    assert f"permissions={required_permissions().value}" in shown


async def test_the_check_names_missing_permissions(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also what each is needed for, and an interactions endpoint that bypasses the bot; exit code 1."""
    async with DiscordStandIn() as discord:
        permissions = required_permissions()
        permissions.update(send_messages_in_threads=False)
        discord.add_guild("Quiet", permissions.value)
        discord.interaction_endpoint = "https://elsewhere.example/interactions"
        assert await asyncio.to_thread(check, settings_for(discord, tmp_path)) == 1
    shown = capsys.readouterr().out
    assert "Quiet: cannot answer in threads and forum posts; grant “Send Messages in Threads”." in shown
    assert "Remove the Interactions Endpoint URL" in shown


async def test_a_missing_or_wrong_token_is_one_sentence(tmp_path: Path) -> None:
    """The help says where to get a valid one."""
    async with DiscordStandIn() as discord:
        for token, message in ((None, "DISCORD_TOKEN is not set"), ("wrong", "does not accept the token")):
            settings = settings_for(discord, tmp_path, discord_token=token)
            with pytest.raises(DiscordUnusable, match=message) as raised:
                await asyncio.to_thread(check, settings)
            assert "https://discord.com/developers/applications" in raised.value.help


def test_no_dangerous_permission_is_requested() -> None:
    """The bot cannot moderate, administrate or ping everyone."""
    granted = {name for name, given in library.Permissions(required_permissions().value) if given}
    assert len(granted) == len(REQUIRED)
    assert not granted & {"administrator", "manage_messages", "manage_threads", "mention_everyone"}
    assert invite_link(5).startswith("https://discord.com/oauth2/authorize?client_id=5")


def test_the_readme_names_every_permission_and_why(repository: Path) -> None:
    """The README's table matches what the bot asks for."""
    readme = (repository / "README.md").read_text(encoding="utf-8")
    for label, use in REQUIRED.values():
        assert f"| {label} | {use}" in readme


async def start(
    discord: DiscordStandIn, folder: Path, *options: str, token: str
) -> asyncio.subprocess.Process:
    """Start `footnote discord` as a process on an empty folder of articles."""
    environment = os.environ | {
        "DISCORD_TOKEN": token,
        "FOOTNOTE_DISCORD_API": discord.base,
        "FOOTNOTE_STATE": str(folder / "state"),
        "FOOTNOTE_INDEX": str(folder / "index"),
    }
    code = "from bot.terminal.commands.cli import main; main()"
    command = [sys.executable, "-c", code, "discord", "--corpus", str(folder), *options]
    return await asyncio.create_subprocess_exec(*command, env=environment, stderr=subprocess.PIPE)


async def test_sigterm_stops_the_process_cleanly(tmp_path: Path) -> None:
    """It connects, registers its commands, and exits with code 0."""
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


async def test_a_wrong_token_stops_the_process_with_one_sentence(tmp_path: Path) -> None:
    """Exit code 1, the error and what to do, no traceback."""
    async with DiscordStandIn() as discord:
        process = await start(discord, tmp_path, token="wrong")
        _, log = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 1
    lines = log.decode().splitlines()
    assert lines[0] == "Discord does not accept the token in DISCORD_TOKEN."
    assert lines[1].startswith("Reset the token at")
    assert len(lines) == 2
