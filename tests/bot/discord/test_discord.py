"""What people see on Discord: questions answered with sources, passages opened with one click."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from discord_bot import Scripted, running, said
from discord_stand_in import DiscordStandIn
from fakes import HARBOUR, FakeAssistant

from bot.answer import Usage
from bot.records.answer_store import AnswerStore, records_path
from retrieval.article import Dropped

QUESTION = "How many members voted for the ban of delivery drones?"


async def test_a_question_is_acknowledged_and_answered_with_numbered_sources(tmp_path: Path) -> None:
    """/ask is acknowledged at once; the answer carries markers, sources with what is known, and a footer."""
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        async with running(discord, tmp_path):
            asked = await discord.slash(ann, guild.channels[0], "ask", question=QUESTION)
            await discord.finished(asked)
    assert asked.acknowledged is not None
    assert asked.acknowledged < 3
    assert "Seven of nine members voted for the ban. [2]" in asked.text
    assert "**Harbour town bans delivery drones** · The Quay · 2022-03-04 · harbour.txt:3" in asked.text
    assert "extractive" in asked.last.embeds[-1]["footer"]["text"]
    assert not discord.violations


async def test_the_answer_grows_in_paced_steps_and_its_last_state_is_shown(tmp_path: Path) -> None:
    """Edits come no faster than Discord allows, each state is longer than the last, the end is whole."""
    texts = [f"Sentence number {number} of the answer." for number in range(1, 41)]
    assistant = Scripted(lambda question: said(question, *texts), pause=0.02)
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        async with running(discord, tmp_path, assistant):
            asked = await discord.slash(ann, guild.channels[0], "ask", question="Count to forty, please.")
            await discord.finished(asked)
    shown = [body["embeds"][0]["description"] for _, body in asked.last.states]
    assert 3 <= len(shown) <= 41
    assert [len(each) for each in shown] == sorted(len(each) for each in shown)
    assert "number 40 of" in shown[-1]
    assert discord.rate_limited == 0
    assert not discord.violations


async def test_a_click_shows_the_passage_to_the_clicker_alone(tmp_path: Path) -> None:
    """The passage has its quote in bold, its surroundings, place and state, and the way to the next."""
    async with DiscordStandIn() as discord:
        guild, ann, ben = discord.add_guild(), discord.person("Ann"), discord.person("Ben")
        async with running(discord, tmp_path):
            asked = await discord.slash(ann, guild.channels[0], "ask", question=QUESTION)
            answer = (await discord.finished(asked)).last
            clicked = await discord.finished(await discord.click(ben, answer, "2"))
            assert clicked.last.ephemeral
            assert "Passage 2 of 2" in clicked.text
            assert "**Seven of nine members voted for the ban.**" in clicked.text
            assert "banned delivery drones on Friday. **Seven" in clicked.text
            assert "harbour.txt:3" in clicked.text
            assert "**Unchanged**" in clicked.text
            assert clicked.last.button("Next ▶")["disabled"]
            turned = await discord.click(ben, clicked.last, "◀ Previous")
            await discord.until(lambda: "Passage 1 of 2" in clicked.text)
            assert turned.original is clicked.original
    assert not discord.violations


async def test_what_is_no_part_of_an_article_is_not_shown_around_a_passage(tmp_path: Path) -> None:
    """Adverts between the lines stay out of the view, and the quote stays where it is."""
    advert = "\nAdvertisement: buy a drone now!\n"
    text = HARBOUR.text.replace("\n\nMayor", f"\n{advert}\nMayor")
    start = text.index(advert)
    drop = Dropped(5, start, start + len(advert), "advert")
    article = replace(HARBOUR, text=text, dropped=(drop,), digest="")
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        async with running(discord, tmp_path, FakeAssistant([article])):
            asked = await discord.slash(ann, guild.channels[0], "ask", question=QUESTION)
            answer = (await discord.finished(asked)).last
            opened = await discord.finished(await discord.click(ann, answer, "2"))
    assert "**Seven of nine members voted for the ban.**\n> Mayor Odile Brandt" in opened.text
    assert "buy a drone" not in opened.text


async def test_a_passage_links_to_its_original(tmp_path: Path) -> None:
    """Where the article has an address, a button leads there."""
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        async with running(discord, tmp_path):
            asked = await discord.slash(ann, guild.channels[0], "ask", question="How much did the boat cost?")
            answer = (await discord.finished(asked)).last
            clicked = await discord.finished(await discord.click(ann, answer, "1"))
    assert clicked.last.button("Original")["url"] == "https://ledger.example/ferry"
    assert "[ledger.example](https://ledger.example/ferry)" in answer.text


async def test_buttons_work_after_a_restart_and_tell_what_became_of_the_article(tmp_path: Path) -> None:
    """A new process opens the passages of the old one, and says that an article moved, changed or is gone."""
    states = {"moved": "New first line.\n\n{}", "changed": "Something else.\n", "deleted": None}
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        async with running(discord, tmp_path):
            asked = await discord.slash(ann, guild.channels[0], "ask", question=QUESTION)
            answer = (await discord.finished(asked)).last
        for state, text in states.items():
            later = FakeAssistant()
            article = later.fake.shelf.articles.pop(0)
            if text is not None:
                changed = replace(article, text=text.format(article.text), digest="")
                later.fake.shelf.articles.append(changed)
            async with running(discord, tmp_path, later):
                clicked = await discord.finished(await discord.click(ann, answer, "2"))
            assert f"**{state.capitalize()}" in clicked.text
            assert "**Seven of nine members voted for the ban.**" in clicked.text
    assert not discord.violations


async def test_opinions_are_kept_with_the_answer(tmp_path: Path) -> None:
    """ "Helpful" is one click; "Not helpful" asks why, and both can be listed."""
    async with DiscordStandIn() as discord:
        guild, ann, ben = discord.add_guild(), discord.person("Ann"), discord.person("Ben")
        async with running(discord, tmp_path):
            asked = await discord.slash(ann, guild.channels[0], "ask", question=QUESTION)
            answer = (await discord.finished(asked)).last
            thanked = await discord.finished(await discord.click(ann, answer, "👍 Helpful"))
            assert "Thank you" in thanked.text
            form = await discord.click(ben, answer, "👎 Not helpful")
            await discord.until(lambda: form.response)
        async with running(discord, tmp_path):  # the form was open while the bot restarted
            sent = await discord.submit(ben, form, reason=["outdated"], words="It is from 2022. @everyone")
            assert "Thank you" in (await discord.finished(sent)).text
    kept = AnswerStore(records_path(tmp_path)).feedback()
    opinions = {(each.person, each.helpful, each.reason, each.words) for each in kept}
    assert opinions == {
        (f"discord:{ann.id}", True, None, None),
        (f"discord:{ben.id}", False, "outdated", "It is from 2022. @everyone"),
    }
    assert not discord.violations


async def test_what_is_not_found_is_said_and_the_nearest_passages_offered(tmp_path: Path) -> None:
    """One sentence, then the passages, which open like cited ones."""
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        async with running(discord, tmp_path):
            asked = await discord.slash(
                ann, guild.channels[0], "ask", question="Which telescope photographed Jupiter near Larkhaven?"
            )
            answer = (await discord.finished(asked)).last
            assert answer.text.startswith("The articles do not answer this")
            assert "> The council of Larkhaven" in answer.text
            clicked = await discord.finished(await discord.click(ann, answer, "1"))
            assert "Larkhaven" in clicked.text
    assert not discord.violations


async def test_a_private_answer_is_seen_by_the_asker_alone(tmp_path: Path) -> None:
    """Nor is it what the channel's last answer rests on, nor part of the talk there."""
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        channel = guild.channels[0]
        async with running(discord, tmp_path):
            asked = await discord.slash(ann, channel, "ask", question=QUESTION, private=True)
            await discord.finished(asked)
            assert asked.last.ephemeral
            shown = await discord.finished(await discord.slash(ann, channel, "sources"))
            assert "no answer here" in shown.text
    assert not discord.from_bot(channel)


async def test_dates_and_publisher_narrow_the_articles(tmp_path: Path) -> None:
    """Days, months and years are understood, the publisher is completed as it is typed, nonsense refused."""
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        channel = guild.channels[0]
        async with running(discord, tmp_path):
            for option, value, found in (
                ("since", "2022-05", False),
                ("until", "2022-03-04", True),
                ("publisher", "The Quay", True),
                ("publisher", "Northern Ledger", False),
            ):
                given: dict[str, Any] = {"question": QUESTION, option: value}
                asked = await discord.slash(ann, channel, "ask", **given)
                assert ("Seven of nine" in (await discord.finished(asked)).text) is found
            wrong = await discord.finished(
                await discord.slash(ann, channel, "ask", question=QUESTION, since="2022-13-99")
            )
            assert wrong.last.ephemeral
            assert "since must be a day" in wrong.text


async def test_a_spent_budget_is_answered_without_the_model(tmp_path: Path) -> None:
    """Tokens are counted for each server and day; then answers are extractive, and say so."""
    costly = Scripted(lambda q: replace(said(q, "A model wrote this."), usage=Usage(900, 200)), model="m-1")
    async with DiscordStandIn() as discord:
        guild, other, ann = discord.add_guild(), discord.add_guild("Other"), discord.person()
        async with running(discord, tmp_path, costly, thrifty=FakeAssistant(), discord_daily_tokens=1000):
            first = await discord.finished(
                await discord.slash(ann, guild.channels[0], "ask", question=QUESTION)
            )
            assert "A model wrote this." in first.text
            assert "1,100 tokens" in first.text
            second = await discord.finished(
                await discord.slash(ann, guild.channels[0], "ask", question=QUESTION)
            )
            assert "Seven of nine" in second.text
            assert "budget" in second.text
            elsewhere = await discord.finished(
                await discord.slash(ann, other.channels[0], "ask", question=QUESTION)
            )
            assert "A model wrote this." in elsewhere.text
