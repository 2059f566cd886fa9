"""A group's page and its socket: what a person does, and what everybody's pages come to show."""

import asyncio
import threading

import pytest
from django.db import connection, transaction

from discuss import actions
from discuss.db import workers
from discuss.db.workers import in_worker
from discuss.doorbell import bells
from discuss.live.hub import hub
from discuss.models import Entry, Group, Kind, Membership, User
from discuss.reading import log
from tests.cast import Cast
from tests.page import PATIENCE, Page, enter, eventually, fresh_log, settled, visit
from tests.test_reading import fill
from tests.told import GONE, LEFT, NO_MEMBER, REMOVED

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("live")]


@pytest.fixture
def path(cast: Cast) -> str:
    return cast.kitchen.get_absolute_url()


async def all_equal_a_fresh_load(*pages: Page) -> None:
    await settled()
    for page in pages:
        page.read()
        assert page.log == await fresh_log(page)


# --- post -------------------------------------------------------------------------------------------


async def test_a_message_reaches_every_page_in_order(cast: Cast, path: str):
    ann, bob, bobs_other_tab = [await enter(user, path) for user in (cast.ann, cast.bob, cast.bob)]
    await ann.post("Soup?")
    await bob.post("Soup!")
    for page in (ann, bob, bobs_other_tab):
        await page.until(lambda page: page.texts == ["Soup?", "Soup!"])
    await all_equal_a_fresh_load(ann, bob, bobs_other_tab)


async def test_an_answer_takes_what_was_sent_and_touches_no_field(cast: Cast, path: str):
    ann, bob = await enter(cast.ann, path), await enter(cast.bob, path)
    ann.write("Soup?")
    field = ann.draft
    field.set("value", "And br")
    await ann.until(lambda page: not page.sent)
    await bob.until(lambda page: page.texts)
    assert ann.draft is field
    assert (ann.typed, ann.answered, ann.focus) == ("And br", 1, None)
    assert (bob.answered, bob.focus) == (0, None)


async def test_what_cannot_be_posted_stays_with_its_sender_alone(cast: Cast, path: str):
    ann, bob = await enter(cast.ann, path), await enter(cast.bob, path)
    await ann.post("x" * 4001)
    ((refused, reason),) = ann.refused
    assert refused == "x" * 4001
    assert "at most 4,000" in reason
    await ann.post("Soup?")  # and so we know that bob's page would have heard
    await bob.until(lambda page: page.texts == ["Soup?"])
    assert len(ann.refused) == 1
    assert "4,000" not in "".join(bob.frames)


async def test_nothing_but_white_space_is_told_and_leaves_nothing_behind(cast: Cast, path: str):
    ann = await enter(cast.ann, path)
    await ann.post("  ")
    assert (ann.notice, ann.refused) == ("Write something first.", [])
    await ann.post("Soup?")
    assert ann.notice == ""


async def test_messages_sent_on_while_none_is_answered_come_in_order_once(cast: Cast, path: str):
    """As many as one frame holds, and more: each frame says what was not answered before it."""
    ann, bob = await enter(cast.ann, path), await enter(cast.bob, path)
    texts = [f"message {number}" for number in range(8)]
    for text in texts:
        ann.write(text)
    assert ann.sent == texts
    await ann.until(lambda page: not page.sent)
    await bob.until(lambda page: page.texts == texts)
    assert ann.answered == len(texts)
    await all_equal_a_fresh_load(ann, bob)


async def test_what_was_lost_on_its_way_is_sent_again_by_the_page_that_returns(
    cast: Cast, path: str
):
    ann, bob = await enter(cast.ann, path), await enter(cast.bob, path)
    await ann.post("One")
    ann.write("Two")
    await bob.until(lambda page: page.texts == ["One", "Two"])
    await ann.disconnect()  # before the answer was read
    ann.write_offline("Three")
    assert ann.sent == ["Two", "Three"]
    await ann.join_in()
    await ann.until(lambda page: not page.sent)
    await bob.until(lambda page: page.texts == ["One", "Two", "Three"])
    await all_equal_a_fresh_load(ann, bob)


async def test_the_answer_does_not_move_the_cursor(cast: Cast, path: str, monkeypatch):
    """What a lost bell hides from the sender's own page comes later, and must not be skipped then."""
    ann = await enter(cast.ann, path)
    monkeypatch.setattr(hub, "hear", lambda bell: None)

    monkeypatch.setattr(bells._doorbell, "_hear", lambda bell: None)
    await ann.post("Soup?")
    assert (ann.texts, ann.cursor) == ([], 3)
    await hub.subscriptions.sweep()
    await ann.until(lambda page: page.texts == ["Soup?"] and page.cursor == 4)


async def test_a_frame_that_is_sent_twice_is_one_message(cast: Cast, path: str):
    ann, bob = await enter(cast.ann, path), await enter(cast.bob, path)
    ann.write("Soup?")
    for _ in range(2):
        ann.submit("send-form")
    await ann.post("More?")
    await bob.until(lambda page: "More?" in page.texts)
    assert bob.texts == ["Soup?", "More?"]
    assert ann.answered == 2


async def test_the_same_words_again_are_another_message(cast: Cast, path: str):
    ann = await enter(cast.ann, path)
    for _ in range(2):
        await ann.post("Soup")
    await ann.until(lambda page: page.texts == ["Soup", "Soup"])


async def test_the_author_is_the_person_of_the_session_whatever_the_frame_says(
    cast: Cast, path: str
):
    ann = await enter(cast.ann, path)
    forged = {"author": cast.bob.pk, "user": "bob", "membership": 3, "author_id": str(cast.bob.pk)}
    ann.write_offline("I am bob")
    ann.submit("send-form", **forged, username="bob", group="x", kind="left")
    await ann.until(lambda page: page.texts == ["I am bob"])
    (entry,) = await in_worker(lambda: list(Entry.objects.filter(kind=Kind.MESSAGE)))
    assert (entry.author_id, entry.kind) == (cast.ann.pk, Kind.MESSAGE)


async def test_edits_and_tombstones_reach_every_page(cast: Cast, path: str):
    ann = await enter(cast.ann, path)
    entry = await in_worker(cast.say, cast.bob, "Soop")
    other = await in_worker(cast.say, cast.bob, "Secret")
    bob = await in_worker(cast.member, cast.bob)
    await in_worker(actions.edit_message, bob, entry=entry, text="Soup")
    await in_worker(actions.hide_message, bob, entry=other)
    await ann.until(lambda page: page.texts == ["Soup (edited)", "This message was removed."])
    await all_equal_a_fresh_load(ann)


# --- resume -----------------------------------------------------------------------------------------


async def test_what_was_missed_arrives_once_in_order_with_edits(cast: Cast, path: str):
    entry = await in_worker(cast.say, cast.bob, "Soop")
    ann = await enter(cast.ann, path)
    await ann.disconnect()
    bob = await in_worker(cast.member, cast.bob)
    await in_worker(cast.say, cast.bob, "One")
    await in_worker(actions.edit_message, bob, entry=entry, text="Soup")
    await in_worker(cast.say, cast.bob, "Two")
    await ann.join_in()
    assert ann.texts == ["Soup (edited)", "One", "Two"]
    await all_equal_a_fresh_load(ann)


async def test_what_comes_between_the_first_page_and_its_socket_is_not_lost(cast: Cast, path: str):
    ann = await visit(cast.ann, path)
    await in_worker(cast.say, cast.bob, "In between")
    await ann.join_in()
    assert ann.texts == ["In between"]


async def test_frames_that_never_arrived_arrive_again(cast: Cast, path: str):
    ann = await enter(cast.ann, path)
    await in_worker(cast.say, cast.bob, "Lost on its way")
    await settled()
    await ann.disconnect()
    assert ann.texts == []
    await ann.join_in()
    assert ann.texts == ["Lost on its way"]


async def test_a_page_from_long_ago_gets_its_log_replaced_and_keeps_what_is_typed(
    cast: Cast, path: str
):
    ann = await enter(cast.ann, path)
    ann.draft.set("value", "half a sent")
    await ann.disconnect()
    await in_worker(fill, cast.kitchen, 300)
    await ann.join_in()
    assert len(ann.log) == 50
    assert ann.typed == "half a sent"
    await all_equal_a_fresh_load(ann)
    await in_worker(cast.say, cast.bob, "More")
    await ann.until(lambda page: page.texts[-1] == "More")


async def test_only_the_first_resume_counts(cast: Cast, path: str):
    ann = await enter(cast.ann, path)
    ann.submit("resume-form", cursor="0")
    await ann.until(lambda page: page.notice)
    await ann.post("Soup?")
    await all_equal_a_fresh_load(ann)


async def test_a_socket_that_never_resumes_is_let_go(cast: Cast, path: str, monkeypatch):
    mute, ann = await visit(cast.ann, path), await enter(cast.ann, path)
    monkeypatch.setattr("discuss.edges.consumers.page.RESUME_WITHIN", 0.05)
    await mute.connect(resumes=False)
    await mute.until(lambda page: page.close_code == 1000)
    await ann.post("Soup?")
    assert ann.close_code is None


async def test_before_it_resumes_a_page_hears_nothing(cast: Cast, path: str):
    mute, ann = await visit(cast.ann, path), await enter(cast.ann, path)
    await mute.connect(resumes=False)
    await ann.post("Soup?")
    await settled()
    mute.read()
    assert mute.frames == []


# --- older ------------------------------------------------------------------------------------------


async def test_older_lines_load_to_the_beginning(cast: Cast, path: str):
    await in_worker(fill, cast.kitchen, 120)
    ann = await enter(cast.ann, path)
    while ann.has_older:
        ann.frames.clear()
        ann.ask_older()
        await ann.until(lambda page: "afterbegin:#log" in "".join(page.frames))
    assert ann.oldest == 1
    assert [int(text) for text in ann.texts] == list(range(4, 124))
    await all_equal_a_fresh_load(ann)


async def test_asked_twice_older_lines_come_once(cast: Cast, path: str):
    await in_worker(fill, cast.kitchen, 220)
    ann = await enter(cast.ann, path)
    for _ in range(3):
        ann.ask_older()
    await ann.until(lambda page: len(page.log) > 50)
    await ann.post("Soup?")
    await ann.until(lambda page: page.texts[-1] == "Soup?")
    assert len(ann.log) == 101
    await all_equal_a_fresh_load(ann)


async def test_an_old_line_that_is_loaded_is_kept_current(cast: Cast, path: str):
    entry = await in_worker(cast.say, cast.bob, "Secret")
    await in_worker(fill, cast.kitchen, 70)
    ann = await enter(cast.ann, path)
    assert "Secret" not in ann.texts
    ann.ask_older()
    await ann.until(lambda page: "Secret" in page.texts)
    await in_worker(actions.hide_message, await in_worker(cast.member, cast.bob), entry=entry)
    await ann.until(lambda page: "Secret" not in page.texts)
    await all_equal_a_fresh_load(ann)


async def test_a_wrong_oldest_brings_nothing(cast: Cast, path: str):
    await in_worker(fill, cast.kitchen, 120)
    ann = await enter(cast.ann, path)
    ann.submit("older-form", oldest="50")
    await ann.post("Soup?")
    await all_equal_a_fresh_load(ann)
    assert len(ann.log) == 51


async def test_what_brings_nothing_is_not_read_either(cast: Cast, path: str, monkeypatch):
    await in_worker(fill, cast.kitchen, 120)
    ann = await enter(cast.ann, path)
    read = []

    def read_page(group_id: int, before: int) -> log.Page:
        read.append(before)
        return the_real_one(group_id, before)

    the_real_one = log.read_page
    monkeypatch.setattr(log, "read_page", read_page)
    oldest = ann.oldest
    for wrong in (1, 50, oldest - 1, oldest + 1):
        ann.submit("older-form", oldest=str(wrong))
    ann.ask_older()
    await ann.until(lambda page: len(page.log) > 51)
    assert read == [oldest]


# --- leave, and be removed --------------------------------------------------------------------------


async def test_who_leaves_is_told_in_every_tab_and_hears_nothing_more(cast: Cast, path: str):
    ann, bob, other = [await enter(user, path) for user in (cast.ann, cast.bob, cast.bob)]
    bob.leave()
    for page in (bob, other):
        await page.until(lambda page: page.close_code == 4403)
        assert LEFT in page.element("ending").text_content()
    assert bob.focus == "ending"
    assert other.focus is None
    await ann.post("Bob is gone")
    await ann.until(lambda page: page.texts == ["Bob is gone"])
    assert not ann.has(f"member-{cast.bob.pk}")
    assert "Bob is gone" not in "".join(bob.frames + other.frames)


async def test_the_last_owner_is_told_why_not(cast: Cast, path: str):
    ann = await enter(cast.ann, path)
    ann.leave()
    await ann.until(lambda page: "hand it over" in page.notice)
    # The question that was open closes, and the focus goes back to what asked it.
    assert ann.focus == "own-actions"
    await ann.post("Still here")
    await ann.until(lambda page: page.texts == ["Still here"])


async def test_who_is_removed_is_told_and_hears_nothing_after_it(cast: Cast, path: str):
    ann, bob = await enter(cast.ann, path), await enter(cast.bob, path)

    def remove_and_talk() -> None:
        mod = cast.member(cast.mod)
        actions.remove_member(mod, membership=cast.member(cast.bob))
        cast.say(cast.ann, "Now that bob is gone")

    await in_worker(remove_and_talk)
    await bob.until(lambda page: page.close_code == 4403)
    await ann.until(lambda page: page.texts == ["Now that bob is gone"])
    assert REMOVED in bob.element("ending").text_content()
    assert "Now that" not in "".join(bob.frames)


async def test_who_was_removed_cannot_post_through_a_socket_that_is_still_open(
    cast: Cast, path: str, monkeypatch
):
    ann, bob = await enter(cast.ann, path), await enter(cast.bob, path)
    monkeypatch.setattr("discuss.doorbell.bells._doorbell.hand_over", lambda bell: None)
    await in_worker(
        lambda: actions.remove_member(cast.member(cast.ann), membership=cast.member(cast.bob))
    )
    await bob.post("Am I still here?")
    ((refused, reason),) = bob.refused
    assert refused == "Am I still here?"
    assert "not a member" in reason
    assert await in_worker(Entry.objects.filter(kind=Kind.MESSAGE).count) == 0
    assert ann.close_code is None


async def test_a_membership_that_ended_without_a_line_ends_the_page(cast: Cast, path: str):
    """As when someone works on the database by hand: found by the check that runs every minute."""
    ann, bob = await enter(cast.ann, path), await enter(cast.bob, path)
    await in_worker(Membership.objects.filter(user=cast.bob).delete)
    await hub.revocation.check_members()
    await bob.until(lambda page: page.close_code == 4403)
    assert NO_MEMBER in bob.element("ending").text_content()
    ann.read()
    assert ann.close_code is None


async def test_a_page_whose_person_left_meanwhile_is_told_at_the_door(cast: Cast, path: str):
    bob = await visit(cast.bob, path)
    await in_worker(actions.leave_from_lobby, cast.bob, group=cast.kitchen)
    await bob.connect()
    await bob.until(lambda page: page.close_code == 4403)
    assert "Join again" in bob.element("ending").text_content()


async def test_a_group_that_is_deleted_ends_its_pages(cast: Cast, path: str):
    ann, bob = await enter(cast.ann, path), await enter(cast.bob, path)
    sam = await in_worker(User.objects.create_user, "sam", is_staff=True)
    await in_worker(actions.delete_group, sam, group=cast.kitchen)
    for page in (ann, bob):
        await page.until(lambda page: page.close_code == 4403)
        assert GONE in page.element("ending").text_content()
    await eventually(lambda: not hub.subscriptions.groups)


async def test_a_page_of_a_group_that_is_gone_is_told_at_the_door(cast: Cast, path: str):
    bob = await visit(cast.bob, path)
    await in_worker(cast.kitchen.delete)
    await bob.connect()
    await bob.until(lambda page: page.close_code == 4403)
    assert GONE in bob.element("ending").text_content()


# --- panels and presence ----------------------------------------------------------------------------


async def test_the_list_of_members_follows(cast: Cast, path: str):
    ann = await enter(cast.ann, path)
    await in_worker(actions.join_group, cast.cleo, group=cast.kitchen)
    await ann.until(lambda page: page.has(f"member-{cast.cleo.pk}"))
    await in_worker(actions.leave_from_lobby, cast.cleo, group=cast.kitchen)
    await ann.until(lambda page: not page.has(f"member-{cast.cleo.pk}"))


async def test_a_new_name_reaches_heading_and_tab(cast: Cast, path: str):
    ann = await enter(cast.ann, path)
    sam = await in_worker(User.objects.create_user, "sam", is_staff=True)
    await in_worker(
        actions.change_group, sam, group=cast.kitchen, name="Canteen", description="Lunch"
    )
    await ann.until(lambda page: "Lunch" in page.element("group-about").text_content())
    # The tab says it with what is the person's own.
    await ann.until(lambda page: page.find("head > title")[0].text == "Canteen · DiscussIt")


async def test_who_is_here_counts_people_and_not_tabs(cast: Cast, path: str):
    ann, bob, other = [await enter(user, path) for user in (cast.ann, cast.bob, cast.bob)]
    for page in (ann, bob, other):
        await page.until(lambda page: page.here == ["ann", "bob"])
    await other.disconnect()
    await bob.disconnect()
    await ann.until(lambda page: page.here == ["ann"])
    assert (await visit(cast.mod, path)).here == ["ann"]


# --- found by looking at it with other eyes -----------------------------------------------------------


async def test_deleting_the_one_who_removed_me_long_ago_does_not_end_my_page(cast: Cast, path: str):
    def before() -> None:
        actions.remove_member(cast.member(cast.mod), membership=cast.member(cast.bob))
        actions.join_group(cast.bob, group=cast.kitchen)

    await in_worker(before)
    bob = await enter(cast.bob, path)
    await in_worker(cast.delete, cast.mod)
    await bob.until(lambda page: "someone" in page.log[-1])
    assert bob.close_code is None
    await all_equal_a_fresh_load(bob)


async def test_who_left_and_came_back_unheard_gets_a_page_that_can_post(
    cast: Cast, path: str, monkeypatch: pytest.MonkeyPatch
):
    bob = await enter(cast.bob, path)
    monkeypatch.setattr(bells._doorbell, "hand_over", lambda bell: None)

    def leave_and_return() -> None:
        actions.leave_group(cast.member(cast.bob))
        actions.join_group(cast.bob, group=cast.kitchen)

    await in_worker(leave_and_return)
    await hub.subscriptions.sweep()
    await bob.until(lambda page: page.close_code == 1012)
    await bob.join_in()
    await bob.post("Back again")
    await hub.subscriptions.sweep()
    await bob.until(lambda page: page.texts == ["Back again"])
    await all_equal_a_fresh_load(bob)


async def test_what_went_wrong_is_taken_away_by_what_goes_right(cast: Cast, path: str):
    ann = await enter(cast.ann, path)
    ann.leave()
    await ann.until(lambda page: "only owner" in page.notice)
    await ann.post("Then I stay")
    await ann.until(lambda page: page.notice == "")


async def test_reading_goes_on_while_writers_wait_for_a_lock(cast: Cast):
    held, done = threading.Event(), threading.Event()
    begun: list[str] = []

    def say(text: str) -> None:
        begun.append(text)
        cast.say(cast.ann, text)

    def hold_the_lock() -> None:
        with transaction.atomic():
            Group.objects.filter(pk=cast.kitchen.pk).update(description="Held")
            held.set()
            done.wait(3 * PATIENCE)
        connection.close()

    holder = threading.Thread(target=hold_the_lock)
    holder.start()
    await eventually(held.is_set)
    try:
        waiting = [
            asyncio.create_task(workers.in_actor(say, f"Waiting {number}"))
            for number in range(workers.WORKERS)
        ]
        await eventually(lambda: len(begun) == workers.WORKERS)
        assert await in_worker(log.read_heads, [cast.kitchen.pk])
        assert not any(task.done() for task in waiting)
        assert holder.is_alive(), "The lock was held all the while."
    finally:
        done.set()
        holder.join()
    await asyncio.gather(*waiting)
