"""Finds the lines of an email that repeat earlier messages: they are the words of another person."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from retrieval.text_lines import Line, ends_sentence

QUOTED = "quoted message"
# "On Mon, 4 Mar 2024, Mara Quill wrote:" in common languages.
_WROTE = re.compile(
    r"\b(?:wrote|writes|schrieb|schreibt|a écrit|écrit|escribi[óo]|ha scritto|scrive|escreveu|schreef"
    r"|skrev|skrifaði|kirjoitti|napsal(?:\(a\)|a)?|napísal|napisał\(?a?\)?|pisze|írta|a scris|yazdı|έγραψε"
    r"|написал[аи]?|пишет|написав|пише)\b|写道|寫道|のメール|は書きました|님이 작성",
    re.IGNORECASE,
)
_ADDRESS_OR_DATE = re.compile(r"[\w.+-]+@[\w.-]+\.\w+|\b(?:19|20)\d\d\b|\d{1,2}[:.]\d\d")
_MAX_ATTRIBUTION_LENGTH = 250  # characters, on at most two lines
_FORWARDED = re.compile(
    r"[\s>*_-]*(?:begin(?: of)? forwarded message|(?:original )?forwarded message|-{2,}\s*forwarded by|"
    r"weitergeleitete nachricht|anfang der weitergeleiteten (?:nachricht|e-?mail)"
    r"|message (?:transf[ée]r[ée]|réexpédié)|début du message (?:réexpédié|transféré)"
    r"|mensaje reenviado|inicio del mensaje reenviado"
    r"|messaggio inoltrato|inizio messaggio inoltrato|mensagem (?:encaminhada|reencaminhada)"
    r"|doorgestuurd bericht|vidarebefordrat meddelande|przekazana wiadomość|пересылаемое сообщение"
    r"|пересланное сообщение|转发(?:的)?邮件|轉寄郵件|転送メッセージ)\b[^.!?]{0,80}",
    re.IGNORECASE,
)
_ORIGINAL = re.compile(
    r"[\s>_*-]*-{2,}\s*(?:original message|original appointment|ursprüngliche nachricht|message d'origine"
    r"|message original|mensaje original|messaggio originale|mensagem original|oorspronkelijk bericht"
    r"|ursprungligt meddelande|wiadomość oryginalna|исходное сообщение|原始邮件|邮件原件|元のメッセージ)"
    r"\s*-{2,}\s*",
    re.IGNORECASE,
)
_FIELD = r"[\s*]*(?:{})[\s*]*[:：]"
_FROM = re.compile(
    _FIELD.format("from|von|de|da|van|från|fra|od|kimden|от|发件人|寄件者|差出人|보낸 사람"), re.IGNORECASE
)
_SENT = re.compile(
    _FIELD.format(
        "sent|date|gesendet|datum|envoyé|enviado(?: el)?|fecha|data|inviato|verzonden|skickat|sendt|dato"
        "|wysłano|tarih|отправлено|дата|发送时间|日期|寄件日期|送信日時|日付|날짜"
    ),
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    _FIELD.format(
        "subject|betreff|objet|asunto|oggetto|assunto|onderwerp|ämne|emne|temat|konu|тема|主题|主旨|件名|제목"
    ),
    re.IGNORECASE,
)
_MAX_HEADER_LINES = 7  # of a quoted message: From, Sent, To, Cc, Subject
_REPLY_SUBJECT = re.compile(
    r"(?:re|aw|antw|antwort|sv|vs|odp|res|rif|ynt|vá|回复|答复|回覆|ответ|답장)(?:\[\d+\])?\s*[:：]",
    re.IGNORECASE,
)
_FORWARD_SUBJECT = re.compile(
    r"(?:fwd?|wg|tr|rv|enc|i|vb|vl|doorst|pd|转发|轉寄|пересл)\s*[:：]", re.IGNORECASE
)


def is_forward(subject: str | None) -> bool:
    """True if a subject is that of a forwarded message ("Fwd: …")."""
    return bool(subject and _FORWARD_SUBJECT.match(subject))


def is_reply(subject: str | None) -> bool:
    """True if a subject is that of a reply ("Re: …")."""
    return bool(subject and _REPLY_SUBJECT.match(subject))


def is_forwarding_mark(words: str) -> bool:
    """True for a line such as "---------- Forwarded message ---------"."""
    return _FORWARDED.fullmatch(words) is not None


def quoted_reasons(lines: Sequence[Line], *, reply: bool, forward: bool) -> Mapping[int, str]:
    """Line number -> reason for the quoted history in non-blank *lines*, up to a forwarded message.

    In a message that is not a *reply*, lines with ">" are quoted history only below "… wrote:".
    """
    if forward:
        return {}
    end = next((i for i, line in enumerate(lines) if is_forwarding_mark(line.words)), len(lines))
    reasons: dict[int, str] = {}
    quoting = False
    for index in range(end):
        if reply and _starts_original(lines, index):
            return reasons | {line.number: QUOTED for line in lines[index:]}
        if not lines[index].words.startswith(">"):
            quoting = False
            continue
        attribution = () if quoting else _attribution(lines[max(0, index - 2) : index])
        quoting = quoting or reply or bool(attribution)
        if quoting:
            reasons.update((line.number, QUOTED) for line in (*attribution, lines[index]))
    return reasons


def _attribution(before: Sequence[Line]) -> Sequence[Line]:
    """The last line or the last two lines if they say who wrote what follows."""
    if not before or before[-1].words[-1] not in ":：" or before[-1].words.startswith(">"):
        return ()
    last = before[-1].words
    if len(before) > 1 and _is_wrapped(before[-2], before[-1]):
        return before
    is_attribution = len(last) <= _MAX_ATTRIBUTION_LENGTH and _WROTE.search(last)
    return before[-1:] if is_attribution else ()


def _is_wrapped(first: Line, last: Line) -> bool:
    """True if the line that says who wrote what follows continues on the next one."""
    words = f"{first.words} {last.words}"
    return (
        last.number == first.number + 1
        and len(words) <= _MAX_ATTRIBUTION_LENGTH
        and not ends_sentence(first.words)
        and _ADDRESS_OR_DATE.search(first.words) is not None
        and _WROTE.search(words) is not None
    )


def _starts_original(lines: Sequence[Line], index: int) -> bool:
    """True at the separator or header of the message that a reply by Outlook repeats in full."""
    words = lines[index].words
    if _ORIGINAL.fullmatch(words):
        return True
    if re.fullmatch(r"[_-]{10,}", words) and index + 1 < len(lines):
        index += 1
    if not _FROM.match(lines[index].words):
        return False
    header = [line.words for line in lines[index + 1 : index + _MAX_HEADER_LINES]]
    return any(map(_SENT.match, header)) and any(map(_SUBJECT.match, header))
