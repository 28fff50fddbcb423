"""Rasa's graph, one node after the other.

Rasa 3.6.21 hands every prediction to dask, which orders the same seven nodes anew, asks its configuration and keeps
books for a pool of workers that it does not use; before that it formats all inputs, the whole tracker among them, for a
debug line that nobody reads. Here the order is worked out once for each set of targets and kept. Results and errors
stay the same (tests/bot/dialogue/in_rasa/straight_runner.py compares both on the trained model; decision 0080).
"""

from __future__ import annotations

from typing import Any

from rasa.engine.exceptions import GraphRunError
from rasa.engine.graph import GraphSchema
from rasa.engine.runner.dask import DaskGraphRunner

Step = tuple[str, Any, tuple[str, ...]]  # a node's name, the node, and whose results it needs


def patch() -> None:
    DaskGraphRunner.run = run  # type: ignore[method-assign]


def run(
    self: DaskGraphRunner, inputs: dict[str, Any] | None = None, targets: list[str] | None = None
) -> dict[str, Any]:
    wanted = tuple(targets or self._graph_schema.target_names)
    plans: dict[tuple[str, ...], list[Step]] = self.__dict__.setdefault("plans", {})
    if wanted not in plans:
        plans[wanted] = _plan(self, list(wanted))
    found: dict[str, Any] = {}
    for name, value in (inputs or {}).items():
        if isinstance(value, str) and value in self._graph_schema.nodes:
            raise GraphRunError(f"The input value {value!r} is the name of a node too.")
        found[name] = (name, value)
    try:
        for name, node, needs in plans[wanted]:
            found[name] = node(*(found.get(need, need) for need in needs))
    except RuntimeError as error:
        raise GraphRunError("Error running runner.") from error
    return dict(found[name] for name in wanted)


def _plan(runner: DaskGraphRunner, targets: list[str]) -> list[Step]:
    """The nodes that the targets need, each after those whose results it takes."""
    schema: GraphSchema = runner._graph_schema.minimal_graph_schema(targets)
    plan: list[Step] = []
    known: set[str] = set()

    def add(name: str) -> None:
        if name in known or name not in schema.nodes:  # what is no node is an input
            return
        known.add(name)
        needs = tuple(schema.nodes[name].needs.values())
        for need in needs:
            add(need)
        plan.append((name, runner._instantiated_nodes[name], needs))

    for target in targets:
        add(target)
    return plan
