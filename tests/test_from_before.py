"""What was there before an update is there after it: sessions, what groups are searched by, and names.

All in one test, since each would undo some forty migrations and do them again.
"""

from typing import Any

import pytest
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

NAMES = ["lisa", "Iisa", "1isa", "admin.", "аdmin", "rob"]


@pytest.mark.log
@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(300)
def test_sessions_groups_and_names_of_before_are_there(cast: Cast):
    key = log_in(cast.bob).session.session_key
    session = Session.objects.get(session_key=key)
    Group.objects.filter(pk=cast.kitchen.pk).update(description="Über den Dächern")
    groups = set(Group.objects.all())
    hashed = User(username="x")
    hashed.set_password(SECRET)
    try:
        call_command("migrate", "discuss", "0003", verbosity=0)
        SessionBefore.objects.create(
            session_key=session.session_key,
            session_data=session.session_data,
            expire_date=session.expire_date,
        )
        call_command("migrate", "discuss", "0008", verbosity=0)
        people_before = model_before("0009_looks", "User")
        for name in NAMES:
            people_before.objects.create(username=name, password=hashed.password)
    finally:
        call_command("migrate", "discuss", verbosity=0)
    see_who_was_logged_in(cast, key)
    see_the_group(cast)
    # A process of the version before goes on.
    people_before.objects.create(username="zoe", password=hashed.password)
    see_names()
    assert set(Group.objects.all()) == groups


def see_who_was_logged_in(cast: Cast, key: str | None) -> None:
    assert read_visitor(key, cast.kitchen.uuid).user == cast.bob
    # Processes of the version before go on while the new ones start.
    assert SessionBefore.objects.filter(session_key=key).exists()


def see_the_group(cast: Cast) -> None:
    assert read_listing(ListQuery("ÜBER"), cast.ann.pk).groups == [cast.kitchen]
    # And the constraints are those of before.
    with pytest.raises(IntegrityError), transaction.atomic():
        Group.objects.create(name="KITCHEN")


def see_names() -> None:
    """Who had a name keeps it, logs in, and takes nobody else's place."""
    people = User.objects.filter(username__in=NAMES)
    assert dict(people.values_list("username", "username_look")) == {
        **{name: look_of(name) for name in NAMES},
        "Iisa": None,
        "1isa": None,
    }
    for name in [*NAMES, "zoe"]:
        client = Client()
        entered = client.post("/accounts/login/", {"login": name.upper(), "password": SECRET})
        assert entered.status_code == 302, name
        person = User.objects.get(username_key=name_key(name))
        assert client.get("/").wsgi_request.user == person
        # All that is saved of them, as a new password or a changed right.
        person.set_password(SECRET)
        person.save()
        assert client.login(username=name, password=SECRET)
    assert sign_up("z0e") == [ALIKE]
    assert sign_up("r0b") == [ALIKE]
    # The one that was there first is gone, and those that look like it are still there.
    User.objects.get(username="lisa").delete()
    assert sign_up("llsa") == [ALIKE]
    User.objects.filter(username__in=["Iisa", "1isa"]).delete()
    assert sign_up("lisa") == []
    run_again("0010_fill_looks")
    assert User.objects.get(username="zoe").username_look == look_of("zoe")


def model_before(migration: str, name: str) -> Any:
    """Return a model as processes have it that know nothing of this migration."""
    loader = MigrationExecutor(connection).loader
    return loader.project_state(("discuss", migration), at_end=False).apps.get_model(
        "discuss", name
    )


def run_again(migration: str) -> None:
    """It gives a look to whoever has none and may have it."""
    loader, node = MigrationExecutor(connection).loader, ("discuss", migration)
    state = loader.project_state(node, at_end=False)
    with connection.schema_editor(atomic=False) as editor:
        loader.graph.nodes[node].apply(state, editor)
