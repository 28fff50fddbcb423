"""What every benchmark shares: a calibration loop, percentiles, and the load of the machine."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Sequence


def calibrate() -> float:
    """Milliseconds for a fixed piece of work: shows how fast the machine was while a round was measured."""
    started = time.perf_counter()
    total = 0
    for number in range(2_000_000):
        total += number * number % 7
    assert total > 0
    return (time.perf_counter() - started) * 1000


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    if not ordered:
        return float("nan")
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def load() -> str:
    return " ".join(f"{value:.2f}" for value in os.getloadavg())
