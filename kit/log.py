"""Logs as JSON lines: ids, stage, duration, outcome; never a person's words, numbers or tokens.

What the redactor below removes is the last fence, not the first: callers log ids only. A trace names files, lines and
kinds of errors; the message of an error is shown only when the error is one of ours, whose messages say what to do:
libraries put into theirs whatever they were given.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog

_LONG_NUMBER = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|\d{15,19}|\d{17}[\dXx])(?!\d)")
OURS = ("kit", "bot", "actions", "knowledge", "hotline", "commands")
_PRIVATE_KEYS = frozenset({"text", "body", "phone", "address", "name", "token", "secret", "payload", "message_text"})


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop fields that hold a person's words and blank long numbers everywhere else."""
    for key, value in list(event.items()):
        if key in _PRIVATE_KEYS:
            event[key] = "[not logged]"
        elif isinstance(value, str):
            event[key] = _LONG_NUMBER.sub("[number]", value)
    return event


def trace(error: BaseException) -> str:
    """Where it happened and what kind of error it was, the first cause first."""
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    before = [trace(cause), ""] if cause is not None else []
    frames = [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    kind = type(error)
    is_ours = kind.__module__.partition(".")[0] in OURS
    return "\n".join([*before, *frames, f"{kind.__module__}.{kind.__qualname__}" + (f": {error}" if is_ours else "")])


def _with_trace(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    given = event.pop("exc_info", None)
    error = sys.exc_info()[1] if given is True else given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        event["exception"] = trace(error)
    return event


class _RedactingFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return _LONG_NUMBER.sub("[number]", super().format(record))

    def formatException(self, ei: Any) -> str:
        return trace(ei[1]) if ei[1] is not None else ""


def set_up(level: str = "INFO") -> None:
    """Write our events as JSON to standard error; other libraries' lines go through the same redaction."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_RedactingFormatter("%(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for chatty in ("httpx", "httpcore", "uvicorn.access"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _with_trace,
            redact,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level)),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def logger(stage: str) -> Any:
    """A logger whose lines carry the stage's name."""
    return structlog.get_logger(stage=stage)
