"""What can go wrong with a sum, in words that say what to do."""

from __future__ import annotations

from knowledge.errors import KnowledgeError


class CalculatorError(KnowledgeError):
    """A sum could not be worked out."""


class UnknownCalculator(CalculatorError):
    """There is no calculator of that kind."""

    def __init__(self, kind: str, known: list[str]) -> None:
        self.kind = kind
        self.known = known
        super().__init__(f"没有叫 {kind} 的计算器，可用的有：{'、'.join(known)}")


class BadInput(CalculatorError):
    """A field holds something that no sum can be based on. `example` shows what is right."""

    def __init__(self, field: str, message: str, example: str) -> None:
        self.field = field
        self.message = message
        self.example = example
        super().__init__(f"{message}例如：{example}。" if example else message)


class MissingInput(BadInput):
    """A field that the sum needs was not given; `message` is the question to ask."""


class FigureMissing(CalculatorError):
    """A figure of the law is not in the policy base for that day."""

    def __init__(self, figure: str, title: str) -> None:
        self.figure = figure
        super().__init__(f"政策库里没有“{title}”在这一天的数值，先不要算，请补上 {figure}")
