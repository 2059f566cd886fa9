"""The token sheet of the site: who writes it, which pages wear it, and that open pages follow."""

from collections.abc import Callable
from typing import Any

import lxml.html
import pytest
from django.contrib.auth.models import Permission
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from discuss import actions
from discuss.db.workers import in_worker
from discuss.doorbell.bell import Bell
from discuss.live.hub import Hub
from discuss.models import TokenSheet, User
from discuss.models.token_sheet import VERSIONS_KEPT
from discuss.reading.token_sheet import keep_token_sheet, read_values
from discuss.rules.networks import Bars
from discuss.token_sheet import KEPT, KnownSheet, digest_of, token_sheet
from tests.cast import Cast, log_in
from tests.moderation.networked import block
from tests.page import Page, enter, eventually, settled

PLUM, MOSS = {"accent": "#7a2f6f"}, {"accent": "#2f5f2f"}


@pytest.fixture
def boss(cast: Cast) -> User:
    return User.objects.create_superuser("boss")


def latest() -> int:
    """Return the key of the latest version."""
    return TokenSheet.objects.latest_first().values_list("pk", flat=True).first() or 0


def wear(boss: User, values: dict[str, str]) -> None:
    """Have all pages wear these, as another process hears of it."""
    assert actions.change_token_sheet(boss, values=values, basis=latest())


def worn_by(html: Any) -> str:
    """Return the address of the token sheet that a page wears."""
    document: Any = lxml.html.document_fromstring(html) if isinstance(html, str) else html
    (place,) = document.xpath("//*[@id='sheet']")
    return place.get("href") or ""


def loaded(client: Client, path: str) -> str:
    return worn_by(client.get(path).content.decode())


# --- who writes it ----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_staff_with_the_right_alone_do(cast: Cast, boss: User):
    helper = User.objects.create_user("helper", is_staff=True)
    for who in (cast.ann, helper):
        with pytest.raises(actions.Refused, match="Only staff may do this"):
            actions.change_token_sheet(who, values=PLUM, basis=0)
        with pytest.raises(actions.Refused, match="Only staff may do this"):
            actions.take_back_token_sheet(who, basis=0)
    assert read_values() == {}
    helper.user_permissions.add(Permission.objects.get(codename="change_tokensheet"))
    assert actions.change_token_sheet(helper, values=PLUM, basis=0)
    version = TokenSheet.objects.get()
    assert (version.values, version.made_by) == (PLUM, helper)


@pytest.mark.django_db
def test_what_is_no_value_is_not_stored(boss: User):
    values = {"accent": "red; }", "touch": "1px", "nothing": "red", "radius": "1rem"}
    actions.change_token_sheet(boss, values=values, basis=0)
    assert TokenSheet.objects.get().values == {"radius": "1rem"}


@pytest.mark.django_db
def test_each_saving_is_a_version_and_the_last_is_taken_back(boss: User):
    for values in (PLUM, MOSS, {}):
        wear(boss, values)
    assert read_values() == {}
    for values in (MOSS, PLUM, {}):
        actions.take_back_token_sheet(boss, basis=latest())
        assert read_values() == values
    with pytest.raises(actions.Refused, match="Somebody has changed this meanwhile"):
        actions.take_back_token_sheet(boss, basis=0)


@pytest.mark.django_db
def test_nothing_new_is_no_version(boss: User, bells_of: Callable[[Callable[[], Any]], list[Bell]]):
    def change(values: dict[str, str], basis: int) -> bool:
        return actions.change_token_sheet(boss, values=values, basis=basis)

    assert bells_of(lambda: change({}, 0)) == []
    assert bells_of(lambda: change(PLUM, 0)) == [Bell("site", 0)]
    assert bells_of(lambda: change({"accent": "#7A2F6F "}, latest())) == []
    assert TokenSheet.objects.count() == 1


@pytest.mark.django_db
def test_what_somebody_saved_meanwhile_is_not_taken_away(boss: User):
    actions.change_token_sheet(boss, values=PLUM, basis=0)
    for basis in (0, latest() + 1):
        with pytest.raises(actions.Refused, match="Somebody has changed this meanwhile"):
            actions.change_token_sheet(boss, values=MOSS, basis=basis)
        with pytest.raises(actions.Refused):
            actions.take_back_token_sheet(boss, basis=basis)
    assert read_values() == PLUM


@pytest.mark.django_db
def test_nor_what_was_saved_in_the_place_of_a_version_that_was_taken_back(boss: User):
    wear(boss, PLUM)
    seen = latest()
    actions.take_back_token_sheet(boss, basis=seen)
    wear(boss, MOSS)
    with pytest.raises(actions.Refused, match="Somebody has changed this meanwhile"):
        actions.take_back_token_sheet(boss, basis=seen)
    with pytest.raises(actions.Refused, match="Somebody has changed this meanwhile"):
        actions.change_token_sheet(boss, values=PLUM, basis=seen)
    assert read_values() == MOSS


@pytest.mark.django_db
def test_of_two_at_once_one_is_refused(boss: User, monkeypatch: pytest.MonkeyPatch):
    actions.change_token_sheet(boss, values=PLUM, basis=0)
    # As both have read before either wrote.
    monkeypatch.setattr("discuss.actions.token_sheet._latest", lambda basis: None)
    with pytest.raises(actions.Refused, match="Somebody has changed this meanwhile"):
        actions.change_token_sheet(boss, values=MOSS, basis=0)
    assert read_values() == PLUM


@pytest.mark.django_db
def test_old_versions_go(boss: User):
    for number in range(VERSIONS_KEPT + 3):
        wear(boss, {"radius": f"{number % 7}px"})
    assert TokenSheet.objects.count() == VERSIONS_KEPT


@pytest.mark.django_db
def test_what_is_rolled_back_is_worn_nowhere(
    boss: User, bells_of: Callable[[Callable[[], Any]], list[Bell]]
):
    def change_and_fail() -> None:
        with transaction.atomic():
            wear(boss, PLUM)
            transaction.set_rollback(True)

    assert bells_of(change_and_fail) == []
    assert token_sheet.digest == ""


# --- which pages wear it ----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_where_there_is_none_pages_name_none_and_ask_nothing(cast: Cast):
    bob = log_in(cast.bob)
    for path in ("/", cast.kitchen.get_absolute_url(), "/accounts/"):
        with CaptureQueriesContext(connection) as queries:
            assert loaded(bob, path) == ""
        assert not [query for query in queries if "tokensheet" in query["sql"]]


@pytest.mark.django_db(transaction=True)
def test_every_page_wears_it_and_asks_nothing_for_it(cast: Cast, boss: User):
    wear(boss, PLUM)
    bob = log_in(cast.bob)
    address = f"/sheet/{token_sheet.digest}.css"
    for client, path in (
        (bob, "/"),
        (bob, cast.kitchen.get_absolute_url()),
        (bob, "/accounts/"),
        (bob, "/nowhere/"),
        (Client(), "/accounts/login/"),
    ):
        with CaptureQueriesContext(connection) as queries:
            assert loaded(client, path) == address
        assert not [query for query in queries if "tokensheet" in query["sql"]]
    assert address in log_in(boss).get("/admin/").content.decode()
    answer = Client().get(address)
    assert answer["Content-Type"] == "text/css; charset=utf-8"
    assert "max-age=31536000" in answer["Cache-Control"]
    assert "immutable" in answer["Cache-Control"]
    assert answer.content.decode() == (
        "@layer site {\n  :root {\n    --discuss-accent: #7a2f6f;\n  }\n}\n"
    )


@pytest.mark.django_db
def test_who_may_not_come_in_is_told_so_on_a_page_that_wears_it(boss: User):
    token_sheet.keep("/* moss */")
    block("203.0.113.0/24", Bars.ENTRANCE)
    barred = Client(REMOTE_ADDR="203.0.113.7")
    page = barred.get("/")
    assert page.status_code == 403
    assert barred.get(worn_by(page.content.decode())).content == b"/* moss */"
    assert barred.get("/at-hand/x/").status_code == 403
    for path in ("/sheet/0123456789abcdef.css", "/sheet/x/", "/sheet/"):
        assert barred.get(path).status_code == 403, path


@pytest.mark.django_db(transaction=True)
def test_another_process_answers_for_what_it_has_not_heard_of(boss: User):
    wear(boss, PLUM)
    digest = token_sheet.digest
    token_sheet.forget()
    token_sheet.keep("")
    assert Client().get(f"/sheet/{digest}.css").status_code == 200
    assert Client().get("/sheet/0123456789abcdef.css").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["x", "0123456789abcde", "0123456789abcdef0", "0123456789ABCDEF"])
def test_what_names_no_sheet_asks_nothing(name: str):
    with CaptureQueriesContext(connection) as queries:
        assert Client().get(f"/sheet/{name}.css").status_code == 404
    assert not [query for query in queries if "tokensheet" in query["sql"]]


def test_the_last_few_are_kept_for_pages_that_were_just_loaded():
    known = KnownSheet()
    for number in range(KEPT + 1):
        known.keep(f"/* {number} */")
    known.keep("")
    assert known.digest == ""
    assert known.css_of(digest_of("/* 0 */")) is None
    assert known.css_of(digest_of("/* 1 */")) == "/* 1 */"
    assert known.css_of("") is None


@pytest.mark.django_db
def test_a_row_that_somebody_else_wrote_is_read_like_a_form(boss: User):
    TokenSheet.objects.create(number=1, values={"accent": "red} body{display:none", "ink": "#000"})
    keep_token_sheet()
    css = token_sheet.css_of(token_sheet.digest)
    assert css == "@layer site {\n  :root {\n    --discuss-ink: #000;\n  }\n}\n"


# --- pages that are open ----------------------------------------------------------------------------------


async def fresh(page: Page) -> str:
    html: Any = await in_worker(lambda: page.client.get(page.path).content.decode())
    return worn_by(html)


def says(page: Page) -> str:
    (place,) = page.document.xpath("//*[@id='sheets']/@value")
    return str(place)


async def wears(page: Page, digest: str) -> None:
    address = f"/sheet/{digest}.css" if digest else ""
    await page.until(lambda page: worn_by(page.document) == address)
    assert says(page) == digest
    assert await fresh(page) == address


@pytest.mark.django_db(transaction=True)
async def test_open_pages_follow(live: Hub, cast: Cast):
    boss = await in_worker(User.objects.create_superuser, "boss")
    said = await in_worker(cast.say, cast.bob, "Soup")
    await in_worker(actions.save_message, await in_worker(cast.member, cast.bob), entry=said)
    pages = [
        await enter(cast.ann, cast.kitchen.get_absolute_url()),
        await enter(cast.bob, cast.kitchen.get_absolute_url()),
        await enter(cast.cleo, "/"),
        await enter(boss, "/moderation/"),
        await enter(cast.bob, "/saved/"),
    ]
    for values in (PLUM, MOSS, {}):
        await in_worker(wear, boss, values)
        for page in pages:
            await wears(page, token_sheet.digest)
    await in_worker(lambda: actions.take_back_token_sheet(boss, basis=latest()))
    for page in pages:
        await wears(page, digest_of(str(token_sheet.css_of(token_sheet.digest))))


@pytest.mark.django_db(transaction=True)
async def test_a_bell_of_another_process_is_enough(live: Hub, cast: Cast):
    page = await enter(cast.bob, cast.kitchen.get_absolute_url())
    await in_worker(lambda: TokenSheet.objects.create(number=1, values=PLUM))
    assert worn_by(page.document) == ""
    live.hear(Bell("site", 0))
    await page.until(lambda page: worn_by(page.document))
    await wears(page, token_sheet.digest)
    # Another bell for nothing writes nothing.
    page.frames.clear()
    live.hear(Bell("site", 0))
    await settled()
    page.read()
    assert not any('id="sheet"' in frame for frame in page.frames)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", ["{kitchen}", "/"])
async def test_a_page_that_was_away_comes_back_to_it(live: Hub, cast: Cast, path: str):
    boss = await in_worker(User.objects.create_superuser, "boss")
    page = await enter(cast.bob, path.format(kitchen=cast.kitchen.get_absolute_url()))
    await page.disconnect()
    await in_worker(wear, boss, PLUM)
    await page.join_in()
    await wears(page, token_sheet.digest)
    # Once it wears it, it comes back to nothing new.
    await page.disconnect()
    page.frames.clear()
    await page.join_in()
    await settled()
    page.read()
    assert not any('id="sheet"' in frame for frame in page.frames)


@pytest.mark.django_db(transaction=True)
async def test_a_page_without_a_place_for_it_is_left_alone(live: Hub, cast: Cast):
    boss = await in_worker(User.objects.create_superuser, "boss")
    page = await enter(cast.bob, cast.kitchen.get_absolute_url())
    await page.disconnect()
    for place in page.document.xpath("//*[@id='sheet' or @id='sheets']"):
        place.getparent().remove(place)
    await page.join_in()
    page.frames.clear()
    await in_worker(wear, boss, PLUM)
    await settled()
    page.read()
    assert not any('id="sheet"' in frame for frame in page.frames)


@pytest.mark.django_db(transaction=True)
async def test_what_is_worn_stays_while_the_database_is_away(
    live: Hub, cast: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    boss = await in_worker(User.objects.create_superuser, "boss")
    page = await enter(cast.bob, cast.kitchen.get_absolute_url())
    await in_worker(wear, boss, PLUM)
    await wears(page, token_sheet.digest)

    def fail() -> None:
        raise DatabaseError("away")

    monkeypatch.setattr("discuss.reading.token_sheet.read_values", fail)
    await live.upkeep.site.renew()
    await wears(page, token_sheet.digest)
    assert "could not be read" in caplog.text
    caplog.clear()


async def _is_known() -> bool:
    return token_sheet.is_known


@pytest.mark.django_db(transaction=True)
async def test_a_process_that_begins_knows_it_before_its_first_page(live: Hub, cast: Cast):
    await in_worker(lambda: TokenSheet.objects.create(number=1, values=PLUM))
    assert not token_sheet.is_known
    await live.know_site()
    await eventually(_is_known)
    assert "7a2f6f" in str(token_sheet.css_of(token_sheet.digest))
