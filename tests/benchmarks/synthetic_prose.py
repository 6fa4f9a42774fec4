# ruff: noqa: E501 - one template per line
"""Generated news articles in English, and a question about each with one right article.

    from synthetic_prose import write_prose
    questions = write_prose(folder, 200_000)

Every article reports on one invented town. Sentences are drawn from templates of a few subjects, so that
passages of different articles resemble each other as those of a local newspaper do.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

PASSAGES_PER_ARTICLE = 11.3  # measured
PARAGRAPHS = 13
PUBLISHERS = [f"The {name} Courier" for name in ("Ash", "Birch", "Cedar", "Elm", "Fir", "Oak", "Pine", "Yew")]

_FIRST = "Ada Bruno Clara Dennis Elsa Felix Greta Hugo Ines Jonas Karla Leo Mara Nils Olga Pavel Rosa".split()
_FIRST += "Simon Tilda Ugo Vera Walter Yara Zeno".split()
_LAST = "Abbott Barlow Castell Dorn Ekman Farrow Gable Hollis Iver Jansen Keller Lund Marchetti Novak".split()
_LAST += "Orlov Prentice Quill Ramsay Stroud Thorne Ulrich Varga Whitlock Young Zander".split()
_START = "Al Bar Cor Dun El Fen Gar Hol Is Kel Lor Mar Nor Os Pel Quen Ros Sel Tar Ul Ver Wen Yar Zel".split()
_MIDDLE = "a be co da e fi go ha in ko la me no o pa ri sa te u va".split()
_END = (
    "bridge burg by combe dale field ford ham haven holm leigh mere mouth port stead ton wick worth".split()
)

_SUBJECTS = {  # project, its kind of building, who opposes it, what it affects
    "swimming pool": ("a swimming pool", "the baths", "residents of the hillside", "the heating bill"),
    "tram line": ("a tram line", "the depot", "shopkeepers on the main street", "the bus timetable"),
    "hospital wing": ("a hospital wing", "the clinic", "the nurses' association", "waiting times"),
    "flood wall": ("a flood wall", "the pumping station", "owners of riverside gardens", "insurance fees"),
    "school": ("a secondary school", "the gymnasium", "parents in the northern district", "class sizes"),
    "wind farm": ("a wind farm", "the substation", "birdwatchers", "the price of electricity"),
    "library": ("a public library", "the reading room", "a group of taxpayers", "opening hours"),
    "harbour": ("a deeper harbour", "the quay", "the fishing cooperative", "the catch of herring"),
    "museum": ("a museum of mining", "the old shaft", "heirs of the former owner", "the number of visitors"),
    "stadium": ("a stadium", "the south stand", "neighbours of the ground", "noise at night"),
    "sewage plant": ("a sewage plant", "the settling tanks", "farmers downstream", "water quality"),
    "market hall": ("a market hall", "the cold store", "street traders", "the rent of a stall"),
}
_TEMPLATES = [  # [a|b]: one of both
    "{person} [said|noted|repeated on Monday|told this newspaper] that the council had [listened to|met|written to] {opponents} [before it voted|several times|without changing its mind].",
    "The [plan|idea|first sketch] for {project} was [discussed|presented|turned down] in {year}, when {person} was [still mayor|head of the committee|a member of the opposition].",
    "[According to|As stated in|After] a [report|study|draft] by {office}, {effect} will [change|rise|fall] by {percent} percent within {few} years.",
    "“[We cannot wait any longer|This is not a luxury|Somebody has to begin|I have heard every excuse by now],” said {person}, who has [led the campaign|worked on it|sat on the board] since {year}.",
    "[Work|Digging|Building] on {building} is [expected|planned|supposed] to [begin|start again] in {month} and to take {many} months.",
    "A survey of {count} [households|adults|voters] found that {percent} percent [support|know about|reject|would pay more for] {project}.",
    "{person}, a [spokesperson|lawyer|treasurer] for {opponents}, called the decision [hasty and expensive|a step in the right direction|a gift to {company}|hard to understand].",
    "The [builders|surveyors|archaeologists] found [traces of an older wall|a forgotten cellar|unexploded shells|oil in the soil] under {building}, which [delayed the work by {few} weeks|cost another {count} dollars].",
    "[Three|Four|Only two] firms made an offer, and the [cheapest|fastest|only complete one] came from {company}.",
    "{company} has [built|repaired|designed] {few} similar sites in [the region|the neighbouring province|the capital] and employs {count} people.",
    "The [money|rest of the budget|deposit] comes from {source} and from a [loan|bond|lease] that runs for {many} years.",
    "[Opponents|Critics|Some members] point out that {effect} has [already changed twice|become a burden|been ignored] since {year}.",
    "In a [letter to the council|statement|radio interview], {person} asked for [a second opinion on|a later opening of|fewer parking spaces near] {building}.",
    "The engineers [measured the ground|took samples|drilled] at {few} points and found [soft clay|solid rock|groundwater] at a depth of {many} metres.",
    "{office} will publish a [new estimate of|warning about|leaflet on] {effect} at the [end|beginning] of {month}.",
    "[Visitors|Families|Clubs] from neighbouring towns already use {building} [on weekends|every evening|during the holidays].",
    "If the deadline is missed, {company} must [pay a penalty of {count} dollars a day|give up its fee|accept an inspection by {office}].",
    "The vote was [close|clear|postponed twice]: {many} members were in favour and {few} against.",
    "{person} recalled that a [similar plan|promise of this kind|referendum] had failed in {year} because [nobody wanted to pay for it|the figures were wrong|the mayor resigned].",
    "[Trees along the road|Two old sheds|Parts of the hedge] will be [removed|felled] in {month} and [replaced by younger ones|replaced by a lawn|not be replaced].",
    "The architect, {person}, chose [brick and larch|glass and slate|plain concrete] because [both are made nearby|it lasts for {many} years|the committee insisted on it].",
    "Children from {few} [schools|villages|clubs] [painted|decorated|marched around] the fence around {building}.",
    "A [judge|tribunal|mediator] [rejected|accepted in part|has yet to hear] the complaint of {opponents} in {month} {year}.",
    "[Local businesses|Hotel owners|Taxi drivers] [hope|doubt|are certain] that {project} will bring back [customers|guests] whom they lost in {year}.",
    "The noise of the [machines|lorries|pumps] was measured at {many} decibels, [below the legal limit|far more than announced|as loud as a conversation].",
    "{person} of {office} explained that {effect} depends [mostly on the weather|on the season|on decisions made elsewhere].",
    "[Nobody was hurt|One worker was injured|The road was closed for {few} hours] when a [crane tipped over|pipe burst|scaffold collapsed] beside {building} in {month}.",
    "The [town|district|parish] has {count} inhabitants, {percent} percent [more|fewer] than in {year}.",
    "Volunteers [collected {count} signatures|raised {count} dollars|handed out {count} leaflets] [against|for] the plan within {few} weeks.",
    "The [mayor|treasurer|chair of the committee] [promised|denied|would not say] that taxes would [not rise|rise again] before {year}.",
    "A [path for cyclists|footbridge|shuttle bus] will connect {building} with the [railway station|old town|hospital].",
    "{source} pays its share only if [the work is finished within {few} years|{office} agrees|the building stays public].",
    "[Heavy rain|A frost|A power cut] in {month} showed how badly the [drains|cables|roofs] around {building} [work|are kept].",
    "“It is the [largest order|hardest task|best news] in our history,” said {person}, who runs {company}.",
    "The contract also obliges {company} to [train {few} apprentices|hire {many} people from the town|use recycled stone].",
    "[Historians|Neighbours|Guidebooks] regard {building} as [one of the oldest of its kind in the province|the heart of the quarter|an eyesore].",
    "At the public [hearing|meeting|debate], {person} spoke for {many} minutes and was [applauded|interrupted|asked to stop].",
    "The opposition [wants|wanted in {year}|no longer wants] to spend the money on [{effect}|housing|the fire brigade] instead.",
    "A [model of|film about|drawing of] {project} can be seen in the [town hall|savings bank|station] until the end of {month}.",
    "{office} warned in {year} that the old [pipes contain lead|beams are rotten|tanks leak|wires are not insulated].",
]
_SLOTS = {
    "office": "the audit office,the planning department,the water board,the state university,the statistics "
    "bureau,the chamber of commerce,the health inspectorate".split(","),
    "company": "Halden & Sons,Brickfield Works,Northgate Construction,Vossler Engineering,Tamar Civil,Pellow "
    "Brothers,Ostrava Steel,Greenline Building".split(","),
    "source": "the regional fund,a private foundation,the savings bank,the national lottery,the transport "
    "ministry,an anonymous donor".split(","),
    "month": "January February March April May June July August September October November December".split(),
}


_CHOICE = re.compile(r"\[([^]]+)\]")


@dataclass(frozen=True, slots=True)
class Question:
    text: str
    path: str  # of the article that answers it
    answer: str


def write_prose(folder: Path, passages: int) -> list[Question]:
    """Write articles with about *passages* passages in all, 500 per folder; one question about each."""
    questions = []
    for number, town in enumerate(_towns(round(passages / PASSAGES_PER_ARTICLE))):
        path = f"{number // 500:03}/{number:06}.md"
        text, question, answer = _article(town, random.Random(number), PUBLISHERS[number % 8])
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        questions.append(Question(question, path, answer))
    return questions


def _towns(count: int) -> list[str]:
    chance = random.Random(7)
    names: dict[str, None] = {}
    while len(names) < count:
        names[chance.choice(_START) + chance.choice(_MIDDLE) + chance.choice(_END)] = None
        if len(names) > 6_000:  # nearly all of these are taken: add a second syllable
            names[
                chance.choice(_START) + chance.choice(_MIDDLE) + chance.choice(_MIDDLE) + chance.choice(_END)
            ] = None
    return list(names)[:count]


def _article(town: str, chance: random.Random, publisher: str) -> tuple[str, str, str]:
    kind = chance.choice(list(_SUBJECTS))
    project, building, opponents, effect = _SUBJECTS[kind]
    day = date(2019, 1, 1) + timedelta(days=chance.randrange(2_000))
    amount = f"{chance.randrange(11, 990) / 10} million dollars"
    people = [f"{chance.choice(_FIRST)} {chance.choice(_LAST)}" for _ in range(5)]
    fixed = {"project": project, "building": building, "opponents": opponents, "effect": effect}

    def sentence(template: str) -> str:
        slots = {name: chance.choice(values) for name, values in _SLOTS.items()}
        numbers = {
            "year": chance.randrange(1995, 2019),
            "percent": chance.randrange(11, 89),
            "few": chance.randrange(2, 10),
            "many": chance.randrange(11, 60),
            "count": f"{chance.randrange(12, 990) * 100:,}",
        }
        chosen = _CHOICE.sub(lambda match: chance.choice(match[1].split("|")), template)
        filled = chosen.format(**fixed, **slots, **numbers, person=chance.choice(people))
        return filled[0].upper() + filled[1:]

    lead = f"The council of {town} decided on {day:%A} to spend {amount} on {project}."
    paragraphs = [lead + " " + sentence(chance.choice(_TEMPLATES))]
    for templates in _drawn(chance, PARAGRAPHS):
        opening = f"In {town}, " if chance.random() < 0.3 else ""
        first = sentence(templates[0])
        paragraphs.append(
            " ".join(
                [opening + (first[0].lower() + first[1:] if opening else first)]
                + [sentence(template) for template in templates[1:]]
            )
        )
    head = [
        "---",
        f"title: {town} will pay {amount} for {project}",
        f"date: {day}",
        f"publisher: {publisher}",
        "---",
    ]
    text = "\n\n".join(["\n".join(head), *paragraphs]) + "\n"
    return text, f"How much will {town} spend on {project}?", amount


def _drawn(chance: random.Random, paragraphs: int) -> Sequence[Sequence[str]]:
    """The templates of each paragraph: seven of all, so that each appears about twice in an article."""
    return [chance.sample(_TEMPLATES, 7) for _ in range(paragraphs)]
