"""Logs: one JSON object a line, with ids and codes only.

What never gets in: messages of exceptions and local variables (an error about a value quotes the
value), arguments of other libraries' log calls (Django's name the path, and a path may carry a
token), query strings and bodies. JSON escapes line ends, so no one can write a second line.
"""

import logging
import logging.config
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from types import TracebackType
from typing import Any, TextIO

import structlog

from keepwell.toolkit import clock

OUR_LOGGERS = "keepwell"
MOST_FRAMES = 16

Event = MutableMapping[str, Any]


def _moment(_logger: Any, _name: str, event: Event) -> Event:
    return {"time": clock.now().isoformat(timespec="milliseconds"), **event}


def frames_of(tb: TracebackType | None) -> list[str]:
    """Return where an exception passed, innermost last: file, line and function, nothing else."""
    frames = traceback.extract_tb(tb)[-MOST_FRAMES:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]


def describe(error: BaseException) -> dict[str, Any]:
    """Return an exception without anything it could have quoted: classes and frames."""
    classes: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(classes) < 5:
        classes.append(f"{type(cause).__module__}.{type(cause).__qualname__}")
        cause = cause.__cause__ or cause.__context__
    return {"error": classes, "frames": frames_of(error.__traceback__)}


def _exception(_logger: Any, _name: str, event: Event) -> Event:
    info = event.pop("exc_info", None)
    event.pop("stack_info", None)
    if info is True:
        info = sys.exc_info()
    error = info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        event.update(describe(error))
    return event


def _foreign(_logger: Any, _name: str, event: Event) -> Event:
    """Keep of another library's record what its code wrote, never what it was given."""
    record: logging.LogRecord = event["_record"]
    args = event.pop("positional_args", ())
    if not record.name.startswith(OUR_LOGGERS):
        event["event"] = record.msg if args and isinstance(record.msg, str) else "said"
        event["at"] = f"{record.pathname}:{record.lineno}"
        status = getattr(record, "status_code", None)
        if isinstance(status, int):
            event["status"] = status
    event["logger"] = record.name
    return event


class _Standard(logging.StreamHandler[TextIO]):
    """Write to whatever standard error is now, so that a redirected one is respected."""

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stderr
        super().emit(record)


def _class_of(value: Any) -> str:
    return f"<{type(value).__qualname__}>"


_SHARED = [structlog.stdlib.add_log_level, _moment, _exception]


def configuration(level: str = "INFO") -> dict[str, Any]:
    """Return the logging configuration for `logging.config.dictConfig`."""
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": [structlog.stdlib.add_log_level, _moment, _foreign],
        "processors": [
            _exception,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(ensure_ascii=True, default=_class_of),
        ],
        # Never keep_exc_info: the standard formatter would write traceback and message below.
        "pass_foreign_args": True,
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": formatter},
        "handlers": {"standard": {"()": _Standard, "formatter": "json"}},
        "root": {"handlers": ["standard"], "level": "WARNING"},
        "loggers": {
            OUR_LOGGERS: {"level": level},
            # Without Django's own handlers: one of them would mail tracebacks with their values.
            "django": {"handlers": [], "level": "WARNING"},
            "django.request": {"level": "CRITICAL"},  # the access line and shell.errors say it
            "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
        },
    }


def configure(config: Mapping[str, Any]) -> None:
    """Set up logging for this process: Django's LOGGING_CONFIG, called if LOGGING is not empty."""
    logging.config.dictConfig({**configuration(), **config})
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
