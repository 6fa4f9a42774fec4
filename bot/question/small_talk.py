"""Recognizes messages that ask nothing: greetings, thanks and praise, and questions about the bot itself."""

from __future__ import annotations

import re
from typing import Literal

SmallTalk = Literal["greeting", "thanks"]

# English and German. A message is small talk if it has a word of the first two lists and no other words.
_GREETINGS = frozenset(
    "hello hi hey hiya yo howdy greetings morning evening night bye goodbye ciao cu welcome "
    "hallo moin servus grüezi morgen abend tschüss tschüs tschau willkommen".split()
)
_THANKS = frozenset(
    "thanks thank thx ty tysm thankyou cheers ok okay kk great cool nice good awesome amazing brilliant "
    "excellent perfect wonderful fantastic helpful useful impressive interesting lovely sweet neat super "
    "wow lol haha hehe yay congrats kudos bravo sorry yes yep yeah no nope sure fine right agreed correct "
    "love danke dank dankeschön merci klasse prima toll spitze genial hilfreich perfekt wunderbar gut lieb "
    "jo ja nein stimmt genau sorry entschuldigung gerne".split()
)
_FILLERS = frozenset(
    "a all am an and again are as at be both bot by day did do everybody everyone exactly folks footnote for "
    "from got guys have help helped here i i'm im is it it's its job just lot lots many me more mate much my "
    "of oh on one pal people point quick really see so team that that's thats the then there they this to "
    "too very was well were work you you're you’re youre your answer answers reply info information "
    "aber alle alles auch bist da das dass dein deine der dich die dir du ein eine es euch für ganz "
    "gemacht geholfen gute guten guter hast hat ich ihr ist leute mal mir mit nochmal sehr so tag "
    "und viel viele vielen war wirklich zusammen".split()
)
_PHATIC = re.compile(r"how are you(?: doing)?|how's it going|what's up|wie geht(?:'s|s| es)(?: dir)?", re.I)
_ABOUT_BOT = re.compile(
    r"(?:help|hilfe|commands|befehle|usage)"
    r"|(?:what|who) are you|what (?:can|do) you do|what are you (?:for|good for|able to do)"
    r"|how (?:do|can|should) (?:i|we|you|one) (?:use|ask|talk to) (?:you|(?:this|the) bot|this)"
    r"|how do you work"
    r"|what can i (?:ask|do)(?: you| here)?|help me|can you help(?: me)?"
    r"|was kannst du(?: alles)?|wer bist du|was bist du|wie funktionierst du|was kann ich (?:dich )?fragen"
    r"|wie benutze ich dich|kannst du (?:mir )?helfen",
    re.I,
)
_EXCLAMATION = re.compile(r"\W*what an? ", re.I)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


def small_talk(text: str) -> SmallTalk | None:
    """The kind of small talk that a message consists of; None if it says or asks anything else.

    A message without a letter or digit ("👍", ":)") counts as thanks.

    >>> small_talk("Good morning everyone!"), small_talk("Thanks, that was really helpful"), small_talk("👍")
    ('greeting', 'thanks', 'thanks')
    >>> small_talk("Thanks! And who is the mayor?"), small_talk("Is it good?"), small_talk("Help")
    (None, None, None)
    """
    text = text.strip()
    if not any(map(str.isalnum, text)):
        return "thanks"
    if _PHATIC.fullmatch(text.replace("’", "'").strip(" ?!.")):
        return "greeting"
    words = {word.casefold() for word in _WORD.findall(_EXCLAMATION.sub("", text))}
    if "?" in text or any(map(str.isdigit, text)) or not words <= _GREETINGS | _THANKS | _FILLERS:
        return None
    if words & _GREETINGS:
        return "greeting"
    return "thanks" if words & _THANKS else None


def asks_about_bot(text: str) -> bool:
    """True for "What can you do?", "help" and the like.

    >>> asks_about_bot("What can you do?"), asks_about_bot("hilfe!"), asks_about_bot("What can the mayor do?")
    (True, True, False)
    """
    return bool(_ABOUT_BOT.fullmatch(" ".join(text.split()).strip(" ?!.…")))
