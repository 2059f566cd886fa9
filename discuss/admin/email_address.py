"""Addresses of mail: allauth's own table, searched as ours are, and changed by superusers alone."""

from typing import Any

from allauth.account.admin import EmailAddressAdmin as OwnEmailAddressAdmin
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.http import HttpRequest

admin.site.unregister(EmailAddress)


@admin.register(EmailAddress)
class EmailAddressAdmin(OwnEmailAddressAdmin):
    # Not allauth's own, which lets whoever may look confirm an address.
    actions = ()

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        return ("email__holds", "user__username__holds")

    # Whoever can give a superuser an address can reset their password.
    def has_add_permission(self, request: HttpRequest) -> bool:
        return _is_superuser(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_superuser(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_superuser(request)


def _is_superuser(request: HttpRequest) -> bool:
    return bool(request.user.is_active and request.user.is_superuser)
