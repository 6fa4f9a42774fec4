"""What a message to the bot wants: an answer, a check of another message, help, or nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import discord

from bot.discord.handlers.channel_rules import message_text, question_text, server_id
from bot.question.small_talk import asks_about_bot, small_talk

if TYPE_CHECKING:
    from collections.abc import Mapping

Intent = Literal["question", "check", "help", "greeting", "thanks", "unreadable", "unreadable reply"]
# A reply that asks whether the other message is true, in English and German.
_CHECK = re.compile(
    r"(?:(?:hey|hi|so|and|but|und|aber|hm+)\W+)*(?:"
    r"(?:is|was|are) (?:that|this|it|these|they|he|she)(?: really| actually| even)?"
    r" (?:true|right|correct|real|accurate|so|legit|a fact)"
    r"|(?:true|right|correct|legit|real|really|sources?|proof|fact ?-?check)"
    r"|(?:please |can you |could you )?(?:fact ?-?)?check (?:this|that|it)(?: out)?(?: please)?"
    r"|(?:true|right) or (?:false|wrong|not)"
    r"|is there (?:a |any )?(?:source|proof|evidence)(?: for (?:this|that|it))?"
    r"|what (?:do|does) (?:you|the articles?) say(?: (?:about|to) (?:this|that|it))?"
    r"|(?:stimmt|ist) (?:das|dies)(?: wirklich| so)?(?: wahr| richtig| korrekt)?"
    r"|stimmts|wirklich|wahr|quellen?|belege?"
    r"|(?:bitte )?(?:prüf|prüfe|check|checke) (?:das|dies)(?: mal)?(?: bitte)?"
    r")",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class MessageIntent:
    """``text`` is the question, or the text to check; ``context`` the message that a question replies to.

    "unreadable": Discord does not show the bot this message; "unreadable reply": the one it replies to.
    ``link`` leads to the message to check.
    """

    kind: Intent
    text: str = ""
    context: str = ""
    link: str = ""


def intent_of(message: discord.Message, me: discord.abc.User) -> MessageIntent:
    """What a message that is addressed to the bot wants."""
    if not message.content and server_id(message):
        return MessageIntent("unreadable")
    text = question_text(message.content, me.id, _mention_names(message))
    original = message.reference.resolved if message.reference else None
    if not isinstance(original, discord.Message):
        return _own_intent(text)
    is_mine = original.author.id == me.id
    if asks_to_check(text) or (not text and not is_mine):
        replied = message_text(original).strip()
        return (
            MessageIntent("check", replied, link=original.jump_url)
            if replied
            else MessageIntent("unreadable reply")
        )
    return _own_intent(text, "" if is_mine else message_text(original).strip())


def _own_intent(text: str, context: str = "") -> MessageIntent:
    if not text:
        return MessageIntent("greeting")
    if asks_about_bot(text):
        return MessageIntent("help")
    return MessageIntent(small_talk(text) or "question", text, context)


def asks_to_check(text: str) -> bool:
    """True for "is that true?", "source?" and the like.

    >>> [asks_to_check(text) for text in ("Is that true?", "check this please", "Stimmt das?", "true love?")]
    [True, True, True, False]
    """
    return bool(_CHECK.fullmatch(" ".join(text.split()).strip(" ?!.…")))


def _mention_names(message: discord.Message) -> Mapping[int, str]:
    """The names of the users, roles and channels that a message mentions, by id."""
    names = {user.id: user.display_name for user in message.mentions}
    names |= {role.id: role.name for role in message.role_mentions}
    return names | {channel.id: channel.name for channel in message.channel_mentions}
