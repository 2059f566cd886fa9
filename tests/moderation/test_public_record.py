"""The public part of a group's record: for its members, where its owners want that, and no more of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from discuss import actions
from discuss.db.workers import in_worker
from discuss.models import Group, User
from discuss.moderation.actions import (
    Why,
    decide_case,
    finish_long_acts,
    perform_act,
    report_message,
)
from discuss.moderation.rules.told import NAMED, PUBLIC
from tests.cast import Cast, log_in
from tests.document import Document, text
from tests.page import enter, visit

pytestmark = pytest.mark.django_db


def settle(cast: Cast, *, is_public: bool) -> None:
    settings = {"record_is_public": is_public}
    actions.change_group_settings(cast.member(cast.ann), group=cast.kitchen, settings=settings)


def address(cast: Cast) -> str:
    return f"{cast.kitchen.get_absolute_url()}record/"


def do(cast: Cast, name: str, **why: Any) -> None:
    if name in {"time_out", "bar"}:
        why = {"until": timezone.now() + timedelta(hours=1), **why}
    mod = cast.member(cast.mod)
    assert perform_act(mod, name, user=cast.bob, group=cast.kitchen, why=Why(**why))


def rows(cast: Cast, user: User, query: str = "") -> list[str]:
    response = log_in(user).get(f"{address(cast)}{query}")
    assert response.status_code == 200
    page = Document(response.content.decode())
    return [text(row) for row in page.document.xpath("//li[starts-with(@id, 'act-')]")]


def test_members_read_what_when_and_why(cast: Cast):
    settle(cast, is_public=True)
    actions.join_group(cast.cleo, group=cast.kitchen)
    do(cast, "time_out", reason="flood")
    (row,) = rows(cast, cast.cleo)
    for part in ("Time-out given", "bob", "until", "Too much at once"):
        assert part in row, part
    do(cast, "end_time_out")
    ended, given = rows(cast, cast.cleo)
    assert "Time-out ended bob" in ended
    assert "taken back" in given


def test_neither_by_whom_nor_notes_nor_reports(cast: Cast):
    settle(cast, is_public=True)
    actions.join_group(cast.cleo, group=cast.kitchen)
    line = cast.say(cast.bob, "You are a turnip")
    case = report_message(cast.member(cast.ann), entry=line, reason="insult", note="Rude").case
    decide_case(cast.mod, case_id=case.pk, name="hide", why=Why("insult", "A private note"))
    other = report_message(cast.member(cast.ann), entry=cast.say(cast.bob, "Hi"), reason="spam")
    decide_case(cast.mod, case_id=other.case.pk, name="dismiss", why=Why())
    do(cast, "warn", note="A private note")
    client = log_in(cast.cleo)
    shown = client.get(address(cast)).content.decode().split("<main")[1]
    said = text(Document(f"<main{shown}").document)
    assert "Message hidden" in said
    assert "Warned" in said
    for secret in ("mod", "ann", "bob", "private note", "Rude", "turnip", "Dismissed", "cases"):
        assert secret not in said.replace("Which moderator", "").replace("moderators", ""), secret


def test_who_it_was_is_told_of_what_others_notice_alone(cast: Cast):
    settle(cast, is_public=True)
    actions.join_group(cast.cleo, group=cast.kitchen)
    perform_act(cast.member(cast.mod), "hide", entry=cast.say(cast.bob, "Soup"))
    for name in ("warn", "time_out", "remove", "bar", "end_bar"):
        do(cast, name)
    shown = rows(cast, cast.cleo)
    assert ["bob" in row for row in shown] == [True, True, True, True, False, False]
    assert NAMED < PUBLIC
    cast.delete(cast.bob)
    assert "someone" in rows(cast, cast.cleo)[0]


def test_that_all_of_somebodys_messages_were_hidden_is_told_and_not_whose(cast: Cast):
    settle(cast, is_public=True)
    actions.join_group(cast.cleo, group=cast.kitchen)
    cast.say(cast.bob, "Soup")
    do(cast, "hide_all", reason="flood")
    finish_long_acts()
    do(cast, "show_all")
    shown, hidden = rows(cast, cast.cleo)
    assert "Messages of one person shown again" in shown
    assert "Messages of one person hidden" in hidden
    assert "Too much at once" in hidden
    assert "taken back" in hidden
    for row in (shown, hidden):
        assert "bob" not in row


def test_nothing_of_other_groups_and_of_the_site(cast: Cast):
    settle(cast, is_public=True)
    garden = actions.create_group(cast.ann, name="Garden")
    actions.join_group(cast.bob, group=garden)
    boss = User.objects.create_superuser("boss")
    perform_act(boss, "warn", user=cast.bob, group=garden)
    perform_act(boss, "ban", user=cast.cleo)
    assert rows(cast, cast.bob) == []


def test_where_owners_do_not_want_it_members_are_told_and_moderators_led_on(cast: Cast):
    do(cast, "warn", reason="spam")
    response = log_in(cast.bob).get(address(cast), follow=True)
    assert response.redirect_chain[-1][0] == cast.kitchen.get_absolute_url()
    assert "is for moderators alone to read" in response.content.decode()
    response = log_in(cast.mod).get(address(cast), follow=True)
    assert response.redirect_chain[-1][0] == "/moderation/record/?group=Kitchen"
    assert "Spam or advertising" in response.content.decode()


def test_who_is_no_member_reads_nothing(cast: Cast):
    settle(cast, is_public=True)
    do(cast, "time_out")
    shown = log_in(cast.cleo).get(address(cast)).content.decode()
    assert "Time-out" not in shown
    assert "Join" in shown


def test_pages_go_on_by_number(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("discuss.moderation.reading.public_record.ROWS_AT_ONCE", 2)
    settle(cast, is_public=True)
    for _ in range(3):
        do(cast, "warn")
    page = Document(log_in(cast.bob).get(address(cast)).content.decode()).document
    (older,) = page.xpath("//a[@rel='next']/@href")
    assert len(rows(cast, cast.bob)) == 2
    assert len(rows(cast, cast.bob, older)) == 1


def test_a_line_in_the_group_tells_who_changed_it(cast: Cast):
    settle(cast, is_public=True)
    page = log_in(cast.bob).get(cast.kitchen.get_absolute_url()).content.decode()
    assert "lets members read what moderators did" in page
    settle(cast, is_public=False)
    page = log_in(cast.bob).get(cast.kitchen.get_absolute_url()).content.decode()
    assert "lets moderators alone read what they did" in page
    assert not Group.objects.get(pk=cast.kitchen.pk).record_is_public


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("live")
async def test_open_pages_offer_it_at_once_as_a_fresh_load_does(cast: Cast):
    path = cast.kitchen.get_absolute_url()
    page = await enter(cast.bob, path)
    assert page.element("rules").get("data-record") == ""
    await in_worker(lambda: settle(cast, is_public=True))
    await page.until(lambda page: page.element("rules").get("data-record") == "public")
    fresh = await visit(cast.bob, path)
    assert fresh.element("rules").get("data-record") == "public"
    (link,) = fresh.element("group-menu").xpath(f".//a[@href='{path}record/']")
    assert link.get("class") == "record-only"
