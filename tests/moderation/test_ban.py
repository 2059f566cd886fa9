"""A ban closes an account for a time: pages end, log-ins say why and until when, and it ends by itself."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from discuss import actions
from discuss.actions import Refused, bans, people
from discuss.db.workers import in_worker
from discuss.models import Act, Ban, Kind, Membership, User
from discuss.moderation.actions import Why, perform_act
from discuss.rules import roles
from discuss.server.protocol import CLOSE_NO_MEMBER, CLOSE_NO_SESSION, CLOSE_RESTART
from tests.cast import Cast, log_in
from tests.document import text
from tests.page import enter
from tests.test_accounts import SECRET, page
from tests.waiting import do_tasks

pytestmark = pytest.mark.django_db


@pytest.fixture
def sam(db: None) -> User:
    user = User.objects.create_user("sam", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="close_user"))
    return User.objects.get(pk=user.pk)


def ban(by: User, user: User, **why: object) -> Act | None:
    return perform_act(by, "ban", user=user, why=Why(**why))  # type: ignore[arg-type]


def try_to_log_in(user: User) -> str:
    user.set_password(SECRET)
    user.save(update_fields=["password"])
    client = Client()
    response = client.post("/accounts/login/", {"login": user.username, "password": SECRET})
    return response["Location"] if response.status_code == 302 else text(page(response))


def test_who_is_banned_is_told_why_and_until_when(cast: Cast, sam: User):
    until = timezone.now() + timedelta(days=3)
    done = ban(sam, cast.bob, until=until, reason="spam")
    cast.bob.refresh_from_db()
    assert not cast.bob.is_active
    assert done is not None
    assert (done.user_id, done.until, done.group_id) == (cast.bob.pk, until, None)
    said = try_to_log_in(cast.bob)
    assert "You are banned from this site until" in said
    assert "Spam or advertising" in said


def test_for_good_there_is_no_until(cast: Cast, sam: User):
    ban(sam, cast.bob)
    cast.bob.refresh_from_db()
    assert "You are banned from this site." in try_to_log_in(cast.bob)


def test_the_right_password_alone_is_told(cast: Cast, sam: User):
    ban(sam, cast.bob, reason="spam")
    response = Client().post("/accounts/login/", {"login": "bob", "password": "wrong"})
    assert "banned" not in response.content.decode()


def test_it_is_over_at_the_next_log_in(cast: Cast, sam: User):
    first = ban(sam, cast.bob, until=timezone.now() + timedelta(days=3))
    Ban.objects.update(until=timezone.now())
    cast.bob.refresh_from_db()
    assert try_to_log_in(cast.bob) == "/"
    last = Act.objects.latest("pk")
    assert first is not None
    assert (last.kind, last.actor_id, last.undoes_id) == ("end_ban", None, first.pk)


def test_bans_whose_time_is_over_end_by_themselves(cast: Cast, sam: User):
    ban(sam, cast.bob, until=timezone.now() + timedelta(days=3))
    ban(sam, cast.cleo, until=timezone.now() + timedelta(days=4))
    Ban.objects.filter(user=cast.bob).update(until=timezone.now())
    do_tasks()
    assert actions.end_bans(200) == 1
    active = User.objects.filter(username__in=["bob", "cleo"]).order_by("username")
    assert list(active.values_list("is_active", flat=True)) == [True, False]
    do_tasks()
    assert [line.kind for line in cast.lines()[-2:]] == [Kind.ACCOUNT_CLOSED, Kind.ACCOUNT_REOPENED]
    assert cast.lines()[-1].author is None


def test_it_is_taken_back(cast: Cast, sam: User):
    ban(sam, cast.bob)
    assert perform_act(sam, "end_ban", user=cast.bob)
    cast.bob.refresh_from_db()
    assert cast.bob.is_active
    assert not Ban.objects.exists()
    assert perform_act(sam, "end_ban", user=cast.bob) is None


def test_an_account_that_staff_closed_is_not_opened_by_the_end_of_a_ban(cast: Cast, sam: User):
    actions.close_account(sam, user=cast.bob)
    assert ban(sam, cast.bob, until=timezone.now() + timedelta(days=3)) is None
    assert perform_act(sam, "end_ban", user=cast.bob) is None
    cast.bob.refresh_from_db()
    assert not cast.bob.is_active


def test_who_is_banned_and_then_closed_is_not_opened_by_the_end_of_the_ban(cast: Cast, sam: User):
    first = ban(sam, cast.bob, until=timezone.now() + timedelta(days=3))
    assert first is not None
    assert actions.close_account(sam, user=cast.bob)
    last = Act.objects.get(kind="end_ban")
    assert (last.actor_id, last.undoes_id) == (sam.pk, first.pk)
    assert not actions.close_account(sam, user=cast.bob)
    Ban.objects.update(until=timezone.now())
    actions.end_bans(200)
    assert perform_act(sam, "end_ban", user=cast.bob) is None
    cast.bob.refresh_from_db()
    assert not cast.bob.is_active


def test_whoever_opens_the_account_ends_the_ban(cast: Cast, sam: User):
    ban(sam, cast.bob)
    actions.open_account(sam, user=cast.bob)
    assert not Ban.objects.exists()
    last = Act.objects.get(kind="end_ban")
    assert (last.actor_id, last.user_id) == (sam.pk, cast.bob.pk)


def test_a_ban_that_cannot_end_stops_no_other(
    cast: Cast, sam: User, monkeypatch: pytest.MonkeyPatch
):
    for user in (cast.bob, cast.cleo):
        ban(sam, user, until=timezone.now() + timedelta(days=3))
    Ban.objects.filter(user=cast.bob).update(until=timezone.now() - timedelta(seconds=1))
    Ban.objects.filter(user=cast.cleo).update(until=timezone.now())
    announce = people.announce_account

    def fail(staff: User | None, *, user: User) -> None:
        if user == cast.bob:
            raise ValueError("an odd one")
        announce(staff, user=user)

    monkeypatch.setattr(bans, "announce_account", fail)
    assert actions.end_bans(200) == 1
    assert Ban.objects.get().user == cast.bob
    assert User.objects.get(pk=cast.cleo.pk).is_active


def ranked(name: str, rank: str) -> User:
    user = User.objects.create_user(
        name, is_staff=rank != "person", is_superuser=rank == "superuser"
    )
    user.user_permissions.set(Permission.objects.filter(codename="close_user"))
    return User.objects.get(pk=user.pk)


@pytest.mark.parametrize(
    ("actor", "target", "may"),
    [
        ("person", "person", False),
        ("staff", "person", True),
        ("staff", "staff", False),
        ("staff", "superuser", False),
        ("superuser", "person", True),
        ("superuser", "staff", True),
        ("superuser", "superuser", False),
    ],
)
def test_staff_ban_people_and_superusers_staff(cast: Cast, actor: str, target: str, may: bool):
    acting, banned = ranked("actor", actor), ranked("target", target)
    if may:
        assert ban(acting, banned)
        return
    with pytest.raises(Refused):
        ban(acting, banned)
    banned.refresh_from_db()
    assert banned.is_active


def test_another_table_is_obeyed(cast: Cast, sam: User, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(roles.TABLE["ban"], roles.STAFF, roles.NO)
    with pytest.raises(Refused, match="higher role"):
        ban(sam, cast.bob)


def test_nobody_bans_themselves_and_a_member_nobody(cast: Cast, sam: User):
    with pytest.raises(Refused, match="yourself"):
        ban(sam, sam)
    with pytest.raises(Refused, match="staff"):
        perform_act(cast.member(cast.ann), "ban", user=cast.bob)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("live")
class TestLive:
    async def test_open_pages_of_all_groups_end_and_say_why(self, cast: Cast):
        boss = await in_worker(User.objects.create_superuser, "boss")
        pages = [await enter(cast.bob, path) for path in (cast.kitchen.get_absolute_url(), "/")]
        await in_worker(ban, boss, cast.bob, reason="spam")
        for each in pages:
            await each.until(lambda page: page.close_code)
            assert each.close_code == CLOSE_RESTART
            await each.join_in()
            assert each.close_code == CLOSE_NO_SESSION
            assert "You are banned from this site. The reason: Spam" in text(
                each.element("ending" if "ending" in each.frames[-1] else "status")
            ) + "".join(each.frames[-1:])

    async def test_whoever_is_barred_is_told_and_offered_no_way_in(self, cast: Cast):
        path = cast.kitchen.get_absolute_url()
        page, away = await enter(cast.bob, path), await enter(cast.bob, path)
        await away.disconnect()
        mod = await in_worker(cast.member, cast.mod)
        await in_worker(perform_act, mod, "bar", user=cast.bob, group=cast.kitchen)
        await page.until(lambda page: page.close_code)
        await away.join_in()
        for each in (page, away):
            assert each.close_code == CLOSE_NO_MEMBER
            told = text(each.element("ending"))
            assert "You may not come into this group any more." in told
            assert "Join again" not in told
        client = await in_worker(log_in, cast.bob)
        plain = (await in_worker(client.get, path)).content.decode()
        assert "You may not come into this group any more." in plain
        assert "join/" not in plain

    async def test_who_is_removed_may_join_again(self, cast: Cast):
        page = await enter(cast.bob, cast.kitchen.get_absolute_url())
        mod = await in_worker(cast.member, cast.mod)
        await in_worker(perform_act, mod, "remove", user=cast.bob, group=cast.kitchen)
        await page.until(lambda page: page.close_code)
        assert "Join again" in text(page.element("ending"))
        assert not await in_worker(Membership.objects.filter(user=cast.bob).exists)
