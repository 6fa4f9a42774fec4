"""Recognizes single lines that are clearly not part of an article, such as adverts and share links.

The rules look at one line at a time and err on the side of keeping it: a lost paragraph costs more than a
kept advert. Whole scraped pages, with menus and lists of links, are handled by main_text.py.
"""

from __future__ import annotations

import re

_NETWORK = (
    r"(?:facebook|twitter|x|whatsapp|linkedin|reddit|pinterest|telegram|instagram|youtube|tumblr|google\+?"
    r"|e-?mail|flipboard|messenger|threads|bluesky|google news)"
)
_PICTURE = r"(?:image|photo|picture|pic|photograph|video|illustration|graphic)s?"
_AGENCY = r"(?:getty images|shutterstock|reuters|ap|ap photo|afp|istock)"
_SIGN_UP = r"(?:sign up|signup|subscribe|register)(?: now| today| here| free| for free)?"
_STORIES = r"(?:news|stories|story|articles?|posts?|content|coverage|links?|topics?|videos?|reading)"

# Each pattern must match a whole line, after its decoration is removed ("-- Advertisement --").
_RULES: dict[str, tuple[str, ...]] = {
    "advertisement": (
        r"advertisements?|advertising|adverts?|ads?|remove ads|paid content",
        r"sponsored(?: content| links?)?|promoted(?: content)?",
        r"(?:(?:story|article|content) )?continues? (?:reading )?(?:below|after)"
        r"(?: (?:the |this )?(?:ad|advert|advertisement|video|newsletter).{0,60})?",
        r"continue reading(?: the main story)?",
        r"(?:skip|scroll) (?:the )?(?:advertisement|ad|to continue.{0,60})",
        r"scroll down (?:for more|to continue).{0,60}",
    ),
    "share link": (
        r"(?:share|post|send|tweet|save|like|pin|follow)"
        r"(?: (?:this|it|us|article|story|page|post|link|via|on|by"
        rf"|with friends|to|the|our|me|,|&|and|{_NETWORK}))+",
        r"share\W*|tweet|pin it|copy link|link copied.{0,40}|print(?: this)?(?: page| article)?",
        rf"(?:{_NETWORK}(?:\W+|$)){{2,}}",
        r"click (?:here )?to share .{1,80}",
        r"follow (?:us|me|our .{1,30}|@\w+) (?:on|at|@) .{1,60}",
        r"(?:like|join) us on \w+.{0,60}",
    ),
    "newsletter": (
        rf"{_SIGN_UP}(?: (?:for|to) (?:our|the|your|this|free|get|daily|weekly|receive)\b.{{0,200}})?",
        r"(?:get|receive|want) (?:the |our |all the |more )?(?:latest|best|top|breaking|daily|stories|news"
        r"|headlines)\b.{0,100}\b(?:inbox|newsletters?|e-?mail|alerts|app)\b.{0,100}",
        r"(?:enter|type) your e-?mail(?: address)?.{0,100}",
        r"your e-?mail (?:address )?will not be published.{0,100}",
        r"unsubscribe(?: .{0,60})?|(?:view|read|open) (?:this|it)(?: \w+)? in (?:your|a) browser.{0,20}",
        r"by (?:signing up|subscribing|registering).{1,150}(?:terms|privacy|policy).{0,60}",
    ),
    "related link": (
        r"(?:read|see|watch|look|listen|check out|view) ?(?:more|also|next|this|it|on|now|here)?\s*[:|»]+.*",
        r"(?:also|must|further|recommended|suggested) (?:read|watch|see|reading)\b\s*(?:[:|»–-].*)?",
        r"read (?:more|also|next)(?: (?:on|about|from|at|here|stories)\b.{0,80})?\W*",
        rf"(?:related|recommended|trending|popular|more)(?: {_STORIES})?"
        r"(?: (?:from|for) .{1,40})?\s*(?::.*)?",
        r"(?:you (?:may|might) also (?:like|be interested in)|more from .{1,30}|don'?t miss|editor'?s? picks?"
        r"|most (?:read|popular|viewed|shared)|what to read next|up next)\s*(?::.*)?",
    ),
    "image credit": (
        rf"(?:representative |representational |file |featured |cover |lead )?{_PICTURE}"
        r"(?: (?:credits?|source|courtesy|by|via|used for representation.{0,40}|for representation.{0,40}))?"
        r"\s*[:|©].{0,100}",
        r"(?:(?:file|stock) )?(?:photo|image|picture|photograph)s?"
        r" (?:by|credit|courtesy|via|source)\b.{0,80}",
        rf"{_AGENCY}(?:\s?/\s?.{{1,40}})?|.{{0,40}}/{_AGENCY}",
    ),
    "copyright": (
        r"(?:©|\(c\)|copyright\b(?! (?:law|act|claim|case|owner|holder))).{0,150}",
        r".{0,80}\ball rights reserved\.?",
    ),
    "comments": (
        r"(?:\d+ |no |view |show |see |leave a |post a |add a |write a |join the |all )"
        r"(?:comments?|replies|reply|conversation|discussion)\b.{0,20}",
        r"comments?(?: \(?\d+\)?)?|be the first to comment.{0,30}",
    ),
    "navigation": (
        r"skip (?:to|navigation)\b.{0,30}|back to (?:top|home|article).{0,10}",
        r"scroll to top|jump to navigation",
        r"(?:previous|next|prev) (?:article|post|story|page)\b.{0,5}|table of contents",
        r"(?:toggle|close|open|main) (?:navigation|menu)|home|menu|search",
        r"view all|see all|show more|load more",
        r"privacy policy|terms (?:of (?:use|service)|and conditions|& conditions)|cookie (?:policy|settings)",
        r"contact us|about us|log ?in|sign ?in|log ?out",
    ),
    "notice": (
        r"(?:we|this (?:site|website)) uses? cookies\b.{0,200}",
        r"(?:this|the) (?:article|story|post) (?:was|has been|is)"
        r" (?:automatically|auto|syndicated|generated)\b.{0,150}",
        r"\d{1,3}[ -]min(?:ute)?s? read|(?:listen to|play|hear) this (?:article|story|page).{0,30}",
        r"(?:filed under|tags?|topics?|categor(?:y|ies)|keywords?|in this (?:article|story))\s*:.{0,200}",
        r"catch up on all the latest .{0,150}|view (?:gallery|slideshow)",
    ),
}
_PATTERNS = tuple(
    (reason, re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE))
    for reason, patterns in _RULES.items()
)
_DECORATION = re.compile(r"^[\s\-–—=*_|•·:>»#\[\](){}]+|[\s\-–—=*_|•·:<«#\[\](){}]+$")
# Longer lines are never boilerplate by their words alone.
_MAX_WORDS = 30
_MAX_LENGTH = 250  # characters
# The words that the patterns start with: a cheap check before them.
_FIRST_WORDS = re.compile(
    r"(?:adv|ad\b|ads\b|sponsor|promot|paid|remove|stor|article|content|scroll|skip|share|post|send|tweet|save|like"
    r"|pin|follow|copy|print|link|click|join|sign|subscri|regist|get|receive|want|enter|type|your|by\b|read|see|watch"
    r"|look|listen|check|view|also|must|further|recommend|suggest|relat|trend|popular|more|you\b|most|what|up|don|editor"
    r"|image|photo|pic|video|illust|graph|represent|file|featur|cover|lead|stock|getty|shutter|reuters|ap\b|afp|istock"
    r"|all\b|no\b|\d|show|leave|add|write|comment|be\b|back|prev|next|toggle|close|open|main|jump|table|priv|terms"
    r"|cook|contact|about|log|load|unsub|home|menu|we\b|this|the\b|catch|play|hear|filed|tag|topic|categor"
    r"|keyword|in this|facebook|twitter|whatsapp|e-?mail|x\b"
    r"|telegram|instagram|pinterest|reddit|youtube|google|tumblr|flipboard|©|\(?c\))",
    re.IGNORECASE,
)


def boilerplate_reason(words: str) -> str | None:
    """The reason why a line (with whitespace collapsed) is not part of any article; None if it could be.

    >>> boilerplate_reason("- ADVERTISEMENT -"), boilerplate_reason("Advertising pays for news, she said.")
    ('advertisement', None)
    """
    if not words or len(words) > _MAX_LENGTH:
        return None
    plain = _DECORATION.sub("", words)
    if not plain:
        return "decoration"
    if not _FIRST_WORDS.match(plain) and "/" not in plain and "reserved" not in plain.lower():
        return None
    if plain.count(" ") >= _MAX_WORDS:
        return None
    return next((reason for reason, pattern in _PATTERNS if pattern.fullmatch(plain)), None)
