"""The phrase tables of questions about the articles themselves, in the syntax of `phrase_pattern`.

Slots: ``{x}`` is the subject of the articles, ``{by}`` a publisher or author. Days and "from PUBLISHER" are
removed before a phrase is matched. The first phrase that matches counts.
"""

from __future__ import annotations

from collections.abc import Sequence

# (what is asked, True if the articles need only mention the subject, phrases)
CATALOGUE_PHRASES: Sequence[tuple[str, bool, Sequence[str]]] = (
    (
        "source",  # of the last answer
        False,
        (
            "who (reported|wrote|published|says|claims) (this|that|it|so) $",
            "says who|according to (whom|who) $",
            "[what|which|what's] [is|are|was] [the|your] (source|sources) [for|of] [this|that|it] $",
            "(what|which) (<article>|<outlets>) (says|said|reported|wrote|is|was|does|did) [this|that|it"
            "|so] [come] [from|in] $",
            "[from] where (did|do|does|is|was) [you] (this|that|it) [come|get|published|reported|written]"
            " [this|that|it] [from] $",
            "where (did|do) (you|u) (get|find|have|read|see) (this|that|it) [from] $",
        ),
    ),
    (
        "author",
        False,
        (
            "(who's|who (is|was|are|were)) the <authors> of [<the>] [<article>] [that|which] [<covers>"
            "|of] {x} $",
            "who [has|have] (wrote|written|authored|penned|filed) [<the>] <article> [that|which]"
            " (<covers>|of) {x} $",
            "who [has|have] (wrote|written|authored|penned) (about|on) {x} $",
            "who [has|have] (wrote|written|authored|penned) [<the>] {x} <article> $",
            "(what|which) <authors> [has|have] (wrote|written|write|writes|covered|reported) [about|on]"
            " {x} $",
            "by whom (was|is) [<the>] <article> [<covers>|of] {x} written $",
            "[<what-is>] [the] <authors> of [<the>] <article> (<covers>|of) {x} $",
            "who [has|have] (wrote|written|authored|penned|filed|reported|published) [<the>] <article> $",
            "(who's|who (is|was|are|were)) the <authors> [of] [<the>] [<article>] $",
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
            "how (old|recent) (is|are) [the|this|that] (article|story|piece|report) $",
            "<when> (was|is) (this|that) (reported|published) $",
        ),
    ),
    (
        "count",
        True,
        (
            "how many [different|of the|of your|of these] <article> [do|did|have] <mentioning> {x} $",
            "[the] number of <article> [that|which] <mentioning> {x} $",
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
            "how many [different] <article> [<in-here>|<have>] [<published>|<in-here>] $",
            "how (many|big|large) (is|are) [the|this|your] <corpus> $",
        ),
    ),
    (
        "newest",
        False,
        (
            "[<what-is>|<find> [<me>]] [the|your] <newest> <article> [<have>] [that|which] (<covers>"
            "|<mentioning>) {x} [<in-here>] $",
            "[<what-is>|<find> [<me>]] [the|your] <newest> <article> [<in-here>|<have>] $",
            "(what|which) <article> (is|was) [the] <newest> $",
            "<when> (was|is) [the|your] <newest> <article> [<covers> {x}] [<published>] $",
            "[<what-is>|<find> [<me>]] [the|your] <newest> {x} <article> $",
        ),
    ),
    (
        "oldest",
        False,
        (
            "[<what-is>|<find> [<me>]] [the|your] <oldest> <article> [<have>] [that|which] (<covers>"
            "|<mentioning>) {x} [<in-here>] $",
            "[<what-is>|<find> [<me>]] [the|your] <oldest> <article> [<in-here>|<have>] $",
            "(what|which) <article> (is|was) [the] <oldest> $",
            "<when> (was|is) [the|your] <oldest> <article> [<covers> {x}] [<published>] $",
            "[<what-is>|<find> [<me>]] [the|your] <oldest> {x} <article> $",
        ),
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
            "|should i read] [that|which|written|published]"
            " [<covers>] {x} [<in-here>] $",
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
            "what (was|were) [the]* [<article>] (published|written|put out|released) $",
            "[(what|which)|<find> [<me>]] [are]* [all|every|any|some|the|your|of]* <article> [<have>"
            "|<in-here>] $",
            "[<find> [<me>]] (everything|all) [<have>] $",
            "what (is there|do (you|we) have|have (you|we) [got]|you got|have you) $",
        ),
    ),
)
