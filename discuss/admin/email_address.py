"""Addresses of mail: allauth's own table, searched as ours are."""

from allauth.account.admin import EmailAddressAdmin as OwnEmailAddressAdmin
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.http import HttpRequest

admin.site.unregister(EmailAddress)


@admin.register(EmailAddress)
class EmailAddressAdmin(OwnEmailAddressAdmin):
    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        return ("email__holds", "user__username__holds")
