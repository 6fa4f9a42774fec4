"""The phrase tables: how questions begin and what they ask for, in the syntax of `phrase_pattern`.

Within a table the first phrase that matches counts.
"""

from __future__ import annotations

GROUPS = {
    "about": "about|on|regarding|concerning",
    "asking": "who|whom|whose|what|what's|whats|when|where|why|how|which|if|whether|is|are|was|were|did"
    "|does|do|has|have|can|will|would|should",
    "can-you": "(can|could|would|will|do|did) (you|u) [please|pls|kindly|just|happen to]",
    "detail": "facts?|overview|summary|digest|details?|background|information|info|articles?|story"
    "|stories|news",
    "me": "me|us|to me|to us|for me|for us",
    "tell": "tell|show|give|explain|describe|summari.e",
    "what-is": "what's|whats|what (is|are|was|were)",
}

# Removed from the start of a question, as often as one matches …
GREETINGS = (
    "hi|hey|hello|hiya|yo|greetings|good (morning|afternoon|evening)",
    "there,|guys|all,|everyone|bot|footnote",
    "ok|okay|well|so|umm?|uh|hmm?|oh|ah|please|pls|plz|sorry|alright|thanks [a lot|so much]|"
    "thank you [so much|very much]|thx|cool|great|nice|got it|i see|right|gotcha|makes sense|interesting"
    "|perfect|good to know|fair enough|by the way|btw|anyway",
    "[just] [one|a] (quick|short|simple) question",
)
# … and these before a question word.
INTRODUCTIONS = (
    "<can-you> (tell|explain|show|remind|say|clarify) [<me>] [exactly|again]",
    "<can-you> (know|recall|remember)",
    "[i was|i am|i'm|im|we were|just] [just|also] (wondering|curious|asking)",
    "i [just|really|also] (wonder|wondered|want to know|wanna know|need to know|would like to know|would"
    " love to know"
    "|don't know|dont know)",
    "(i'd|id|we'd) [really|just] (like|love) to know",
    "[do you have|have you got|you got|got|you have] any (idea|clue)",
    "(tell|remind) [<me>] [again|exactly]",
    "let me know",
    "(does|do) (anyone|anybody|someone|you guys) know",
)
CLOSINGS = "please|pls|plz|thanks|thank you|thx|cheers|if you can|if possible"

# Requests for what the articles say about a topic, which replaces the question …
TOPIC_REQUESTS = (
    "[<can-you>] (<tell>|compare) [<me>] [more|everything|something|a (bit|little)] [[the|a|an|some|all"
    "|\\w+] [few|the|\\w+] <detail>"
    " (<about>|of)|<about>|of|what you know (<about>|of)] {topic} $",
    "what [do|does|did|is|are|was|were|has|have] [the|these|those|your|all] [articles|news|newspapers?"
    "|papers?|press|stories"
    "|sources|documents?|texts?|corpus|you|we] [been] (say|says|said|know|knows|known|report|reports"
    "|reported|write|written"
    "|tell|published) [us] (<about>|of) {topic} $",
    "[<what-is>|(is|are) there|[do you] have [you]|show|list|find] [any|anything|some|something|the|all]"
    " [latest|newest|recent]"
    " (new|news|latest|developments?|updates?|info|information|articles?|stories|story|reports?|coverage)"
    " (<about>|with|from|in) {topic} $",
)
# … the last of these only if it is a name.
EVENT_REQUESTS = (
    "[what's|whats|what] [is|was|has|had] [been] (happened|happening|happens|going on|new|up) (in|with|to"
    "|at|on|around|about)"
    " {topic} $",
)
