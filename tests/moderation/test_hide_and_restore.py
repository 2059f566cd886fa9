import pytest
from django.contrib.auth.models import Permission

from discuss import actions
from discuss.actions import Refused
from discuss.doorbell.bell import Bell
from discuss.models import Act, Entry, Membership, Mention, Role, User
from discuss.moderation.actions import Why, perform_act
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def soup(cast: Cast) -> Entry:
    return cast.say(cast.bob, "Soup")


def staff(*rights: str) -> User:
    user = User.objects.create_user("sam", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    return user


def test_a_moderator_hides_and_the_record_says_why(cast: Cast, soup: Entry):
    why = Why("insult", "Twice today", case_id=7)
    done = perform_act(cast.member(cast.mod), "hide", entry=soup, why=why)
    soup.refresh_from_db()
    assert (soup.is_hidden, soup.text, soup.change, cast.head()) == (True, "Soup", 5, 5)
    row = Act.objects.get()
    assert row == done
    assert soup.hidden_by == row.pk
    assert (row.kind, row.actor_id, row.user_id) == ("hide", cast.mod.pk, cast.bob.pk)
    assert (row.group_id, row.entry_id, row.case_id) == (cast.kitchen.pk, soup.pk, 7)
    assert (row.reason, row.note) == ("insult", "Twice today")


def test_it_is_one_bell_and_one_at_which_lists_do_not_wait(cast: Cast, soup: Entry, bells_of):
    mod = cast.member(cast.mod)
    bells = bells_of(lambda: perform_act(mod, "hide", entry=soup))
    assert sorted(bells) == [
        Bell("group", cast.kitchen.pk, 5),
        Bell("hidden", cast.kitchen.pk, 5),
    ]


def test_it_is_restored_and_the_record_says_which_act_that_undoes(cast: Cast, soup: Entry):
    first = perform_act(cast.member(cast.mod), "hide", entry=soup)
    perform_act(cast.member(cast.ann), "restore", entry=soup)
    soup.refresh_from_db()
    assert first is not None
    assert (soup.is_hidden, soup.hidden_by, soup.change) == (False, None, 6)
    last = Act.objects.latest("pk")
    assert (last.kind, last.actor_id, last.undoes_id) == ("restore", cast.ann.pk, first.pk)


def test_what_its_author_removed_stays_removed(cast: Cast, soup: Entry):
    actions.hide_message(cast.member(cast.bob), entry=soup)
    assert perform_act(cast.member(cast.mod), "restore", entry=soup) is None
    soup.refresh_from_db()
    assert soup.is_hidden
    assert not Act.objects.exists()
    assert cast.head() == 5


def test_a_moderator_who_removes_by_the_menu_is_in_the_record_too(cast: Cast, soup: Entry):
    actions.hide_message(cast.member(cast.mod), entry=soup)
    soup.refresh_from_db()
    assert soup.hidden_by == Act.objects.get(kind="hide", actor_id=cast.mod.pk).pk


def test_to_hide_twice_and_to_restore_twice_is_nothing(cast: Cast, soup: Entry, bells_of):
    mod = cast.member(cast.mod)
    perform_act(mod, "hide", entry=soup)
    assert bells_of(lambda: perform_act(mod, "hide", entry=soup)) == []
    perform_act(mod, "restore", entry=soup)
    assert bells_of(lambda: perform_act(mod, "restore", entry=soup)) == []
    assert list(Act.objects.order_by("pk").values_list("kind", flat=True)) == ["hide", "restore"]
    assert cast.head() == 6


def test_what_is_shown_again_is_found_by_search_and_mentions_again(cast: Cast):
    entry = cast.say(cast.bob, "Soup for @ann")
    mod = cast.member(cast.mod)
    perform_act(mod, "hide", entry=entry)
    assert not Mention.objects.exists()
    perform_act(mod, "restore", entry=entry)
    assert Mention.objects.get().user == cast.ann


@pytest.mark.parametrize("author", ["mod", "ann"])
def test_nobody_acts_on_an_equal_or_a_higher_rank_nor_on_themselves(cast: Cast, author: str):
    Membership.objects.filter(user=cast.bob).update(role=Role.MODERATOR)
    entry = cast.say(getattr(cast, author), "Soup")
    for name in ("hide", "restore"):
        with pytest.raises(Refused, match="You may not do this"):
            perform_act(cast.member(cast.bob), name, entry=entry)
    own = cast.say(cast.bob, "Salad")
    with pytest.raises(Refused, match="yourself"):
        perform_act(cast.member(cast.bob), "hide", entry=own)
    assert not Act.objects.exists()


def test_who_is_no_moderator_any_more_is_refused(cast: Cast, soup: Entry):
    mod = cast.member(cast.mod)
    Membership.objects.filter(user=cast.mod).update(role=Role.MEMBER)
    with pytest.raises(Refused):
        perform_act(mod, "hide", entry=soup)
    Membership.objects.filter(user=cast.mod).delete()
    with pytest.raises(Refused, match="not a member"):
        perform_act(mod, "hide", entry=soup)
    soup.refresh_from_db()
    assert not soup.is_hidden


def test_staff_act_by_the_right_in_any_group(cast: Cast, soup: Entry):
    with pytest.raises(Refused, match="staff"):
        perform_act(cast.cleo, "hide", entry=soup)
    with pytest.raises(Refused, match="staff"):
        perform_act(staff("view_message"), "hide", entry=soup)
    sam = User.objects.get(username="sam")
    sam.user_permissions.set(Permission.objects.filter(codename="delete_message"))
    done = perform_act(User.objects.get(pk=sam.pk), "hide", entry=soup)
    assert done is not None
    assert done.actor_id == sam.pk


def test_it_is_not_done_to_an_event(cast: Cast):
    with pytest.raises(Refused, match="no such message"):
        perform_act(cast.member(cast.ann), "hide", entry=cast.lines()[1])


def test_the_record_falls_with_the_act(cast: Cast, soup: Entry, monkeypatch: pytest.MonkeyPatch):
    """Both are one transaction: where one of them fails, neither is there."""

    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("discuss.actions.change.Change.alter_line", fail)
    with pytest.raises(RuntimeError):
        perform_act(cast.member(cast.mod), "hide", entry=soup)
    assert not Act.objects.exists()
    assert cast.head() == 4
