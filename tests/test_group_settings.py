"""The settings of a group: who changes them, what everybody is told, and that every door obeys them."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from discuss import actions
from discuss.actions import Draft, Refused, Stored
from discuss.actions.pace import clear_old
from discuss.db.workers import in_worker
from discuss.doorbell.bell import Bell
from discuss.models import Act, Entry, Group, Invitation, Kind, LastPost, Membership, User
from discuss.rules.refusals import Code
from tests.cast import Cast, log_in
from tests.document import outer
from tests.page import enter, visit

pytestmark = pytest.mark.django_db


def settle(cast: Cast, **settings: Any) -> None:
    actions.change_group_settings(cast.member(cast.ann), group=cast.kitchen, settings=settings)


def refused(act: Any, *args: Any, **kwargs: Any) -> str:
    with pytest.raises(Refused) as refusal:
        act(*args, **kwargs)
    return str(refusal.value.code)


# --- changing them -------------------------------------------------------------------------------------


def test_each_that_differs_is_an_event_and_a_row_of_the_record(cast: Cast):
    settle(cast, is_locked=True, slow_mode=30, posting="everybody")
    lines = cast.lines()[3:]
    assert [(line.kind, line.author, line.details) for line in lines] == [
        (Kind.SET, cast.ann, {"setting": "is_locked", "to": True}),
        (Kind.SET, cast.ann, {"setting": "slow_mode", "to": 30}),
    ]
    assert [
        (act.kind, act.actor_id, act.group_id, act.details) for act in Act.objects.order_by("pk")
    ] == [
        (
            "change_settings",
            cast.ann.pk,
            cast.kitchen.pk,
            {"setting": name, "before": before, "after": after},
        )
        for name, before, after in (("is_locked", False, True), ("slow_mode", 0, 30))
    ]


def test_the_same_again_is_nothing(cast: Cast, bells_of):
    settle(cast, is_locked=True)
    assert bells_of(lambda: settle(cast, is_locked=True)) == []
    assert (cast.head(), Act.objects.count()) == (4, 1)


def test_it_rings_for_the_group(cast: Cast, bells_of):
    bells = bells_of(lambda: settle(cast, slow_mode=30))
    assert bells == [Bell("group", cast.kitchen.pk, 4)]


@pytest.mark.parametrize("name", ["mod", "bob"])
def test_owners_alone_change_them(cast: Cast, name: str):
    member, settings = cast.member(getattr(cast, name)), {"is_locked": True}
    code = refused(actions.change_group_settings, member, group=cast.kitchen, settings=settings)
    assert code == Code.OWNERS_ONLY
    assert not Group.objects.get(pk=cast.kitchen.pk).is_locked


def test_an_owner_changes_them_by_a_form(cast: Cast):
    owner, address = log_in(cast.ann), f"{cast.kitchen.get_absolute_url()}settings/"
    chosen = {
        "posting": "everybody",
        "is_locked": "on",
        "slow_mode": "60",
        "newcomers_wait": "10",
        "held_days": "7",
        "invites": "members",
        "pins": "members",
        "record_is_public": "on",
        "settings": "yes",
    }
    assert owner.post(address, chosen).status_code == 302
    group = Group.objects.get(pk=cast.kitchen.pk)
    assert group.rules == ("everybody", True, 60, 10, 7)
    assert group.opened == {"pin", "invite"}
    assert group.record_is_public
    page = owner.get(address).content.decode()
    assert '<option value="60" selected>1 minute between' in page
    response = owner.post(address, {**chosen, "slow_mode": "1"})
    assert response.status_code == 400
    assert "Choose one of these." in response.content.decode()
    # What the group is called stays as it was.
    assert Group.objects.get(pk=cast.kitchen.pk).name == "Kitchen"


# --- every door obeys them --------------------------------------------------------------------------------


def test_in_a_locked_group_moderators_alone_write_and_react(cast: Cast):
    entry = cast.say(cast.bob, "Soup")
    settle(cast, is_locked=True)
    bob, nonce = cast.member(cast.bob), actions.new_nonce()
    reply = {"text": "Salad", "nonce": nonce, "reply_to": entry.position}
    head = cast.head()
    assert refused(actions.post_message, bob, text="Salad", nonce=nonce) == Code.LOCKED
    assert refused(actions.post_message, bob, **reply) == Code.LOCKED
    assert refused(actions.edit_message, bob, entry=entry, text="Salad") == Code.LOCKED
    assert refused(actions.react, bob, entry=entry, emoji="👍") == Code.LOCKED
    assert refused(actions.unreact, bob, entry=entry, emoji="👍") == Code.LOCKED
    assert cast.head() == head
    mod = cast.member(cast.mod)
    actions.react(mod, entry=entry, emoji="👍")
    own = cast.say(cast.mod, "Closed today")
    actions.edit_message(mod, entry=own, text="Closed for now")
    # One's own words may be taken back all the same.
    assert actions.hide_message(bob, entry=entry).is_hidden


def test_where_moderators_alone_write_nobody_else_edits(cast: Cast):
    entry = cast.say(cast.bob, "Soup")
    settle(cast, posting="moderators")
    bob = cast.member(cast.bob)
    assert refused(actions.edit_message, bob, entry=entry, text="Salad") == Code.MODERATORS_ALONE
    assert actions.react(bob, entry=entry, emoji="👍").reactions


def test_the_doors_of_http_are_shut_too(cast: Cast):
    entry = cast.say(cast.bob, "Soup")
    settle(cast, is_locked=True)
    client, address = log_in(cast.bob), cast.kitchen.get_absolute_url()
    head = cast.head()
    response = client.post(f"{address}post/", {"text": "Salad", "nonce": actions.new_nonce()})
    assert response.status_code == 400
    page = response.content.decode()
    assert str(Code.LOCKED.label) in page
    assert 'value="Salad"' in page
    for verb, data in (("edit", {"text": "Salad"}), ("react", {"emoji": "👍"})):
        client.post(f"{address}{entry.position}/{verb}/", data)
    assert cast.head() == head


def test_a_menu_offers_nothing_that_is_refused(cast: Cast):
    entry = cast.say(cast.bob, "Soup")
    menu = f"{cast.kitchen.get_absolute_url()}{entry.position}/menu/"

    def offered(user: User) -> set[str]:
        page = log_in(user).get(menu, headers={"HX-Request": "true"}).content.decode()
        return {what for what in ("replying/", "editing/", "/pin/", "emoji") if what in page}

    assert offered(cast.bob) == {"replying/", "editing/", "emoji"}
    settle(cast, is_locked=True)
    assert offered(cast.bob) == set()
    assert offered(cast.mod) == {"replying/", "/pin/", "emoji"}
    settle(cast, is_locked=False, pins="members")
    assert "/pin/" in offered(cast.bob)


# --- slow mode ----------------------------------------------------------------------------------------


def test_in_slow_mode_one_waits_between_two_messages(cast: Cast):
    settle(cast, slow_mode=30)
    cast.say(cast.bob, "Soup")
    with pytest.raises(Refused, match="you may write again in 30 seconds"):
        cast.say(cast.bob, "Salad")
    # Others wait for themselves, moderators for nothing.
    for user in (cast.ann, cast.ann, cast.mod, cast.mod):
        cast.say(user, "Bread")
    LastPost.objects.update(at=timezone.now() - timedelta(seconds=30))
    cast.say(cast.bob, "Salad")


@pytest.mark.log
def test_of_two_that_come_together_the_first_is_stored(cast: Cast):
    settle(cast, slow_mode=30)
    bob, ann = cast.member(cast.bob), cast.member(cast.ann)
    drafts = [
        Draft(member, text, actions.new_nonce())
        for member, text in ((bob, "Soup"), (ann, "Salad"), (bob, "Bread"))
    ]
    first, other, second = actions.post_messages(drafts)
    assert isinstance(first, Stored)
    assert isinstance(other, Stored)
    assert isinstance(second, Refused)
    assert second.code == Code.SLOW_MODE
    with pytest.raises(Refused, match="Slow mode"):
        cast.say(cast.bob, "Bread")


def test_sent_again_the_same_message_is_no_second_one(cast: Cast):
    settle(cast, slow_mode=30)
    bob = cast.member(cast.bob)
    entry = actions.post_message(bob, text="Soup", nonce="nonce-soup")
    assert actions.post_message(bob, text="Soup", nonce="nonce-soup") == entry


def test_to_leave_and_come_back_shortens_no_wait(cast: Cast):
    settle(cast, slow_mode=30)
    cast.say(cast.bob, "Soup")
    actions.leave_group(cast.member(cast.bob))
    actions.join_group(cast.bob, group=cast.kitchen)
    with pytest.raises(Refused, match="Slow mode"):
        cast.say(cast.bob, "Salad")


def test_what_is_refused_counts_for_nothing(cast: Cast):
    settle(cast, slow_mode=30, is_locked=True)
    with pytest.raises(Refused):
        cast.say(cast.bob, "Soup")
    settle(cast, is_locked=False)
    cast.say(cast.bob, "Soup")


def test_without_slow_mode_a_message_takes_no_further_statement(cast: Cast):
    """The first message compiles statements, and what slow mode asks is asked by its groups alone."""
    cast.say(cast.bob, "Soup")
    bob = cast.member(cast.bob)

    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            actions.post_message(bob, text="Soup", nonce=actions.new_nonce())
        return len(queries)

    usual = count()
    settle(cast, newcomers_wait=1, held_days=0)
    Membership.objects.update(joined_at=timezone.now() - timedelta(hours=1))
    assert count() == usual
    settle(cast, slow_mode=5)
    assert count() == usual + 2


def test_old_waits_are_cleared(cast: Cast):
    settle(cast, slow_mode=30)
    cast.say(cast.bob, "Soup")
    assert clear_old(10) == 0
    LastPost.objects.update(at=timezone.now() - timedelta(hours=6, seconds=1))
    assert clear_old(10) == 1


# --- new members -----------------------------------------------------------------------------------------


def test_new_members_wait(cast: Cast):
    settle(cast, newcomers_wait=10)
    Membership.objects.filter(user=cast.bob).update(joined_at=timezone.now() - timedelta(hours=1))
    entry = cast.say(cast.bob, "Soup")
    actions.join_group(cast.cleo, group=cast.kitchen)
    with pytest.raises(Refused, match="You are new here: you may write in 10 minutes"):
        cast.say(cast.cleo, "Salad")
    actions.react(cast.member(cast.cleo), entry=entry, emoji="👍")


# --- who invites and who pins ------------------------------------------------------------------------------


def test_members_invite_where_the_group_says_so(cast: Cast):
    address = f"{cast.kitchen.get_absolute_url()}invitations/"
    assert log_in(cast.bob).get(address).status_code == 302
    settle(cast, invites="members")
    assert log_in(cast.bob).get(address).status_code == 200
    made = actions.make_invitation(cast.member(cast.bob), group=cast.kitchen, uses=1, days=1)
    assert made.stands()
    # It is worth what its maker may do.
    settle(cast, invites="moderators")
    assert not made.stands()
    assert Invitation.objects.standing().count() == 0
    bob = cast.member(cast.bob)
    assert (
        refused(actions.make_invitation, bob, group=cast.kitchen, uses=1, days=1)
        == Code.NOT_TO_INVITE
    )
    assert refused(actions.revoke_invitation, bob, invitation=made) == Code.NOT_TO_INVITE


def test_members_pin_where_the_group_says_so(cast: Cast):
    entry, bob = cast.say(cast.ann, "Soup"), cast.member(cast.bob)
    assert refused(actions.pin_message, bob, entry=entry) == Code.NOT_TO_PIN
    settle(cast, pins="members")
    assert actions.pin_message(bob, entry=entry).is_pinned
    assert not actions.unpin_message(bob, entry=entry).is_pinned
    settle(cast, is_locked=True)
    assert refused(actions.pin_message, bob, entry=entry) == Code.LOCKED


# --- open pages ------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("live")
async def test_every_open_page_shows_it_and_a_fresh_load_shows_the_same(cast: Cast):
    address = cast.kitchen.get_absolute_url()
    page = await enter(cast.bob, address)
    away = await visit(cast.bob, address)
    assert "Slow mode" not in outer(page.element("rules"))
    await in_worker(lambda: settle(cast, slow_mode=30, invites="members"))
    await page.until(lambda page: page.cursor >= 5)
    assert "30 seconds between two messages" in " ".join(outer(page.element("rules")).split())
    await away.connect()
    await away.until(lambda page: page.cursor >= 5)
    fresh = await visit(cast.bob, address)
    shown = [outer(each.element("rules")).split() for each in (page, away, fresh)]
    assert shown[0] == shown[1] == shown[2]
    await page.disconnect()
    await away.disconnect()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("live")
async def test_who_is_refused_keeps_the_text_and_reads_how_long(cast: Cast):
    await in_worker(lambda: settle(cast, slow_mode=30))
    page = await enter(cast.bob, cast.kitchen.get_absolute_url())
    page.write("Soup")
    await page.until(lambda page: "Soup" in outer(page.element("log")))
    page.write("Salad")
    await page.until(lambda page: "Salad" in outer(page.element("refused")))
    assert "Slow mode: you may write again in 30 seconds." in outer(page.element("refused"))
    assert await in_worker(Entry.objects.filter(kind=Kind.MESSAGE).count) == 1
    await page.disconnect()
