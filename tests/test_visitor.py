"""Who is at the door of a socket: whose session it is, while it stands, and what they may enter."""

import pytest
from django.utils import timezone

from discuss.models import Session, User
from discuss.reading.visitor import Visitor, read_people, read_visitor
from tests.cast import Cast, log_in

pytestmark = pytest.mark.django_db


@pytest.mark.log
def test_a_session_leads_to_its_person_and_their_membership_in_one_statement(
    cast: Cast, django_assert_num_queries
):
    log_in(cast.ann)
    key = log_in(cast.bob).session.session_key
    with django_assert_num_queries(1):
        visitor = read_visitor(key, cast.kitchen.uuid)
    ends = Session.objects.get(pk=key).expire_date
    assert visitor == Visitor(cast.bob, cast.kitchen, cast.member(cast.bob), ends=ends)
    with django_assert_num_queries(1):
        assert read_visitor(key) == Visitor(cast.bob, ends=ends)


def test_without_a_membership_there_is_the_group_or_not_even_that(cast: Cast):
    key = log_in(cast.cleo).session.session_key
    ends = Session.objects.get(pk=key).expire_date
    assert read_visitor(key, cast.kitchen.uuid) == Visitor(cast.cleo, cast.kitchen, ends=ends)
    cast.kitchen.delete()
    assert read_visitor(key, cast.kitchen.uuid) == Visitor(cast.cleo, ends=ends)


@pytest.mark.parametrize("key", [None, "", "x" * 32, "\x00", "x" * 5000])
def test_without_a_session_there_is_nobody(cast: Cast, key: str | None):
    assert read_visitor(key, cast.kitchen.uuid) == Visitor(None)


def test_a_session_stands_until_it_ends_in_any_way(cast: Cast):
    def is_standing() -> bool:
        return read_visitor(client.session.session_key).user == cast.bob

    client = log_in(cast.bob)
    assert is_standing()

    User.objects.filter(pk=cast.bob.pk).update(is_active=False)
    assert not is_standing()
    User.objects.filter(pk=cast.bob.pk).update(is_active=True)
    assert is_standing()

    cast.bob.set_password("a new one for bob")
    cast.bob.save()
    assert not is_standing()
    client = log_in(cast.bob)
    assert is_standing()

    Session.objects.filter(session_key=client.session.session_key).update(
        expire_date=timezone.now()
    )
    assert not is_standing()


@pytest.mark.parametrize("at_a_group", [False, True])
def test_it_says_where_an_account_was_closed(cast: Cast, at_a_group: bool):
    key = log_in(cast.bob).session.session_key
    User.objects.filter(pk=cast.bob.pk).update(is_active=False)
    group = cast.kitchen.uuid if at_a_group else None
    assert read_visitor(key, group) == Visitor(None, is_closed=True)


def test_the_sessions_of_many_are_one_query(cast: Cast, django_assert_num_queries):
    keys = {log_in(user).session.session_key or "": user for user in (cast.ann, cast.bob, cast.mod)}
    with django_assert_num_queries(1):
        assert read_people([*keys, "x" * 32]) == keys


def test_a_session_of_nobody_is_nobodys(cast: Cast, client):
    client.get("/accounts/login/")
    session = client.session
    session["visited"] = True
    session.save()
    assert read_visitor(session.session_key).user is None


def test_a_session_that_was_taken_over_by_someone_else_is_theirs(cast: Cast):
    client = log_in(cast.bob)
    client.force_login(cast.ann, backend="django.contrib.auth.backends.ModelBackend")
    assert read_visitor(client.session.session_key, cast.kitchen.uuid).user == cast.ann


def test_whom_a_session_says_it_is_of_is_not_enough(cast: Cast):
    """What is signed says whose it is; the column only finds it."""
    key = log_in(cast.bob).session.session_key or ""
    Session.objects.filter(session_key=key).update(user=cast.ann)
    assert read_visitor(key, cast.kitchen.uuid) == Visitor(None)
    assert read_people([key]) == {}


def test_after_a_log_out_there_is_nobody(cast: Cast):
    client = log_in(cast.bob)
    key = client.session.session_key
    assert read_visitor(key).user == cast.bob
    client.logout()
    assert read_visitor(key, cast.kitchen.uuid) == Visitor(None)


def test_with_the_person_their_sessions_go(cast: Cast):
    key = log_in(cast.bob).session.session_key
    cast.bob.delete()
    assert not Session.objects.filter(session_key=key).exists()
