"""Who and what was there in an older version is there after an update: names, log-ins, groups that are found.

All of it goes one way through all migrations, back and forth, because each takes 5 s of computing.
"""

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session as SessionBefore
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.test import Client

from discuss.models import Group, Session, User
from discuss.reading.lobby import ListQuery, read_listing
from discuss.reading.visitor import read_visitor
from discuss.rules.names import look_of
from discuss.rules.text import name_key
from tests.cast import Cast, log_in
from tests.test_like_names import ALIKE, SECRET, sign_up

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.log,
    pytest.mark.timeout(300),
]

# Before sessions were ours, and names and descriptions had keys to find them by, and names a look.
OLDER = "0003_limits"
# Two of these look like the first.
NAMES = ["lisa", "Iisa", "1isa", "admin.", "аdmin"]


def people_before() -> Any:
    """Return the model of people as processes of the older version have it."""
    state = MigrationExecutor(connection).loader.project_state(("discuss", OLDER))
    return state.apps.get_model("discuss", "User")


def test_who_and_what_was_there_before_an_update_is_there_after_it(cast: Cast):
    hashed = User(username="x")
    hashed.set_password(SECRET)
    User.objects.filter(pk=cast.bob.pk).update(password=hashed.password)
    Group.objects.filter(pk=cast.kitchen.pk).update(description="Über den Dächern")
    session = Session.objects.get(session_key=log_in(cast.ann).session.session_key)
    call_command("migrate", "discuss", OLDER, verbosity=0)
    try:
        before = people_before()
        for name in NAMES:
            before.objects.create(username=name, password=hashed.password)
        SessionBefore.objects.create(
            session_key=session.session_key,
            session_data=session.session_data,
            expire_date=session.expire_date,
        )
    finally:
        call_command("migrate", "discuss", verbosity=0)
    # A process of the version before goes on.
    before.objects.create(username="zoe", password=hashed.password)

    who_was_logged_in_still_is(cast, session.session_key)
    groups_are_found_and_their_names_are_taken(cast)
    who_had_a_name_keeps_it_and_logs_in(cast)
    none_of_them_takes_anybody_elses_place()


def who_was_logged_in_still_is(cast: Cast, key: str) -> None:
    assert read_visitor(key, cast.kitchen.uuid).user == cast.ann
    # Processes of the version before go on while the new ones start.
    assert SessionBefore.objects.filter(session_key=key).exists()


def groups_are_found_and_their_names_are_taken(cast: Cast) -> None:
    assert list(Group.objects.all()) == [cast.kitchen]
    assert read_listing(ListQuery("ÜBER"), cast.ann.pk).groups == [cast.kitchen]
    # The constraints are those of before.
    with pytest.raises(IntegrityError), transaction.atomic():
        Group.objects.create(name="KITCHEN")


def who_had_a_name_keeps_it_and_logs_in(cast: Cast) -> None:
    assert dict(User.objects.values_list("username", "username_look")) == {
        **{name: look_of(name) for name in (*NAMES, "ann", "bob", "cleo", "mod")},
        **dict.fromkeys(("Iisa", "1isa", "zoe")),
    }
    for name in (*NAMES, "bob", "zoe"):
        client = Client()
        entered = client.post("/accounts/login/", {"login": name.upper(), "password": SECRET})
        assert entered.status_code == 302, name
        person = User.objects.get(username_key=name_key(name))
        assert client.get("/").wsgi_request.user == person
        # All that is saved of them, as a new password or a changed right.
        person.set_password(SECRET)
        person.save()
        assert client.login(username=name, password=SECRET)


def none_of_them_takes_anybody_elses_place() -> None:
    assert sign_up("z0e") == [ALIKE]
    assert sign_up("b0b") == [ALIKE]
    # The one that was there first is gone, and those that look like it are still there.
    User.objects.get(username="lisa").delete()
    assert sign_up("llsa") == [ALIKE]
    User.objects.filter(username__in=["Iisa", "1isa"]).delete()
    assert sign_up("lisa") == []
    # Run again, the migration gives a look to whoever has none and may have it.
    User.objects.filter(username="zoe").update(username_look=None)
    with connection.schema_editor() as editor:
        import_module("discuss.migrations.0010_fill_looks").fill(apps, editor)
    assert User.objects.get(username="zoe").username_look == look_of("zoe")
