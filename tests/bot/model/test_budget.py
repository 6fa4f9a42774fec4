"""What a model may cost: prices of one's own, a count for a day that processes share, and a clear stop."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from chain_world import HITS, chain, drafts, first_draft, request
from openai_stand_in import OpenAIStandIn
from repository import ROOT

from bot.answer import Usage
from bot.errors import ModelFailed, SettingsInvalid
from bot.model.budget import Budget, Price, read_prices
from bot.model.usage_meter import UsageMeter
from bot.prompting.passage_prompt import CheckedSentence


@pytest.fixture
def server() -> Iterator[OpenAIStandIn]:
    with OpenAIStandIn() as server:
        server.answer_all("The council banned drones. [1]")
        yield server


def test_a_price_is_for_a_million_tokens(tmp_path: Path) -> None:
    """The table is TOML, one line for a model."""
    table = tmp_path / "prices.toml"
    table.write_text('"org/m:free" = { input = 0, output = 0 }\n"stand-in" = { input = 0.25, output = 2 }\n')
    prices = read_prices(table)
    assert prices["stand-in"].of(Usage(2_000_000, 500_000)) == pytest.approx(1.5)
    assert prices["org/m:free"] == Price(0, 0)


@pytest.mark.parametrize(
    "text", ["stand-in = 3", "no toml", '"a" = { input = 1 }', '"a" = { input = -1, output = 1 }']
)
def test_a_table_that_cannot_be_read_says_how_it_is_written(tmp_path: Path, text: str) -> None:
    """One sentence with the path, and an example."""
    table = tmp_path / "prices.toml"
    table.write_text(text)
    with pytest.raises(SettingsInvalid, match=r"prices\.toml") as caught:
        read_prices(table)
    assert "input = 0.25" in caught.value.help


def test_a_day_has_its_bound(tmp_path: Path) -> None:
    """Spent tokens add up until the bound; the next day starts at zero."""
    day = [datetime(2022, 6, 1, 23, 0, tzinfo=UTC)]
    budget = Budget(tmp_path / "new" / "spent.json", tokens=100, now=lambda: day[0])
    budget.check()
    budget.spend(Usage(60, 20))
    budget.check()
    budget.spend(Usage(15, 5))
    with pytest.raises(ModelFailed, match="100 tokens"):
        budget.check()
    day[0] += timedelta(hours=2)
    budget.check()
    assert budget.spent() == Usage()


def test_money_is_bounded_by_prices(tmp_path: Path) -> None:
    """A bound in money needs a price; with one it stops there."""
    with pytest.raises(SettingsInvalid, match="FOOTNOTE_DAILY_COST"):
        Budget(tmp_path / "spent.json", cost=1.0)
    budget = Budget(tmp_path / "spent.json", cost=1.0, price=Price(1, 2))
    budget.spend(Usage(400_000, 200_000))
    budget.check()
    budget.spend(Usage(200_000, 0))
    with pytest.raises(ModelFailed, match="budget of 1 "):
        budget.check()


def test_models_with_other_prices_share_the_budget(tmp_path: Path) -> None:
    """Each adds its own cost; a count that was written without costs is priced when it is read."""
    path = tmp_path / "spent.json"
    large = Budget(path, cost=1.0, price=Price(10, 10))
    small = Budget(path, cost=1.0, price=Price(1, 1))
    large.spend(Usage(50_000, 0))
    small.spend(Usage(0, 400_000))
    large.check()
    small.check()
    small.spend(Usage(100_000, 0))
    for budget in (large, small):
        with pytest.raises(ModelFailed, match="budget of 1 "):
            budget.check()
    day = datetime.now(UTC).date().isoformat()
    path.write_text(f'{{"day": "{day}", "input_tokens": 60000, "output_tokens": 60000}}')
    small.check()
    with pytest.raises(ModelFailed):
        large.check()


def test_a_damaged_count_starts_anew_and_a_lost_place_is_told(tmp_path: Path) -> None:
    """Nobody is stopped by a broken file; a folder that is none is one sentence."""
    path = tmp_path / "spent.json"
    path.write_text("{ broken")
    budget = Budget(path, tokens=10)
    budget.check()
    budget.spend(Usage(4, 0))
    assert budget.spent() == Usage(4, 0)
    with pytest.raises(ModelFailed, match="cannot be saved"):
        Budget(path / "below a file" / "spent.json", tokens=10).check()


def test_without_a_bound_no_file_is_written(tmp_path: Path) -> None:
    """Counting is for those who ask for it."""
    budget = Budget(tmp_path / "spent.json")
    budget.check()
    budget.spend(Usage(1, 1))
    assert not (tmp_path / "spent.json").exists()


def test_processes_share_one_count(tmp_path: Path) -> None:
    """Four processes that spend at once lose nothing."""
    code = (
        "import sys; from pathlib import Path; from bot.answer import Usage; "
        "from bot.model.budget import Budget\n"
        "for _ in range(25): Budget(Path(sys.argv[1]), tokens=10**9).spend(Usage(3, 1))"
    )
    path = tmp_path / "spent.json"
    workers = [subprocess.Popen([sys.executable, "-c", code, str(path)], cwd=ROOT) for _ in range(4)]
    assert [worker.wait(60) for worker in workers] == [0] * 4
    assert Budget(path, tokens=10**9).spent() == Usage(300, 100)


async def test_the_model_is_not_asked_beyond_the_bound(server: OpenAIStandIn, tmp_path: Path) -> None:
    """The first question spends the day's tokens; the second is one sentence and no request."""
    asked = chain(server, state=tmp_path, daily_tokens=50)
    meter = UsageMeter()
    await drafts(asked, meter=meter)
    assert meter.total.input_tokens > 50
    with pytest.raises(ModelFailed, match="used up"):
        await drafts(asked)
    assert len(server.requests) == 1


async def test_a_stopped_answer_is_paid_for(server: OpenAIStandIn, tmp_path: Path) -> None:
    """Whoever closes a stream before the server counts has spent about the prompt and what came."""
    server.say("The council banned drones. [1] " * 100, pause=0.1)
    asked = chain(server, state=tmp_path, daily_tokens=10**6)
    stream = asked.answer(request(), UsageMeter())
    await first_draft(stream)
    await stream.aclose()
    spent = Budget(tmp_path / "model-spending.json", tokens=10**6).spent()
    assert spent.input_tokens > 300
    assert 0 < spent.output_tokens < 100


async def test_a_server_that_does_not_count_is_estimated(server: OpenAIStandIn, tmp_path: Path) -> None:
    """The budget holds also for servers that tell no usage; the answer claims none."""
    server.say("The council banned drones. [1]", usage=False)
    asked = chain(server, state=tmp_path, daily_tokens=10**6)
    meter = UsageMeter()
    await drafts(asked, meter=meter)
    assert meter.total == Usage()
    assert Budget(tmp_path / "model-spending.json", tokens=10**6).spent().input_tokens > 300


async def test_each_request_has_the_price_of_its_model(server: OpenAIStandIn, tmp_path: Path) -> None:
    """A check has the price of its own model; without the price of one of them, the cost is unknown."""
    table = tmp_path / "prices.toml"
    table.write_text('"stand-in" = { input = 1000, output = 2000 }\n"small" = { input = 10, output = 20 }\n')

    async def spent(**settings: Any) -> tuple[Usage, Usage, Usage]:
        asked, answer, check = chain(server, **settings), UsageMeter(), UsageMeter()
        await drafts(asked, meter=answer)
        await asked.check("Who?", HITS, [CheckedSentence("The council banned drones.")], check)
        return answer.total, check.total, answer.total + check.total

    def cost(usage: Usage, price: float) -> float:
        return (usage.input_tokens * price + usage.output_tokens * 2 * price) / 1_000_000

    answer, check, both = await spent(prices=table, check_model="small")
    assert answer.cost == pytest.approx(cost(answer, 1000))
    assert check.cost == pytest.approx(cost(check, 10))
    assert both.cost == pytest.approx(cost(answer, 1000) + cost(check, 10))
    assert [usage.cost is None for usage in await spent(prices=table, check_model="x")] == [False, True, True]
    assert [usage.cost for usage in await spent()] == [None] * 3
