"""Messages of new accounts wait for a moderator: their author alone sees them until one is approved."""

import os
import signal
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from discuss import actions
from discuss.actions import AGAIN, Draft, Refused, Stored, Waiting
from discuss.actions.waiting import MOST_HELD, MOST_TAKEN_BACK
from discuss.db.workers import in_worker
from discuss.models import (
    Act,
    Case,
    CaseKind,
    CaseState,
    Entry,
    Held,
    Kind,
    LastPost,
    Membership,
    User,
)
from discuss.moderation.actions import Why, decide_case
from discuss.moderation.reading.queue import words_of
from discuss.rules.refusals import Code
from tests.cast import Cast, log_in
from tests.document import outer
from tests.page import Page, enter, visit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def holding(cast: Cast) -> None:
    """Have messages of accounts wait that are younger than a week, as bob's is, and mod's and ann's are."""
    settings = {"held_days": 7}
    actions.change_group_settings(cast.member(cast.ann), group=cast.kitchen, settings=settings)


def send(cast: Cast, user: User, text: str, **more: Any) -> Stored | Waiting:
    nonce = more.pop("nonce", None) or actions.new_nonce()
    return actions.send_message(cast.member(user), text=text, nonce=nonce, **more)


def hold(cast: Cast, text: str = "Soup", **more: Any) -> Held:
    outcome = send(cast, cast.bob, text, **more)
    assert isinstance(outcome, Waiting)
    return outcome.held


def texts(cast: Cast) -> list[str]:
    return [line.text for line in cast.lines() if line.kind == Kind.MESSAGE]


# --- what waits -----------------------------------------------------------------------------------------


def test_what_a_new_account_writes_is_not_in_the_log(cast: Cast):
    head = cast.head()
    held = hold(cast)
    assert (held.text, held.user, held.why) == ("Soup", cast.bob, "new account")
    assert (cast.head(), texts(cast)) == (head, [])
    case = Case.objects.get()
    assert (case.kind, case.state, case.held, case.user) == (
        CaseKind.HELD,
        CaseState.OPEN,
        held,
        cast.bob,
    )
    assert words_of(case) == "Soup"


def test_moderators_and_older_accounts_wait_for_nobody(cast: Cast):
    assert isinstance(send(cast, cast.mod, "Soup"), Stored)
    assert isinstance(send(cast, cast.ann, "Soup"), Stored)
    User.objects.filter(pk=cast.bob.pk).update(date_joined=timezone.now() - timedelta(days=7))
    assert isinstance(send(cast, cast.bob, "Soup"), Stored)


def test_a_program_is_told_so(cast: Cast):
    with pytest.raises(Refused) as refused:
        cast.say(cast.bob, "Soup")
    assert refused.value.code == Code.HELD
    assert Held.objects.get().text == "Soup"


def test_sent_again_it_is_the_same_message_whatever_was_decided(cast: Cast):
    held = hold(cast, nonce="nonce-soup")
    assert hold(cast, nonce="nonce-soup") == held
    actions.approve_held(cast.member(cast.mod), held=held)
    again = send(cast, cast.bob, "Soup", nonce="nonce-soup")
    assert isinstance(again, Stored)
    assert texts(cast) == ["Soup"]
    other = hold(cast, "Salad", nonce="nonce-salad")
    actions.discard_held(cast.member(cast.mod), held=other)
    assert hold(cast, "Salad", nonce="nonce-salad") == other
    assert texts(cast) == ["Soup"]


def test_sent_again_in_slow_mode_it_is_answered_as_before_and_starts_no_other_wait(cast: Cast):
    settings = {"slow_mode": 60}
    actions.change_group_settings(cast.member(cast.ann), group=cast.kitchen, settings=settings)
    held = hold(cast, nonce="nonce-soup")
    assert hold(cast, nonce="nonce-soup") == held
    with pytest.raises(Refused) as refused:
        send(cast, cast.bob, "Salad")
    assert refused.value.code == Code.SLOW_MODE
    LastPost.objects.update(at=timezone.now() - timedelta(seconds=61))
    assert hold(cast, nonce="nonce-soup") == held
    hold(cast, "Salad")


def test_sent_again_after_a_time_out_it_is_answered_as_before(cast: Cast):
    held = hold(cast, nonce="nonce-soup")
    Membership.objects.filter(user=cast.bob).update(muted_until=timezone.now() + timedelta(hours=1))
    assert hold(cast, nonce="nonce-soup") == held
    with pytest.raises(Refused):
        send(cast, cast.bob, "Soup")


def test_so_many_of_one_person_wait_and_no_more(cast: Cast):
    for number in range(MOST_HELD):
        hold(cast, f"Soup {number}")
    with pytest.raises(Refused) as refused:
        send(cast, cast.bob, "Salad")
    assert refused.value.code == Code.MANY_HELD
    actions.discard_held(cast.member(cast.mod), held=Held.objects.all()[0])
    hold(cast, "Salad")


def test_who_takes_back_again_and_again_is_refused_until_tomorrow(cast: Cast):
    for number in range(MOST_TAKEN_BACK):
        actions.withdraw_held(cast.member(cast.bob), held=hold(cast, f"Soup {number}").pk)
    with pytest.raises(Refused) as refused:
        send(cast, cast.bob, "Salad")
    assert refused.value.code == Code.MANY_TAKEN_BACK
    assert Case.objects.count() == MOST_TAKEN_BACK
    Case.objects.update(closed_at=timezone.now() - timedelta(days=1))
    hold(cast, "Salad")


def test_what_moderators_decide_does_not_count_against_its_author(cast: Cast):
    for number in range(MOST_TAKEN_BACK + 1):
        actions.discard_held(cast.member(cast.mod), held=hold(cast, f"Soup {number}"))
        held = Held.objects.get()
        # Its author has read that.
        actions.withdraw_held(cast.member(cast.bob), held=held.pk)
    hold(cast, "Salad")


@pytest.mark.log
def test_those_that_come_together_are_held_and_stored_each(cast: Cast):
    bob, ann = cast.member(cast.bob), cast.member(cast.ann)
    drafts = [
        Draft(bob, "Soup", "nonce-1"),
        Draft(ann, "Salad", "nonce-2"),
        Draft(bob, "Bread", "nonce-3"),
    ]
    outcomes = actions.post_messages(drafts)
    assert [type(outcome) for outcome in outcomes] == [Waiting, Stored, Waiting]
    assert texts(cast) == ["Salad"]
    assert Held.objects.count() == 2


def test_an_edit_is_no_way_around(cast: Cast):
    act = actions.approve_held(cast.member(cast.mod), held=hold(cast))
    assert act is not None
    entry = Entry.objects.get(pk=act.entry_id or 0)
    with pytest.raises(Refused) as refused:
        actions.edit_message(cast.member(cast.bob), entry=entry, text="Spam")
    assert refused.value.code == Code.HELD_TO_EDIT


# --- what is decided --------------------------------------------------------------------------------------


def test_what_is_approved_is_posted_with_a_number_and_its_authors_name(cast: Cast):
    question = cast.say(cast.ann, "Dinner?")
    held = hold(cast, reply_to=question.position)
    head = cast.head()
    act = actions.approve_held(cast.member(cast.mod), held=held)
    line = cast.lines()[-1]
    assert (line.text, line.author, line.position) == ("Soup", cast.bob, head + 1)
    assert line.reply_to == question
    assert not Held.objects.exists()
    assert act is not None
    assert (act.kind, act.actor_id, act.user_id, act.entry_id) == (
        "approve",
        cast.mod.pk,
        cast.bob.pk,
        line.pk,
    )
    case = Case.objects.get()
    assert (case.state, case.outcome, act.case_id) == (CaseState.CLOSED, "approve", case.pk)


def test_to_approve_twice_is_nothing(cast: Cast, bells_of):
    held = hold(cast)
    actions.approve_held(cast.member(cast.mod), held=held)
    assert bells_of(lambda: actions.approve_held(cast.member(cast.ann), held=held)) == []
    assert actions.discard_held(cast.member(cast.ann), held=held) is None
    assert texts(cast) == ["Soup"]


def test_what_is_discarded_nobody_sees_and_its_author_is_told(cast: Cast):
    held = hold(cast)
    actions.discard_held(cast.member(cast.mod), held=held)
    assert texts(cast) == []
    assert actions.approve_held(cast.member(cast.mod), held=held) is None
    page = log_in(cast.bob).get(cast.kitchen.get_absolute_url()).content.decode()
    assert "A moderator did not approve this message" in page
    assert Case.objects.get().outcome == "discard"
    actions.withdraw_held(cast.member(cast.bob), held=held.pk)
    page = log_in(cast.bob).get(cast.kitchen.get_absolute_url()).content.decode()
    assert "A moderator did not approve" not in page


def test_its_author_takes_it_back_and_nobody_else_does(cast: Cast):
    held = hold(cast)
    actions.withdraw_held(cast.member(cast.ann), held=held.pk)
    assert Held.objects.exists()
    actions.withdraw_held(cast.member(cast.bob), held=held.pk)
    assert not Held.objects.exists()
    case = Case.objects.get()
    assert (case.state, case.outcome, case.held) == (CaseState.CLOSED, "withdraw", None)
    assert actions.approve_held(cast.member(cast.mod), held=held) is None


@pytest.mark.parametrize("decide", [actions.approve_held, actions.discard_held])
def test_members_and_equals_and_those_without_the_right_decide_nothing(cast: Cast, decide: Any):
    held = hold(cast)
    actions.join_group(cast.cleo, group=cast.kitchen)
    for user in (cast.cleo, cast.bob):
        with pytest.raises(Refused) as refused:
            decide(cast.member(user), held=held)
        assert refused.value.code == Code.NOT_TO_DECIDE
    with pytest.raises(Refused) as refused:
        decide(User.objects.create_user("sam", is_staff=True), held=held)
    assert refused.value.code == Code.STAFF_ONLY
    decide(User.objects.create_superuser("boss"), held=held)
    assert not Held.objects.waiting().exists()


def test_who_has_left_posts_nothing_any_more(cast: Cast):
    held = hold(cast)
    mod = cast.member(cast.mod)
    actions.leave_group(cast.member(cast.bob))
    with pytest.raises(Refused) as refused:
        actions.approve_held(mod, held=held)
    assert refused.value.code == Code.AUTHOR_GONE
    actions.discard_held(mod, held=held)


def test_what_could_not_be_posted_waits_on(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    held = hold(cast)
    monkeypatch.setattr("discuss.actions.held.post_messages", lambda drafts: [AGAIN])
    with pytest.raises(Refused) as refused:
        actions.approve_held(cast.member(cast.mod), held=held)
    assert refused.value.code == Code.NOT_POSTED
    assert Held.objects.waiting().get() == held
    assert not Act.objects.filter(kind="approve").exists()


def test_what_was_answered_may_be_gone(cast: Cast):
    held = hold(cast)
    Held.objects.update(reply_to=10**6)
    assert actions.approve_held(cast.member(cast.mod), held=held)
    assert texts(cast) == ["Soup"]


def test_a_moderator_approves_into_a_locked_and_slow_group(cast: Cast):
    held = hold(cast)
    settings = {"is_locked": True, "slow_mode": 60, "newcomers_wait": 1440}
    actions.change_group_settings(cast.member(cast.ann), group=cast.kitchen, settings=settings)
    Membership.objects.filter(user=cast.bob).update(muted_until=timezone.now() + timedelta(hours=1))
    assert actions.approve_held(cast.member(cast.mod), held=held)
    assert texts(cast) == ["Soup"]


def kill(*args: Any, **kwargs: Any) -> None:
    """End this process, as `kill -9` does."""
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "when", ["discuss.actions.held.close_case", "discuss.actions.held.write_act"]
)
def test_approved_by_a_process_that_is_killed_it_is_posted_once(cast: Cast, when: str):
    """Killed when the line is written, and nothing is committed; then another approves it."""
    held, mod = hold(cast), cast.member(cast.mod)
    connection.close()
    child = os.fork()
    if not child:
        with mock.patch(when, side_effect=kill):
            actions.approve_held(mod, held=held)
        os._exit(0)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    assert (texts(cast), Held.objects.count()) == ([], 1)
    actions.approve_held(mod, held=held)
    assert actions.approve_held(mod, held=held) is None
    assert (texts(cast), Held.objects.count(), Act.objects.filter(kind="approve").count()) == (
        ["Soup"],
        0,
        1,
    )


def test_who_deletes_their_account_takes_what_waits_along(cast: Cast):
    hold(cast)
    cast.delete(cast.bob)
    assert not Held.objects.exists()
    assert not Case.objects.exists()


# --- the page of a group's held messages --------------------------------------------------------------------


def test_moderators_decide_on_a_page_of_plain_forms(cast: Cast):
    address = f"{cast.kitchen.get_absolute_url()}held/"
    first, second = hold(cast, "<b>Soup</b>"), hold(cast, "Salad")
    client = log_in(cast.mod)
    page = client.get(address).content.decode()
    assert "&lt;b&gt;Soup&lt;/b&gt;" in page
    assert "Salad" in page
    assert client.post(address, {"held": first.pk, "decision": "approve"}).status_code == 302
    client.post(address, {"held": second.pk, "decision": "discard"})
    assert texts(cast) == ["<b>Soup</b>"]
    assert "No message waits." in client.get(address).content.decode()
    # As another moderator was faster.
    response = client.post(address, {"held": first.pk, "decision": "discard"}, follow=True)
    assert "Nobody has to decide about this message any more." in response.content.decode()


@pytest.mark.parametrize(("name", "shown"), [("approve", ["Soup"]), ("discard", [])])
def test_moderators_decide_in_the_queue(cast: Cast, name: str, shown: list[str]):
    hold(cast)
    case, client = Case.objects.get(), log_in(cast.mod)
    page = client.get(reverse("case", args=[case.pk])).content.decode()
    assert "Soup" in page
    assert 'value="dismiss"' not in page
    # Within reach of a thumb, as what is done to messages that were sent.
    bar = page.partition('id="acts"')[2]
    assert f'value="{name}"' in bar
    assert "that waits" in client.get(reverse("queue")).content.decode()
    chosen = {"act": name, "reason": "spam", "note": "As announced"}
    response = client.post(reverse("decide", args=[case.pk]), chosen)
    assert response.status_code == 302
    assert texts(cast) == shown
    case.refresh_from_db()
    assert (case.state, case.outcome) == (CaseState.CLOSED, name)
    act = Act.objects.get(kind=name)
    assert (act.case_id, act.reason, act.note) == (case.pk, "spam", "As announced")


def test_what_is_done_to_its_author_leaves_the_case_of_a_held_message_open(cast: Cast):
    hold(cast)
    case = Case.objects.get()
    decide_case(cast.mod, case_id=case.pk, name="warn", why=Why(reason="spam"))
    case.refresh_from_db()
    assert case.state != CaseState.CLOSED
    decide_case(cast.mod, case_id=case.pk, name="discard", why=Why())
    assert texts(cast) == []


def test_what_waits_in_another_group_is_none_of_theirs(cast: Cast):
    held = hold(cast)
    garden = actions.create_group(cast.cleo, name="Garden")
    address = f"{garden.get_absolute_url()}held/"
    log_in(cast.cleo).post(address, {"held": held.pk, "decision": "approve"})
    assert texts(cast) == []


def test_a_member_is_led_back(cast: Cast):
    hold(cast)
    response = log_in(cast.bob).get(f"{cast.kitchen.get_absolute_url()}held/")
    assert response.headers["Location"] == cast.kitchen.get_absolute_url()


def test_without_javascript_its_author_sees_it_on_load_and_takes_it_back(cast: Cast):
    client, address = log_in(cast.bob), cast.kitchen.get_absolute_url()
    response = client.post(f"{address}post/", {"text": "Soup", "nonce": actions.new_nonce()})
    assert response.status_code == 302
    page = client.get(address).content.decode()
    assert "This message waits for a moderator" in page
    assert "Soup" in page
    assert "This message waits" not in log_in(cast.ann).get(address).content.decode()
    client.post(f"{address}withdraw/", {"held": Held.objects.get().pk})
    assert "This message waits" not in client.get(address).content.decode()


# --- open pages --------------------------------------------------------------------------------------------


def shown(page: Page) -> tuple[list[str], list[str]]:
    return outer(page.element("waiting")).split(), outer(page.element("held-count")).split()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("live")
async def test_all_pages_of_its_author_show_it_and_nobody_elses(cast: Cast):
    address = cast.kitchen.get_absolute_url()
    first, second, mods = [await enter(user, address) for user in (cast.bob, cast.bob, cast.mod)]
    bystanders = await enter(cast.ann, address)
    actions_ = Membership.objects.filter(user=cast.ann)
    await in_worker(lambda: actions_.update(role="member"))
    first.write("Soup")
    for page in (first, second):
        await page.until(lambda page: "Soup" in outer(page.element("waiting")))
    # The field is free for the next message.
    await first.until(lambda page: not page.sent)
    await mods.until(lambda page: "Held" in outer(page.element("held-count")))
    fresh = await visit(cast.bob, address)
    assert shown(first) == shown(second) == shown(fresh)
    for page in (mods, bystanders):
        page.read()
        assert "Soup" not in outer(page.element("waiting"))
        assert "Soup" not in outer(page.element("log"))
    held = await in_worker(Held.objects.get)
    mod = await in_worker(cast.member, cast.mod)
    await in_worker(lambda: actions.approve_held(mod, held=held))
    for page in (first, second, mods, bystanders):
        await page.until(lambda page: "Soup" in outer(page.element("log")))
    for page in (first, second):
        await page.until(lambda page: "Soup" not in outer(page.element("waiting")))
    await mods.until(lambda page: "Held" not in outer(page.element("held-count")))
    for page in (first, second, mods, bystanders):
        await page.disconnect()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("live")
async def test_a_page_that_was_away_hears_what_was_decided(cast: Cast):
    address = cast.kitchen.get_absolute_url()
    held = await in_worker(lambda: hold(cast))
    away = await visit(cast.bob, address)
    assert "This message waits" in outer(away.element("waiting"))
    mod = await in_worker(cast.member, cast.mod)
    await in_worker(lambda: actions.discard_held(mod, held=held))
    await away.join_in()
    await away.until(lambda page: "did not approve" in outer(page.element("waiting")))
    fresh = await visit(cast.bob, address)
    assert shown(away) == shown(fresh)
    await away.disconnect()
