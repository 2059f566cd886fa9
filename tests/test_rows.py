"""A row of the lobby is rendered once, until something that it shows is another."""

import pytest
from pytest_django import Settings

from discuss import actions
from discuss.models import Group
from discuss.reading.lobby import ListQuery, read_listing
from discuss.rendering import fragments, kept, rows
from discuss.rendering.audience import Audience
from tests.cast import Cast, log_in

pytestmark = pytest.mark.django_db
EVERYONE = Audience.everyone()


@pytest.fixture
def renderings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the groups whose rows are rendered, in that order."""
    kept.forget()
    rendered: list[str] = []
    original = fragments.group_row

    def group_row(audience: Audience, *, group: Group, is_member: bool) -> str:
        rendered.append(group.name)
        return original(audience, group=group, is_member=is_member)

    monkeypatch.setattr(fragments, "group_row", group_row)
    return rendered


def shown(cast: Cast) -> str:
    listing = read_listing(ListQuery(), cast.bob.pk)
    return "".join(rows.of_listing(listing, EVERYONE))


def test_a_row_is_rendered_once_for_all_who_see_the_same(cast: Cast, renderings: list[str]):
    log_in(cast.ann).get("/")
    log_in(cast.bob).get("/")
    assert renderings == ["Kitchen"]
    log_in(cast.cleo).get("/")
    assert renderings == ["Kitchen", "Kitchen"]


def test_it_is_rendered_anew_where_it_shows_something_else(cast: Cast, renderings: list[str]):
    before = shown(cast)
    actions.join_group(cast.cleo, group=cast.kitchen)
    joined = shown(cast)
    assert "4 members" in joined
    assert "4 members" not in before
    actions.change_group(
        cast.member(cast.ann), group=cast.kitchen, name="Canteen", description="Lunch"
    )
    assert "Canteen" in shown(cast)
    assert "Lunch" in shown(cast)
    actions.leave_group(cast.member(cast.bob))
    assert "join-form" in shown(cast)
    assert renderings == ["Kitchen", "Kitchen", "Canteen", "Canteen"]


def test_while_a_template_is_being_changed_it_is_rendered_each_time(
    cast: Cast, renderings: list[str], settings: Settings
):
    settings.DEBUG = True
    assert shown(cast) == shown(cast)
    assert renderings == ["Kitchen", "Kitchen"]


def test_so_many_are_kept_and_none_that_is_too_long():
    store = kept.Kept(2, 3)
    for name in ("a", "b", "a", "long"):
        store.rendered(name, lambda: name)  # noqa: B023
    assert list(store._kept) == ["a", "b"]
    assert store.rendered("a", lambda: "x") == "a"
    store.rendered("c", lambda: "c")
    assert list(store._kept) == ["c"]
    kept.forget()
    assert store.rendered("c", lambda: "d") == "d"


def test_so_much_is_kept_in_all():
    store = kept.Kept(9, 3, in_all=5)
    for name in ("aaa", "bb", "aaa"):
        store.rendered(name, lambda: name)  # noqa: B023
    assert list(store._kept) == ["aaa", "bb"]
    for name in ("ccc", "dd", "e"):
        store.rendered(name, lambda: name)  # noqa: B023
    assert list(store._kept) == ["e"]
