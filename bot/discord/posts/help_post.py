"""The help: what members can do, and how they check an answer."""

from __future__ import annotations

from bot.discord.posts.post import Post, arrange
from bot.localization import localized

HELP = """\
**Ask** a question with `/ask`, by mentioning me, by replying to me, or in a direct message. In threads, \
forum posts and direct messages I remember our conversation.
**Check an answer**: each `[1]` is a source. The button `1` shows the quote in its article, and whether \
the article has changed since.
**Check any message**: open its menu, choose Apps, then *Check this*. Or reply to it, mention me and ask \
“is that true?”.

`/sources` shows the sources of the latest answer here
`/search` finds passages, without writing an answer
`/articles` lists the articles, or those `mentioning` something · `/about` shows how many there are, \
and questions to start with
`/forget` deletes what I have stored of our conversation, here or everywhere
For those who manage the server: {commands}

I answer only when asked, never ping anyone, and tell you if the articles do not have the answer. \
👍 and 👎 below an answer send feedback to the people who run me."""


def help_posts(*, can_add: bool) -> list[Post]:
    """What the bot can do. *can_add*: those who manage a server can add articles."""
    commands = ("add", "added", "remove") if can_add else ()
    shown = " ".join(f"`/{command}`" for command in (*commands, "sync", "settings"))
    return arrange(localized(HELP, commands=shown), [], title=localized("Help"))
