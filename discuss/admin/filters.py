"""Filters of lists that would be too long for Django's own, which offer every related row."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_lazy as _

from discuss.admin.acting import findable_groups
from discuss.forms import NumberField
from discuss.models import Group, Kind
from discuss.rules.text import Text


class ChosenFilter(admin.SimpleListFilter):
    """Rows of some groups or people, which another page's link names; without one it offers nothing."""

    related: type[Model]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        value = self.value()
        if value is None:
            return []
        rows = self.related._default_manager.filter(pk__in=self.pks)
        if self.related is Group:
            rows = rows.filter(pk__in=findable_groups(request))
        names = [str(row) for row in rows]
        return [(value, ", ".join(names) or gettext("nothing that is still there"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() is None:
            return queryset
        return queryset.filter(**{f"{self.parameter_name}__in": self.pks})

    @property
    def pks(self) -> list[int]:
        try:
            return [NumberField().clean(pk) for pk in (self.value() or "").split(",")]
        except ValidationError:
            return []


def chosen(parameter: str, title: Text, model: type[Model]) -> type[ChosenFilter]:
    """Return a filter on the foreign key `parameter` to `model`."""
    attributes = {"parameter_name": parameter, "title": title, "related": model}
    return type("ChosenFilter", (ChosenFilter,), attributes)


class RemovedFilter(admin.SimpleListFilter):
    """Messages that stand, or those of which a tombstone is left."""

    title = _("state")
    parameter_name = "removed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("no", gettext("Shown")), ("yes", gettext("Removed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() is None:
            return queryset
        return queryset.filter(hidden_at__isnull=self.value() != "yes")


class EventKindFilter(admin.SimpleListFilter):
    """Events of a kind: Django's own filter would offer messages among them."""

    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(kind.value, str(kind.label)) for kind in Kind if kind != Kind.MESSAGE]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset if self.value() is None else queryset.filter(kind=self.value())
