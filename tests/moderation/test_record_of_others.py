"""What changes who somebody is, or puts them out, is in the record, whichever action does it."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission

from discuss import actions
from discuss.models import Act, User
from discuss.moderation.actions import acts
from discuss.moderation.rules.otherwise import OTHERWISE
from discuss.rendering import fragments
from tests.admin.desk import url
from tests.cast import Cast, log_in
from tests.moderation.test_taking_back import staff

pytestmark = [pytest.mark.django_db, pytest.mark.log]

type Row = tuple[str, int | None, str, int | None, int | None]


@pytest.fixture
def boss(db: None) -> User:
    return staff("boss", is_superuser=True)


def rows(act: Callable[[], object]) -> list[Row]:
    """Do it, and return what it wrote: kind, by whom, in which role, to whom and in which group."""
    before = Act.objects.count()
    act()
    written = Act.objects.order_by("pk")[before:]
    return [(a.kind, a.actor_id, a.role, a.user_id, a.group_id) for a in written]


def test_to_hand_a_group_over(cast: Cast, boss: User):
    ann, bob, kitchen = cast.member(cast.ann), cast.member(cast.bob), cast.kitchen.pk
    assert rows(lambda: actions.hand_over(ann, successor=bob)) == [
        ("hand_over", cast.ann.pk, "owner", cast.bob.pk, kitchen)
    ]
    assert Act.objects.get().details == {"before": "member", "after": "owner"}
    mod = cast.member(cast.mod)
    assert rows(lambda: actions.hand_over(boss, successor=mod)) == [
        ("hand_over", boss.pk, "superuser", cast.mod.pk, kitchen)
    ]
    # Who is one already becomes nothing.
    assert rows(lambda: actions.hand_over(boss, successor=cast.member(cast.mod))) == []


def test_to_let_somebody_in_and_to_remove_them(cast: Cast, boss: User):
    def let_in() -> None:
        actions.let_in(boss, user=cast.cleo, group=cast.kitchen)

    who = (boss.pk, "superuser", cast.cleo.pk, cast.kitchen.pk)
    assert rows(let_in) == [("let_in", *who)]
    assert rows(let_in) == []
    cleo = cast.member(cast.cleo)
    assert rows(lambda: actions.remove_member(boss, membership=cleo)) == [("remove", *who)]


def test_to_close_and_open_an_account_and_to_delete_it(cast: Cast, boss: User):
    who = (boss.pk, "superuser", cast.bob.pk, None)
    assert rows(lambda: actions.close_account(boss, user=cast.bob)) == [("close_account", *who)]
    assert rows(lambda: actions.close_account(boss, user=cast.bob)) == []
    assert rows(lambda: actions.open_account(boss, user=cast.bob)) == [("open_account", *who)]
    assert rows(lambda: actions.delete_user(boss, user=cast.bob)) == [("delete_account", *who)]
    # What people do to their own account is theirs.
    assert rows(lambda: actions.delete_user(cast.mod, user=cast.mod)) == []


def test_to_take_a_display_name(cast: Cast, boss: User):
    actions.change_display_name(cast.bob, display_name="Rude")
    assert rows(lambda: actions.take_display_name(boss, user=cast.bob)) == [
        ("take_display_name", boss.pk, "superuser", cast.bob.pk, None)
    ]
    # The record stays, so the name that offends does not stand in it.
    assert Act.objects.get().details is None


def test_to_make_somebody_a_moderator_of_the_site(cast: Cast, boss: User):
    who = (boss.pk, "superuser", cast.bob.pk, None)
    give, take = actions.make_site_moderator, actions.take_site_moderators_rights
    assert rows(lambda: give(boss, user=cast.bob)) == [("make_site_moderator", *who)]
    assert rows(lambda: give(boss, user=cast.bob)) == []
    assert rows(lambda: take(boss, user=cast.bob)) == [("take_site_moderators_rights", *who)]
    assert rows(lambda: take(boss, user=cast.bob)) == []


def test_what_the_page_of_a_user_in_the_admin_changes(cast: Cast, boss: User):
    desk = log_in(boss)

    def save(**ticked: str) -> None:
        address = url(User, "change", cast.bob.pk)
        right = Permission.objects.get(codename="add_act")
        response = desk.post(address, {"email": "", "user_permissions": right.pk, **ticked})
        assert response.status_code == 302

    who = (boss.pk, "superuser", cast.bob.pk, None)
    assert rows(lambda: save(is_active="on", is_staff="on")) == [("change_standing", *who)]
    assert Act.objects.get().details == {
        "before": {"is_staff": False, "is_superuser": False},
        "after": {"is_staff": True, "is_superuser": False},
    }
    assert rows(lambda: save(is_active="on", is_staff="on")) == []
    assert rows(lambda: save(is_staff="on")) == [("close_account", *who)]
    assert rows(lambda: save(is_active="on", is_staff="on")) == [("open_account", *who)]


def test_each_of_them_is_called_something(db: None):
    for kind in OTHERWISE:
        assert kind not in acts
        assert str(fragments.label_of(kind)) != kind
