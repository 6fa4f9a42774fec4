"""The phrase table of questions about the articles themselves, in the syntax of `phrase_pattern`.

Phrases are matched without IGNORED words and with SYNONYMS replaced. Slots: ``{x}`` is the subject of the
articles, ``{by}`` a publisher or author, ``{author}`` an author. Days and "from PUBLISHER" are removed
before. The first phrase that matches counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from retrieval.question_words import DETERMINERS

CatalogueFact = Literal[
    "list", "count", "author", "date", "newest", "oldest", "publishers", "tags", "topics", "span"
]

IGNORED = DETERMINERS | frozenset("other different more few several also already even ever exactly".split())

SYNONYMS: Mapping[str, str] = {
    word: meaning
    for meaning, words in {
        "article": "story piece post column write-up coverage document text note",
        "articles": "stories pieces posts columns write-ups documents texts notes reports",
        "outlet": "outlets publisher publishers publications newspaper newspapers paper papers site sites"
        " website websites magazine magazines journal journals broadcaster broadcasters media agency"
        " agencies",
        "source": "sources citation citations link links",
        "corpus": "archive collection library database dataset data index folder files",
        "topic": "topics theme themes subject subjects",
        "tag": "tags keyword keywords",
        "author": "authors writer writers journalist journalists reporter reporters columnist columnists",
        "write": "writes wrote written writing authored penned filed",
        "report": "reported reporting",
        "publish": "publishes published publishing printed posted",
        "release": "released issued run ran carry carried",
        "say": "says claims claimed",
        "cover": "covers covered covering discuss discusses discussed discussing describe describes"
        " described describing explain explains explained explaining feature features featured featuring"
        " address addresses concern concerns",
        "mention": "mentions mentioned mentioning names named naming refer refers referring allude alludes",
        "contain": "contains containing include includes cite cites talk talks talking talked speak speaks",
        "appear": "appears appeared occur occurs",
        "about": "on regarding concerning",
        "newest": "latest freshest",
        "oldest": "earliest",
        "what": "which",
        "be": "is are was were been",
        "do": "does did",
        "have": "has had having",
        "you": "u we",
        "here": "there",
    }.items()
    for word in words.split()
}
# A question about the articles contains one of these words.
CUES = frozenset(
    "article articles outlet source corpus topic tag author write report publish release put say cover"
    " mention contain appear newest oldest recent anything something everything whatever stuff work according"
    " you i here".split()
)
# Of them, the words for articles or publishers.
ARTICLE_WORDS = frozenset("article articles outlet source corpus topic".split())
# What comes with every listed article ("…, and who wrote them").
DETAILS = frozenset(
    "and or what who whom when where how many by from be you them it those list show me give article articles"
    " one ones titles title dates outlet author write publish please thanks".split()
)

CATALOGUE_GROUPS: Mapping[str, str] = {
    "me": "me|us|(to|for) (me|us)",
    "article": "[of] [this|that|these|those] (articles?|report)",
    "ask": "[what|be|do you|have|got|here|you|can|could|would|<find>|<me>]*",
    "count": "how many|[what be|<find>] number of|count",
    "covers": "[that|what|be|do|have|write|publish|mainly|mostly|(something|anything) to]*"
    " (cover|about|report [about]|(deal|do) with|(focus|focuses) about|(relate|relates|related) to)",
    "end": "[[be|all] (in|of|from|about) [this|these] (here|corpus|articles)"
    "|(do|have) you [have|got|know|cover|hold|use|read]|be [indexed|available|here]|here|indexed|available"
    "|exist|you have|in total|altogether|overall|at|so far]* $",
    "find": "list|show|find|give|get|name|fetch|see|tell|display|print|pull up|(search|look|looking) for"
    "|i (want|need)|i'm|i am",
    "it": "this|that|it|so|these|those|them|<article>",
    "main": "main|major|top|biggest|key|most important|most common|principal|general|central|broad",
    "mentions": "[that|what|be|do|have]* (mention|contain) [of|to|about] [words?|terms?|names?]",
    "newest": "newest|most recent|last",
    "oldest": "[very] (oldest|first)",
    "outlet": "[news] (outlet|source|publication|(organisations?|organizations?))",
    "period": "[time|date] (period|span|range|frame)|timespan|timeframe|dates|years|days|months",
    "publish": "publish|release|report|write|cover|have|put out|(bring|brought) out",
    "published": "publish|release|write|report|put out|put online|dated|out|from",
    "when": "when|about what (day|date)|what (day|date)|(from|since) when",
}

_EXTREME_PHRASES = (
    "<ask> {extreme} (<article>|thing) [(<covers>|<mentions>) {x}] <end>",
    "what <article> be {extreme} $",
    "<when> be {extreme} <article> [<covers> {x}] [<published>] $",
    "<ask> {extreme} {x} <article> $",
)

# (what is asked, True if the articles need only mention the subject) -> phrases
CATALOGUE_PHRASES: Mapping[tuple[CatalogueFact, bool], Sequence[str]] = {
    ("author", False): (
        # without {x}: of the articles that the last answer cites
        "who (report|write|publish|say) <it> $",
        "say who|according to (whom|who) $",
        "<ask> [who be] source [(for|of|to) <it>] $",
        "what (<article>|<outlet>) (say|said|report|write|be|do) <it> [come] [from|in] $",
        "[from] where (do|be) [you] [get|find|have|read|see] <it> [come|get|publish|report|write] [from] $",
        "who [have] write (<article> (<covers>|of) {x}|about {x}|{x} <article>|<article>) $",
        "(who be|<ask>) author [of] [<article> (<covers>|of) {x}|{x} <article>|<article>] $",
        "what author [have] (write|cover|report) [about] {x} $",
    ),
    ("date", False): (
        "<when> be <article> [(<covers>|of) {x}] [first|last] [<published>] $",
        "<when> be {x} <article> [first] <published> $",
        "<when> do {by} [first] (publish|report|write|cover) [<article>] [about] {x} $",
        "<ask> [publication|publish] (date|day) [of] [<article> [<covers>|of] {x}|{x} <article>|<it>] $",
        "<when> be <it> [first|last] (publish|report|put online|updated) $",
        "how (old|recent) be (<article> [(<covers>|of) {x}]|<it>) $",
    ),
    ("count", True): (
        "<count> <article> <mentions> {x} <end>",
        "how often (be|do) {x} (mention|appear) <end>",
        "in <count> <article> (be|do) {x} [mention|appear] $",
    ),
    ("count", False): (
        "<count> <article> (<covers>|with) {x} <end>",
        "<count> <article> (have|do) {by} [have] <publish> [about {x}] $",
        "<count> <article> [have|be|publish|write]* <end>",
        "<count> {by} <article> <end>",
        "how (many|big|large) be [this] corpus $",
    ),
    ("newest", False): tuple(phrase.replace("{extreme}", "<newest>") for phrase in _EXTREME_PHRASES),
    ("oldest", False): tuple(phrase.replace("{extreme}", "<oldest>") for phrase in _EXTREME_PHRASES),
    ("publishers", False): (
        "[how many] <ask> <outlet> (<covers>|<mentions>|have) {x} <end>",
        "who [have|else|be]* (cover|report about|write about) {x} $",
        "(how many|what|be|<find>) <ask> <outlet> <end>",
    ),
    ("tags", False): ("(how many|what|be|<find>) <ask> tag [be used] <end>",),
    ("topics", False): (
        "<ask> [<main>]* topic [be|do|can|you|i|cover|ask|about|in|of|mention|have|deal with]* <end>",
        "what (be|do) [this|these] (corpus|articles) [mainly|mostly|usually] (about|cover|mention|deal with)"
        " [about] $",
        "what [sort of|kind of] [things] (can|could|should|may) i ask [you] [about] <end>",
        "what be in (here|[this] corpus) $",
        "<ask> overview of [this] corpus $",
    ),
    ("span", False): (
        "how (long|far back|old|recent|current|up to date) (be|do|go) [this|these]"
        " (corpus|articles|you|it) [go|reach|cover|span|publish] [back] $",
        "what <period> (be|do) [this|these|you]* [corpus|articles] [cover|span|have|from|in|go]* $",
        "<ask> <period> (of|cover by) [this|these] (corpus|articles) $",
    ),
    ("list", True): (
        "[do] <ask> <article> <mentions> {x} <end>",
        "be {x} mention [anywhere|at] [in <article>] <end>",
        "(where|in what <article>) (be|do) {x} (mention|appear|come up) $",
        "(what|who|do (anyone|anything|anybody)) mention [of|to] {x} $",
    ),
    ("list", False): (
        "<ask> <article> [that|what|do|have]* {by} [have] <publish> [about {x}] $",
        "<ask> <article> [can i|should i] [find|read] <covers> {x} <end>",
        "<ask> (anything|something|stuff|much) [new|useful|you have|in here]* (<covers>|<mentions>) {x}"
        " <end>",
        "what [else] (be here|do you have|have you [got]|you got) [about {x}] $",
        "what [else] (do|have) {by} (publish|release|report|write|put out) $",
        "what [else] (do|have) {by} (publish|release|put out) about {x} $",
        "what [else] (do|have) {author} (report|write) about {x} $",
        "what [be|<article>]* (publish|release|write|put out|come out|comes out|came out) $",
        "<ask> articles [publish|release|write] <end>",
        "<ask> (anything|something|stuff|work) [new|else|in here]* (by|from|of) {by} $",
        "<ask> (new|newest) [news|headlines|stuff|thing] (by|from) {by} $",
        "<ask> {by} articles [<covers> {x}] <end>",
        "(have|do) {by} [have] (write|report|publish) (anything|something) [about {x}] $",
        "(do|have) (you|anyone) (write|report|publish|got|have) (anything|something) about {x} $",
        "<ask> (everything|whatever) [{by} [have] <publish>] <end>",
    ),
}
