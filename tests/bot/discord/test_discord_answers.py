"""/ask and its answer as people see it: sources, passages behind buttons, feedback, filters."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from discord_bot import Scripted, running, said
from discord_stand_in import DiscordStandIn
from fakes import HARBOUR, FakeAssistant

from bot.answer import Answer, Usage
from bot.looking import in_progress
from bot.records.answer_store import AnswerStore, records_path
from retrieval.article import Dropped

QUESTION = "How many members voted for the ban of delivery drones?"


async def test_ask_is_acknowledged_and_answered_with_numbered_sources(tmp_path: Path) -> None:
    """The acknowledgement is in time; the answer has markers, sources with metadata, and a footer."""
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        async with running(discord, tmp_path):
            asked = await discord.slash(ann, guild.channels[0], "ask", question=QUESTION)
            await discord.finished(asked)
    assert asked.acknowledged is not None
    assert asked.acknowledged < 3
    assert "Seven of nine members voted for the ban. [2]" in asked.text
    assert "**[1][2]** **Harbour town bans delivery drones** · The Quay · <t:1646389800:D>\n" in asked.text
    assert "harbour.txt" not in asked.text
    footer = asked.last.embeds[-1]["footer"]["text"]
    assert footer.startswith("word for word from the articles · ")
    assert footer.endswith(" s · 3 articles searched")
    assert not discord.violations


async def test_a_growing_answer_is_edited_at_intervals_until_complete(tmp_path: Path) -> None:
    """Edits stay within the rate limit, each state is longer than the last, the final one is complete."""
    texts = [f"Sentence number {number} of the answer." for number in range(1, 41)]
    assistant = Scripted(lambda question: said(question, *texts), pause=0.02)
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        async with running(discord, tmp_path, assistant):
            asked = await discord.slash(ann, guild.channels[0], "ask", question="Count to forty, please.")
            await discord.finished(asked)
    shown = [body["embeds"][0]["description"] for _, body in asked.last.states]
    assert 3 <= len(shown) <= 41
    assert [len(text) for text in shown] == sorted(len(text) for text in shown)
    assert "number 40 of" in shown[-1]
    assert discord.rate_limited == 0
    assert not discord.violations


async def test_a_button_shows_the_passage_only_to_the_person_who_pressed_it(tmp_path: Path) -> None:
    """The passage has the quote in bold, context, location, state, and buttons to the others."""
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
            assert "The Quay · <t:1646389800:D>\nby Ines Marlow\n" in clicked.text
            assert "harbour.txt" not in clicked.text
            assert "**Unchanged**" in clicked.text
            assert clicked.last.button("Next ▶")["disabled"]
            switched = await discord.click(ben, clicked.last, "◀ Previous")
            await discord.until(lambda: "Passage 1 of 2" in clicked.text)
            assert switched.original is clicked.original
    assert not discord.violations


async def test_adverts_are_left_out_of_the_context_of_a_passage(tmp_path: Path) -> None:
    """The offsets of the quote stay valid."""
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
    """A button and the source line open the article's URL at the quote."""
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        async with running(discord, tmp_path):
            asked = await discord.slash(ann, guild.channels[0], "ask", question="How much did the boat cost?")
            answer = (await discord.finished(asked)).last
            clicked = await discord.finished(await discord.click(ann, answer, "1"))
    url = "https://ledger.example/ferry#:~:text=The%20boat%20cost%203.2%20million%20crowns%2C%20said%20captain%20Jon%20Aske."
    assert clicked.last.button("Original")["url"] == url
    assert f"[ledger.example]({url})" in answer.text


async def test_buttons_work_after_a_restart_and_show_the_state_of_the_article(tmp_path: Path) -> None:
    """A new process opens the passages of the old one, and reports moved, changed and deleted articles."""
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


async def test_feedback_is_saved_with_the_answer(tmp_path: Path) -> None:
    """ "Helpful" is one click; "Not helpful" asks why. Both can be listed."""
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
    saved = AnswerStore(records_path(tmp_path)).feedback()
    assert {(feedback.person, feedback.helpful, feedback.reason, feedback.words) for feedback in saved} == {
        (f"discord:{ann.id}", True, None, None),
        (f"discord:{ben.id}", False, "outdated", "It is from 2022. @everyone"),
    }
    assert not discord.violations


async def test_an_unanswered_question_offers_the_closest_passages(tmp_path: Path) -> None:
    """One sentence, then the passages, which can be opened like cited ones."""
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


async def test_a_private_answer_is_shown_only_to_the_asker(tmp_path: Path) -> None:
    """It is not the channel's latest answer for /sources either."""
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


async def test_dates_and_publisher_filter_the_articles(tmp_path: Path) -> None:
    """Days, months and years are accepted, invalid dates refused."""
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        channel = guild.channels[0]
        async with running(discord, tmp_path):
            for option, value, is_found in (
                ("since", "2022-05", False),
                ("until", "2022-03-04", True),
                ("publisher", "The Quay", True),
                ("publisher", "Northern Ledger", False),
            ):
                given: dict[str, Any] = {"question": QUESTION, option: value}
                asked = await discord.slash(ann, channel, "ask", **given)
                assert ("Seven of nine" in (await discord.finished(asked)).text) is is_found
            refused = await discord.finished(
                await discord.slash(ann, channel, "ask", question=QUESTION, since="2022-13-99")
            )
            assert refused.last.ephemeral
            assert "`since` must be a day" in refused.text


async def test_over_budget_questions_are_answered_without_the_model(tmp_path: Path) -> None:
    """Tokens are counted per server and day. Answers over budget are extractive and say so."""
    costly = Scripted(
        lambda question: replace(said(question, "A model wrote this."), usage=Usage(900, 200)), model="m-1"
    )
    async with DiscordStandIn() as discord:
        guild, other, ann = discord.add_guild(), discord.add_guild("Other"), discord.person()
        async with running(discord, tmp_path, costly, fallback=FakeAssistant(), discord_daily_tokens=1000):
            first = await discord.finished(
                await discord.slash(ann, guild.channels[0], "ask", question=QUESTION)
            )
            assert "A model wrote this." in first.text
            assert "written by m-1" in first.text
            second = await discord.finished(
                await discord.slash(ann, guild.channels[0], "ask", question=QUESTION)
            )
            assert "Seven of nine" in second.text
            assert "budget" in second.text
            elsewhere = await discord.finished(
                await discord.slash(ann, other.channels[0], "ask", question=QUESTION)
            )
            assert "A model wrote this." in elsewhere.text


async def test_a_failed_model_is_not_described_to_members(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """They read that it is not available; the log has the provider's error."""
    error = "The model server rejected the API key."
    failed = Scripted(
        lambda question: replace(
            said(question, "Selected.", mode="extractive"),
            notice=f"{error} Selected without it.",
            failures=(error,),
        )
    )
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        async with running(discord, tmp_path, failed):
            asked = await discord.slash(ann, guild.channels[0], "ask", question=QUESTION)
            text = (await discord.finished(asked)).text
    assert text.startswith("-# The language model is not available at the moment. Selected without it.")
    assert error in caplog.text


async def test_the_phases_of_a_model_are_shown_while_people_wait(tmp_path: Path) -> None:
    """In order and with the button that stops it; neither is left below the answer."""
    phases = ["Searching…", "Reading 10 passages of 4 articles…", "Writing…"]

    class Phased(Scripted):
        async def ask(self, question: str, **more: Any) -> AsyncIterator[Answer]:
            for phase in phases:
                yield in_progress(question, phase)
                await asyncio.sleep(0.3)
            async for answer in super().ask(question, **more):
                yield answer

    assistant = Phased(lambda question: said(question, "Yes.", "Indeed."), model="m-1")
    async with DiscordStandIn() as discord:
        guild, ann = discord.add_guild(), discord.person()
        async with running(discord, tmp_path, assistant):
            asked = await discord.slash(ann, guild.channels[0], "ask", question=QUESTION)
            await discord.until(lambda: asked.messages and len(asked.last.buttons) > 1)
    shown = [body["embeds"][0]["description"] for _, body in asked.last.states]
    assert [text for text in shown if text in phases] == phases
    assert all("⏹ Stop" in str(body) for _, body in asked.last.states[:3])
    assert "⏹" not in str(asked.last.body)
    assert "Yes. [1] Indeed. [1]" in asked.text
    assert discord.violations == []
