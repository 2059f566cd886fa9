"""What templates that are not ours may cost: so much work, and where they are given all, no query."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import inf
from time import thread_time
from typing import Any, NoReturn

from django.db import connection
from django.http import HttpRequest
from django.template.context import Context, RequestContext

from discuss.db.giving_way import give_way

# Seconds of computing that a page's template may take, with all that it includes. One of ours takes 0.05.
MOST_SECONDS = 1.0
# Those of a fragment, for which all who are connected to a process wait. One of ours takes 0.006 at most.
MOST_SECONDS_OF_A_FRAGMENT = 0.25
# Steps of a template, such as one round of a loop, between two looks at the clock, which take 1.4 us each.
# A filter is no step: one that takes long is noticed behind it.
STEPS = 16


class TooMuchWork(Exception):
    """Raised within a template that takes too long."""


class QueryRefused(Exception):
    """Raised within a template that asks the database, where it is given all that it shows."""


class _Bounded:
    """A context that ends the rendering once it takes too long, and gives way meanwhile.

    Each round of a loop changes it.
    """

    steps = 0
    until = 0.0
    most = 0.0

    def __setitem__(self, key: Any, value: Any) -> None:
        self._step()
        super().__setitem__(key, value)  # type: ignore[misc]

    def push(self, *args: Any, **kwargs: Any) -> Any:
        self._step()
        return super().push(*args, **kwargs)  # type: ignore[misc]

    def update(self, other_dict: Any) -> Any:
        self._step()
        return super().update(other_dict)  # type: ignore[misc]

    def _step(self) -> None:
        self.steps += 1
        if self.steps % STEPS == 0:
            give_way()
            if thread_time() > self.until > 0:
                raise TooMuchWork(f"It took more than {self.most:g} s.")


class BoundedContext(_Bounded, Context):
    """One of a template that is rendered without a request."""


class BoundedRequestContext(_Bounded, RequestContext):
    """One of a page."""


def most_seconds(is_alone: bool) -> float:
    """Return how many seconds of computing a page's template may take, or a fragment's, which is alone."""
    return MOST_SECONDS_OF_A_FRAGMENT if is_alone else MOST_SECONDS


def bounded(
    context: dict[str, Any] | None, request: HttpRequest | None, seconds: float = inf
) -> Context:
    """Return what a template is rendered with, from now on: as Django's make_context, but bounded."""
    made: BoundedContext | BoundedRequestContext
    if request is None:
        made = BoundedContext(context)
    else:
        made = BoundedRequestContext(request)
        if context:
            made.push(context)
    made.until, made.most = thread_time() + seconds, seconds
    return made


@contextmanager
def without_queries() -> Iterator[None]:
    """Refuse each query in here."""
    with connection.execute_wrapper(_refuse):
        yield


def _refuse(execute: Callable[..., Any], sql: str, *args: Any) -> NoReturn:
    raise QueryRefused(f"A fragment asks the database for nothing: {sql[:100]}")
