"""Deleting an account: it is closed at once, and then its lines become someone's, a few at a time."""

import logging

import pytest
from django.db import IntegrityError

from discuss import actions
from discuss.actions import Refused, deletions
from discuss.doorbell.bell import Bell
from discuss.models import Deletion, Entry, Group, Kind, Membership, Role, User
from tests.cast import Cast, say_all

pytestmark = [pytest.mark.django_db, pytest.mark.log]


def test_the_lines_stay_as_someones_and_count_as_changed(cast: Cast):
    entry, other = cast.say(cast.bob, "Soup"), cast.say(cast.ann, "Yes")
    cast.delete(cast.bob)
    entry.refresh_from_db()
    other.refresh_from_db()
    assert (entry.text, entry.author, entry.position) == ("Soup", None, 4)
    assert entry.change == cast.head() == 6
    assert other.change == 5


def test_only_the_person_is_forgotten_where_a_line_is_about_two(cast: Cast):
    actions.remove_member(cast.member(cast.ann), membership=cast.member(cast.bob))
    actions.join_group(cast.bob, group=cast.kitchen)
    actions.remove_member(cast.member(cast.mod), membership=cast.member(cast.bob))
    cast.delete(cast.bob)
    removals = [(line.author, line.subject) for line in cast.lines() if line.kind == Kind.REMOVED]
    assert removals == [(cast.ann, None), (cast.mod, None)]
    cast.delete(cast.mod)
    removals = [(line.author, line.subject) for line in cast.lines() if line.kind == Kind.REMOVED]
    assert removals == [(cast.ann, None), (None, None)]


def test_members_are_told_that_someone_left(cast: Cast):
    cast.delete(cast.bob)
    line = cast.lines()[-1]
    assert (line.kind, line.author, line.subject, line.position) == (Kind.LEFT, None, None, 4)
    assert not Membership.objects.filter(user_id=cast.bob.pk).exists()
    assert not User.objects.filter(username="bob").exists()
    assert not Deletion.objects.exists()


def test_a_group_that_the_person_left_before_changes_without_a_new_line(cast: Cast):
    actions.leave_group(cast.member(cast.bob))
    count = Entry.objects.count()
    cast.delete(cast.bob)
    assert Entry.objects.count() == count
    assert cast.head() == 5


def test_groups_that_never_knew_the_person_stay_as_they_are(cast: Cast):
    cast.delete(cast.cleo)
    assert cast.head() == 3
    assert not User.objects.filter(pk=cast.cleo.pk).exists()


def test_an_owner_leaves_the_group_without_one(cast: Cast):
    cast.delete(cast.ann)
    assert not cast.kitchen.memberships.filter(role=Role.OWNER).exists()
    assert cast.kitchen.memberships.count() == 2


def test_it_is_closed_at_once_and_hears_it_before_anything_else_is_done(cast: Cast, bells_of):
    sam = User.objects.create_user("sam", is_staff=True)
    bob = cast.member(cast.bob)
    bells = bells_of(lambda: actions.delete_user(sam, user=cast.bob))
    deletion = Deletion.objects.get()
    assert deletion.user == cast.bob
    assert set(bells) == {Bell("person", cast.bob.pk), Bell("deletion", deletion.pk)}
    with pytest.raises(Refused, match="not a member"):
        actions.post_message(bob, text="Still here", nonce="1")
    # No line has changed yet, and nobody else can be taken for bob.
    assert cast.head() == 3
    with pytest.raises(IntegrityError):
        User.objects.create_user("BOB")


def test_it_rings_for_each_group(cast: Cast, bells_of):
    garden = actions.create_group(cast.bob, name="Garden")
    actions.delete_user(cast.bob, user=cast.bob)
    bells = bells_of(actions.finish_deletions)
    assert set(bells) == {
        Bell("group", cast.kitchen.pk, 4),
        Bell("lobby", cast.kitchen.pk),
        Bell("group", garden.pk, 2),
        Bell("lobby", garden.pk),
    }


def test_to_delete_it_once_more_changes_nothing(cast: Cast, bells_of):
    sam = User.objects.create_user("sam", is_staff=True)
    actions.delete_user(sam, user=cast.bob)
    assert bells_of(lambda: actions.delete_user(sam, user=cast.bob)) == []
    assert Deletion.objects.count() == 1
    actions.finish_deletions()
    assert bells_of(lambda: actions.delete_user(sam, user=cast.bob)) == []


# --- who may --------------------------------------------------------------------------------------------


def person(name: str) -> User:
    """Return somebody by their place: `sam` is staff, `boss` a superuser."""
    return User.objects.get_or_create(
        username=name,
        defaults={
            "username_key": name,
            "is_staff": name in {"sam", "sue", "boss", "chief"},
            "is_superuser": name in {"boss", "chief"},
        },
    )[0]


@pytest.mark.parametrize(
    ("actor", "user"), [("bob", "bob"), ("sam", "bob"), ("boss", "bob"), ("boss", "sam")]
)
def test_people_delete_themselves_staff_others_and_superusers_staff(
    cast: Cast, actor: str, user: str, caplog: pytest.LogCaptureFixture, bells_of
):
    deleted = person(user)
    with caplog.at_level(logging.INFO, "discuss"):
        bells_of(lambda: actions.delete_user(person(actor), user=deleted))
    assert f"Account {person(actor).pk} deletes account {deleted.pk}." in caplog.messages
    actions.finish_deletions()
    assert not User.objects.filter(pk=deleted.pk).exists()


@pytest.mark.parametrize(
    ("actor", "user"),
    [("ann", "bob"), ("sam", "sam"), ("sam", "sue"), ("sam", "boss"), ("boss", "boss")],
)
def test_it_refuses_everybody_else(cast: Cast, actor: str, user: str):
    assert person("chief").is_superuser
    deleted = person(user)
    with pytest.raises(Refused, match="staff"):
        actions.delete_user(person(actor), user=deleted)
    deleted.refresh_from_db()
    assert deleted.is_active
    assert not Deletion.objects.exists()


@pytest.mark.parametrize("change", [{"is_staff": False}, {"is_active": False}])
def test_it_refuses_who_was_staff_when_they_began(cast: Cast, change: dict[str, bool]):
    sam = person("sam")
    User.objects.filter(pk=sam.pk).update(**change)
    with pytest.raises(Refused):
        actions.delete_user(sam, user=cast.bob)
    assert not Deletion.objects.exists()


# --- little by little -----------------------------------------------------------------------------------


@pytest.fixture
def talkative(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> list[Group]:
    """Four groups in which bob said 25 things each, between those of others; 10 lines are a step."""
    monkeypatch.setattr(deletions, "LINES_AT_ONCE", 10)
    groups = [cast.kitchen]
    for name in ("Attic", "Cellar", "Garden"):
        groups.append(actions.create_group(cast.ann, name=name))
        actions.join_group(cast.bob, group=groups[-1])
    for group in groups:
        bob, ann = (group.memberships.get(user=user) for user in (cast.bob, cast.ann))
        said = []
        for number in range(25):
            said.append((bob, f"Soup {number}"))
            if number % 4 == 0:
                said.append((ann, f"Yes {number}"))
        say_all(said)
    return groups


def looks(group: Group) -> dict[int, tuple[object, ...]]:
    """Return all that decides how each line looks, by position."""
    return {
        line.position: (line.author_id, line.subject_id, line.continues, line.starts_day)
        for line in Entry.objects.filter(group=group).for_display()
    }


def changes(group: Group) -> dict[int, int]:
    return dict(Entry.objects.filter(group=group).values_list("position", "change"))


def test_a_step_changes_so_many_lines_of_one_group_and_others_write_in_between(
    cast: Cast, talkative: list[Group]
):
    actions.delete_user(cast.bob, user=cast.bob)
    (deletion,) = Deletion.objects.all()
    steps, written = 0, 0
    heads = {group.pk: Group.objects.get(pk=group.pk).head for group in talkative}
    before = {group.pk: changes(group) for group in talkative}
    for _ in actions.take_steps(deletion):
        steps += 1
        now = {group.pk: changes(group) for group in talkative}
        moved = [pk for pk in now if now[pk] != before[pk]]
        assert len(moved) <= 1
        for pk in moved:
            changed = {p for p, change in now[pk].items() if before[pk].get(p) != change}
            # And the line that says that someone left.
            assert len(changed - {heads[pk] + 1}) <= 10
            assert {now[pk][position] for position in changed} == {heads[pk] + 1}
        for group in talkative:
            ann = group.memberships.get(user=cast.ann)
            actions.post_message(ann, text="Meanwhile", nonce=actions.new_nonce())
            written += 1
        heads = {group.pk: Group.objects.get(pk=group.pk).head for group in talkative}
        before = {group.pk: changes(group) for group in talkative}
    # 26 lines in each: what bob said, and that he joined. And the account itself.
    assert steps == 4 * 3 + 1
    assert Entry.objects.filter(text="Meanwhile").count() == written
    assert not User.objects.filter(pk=cast.bob.pk).exists()


def test_every_line_that_looks_otherwise_has_a_new_number(cast: Cast, talkative: list[Group]):
    """After each step, not only at the end: a page may read the log in between."""
    actions.delete_user(cast.bob, user=cast.bob)
    before = {group.pk: (looks(group), changes(group)) for group in talkative}
    assert any(look[2] for look in before[talkative[0].pk][0].values()), "None continues another"
    (deletion,) = Deletion.objects.all()
    for _ in actions.take_steps(deletion):
        for group in talkative:
            now, numbers = looks(group), changes(group)
            for position, look in now.items():
                if before[group.pk][0].get(position) != look:
                    assert before[group.pk][1].get(position) != numbers[position]
            before[group.pk] = now, numbers
    assert cast.bob.pk not in {look[0] for group in talkative for look in looks(group).values()}


def test_the_first_steps_end_the_memberships(cast: Cast, talkative: list[Group]):
    """The list of members shows a closed account otherwise from the beginning, so it must follow soon."""
    actions.delete_user(cast.bob, user=cast.bob)
    (deletion,) = Deletion.objects.all()
    steps = actions.take_steps(deletion)
    left = [cast.bob.memberships.count() for _ in zip(talkative, steps, strict=False)]
    assert left == [3, 2, 1, 0]


def test_what_is_looked_up_at_a_time_is_bounded(
    cast: Cast, talkative: list[Group], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(deletions, "LINES_LOOKED_UP", 15)
    cast.delete(cast.bob)
    assert not User.objects.filter(pk=cast.bob.pk).exists()
    assert Entry.objects.filter(author=None, kind=Kind.MESSAGE).count() == 100


class BrokenOff(Exception):
    pass


def break_off_at(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Let the step of this number fail in its middle, once it has written."""
    honest, count = deletions._forget_lines, 0

    def forget_lines(*args: object, **kwargs: object) -> object:
        nonlocal count
        count += 1
        changed = honest(*args, **kwargs)  # type: ignore[arg-type]
        if count == number:
            raise BrokenOff
        return changed

    monkeypatch.setattr(deletions, "_forget_lines", forget_lines)


@pytest.mark.parametrize("number", [1, 2, 5, 12])
def test_it_goes_on_where_it_was_broken_off(
    cast: Cast, talkative: list[Group], monkeypatch: pytest.MonkeyPatch, number: int
):
    actions.delete_user(cast.bob, user=cast.bob)
    break_off_at(monkeypatch, number)
    with pytest.raises(BrokenOff):
        actions.finish_deletions()
    # Steps that were done are, and the one that broke off is not.
    deletion = Deletion.objects.get()
    assert deletion.beat == number - 1
    assert User.objects.filter(pk=cast.bob.pk, is_active=False).exists()
    heads = sum(Group.objects.values_list("head", flat=True))
    assert actions.finish_deletions() == 1
    assert sum(Group.objects.values_list("head", flat=True)) == heads + 12 - (number - 1)
    assert not User.objects.filter(pk=cast.bob.pk).exists()
    assert Entry.objects.filter(author=None, kind=Kind.MESSAGE).count() == 100
    assert Entry.objects.filter(kind=Kind.LEFT).count() == 4


def test_of_two_that_go_on_the_one_that_comes_too_late_ends(cast: Cast, talkative: list[Group]):
    actions.delete_user(cast.bob, user=cast.bob)
    mine, theirs = (actions.take_steps(Deletion.objects.get()) for _ in range(2))
    next(mine)
    heads = list(Group.objects.values_list("head", flat=True))
    # It began at the same beat, and writes nothing.
    assert list(theirs) == []
    assert list(Group.objects.values_list("head", flat=True)) == heads
    next(mine)
    # Whoever knows the beat of now takes it over, and the first one ends.
    theirs = actions.take_steps(Deletion.objects.get())
    next(theirs)
    assert list(mine) == []
    assert len(list(theirs)) == 13 - 3
    assert not User.objects.filter(pk=cast.bob.pk).exists()


def test_a_line_that_was_under_way_all_the_time_is_forgotten_too(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
):
    actions.delete_user(cast.bob, user=cast.bob)
    honest = deletions._delete_account
    late: list[Entry] = []

    def delete_account(user_id: int) -> None:
        if not late:
            late.append(
                Entry.objects.create(
                    group=cast.kitchen, kind=Kind.MESSAGE, position=50, change=50, author=cast.bob
                )
            )
        honest(user_id)

    monkeypatch.setattr(deletions, "_delete_account", delete_account)
    actions.finish_deletions()
    assert not User.objects.filter(pk=cast.bob.pk).exists()
    late[0].refresh_from_db()
    assert late[0].author is None
    assert late[0].change == cast.head() != 50


def test_a_group_that_goes_meanwhile_is_in_nobodys_way(cast: Cast, talkative: list[Group]):
    sam = person("sam")
    actions.delete_user(sam, user=cast.bob)
    steps = actions.take_steps(Deletion.objects.get())
    next(steps)
    actions.delete_group(sam, group=talkative[1])
    # By a process of the version before, which does not know that the group is being deleted.
    Membership.objects.create(group=talkative[1], user=cast.bob)
    for _ in steps:
        pass
    assert not User.objects.filter(pk=cast.bob.pk).exists()
    assert (
        not Entry.objects.filter(group=talkative[1]).exclude(author=None).exclude(author=cast.ann)
    )
    actions.finish_deletions()
    assert not Group._base_manager.filter(pk=talkative[1].pk).exists()


def test_the_database_alone_would_take_no_numbers(cast: Cast):
    """Why lines come first: what the database sets to NULL is new to no page."""
    entry = cast.say(cast.bob, "Soup")
    cast.bob.delete()
    entry.refresh_from_db()
    assert (entry.author, entry.change) == (None, 4)
    assert not Membership.objects.filter(user_id=cast.bob.pk).exists()
