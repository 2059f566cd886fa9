"""Hidden groups in the admin: superusers deal with all groups, other staff with those that they may find."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from discuss import actions
from discuss.models import Event, Group, Invitation, Membership, Message, User
from tests.admin.desk import SETTINGS, choose, form_of, url
from tests.cast import Cast, log_in
from tests.hidden import hide


@pytest.fixture
def cellar(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Group:
    group = actions.create_group(cast.ann, name="Cellar", description="Wine")
    membership = Membership.objects.get(group=group)
    actions.post_message(membership, text="Spiders", nonce=actions.new_nonce())
    actions.make_invitation(membership, group=group, uses=1, days=1)
    hide(monkeypatch, pk=group.pk)
    return group


def told(client: Client, cellar: Group) -> list[str]:
    """Return where somebody is told of the hidden group."""
    message = Message.objects.get()
    addresses = {
        "groups": url(Group, "changelist"),
        "memberships": url(Membership, "changelist"),
        "messages": url(Message, "changelist"),
        "events": url(Event, "changelist"),
        "filter": f"{url(Message, 'changelist')}?group={cellar.pk}",
        "group": url(Group, "change", cellar.pk),
        "history": url(Group, "history", cellar.pk),
        "deletion": url(Group, "delete", cellar.pk),
        "invitations": url(Invitation, "changelist"),
        "invitation": url(Invitation, "change", Invitation.objects.get().pk),
        "membership": url(Membership, "change", cellar.memberships.earliest("pk").pk),
        "message": url(Message, "change", message.pk),
        "event": url(Event, "change", Event.objects.filter(group=cellar).latest("pk").pk),
        "autocompletion": f"{reverse('admin:autocomplete')}?app_label=discuss&model_name=membership"
        "&field_name=group&term=cell",
    }
    pages = {name: client.get(path, follow=True) for name, path in addresses.items()}
    return [
        name
        for name, page in pages.items()
        if "Cellar" in page.content.decode() or "Spiders" in page.content.decode()
    ]


def test_superusers_are_shown_them_and_other_staff_are_not(
    cast: Cast, cellar: Group, desk: Client, helper: User
) -> None:
    everywhere = told(desk, cellar)
    assert len(everywhere) == 14
    assert told(log_in(helper), cellar) == []
    actions.let_in(helper, user=helper, group=cellar)
    assert told(log_in(helper), cellar) == everywhere


def test_other_staff_do_nothing_to_them(cast: Cast, cellar: Group, helper: User) -> None:
    helper.user_permissions.add(*Permission.objects.filter(content_type__app_label="discuss"))
    theirs = log_in(helper)
    head = Group.objects.get(pk=cellar.pk).head
    added = theirs.post(url(Membership, "add"), {"group": cellar.pk, "user": cast.cleo.pk})
    assert "That choice is not one of the available choices" in added.content.decode()
    theirs.post(url(Invitation, "add"), {"group": cellar.pk, "uses": "1", "days": "1"})
    choose(theirs, Invitation, "revoke", Invitation.objects.all())
    theirs.post(url(Group, "change", cellar.pk), {"name": "Vault", "description": "", **SETTINGS})
    theirs.post(url(Group, "delete", cellar.pk), {"post": "yes"})
    theirs.post(url(Membership, "delete", cellar.memberships.get().pk), {"post": "yes"})
    choose(theirs, Message, "remove", Message.objects.all())
    choose(theirs, Membership, "make_owner", cellar.memberships.all())
    choose(theirs, Group, "delete_selected", [cellar], post="yes")
    assert Group.objects.get(pk=cellar.pk).head == head
    assert cellar.memberships.count() == 1
    assert Invitation.objects.get().revoked_at is None


def test_the_form_of_a_new_group_says_nothing_of_them(
    cast: Cast, cellar: Group, desk: Client, helper: User
) -> None:
    """What the constraint says is another matter (discuss/models/group.py)."""
    values = {"name": "CELLAR", "description": "", **SETTINGS}
    assert form_of(desk.post(url(Group, "add"), values)).errors
    response = log_in(helper).post(url(Group, "add"), values)
    assert response.status_code == 302  # to the form again, by what the action refused
    assert response.headers["Location"] == url(Group, "add")
