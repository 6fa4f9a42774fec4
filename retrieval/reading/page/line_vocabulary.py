"""Words and patterns that distinguish the lines of a scraped page."""

from __future__ import annotations

import re

from retrieval.text_analysis import STOP_WORDS

# The page model was trained on this set: its features change with it.
FUNCTION_WORDS = STOP_WORDS.difference(
    "does doing having hers itself nor once s shall t theirs until upon very whom whose why".split()
).union(
    """
    one more said time new two first like now even most made must well back years way down because long
    each people mr little see get between both never another know last us since against go came right
    used take three un una el la de que en los del las por con para die der und das nicht ist von le les
    des et est une dans qui pas pour sur il di che
    """.split()
)
NETWORKS = re.compile(
    r"\b(?:facebook|twitter|instagram|pinterest|linkedin|whatsapp|reddit|youtube|e-?mail|rss|snapchat"
    r"|flipboard)\b",
    re.IGNORECASE,
)
PROMOTION = re.compile(
    r"\b(?:subscri|newsletter|sign up|sign in|log in|cookie|privacy|terms|click|advert|sponsor|download"
    r"|app store|google play|follow us|share|tweet|comment|copyright|rights reserved|read more|related"
    r"|trending|recommended|popular|powered by|contact us|about us|unsubscribe|inbox|your email|opens in"
    r"|loading|buy now|check price|amazon|affiliate|commission)",
    re.IGNORECASE,
)
PICTURE = re.compile(
    r"\b(?:photo|image|getty|credit|caption|picture|courtesy|shutterstock|reuters|file -|video|gallery"
    r"|watch|slideshow|photograph)\b",
    re.IGNORECASE,
)
FIRST_WORD = re.compile(
    r"(?:by|in|the|a|an|on|at|but|and|it|he|she|they|we|i|this|that|for|as|if|with|when|there|our|after"
    r"|while|however)\b",
    re.IGNORECASE,
)
STORY = re.compile(r"\b(?:he|she|his|her|they|their|was|were|had|has|have|will|would)\b", re.IGNORECASE)
SPEECH = re.compile(r"[“”\"]|\b(?:said|says|told)\b")
REACTION = re.compile(
    r"\b(?:ago|reply|replies|likes?|upvote|report|posted by|says:|wrote:|permalink)\b|^\d+$", re.IGNORECASE
)
READER = re.compile(
    r"\b(?:said|says|wrote|commented)\s*:?$|\b(?:at|on) .{0,30}\d{1,2}:\d\d ?[ap]\.?m\.? ?(?:said"
    r"|says)?:?$",
    re.IGNORECASE,
)
END_MARK = re.compile(
    r"(?:topics?|tags?|about (?:this|the) (?:article|authors?|writer)|related|comments?|\d+ comments?"
    r"|leave (?:a )?(?:comment|reply)|previous|next|sources?:|share (?:this|on)|sharing is"
    r"|most (?:popular|read|viewed|recent)|more (?:from|on|stories|news|in|like)|trending|recommended"
    r"|sign up|subscribe|follow|filed under|copyright|©|read (?:more|next|also)|you (?:may|might) also"
    r"|in this article|posted in|categor|advertisement|have your say|latest|popular|see also|also on"
    r"|contact|sponsored|from the web|around the web|print|report (?:a|an)|corrections?|newsletter"
    r"|get the|join (?:our|the)|powered by|written by|author)\b",
    re.IGNORECASE,
)
CLICK = re.compile(r"\bclick (?:here|to)\b|\bCLICK\b")
BULLET = re.compile(r"[-•*–●▪]|\d+[.)]\s")
