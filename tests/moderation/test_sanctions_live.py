"""Whoever has to wait, or to read a warning, is told above the field, on every page of theirs at once."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from discuss import actions
from discuss.db.workers import in_worker
from discuss.live.hub import hub
from discuss.models import Membership, Warning
from discuss.moderation.actions import Why, perform_act
from tests.cast import Cast, log_in
from tests.document import Document, text
from tests.page import Page, enter, eventually

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("live")]


async def act(cast: Cast, name: str, **why: Any) -> None:
    mod = await in_worker(cast.member, cast.mod)
    await in_worker(perform_act, mod, name, user=cast.bob, group=cast.kitchen, why=Why(**why))


def told(page: Document) -> str:
    return text(page.element("sanctions"))


async def loaded(client: Client, path: str) -> str:
    return told(await Page.open(client, path))


async def test_a_time_out_is_said_until_it_is_taken_back(cast: Cast):
    path = cast.kitchen.get_absolute_url()
    pages = [await enter(cast.bob, path), await enter(cast.bob, path)]
    others = await enter(cast.ann, path)
    await act(cast, "time_out", until=timezone.now() + timedelta(hours=1))
    for page in pages:
        await page.until(lambda page: "may not write" in told(page))
        assert told(page) == await loaded(page.client, path)
    await pages[0].post("Soup")
    assert "may not write in this group until" in text(pages[0].element("refused"))
    await act(cast, "end_time_out")
    for page in pages:
        await page.until(lambda page: told(page) == "")
    assert told(others) == ""


async def test_a_time_out_ends_by_itself_on_the_page_too(cast: Cast):
    page = await enter(cast.bob, cast.kitchen.get_absolute_url())
    until = timezone.now() + timedelta(seconds=1)
    change = Membership.objects.filter(user=cast.bob)
    await in_worker(lambda: change.update(muted_until=until))
    await in_worker(actions.announce_standing, cast.bob)
    await page.until(lambda page: "may not write" in told(page))
    await page.until(lambda page: told(page) == "")
    assert timezone.now() >= until
    await page.post("Soup")
    await page.until(lambda page: "Soup" in page.texts)


async def test_a_warning_stays_until_it_is_read_and_then_one_writes_again(cast: Cast):
    path = cast.kitchen.get_absolute_url()
    page, other = await enter(cast.bob, path), await enter(cast.bob, path)
    await act(cast, "warn", reason="insult", note="Please be kind")
    for each in (page, other):
        await each.until(lambda page: "Please be kind" in told(page))
        assert "Insults or harassment" in told(each)
        assert told(each) == await loaded(each.client, path)
    await page.post("Soup")
    assert "read the warning" in text(page.element("refused"))
    warning = await in_worker(Warning.objects.get)
    page.submit("acknowledge-form", warning=str(warning.pk))
    for each in (page, other):
        await each.until(lambda page: told(page) == "")
    await page.post("Salad")
    await page.until(lambda page: "Salad" in page.texts)


async def test_a_page_that_was_away_hears_of_it_when_it_comes_back(cast: Cast):
    page = await enter(cast.bob, cast.kitchen.get_absolute_url())
    await page.disconnect()
    await act(cast, "warn", note="Please be kind")
    await page.join_in()
    await page.until(lambda page: "Please be kind" in told(page))


async def test_without_a_script_a_warning_is_read_by_a_plain_form(cast: Cast):
    path = cast.kitchen.get_absolute_url()
    await act(cast, "warn", note="Please be kind")
    client = await in_worker(log_in, cast.bob)
    await in_worker(client.get, f"{path}?live=off")
    warning = await in_worker(Warning.objects.get)
    data = {"warning": str(warning.pk)}
    response = await in_worker(client.post, f"{path}acknowledge/", data)
    assert response.status_code == 302
    assert await loaded(client, path) == ""


async def test_no_list_of_groups_waits_to_forget_what_was_hidden(cast: Cast):
    said = await in_worker(cast.say, cast.bob, "Soup")
    lobby = await enter(cast.ann, "/")
    last = f"last-{cast.kitchen.uuid}"
    assert "Soup" in text(lobby.element(last))
    feed = hub.subscriptions.person
    assert feed is not None
    # Else counts, and last lines, are written in an hour.
    feed._due = asyncio.get_running_loop().time() + 3600
    mod = await in_worker(cast.member, cast.mod)
    await in_worker(perform_act, mod, "hide", entry=said)
    await lobby.until(lambda page: "Soup" not in text(page.element(last)))


@pytest.mark.parametrize("ends", ["the page goes", "the hub stops"])
async def test_nothing_waits_for_the_end_of_a_time_out_where_nobody_sees_it(cast: Cast, ends: str):
    page = await enter(cast.bob, cast.kitchen.get_absolute_url())
    await act(cast, "time_out", until=timezone.now() + timedelta(days=3))
    await page.until(lambda page: "You may not write" in told(page))
    feed = hub.subscriptions.person
    assert feed is not None
    (end,) = feed._time_outs._ends.values()
    await (page.disconnect() if ends == "the page goes" else hub.stop())
    await eventually(end.cancelled)
