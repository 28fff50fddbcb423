"""`./gongyou capacity`: from workers and messages a day to boxes, and where the next limit is.

The costs are processor time of one core for one message, as `./gongyou bench scale` prints them; give your own
machine's. docs/capacity.md says where the defaults come from.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import typer

app = typer.Typer(help=__doc__, add_completion=False)

ROOM = 0.6  # of a box's cores: above it waiting grows faster than work
COMMITS_A_MESSAGE = 5  # accepted, claimed, the turn's end, claimed for delivery, delivered
ROW_BYTES = 6_000  # a message with its answer, its events and its share of the indexes, until it is archived


@dataclass(frozen=True)
class Costs:
    """Milliseconds of one core for a message."""

    encoder: float
    rasa: float
    app: float
    database: float

    @property
    def whole(self) -> float:
        return self.encoder + self.rasa + self.app + self.database


@dataclass(frozen=True)
class Plan:
    peak_rate: float
    cores: dict[str, float]
    app_boxes: int
    rasa_processes: int
    commits: float
    gigabytes_a_month: float
    limit: str


def plan(workers: float, a_day: float, peak: float, cores: int, commit_limit: float, costs: Costs) -> Plan:
    """`peak` is the busiest second against the day's mean; Mondays after payday are about eight."""
    rate = workers * a_day / 86_400 * peak
    needed = {name: rate * getattr(costs, name) / 1000 for name in ("encoder", "rasa", "app", "database")}
    boxes = max(1, math.ceil((needed["encoder"] + needed["rasa"] + needed["app"]) / (cores * ROOM)))
    commits = rate * COMMITS_A_MESSAGE
    if commits > commit_limit:
        limit = f"commits: more than {commit_limit:,.0f} a second; split the cities over several databases"
    elif boxes == 1:
        limit = "none yet: one box carries it"
    else:
        heaviest = max(("encoder", "rasa", "app"), key=needed.__getitem__)
        limit = f"{heaviest}: add app hosts"
    stored = workers * a_day * 30 * ROW_BYTES / 1e9
    return Plan(rate, needed, boxes, max(1, math.ceil(needed["rasa"] / ROOM)), commits, stored, limit)


@app.command()
def capacity(
    workers: float = typer.Option(..., help="people who may write"),
    a_day: float = typer.Option(0.02, help="messages a person and day"),
    peak: float = typer.Option(8.0, help="the busiest second against the day's mean"),
    cores: int = typer.Option(8, help="cores of one app host"),
    commit_limit: float = typer.Option(8000.0, help="commits a second that the database carries"),
    encoder: float = typer.Option(6.0, help="ms of one core for a sentence's vector"),
    rasa: float = typer.Option(20.0, help="ms of one core in Rasa, a second reading of one message in four among them"),
    app_ms: float = typer.Option(9.0, help="ms of one core in gateway, worker and actions"),
    database: float = typer.Option(3.0, help="ms of one core in the database"),
) -> None:
    made = plan(workers, a_day, peak, cores, commit_limit, Costs(encoder, rasa, app_ms, database))
    print(f"{workers:,.0f} workers, {workers * a_day:,.0f} messages a day, {made.peak_rate:,.1f} a second at the peak")
    for name, number in made.cores.items():
        print(f"  {name:9} {number:8.1f} cores")
    print(f"  app hosts of {cores} cores: {made.app_boxes}, with {made.rasa_processes} Rasa processes in all")
    print(
        f"  database: {made.commits:,.0f} commits a second, {made.gigabytes_a_month:,.1f} GB a month before archiving"
    )
    print(f"  next limit: {made.limit}")
