"""What packages bring to the admin: each page of it is one that we know of, and none is a way around ours."""

import pytest
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from discuss.models import (
    BlockedNetwork,
    Event,
    Filter,
    Group,
    Invitation,
    Membership,
    Message,
    Site,
    TokenSheet,
    User,
)
from tests.cast import log_in

pytestmark = pytest.mark.django_db


def test_these_are_all_the_pages_there_are():
    """Another one has to be thought through first: may who is let in there become somebody else?"""
    # Filters are there to be read, and blocked networks to be taken back.
    ours = {User, Group, Invitation, Membership, Message, Event, Site, EmailAddress}
    # A look is written on a page of its own.
    assert set(admin.site._registry) == ours | {Filter, BlockedNetwork, TokenSheet}


@pytest.mark.parametrize("view", ["add", "change", "delete"])
def test_nobody_becomes_a_superuser_by_an_address(
    boss: User, helper: User, desk: Client, view: str
):
    helper.user_permissions.add(*Permission.objects.filter(content_type__app_label="account"))
    address = EmailAddress.objects.create(user=boss, email="boss@example.org")
    args = [] if view == "add" else [address.pk]
    page = reverse(f"admin:account_emailaddress_{view}", args=args)
    fields = {"user": boss.pk, "email": "helper@example.org", "verified": "on", "post": "yes"}
    theirs = log_in(helper)
    assert theirs.get(reverse("admin:account_emailaddress_changelist")).status_code == 200
    assert theirs.post(page, fields).status_code == 403
    assert EmailAddress.objects.get().email == "boss@example.org"
    assert desk.post(page, fields).status_code == 302


def test_who_may_look_at_addresses_confirms_none(helper: User):
    helper.user_permissions.add(*Permission.objects.filter(content_type__app_label="account"))
    address = EmailAddress.objects.create(user=helper, email="boss@example.org")
    page = reverse("admin:account_emailaddress_changelist")
    log_in(helper).post(page, {"action": "make_verified", "_selected_action": [address.pk]})
    assert not EmailAddress.objects.get().verified
