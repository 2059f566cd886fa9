"""The tables fit the version before as well: during an update, processes of both write and read them."""

from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.models import Model
from django.utils import timezone

from discuss import actions
from discuss.models import Entry, Group, GroupKind, Kind, Membership, Posting, Role, User
from discuss.reading.lobby import ListQuery, read_listing
from discuss.reading.log import read_news, read_page
from discuss.rendering.audience import Audience
from discuss.rendering.fragments import line
from tests.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.log]

# The last migration of the version before.
BEFORE = "0012_foreign_keys_checked"

# Columns that have neither a default nor NULL. Every version has written them, so none is newer than BEFORE.
ALWAYS_WRITTEN = {
    "what a row belongs to": {
        "Entry.group",
        "Membership.group",
        "Membership.user",
        "Presence.process",
        "Presence.group",
    },
    "without it a line is none": {"Entry.kind", "Entry.position", "Entry.change"},
    "a name": {"Group.name", "Process.name", "User.username", "User.username_key"},
    "random, so it is no constant": {"Group.uuid", "Group.epoch"},
    "Django's own, and written by its every version": {
        "Session.session_data",
        "Session.expire_date",
        "User.password",
        "User.is_superuser",
        "User.email",
        "User.is_staff",
        "User.is_active",
        "User.date_joined",
    },
}


def tables() -> list[type[Model]]:
    models = apps.get_app_config("discuss").get_models()
    return [model for model in models if not model._meta.proxy]


def models_before() -> dict[str, Any]:
    """Return the models of the version before that have a table, by name."""
    state = MigrationLoader(connection).project_state(("discuss", BEFORE))
    models = state.apps.get_app_config("discuss").get_models()
    return {model.__name__: model for model in models if not model._meta.proxy}


def tables_of_both() -> list[type[Model]]:
    """Return this version's models of the tables that the version before has, too."""
    known = models_before()
    return [model for model in tables() if model.__name__ in known]


def named(field: Any) -> str:
    return f"{field.model.__name__}.{field.name}"


def test_every_column_may_be_left_out_by_who_does_not_know_it():
    """Who does not know it knows the table: into a new one the version before writes nothing."""
    excused = set().union(*ALWAYS_WRITTEN.values())
    needed = set()
    for model in tables_of_both():
        with connection.cursor() as cursor:
            table = model._meta.db_table
            columns = connection.introspection.get_table_description(cursor, table)
        found = {column.name: column for column in columns}
        for field in model._meta.local_concrete_fields:
            if field.primary_key:
                continue
            column = found[str(field.column)]
            may_be_left_out = field.null or field.has_db_default()
            # The database agrees with the model.
            assert may_be_left_out == (column.null_ok or column.default is not None), named(field)
            if not may_be_left_out:
                needed.add(named(field))
    assert needed == excused


def test_none_of_those_that_are_needed_is_new():
    known = {
        named(field) for model in models_before().values() for field in model._meta.concrete_fields
    }
    assert set().union(*ALWAYS_WRITTEN.values()) <= known


# --- two versions -----------------------------------------------------------------------------------


def write_as_before() -> dict[str, Any]:
    """Write a row into each table, with the columns of the version before and no others."""
    models = {name: model.objects for name, model in models_before().items()}
    rows: dict[str, Any] = {}
    rows["User"] = models["User"].create(username="zoe", password="x")
    rows["Group"] = models["Group"].create(name="Cellar", description="Dark", head=1)
    place = {"group": rows["Group"]}
    rows["Membership"] = models["Membership"].create(user=rows["User"], role=Role.OWNER, **place)
    rows["Entry"] = models["Entry"].create(
        **place, kind="message", position=1, change=1, text="Hi", author=rows["User"], nonce="n"
    )
    rows["Session"] = models["Session"].create(
        session_key="k", session_data="", expire_date=timezone.now(), user=rows["User"]
    )
    rows["Process"] = models["Process"].create(name="p")
    rows["Presence"] = models["Presence"].create(**place, process=rows["Process"])
    rows["Deletion"] = models["Deletion"].create(user=rows["User"])
    assert set(models) == set(rows)
    return rows


def test_what_the_version_before_writes_is_whole(cast: Cast):
    rows = write_as_before()
    for model in tables_of_both():
        row: Any = model._base_manager.get(pk=rows[model.__name__].pk)
        for field in model._meta.concrete_fields:
            # As it was written then, or as this version would write it.
            expected = getattr(rows[model.__name__], field.attname, field.get_default())
            assert getattr(row, field.attname) == expected, named(field)
    group = Group.objects.get(pk=rows["Group"].pk)
    assert (group.kind, group.posting, group.slow_mode) == (GroupKind.OPEN, Posting.EVERYBODY, 0)


def test_this_version_goes_on_with_what_the_version_before_writes(cast: Cast):
    rows = write_as_before()
    rows["Deletion"].delete()
    group, zoe = Group.objects.get(pk=rows["Group"].pk), User.objects.get(pk=rows["User"].pk)
    assert group in read_listing(ListQuery("CELLAR"), zoe.pk).groups
    (entry,) = read_page(group.pk).lines
    assert "Hi" in line(entry, Audience.everyone())
    member = Membership.objects.get(group=group, user=zoe)
    actions.edit_message(member, entry=entry, text="https://example.org")
    actions.post_message(member, text="Soup", nonce="2")
    news = read_news(group.pk, 1)
    assert news is not None
    assert [entry.text for entry in news.changed or ()] == ["https://example.org", "Soup"]


def test_the_version_before_goes_on_with_what_this_one_writes(cast: Cast):
    entry = cast.say(cast.bob, "https://example.org")
    cast.kitchen.slow_mode, cast.kitchen.posting = 30, Posting.MODERATORS
    cast.kitchen.save()
    models = models_before()
    for model in tables_of_both():
        old = models[model.__name__]
        names = [field.attname for field in old._meta.concrete_fields]
        found = list(old._base_manager.order_by("pk").values(*names))
        assert found == list(model._base_manager.order_by("pk").values(*names))
    read = models["Entry"].objects.select_related("group", "author").get(pk=entry.pk)
    # As its actions do: a line is hidden, a head moves, a group is described.
    read.hidden_at = timezone.now()
    read.save(update_fields=["hidden_at"])
    read.group.description = "Cold"
    read.group.save()
    hidden = Entry.objects.get(pk=entry.pk)
    assert (hidden.is_hidden, hidden.html) == (True, entry.html)
    cast.kitchen.refresh_from_db()
    assert cast.kitchen.description == "Cold"
    assert (cast.kitchen.slow_mode, cast.kitchen.posting) == (30, Posting.MODERATORS)


# --- what the tables refuse, and what they let in ---------------------------------------------------


def test_direct_groups_have_no_name_and_others_one_of_their_own(cast: Cast):
    for _ in range(2):
        group = Group.objects.create(kind=GroupKind.DIRECT, name="")
        assert Group.objects.get(pk=group.pk).name_key is None
    for kind in (GroupKind.OPEN, GroupKind.INVITED):
        for name in ("", "KITCHEN"):
            with pytest.raises(IntegrityError), transaction.atomic():
                Group.objects.create(kind=kind, name=name)


def test_a_reply_outlives_what_it_answers(cast: Cast):
    asked, answered = cast.say(cast.bob, "Soup?"), cast.say(cast.ann, "Yes")
    Entry.objects.filter(pk=answered.pk).update(reply_to=asked)
    Entry.objects.filter(pk=asked.pk).delete()
    answered.refresh_from_db()
    assert answered.reply_to is None


def test_replies_to_a_line_are_found_without_a_look_at_all_lines(cast: Cast):
    """Each line that is deleted makes the database look for its replies, by this statement."""
    statement = "UPDATE discuss_entry SET reply_to_id = NULL WHERE reply_to_id = 1"
    explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Which it would rather do in a table of some lines.
            cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"{explain} {statement}")
        assert "replies_by_message" in str(cursor.fetchall())


def test_an_event_may_have_details(cast: Cast):
    details = {"upto": 7, "people": ["Ü"]}
    entry = Entry.objects.create(
        group=cast.kitchen, kind=Kind.RENAMED, position=9, change=9, details=details
    )
    assert Entry.objects.get(details__upto=7) == entry
    assert Entry.objects.filter(details__isnull=True).count() == 3
