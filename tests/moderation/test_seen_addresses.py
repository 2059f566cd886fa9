"""Where people signed up and logged in from: what is kept, for how long, and who sees it."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from discuss import actions
from discuss.actions import networks
from discuss.models import SeenAddress, User
from discuss.moderation.reading.networks import read_seen
from discuss.rules import roles
from tests.admin.desk import url
from tests.cast import Cast, log_in
from tests.document import text
from tests.moderation.networked import block, moderator
from tests.moderation.ruled import staff
from tests.moderation.test_filter_pages import html, said
from tests.test_accounts import SECRET, enter, sign_up

pytestmark = pytest.mark.django_db

HOME, WORK = "203.0.113.7", "198.51.100.9"


@pytest.fixture(autouse=True)
def _no_tries_yet(db: None) -> None:
    cache.clear()


@pytest.fixture
def sam(db: None) -> User:
    return moderator()


def kept(user: User) -> list[str]:
    own = SeenAddress.objects.filter(user=user).order_by("-seen_at", "-pk")
    return list(own.values_list("address", flat=True))


def age(days: float, **which: Any) -> None:
    SeenAddress.objects.filter(**which).update(seen_at=timezone.now() - timedelta(days=days))


# --- what is kept ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "stored"),
    [
        (HOME, HOME),
        (f"::ffff:{HOME}", HOME),
        # Of IPv6 the customer's network, whatever address of it they have today.
        ("2001:db8:1:2:3::4", "2001:db8:1:2::"),
        ("", None),
        ("nonsense", None),
        ("9" * 300, None),
    ],
)
def test_a_sign_up_is_kept_with_its_address(address: str, stored: str | None):
    networks.note_address(User.objects.create_user("zoe"), address)
    assert list(SeenAddress.objects.values_list("address", flat=True)) == [stored][: bool(stored)]


def test_sign_ups_and_log_ins_are_kept_and_nothing_else_is():
    browser = Client(REMOTE_ADDR=HOME)
    assert sign_up(browser, "dora").status_code == 302
    dora = User.objects.get()
    assert kept(dora) == [HOME]
    age(1)
    before = SeenAddress.objects.get().seen_at
    assert browser.get("/").status_code == 200
    assert SeenAddress.objects.get().seen_at == before
    # Elsewhere with the same session: it is no log-in.
    browser.defaults["REMOTE_ADDR"] = WORK
    assert browser.get("/").status_code == 200
    assert kept(dora) == [HOME]
    assert enter(Client(REMOTE_ADDR=WORK), "dora").status_code == 302
    assert kept(dora) == [WORK, HOME]
    assert enter(Client(REMOTE_ADDR=HOME), "dora").status_code == 302
    assert kept(dora) == [HOME, WORK]
    assert SeenAddress.objects.get(address=HOME).seen_at > before


def test_a_wrong_try_is_not_kept(cast: Cast):
    cast.bob.set_password(SECRET)
    cast.bob.save()
    enter(Client(REMOTE_ADDR=HOME), "bob", "wrong")
    assert not SeenAddress.objects.exists()
    enter(Client(REMOTE_ADDR=HOME), "bob")
    assert kept(cast.bob) == [HOME]


@pytest.mark.log
def test_the_latest_are_kept_of_one_person(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(networks, "MOST_SEEN", 2)
    for number in range(3):
        networks.note_address(cast.bob, f"203.0.113.{number}")
        networks.note_address(cast.mod, HOME)
    assert kept(cast.bob) == ["203.0.113.2", "203.0.113.1"]
    assert kept(cast.mod) == [HOME]


@pytest.mark.log
def test_they_go_after_so_many_days(cast: Cast, settings: Settings):
    networks.note_address(cast.bob, HOME)
    networks.note_address(cast.bob, WORK)
    age(29, address=HOME)
    age(31, address=WORK)
    assert networks.clear_seen(200) == 1
    assert kept(cast.bob) == [HOME]
    settings.ADDRESSES_KEPT = 7
    assert [networks.clear_seen(200), networks.clear_seen(200)] == [1, 0]


def test_a_site_may_keep_none(cast: Cast, settings: Settings, sam: User):
    networks.note_address(cast.bob, HOME)
    settings.ADDRESSES_KEPT = 0
    networks.note_address(cast.mod, HOME)
    assert kept(cast.mod) == []
    # What was kept before is seen no more, and goes.
    assert not addresses(html(log_in(sam).get(admin_page(cast.bob))))
    assert networks.clear_seen(200) == 1


def test_they_go_with_the_account(cast: Cast):
    networks.note_address(cast.bob, HOME)
    cast.delete(cast.bob)
    assert not SeenAddress.objects.exists()


# --- who sees it ----------------------------------------------------------------------------------------


def admin_page(user: User) -> str:
    return url(User, "change", user.pk)


def addresses(page: Any) -> list[str]:
    return said(page, ".seen .network")


@pytest.fixture
def page_of(cast: Cast) -> Any:
    """Return a function that shows somebody's page in the Kitchen to somebody."""

    def page_of(user: User, to: User) -> Any:
        group = cast.kitchen.get_absolute_url()
        return html(log_in(to).get(f"{group}people/{user.pk}/"))

    return page_of


def place(cast: Cast, user: User) -> None:
    """Make staff a member, as the page of a person is a group's."""
    actions.join_group(user, group=cast.kitchen)


def test_the_page_of_a_person_shows_where_they_came_from_and_who_else_did(
    cast: Cast, sam: User, page_of: Any
):
    place(cast, sam)
    networks.note_address(cast.bob, HOME)
    networks.note_address(cast.bob, "2001:db8:1:2::9")
    networks.note_address(cast.cleo, HOME)
    networks.note_address(cast.mod, WORK)
    age(2, address=HOME)
    page = page_of(cast.bob, sam)
    assert addresses(page) == ["2001:db8:1:2::/64", HOME]
    assert [text(each) for each in page.cssselect(".seen .others bdi")] == ["cleo"]
    links = page.xpath("//a[contains(@href, '/moderation/addresses/?network=')]/@href")
    assert links == [
        f"/moderation/addresses/?network={each}" for each in ("2001%3Adb8%3A1%3A2%3A%3A/64", HOME)
    ]
    # The form there has it, as it is blocked.
    (field,) = html(log_in(sam).get(links[0])).cssselect("[name=network]")
    assert field.get("value") == "2001:db8:1:2::/64"
    block(HOME)
    assert "blocked" in said(page_of(cast.bob, sam), ".seen > li")[1]


def test_nobody_else_sees_it(cast: Cast, page_of: Any):
    networks.note_address(cast.bob, HOME)
    kim = staff("view_case", "add_act", "view_user", name="kim")
    place(cast, kim)
    for other in (cast.ann, cast.mod, cast.bob, kim):
        assert not addresses(page_of(cast.bob, other))
    assert not addresses(html(log_in(kim).get(admin_page(cast.bob))))


def test_whom_one_does_not_stand_above_is_seen_by_superusers_alone(
    cast: Cast, sam: User, page_of: Any
):
    kim, boss = staff(name="kim"), User.objects.create_superuser("boss")
    for user in (sam, kim, boss):
        place(cast, user)
    for user in (kim, boss, cast.bob, sam):
        networks.note_address(user, HOME)
    assert not addresses(page_of(kim, sam))
    assert not addresses(page_of(sam, sam))
    assert addresses(page_of(kim, boss)) == [HOME]
    assert not addresses(page_of(boss, boss))
    # Nor are staff named beside others.
    assert not page_of(cast.bob, sam).cssselect(".seen .others")
    named = page_of(cast.bob, boss).cssselect(".seen .others bdi")
    assert {text(each) for each in named} == {"kim", "boss", "sam"}


def test_what_is_too_old_is_not_shown(cast: Cast, sam: User, page_of: Any):
    place(cast, sam)
    networks.note_address(cast.bob, HOME)
    networks.note_address(cast.cleo, HOME)
    age(31, user=cast.cleo)
    assert not page_of(cast.bob, sam).cssselect(".seen .others")
    age(31, user=cast.bob)
    assert not addresses(page_of(cast.bob, sam))


def test_a_crowd_is_named_in_part(cast: Cast, sam: User, page_of: Any, monkeypatch: Any):
    monkeypatch.setattr("discuss.moderation.reading.networks.PEOPLE", 2)
    place(cast, sam)
    for user in (cast.bob, cast.ann, cast.cleo, cast.mod):
        networks.note_address(user, HOME)
    page = page_of(cast.bob, sam)
    assert len(page.cssselect(".seen .others li")) == 2
    assert "And 1 other." in text(page.cssselect(".seen")[0])


def test_of_a_crowd_no_more_is_read_than_is_named(
    cast: Cast, sam: User, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
):
    monkeypatch.setattr("discuss.moderation.reading.networks.PEOPLE", 2)
    built: list[str] = []
    from_db = User.from_db.__func__  # type: ignore[attr-defined]

    def counted(cls: type[User], *args: Any, **kwargs: Any) -> User:
        user: User = from_db(cls, *args, **kwargs)
        built.append(user.username)
        return user

    # The later they came, the sooner they are named.
    for number, user in enumerate((cast.bob, cast.ann, cast.cleo, cast.mod)):
        networks.note_address(user, HOME)
        age(4 - number, user=user)
    for user in (cast.bob, cast.ann):
        networks.note_address(user, WORK)
    networks.note_address(cast.bob, "192.0.2.1")
    monkeypatch.setattr(User, "from_db", classmethod(counted))
    seen = read_seen(cast.bob, sam)
    named = {each.address: [other.user.username for other in each.others] for each in seen}
    assert named == {HOME: ["mod", "cleo"], WORK: ["ann"], "192.0.2.1": []}
    assert {each.address: each.more for each in seen} == {HOME: 1, WORK: 0, "192.0.2.1": 0}
    assert sorted(built) == ["ann", "cleo", "mod"]
    with django_assert_num_queries(3):
        read_seen(cast.bob, sam)


def test_the_admin_shows_it_too(cast: Cast):
    sam = staff("close_user", "view_user")
    networks.note_address(cast.bob, HOME)
    networks.note_address(cast.cleo, HOME)
    page = html(log_in(sam).get(admin_page(cast.bob)))
    assert addresses(page) == [HOME]
    assert page.xpath("//*[@class='others']//a/@href") == [admin_page(cast.cleo)]
    # Who has none has no such part of the page.
    assert "Where they came from" not in html(log_in(sam).get(admin_page(cast.ann))).text_content()
    boss = User.objects.create_superuser("boss")
    assert addresses(html(log_in(boss).get(admin_page(cast.bob)))) == [HOME]


def test_the_table_of_roles_decides(
    cast: Cast, sam: User, page_of: Any, monkeypatch: pytest.MonkeyPatch
):
    place(cast, sam)
    networks.note_address(cast.bob, HOME)
    assert addresses(page_of(cast.bob, sam))
    monkeypatch.setitem(roles.TABLE["block"], roles.STAFF, roles.NO)
    assert not addresses(page_of(cast.bob, sam))
