"""What was erased is nowhere any more: in no table, in no index, in no file, in no process."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from discuss import actions
from discuss.actions import Refused
from discuss.actions.waiting import hold
from discuss.db import search_tables
from discuss.doorbell import Bell
from discuss.models import (
    Act,
    Bookmark,
    Case,
    Entry,
    Held,
    LongAct,
    Mention,
    Revision,
    User,
    Utterance,
)
from discuss.moderation.actions import Why, perform_act, report_message, take_long_steps
from discuss.reading.last_lines import read_last_lines
from discuss.reading.pins import pins_of
from discuss.rendering import kept, lines as rendered_lines
from discuss.rendering.audience import Audience
from discuss.rendering.forgetting import forget_texts
from discuss.rules import links, words
from discuss.rules.markup import parser
from tests.cast import Cast, log_in
from tests.moderation.long import ago, do_whole, take_all
from tests.moderation.ruled import ruled, staff
from tests.waiting import do_tasks

pytestmark = pytest.mark.django_db(transaction=True)

# Words that stand nowhere else, and do not grow into each other.
SECRET, EARLIER, WAITING = "xyloquartzine", "vermilliput", "quobbleflax"
ALL = (SECRET, EARLIER, WAITING)


@pytest.fixture
def sam(db: None):
    return staff("erase_entry")


@pytest.fixture
def secret(cast: Cast) -> Entry:
    """A message that was edited, answered, pinned, saved, reported and searched for."""
    bob, ann, mod = (cast.member(user) for user in (cast.bob, cast.ann, cast.mod))
    ruled(cast, kind="repeated", name="Again", number=9, seconds=3600)
    entry = cast.say(cast.bob, f"Soup {EARLIER} @ann")
    entry = actions.edit_message(bob, entry=entry, text=f"**Soup** {SECRET} @ann")
    other = cast.say(cast.mod, "Salad")
    actions.post_message(ann, text="Yes", nonce="1", reply_to=entry.position)
    actions.pin_message(mod, entry=entry)
    actions.save_message(ann, entry=entry)
    actions.react(ann, entry=entry, emoji="👍")
    report_message(ann, entry=entry, reason="spam")
    report_message(ann, entry=other, reason="spam")
    while actions.index_new():
        pass
    return entry


def places_of(*words: str) -> Iterator[str]:
    """Yield where any of these words stands, in all tables."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            # The index of SQLite is read by what it stores, which are tables as well.
            if table == search_tables.TABLE:
                continue
            quoted = connection.ops.quote_name(table)
            cursor.execute(f"SELECT * FROM {quoted}")  # noqa: S608
            for row in cursor.fetchall():
                for word in words:
                    if word in repr(row).lower():
                        yield f"{word} in {table}"


def files_with(*words: str) -> list[str]:
    """Return which words stand in the files of an SQLite."""
    if connection.vendor != "sqlite":
        return []
    path = Path(str(connection.settings_dict["NAME"]))
    found = [each.read_bytes() for each in path.parent.glob(f"{path.name}*")]
    assert found
    return [word for word in words for each in found if word.encode() in each]


def test_it_is_in_no_table_and_in_no_file(cast: Cast, secret: Entry, sam):
    assert {*places_of(*ALL)} >= {f"{SECRET} in discuss_entry", f"{EARLIER} in discuss_revision"}
    assert f"{SECRET} in discuss_case" in places_of(*ALL)
    if connection.vendor == "sqlite":
        assert {*files_with(*ALL)} == {SECRET, EARLIER}
    perform_act(sam, "erase", entry=secret)
    # The index of SQLite says that it is gone, and keeps the words until it is merged.
    left = {place.partition(" in ")[2] for place in places_of(*ALL)}
    assert left <= {"discuss_words_data"}
    do_tasks()
    assert list(places_of(*ALL)) == []
    assert files_with(*ALL) == []


def test_the_next_backup_does_not_have_it(cast: Cast, secret: Entry, sam: User, tmp_path: Path):
    if connection.vendor != "sqlite":
        pytest.skip("A dump has what the tables have.")
    call_command("backup", str(tmp_path / "before"), verbosity=0)
    perform_act(sam, "erase", entry=secret)
    do_tasks()
    call_command("backup", str(tmp_path / "after"), verbosity=0)
    kept_by = [
        [word for word in ALL if word.encode() in (tmp_path / name).read_bytes()]
        for name in ("before", "after")
    ]
    assert kept_by == [[SECRET, EARLIER], []]


def test_it_is_a_tombstone_that_nobody_shows_again(cast: Cast, secret: Entry, sam):
    before = cast.head()
    done = perform_act(sam, "erase", entry=secret, why=Why("illegal"))
    secret.refresh_from_db()
    assert (secret.text, secret.is_hidden, secret.hidden_by) == ("", True, None)
    assert (secret.html, secret.details, secret.edited_at) == (None, None, None)
    assert secret.change == cast.head() == before + 1
    assert done == Act.objects.get(kind="erase")
    assert (done.entry_id, done.user_id, done.reason) == (secret.pk, cast.bob.pk, "illegal")
    assert done.details is None
    assert perform_act(cast.member(cast.mod), "restore", entry=secret) is None
    assert perform_act(sam, "erase", entry=secret) is None
    assert Act.objects.filter(kind="erase").count() == 1


def test_replies_pins_mentions_and_lists_show_it_no_more(cast: Cast, secret: Entry, sam):
    perform_act(sam, "erase", entry=secret)
    reply = Entry.objects.get(reply_to=secret)
    assert reply.change == cast.head()
    assert not Mention.objects.exists()
    assert not Revision.objects.exists()
    assert not Utterance.objects.filter(user=cast.bob).exists()
    assert not pins_of(cast.kitchen.pk).exists()
    assert read_last_lines([cast.kitchen.pk])[cast.kitchen.pk].text == "Yes"
    # What somebody saved is theirs: they see that it was removed.
    assert Bookmark.objects.get().entry == secret


def test_what_cases_keep_of_it_goes_and_of_others_stays(cast: Cast, secret: Entry, sam):
    perform_act(sam, "erase", entry=secret)
    kept_texts = [
        [line["text"] for line in (case.snapshot or {})["lines"]]
        for case in Case.objects.order_by("pk")
    ]
    assert kept_texts == [["", "Salad", "Yes"], ["", "Salad", "Yes"]]
    for case in Case.objects.all():
        page = log_in(cast.mod).get(reverse("case", args=[case.pk]))
        assert SECRET not in page.content.decode()


def test_what_was_hidden_before_stays_hidden_since_then(cast: Cast, secret: Entry, sam):
    perform_act(cast.member(cast.mod), "hide", entry=secret)
    secret.refresh_from_db()
    at = secret.hidden_at
    perform_act(sam, "erase", entry=secret)
    secret.refresh_from_db()
    assert (secret.hidden_at, secret.hidden_by, secret.text) == (at, None, "")


def test_what_was_approved_is_erased_with_what_was_kept_while_it_waited(cast: Cast, sam):
    held = hold(
        group_id=cast.kitchen.pk, user_id=cast.bob.pk, text=f"Soup {WAITING}", nonce="waits"
    )
    actions.approve_held(cast.member(cast.mod), held=held)
    entry = Entry.objects.get(nonce="waits")
    assert f"{WAITING} in discuss_case" in places_of(WAITING)
    perform_act(sam, "erase", entry=entry)
    assert list(places_of(WAITING)) == []


def test_it_rings_for_whoever_keeps_what_texts_look_like(cast: Cast, secret: Entry, sam, bells_of):
    bells = bells_of(lambda: perform_act(sam, "erase", entry=secret))
    assert {bell.kind for bell in bells} == {"group", "hidden", "erased", "queue", "task"}
    assert Bell("group", cast.kitchen.pk, cast.head()) in bells


def test_a_process_forgets_what_it_made_of_texts(cast: Cast):
    forget_texts()
    line = Entry.objects.for_display().get(pk=cast.say(cast.bob, SECRET).pk)
    rendered_lines.rendered(line, Audience.of(cast.ann))
    list(words.units_of(SECRET))
    links._split(SECRET)
    assert parser.parse(f"*{SECRET}*")
    stores = [store._kept for store in kept._stores]
    assert any(SECRET in html for store in stores for html in store.values())
    forget_texts()
    assert not any(stores)
    assert words._words_in.cache_info().currsize == 0
    assert links._split.cache_info().currsize == 0
    assert parser._parsed_lately.cache_info().currsize == 0


def test_it_takes_a_right_of_its_own_and_somebody_of_a_lower_rank(cast: Cast, secret: Entry, sam):
    for actor in (cast.member(cast.ann), staff("delete_message", "add_act", name="max")):
        with pytest.raises(Refused):
            perform_act(actor, "erase", entry=secret)
        with pytest.raises(Refused):
            perform_act(actor, "erase_all", user=cast.bob)
    cast.bob.is_staff = True
    cast.bob.save()
    with pytest.raises(Refused):
        perform_act(sam, "erase", entry=secret)
    secret.refresh_from_db()
    assert SECRET in secret.text


def test_everything_of_one_person_is_erased(cast: Cast, secret: Entry, sam):
    """With what waits, and what was not approved; but nothing of others, and no line of the log."""
    garden = actions.create_group(cast.ann, name="Garden")
    theirs = actions.join_group(cast.bob, group=garden)
    actions.post_message(theirs, text=f"Beans {EARLIER}", nonce="beans")
    for nonce in ("waits", "discarded", "withdrawn"):
        held = hold(group_id=garden.pk, user_id=cast.bob.pk, text=f"Soup {WAITING}", nonce=nonce)
        if nonce == "discarded":
            actions.discard_held(cast.ann.memberships.get(group=garden), held=held)
        if nonce == "withdrawn":
            actions.withdraw_held(theirs, held=held.pk)
    count = Entry.objects.count()
    done = do_whole(sam, "erase_all", user=cast.bob)
    assert done is not None
    assert done.details == {"since": None, "lines": 2}
    do_tasks()
    assert list(places_of(*ALL)) == []
    assert files_with(*ALL) == []
    assert not Held.objects.filter(user=cast.bob).exists()
    assert Entry.objects.count() == count
    assert Entry.objects.filter(text__in=["Salad", "Yes"], hidden_at=None).count() == 2
    assert LongAct.objects.get().state == "done"


def test_only_what_lies_in_the_time_is_erased_and_it_is_stopped(
    cast: Cast, sam, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("discuss.moderation.actions.long_steps.LINES_AT_ONCE", 1)
    old = cast.say(cast.bob, "Old")
    Entry.objects.filter(pk=old.pk).update(timestamp=timezone.now() - timedelta(hours=5))
    for text in ("One", "Two"):
        cast.say(cast.bob, text)
    perform_act(sam, "erase_all", user=cast.bob, why=Why(since=ago(2)))
    work = LongAct.objects.get()
    assert work.total == 2
    next(take_long_steps(work))
    perform_act(sam, "stop_erasing", user=cast.bob)
    take_all()
    texts = Entry.objects.filter(author=cast.bob, kind="message").order_by("pk")
    assert list(texts.values_list("text", flat=True)) == ["Old", "One", ""]
    # It is not taken back, whatever is asked for.
    assert (
        perform_act(staff("delete_message", name="max"), "show_all_on_site", user=cast.bob) is None
    )


def test_what_was_hidden_by_an_act_is_not_shown_again_once_it_is_erased(
    cast: Cast, secret: Entry, sam
):
    mod = cast.member(cast.mod)
    do_whole(mod, "hide_all", user=cast.bob, group=cast.kitchen)
    perform_act(sam, "erase", entry=secret)
    do_whole(mod, "show_all", user=cast.bob, group=cast.kitchen)
    secret.refresh_from_db()
    assert secret.is_hidden
