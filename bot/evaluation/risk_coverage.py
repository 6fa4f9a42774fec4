"""Plots the risk-coverage curve of an evaluation in the terminal and as an image."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.errors import PlotUnavailable

Curve = Sequence[tuple[float, float]]  # (coverage, risk), both 0..1, by increasing coverage

COLUMNS, ROWS = 48, 10


def plot(curve: Curve, columns: int = COLUMNS, rows: int = ROWS) -> str:
    """The curve as text: coverage on the x axis, risk on the y axis, up to its maximum rounded up to .1."""
    if not curve:
        return ""
    top = min(1.0, max(0.1, -(-max(risk for _, risk in curve) * 10 // 1) / 10))
    heights = [round(_risk_at(curve, (column + 1) / columns) / top * (rows - 1)) for column in range(columns)]
    lines = []
    for row in range(rows - 1, -1, -1):
        label = f"{top * row / (rows - 1):4.0%}" if row in (0, rows - 1) else "    "
        marks = "".join("•" if height == row else " " for height in heights)
        lines.append(f"{label} │{marks}".rstrip())
    title = "coverage (most confident first)"
    lines.append("     └" + "─" * columns)
    lines.append(f"      0 %{title:^{columns - 8}}100 %")
    return "risk\n" + "\n".join(lines)


def _risk_at(curve: Curve, coverage: float) -> float:
    """The risk at the first point with at least this coverage."""
    return next((risk for covered, risk in curve if covered >= coverage - 1e-9), curve[-1][1])


def save_plot(curves: Mapping[str, Curve], path: Path) -> None:
    """Draw the named curves into a PNG, SVG or PDF, by the path's suffix. Raises PlotUnavailable."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise PlotUnavailable("matplotlib is not installed.") from None
    figure = Figure(figsize=(6, 4), dpi=150, layout="constrained")
    axes = figure.subplots()
    for name, curve in curves.items():
        axes.plot([covered for covered, _ in curve], [risk for _, risk in curve], label=name)
    axes.set(xlabel="coverage: share of questions answered", ylabel="risk: share of wrong answers")
    axes.set(xlim=(0, 1), ylim=(0, None))
    axes.grid(alpha=0.3)
    axes.legend()
    try:
        figure.savefig(path)
    except (OSError, ValueError) as error:
        raise PlotUnavailable(f"The plot cannot be written to {path} ({error}).", "") from error
