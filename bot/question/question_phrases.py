"""The phrase tables: how questions begin and what they ask for, in the syntax of `phrase_pattern`.

Within a table the first phrase that matches counts.
"""

from __future__ import annotations

GROUPS = {
    "about": "about|on|regarding|concerning",
    "article": "articles?|story|stories|pieces?|posts?|reports?|columns?|write-?ups?|coverage|documents?"
    "|texts?|notes?",
    "asking": "who|whom|whose|what|when|where|why|how|which|if|whether|is|are|was|were|did"
    "|does|do|has"
    "|have|can|will|would|should",
    "authors": "authors?|writers?|journalists?|reporters?|columnists?",
    "can-you": "(can|could|would|will|do|did) (you|u) [please|pls|kindly|just|happen to]",
    "corpus": "archive|corpus|collection|library|database|dataset|data|index|articles?|stories|news|texts"
    "|documents"
    "|folder|files|coverage|knowledge base|sources",
    "covering": "cover|covers|covered|covering|discuss|discusses|discussed|discussing|(deal|deals|dealing"
    "|dealt) with"
    "|describe|describes|described|describing|explain|explains|explained|explaining|reported|reports|report"
    "|(report|reports|reported|reporting|focus|focuses) on|(write|writes|wrote|written|writing) (about"
    "|on)|feature"
    "|features|featured|featuring|carried|ran|concern|concerns|(relate|relates|related|relating) to"
    "|address|addresses"
    "|[has|have|having] [something|anything] to do with|about|on|regarding|concerning",
    "covers": "[has|have|had|is|are|was|were|did|do|does] [also|already|been] [mainly|mostly|all] <covering>",
    "detail": "facts?|overview|summary|digest|details?|background|information|info|articles?|story"
    "|stories|news",
    "find": "list|show|find|give|get|name|fetch|see|tell|pull up|search for|look for|i want|i need|i'm"
    " looking for"
    "|looking for|display|print",
    "have": "(do|did) (you|u|we) [all|also|even|already] (have|hold|know of)|have (you|we) [got]|you have"
    "|you got|got"
    "|(is|are|was|were) there|there (is|are)|(has|have) there been|exist",
    "in-here": "[are|is] [in|on|of] [all] [there|here|this|the|your|these|those] [<corpus>]|(do|did) (you"
    "|we) [have|know"
    "|cover|hold|use|read]|have (you|we) [got] [indexed]|are there|exist|you have|you know [of]|in total"
    "|altogether"
    "|overall|at all|so far|[are] (indexed|available)",
    "it": "this|that|it|so|these|those|them|[the|this|that|these|those] <article>",
    "main": "main|major|top|biggest|key|most important|most common|principal|general|different|central"
    "|broad|all",
    "me": "me|us|to me|to us|for me|for us",
    "mentioning": "mention|mentions|mentioned|mentioning|names|naming|(refer|refers|referring|allude"
    "|alludes) to"
    "|(talk|talks|talking|talked|speak|speaks) (about|of)|contain|contains|containing|include|includes"
    "|cite|cites",
    "newest": "newest|latest|most recent|last|freshest",
    "oldest": "oldest|earliest|first|very first",
    "outlets": "outlets?|publishers?|publications?|newspapers?|papers?|sites?|websites?|sources?"
    "|magazines?|journals?"
    "|broadcasters?|media|media outlets?|news (outlets?|sites?|sources?|organi.ations?)|agency|agencies",
    "publish": "publish|published|report|reported|write|written|wrote|run|ran|put out|print|printed|post"
    "|posted|release"
    "|released|carry|carried|cover|covered|have|bring out|brought out",
    "published": "published|posted|written|released|printed|issued|put out|put online|filed|dated|out"
    "|reported|from",
    "tags": "tags?|keywords?",
    "tell": "tell|show|give|explain|describe|summari.e",
    "the": "the|this|that|these|those|an?|all [of] [the|your]|some|any|every|each|your",
    "topics": "topics?|themes?|subjects?",
    "what-is": "what (is|are|was|were)",
    "when": "when|on (what|which) (day|date)|what (day|date)|from when|since when",
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
    "and|but",
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
    "(if|whether) (you|u) [(can|could) (tell|explain)|know] [<me>]",
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
    "<what-is> (up with|the (deal|story|situation) (with|on|about)) {topic} $",
    "[<what-is>|(is|are) there|[do you] have [you]|show|list|find] [any|anything|some|something|the|all]"
    " [latest|newest|recent]"
    " (new|news|latest|developments?|updates?|info|information|articles?|stories|story|reports?|coverage)"
    " (<about>|with|from|in) {topic} $",
)
# … the last of these only if it is a name.
EVENT_REQUESTS = (
    "[what] [is|was|has|had] [been] (happened|happening|happens|going on|new|up) (in|with|to"
    "|at|on|around|about)"
    " {topic} $",
)
