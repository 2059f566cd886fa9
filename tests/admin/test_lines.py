"""Messages and events in the admin: read and removed, never written by hand."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from discuss import actions
from discuss.doorbell.bell import Bell
from discuss.models import Entry, Event, Message, User
from tests.admin.desk import choose, rows_of, told, url
from tests.cast import Cast


@pytest.mark.parametrize("model", [Message, Event])
def test_the_log_cannot_be_written_by_hand(cast: Cast, desk: Client, model: Any) -> None:
    cast.say(cast.bob, "hello")
    row = model.objects.order_by("pk").last()
    before = Entry.objects.filter(pk=row.pk).values().get()
    assert desk.get(url(model, "change", row.pk)).status_code == 200
    assert desk.post(url(model, "change", row.pk), {"text": "other"}).status_code == 403
    assert desk.get(url(model, "add")).status_code == 403
    assert desk.post(url(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    choose(desk, model, "delete_selected", [row], post="yes")
    assert Entry.objects.filter(pk=row.pk).values().get() == before


def test_messages_are_found_by_their_words_and_their_state(cast: Cast, desk: Client) -> None:
    cast.say(cast.ann, "pumpkin soup tonight")
    gone = cast.say(cast.bob, "buy my watches")
    actions.hide_message(cast.member(cast.mod), entry=gone)

    def found(**query: str) -> list[str]:
        response = desk.get(url(Message, "changelist"), query)
        return [message.text for message in rows_of(response)]

    assert found() == ["buy my watches", "pumpkin soup tonight"]
    assert found(q="tonight PUMPKIN") == ["pumpkin soup tonight"]
    assert found(removed="yes") == ["buy my watches"]
    assert found(removed="no") == ["pumpkin soup tonight"]
    assert found(author=str(cast.ann.pk)) == ["pumpkin soup tonight"]


def test_events_are_found_by_their_kind(cast: Cast, desk: Client) -> None:
    response = desk.get(url(Event, "changelist"), {"kind": "joined"})
    assert [str(event.subject) for event in rows_of(response)] == ["bob", "mod"]
    assert "?kind=created" in response.content.decode()
    assert "?kind=message" not in response.content.decode()


@pytest.mark.django_db(transaction=True)
def test_removing_messages_leaves_tombstones(
    cast: Cast, boss: User, desk: Client, bells: list[Bell]
) -> None:
    wanted = [cast.say(cast.bob, "spam 1"), cast.say(cast.ann, "spam 2")]
    kept = cast.say(cast.bob, "soup")
    bells.clear()
    response = choose(desk, Message, "remove", wanted)
    assert told(response) == ["Removed 2 messages."]
    for message in wanted:
        message.refresh_from_db()
        assert message.is_hidden
    kept.refresh_from_db()
    assert not kept.is_hidden
    kitchen = cast.kitchen.pk
    assert sorted(bells) == [
        Bell(kind, kitchen, head) for kind in ("group", "hidden") for head in (7, 8)
    ]
    assert {record.user for record in LogEntry.objects.all()} == {boss}
    assert LogEntry.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_message_is_removed_from_its_own_page_too(
    cast: Cast, desk: Client, bells: list[Bell]
) -> None:
    message = cast.say(cast.bob, "spam")
    bells.clear()
    address = url(Message, "change", message.pk)
    assert "Remove this message" in desk.get(address).content.decode()
    data = {"CHANGE_FORM-action": "remove", "action": "remove", "_selected_action": message.pk}
    assert told(desk.post(address, data)) == ["Removed 1 message."]
    message.refresh_from_db()
    assert message.is_hidden
    assert sorted(bells) == [Bell(kind, cast.kitchen.pk, 5) for kind in ("group", "hidden")]


@pytest.mark.django_db(transaction=True)
def test_removing_a_removed_message_changes_nothing(
    cast: Cast, desk: Client, bells: list[Bell]
) -> None:
    message = cast.say(cast.bob, "spam")
    actions.hide_message(cast.member(cast.mod), entry=message)
    message.refresh_from_db()
    bells.clear()
    assert told(choose(desk, Message, "remove", [message])) == ["Removed 0 messages."]
    assert Entry.objects.get(pk=message.pk).hidden_at == message.hidden_at
    assert bells == []
    assert not LogEntry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_one_refusal_does_not_stop_the_other_removals(
    cast: Cast, desk: Client, bells: list[Bell], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, gone = cast.say(cast.bob, "soup"), cast.say(cast.bob, "spam")
    bells.clear()
    hide = actions.hide_message

    def hide_and_refuse(staff: User, *, entry: Entry) -> Entry:
        hidden = hide(staff, entry=entry)
        if entry.pk == kept.pk:
            raise actions.Refused(actions.Code.GONE)
        return hidden

    monkeypatch.setattr(actions, "hide_message", hide_and_refuse)
    response = choose(desk, Message, "remove", [kept, gone])
    assert set(told(response)) == {f"{kept}: This group is gone.", "Removed 1 message."}
    hidden = Entry.objects.filter(hidden_at__isnull=False)
    assert [entry.pk for entry in hidden] == [gone.pk]
    assert sorted(bell.kind for bell in bells) == ["group", "hidden"]
