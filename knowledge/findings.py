"""What the lint has to say about a file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Finding:
    """One thing wrong (or, as a warning, doubtful). The message begins with the path."""

    path: str
    rule: str
    problem: str
    allowed: str = ""
    warning: bool = False

    def __str__(self) -> str:
        level = "提醒" if self.warning else "错误"
        return f"{self.path}: {level}[{self.rule}] {self.problem}" + (f"；{self.allowed}" if self.allowed else "")
