"""How often one person may do what: whoever does more is told, keeps what they typed, and disturbs nobody."""

import json
from collections import Counter
from typing import Any

import pytest
from channels.layers import get_channel_layer
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator
from django.conf import settings
from pytest_django import Settings

from discuss import actions, limits as module
from discuss.db.workers import in_worker
from discuss.doorbell import bells, ringer
from discuss.edges.routing import PROBES_OF_ONE, websocket_urlpatterns
from discuss.limits import CUT_COSTS, Limits, source, too_many_pages
from discuss.live.hub import Hub
from discuss.models import Entry, Group, User
from discuss.server.protocol import CLOSE_POLICY
from project import environment
from project.settings import RATE_LIMITS
from tests.cast import Cast, log_in
from tests.page import Page, enter, eventually
from tests.test_reading import fill

BURST = {kind: burst for kind, (burst, _) in RATE_LIMITS.items()}
FIRST = BURST["post"]
PAGES = 20
websockets = URLRouter(websocket_urlpatterns)


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def clock(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Limits as they are by default, and a clock that stands still until a test moves it."""
    settings.RATE_LIMITS = RATE_LIMITS
    clock = Clock()
    monkeypatch.setattr(module, "monotonic", clock)
    monkeypatch.setattr(module.limits, "_full_at", {})
    monkeypatch.setattr(module.limits, "_untold", Counter())
    return clock


# --- the buckets ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", RATE_LIMITS)
def test_a_bucket_gives_its_burst_and_then_one_at_a_time(kind: str, clock: Clock):
    limits, (burst, seconds) = Limits(), RATE_LIMITS[kind]
    assert [limits.take(kind, 1) for _ in range(burst)] == [0.0] * burst
    assert limits.take(kind, 1) == pytest.approx(seconds)
    clock.now += seconds / 2
    assert limits.take(kind, 1) == pytest.approx(seconds / 2)
    clock.now += seconds / 2 + 1e-6
    assert limits.take(kind, 1) == 0.0
    assert limits.take(kind, 1) > 0.0
    clock.now += burst * seconds * 9
    assert [limits.take(kind, 1) for _ in range(burst)] == [0.0] * burst
    assert limits.take(kind, 1) > 0.0


def test_everybody_has_buckets_of_their_own_for_each_kind():
    limits = Limits()
    for _ in range(FIRST):
        limits.take("post", 1)
    assert limits.take("post", 1) > 0.0
    assert limits.take("post", 2) == 0.0
    assert limits.take("older", 1) == 0.0


def test_it_says_how_long_to_wait(clock: Clock):
    limits = Limits()
    for _ in range(BURST["membership"]):
        assert limits.refusal("membership", 1) == ""
    assert limits.refusal("membership", 1) == "That was too much at once. Try again in 6 seconds."
    clock.now += 5.5
    assert limits.refusal("membership", 1) == "That was too much at once. Try again in 1 second."


def test_buckets_that_are_full_again_are_forgotten(clock: Clock, monkeypatch):
    monkeypatch.setattr(module, "KEPT", 10)
    limits = Limits()
    for user_id in range(10):
        limits.take("post", user_id)
    clock.now += 1
    for user_id in range(20, 22):
        limits.take("post", user_id)
    assert len(limits._full_at) == 2


def test_the_setting_lifts_them(settings: Settings):
    settings.RATE_LIMITS = {}
    assert {Limits().take("post", 1) for _ in range(100)} == {0.0}
    assert not Limits().are_full(1000)


def test_what_another_process_granted_counts_here_too(clock: Clock):
    here, there = Limits(), Limits()
    for _ in range(FIRST):
        there.take("post", 1)
    told = there.untold()
    # A quarter of a bucket is not worth telling.
    assert told == [("post", 1, FIRST * 3 // 4)]
    assert there.untold() == []
    here.hear(told)
    assert [here.take("post", 1) for _ in range(FIRST // 4)] == [0.0] * (FIRST // 4)
    assert here.take("post", 1) > 0.0
    assert here.take("post", 2) == 0.0


def test_however_many_processes_somebody_floods_one_pace_holds(clock: Clock):
    processes, granted = [Limits() for _ in range(4)], 0
    for second in range(120):
        if second == 60:
            granted = 0  # what is granted at once is over
        for _ in range(20):
            clock.now += 0.05
            granted += sum(process.take("post", 1) == 0.0 for process in processes)
        if second % 2:
            told = [(process, process.untold()) for process in processes]
            for process in processes:
                for other, taken in told:
                    if other is not process:
                        process.hear(taken)
    # Each alone would grant 300.
    assert granted <= 1.5 * 300


def test_a_charge_is_more_than_there_is_and_has_an_end(clock: Clock):
    limits, (burst, seconds) = Limits(), RATE_LIMITS["connection"]
    for _ in range(50):
        limits.charge("connection", "192.0.2.1", 20)
    assert limits.take("connection", "192.0.2.1") == pytest.approx((burst + 1) * seconds)


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("unix", "unix"),
    ],
)
def test_who_stands_behind_an_address(address: str, counted: str):
    assert source(address) == counted


@pytest.mark.parametrize(
    ("value", "post", "group"),
    [
        ("", (20, 1 / 5), (10, 360.0)),
        ("on", (20, 1 / 5), (10, 360.0)),
        ("post=40+10/s", (40, 1 / 10), (10, 360.0)),
        (" Post=7/m, group=3+100/h", (7, 60 / 7), (3, 36.0)),
    ],
)
def test_each_rate_is_a_setting(monkeypatch, value: str, post: object, group: object):
    monkeypatch.setenv("RATES", value)
    rates = environment.rates("RATES", {"post": "20+5/s", "group": "10/h"})
    assert rates == {"post": post, "group": group}
    monkeypatch.setenv("RATES", "off")
    assert environment.rates("RATES", {"post": "20+5/s"}) == {}


# --- over HTTP --------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_message_that_is_one_too_many_comes_back_without_javascript(cast: Cast, clock: Clock):
    client, address = log_in(cast.bob), f"{cast.kitchen.get_absolute_url()}post/"
    for number in range(FIRST):
        fields = {"text": f"{number}", "nonce": f"nonce-{number:04}"}
        assert client.post(address, fields).status_code == 302
    fields = {"text": "One too many", "nonce": "nonce-more"}
    response = client.post(address, fields)
    assert response.status_code == 400
    page = response.content.decode()
    assert "Try again in 1 second." in page
    assert "One too many" in page
    assert not Entry.objects.filter(text="One too many").exists()
    clock.now += 1
    assert client.post(address, fields).status_code == 302


@pytest.mark.django_db
def test_joining_and_leaving_fill_no_log(cast: Cast):
    client, group = log_in(cast.cleo), cast.kitchen.get_absolute_url()
    for number in range(30):
        client.post(f"{group}{('join', 'leave')[number % 2]}/")
    assert Entry.objects.filter(group=cast.kitchen, subject=cast.cleo).count() == 1
    assert cast.head() == 3 + BURST["membership"]
    assert b"That was too much at once." in client.get("/").content


@pytest.mark.django_db
def test_groups_are_made_at_a_persons_pace(cast: Cast):
    client, most = log_in(cast.bob), BURST["group"]
    for number in range(most + 1):
        response = client.post("/groups/new/", {"name": f"Group {number}", "description": "Tea"})
    assert Group.objects.filter(name__startswith="Group ").count() == most
    page = response.content.decode()
    assert "Try again in 6 minutes." in page
    assert f'value="Group {most}"' in page


# --- over sockets -----------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("live")
async def test_a_message_that_is_one_too_many_stays_with_its_reason(cast: Cast, clock: Clock):
    path = cast.kitchen.get_absolute_url()
    ann, bob = [await enter(user, path) for user in (cast.ann, cast.bob)]
    for number in range(FIRST):
        await bob.post(f"{number}")
    bob.write("One too many")
    await bob.until(lambda page: page.refused)
    assert bob.refused == [
        ("One too many", "That was too much at once. Try again in 1 second."),
    ]
    await ann.post("Soup?")
    assert ann.refused == []
    await ann.until(lambda page: page.texts == [*map(str, range(FIRST)), "Soup?"])


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("live")
async def test_who_joins_and_leaves_again_and_again_is_told(cast: Cast):
    cleo = await enter(cast.cleo, "/")
    for number in range(BURST["membership"] + 1):
        verb = ("join", "leave")[number % 2]
        cleo.send(json.dumps({"verb": verb, "group": str(cast.kitchen.uuid)}))
    await cleo.until(lambda page: "Try again in 6 seconds." in page.notice)
    assert cleo.close_code is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("live")
@pytest.mark.parametrize("what", ["older", "lobby"])
async def test_what_is_read_again_and_again_is_bounded(cast: Cast, what: str):
    path = cast.kitchen.get_absolute_url() if what == "older" else "/"
    bob = await enter(cast.bob, path)
    frame = {"verb": "older", "oldest": "1"} if what == "older" else {"verb": "resume", "q": "tea"}
    # One request for older lines more is granted, later: a page says it once for each piece.
    for _ in range(BURST[what] + 2):
        bob.send(json.dumps(frame))
    await bob.until(lambda page: "Try again in 1 second." in page.notice)
    assert bob.close_code is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("live")
async def test_who_goes_on_and_on_is_sent_away_and_nobody_else(cast: Cast):
    path = cast.kitchen.get_absolute_url()
    ann, bob = [await enter(user, path) for user in (cast.ann, cast.bob)]
    for _ in range(BURST["refusal"] + 1):
        bob.send("nonsense")
    await bob.until(lambda page: page.close_code == 1013)
    await ann.post("Soup?")
    assert ann.close_code is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("live")
@pytest.mark.parametrize("verb", ["post", "react", "draft", "typing"])
async def test_who_floods_with_one_verb_is_sent_away(cast: Cast, verb: str):
    """A message that is refused stays with its reason; of drafts and typing nobody is told."""
    of_verbs: dict[str, dict[str, Any]] = {
        "post": {"text": "Soup"},
        "react": {"line": 1, "emoji": "👍"},
        "draft": {"text": "Soup", "nonce": "nonce-1234", "answered": 0},
        "typing": {},
    }
    fields = of_verbs[verb]
    bob = await enter(cast.bob, cast.kitchen.get_absolute_url())
    for number in range(BURST[verb] + BURST["refusal"] + 1):
        nonce = {"nonce": f"nonce-{number:04}"} if verb == "post" else {}
        bob.send(json.dumps({"verb": verb, **fields, **nonce}))
    await bob.until(lambda page: page.close_code == 1013)
    assert await in_worker(Entry.objects.filter(text="Soup").count) <= FIRST


@pytest.mark.django_db
def test_a_crowd_in_one_group_is_bounded_together(cast: Cast, settings: Settings):
    settings.RATE_LIMITS = RATE_LIMITS | {"group_post": (3, 1.0)}
    address = cast.kitchen.get_absolute_url()
    cellar = actions.create_group(cast.bob, name="Cellar").get_absolute_url()

    def post(user: User, address: str, number: int) -> int:
        values = {"text": f"{number}", "nonce": f"nonce-{number:04}"}
        return log_in(user).post(f"{address}post/", values).status_code

    people = [cast.ann, cast.bob, cast.mod]
    assert [post(user, address, n) for n, user in enumerate(people)] == [302] * 3
    assert post(cast.ann, address, 3) == 400
    assert post(cast.bob, cellar, 4) == 302


@pytest.mark.django_db
def test_a_flooder_takes_nothing_from_the_others_of_the_group(cast: Cast, settings: Settings):
    """What is refused to one person does not count for all."""
    settings.RATE_LIMITS = RATE_LIMITS | {"post": (1, 1.0), "group_post": (2, 1.0)}
    address = f"{cast.kitchen.get_absolute_url()}post/"
    bob = log_in(cast.bob)
    for number in range(9):
        bob.post(address, {"text": f"{number}", "nonce": f"nonce-{number:04}"})
    response = log_in(cast.ann).post(address, {"text": "Soup", "nonce": "nonce-soup"})
    assert response.status_code == 302


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("live")
async def test_pages_that_come_back_together_are_all_let_in(cast: Cast):
    client = await in_worker(log_in, cast.bob)
    pages = [await Page.open(client, "/") for _ in range(PAGES)]
    for page in pages:
        await page.join_in()
    assert not any(page.close_code or page.notice for page in pages)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("live")
async def test_a_request_for_older_lines_that_is_too_fast_is_granted_later(cast: Cast):
    await in_worker(fill, cast.kitchen, 60)
    bob = await enter(cast.bob, cast.kitchen.get_absolute_url())
    for _ in range(BURST["older"]):
        bob.send(json.dumps({"verb": "older", "oldest": "1"}))
    bob.ask_older()
    await bob.until(lambda page: len(page.log) > 51)
    assert bob.notice == ""


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("live")
async def test_somebody_has_so_many_pages_open(cast: Cast, monkeypatch):
    monkeypatch.setattr("discuss.edges.consumers.handshake.FULL_FOR", 0.01)
    client = await in_worker(log_in, cast.bob)
    pages = [await Page.open(client, "/") for _ in range(PAGES + 1)]
    for page in pages[:PAGES]:
        await page.connect(resumes=False)
    last = pages[PAGES]
    await last.connect(resumes=False)
    await last.until(lambda page: page.close_code == 1013)
    assert last.notice == too_many_pages()
    await pages[0].disconnect()
    await last.join_in()
    ann = await enter(cast.ann, "/")
    assert ann.close_code is None


# --- between processes, and by address --------------------------------------------------------------


def test_what_is_reserved_waits_its_turn_and_a_charge_shortens_no_wait(
    clock: Clock, settings: Settings
):
    settings.RATE_LIMITS = {"request": (2, 1.0)}
    limits = Limits()
    assert [limits.reserve("request", "ann", 3.0) for _ in range(6)] == [0, 0, 1, 2, 3, None]
    assert limits.reserve("request", "bob", 3.0) == 0
    limits.charge("request", "ann", 1)
    assert limits.take("request", "ann") == 4
    clock.now += 1.5
    assert limits.reserve("request", "ann", 3.0) == 2.5


async def test_rings_tell_what_was_taken(live: Hub):
    channel_layer = get_channel_layer()
    channel = await channel_layer.new_channel()
    await channel_layer.group_add(ringer.LAYER_GROUP, channel)
    live.start()
    for _ in range(FIRST):
        module.limits.take("post", 1)
    await bells.beat()
    taken: list[object] = []
    while not taken:
        taken = (await channel_layer.receive(channel))["taken"]
    assert taken == [("post", 1, 15)]


async def test_what_a_ring_tells_is_counted(live: Hub):
    live.start()
    await eventually(lambda: live._listener.hears_all)
    ring = {"type": "doorbell.rung", "from": "elsewhere", "number": 1, "bells": []}
    await get_channel_layer().group_send(ringer.LAYER_GROUP, ring | {"taken": [("post", 1, FIRST)]})
    # Of a version that tells nothing.
    await get_channel_layer().group_send(ringer.LAYER_GROUP, ring | {"number": 2})
    await eventually(lambda: live._listener._numbers.get("elsewhere") == 2)
    assert module.limits.take("post", 1) > 0.0


@pytest.mark.parametrize("path", ["/ws/", "/ws/ping/"])
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("live")
async def test_an_address_opens_sockets_at_a_pace(clock: Clock, path: str):
    for _ in range(BURST["connection"]):
        module.limits.take("connection", "192.0.2.1")
    assert not await is_let_in(path, "192.0.2.1")
    assert await is_let_in(path, "192.0.2.2")
    clock.now += 1
    assert await is_let_in(path, "192.0.2.1")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("live")
async def test_people_behind_an_address_of_strangers_come_in(cast: Cast):
    client = await in_worker(log_in, cast.bob)
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    for _ in range(BURST["connection"]):
        module.limits.take("connection", "192.0.2.1")
    assert await is_let_in("/ws/", "192.0.2.1", session=key)
    assert not await is_let_in("/ws/", "192.0.2.1")
    # A session that is nobody's is a stranger's.
    assert not await is_let_in("/ws/", "192.0.2.1", session=key[::-1])


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("live")
async def test_a_person_opens_pages_at_a_pace_wherever_they_are(
    cast: Cast, clock: Clock, monkeypatch
):
    monkeypatch.setattr("discuss.edges.consumers.handshake.FULL_FOR", 0.01)
    for _ in range(BURST["page"]):
        module.limits.take("page", cast.bob.pk)
    page = await Page.open(await in_worker(log_in, cast.bob), "/")
    await page.connect(resumes=False)
    await page.until(lambda page: page.close_code == 1013)
    assert page.notice == "That was too much at once. Try again in 1 second."
    clock.now += 1
    await page.join_in()
    assert (await enter(cast.ann, "/")).close_code is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("live")
async def test_who_had_to_be_cut_is_charged_and_not_their_address(cast: Cast):
    client = await in_worker(log_in, cast.bob)
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    for _ in range(BURST["page"] // CUT_COSTS):
        assert await is_let_in("/ws/", "192.0.2.1", session=key, cut_with=CLOSE_POLICY)
    assert module.limits.take("page", cast.bob.pk) > 0.0
    for _ in range(BURST["connection"]):
        assert module.limits.take("connection", "192.0.2.1") == 0.0


@pytest.mark.parametrize("path", ["/ws/", "/ws/ping/"])
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("live")
async def test_a_socket_that_had_to_be_cut_costs_its_address_more(path: str):
    for _ in range(BURST["connection"] // CUT_COSTS):
        assert await is_let_in(path, "192.0.2.1", cut_with=CLOSE_POLICY)
    assert not await is_let_in(path, "192.0.2.1")
    for _ in range(BURST["connection"] // CUT_COSTS + 1):
        assert await is_let_in(path, "192.0.2.2", cut_with=1001)


async def test_an_address_has_a_few_of_the_places_for_probes(settings: Settings):
    probes = [dial("/ws/ping/", "192.0.2.1") for _ in range(PROBES_OF_ONE + 2)]
    *first, sixth, seventh = probes
    for probe in first:
        assert (await probe.connect(10))[0]
    assert not (await sixth.connect(10))[0]
    assert await is_let_in("/ws/ping/", "192.0.2.2")
    settings.RATE_LIMITS = {}
    assert (await seventh.connect(10))[0]
    for probe in (*first, seventh):
        await probe.disconnect(timeout=10)


def dial(path: str, address: str, session: str = "") -> WebsocketCommunicator:
    """Return a socket of our own page, from this address."""
    headers = [(b"origin", settings.PUBLIC_ORIGINS[0].encode())]
    if session:
        headers.append((b"cookie", f"{settings.SESSION_COOKIE_NAME}={session}".encode()))
    socket = WebsocketCommunicator(websockets, path, headers=headers)
    socket.scope["client"] = [address, 40_000]
    return socket


async def is_let_in(path: str, address: str, session: str = "", cut_with: int = 1001) -> bool:
    """Open a socket from this address, and leave it with this code."""
    socket = dial(path, address, session)
    accepted, _ = await socket.connect(10)
    if accepted:
        await socket.disconnect(cut_with, 10)
    return bool(accepted)


# --- pages over HTTP --------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("part", ["", "log/"])
def test_somebody_loads_so_many_pages_and_is_told_when_the_next(
    cast: Cast, clock: Clock, part: str
):
    bob, ann = log_in(cast.bob), log_in(cast.ann)
    path = cast.kitchen.get_absolute_url() + part
    assert {bob.get(path).status_code for _ in range(BURST["view"])} == {200}
    refused = bob.get(path)
    assert (refused.status_code, refused["Retry-After"]) == (429, "1")
    assert "Try again in 1 second." in refused.content.decode()
    assert bob.get("/").status_code == 429
    assert ann.get(path).status_code == 200
    clock.now += 1
    assert bob.get(path).status_code == 200


@pytest.mark.django_db
def test_a_refused_frame_may_be_framed(cast: Cast):
    bob, path = log_in(cast.bob), cast.kitchen.get_absolute_url() + "log/"
    for _ in range(BURST["view"]):
        bob.get(path)
    assert "frame-ancestors 'self'" in bob.get(path)["Content-Security-Policy"]
