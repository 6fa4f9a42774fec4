"""The words beside a date that tell what it is: of publication, of an update, or of something else."""

from __future__ import annotations

import re
from typing import Literal

from retrieval.calendar_terms import any_of

LabelKind = Literal["published", "updated", "none", "other"]

# By language: en, de, fr, es, it, pt, nl, ru.
_PUBLISHED = (
    r"(?:re)?publish(?:ed)? publication posted created issued released uploaded date time",
    r"veröffentlicht veröffentlichungsdatum erschienen publiziert erstellt datum",
    r"publiée? parue? postée? créée? mise? en ligne",
    r"publicad[oa] publicación creado fecha",
    r"pubblicat[oa] pubblicazione data",
    r"publicado publicação postado",
    r"gepubliceerd publicatiedatum geplaatst",
    r"опубликован[оа]? публикации размещено дата",
)
_UPDATED = (
    r"updated? modified edited revised changed corrected",
    r"aktualisiert geändert bearbeitet überarbeitet stand",
    r"actualisée? modifiée? jour",  # "mis à jour"
    r"actualizad[oa] modificado actualización",
    r"aggiornat[oa] modificato aggiornamento",
    r"atualizad[oa] modificado atualização",
    r"bijgewerkt aangepast gewijzigd geactualiseerd",
    r"обновлен[оа]? обновлено изменено обновление",
)
_DAY_EAST_ASIAN = r"(?:日時|日期|时间|時間|日|于|於|일시|일)?"
_PUBLISHED_EAST_ASIAN = (
    rf"(?:发布|发表|發布|發表|公開|掲載|配信|投稿|作成|게시|입력|등록){_DAY_EAST_ASIAN}|日付|日期|时间|時間"
)
_UPDATED_EAST_ASIAN = rf"(?:最終|最后|最後|最近)?(?:更新|修改|改訂|修正|수정){_DAY_EAST_ASIAN}"
# Words that can stand beside those above.
_QUALIFIERS = (
    r"first last originally article story post page this online most recently latest was the in on at by of "
    r"and for to et from",
    r"am um zuletzt zuerst vom von den der das letzte im in uhr",
    r"le la les à a par dernière mise fois première du mis en ligne",
    r"el la las los de del por última último en a",
    r"il lo la alle ore di da ultimo il del in",
    r"em o a às as por última de do da",
    r"op om door laatst het de uur",
    r"в последнее г года",
    r"mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun monday|tuesday|wednesday|thursday|friday|saturday|sunday",
    r"montag dienstag mittwoch donnerstag freitag samstag sonntag mo di mi do fr sa so",
    r"lundi mardi mercredi jeudi vendredi samedi dimanche",
    r"lunes martes miércoles jueves viernes sábado domingo",
    r"lunedì martedì mercoledì giovedì venerdì sabato domenica",
    r"(?:segunda|terça|quarta|quinta|sexta)(?:-feira)?",
    r"maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
    r"понедельник вторник среда четверг пятница суббота воскресенье",
)
# Words of dates that are part of what an article reports.
_EVENT = (
    r"born birth birthday died death dead deadline due expir\w+ valid\w* effective hearing trial court "
    r"meeting session event events fair taken photo\w* picture image filmed recorded shot captured founded "
    r"established opened opens opening closed closes closing starts? started begins? ends? ended signed "
    r"registered accessed retrieved joined until till before since through after between submit submitted "
    r"apply bids? arrival departure launch\w* scheduled next upcoming anniversary term tenders? vote "
    r"election holiday exhibition concert conference application received accepted",
    r"geboren gestorben frist einsendeschluss gültig ablauf\w* termin sitzung anhörung foto bis ab seit",
    r"née? décédée? échéance audience photo jusqu\w* expir\w* limite depuis avant",
    r"nacid[oa] fallecid[oa] plazo límite audiencia foto vence caduca hasta desde",
    r"nat[oa] mort[oa] scadenza udienza foto entro fino",
    r"nascid[oa] falecid[oa] prazo limite audiência até vencimento",
    r"overleden deadline zitting geldig tot",
    r"родил\w+ рождения умер\w* срок заседани\w+ фото до",
)
_EVENT_EAST_ASIAN = r"生|死|亡|逝|截止|期限|締切|开庭|撮影|拍摄|摄于|开幕|開幕|開催|有效|有効|마감|출생"
# Fields beside a "Date:" that make it the date of an event.
_EVENT_FIELDS = (
    r"place venue location where when time doors admission tickets? entry ort einlass beginn uhrzeit "
    r"eintritt lieu heure entrée lugar hora entrada luogo orario ingresso local horário plaats tijd toegang "
    r"место время"
)


def _words(parts: tuple[str, ...]) -> str:
    return any_of(word for part in parts for word in part.split())


_PUBLISHED_WORD = re.compile(rf"\b{_words(_PUBLISHED)}\b|{_PUBLISHED_EAST_ASIAN}", re.IGNORECASE)
_UPDATED_WORD = re.compile(rf"\b{_words(_UPDATED)}\b|{_UPDATED_EAST_ASIAN}", re.IGNORECASE)
_EVENT_WORD = re.compile(rf"\b{_words(_EVENT)}\b|{_EVENT_EAST_ASIAN}", re.IGNORECASE)
_QUALIFIER = re.compile(rf"\b{_words(_QUALIFIERS)}\b", re.IGNORECASE)
_EVENT_FIELD = re.compile(rf"{_words((_EVENT_FIELDS,))}\s*:", re.IGNORECASE)
_LABEL = re.compile(
    rf"\b(?:{_words(_QUALIFIERS)} ){{0,3}}{any_of((_words(_PUBLISHED), _words(_UPDATED)))}\b"
    r"(?: (?:on|at|by|date|time|am|le|el|il|em|op)\b)?"
    rf"|{_PUBLISHED_EAST_ASIAN}|{_UPDATED_EAST_ASIAN}",
    re.IGNORECASE,
)
_PREPOSITION = re.compile(r"\b(?:on|at|and|in|am|um|le|à|el|il|em|op|om|в)\b", re.IGNORECASE)
_LABEL_COLON = re.compile(r"[:：]{1,2}\s*$")
_BY_ALONE = re.compile(r"\bby\W*$", re.IGNORECASE)  # "By 3 June"
_EAST_ASIAN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_FIELD = re.compile(r"[^\W\d_][\w '’()-]{0,40}?\s?(?::{1,2}|：)\s*(?=\S)")
_MAX_FIELD_NAME_WORDS = 4


def label_kind(label: str) -> LabelKind:
    """What the words directly before a date say that it is.

    "none" if they say nothing about it: there are none, or they are names and places.

    >>> label_kind("First published on "), label_kind("Zuletzt aktualisiert: "), label_kind("Hearing date: ")
    ('published', 'updated', 'other')
    >>> label_kind("Mara Quill, "), label_kind("Photo taken ")
    ('none', 'other')
    """
    if _EVENT_WORD.search(label) or _BY_ALONE.search(label):
        return "other"
    rest = without_label_words(label)
    has_colon = bool(_LABEL_COLON.search(label))
    if _UPDATED_WORD.search(label):
        return "other" if has_colon and rest else "updated"
    if _PUBLISHED_WORD.search(label):
        return "other" if has_colon and rest else "published"
    is_attached = _EAST_ASIAN.search(label) and label[-1:].strip()  # "生于1961年": no space before the date
    is_other = has_colon or is_attached or re.search(r"(?<!\S)[a-z]{2,}", rest)
    return "other" if is_other else "none"


def without_label_words(words: str) -> str:
    """The other words before a date: names, places and sections."""
    rest = _QUALIFIER.sub(" ", _UPDATED_WORD.sub(" ", _PUBLISHED_WORD.sub(" ", words)))
    return re.sub(r"[\s:：|•·,./()–—-]+", " ", rest).strip()


def without_labels(words: str) -> str:
    """A line without its labels and prepositions, but with the "by" of an author."""
    return _PREPOSITION.sub(" ", _LABEL.sub(" ", words))


def is_labelled(label: str) -> bool:
    """True if the words before a date contain one for publication or update."""
    return bool(_UPDATED_WORD.search(label) or _PUBLISHED_WORD.search(label))


def is_event_field(words: str) -> bool:
    """True for a line such as "Place: East quay"; a "Date:" beside it is that of an event."""
    return bool(_EVENT_FIELD.match(words))


def is_field(words: str) -> bool:
    """True for a line "NAME: value" with a short name, such as "Deadline: 3 June" and "opened:: 2031"."""
    match = _FIELD.match(words)
    return match is not None and match[0].count(" ") <= _MAX_FIELD_NAME_WORDS
