"""Errors of templates, with the file and the line in which they are."""

import traceback
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.template import Node
from django.template.base import Parser


class Fault(NamedTuple):
    """What is wrong, and where: `file` as a designer knows it, `line` 0 where no line is known."""

    file: str
    line: int
    text: str


def fault_of(error: Exception) -> Fault:
    """Return where an error of a template is: in the innermost tag that was being read or rendered.

    Django notes that on the error itself while DEBUG is on alone.
    """
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
        if isinstance(this, Node) and getattr(this, "origin", None) and this.token:
            origin, line = this.origin, this.token.lineno or 0
        elif isinstance(this, Parser):
            origin, line = this.origin, getattr(getattr(error, "token", None), "lineno", 0)
        elif (node := _looked_at(frame.f_locals)) is not None:
            origin, line = node.origin, node.token.lineno or 0
    return origin, line


def _looked_at(values: dict[str, Any]) -> Any:
    """Return the tag that discuss.rendering.outline is looking at, without rendering it."""
    node = values.get("node")
    is_tag = isinstance(node, Node) and node.token is not None
    return node if is_tag and getattr(node, "origin", None) else None


def shown_path(path: str | Path) -> str:
    """Return a template's path from the folder of the project, where it is in there."""
    path = Path(path)
    base = Path(settings.BASE_DIR)
    return str(path.relative_to(base) if path.is_relative_to(base) else path)


def _said(error: Exception) -> str:
    text = str(getattr(error, "raw_error_message", error))
    return f"{type(error).__name__}: {text}"
