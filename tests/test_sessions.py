"""When a person's session ends in any way, their sockets do: by a bell, at the latest by the check."""

import pytest
from django.test import Client
from django.utils import timezone

from discuss import actions
from discuss.db.workers import in_worker
from discuss.edges.consumers import GroupConsumer, LobbyConsumer
from discuss.live.hub import hub
from discuss.live.revocation import LOOKS
from discuss.models import Session, User
from tests.cast import Cast, log_in
from tests.page import PATIENCE, Page, enter

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("live")]

PASSWORD = "correct horse battery"


@pytest.fixture
def path(cast: Cast) -> str:
    return cast.kitchen.get_absolute_url()


@pytest.fixture(autouse=True)
def _patient_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look on until a log-out that began is over, also where the machine stands still in its middle."""
    monkeypatch.setattr("discuss.live.revocation.LOOKS", (*LOOKS, *range(2, int(PATIENCE))))


async def open_all(client: Client, path: str) -> list[Page]:
    """Open a group and the lobby in one browser."""
    pages = [await Page.open(client, each) for each in (path, "/")]
    for page in pages:
        await page.join_in()
    return pages


async def all_closed(pages: list[Page]) -> None:
    """Wait until the bell has closed all of them: the check that runs every minute does not, here."""
    for page in pages:
        await page.until(lambda page: page.close_code == 1012)


async def is_told_at_the_door(page: Page, said: str = "You are logged out") -> None:
    """What a browser does after 1012: it returns, here without a session that stands."""
    await page.connect()
    await page.until(lambda page: page.close_code == 4401)
    assert said in page.notice
    assert page.element("status").get("class") == "status ended"


def test_the_last_look_after_a_bell_is_taken_within_two_seconds():
    assert max(LOOKS) < 2


@pytest.mark.parametrize("where", ["lobby", "group"])
async def test_who_brings_no_session_takes_no_crossing(
    cast: Cast, path: str, where: str, monkeypatch: pytest.MonkeyPatch
):
    page = await Page.open(await in_worker(log_in, cast.bob), "/" if where == "lobby" else path)
    page.client.cookies.clear()
    for consumer in (LobbyConsumer, GroupConsumer):
        monkeypatch.setattr(consumer, "read_visitor", None)
    await page.connect(resumes=False)
    await page.until(lambda page: page.close_code == 4401)
    assert "You are logged out" in page.frames[-1]


async def test_logging_out_ends_every_tab_of_that_browser(cast: Cast, path: str):
    ann, client = await enter(cast.ann, path), await in_worker(log_in, cast.bob)
    pages = await open_all(client, path)
    await in_worker(client.post, "/accounts/logout/")
    await all_closed(pages)
    for page in pages:
        await is_told_at_the_door(page)
    await ann.post("Good night")
    assert ann.close_code is None
    assert "Good night" not in "".join(page.frames[-1] for page in pages)


async def test_logging_out_here_leaves_the_other_browser_working(cast: Cast, path: str):
    here, there = [await in_worker(log_in, cast.bob) for _ in range(2)]
    pages, others = await open_all(here, path), await open_all(there, path)
    await in_worker(here.post, "/accounts/logout/")
    await all_closed(pages)
    for page in others:
        page.read()
        if page.close_code:  # a page may be asked to come again
            await page.join_in()
    await others[0].post("Still here")
    await others[0].until(lambda page: page.texts == ["Still here"])
    others[1].leave_group(cast.kitchen.uuid)
    await others[0].until(lambda page: page.close_code == 4403)


@pytest.mark.parametrize("how", ["deactivated", "password", "expired", "deleted"])
async def test_a_session_that_ends_in_another_way_ends_every_tab(cast: Cast, path: str, how: str):
    ann, clients = await enter(cast.ann, path), [await in_worker(log_in, cast.bob) for _ in "12"]
    pages = [page for client in clients for page in await open_all(client, path)]

    def end() -> None:
        if how == "deactivated":
            User.objects.filter(pk=cast.bob.pk).update(is_active=False)
        elif how == "password":
            cast.bob.set_password("another one for bob")
            cast.bob.save()
        elif how == "deleted":
            cast.delete(cast.bob)
            return
        else:
            for client in clients:
                sessions = Session.objects.filter(session_key=client.session.session_key)
                sessions.update(expire_date=timezone.now())
        actions.announce_standing(cast.bob)

    await in_worker(end)
    await all_closed(pages)
    for page in pages:
        said = "Your account was closed" if how == "deactivated" else "You are logged out"
        await is_told_at_the_door(page, said)
    await ann.post("Good night")
    assert ann.close_code is None


async def test_a_changed_password_ends_the_other_browser_and_this_one_returns(
    cast: Cast, path: str
):
    def prepare() -> list[Client]:
        cast.bob.set_password(PASSWORD)
        cast.bob.save()
        return [log_in(cast.bob), log_in(cast.bob)]

    here, there = await in_worker(prepare)
    # allauth may ask for the password again, where the log-in was not its own.
    await in_worker(here.post, "/accounts/login/", {"login": "bob", "password": PASSWORD})
    pages, others = await open_all(here, path), await open_all(there, path)
    values = {"oldpassword": PASSWORD, "password1": PASSWORD + "!", "password2": PASSWORD + "!"}
    response = await in_worker(here.post, "/accounts/password/change/", values)
    assert response.status_code == 302
    await all_closed(others)
    for page in others:
        await is_told_at_the_door(page)
    for page in pages:
        page.read()
        if page.close_code:
            assert page.close_code == 1012
            await page.join_in()
    await pages[0].post("Still here")
    await pages[0].until(lambda page: page.texts == ["Still here"])


async def test_without_a_bell_the_check_that_runs_every_minute_finds_it(cast: Cast, path: str):
    ann, bob = await enter(cast.ann, path), await enter(cast.bob, path)
    await in_worker(User.objects.filter(pk=cast.bob.pk).update, is_active=False)
    bob.read()
    assert bob.close_code is None
    await hub.revocation.check_sessions()
    await bob.until(lambda page: page.close_code == 1012)
    ann.read()
    assert ann.close_code is None


async def test_the_check_leaves_sessions_alone_that_stand(cast: Cast, path: str):
    pages = await open_all(await in_worker(log_in, cast.bob), path)
    await hub.revocation.check_sessions()
    await hub.revocation.check_members()
    await in_worker(actions.announce_standing, cast.bob)
    await pages[0].post("Still here")
    assert [page.close_code for page in pages] == [None, None]


async def test_someone_who_logged_in_as_another_is_not_the_one_before(cast: Cast, path: str):
    """One cookie, two people: the session was taken over by another log-in in the same browser."""
    client = await in_worker(log_in, cast.bob)
    pages = await open_all(client, path)

    def take_over() -> None:
        client.logout()
        client.force_login(cast.mod, backend="django.contrib.auth.backends.ModelBackend")
        actions.announce_standing(cast.bob)

    await in_worker(take_over)
    await all_closed(pages)
    for page in pages:
        if page.has("drafts"):
            page.write_offline("Who am I?")
        await page.connect()
        await page.until(lambda page: page.close_code == 4401)
        assert "You are logged in as mod now" in page.notice
    assert (await in_worker(cast.lines))[-1].text == ""


async def test_without_a_session_one_is_told_at_the_door(cast: Cast, path: str):
    page = await enter(cast.bob, path)
    await page.disconnect()
    page.client.cookies.clear()
    await is_told_at_the_door(page)
    assert not page.frames[-1].count("entry-")


async def test_who_is_removed_is_out_of_the_group_and_stays_in_the_lobby(cast: Cast, path: str):
    group, lobby = await open_all(await in_worker(log_in, cast.bob), path)
    await in_worker(
        lambda: actions.remove_member(cast.member(cast.mod), membership=cast.member(cast.bob))
    )
    await group.until(lambda page: page.close_code == 4403)
    await lobby.until(lambda page: "Join" in page.element("group-list").text_content())
    assert lobby.close_code is None
