"""The phrase tables of questions about the articles themselves, in the syntax of `phrase_pattern`.

Slots: ``{x}`` is the subject of the articles, ``{by}`` a publisher or author, ``{author}`` an author. Days
and "from PUBLISHER" are removed before a phrase is matched. The first phrase that matches counts.
"""

from __future__ import annotations

from collections.abc import Sequence

_EXTREME_PHRASES = (
    "[<what-is>|<find> [<me>]] [the|your] <extreme> <article> [<have>] [that|which] (<covers>|<mentioning>)"
    " {x} [<in-here>] $",
    "[<what-is>|<find> [<me>]] [the|your] <extreme> <article> [<in-here>|<have>] $",
    "(what|which) <article> (is|was) [the] <extreme> $",
    "<when> (was|is) [the|your] <extreme> <article> [<covers> {x}] [<published>] $",
    "[<what-is>|<find> [<me>]] [the|your] <extreme> {x} <article> $",
)

# (what is asked, True if the articles need only mention the subject, phrases)
CATALOGUE_PHRASES: Sequence[tuple[str, bool, Sequence[str]]] = (
    (
        "author",  # without {x}: of the articles that the last answer cites
        False,
        (
            "who (reported|reports|wrote|published|says|claims|claimed) <it> $",
            "says who|according to (whom|who) $",
            "[what|which|show|give] [<me>] [is|are|was] [the|your] (sources?|citations?|links?)"
            " [(for|of|to) <it>] $",
            "(what|which) (<article>|<outlets>) (says|said|reported|reports|wrote|is|was|does|did) <it>"
            " [come] [from|in] $",
            "[from] where (did|do|does|is|was) [you] <it> [come|get|published|reported|written] [<it>]"
            " [from] $",
            "where (did|do) (you|u) (get|find|have|read|see) <it> [from] $",
            "who (is|was|are|were) the <authors> of [<the>] [<article>] [that|which] [<covers>|of] {x} $",
            "who [has|have] (wrote|written|authored|penned|filed) [<the>] <article> [that|which]"
            " (<covers>|of) {x} $",
            "who [has|have] (wrote|written|authored|penned) (about|on) {x} $",
            "who [has|have] (wrote|written|authored|penned) [<the>] {x} <article> $",
            "(what|which) <authors> [has|have] (wrote|written|write|writes|covered|reported) [about|on]"
            " {x} $",
            "by whom (was|is) [<the>] <article> [<covers>|of] {x} written $",
            "[<what-is>] [the] <authors> of [<the>] <article> (<covers>|of) {x} $",
            "who [has|have] (wrote|written|authored|penned|filed|reported|published) [<the>] <article> $",
            "who (is|was|are|were) the <authors> [of] [<the>] [<article>] $",
        ),
    ),
    (
        "date",
        False,
        (
            "<when> (was|were|is|are) [<the>] <article> [that|which] (<covers>|of) {x} [first] <published> $",
            "<when> (was|were) [<the>] {x} <article> [first] <published> $",
            "<when> (did|does|do) {by} [first] (report|publish|write|cover|run|post) [on|about] [<the>]"
            " [<article> <about>] {x} $",
            "[<what-is>] [the] [publication|publishing|release] (date|day) of [<the>] <article> [that"
            "|which] [<covers>|of] {x} $",
            "how (old|recent) (is|are) [<the>] <article> [that|which] (<covers>|of) {x} $",
            "<when> (is|was|are|were) [<the>] <article> (<covers>|of) {x} $",
            "<when> (was|were|is|are) [<the>] <article> [first|last] (<published>|updated) $",
            "[<what-is>] [the] [publication|publishing|release] (date|day) [of] [<the>] [<article>] $",
            "<when> (was|is|were) <it> [first|last] (published|reported|posted|put online|updated) $",
            "how (old|recent) is <it> $",
        ),
    ),
    (
        "count",
        True,
        (
            "how many [different|of the|of your|of these] <article> [do|did|have] <mentioning> {x} $",
            "[the] number of <article> [that|which] <mentioning> {x} $",
            "how often (is|are|does|do) {x} (mentioned|named|occur|appear) [<in-here>] $",
            "in how many [different|of the|of your] <article> (is|are|does|do) {x} [mentioned|named|occur"
            "|occurs|appear|appears] $",
        ),
    ),
    (
        "count",
        False,
        (
            "how many [different|of the|of your|of these] <article> [<have>] [that|which|written"
            "|published|there] (<covers>|with) {x} [(was|were|are|is|have been) <published>|<in-here>] $",
            "how many [different] <article> (did|has|have|does|do) {by} <publish> (<about>) {x} $",
            "[the] number of <article> [that|which] <covers> {x} $",
            "how many [different] <article> (did|has|have|does|do) {by} <publish> $",
            "how many [different] {by} <article> [<in-here>] $",
            "how many [different] <article> [<in-here>|<have>|was|were|have been] [<published>|<in-here>] $",
            "how (many|big|large) (is|are) [the|this|your] <corpus> $",
        ),
    ),
    *(
        (fact, False, tuple(phrase.replace("<extreme>", f"<{fact}>") for phrase in _EXTREME_PHRASES))
        for fact in ("newest", "oldest")
    ),
    (
        "publishers",
        False,
        (
            "(what|which|how many) [other|different] <outlets> [<have>] [that|which] (<covers>"
            "|<mentioning>|carried|carry|had|has) {x} $",
            "who [has|have|all|else] (covered|reported on|wrote about|written about|is covering|covers"
            "|writes about|reports on) {x} $",
            "[<find> [<me>]] [all] [the] <outlets> [that|which] (<covers>|<mentioning>) {x} $",
            "(what|which|how many) [other|different] <outlets> [<in-here>|<have>] $",
            "(what|who|which) (is|are) [all] (the|your) <outlets> [<in-here>] $",
            "<find> [<me>] [all] [the|your] <outlets> [<in-here>] $",
            "who (writes|publishes|reports) here $",
        ),
    ),
    (
        "tags",
        False,
        (
            "(what|which|how many) [other|different] <tags> [<in-here>|<have>|are used] $",
            "(what|which) (are|is) [all] (the|your) <tags> [<in-here>] $",
            "<find> [<me>] [all] [the|your] <tags> [<in-here>] $",
        ),
    ),
    (
        "topics",
        False,
        (
            "[<what-is>] [the|your] [<main>] <topics> [covered|discussed|<in-here>] [of|in|by] [<in-here>] $",
            "(what|which) [<main>] <topics> [do|does|are|is|can] [<in-here>|they|you|i] [cover|covers"
            "|covered|discuss|discussed|deal with|contain|talk"
            "|ask] [about|in] [<in-here>] $",
            "(<what-is>|what do|what does) [all] [the|this|that|these|those|your] (archive|corpus"
            "|collection|library|database|dataset|index|articles|stories|texts|documents|files)"
            " [all|mainly|mostly|usually] (about|cover|covers|talk about"
            "|discuss|deal with|contain|contains) $",
            "what (can|could|should|may) i ask [you] [about] [<in-here>] $",
            "(<what-is>) in [here|there|[the|this|your] <corpus>] $",
            "[give [me]] [an?] overview of [the|this|your] <corpus> $",
        ),
    ),
    (
        "span",
        False,
        (
            "how (long|far back|old|recent|current|up to date) (is|are|do|does|goes|go) [all] [the|this"
            "|your|these] <corpus> [go|reach|cover|span|run]"
            " [back] $",
            "how far back (do|does|is|are) (you|it|they) go $",
            "(what|which) (period|time period|dates|date range|time span|timespan|time frame|timeframe"
            "|years|time range|days|months) (do|does|are|is)"
            " [all] [the|this|your|these|you] [<corpus>] [cover|covered|span|have|from|in|go] $",
            "[<what-is>] [the] (date|time) (range|span|period) [of|covered by] [all] [the|this|your]"
            " <corpus> $",
            "[from] when (to|till|until|through) when (do|does|are|is) [the|this|your] <corpus> [cover|go"
            "|run|reach|from|dated]  $",
        ),
    ),
    (
        "list",
        True,
        (
            "[(do|does) any|<find> [<me>]] [all|any|which|what|every|the|other] [of] [the|these|those"
            "|your] <article> [do|did|that|which] <mentioning>"
            " {x} [<in-here>] $",
            "(does|do) [any|anyone|anything|anybody|an] [of] [the|these|those|your] [<article>]"
            " <mentioning> {x} $",
            "(is|are) {x} [ever|even] mentioned [anywhere|at all|in (any|the|an|these|those|your) [of"
            " the] <article>|<in-here>] $",
            "(where|in (what|which) <article>) (is|are|do|does) {x} (mentioned|named|come up|appear|occur) $",
            "(what|which|who) mentions {x} $",
        ),
    ),
    (
        "list",
        False,
        (
            "[what|which|<find> [<me>]] [all|every|any|some|the]* <article> [that|which] [did|do|does|has"
            "|have] {by} [has|have] <publish> [<about> {x}] $",
            "(what|which) [other|more|of the|of your|of these] <article> [<have>|there|can i (read|find)"
            "|should i read] [that|which|written|published] <covers> {x} [<in-here>] $",
            "<find> [<me>] [all|every|any|some|the|your|of|a few|an|a]* <article> [<have>] [that|which]"
            " <covers> {x} $",
            "[<have>|is|are|was]* [any|some|an|a|more|other|there]* (anything|something|stuff|much"
            "|articles|stories|<article>) [new|useful|there|in"
            " here|you have] [that|which|written|published] (<covers>|<mentioning>) {x} $",
            "what [else] (do (you|we) have|have (you|we) [got]|you got|is there) <about> {x} $",
            "what [else] (did|does|do|has|have) {by} (publish|published|report|reported|write|written|put"
            " out|run|print|release|post) $",
            "what [else] (did|does|do|has|have) {by} (publish|published|put out|run|print|release|post)"
            " <about> {x} $",
            "what [else] (did|does|do|has|have) {author} (report|reported|write|written) <about> {x} $",
            "what ((was|were) [the]* [<article>] (published|written|put out|released)|(came|comes) out) $",
            "[(what|which)|<find> [<me>]] [are]* [all|every|any|some|the|your|of]* <article> [<have>"
            "|<in-here>] $",
            "[<have>|is|are|was]* (anything|something|stuff) [new|else|in here]* (by|from) [the] {by} $",
            "[<what-is>] [the|your]* (new|<newest>) [news|headlines|stuff] (by|from) [the] {by} $",
            "[what|which|<find> [<me>]] [all|every|any|some|the|your]* {by} <article> [<have>] [[that|which]"
            " <covers> {x}] $",
            "(did|do|have|has) (you|they|anyone) (write|written|report|reported|publish|published|got|have)"
            " (anything|something) <about> {x} $",
            "[<find> [<me>]] (everything|all) [<have>] $",
            "what (is there|do (you|we) have|have (you|we) [got]|you got|have you) $",
        ),
    ),
)
