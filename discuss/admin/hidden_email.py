"""Addresses of mail in the admin: who may only look at people sees none, and finds nobody by one."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest

from discuss.admin.acting import ModelAdmin, staff_of


class HiddenEmail(ModelAdmin):
    """Take addresses of mail out of the list, out of what is searched, and out of what may be asked for."""

    def get_list_display(self, request: HttpRequest) -> Any:
        return _without_email(request, super().get_list_display(request))

    def get_search_fields(self, request: HttpRequest) -> Any:
        return _without_email(request, super().get_search_fields(request))

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        is_allowed = super().lookup_allowed(lookup, value, request)
        return is_allowed and bool(_without_email(request, [lookup]))


def may_see_email(request: HttpRequest) -> bool:
    return staff_of(request).has_perm("discuss.change_user")


def _without_email(request: HttpRequest, names: Iterable[Any]) -> list[Any]:
    return [name for name in names if may_see_email(request) or not name.startswith("email")]
