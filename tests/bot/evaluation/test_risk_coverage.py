"""The risk-coverage curve as text and as an image."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import PlotUnavailable
from bot.evaluation.risk_coverage import plot, save_plot

CURVE = [(0.25, 0.0), (0.5, 0.0), (0.75, 0.2), (1.0, 0.4)]


def test_the_curve_is_plotted_as_text() -> None:
    """Coverage is on the x axis, risk on the y axis, which ends at the next tenth."""
    assert plot(CURVE, columns=8, rows=5).splitlines() == [
        "risk",
        " 40% │      ••",
        "     │",
        "     │    ••",
        "     │",
        "  0% │••••",
        "     └────────",
        "      0 %coverage (most confident first)100 %",
    ]


def test_an_empty_curve_is_an_empty_text() -> None:
    """Without answers nothing is plotted."""
    assert plot([]) == ""


def test_a_plot_is_saved_or_the_missing_extra_is_named(tmp_path: Path) -> None:
    """With matplotlib it is a PNG; without it the error tells how to install it."""
    target = tmp_path / "curve.png"
    try:
        save_plot({"now": CURVE, "before": CURVE[:2]}, target)
    except PlotUnavailable as error:
        assert "plot" in error.help  # noqa: PT017
    else:
        assert target.read_bytes().startswith(b"\x89PNG")


def test_a_plot_that_cannot_be_written_raises(tmp_path: Path) -> None:
    """A missing folder raises PlotUnavailable."""
    with pytest.raises(PlotUnavailable):
        save_plot({"now": CURVE}, tmp_path / "gone" / "curve.png")
