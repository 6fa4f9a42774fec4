"""Recognizes requests for the last answer in another form, and questions about the conversation itself.

They need what was read for the last answer, not another search.
"""

from __future__ import annotations

import re

from bot.question.parsed_question import parse_question

_ANSWER = "answer|reply|text|response|list|summary"
_IT = rf"(?:it|that|this|them|(?:the|your|that|this) (?:last |previous )?(?:{_ANSWER}))"
_LANGUAGE = (
    "english|german|french|spanish|italian|portuguese|dutch|danish|swedish|norwegian|finnish|polish|czech"
    "|russian|ukrainian|turkish|greek|hungarian|romanian|arabic|hebrew|persian|hindi|chinese|japanese|korean"
)
_COUNTED = r"(?:one|two|three|\d+) (?:short )?(?:sentences?|lines?|words?|paragraphs?|bullet points)"
_FORM = (
    r"(?:a |an )?(?:(?:short|simple|small|numbered|bulleted|bullet) )?"
    rf"(?:table|list|bullets|bullet points|json|sentence|paragraph|{_COUNTED}"
    rf"|(?:simple|simpler|plain) (?:words|terms|english|language)|{_LANGUAGE})"
)
_MANNER = (
    r"(?:much |even |a (?:bit|little) )?(?:short(?:er)?|brief(?:er)?|longer|simpler|clearer|concise"
    r"|more (?:briefly|simply|concise(?:ly)?|detailed|formal(?:ly)?)|less (?:formal|detailed|technical))"
)
_VERB = "make|keep|write|put|say|give|show|format|rewrite|rephrase|repeat|shorten|simplify|explain|turn"
_WHICH = "first|second|third|last|previous|original|earlier"
_REQUEST = re.compile(
    rf"(?:{_VERB})(?: me)?(?: {_IT})?(?: again)?"
    rf"(?: (?:(?:as|in|into|with|to) )?(?:{_FORM}|{_MANNER}|other words))?"
    rf"|(?:translate|summari[sz]e)(?: {_IT})?(?: (?:again|(?:in|to|into) {_FORM}))?"
    rf"|{_MANNER}|(?:as|in|into|with) {_FORM}"
    rf"|what (?:was|were) (?:my|the|your) (?:{_WHICH}) (?:questions?|answers?)"
    r"|what (?:did|have) i (?:just )?ask(?:ed)?(?: (?:you|first|before|so far|at first))*"
    r"|what did you (?:just )?(?:say|answer|tell me)(?: (?:first|before|at first))?",
    re.IGNORECASE,
)
_BARE_VERB = re.compile(rf"(?:{_VERB})(?: me)?", re.IGNORECASE)
_LEAD = re.compile(
    r"(?:(?:and|or|but|ok(?:ay)?|now|then|also|please|can you|could you|would you|i meant)[,\s]+)+",
    re.IGNORECASE,
)
_END = re.compile(r"[,\s]+(?:please|pls|for me|instead|now|then)$", re.IGNORECASE)


def is_restatement(question: str) -> bool:
    """True if a question asks for the last answer in another form, or what was said in the conversation.

    >>> is_restatement("Shorter, please"), is_restatement("and as a table?"), is_restatement("And in 2019?")
    (True, True, False)
    """
    text = parse_question(" ".join(question.split())).plain.strip(" ?!.,…")
    text = _END.sub("", _LEAD.sub("", text, count=1))
    return bool(_REQUEST.fullmatch(text)) and not _BARE_VERB.fullmatch(text)
