"""The phrase tables: how questions begin and what they ask for, in the syntax of `phrase_pattern`.

"the", "a" and "an" are ignored. Within a table the first phrase that matches counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

EllipsisForm = Literal["which", "bare", "year before", "year after", "other"]
QuestionKind = Literal[
    "topic",  # "Tell me about Ant Group", "Ant Group"
    "timeline",
    "compare",
    "list",
    "what_happened",
    "who_is",
    "why",
    "how",
    "yes_no",
    "opinion",  # "What do you think?", "Should I buy …?": of the bot, not of the articles
    "fact",
]
STORY_KINDS: frozenset[QuestionKind] = frozenset(("topic", "what_happened", "who_is"))
# Answered with an account from the article on the subject.
ACCOUNT_KINDS: frozenset[QuestionKind] = STORY_KINDS | {"why", "how", "list", "timeline"}
# No single sentence answers them.
COMPOSED_KINDS: frozenset[QuestionKind] = STORY_KINDS | {"how", "list", "timeline", "compare"}

GROUPS: Mapping[str, str] = {
    "about": "about|on|regarding|concerning",
    "can-you": "(can|could|would|will|do|did) (you|u) [please|pls|kindly|just|happen to]",
    "detail": "facts?|overview|summary|digest|details?|background|information|info|articles?|story"
    "|stories|news",
    "happen": "[is|was|has|had] [been] (happened|happening|happens|going on|up)",
    "me": "me|us|(to|for) (me|us)",
    "news": "new|news|latest|developments?|updates?|info|information|articles?|stories|story|reports?"
    "|coverage",
    "place": "in|with|to|at|on|around|about",
    "report": "(say|says|said|knows?|known|report|reports|reported|write|written|tell|published)",
    "sources": "articles|news|newspapers?|papers?|press|stories|sources|documents?|texts?|corpus|you|we",
    "what-is": "what (is|are|was|were)",
}

OPENINGS: Mapping[str, Sequence[str]] = {
    # Removed from the start of a question, as often as one matches …
    "greeting": (
        "hi|hey|hello|hiya|yo|greetings|good (morning|afternoon|evening)",
        "there,|guys|all,|everyone|bot|footnote",
        "ok|okay|well|so|umm?|uh|hmm?|oh|ah|please|pls|plz|sorry|alright|thanks [lot|so much]"
        "|thank you [so much|very much]|thx|cool|great|nice|got it|i see|right|gotcha|makes sense"
        "|interesting|perfect|good to know|fair enough|by way|btw|anyway",
        "[just] [one] (quick|short|simple) question",
    ),
    # … and these before a question word.
    "introduction": (
        "(and|but)",
        "<can-you> (tell|explain|show|remind|say|clarify) [<me>] [exactly|again]",
        "(<can-you>|(does|do) (anyone|anybody|someone|you guys)) (know|recall|remember)",
        "[i was|i am|i'm|im|we were|just] [just|also] (wondering|curious|asking)",
        "i [just|really|also] (wonder|wondered|want to know|wanna know|need to know|would like to know"
        "|would love to know|don't know|dont know)",
        "(i'd|id|we'd) [really|just] (like|love) to know",
        "[do you have|have you got|you got|got|you have] any (idea|clue)",
        "((tell|remind) [<me>] [again|exactly]|let me know)",
        "(if|whether) (you|u) [(can|could) (tell|explain)|know] [<me>]",
    ),
}
CLOSINGS = ("please", "pls", "plz", "thanks", "thank you", "thx", "cheers", "if you can", "if possible")

FORMS: Mapping[str, Sequence[str]] = {
    # Requests for what the articles say about a topic, which replaces the question
    "tell": (
        "[<can-you>] (tell|show|give|explain|describe|summarise|summarize|compare) [<me>]"
        " [more|everything|something|bit|little]"
        " [[\\w+] [\\w+] <detail> (<about>|of)|<about>|of|what you know (<about>|of)] {topic} $",
    ),
    "definition": ("what is {term} $",),
    "follow-up": ("[and|but|so|ok|okay|well|then] [(what|how) about|and|but]",),
    # "Now something else: …"
    "topic change": (
        "[now|ok|okay|and|so|but] [[on] to]"
        " (something (else|different)|(another|[different|new]) (question|topic|thing))",
    ),
}
# More of them: any topic, or only a name.
REQUESTS: Mapping[str, Sequence[str]] = {
    "said": (
        "what [do|does|did|is|are|was|were|has|have] [these|those|your|all] [<sources>] [been] <report>"
        " [us] (<about>|of) {topic} $",
        "<what-is> (up with|(deal|story|situation) (with|on|about)) {topic} $",
        "[<what-is>|(is|are) there|[do you] have [you]|show|list|find] [any|anything|some|something|all]"
        " [latest|newest|recent] <news> (<about>|with|from|in) {topic} $",
    ),
    "event": ("[what] (<happen>|new) <place> {topic} $",),
}

# The first kind with a phrase that matches counts.
KINDS: Mapping[QuestionKind, Sequence[str]] = {
    "opinion": (
        "what (do|would) you (think|recommend|suggest|advise|prefer)|(do|would) you (agree|recommend|prefer)",
        "[what is] your (opinion|view|advice|recommendation|favou?rite)|... in your opinion",
        "should (i|we) ... or",
    ),
    "timeline": (
        "[short|full|complete|brief] (timeline|chronology|sequence) of"
        " [[main|key] events (<about>|of|in|around|for)] {topic} $",
        "(walk|take|run) (me|us) through {topic} $",
        "... (timeline|chronology|sequence of events|in (chronological|right) order)",
        "[on] (what|which) (dates|days)",
    ),
    "compare": (
        "compare",
        "(what|which|who) [one|of (these|them)|event] (came|happened|was|started|began) (first|earlier)"
        " ... or",
        "... (difference|differences|comparison) between",
        "... (vs|versus)",
        "how (do|does|did|is|are) ... (compare|differ|different from)",
        "(which|who|what|was|is|are|were|did|does|do) ... (\\w+er|more|less|worse|better|first) ... or",
        "(was|is|are|were|did|does|do) ... or ... (\\w+er|more|less|worse|better|first)",
    ),
    "list": (
        "(list|enumerate) [me|us] {topic} $",
        "name [me|us] (all|every|each) [of] {topic} $",
        "list|enumerate|name (some|\\w+s)",
        "(give|show|tell) [<me>] (all [of]|every|each|[full|complete] list of|names of)",
    ),
    "what_happened": (
        "what <happen> [<place>] [{topic} $]",
        "[what is] latest (on|about|with) [{topic} $]",
    ),
    "who_is": ("who (is|was|are|were) {topic} $",),
    "why": ("why|how come|what (caused|made)|for what reasons?",),
    "how": ("how (do|does|did|is|are|was|were|has|have|can|could|will|would|should|to)|in what way",),
    "yes_no": (
        "is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|must|isn't|aren't|wasn't"
        "|weren't|don't|doesn't|didn't|hasn't|haven't|hadn't|can't|won't",
    ),
}

# Questions that depend on the one before them, after "and" or "what about".
FRAGMENTS: Mapping[EllipsisForm, Sequence[str]] = {
    "which": ("(which|who|what) [ones?|(are|were) they] $",),
    "bare": (
        "[by|for|since|from|until] (why [not]|how [so|come|many|much|long|old|often|far]|when|where|who|whom"
        "|what (for|else)|(who|where) else|which) $",
        "(more|really|any others?|are you sure|tell me more|go on|such as|like (what|who)) $",
        "(when|where|why|how) (is|was) (that|this) $",
        "(when|where|why|how) did (that|this|it) happen $",
        "who (says|said) (so|that) $",
    ),
    "year before": ("[in] ((previous|prior) year|year (before|earlier)) $",),
    "year after": ("[in] ((next|following) year|year (after|later)) $",),
}
