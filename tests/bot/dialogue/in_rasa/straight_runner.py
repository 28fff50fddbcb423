"""One node after the other gives what dask gives: the same results, the same refusals, the same order of needs."""

from dataclasses import dataclass

from rasa.engine.exceptions import GraphRunError
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema, SchemaNode
from rasa.engine.runner.dask import DaskGraphRunner

from bot.dialogue import straight_runner


@dataclass
class Part(GraphComponent):
    name: str

    @classmethod
    def create(cls, config, model_storage, resource, execution_context):
        return cls(execution_context.node_name)

    def run(self, **needs):
        return f"{self.name}({', '.join(f'{key}={value}' for key, value in sorted(needs.items()))})"


class Broken(Part):
    def run(self, **needs):
        raise ValueError("broken")


def node(needs, uses=Part):
    return SchemaNode(needs=needs, uses=uses, constructor_name="create", fn="run", config={}, eager=True)


schema = GraphSchema(
    {
        "read": node({"text": "__message__"}),
        "left": node({"read": "read"}),
        "right": node({"read": "read", "left": "left"}),
        "end": node({"a": "left", "b": "right", "tracker": "__tracker__"}),
        "apart": node({"text": "__message__"}),
        "broken": node({"read": "read"}, Broken),
    }
)
context = ExecutionContext(graph_schema=schema)
runner = DaskGraphRunner(schema, None, context)
INPUTS = {"__message__": ["工资"], "__tracker__": {"slots": {}}}
CASES = [
    (INPUTS, ["end"]),
    (INPUTS, ["apart", "right"]),
    (INPUTS, ["read"]),
    (INPUTS, ["read"]),
    ({"__message__": "left", "__tracker__": 1}, ["end"]),
    ({"__tracker__": 1}, ["end"]),
    (INPUTS, ["broken"]),
]


def outcome(inputs, targets):
    try:
        return runner.run(inputs, targets)
    except Exception as error:
        return type(error)


stock = [outcome(*case) for case in CASES]
straight_runner.patch()
ours = [outcome(*case) for case in CASES]
assert ours == stock, (stock, ours)
assert isinstance(ours[0], dict) and ours[4] is GraphRunError
print("ok")
