"""The question words of each language by what they ask for, as data."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from unicodedata import combining, normalize

from retrieval.language_words import UNSPACED

# Question words by what they ask for: a number, a date, a reason, a name, or anything else. An entry can have
# several words ("wie viele"); in languages without spaces it is any string.
QUESTION_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {"other": "who|whom|whose|what|when|where|which|why|how"},
    "de": {
        "number": "wie viel|wie viele|wieviel|wieviele|wie hoch|wie groß|wie lang|wie lange|wie alt|wie weit"
        "|wie oft|wie schnell|wie teuer",
        "date": "wann|seit wann|in welchem jahr|an welchem tag",
        "reason": "warum|weshalb|wieso|weswegen",
        "name": "wer|wen|wem|wessen|wo|wohin|woher|wie heißt|wie heißen",
        "other": "was|wie|welche|welcher|welches|welchen|welchem|womit|wofür|worüber|worum|wodurch|woran"
        "|wurde|wurden",
    },
    "es": {
        "number": "cuánto|cuánta|cuántos|cuántas|qué porcentaje",
        "date": "cuándo|en qué año|desde cuándo|qué día",
        "reason": "por qué",
        "name": "quién|quiénes|dónde|adónde",
        "other": "qué|cuál|cuáles|cómo",
    },
    "fr": {
        "number": "combien",
        "date": "quand|en quelle année",
        "reason": "pourquoi",
        "name": "qui|où",
        "other": "que|quoi|quel|quelle|quels|quelles|comment|lequel|laquelle|est-ce",
    },
    "it": {
        "number": "quanto|quanta|quanti|quante",
        "date": "quando|in che anno",
        "reason": "perché",
        "name": "chi|dove",
        "other": "che|cosa|quale|quali|come|qual",
    },
    "pt": {
        "number": "quanto|quanta|quantos|quantas",
        "date": "quando|em que ano",
        "reason": "por que|porque",
        "name": "quem|onde",
        "other": "que|qual|quais|como",
    },
    "nl": {
        "number": "hoeveel|hoe lang|hoe hoog|hoe groot",
        "date": "wanneer",
        "reason": "waarom",
        "name": "wie|waar",
        "other": "wat|welke|welk|hoe",
    },
    "sv": {
        "number": "hur många|hur mycket|hur stor|hur länge",
        "date": "när",
        "reason": "varför",
        "name": "vem|vilka|var",
        "other": "vad|vilken|vilket|hur",
    },
    "da": {
        "number": "hvor mange|hvor meget|hvor stor|hvor længe",
        "date": "hvornår",
        "reason": "hvorfor",
        "name": "hvem|hvor",
        "other": "hvad|hvilken|hvilket|hvilke|hvordan",
    },
    "no": {
        "number": "hvor mange|hvor mye|hvor stor|hvor lenge",
        "date": "når",
        "reason": "hvorfor",
        "name": "hvem|hvor",
        "other": "hva|hvilken|hvilket|hvilke|hvordan",
    },
    "fi": {
        "number": "kuinka monta|kuinka paljon|montako|paljonko",
        "date": "milloin|koska",
        "reason": "miksi",
        "name": "kuka|ketkä|missä|mihin",
        "other": "mikä|mitä|mitkä|miten|kuinka",
    },
    "pl": {
        "number": "ile|ilu",
        "date": "kiedy",
        "reason": "dlaczego",
        "name": "kto|kogo|gdzie|komu",
        "other": "co|jak|jaki|jaka|jakie|który|która|które|czy",
    },
    "cs": {
        "number": "kolik",
        "date": "kdy",
        "reason": "proč",
        "name": "kdo|koho|kde|kam",
        "other": "co|jak|jaký|jaká|jaké|který|která|které",
    },
    "hu": {
        "number": "hány|mennyi|mennyit",
        "date": "mikor",
        "reason": "miért",
        "name": "ki|kik|hol|hova",
        "other": "mi|mit|milyen|melyik|hogyan",
    },
    "ro": {
        "number": "cât|câtă|câți|câte",
        "date": "când",
        "reason": "de ce",
        "name": "cine|unde",
        "other": "ce|care|cum",
    },
    "tr": {
        "number": "kaç|ne kadar",
        "date": "ne zaman",
        "reason": "neden|niçin|niye",
        "name": "kim|kimin|nerede|nereye",
        "other": "ne|hangi|nasıl|mi|mı|mu|mü",
    },
    "ru": {
        "number": "сколько",
        "date": "когда",
        "reason": "почему|зачем",
        "name": "кто|кого|кому|где|куда",
        "other": "что|какой|какая|какое|какие|как|чем",
    },
    "uk": {
        "number": "скільки",
        "date": "коли",
        "reason": "чому|навіщо",
        "name": "хто|кого|кому|де|куди",
        "other": "що|який|яка|яке|які|як|чим",
    },
    "el": {
        "number": "πόσο|πόσα|πόσοι|πόσες",
        "date": "πότε",
        "reason": "γιατί",
        "name": "ποιος|ποια|ποιοι|πού",
        "other": "τι|ποιο|πώς",
    },
    "ar": {"number": "كم", "date": "متى", "reason": "لماذا", "name": "من|أين", "other": "ما|ماذا|كيف|هل|أي"},
    "zh": {
        "number": "多少|几个|几名|几年|几人|几天|几家|几项|多长|多高|多大|多远|多久",
        "date": "什么时候|何时|哪一年|哪年|哪一天|几月|几号",
        "reason": "为什么|为何|为什麽|為什麼|為何",
        "name": "谁|誰|哪里|哪裡|哪儿|在哪|何地",
        "other": "什么|什麼|哪些|哪个|哪個|哪家|哪|怎么|怎麼|怎样|如何|吗|嗎|呢|是否|请问|請問",
    },
    "ja": {
        "number": "いくつ|いくら|どのくらい|何人|何年|何個|何社",
        "date": "いつ|何年に|何月",
        "reason": "なぜ|どうして",
        "name": "誰|だれ|どこ",
        "other": "何|なに|どの|どんな|どう|どれ|ですか|ますか|でしょうか|ましたか",
    },
    "ko": {
        "number": "얼마나|얼마|몇",
        "date": "언제",
        "reason": "왜",
        "name": "누가|누구|어디",
        "other": "무엇|무슨|어떤|어느|어떻게|뭐",
    },
    "th": {
        "number": "เท่าไร|เท่าไหร่|กี่",
        "date": "เมื่อไร|เมื่อไหร่|เมื่อใด",
        "reason": "ทำไม|เพราะเหตุใด",
        "name": "ใคร|ที่ไหน|ผู้ใด",
        "other": "อะไร|อย่างไร|ไหน|หรือไม่|ใด",
    },
}

# English words by what they do in a question.
ARTICLES = frozenset("the a an".split())
DETERMINERS = ARTICLES | frozenset("any some all every each your our".split())
PRONOUNS = frozenset("it its he him his she her hers they them their theirs".split())
DEMONSTRATIVES = frozenset("this that these those".split())
WORDS_FOR_MORE = frozenset("else other others another more".split())
AUXILIARIES = frozenset(
    "is are was were do does did has have had can could will would shall should may might must".split()
)
WH_WORDS = frozenset(QUESTION_WORDS["en"]["other"].split("|"))
ASKING_WORDS = WH_WORDS | AUXILIARIES

# Words that introduce a reason, where a question asks for one.
REASON_WORDS: Mapping[str, str] = {
    "de": "weil|wegen|da|denn|grund|gründe|aufgrund|deshalb|daher|mangel|begründete|um",
    "es": "porque|debido|causa|motivo|motivos|razón|razones|ya que",
    "fr": "parce|car|raison|cause|afin|pour|grâce|suite",
    "it": "perché|poiché|causa|motivo|ragione|per",
    "pt": "porque|devido|causa|motivo|razão|para|por",
    "nl": "omdat|want|wegens|vanwege|reden|door|om",
    "ru": "потому|из-за|причина|причиной|поскольку|чтобы",
    "zh": "因为|因為|由于|由於|因|原因|为了|為了",
    "ja": "ため|ので|から|理由|原因",
    "ko": "때문|위해|이유|원인",
    "th": "เพราะ|เนื่องจาก|สาเหตุ|เพื่อ",
}


@lru_cache(maxsize=64)
def question_words(language: str) -> tuple[str, ...]:
    """All question words of a language, longest first; also as typed without accents."""
    words = {word for group in QUESTION_WORDS.get(language, {}).values() for word in group.split("|")}
    if language not in UNSPACED:  # there, marks are vowels
        words |= {"".join(char for char in normalize("NFD", word) if not combining(char)) for word in words}
    return tuple(sorted(words, key=lambda word: (-len(word), word)))
