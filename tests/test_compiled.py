"""A compiled query finds what Django's own finds, on either database, whatever its values."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Model, Q, QuerySet

from discuss import actions
from discuss.db.compiled import Compiled, insert
from discuss.models import Entry, Kind, Membership, User
from discuss.reading.log import lines_after
from discuss.reading.positions import messages_after
from tests.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.log]


def everything(row: Model) -> dict[str, Any]:
    """Return what is known of a row without a query, its related rows and annotations too."""
    known = {name: value for name, value in vars(row).items() if name != "_state"}
    related = row._state.fields_cache
    return known | {name: other and everything(other) for name, other in related.items()}


def test_lines_are_as_django_reads_them(cast: Cast):
    cast.say(cast.bob, "Soup?")
    expected = Entry.objects.filter(group=cast.kitchen).for_display().after(1)
    found = lines_after.rows(cast.kitchen.pk, 1)
    assert [everything(row) for row in found] == [everything(row) for row in expected]
    assert {type(row.author) for row in found} == {User}
    assert found == list(expected)


def test_it_is_read_anew_each_time_and_for_other_values(cast: Cast, django_assert_num_queries):
    lines_after.rows(cast.kitchen.pk, 0)
    cast.say(cast.bob, "Soup?")
    with django_assert_num_queries(2):
        assert [row.text for row in lines_after.rows(cast.kitchen.pk, 3)] == ["Soup?"]
        assert lines_after.rows(cast.kitchen.pk, 4) == []


def test_rows_can_be_limited(cast: Cast):
    assert [row.change for row in lines_after.rows(cast.kitchen.pk, 0, limit=2)] == [1, 2]


def test_a_uuid_and_a_text_are_values_too(cast: Cast):
    @Compiled
    def members(uuid: UUID, name: str) -> QuerySet[Membership]:
        return Membership.objects.filter(group__uuid=uuid, user__username=name)

    assert members.first(cast.kitchen.uuid, "bob") == cast.member(cast.bob)
    assert members.first(cast.kitchen.uuid, "cleo") is None
    assert members.first(uuid4(), "bob") is None


@pytest.mark.parametrize("size", [0, 1, 2, 3, 4, 5, 9])
def test_a_list_may_be_of_any_length(cast: Cast, size: int):
    @Compiled
    def among(name: str, pks: list[int]) -> QuerySet[User]:
        return User.objects.exclude(username=name).filter(pk__in=pks).order_by("pk")

    people = [User.objects.create_user(f"person{number}") for number in range(12)]
    wanted = {person.pk for person in people[:size]}
    assert [person.pk for person in among.rows("person0", wanted)] == sorted(wanted)[1:]


@pytest.mark.parametrize("size", [0, 1, 2, 3, 5])
def test_two_lists_are_of_their_own_lengths(cast: Cast, size: int):
    @Compiled
    def places(names: str, group_ids: list[int], user_ids: list[int]) -> QuerySet[Membership]:
        found = Membership.objects.filter(group__in=group_ids, user__in=user_ids)
        return found.exclude(user__username=names)

    groups = [actions.create_group(cast.bob, name=f"Attic {number}").pk for number in range(6)]
    people = [cast.ann.pk, cast.bob.pk, cast.cleo.pk]
    expected = Membership.objects.filter(group__in=groups[:size], user=cast.bob)
    assert set(places.rows("ann", groups[:size], people)) == set(expected)
    assert places.rows("ann", groups[:size], []) == []


def test_very_many_values_are_read_too(cast: Cast):
    @Compiled
    def among(pks: list[int]) -> QuerySet[User]:
        return User.objects.filter(pk__in=pks).order_by("pk")

    pks = [cast.bob.pk, *range(10**6, 10**6 + 600), cast.ann.pk]
    assert among.rows(pks) == [cast.ann, cast.bob]
    assert among.rows(pks, limit=1) == [cast.ann]


def test_tuples_and_values_are_as_django_reads_them(cast: Cast):
    def pairs(pks: list[int]) -> QuerySet[User, tuple[Any, ...]]:
        active = User.objects.filter(pk__in=pks).annotate(is_bob=Q(username="bob"))
        return active.order_by("-pk").values_list("is_bob", "date_joined", "username")

    def names(pks: list[int]) -> QuerySet[User, str]:
        found: QuerySet[User, str] = (
            User.objects.filter(pk__in=pks).order_by("pk").values_list("username", flat=True)
        )
        return found

    def both(pks: list[int], others: list[int]) -> QuerySet[User, tuple[Any, ...]]:
        return pairs(pks).order_by().union(pairs(others).order_by(), all=True)

    pks = [cast.ann.pk, cast.bob.pk]
    cases: list[tuple[Any, list[Any]]] = [(pairs, [pks]), (names, [pks]), (both, [pks, pks[:1]])]
    for build, values in cases:
        found = Compiled(build).rows(*values)
        expected = list(build(*values))
        assert sorted(found) == sorted(expected)
        assert [type(row) for row in found] == [type(row) for row in expected]
        assert found


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_a_list_of_pairs_is_read_pair_by_pair(cast: Cast, size: int):
    groups = [actions.create_group(cast.bob, name=f"Attic {number}") for number in range(6)]
    for group in groups:
        for text in ("One", "Two", "Three"):
            bob = Membership.objects.get(group=group, user=cast.bob)
            actions.post_message(bob, text=text, nonce=f"nonce-{text}")
    since = {group.pk: 1 + number % 3 for number, group in enumerate(groups[:size])}
    expected = [
        line
        for pk, change in sorted(since.items())
        for line in Entry.objects.filter(group=pk, kind=Kind.MESSAGE, change__gt=change)
    ]
    found = messages_after.rows([mark for pair in since.items() for mark in pair])
    assert [(group_id, position) for group_id, position, *_ in found] == [
        (line.group_id, line.position) for line in expected
    ]
    assert len({change for _, _, _, change, *_ in found}) > 1


def test_one_line_is_written_with_all_it_holds_and_gets_its_key(cast: Cast):
    line = Entry(group=cast.kitchen, kind=Kind.MESSAGE, position=9, change=9, text="Ü", nonce="n")
    line.author = cast.bob
    insert([line])
    assert everything(Entry.objects.get(pk=line.pk)) == {
        name: value for name, value in everything(line).items() if name not in {"author", "group"}
    }
    assert not line._state.adding


def test_a_line_that_holds_more_than_the_one_beside_it_keeps_it(cast: Cast):
    group, kind, by = cast.kitchen, Kind.MESSAGE, cast.bob
    insert(
        [
            Entry(group=group, kind=kind, position=7, change=7),
            Entry(group=group, kind=kind, position=8, change=8, author=by, details={"a": None}),
        ]
    )
    written = Entry.objects.filter(position__gte=7).values_list("author", "details", "html")
    assert list(written.order_by("position")) == [(None, None, None), (by.pk, {"a": None}, None)]


def test_several_are_written_in_one_go_and_all_or_none_of_them(
    cast: Cast, django_assert_num_queries
):
    def lines(*positions: int) -> list[Entry]:
        group, kind = cast.kitchen, Kind.MESSAGE
        return [Entry(group=group, kind=kind, position=n, change=n) for n in positions]

    with django_assert_num_queries(1):
        insert(lines(7, 8))
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(lines(9, 8))
    assert [entry.position for entry in cast.lines()[-3:]] == [3, 7, 8]
