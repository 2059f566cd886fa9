"""Errors of templates, with the file and the line in which they are, and who is told of them."""

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.template import Node
from django.template.base import Parser
from django.template.loader_tags import IncludeNode

from discuss.rendering.contract import Lacking

logger = logging.getLogger(__name__)

# Templates of which the log says that they have a fault, and how many at most.
_faulty: set[str] = set()
FAULTY_KEPT = 100
# Where the errors go of what is being rendered, besides the log; nowhere else where there is none.
witness: ContextVar[list[Exception] | None] = ContextVar("witness", default=None)


class Fault(NamedTuple):
    """What is wrong, and where: `file` as a designer knows it, `line` 0 where no line is known."""

    file: str
    line: int
    text: str


def fault_of(error: Exception) -> Fault:
    """Return where an error of a template is: in the innermost tag that was being read or rendered.

    Django notes that on the error itself while DEBUG is on alone.
    """
    if isinstance(error, Lacking):
        return Fault(shown_path(error.file), error.line, str(error))
    origin, line = _place(error)
    return Fault(shown_path(origin.name) if origin else "", line, _said(error))


def _place(error: BaseException) -> tuple[Any, int]:
    """Return the origin and the line of the tag; of an error that was raised anew, those of the first."""
    if error.__cause__ is not None:
        found = _place(error.__cause__)
        if found[0] is not None:
            return found
    origin, line = None, 0
    for frame, _ in traceback.walk_tb(error.__traceback__):
        this = frame.f_locals.get("self")
        if isinstance(this, Parser):
            origin, line = this.origin, getattr(getattr(error, "token", None), "lineno", 0)
        elif (node := _tag(this) or _tag(frame.f_locals.get("node"))) is None:
            continue
        elif not (isinstance(error, RecursionError) and origin) or _closes_circle(node):
            origin, line = node.origin, node.token.lineno or 0
    return origin, line


def _tag(value: Any) -> Any:
    """Return a tag that is being rendered, or that discuss.rendering.outline is looking at."""
    is_tag = isinstance(value, Node) and value.token is not None
    return value if is_tag and getattr(value, "origin", None) else None


def _closes_circle(node: Any) -> bool:
    """Whether it is what makes a template include itself, by way of some of ours."""
    is_ours = Path(node.origin.name).is_relative_to(Path(settings.BASE_DIR, "templates"))
    return isinstance(node, IncludeNode) and not is_ours


def shown_path(path: str | Path) -> str:
    """Return a template's path from the folder of the project, where it is in there."""
    path = Path(path)
    base = Path(settings.BASE_DIR)
    return str(path.relative_to(base) if path.is_relative_to(base) else path)


def _said(error: Exception) -> str:
    text = str(getattr(error, "raw_error_message", error))
    return f"{type(error).__name__}: {text}"


@contextmanager
def witnessed() -> Iterator[list[Exception]]:
    """Give the errors of templates that are rendered in here, those in whose place ours is shown, too."""
    errors: list[Exception] = []
    token = witness.set(errors)
    try:
        yield errors
    finally:
        witness.reset(token)


def tell_of_fault(what: str, error: Exception) -> None:
    """Log that a template cannot be shown: once, however many pages it is part of."""
    if what in _faulty:
        return
    if len(_faulty) >= FAULTY_KEPT:
        _faulty.clear()
    _faulty.add(what)
    file, line, text = fault_of(error)
    told = "%s cannot be shown (%s, line %s: %s). What is below is shown in its place."
    logger.error(told, what, file, line, text, exc_info=error)
