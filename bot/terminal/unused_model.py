"""Reports on stderr that the chosen chat model is not used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bot.settings import Settings


def report_unused_model(settings: Settings) -> None:
    """Print why the chosen model is not used and what to set, if so."""
    if settings.unused_model:
        click.echo(settings.unused_model, err=True)
