"""Staff invite people, into any group or to an account alone, and revoke what anybody made."""

from datetime import timedelta

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from discuss import actions
from discuss.models import Invitation, User
from tests.admin.desk import choose, url
from tests.cast import Cast, log_in
from tests.test_accounts import page


def test_staff_invite_to_an_account_alone_and_see_the_link(cast: Cast, desk: Client, boss: User):
    response = desk.post(url(Invitation, "add"), {"group": "", "uses": "3", "days": "30"})
    invitation = Invitation.objects.get()
    assert (invitation.made_by, invitation.group, invitation.uses_left) == (boss, None, 3)
    assert invitation.expires_at is not None
    assert invitation.expires_at > timezone.now() + timedelta(days=29)
    assert response["Location"] == url(Invitation, "change", invitation.pk)
    shown = page(desk.get(response["Location"]))
    assert invitation.link in shown.xpath("//a/@href")
    (picture,) = shown.xpath("//fieldset//img/@src")
    assert desk.get(picture)["Content-Type"] == "image/svg+xml"
    assert [entry.user for entry in LogEntry.objects.all()] == [boss]


def test_staff_invite_into_a_group(cast: Cast, desk: Client):
    desk.post(url(Invitation, "add"), {"group": cast.kitchen.pk, "uses": "1", "days": "1"})
    actions.accept_invitation(cast.cleo, invitation=Invitation.objects.get())
    assert cast.member(cast.cleo)


def test_what_is_wrong_is_said_and_makes_none(cast: Cast, desk: Client):
    for wrong in ({"uses": "0"}, {"days": "2"}, {"group": "999"}):
        values = {"group": "", "uses": "1", "days": "1"} | wrong
        assert "errorlist" in desk.post(url(Invitation, "add"), values).content.decode()
    assert not Invitation.objects.exists()


def test_staff_revoke_what_an_owner_made_and_then_there_is_no_link(cast: Cast, desk: Client):
    owner = cast.member(cast.ann)
    first, kept = (
        actions.make_invitation(owner, group=cast.kitchen, uses=1, days=1) for _ in range(2)
    )
    for _ in range(2):
        choose(desk, Invitation, "revoke", [first])
    assert list(Invitation.objects.standing()) == [kept]
    assert LogEntry.objects.get().change_message == "Revoked."
    shown = desk.get(url(Invitation, "change", first.pk)).content.decode()
    assert first.link not in shown
    assert kept.link in desk.get(url(Invitation, "change", kept.pk)).content.decode()


def test_nobody_changes_or_deletes_one_nor_revokes_without_the_right(cast: Cast):
    reader = User.objects.create_user("reader", is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_invitation"))
    invitation = actions.make_invitation(cast.member(cast.ann), group=cast.kitchen, uses=1, days=1)
    theirs = log_in(reader)
    address = url(Invitation, "change", invitation.pk)
    assert theirs.get(address).status_code == 200
    assert theirs.post(address, {"uses_left": "9"}).status_code == 403
    assert theirs.post(url(Invitation, "delete", invitation.pk), {"post": "yes"}).status_code == 403
    assert theirs.get(url(Invitation, "add")).status_code == 403
    choose(theirs, Invitation, "revoke", [invitation])
    assert Invitation.objects.standing().get().uses_left == 1
