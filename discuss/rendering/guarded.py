"""A template whose faults are passed over: what is below is rendered in its place."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from time import thread_time
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError
from django.http import HttpRequest
from django.template import Context, Template, TemplateDoesNotExist
from django.template.backends.django import Template as DjangoTemplate, reraise
from django.template.context import make_context

from discuss.db.giving_way import give_way
from discuss.rendering import faults
from discuss.rendering.bounds import TooMuchWork, bounded, most_seconds, without_queries

if TYPE_CHECKING:
    from discuss.rendering.backend import Templates


class GuardedTemplate(DjangoTemplate):
    """A template, or what is below where it cannot be rendered."""

    backend: "Templates"

    def render(
        self, context: dict[str, Any] | None = None, request: HttpRequest | None = None
    ) -> str:
        return self._render(context, request, is_alone=False)

    def render_alone(self, context: dict[str, Any]) -> str:
        """Render what fetches nothing: it is given all that it shows."""
        return self._render(context, None, is_alone=True)

    def _render(
        self, context: dict[str, Any] | None, request: HttpRequest | None, *, is_alone: bool
    ) -> str:
        give_way()
        if not self.backend.has_others:
            return self._ours(context, request)
        name = str(self.template.name)
        if (witness := faults.witness.get()) is not None:
            # Who looks on is told of what is passed over in what is shown.
            with _noted(witness):
                found = self.backend.engine.get_template(name)
                with _noted(witness):
                    self.backend.look_at(found)
                _rendered(found, context, request, is_alone)
        begin = thread_time()
        try:
            html = _rendered(self.template, context, request, is_alone)
        except DatabaseError:
            raise  # which is tried again
        except Exception as error:
            if witness is not None:
                witness.append(error)
            if isinstance(error, (TooMuchWork, RecursionError)):
                self.backend.took_too_long(name)
            return self._below(error, context, request, is_alone)
        if thread_time() - begin > most_seconds(is_alone):
            slow = TooMuchWork(f"It took {thread_time() - begin:.1f} s.")
            self.backend.took_too_long(name)
            self.backend.tell_of_fault(name, slow)
        else:
            self.backend.was_quick(name)
        return html

    def _ours(self, context: dict[str, Any] | None, request: HttpRequest | None) -> str:
        """Render it as Django does; a page gives way meanwhile."""
        made = bounded(context, request) if request else make_context(context)
        made.autoescape = self.backend.engine.autoescape
        try:
            html: str = self.template.render(made)
        except TemplateDoesNotExist as error:
            reraise(error, self.backend)
        finally:
            _end(made)
        return html

    def _below(
        self,
        error: Exception,
        context: dict[str, Any] | None,
        request: HttpRequest | None,
        is_alone: bool,
    ) -> str:
        """Render what is below, in the place of what raised this error."""
        name = str(self.template.name)
        try:
            below = self.backend.below.get_template(name)
            html = below._render(context, request, is_alone=is_alone)
        except (TemplateDoesNotExist, type(error)):
            # It is no fault of theirs.
            raise error from None
        self.backend.tell_of_fault(name, error)
        return html


@contextmanager
def _noted(errors: list[Exception]) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        errors.append(error)


def _rendered(
    template: Template, context: dict[str, Any] | None, request: HttpRequest | None, is_alone: bool
) -> str:
    made = bounded(context, request, most_seconds(is_alone))
    try:
        with without_queries() if is_alone else nullcontext():
            html: str = template.render(made)
            return html
    finally:
        _end(made)


def _end(context: Context) -> None:
    """Take from a context what was rendered with it: a page's lines, and all else that it shows.

    Its dicts hold it, so that it is left to the garbage collector, which stops everybody for what it finds.
    """
    context.dicts.clear()
