"""Whatever a frame contains: its sender gets an error fragment, nothing is stored, nobody else notices."""

import json
from itertools import product
from typing import Any

import pytest

from discuss.db.workers import in_worker
from discuss.edges.consumers import posting
from discuss.models import Entry, Group, Membership
from discuss.server.protocol import FRAME_LIMIT
from tests.cast import Cast, log_in
from tests.page import Page, enter, settled
from tests.test_forms import NONCE, WRONG_TYPES
from tests.told import FAILED, NOT_UNDERSTOOD

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("live")]

FOREIGN = [
    "",
    " ",
    "null",
    "true",
    "0",
    '"post"',
    "[]",
    "{}",
    "{",
    '{"verb"}',
    '[{"verb": "post"}]',
    "<form>",
    "\x00",
    "[" * 60_000,
    '{"verb": ' + "1" * 60_000 + "}",
    '{"verb": NaN}',
]
NAMES_OF_OURS = [
    "__init__",
    "connect",
    "act",
    "receive",
    "disconnect",
    "verbs",
    "POST",
    "delete",
]
NO_NUMBERS: list[Any] = ["x", "\x00", "\ud800", "-1", str(2**63), "9" * 5000, "\ud800" * 9]
NO_NUMBERS += [value for value in WRONG_TYPES if value != 0]
RESUME = {"verb": "resume", "cursor": "3", "epoch": "x" * 16, "oldest": "1"}
EPOCHS_OF_OTHERS: list[Any] = [
    "x",
    "\ud800",
    "-1",
    "\ud800" * 9,
    True,
    0,
    -1,
    1.5,
    float("inf"),
    float("nan"),
]
EPOCHS_OF_OTHERS += [["x"], {"x": 1}]
NO_EPOCHS: list[Any] = ["\x00", "9" * 17, "9" * 5000, None, 10**30, [], {}]
UNKNOWN_VERBS = [*NAMES_OF_OURS, *WRONG_TYPES, "", "post ", "resume\x00", "\ud800", ["post"]]


def stored() -> tuple[int, int, int]:
    return Entry.objects.count(), Membership.objects.count(), Group.objects.count()


@pytest.fixture
def path(cast: Cast) -> str:
    return cast.kitchen.get_absolute_url()


class Suspect:
    """Bob, who sends what he likes, and ann beside him, who must not notice."""

    def __init__(self, bob: Page, ann: Page) -> None:
        self.bob, self.ann = bob, ann

    @classmethod
    async def enter(cls, cast: Cast, path: str) -> "Suspect":
        bob, ann = await enter(cast.bob, path), await enter(cast.ann, path)
        if path != "/":
            # The last frame that their coming leads to.
            await bob.until(lambda page: page.here == ["ann", "bob"])
        await settled()
        return cls(bob, ann)

    async def return_unannounced(self) -> None:
        """Have bob lose the connection and come back, without saying where his page stands."""
        await self.bob.disconnect()
        await self.bob.connect(resumes=False)

    async def send(self, frame: str | bytes | dict) -> str:
        """Send a frame and return what was answered."""
        self.bob.read()
        heard = len(self.bob.frames)
        self.bob.send(json.dumps(frame) if isinstance(frame, dict) else frame)
        await self.bob.until(lambda page: len(page.frames) > heard or page.close_code)
        return self.bob.frames[-1]


@pytest.mark.parametrize("path", ["/", "group"])
async def test_what_is_no_frame_of_ours_gets_a_notice(cast: Cast, path: str):
    path = cast.kitchen.get_absolute_url() if path == "group" else path
    suspect = await Suspect.enter(cast, path)
    before = await in_worker(stored)
    frames: list = [
        *FOREIGN,
        b"\x00\xff",
        b'{"verb": "leave"}',
        *({"verb": verb, "text": "x", "nonce": NONCE} for verb in UNKNOWN_VERBS),
        {"text": "x", "nonce": NONCE},
    ]
    for frame in frames:
        suspect.bob.swap('<div id="notice" hx-swap-oob="true"></div>')
        assert NOT_UNDERSTOOD in await suspect.send(frame)
        assert suspect.bob.notice == NOT_UNDERSTOOD
    assert suspect.bob.close_code is None
    await settled()
    suspect.ann.read()
    assert "could not be understood" not in "".join(suspect.ann.frames)
    assert await in_worker(stored) == before


async def test_a_message_that_is_none_comes_back_with_what_is_wrong(cast: Cast, path: str):
    suspect = await Suspect.enter(cast, path)
    before = await in_worker(stored)
    for value in ("x\x00", "x\ud800", "\udfff", "", "\u202e", *WRONG_TYPES):
        for frame in ({"text": value, "nonce": NONCE}, {"text": "x", "nonce": f"{value}!"}):
            suspect.bob.swap('<div id="notice" hx-swap-oob="true"></div>')
            refusals = len(suspect.bob.refused)
            await suspect.send({"verb": "post", **frame})
            # Where there is no text to keep, a notice.
            await suspect.bob.until(lambda p: p.notice or len(p.refused) > refusals)  # noqa: B023
    for value in (*NO_NUMBERS, "", 10**30):
        frame = {"text": "x", "nonce": NONCE, "answered": value}
        assert NOT_UNDERSTOOD in await suspect.send({"verb": "post", **frame}), value
    assert await in_worker(stored) == before
    await suspect.bob.post("And the socket lives on")
    await suspect.ann.until(lambda page: page.texts == ["And the socket lives on"])


async def test_a_place_in_the_log_that_is_none_gets_a_notice(cast: Cast, path: str):
    suspect = await Suspect.enter(cast, path)
    for value in NO_NUMBERS:
        assert NOT_UNDERSTOOD in await suspect.send({"verb": "older", "oldest": value}), value
    wrong = [(name, value) for name in ("cursor", "oldest") for value in NO_NUMBERS]
    for name, value in (*wrong, *(("epoch", value) for value in NO_EPOCHS)):
        await suspect.return_unannounced()
        assert NOT_UNDERSTOOD in await suspect.send({**RESUME, name: value}), (name, value)
        assert suspect.bob.close_code is None


@pytest.mark.parametrize("path", ["/", "group"])
async def test_a_page_that_was_made_for_nobody_we_know_is_ended(cast: Cast, path: str):
    path = cast.kitchen.get_absolute_url() if path == "group" else path
    suspect = await Suspect.enter(cast, path)
    readers: list[Any] = [0, -1, "", "x", "\ud800", 1.5, [], ["1"], {}, True]
    for value in readers:
        page = await Page.open(suspect.bob.client, path)
        await page.connect(resumes=False)
        page.send(json.dumps({**RESUME, "reader": value}))
        await page.until(lambda page: page.close_code == 4401)


async def test_with_the_epoch_of_another_database_a_page_gets_its_log_anew(cast: Cast, path: str):
    suspect = await Suspect.enter(cast, path)
    for value in EPOCHS_OF_OTHERS:
        await suspect.return_unannounced()
        heard = len(suspect.bob.frames)
        await suspect.send({**RESUME, "epoch": value})
        await suspect.bob.until(lambda p: "innerHTML:#log" in "".join(p.frames[heard:]))  # noqa: B023
        assert suspect.bob.close_code is None


async def test_a_group_that_is_none_gets_a_notice(cast: Cast):
    suspect = await Suspect.enter(cast, "/")
    before = await in_worker(stored)
    groups = ["", "x", "\x00", "\ud800", "9" * 5000, *WRONG_TYPES]
    frames: list = [{"verb": v, "group": group} for v in ("join", "leave") for group in groups]
    for frame in (*frames, {"verb": "join"}):
        suspect.bob.swap('<div id="notice" hx-swap-oob="true"></div>')
        await suspect.send(frame)
        assert suspect.bob.notice, frame
    assert await in_worker(stored) == before
    assert suspect.bob.close_code is None


async def test_a_lobby_that_makes_no_sense_is_the_first_page(cast: Cast):
    bob = await enter(cast.bob, "/")
    values = ["\x00", "\ud800", "x" * 5000, "%", *WRONG_TYPES]
    for name, value in product(("q", "page", "fingerprint"), values):
        await bob.disconnect()
        await bob.connect(resumes=False)
        bob.frames.clear()
        bob.send(json.dumps({"verb": "resume", name: value}))
        await bob.until(lambda page: page.frames)
        assert bob.close_code is None, (name, value)
    bob.leave_group(cast.kitchen.uuid)
    await bob.until(lambda page: page.focus)


@pytest.mark.parametrize("is_text", [True, False])
async def test_a_frame_over_64_kib_closes_its_own_socket(cast: Cast, path: str, is_text: bool):
    suspect = await Suspect.enter(cast, path)
    frame = json.dumps({"verb": "post", "text": "", "nonce": NONCE})
    largest = frame.replace('""', '"' + "x" * (FRAME_LIMIT - len(frame)) + '"')
    assert len(largest) == FRAME_LIMIT == 64 * 1024
    await suspect.send(largest if is_text else largest.encode())
    assert suspect.bob.close_code is None
    larger = largest + " "
    await suspect.send(larger if is_text else larger.encode())
    assert suspect.bob.close_code == 1009
    await suspect.ann.post("Still here")
    assert suspect.ann.close_code is None


async def test_the_size_is_counted_in_bytes(cast: Cast, path: str):
    suspect = await Suspect.enter(cast, path)
    frame = json.dumps({"verb": "post", "text": "€" * 30_000}, ensure_ascii=False)
    assert len(frame) < FRAME_LIMIT
    await suspect.send(frame)
    assert suspect.bob.close_code == 1009


async def test_a_lone_surrogate_outside_of_json_is_harmless(cast: Cast, path: str):
    """No server lets one through, since text frames are UTF-8 (RFC 6455 section 5.6)."""
    suspect = await Suspect.enter(cast, path)
    assert NOT_UNDERSTOOD in await suspect.send('{"verb": "\ud800"}')


async def test_fields_that_no_form_has_change_nothing(cast: Cast, path: str):
    suspect = await Suspect.enter(cast, path)
    forged = {"author": 1, "author_id": 1, "membership": {"pk": 1}, "position": 1, "kind": "left"}
    await suspect.send({"verb": "post", "text": "x", "nonce": NONCE, "HEADERS": [], **forged})
    await suspect.bob.until(lambda page: page.texts == ["x"])
    (entry,) = await in_worker(lambda: list(Entry.objects.filter(text="x")))
    assert (entry.author_id, entry.position, entry.kind) == (cast.bob.pk, 4, "message")


async def test_a_verb_of_the_other_page_is_unknown(cast: Cast, path: str):
    group, lobby = await enter(cast.bob, path), await enter(cast.bob, "/")
    for page, verb in ((group, "join"), (lobby, "post"), (lobby, "older")):
        page.send(json.dumps({"verb": verb, "group": str(cast.kitchen.uuid), "oldest": "1"}))
        await page.until(lambda page: page.notice == NOT_UNDERSTOOD)


async def test_what_fails_here_is_said_and_what_was_typed_stays(
    cast: Cast, path: str, monkeypatch, caplog
):
    ann, bob = await enter(cast.ann, path), await enter(cast.bob, path)

    def fail(*args: object) -> None:
        raise RuntimeError("the database is on fire")

    with monkeypatch.context() as broken:
        broken.setattr(posting, "post_together", fail)
        bob.write("Soup?")
        await bob.until(lambda page: page.refused)
    assert bob.refused == [("Soup?", FAILED)]
    assert "on fire" not in "".join(bob.frames)
    assert "on fire" in caplog.text
    caplog.clear()
    await bob.send_again()
    await ann.until(lambda page: page.texts == ["Soup?"])
    assert bob.refused == []


async def test_a_window_at_the_last_number_there_can_be_deafens_nobody(cast: Cast, path: str):
    """One more is no number of a database's: what is read for such a page is read for all of them."""
    suspect, last = await Suspect.enter(cast, path), str(2**63 - 1)
    await suspect.return_unannounced()
    page = {"cursor": suspect.bob.element("cursor").get("value"), "oldest": "1", "newest": last}
    epoch = suspect.bob.element("epoch").get("value")
    await suspect.send({**RESUME, **page, "epoch": epoch})
    suspect.bob.send(json.dumps({"verb": "newer", "newest": last}))
    await suspect.ann.post("And the group lives on")
    await suspect.ann.until(lambda page: page.texts == ["And the group lives on"])


@pytest.mark.django_db
def test_addresses_take_the_last_number_there_can_be(cast: Cast, path: str):
    entry, last = cast.say(cast.ann, "Soup"), 2**63 - 1
    for end in (f"?after={last}", f"?before={last}", f"{entry.position}/replies/?after={last}"):
        assert log_in(cast.ann).get(f"{path}{end}").status_code == 200, end
