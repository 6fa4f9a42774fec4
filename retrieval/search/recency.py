"""Scores how much a question is about current news rather than timeless facts."""

from __future__ import annotations

import re

from retrieval.calendar_terms import WEEKDAY

MAX_QUESTION_LENGTH = 4000  # characters; the rest of a question is ignored

_BASE = 0.3
_NOW = re.compile(
    r"\b(?:(?:this|last|past|previous|next|coming)\s+(?:\w+\s+)?(?:day|week|weekend|month|year|season|summer|winter)s?"
    rf"|(?:this|last|next)\s+(?:spring|fall|autumn|morning|night|evening|{WEEKDAY})"
    r"|today|yesterday|tonight|tomorrow|ago|upcoming|recent(?:ly)?|latest|newest|lately|currently|right\s+now"
    r"|now(?!\s+known)|so\s+far|breaking|(?:the|is|its|their|his|her|of)\s+current(?=\s+[a-z]))\b",
    re.IGNORECASE,
)
_NEWS_VERB = re.compile(
    r"\b(?:announc|resign|re-?elect|elected\b|appoint|launch|unveil|reveal|arrest|indict|convict|sentenced|acquit"
    r"|su(?:ed|es|ing)\b|fined\b|bann|bans?\b|voted\b|approv|reject|veto|laid\s+off|layoffs?\b|step(?:ped|ping)?\s+down"
    r"|quits?\b|fired\b|testif|recall|cancel|postpon|evacuat|sanction|warn|accus|alleg|filed\s+for|suspend"
    r"|withdr[ae]w|debut|surg(?:ed|ing)|plung|plummet|soar|declar|claim|report(?:ed|s)\b|urg(?:ed|es)\b|pledg|agreed\b"
    r"|killed\b|struck\b|hit\b|detected\b|set\s+to\b|plan(?:s|ned|ning)?\s+to\b|expected\s+to\b|according\s+to\b)",
    re.IGNORECASE,
)
_ONGOING = re.compile(
    r"\b(?:will|soon|could|new|next)\b|\b(?:is|are|has|have)\s+(?:\w+\s+)?\w+(?:ing|ed)\b"
    rf"|\b{WEEKDAY}\b",
    re.IGNORECASE,
)
_TIMELESS = re.compile(
    r"\b(?:capital\s+of|definition|defined?|mean(?:s|ing)?|originat\w+|invent\w*|discover\w*|founded|born|named\s+after"
    r"|(?:is|are|was|were)\s+(?:\w+\s+)?(?:located|known|called|used|considered|named|defined)|types?\s+of|kinds?\s+of"
    r"|difference\s+between|formula|century|centuries|ancient|medieval|example|derived?|refers?|usually|generally"
    r"|typically|theory|theorem|dynasty|empire|sings?|sang|first\s+\w+\s+in\s+the\s+world|1[0-9]\d\ds?)\b"
    r"|^\s*(?:what\s+(?:is|are)\s+(?:an?\s+)?[\w -]{1,40}\??|how\s+(?:does|do|many\s+\w+\s+are)\b.*)$",
    re.IGNORECASE,
)


def recency(question: str) -> float:
    """How much the recency of an article counts, from 0 (timeless) to 1 (current news).

    Based on words alone: relative dates, news verbs and ongoing tenses versus words of definition and
    history. The weights are round numbers set by hand, not fitted.
    """
    question = question[:MAX_QUESTION_LENGTH]
    if _NOW.search(question):
        return 1.0
    score = _BASE
    score += 0.3 * bool(_NEWS_VERB.search(question))
    score += 0.2 * bool(_ONGOING.search(question))
    score -= 0.3 * bool(_TIMELESS.search(question))
    return round(min(max(score, 0.0), 1.0), 2)
