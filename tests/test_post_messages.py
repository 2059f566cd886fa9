"""What several people send at one moment is stored in one transaction, or each is told by itself why not."""

import threading
from collections.abc import Sequence

import pytest
from django.db import connection, transaction

from discuss import actions
from discuss.actions import AGAIN, Draft
from discuss.doorbell.bell import Bell
from discuss.models import Entry, Group, Kind, Membership, User
from discuss.rules.refusals import Code
from tests.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.log]


def draft(member: Membership, text: str, nonce: str = "nonce-of-this") -> Draft:
    return Draft(member, text, nonce)


def another_group(cast: Cast) -> Group:
    """A group of bob's and cleo's."""
    group = actions.create_group(cast.bob, name="Garden")
    actions.join_group(cast.cleo, group=group)
    return group


def in_group(group: Group, user: User) -> Membership:
    return Membership.objects.get(group=group, user=user)


def outcomes(drafts: Sequence[Draft]) -> list[str]:
    """Post them, and return what came of each: how, or the code of its refusal."""
    found = []
    for outcome in actions.post_messages(drafts):
        if isinstance(outcome, actions.Stored):
            found.append("stored")
        else:
            assert not isinstance(outcome, actions.Waiting)
            found.append("again" if outcome is AGAIN else outcome.code)
    return found


def texts(group: Group) -> list[tuple[int, int, str, str]]:
    lines = Entry.objects.filter(group=group, kind=Kind.MESSAGE).order_by("position")
    return list(lines.values_list("position", "change", "author__username", "text"))


def test_each_line_has_the_next_number_of_its_group_in_the_order_of_sending(cast: Cast):
    garden = another_group(cast)
    drafts = [
        draft(cast.member(cast.bob), "Soup?"),
        draft(in_group(garden, cast.cleo), "Beans"),
        draft(cast.member(cast.ann), "Soup!"),
    ]
    assert outcomes(drafts) == ["stored", "stored", "stored"]
    assert texts(cast.kitchen) == [(4, 4, "bob", "Soup?"), (5, 5, "ann", "Soup!")]
    assert texts(garden) == [(3, 3, "cleo", "Beans")]
    assert (cast.head(), Group.objects.get(pk=garden.pk).head) == (5, 3)


def test_each_group_rings_once_at_its_head(cast: Cast, bells_of):
    garden = another_group(cast)
    bob = cast.member(cast.bob)
    drafts = [draft(bob, "one"), draft(bob, "two"), draft(in_group(garden, cast.cleo), "three")]
    rung = bells_of(lambda: actions.post_messages(drafts))
    assert rung == [Bell("group", cast.kitchen.pk, 5), Bell("group", garden.pk, 3)]


def test_whoever_is_no_member_any_more_is_left_out_and_takes_no_number(cast: Cast):
    bob, ann = cast.member(cast.bob), cast.member(cast.ann)
    assert outcomes([draft(bob, "Before")]) == ["stored"]
    actions.remove_member(ann, membership=bob)
    head = cast.head()
    assert outcomes([draft(bob, "After"), draft(ann, "Bye")]) == [Code.NOT_A_MEMBER, "stored"]
    assert texts(cast.kitchen)[-1] == (head + 1, head + 1, "ann", "Bye")
    assert cast.head() == head + 1


def test_who_was_deactivated_is_left_out(cast: Cast):
    bob = cast.member(cast.bob)
    User.objects.filter(pk=cast.bob.pk).update(is_active=False)
    assert outcomes([draft(bob, "Hello")]) == [Code.NOT_A_MEMBER]


def test_a_membership_of_one_group_opens_no_other(cast: Cast):
    garden = another_group(cast)
    stranger = in_group(garden, cast.cleo)
    stranger.group = cast.kitchen
    assert outcomes([draft(stranger, "Hello")]) == [Code.NOT_A_MEMBER]
    assert texts(cast.kitchen) == []


def test_where_all_are_refused_no_number_moves_and_nothing_rings(cast: Cast, bells_of):
    bob = cast.member(cast.bob)
    actions.leave_group(bob)
    head = cast.head()
    assert bells_of(lambda: actions.post_messages([draft(bob, "Hello")])) == []
    assert cast.head() == head


def test_a_group_that_is_gone_is_for_post_message_to_say(cast: Cast):
    garden = another_group(cast)
    cleo = in_group(garden, cast.cleo)
    garden.delete()
    drafts = [draft(cleo, "Beans"), draft(cast.member(cast.bob), "Soup")]
    assert outcomes(drafts) == ["again", "stored"]


@pytest.mark.parametrize("is_stored_before", [True, False])
def test_one_that_was_sent_before_undoes_all_and_each_is_then_posted_once(
    cast: Cast, bells_of, is_stored_before: bool
):
    bob, ann = cast.member(cast.bob), cast.member(cast.ann)
    drafts = [draft(bob, "Soup?"), draft(ann, "Salad")]
    if is_stored_before:
        actions.post_message(bob, text="Soup?", nonce="nonce-of-this")
    else:  # Enter was pressed twice
        drafts.append(drafts[0])
    before, came = texts(cast.kitchen), []
    assert bells_of(lambda: came.extend(outcomes(drafts))) == []
    assert came == ["again"] * len(drafts)
    assert texts(cast.kitchen) == before
    for member, text, nonce, *_ in drafts:
        actions.post_message(member, text=text, nonce=nonce)
    assert sorted(text for *_, text in texts(cast.kitchen)) == ["Salad", "Soup?"]
    assert cast.head() == 5


@pytest.mark.parametrize("count", [1, 3, 50])
def test_whatever_their_number_it_takes_as_many_statements(
    cast: Cast, count: int, django_assert_num_queries
):
    members = [cast.member(cast.bob), cast.member(cast.ann), cast.member(cast.mod)]
    drafts = [draft(members[n % 3], f"line {n}") for n in range(count)]
    actions.post_messages([draft(members[0], "compiled"), draft(members[1], "compiled")])
    # The lock, who may post, the lines, the heads. (A savepoint of the test's around it are two more.)
    with django_assert_num_queries(6):
        assert outcomes(drafts) == ["stored"] * count


def test_a_message_alone_takes_as_many(cast: Cast, django_assert_num_queries):
    bob = cast.member(cast.bob)
    with django_assert_num_queries(6):
        actions.post_message(bob, text="Soup?", nonce="nonce-of-this")


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_a_group_that_somebody_has_locked(cast: Cast):
    garden = another_group(cast)
    drafts = [draft(in_group(garden, cast.cleo), "Beans"), draft(cast.member(cast.bob), "Soup")]
    # SQLite has one lock for everything: there it is waited for, whoever writes.
    waits = connection.vendor == "sqlite"
    is_locked, is_done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Group.objects.take_number(garden.pk)
            is_locked.set()
            is_done.wait(0.3 if waits else 20)
            transaction.set_rollback(True)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    assert is_locked.wait(20)
    came = outcomes(drafts)
    is_done.set()
    holder.join()
    assert came == ["stored" if waits else "again", "stored"]
