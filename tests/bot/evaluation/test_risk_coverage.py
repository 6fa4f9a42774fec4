"""The risk-coverage curve in characters and as a picture."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import PlotUnavailable
from bot.evaluation.risk_coverage import plot, save_plot

CURVE = [(0.25, 0.0), (0.5, 0.0), (0.75, 0.2), (1.0, 0.4)]


def test_the_curve_rises_where_the_risk_does() -> None:
    """Coverage goes right, risk goes up, the axis ends at the next tenth."""
    assert plot(CURVE, columns=8, rows=5).splitlines() == [
        "risk",
        " 40% │      ••",
        "     │",
        "     │    ••",
        "     │",
        "  0% │••••",
        "     └────────",
        "      0 %coverage (surest answers first)100 %",
    ]


def test_no_answers_no_curve() -> None:
    """An empty curve is an empty text."""
    assert plot([]) == ""


def test_a_picture_is_drawn_or_the_missing_extra_is_named(tmp_path: Path) -> None:
    """With matplotlib a PNG; without it one sentence, and the command that installs it."""
    target = tmp_path / "curve.png"
    try:
        save_plot({"now": CURVE, "before": CURVE[:2]}, target)
    except PlotUnavailable as error:
        assert "plot" in error.help  # noqa: PT017
    else:
        assert target.read_bytes().startswith(b"\x89PNG")


def test_a_picture_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    """A folder that is not there is one sentence, not a traceback."""
    with pytest.raises(PlotUnavailable):
        save_plot({"now": CURVE}, tmp_path / "gone" / "curve.png")
