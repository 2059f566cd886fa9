"""What somebody finds who comes from a blocked network, at every door; and others, who do not."""

import asyncio
from typing import Any

import pytest
from django.core.cache import cache
from django.db import DatabaseError
from django.test import Client
from pytest_django import Settings

from discuss import actions
from discuss.actions import networks
from discuss.db.workers import in_worker
from discuss.doorbell.bell import Bell
from discuss.live import networks as keeping
from discuss.live.hub import Hub
from discuss.models import BlockedNetwork, Entry, User
from discuss.reading.networks import known_networks
from discuss.rules.networks import Bars
from discuss.server.protocol import CLOSE_NO_MEMBER
from tests.cast import Cast, log_in
from tests.moderation.networked import block, unblock
from tests.moderation.test_filter_pages import html
from tests.page import PATIENCE, Page, dial, eventually
from tests.test_accounts import SECRET, enter, sign_up

NETWORK = "203.0.113.0/24"
FROM_THERE, FROM_ELSEWHERE = "203.0.113.7", "203.0.114.7"
WHY = "Nobody may come in from your network at the moment"


@pytest.fixture(autouse=True)
def _no_tries_yet(db: None) -> None:
    cache.clear()


def at(address: str, user: User | None = None) -> Client:
    """Return a browser at this address."""
    client = log_in(user) if user else Client()
    client.defaults["REMOTE_ADDR"] = address
    return client


def status(client: Client, path: str = "/accounts/signup/") -> int:
    return int(client.get(path).status_code)


def written(hits: int) -> bool:
    networks.write_barred()
    return BlockedNetwork.objects.get().hits == hits


# --- sign-ups -------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("address", [FROM_THERE, f"::ffff:{FROM_THERE}"])
def test_nobody_signs_up_from_there_and_is_told_so(address: str):
    block(NETWORK)
    page = html(at(address).get("/accounts/signup/"), 403)
    assert "Nobody signs up from your network at the moment" in page.text_content()
    assert not page.xpath("//main//form")
    assert sign_up(at(address), "dora").status_code == 403
    assert not User.objects.filter(username="dora").exists()
    assert sign_up(at(FROM_ELSEWHERE), "dora").status_code == 302
    assert User.objects.filter(username="dora").exists()
    assert written(2)


@pytest.mark.django_db
def test_nor_by_an_invitation(cast: Cast, settings: Settings):
    settings.SIGN_UP = "invited"
    block(NETWORK)
    owner = cast.member(cast.ann)
    made = actions.make_invitation(owner, group=cast.kitchen, uses=3, days=7)
    for address, came in ((FROM_THERE, 403), (FROM_ELSEWHERE, 200)):
        browser = at(address)
        browser.post(f"/invitations/{made.token}/")
        assert status(browser) == came


@pytest.mark.django_db
def test_who_has_an_account_logs_in_from_there(cast: Cast):
    block(NETWORK)
    cast.bob.set_password(SECRET)
    cast.bob.save()
    browser = at(FROM_THERE)
    assert enter(browser, "bob").status_code == 302
    assert status(browser, "/") == 200
    assert status(browser, cast.kitchen.get_absolute_url()) == 200


@pytest.mark.django_db
def test_a_block_that_was_taken_back_bars_nobody():
    block(NETWORK)
    assert status(at(FROM_THERE)) == 403
    unblock(NETWORK)
    assert status(at(FROM_THERE)) == 200


# --- pages ----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_no_page_opens_from_there(cast: Cast, django_assert_num_queries: Any):
    block(NETWORK, Bars.ENTRANCE)
    group = cast.kitchen.get_absolute_url()
    paths = ["/", group, "/accounts/login/", "/accounts/signup/", "/admin/", "/moderation/", "/no/"]
    for client in (at(FROM_THERE), at(FROM_THERE, cast.bob)):
        for path in paths:
            with django_assert_num_queries(0):
                response = client.get(path)
            page = html(response, 403)
            assert WHY in page.cssselect("h1")[0].text_content()
            assert "no-store" in response["Cache-Control"]
            # What is the site's is there, and nothing of anybody.
            assert page.cssselect("link[rel=stylesheet]")
            assert "bob" not in page.text_content()
    assert status(at(FROM_ELSEWHERE, cast.bob), group) == 200
    assert written(14)


@pytest.mark.django_db
def test_nothing_is_posted_and_nobody_logs_in_from_there(cast: Cast):
    block(NETWORK, Bars.ENTRANCE)
    cast.bob.set_password(SECRET)
    cast.bob.save()
    before = Entry.objects.count()
    post = f"{cast.kitchen.get_absolute_url()}post/"
    fields = {"text": "Soup", "nonce": actions.new_nonce()}
    assert at(FROM_THERE, cast.bob).post(post, fields).status_code == 403
    assert Entry.objects.count() == before
    assert enter(at(FROM_THERE), "bob").status_code == 403
    assert at(FROM_ELSEWHERE, cast.bob).post(post, fields).status_code == 302
    assert Entry.objects.count() == before + 1
    assert enter(at(FROM_ELSEWHERE), "bob").status_code == 302


@pytest.mark.django_db
def test_the_session_stands_elsewhere(cast: Cast):
    """It is the place that is barred, and not the person."""
    browser = at(FROM_THERE, cast.bob)
    block(NETWORK, Bars.ENTRANCE)
    assert status(browser, "/") == 403
    browser.defaults["REMOTE_ADDR"] = FROM_ELSEWHERE
    assert status(browser, "/") == 200


@pytest.mark.django_db
def test_without_an_address_nobody_is_barred(cast: Cast):
    """As over a unix socket whose proxy does not say who asks."""
    block(NETWORK, Bars.ENTRANCE)
    for address in ("", "nonsense", f"{FROM_THERE}, {FROM_ELSEWHERE}"):
        assert status(at(address, cast.bob), "/") == 200


@pytest.mark.django_db
@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "Forwarded"])
def test_what_a_client_says_of_itself_changes_nothing(cast: Cast, header: str):
    """Which header is believed, the server decides (tests/serving/test_addresses.py)."""
    block(NETWORK, Bars.ENTRANCE)
    there, elsewhere = at(FROM_THERE, cast.bob), at(FROM_ELSEWHERE, cast.bob)
    assert there.get("/", headers={header: FROM_ELSEWHERE}).status_code == 403
    assert elsewhere.get("/", headers={header: FROM_THERE}).status_code == 200


# --- sockets --------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
async def test_open_pages_from_there_end_and_others_do_not(live: Hub, cast: Cast):
    group = cast.kitchen.get_absolute_url()
    clients = [
        await in_worker(at, FROM_THERE, cast.bob),
        await in_worker(at, FROM_ELSEWHERE, cast.mod),
    ]
    there = [await Page.open(clients[0], path) for path in (group, "/")]
    elsewhere = [await Page.open(clients[1], path) for path in (group, "/", "/moderation/")]
    silent = await Page.open(clients[0], group)
    for page in there + elsewhere:
        await page.join_in()
    await silent.connect(resumes=False)
    began = asyncio.get_running_loop().time()
    await in_worker(block, NETWORK, Bars.ENTRANCE)
    for page in [*there, silent]:
        await page.until(lambda page: page.close_code)
        assert page.close_code == CLOSE_NO_MEMBER
        assert WHY in page.frames[-1]
    assert asyncio.get_running_loop().time() - began < 2
    await in_worker(cast.say, cast.ann, "Soup")
    await elsewhere[0].until(lambda page: "Soup" in page.texts)
    assert [page.close_code for page in elsewhere] == [None] * 3


@pytest.mark.django_db(transaction=True)
async def test_where_sign_ups_alone_are_barred_pages_stay(live: Hub, cast: Cast):
    client = await in_worker(at, FROM_THERE, cast.bob)
    page = await Page.open(client, cast.kitchen.get_absolute_url())
    await page.join_in()
    await in_worker(block, NETWORK)
    await in_worker(cast.say, cast.ann, "Soup")
    await page.until(lambda page: "Soup" in page.texts)
    assert page.close_code is None


@pytest.mark.django_db(transaction=True)
async def test_a_page_that_comes_back_is_told_and_no_stranger_is(live: Hub, cast: Cast):
    page = await Page.open(await in_worker(at, FROM_THERE, cast.bob), "/")
    await in_worker(block, NETWORK, Bars.ENTRANCE)
    await page.connect()
    await page.until(lambda page: page.close_code)
    assert page.close_code == CLOSE_NO_MEMBER
    assert WHY in page.frames[-1]
    for path in ("/ws/", "/ws/ping/", "/ws/moderation/"):
        socket = dial(path, await in_worker(at, FROM_THERE))
        assert not (await socket.connect(PATIENCE))[0]
        socket = dial(path, await in_worker(at, FROM_ELSEWHERE))
        assert (await socket.connect(PATIENCE))[0]
        await socket.disconnect(timeout=PATIENCE)


@pytest.mark.django_db(transaction=True)
async def test_a_block_in_the_middle_of_the_handshake_is_not_missed(
    live: Hub, cast: Cast, monkeypatch: pytest.MonkeyPatch
):
    page = await Page.open(await in_worker(at, FROM_THERE, cast.bob), "/")
    arrive = Hub.arrive

    def arrive_late(self: Hub, *args: Any) -> None:
        known_networks._known = blocked
        arrive(self, *args)

    await in_worker(block, NETWORK, Bars.ENTRANCE)
    blocked = known_networks._known
    known_networks.forget(is_none=True)
    monkeypatch.setattr(Hub, "arrive", arrive_late)
    await page.connect()
    await page.until(lambda page: page.close_code)
    assert page.close_code == CLOSE_NO_MEMBER


@pytest.mark.django_db(transaction=True)
async def test_a_bell_of_another_process_is_enough(live: Hub, cast: Cast):
    page = await Page.open(await in_worker(at, FROM_THERE, cast.bob), "/")
    await page.join_in()
    # As another process does.
    await in_worker(BlockedNetwork.objects.create, network=NETWORK, bars="entrance")
    live.hear(Bell("networks", 0))
    await page.until(lambda page: page.close_code)
    assert page.close_code == CLOSE_NO_MEMBER


@pytest.mark.django_db(transaction=True)
async def test_without_a_bell_they_are_looked_for(
    live: Hub, cast: Cast, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("discuss.live.keeper.KEEPER_INTERVAL", 0.05)
    live.start()
    made = await in_worker(BlockedNetwork.objects.create, network=NETWORK, bars="entrance")
    await eventually(lambda: known_networks.bars_entrance(FROM_THERE))
    await in_worker(made.delete)
    await eventually(lambda: not known_networks.bars_entrance(FROM_THERE))


@pytest.mark.django_db(transaction=True)
async def test_those_that_are_known_stay_while_the_database_is_away(
    live: Hub, cast: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    await in_worker(block, NETWORK, Bars.ENTRANCE)

    def fail() -> None:
        raise DatabaseError("away")

    monkeypatch.setattr("discuss.reading.networks._signature", fail)
    await keeping.NetworkKeeper(list).renew()
    assert known_networks.bars_entrance(FROM_THERE)
    assert "The blocked networks could not be read" in caplog.text
    caplog.clear()


@pytest.mark.django_db(transaction=True)
async def test_refusals_are_written_by_the_hub_and_at_its_end(
    live: Hub, cast: Cast, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("discuss.live.upkeep.HITS_INTERVAL", 0.05)
    await in_worker(block, NETWORK)

    async def has(hits: int) -> bool:
        return await in_worker(BlockedNetwork.objects.filter(hits=hits).exists)

    live.start()
    await in_worker(sign_up, at(FROM_THERE), "dora")
    await eventually(lambda: has(1))
    monkeypatch.setattr("discuss.live.upkeep.HITS_INTERVAL", 1000)
    await in_worker(sign_up, at(FROM_THERE), "dora")
    await live.stop()
    # A write that is under way goes on in its thread.
    await eventually(lambda: has(2))
