"""What the site is called and what it is about: the settings say it, and staff do over them."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.db import DatabaseError, connection, transaction
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from discuss import actions
from discuss.accounts.first_admin import new_link
from discuss.db.workers import in_worker
from discuss.doorbell.bell import Bell
from discuss.live import keeper
from discuss.live.hub import Hub
from discuss.models import Site, User
from discuss.reading.site import read_site
from discuss.rendering import fragments
from discuss.rendering.audience import Audience
from discuss.site import site
from project.asgi import application
from tests.cast import Cast, log_in
from tests.document import Document
from tests.page import enter, eventually

NAME, WORDS = "Salt & <Pepper>", 'For all who cook in "Elm Street"'


@pytest.fixture
def boss(cast: Cast) -> User:
    return User.objects.create_superuser("boss")


@pytest.fixture
def called(boss: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> None:
    """Staff have said what the site is called."""
    with django_capture_on_commit_callbacks(execute=True):
        actions.change_site(boss, name=NAME, words=WORDS)


# --- where it is shown ------------------------------------------------------------------------------------


def entrances(cast: Cast) -> Iterator[str]:
    """Yield the addresses at which people come in."""
    yield from ("/accounts/login/", "/accounts/signup/", "/accounts/password/reset/")
    host = cast.member(cast.ann)
    link = actions.make_invitation(host, group=cast.kitchen, uses=1, days=1).link
    yield link.removeprefix("http://127.0.0.1:8000")
    yield f"{link.removeprefix('http://127.0.0.1:8000')[:-4]}xxx/"
    User.objects.filter(is_superuser=True).update(is_superuser=False)
    yield new_link().removeprefix("http://127.0.0.1:8000")


@pytest.mark.usefixtures("called")
@pytest.mark.django_db
def test_pages_have_the_name_and_the_words_in_their_head(cast: Cast):
    ann = log_in(cast.ann)
    pages = ["/", cast.kitchen.get_absolute_url(), "/groups/new/", "/nowhere/"]
    pages.append(f"{cast.kitchen.get_absolute_url()}settings/")
    for path in pages:
        html = Document(ann.get(path).content.decode()).document
        assert html.xpath("string(//title)").strip().endswith(f" · {NAME}"), path
        assert html.xpath("string(//a[@class='brand'])").strip() == NAME
        assert html.xpath("string(//meta[@name='description']/@content)") == WORDS
        in_header = html.xpath("string(//header[@class='site-header']/p)")
        assert in_header == ("" if html.xpath("//*[@class='room']") else WORDS), path


@pytest.mark.usefixtures("called")
@pytest.mark.django_db
def test_whoever_comes_in_reads_where(cast: Cast):
    for path in entrances(cast):
        html = Document(Client().get(path).content.decode()).document
        (above,) = html.xpath("//*[@class='entrance']")
        assert above.xpath("string(*[@class='site-name'])") == NAME, path
        assert above.xpath("string(*[@class='site-words'])") == WORDS


@pytest.mark.django_db
def test_where_nobody_said_what_it_is_about_nothing_is_said(cast: Cast):
    html = Document(Client().get("/accounts/login/").content.decode()).document
    assert html.xpath("//*[@class='entrance']/*[@class='site-name']")
    assert not html.xpath("//*[@class='site-words']")


@pytest.mark.usefixtures("called")
@pytest.mark.django_db
def test_mails_come_from_it(cast: Cast, sent: Callable[[], list[EmailMessage]]):
    cast.bob.email = "bob@example.org"
    cast.bob.save()
    Client().post("/accounts/password/reset/", {"email": "bob@example.org"})
    (mail,) = sent()
    assert str(mail.subject).startswith(f"{NAME}: ")
    assert mail.message()["From"] == '"Salt & <Pepper>" <noreply@127.0.0.1>'
    assert str(mail.body).endswith(f"\n{NAME}\n{WORDS}\nhttp://127.0.0.1:8000")


@pytest.mark.usefixtures("called")
@pytest.mark.django_db
def test_what_is_rendered_without_a_request_has_it_too():
    renamed = fragments.title_changed(Audience.everyone(), title="Kitchen", unread="")
    for html in (renamed, render_to_string("500.html"), render_to_string("404.html")):
        assert "Salt &amp; &lt;Pepper&gt;" in html


@pytest.mark.usefixtures("called")
@pytest.mark.django_db
def test_no_page_asks_the_database_for_it(cast: Cast):
    bob = log_in(cast.bob)
    for path in ("/", cast.kitchen.get_absolute_url(), "/accounts/login/"):
        with CaptureQueriesContext(connection) as queries:
            assert escape(NAME) in bob.get(path, follow=True).content.decode()
        assert not [query for query in queries if "discuss_site" in query["sql"]]


def test_a_failure_is_shown_without_a_database():
    """The test has none: it would raise."""
    assert "DiscussIt" in render_to_string("500.html")


# --- who wins ---------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_what_staff_leave_empty_the_settings_say(boss: User, settings: Settings):
    settings.SITE_NAME, settings.SITE_WORDS = "Kitchen", "Soup for all"
    for name, words in (("Attic", ""), ("", "Bats"), ("", ""), ("Attic", "Bats")):
        actions.change_site(boss, name=name, words=words)
        site.keep(*read_site())
        assert (site.name, site.words) == (name or "Kitchen", words or "Soup for all")
    assert Site.objects.count() == 1


@pytest.mark.django_db
def test_staff_without_the_right_do_not_say_it(cast: Cast, boss: User):
    helper = User.objects.create_user("helper", is_staff=True)
    for who in (cast.ann, helper):
        with pytest.raises(actions.Refused, match="Only staff may do this"):
            actions.change_site(who, name="Attic", words="")
    User.objects.filter(pk=boss.pk).update(is_active=False)
    with pytest.raises(actions.Refused):
        actions.change_site(boss, name="Attic", words="")
    assert not Site.objects.exists()


@pytest.mark.django_db
def test_what_is_rolled_back_is_shown_nowhere(
    boss: User, bells_of: Callable[[Callable[[], Any]], list[Bell]]
):
    assert bells_of(lambda: actions.change_site(boss, name="Attic", words="")) == [Bell("site", 0)]
    assert site.name == "Attic"

    def change_and_fail() -> None:
        with transaction.atomic():
            actions.change_site(boss, name="Cellar", words="")
            transaction.set_rollback(True)

    assert bells_of(change_and_fail) == []
    assert site.name == "Attic"


# --- whose name it is --------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_nobody_gets_the_name_of_the_site_whoever_gave_it(boss: User, settings: Settings):
    settings.SITE_NAME = "Kitchen"
    field: Any = User._meta.get_field("username")
    assert field.clean("attic", None) == "attic"
    actions.change_site(boss, name="Attic", words="")

    def is_let_in(name: str) -> bool:
        data = {"username": name, "password1": "correct horse", "password2": "correct horse"}
        Client().post("/accounts/signup/", data)
        return User.objects.filter(username=name).exists()

    # By now, and without a bell: what is written counts. The setting's name comes back with a word.
    for name in ("attic", "att1c", "At.tic", "kitchen", "k1tchen"):
        assert not is_let_in(name), name
    with pytest.raises(ValidationError):
        field.clean("att1c", None)
    assert is_let_in("attics")


# --- how each process hears of it --------------------------------------------------------------------------


async def is_called(name: str) -> bool:
    return site.name == name


@pytest.mark.django_db(transaction=True)
async def test_a_process_that_begins_shows_it_on_its_first_page(live: Hub, cast: Cast):
    await in_worker(Site.objects.create, name="Attic")
    assert site.name == "DiscussIt"
    sent: list[Any] = []
    scope = {"type": "http", "method": "GET", "path": "/accounts/login/", "headers": HEADERS}
    asked = iter([{"type": "http.request"}])

    async def receive() -> Any:
        return next(asked, None) or await asyncio.Event().wait()

    async def send(message: Any) -> None:
        sent.append(message)

    await application(scope | {"query_string": b"", "http_version": "1.1"}, receive, send)
    assert b" Attic</title>" in b"".join(message.get("body", b"") for message in sent)


HEADERS = [(b"host", b"127.0.0.1")]


@pytest.mark.django_db(transaction=True)
async def test_a_bell_of_another_process_is_enough(live: Hub, cast: Cast):
    page = await enter(cast.ann, cast.kitchen.get_absolute_url())
    assert site.name == "DiscussIt"
    # As another process does.
    await in_worker(Site.objects.create, name="Attic", words="Bats")
    live.hear(Bell("site", 0))
    await eventually(lambda: is_called("Attic"))
    assert site.words == "Bats"
    assert page.is_connected


@pytest.mark.django_db(transaction=True)
async def test_without_a_bell_it_is_looked_for(
    live: Hub, cast: Cast, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(keeper, "KEEPER_INTERVAL", 0.05)
    live.start()
    await eventually(lambda: is_called("DiscussIt"))
    await in_worker(Site.objects.create, name="Attic")
    await eventually(lambda: is_called("Attic"))


@pytest.mark.django_db(transaction=True)
async def test_what_is_known_stays_while_the_database_is_away(
    live: Hub, cast: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    site.keep("Attic", "Bats")

    def fail() -> None:
        raise DatabaseError("away")

    monkeypatch.setattr("discuss.reading.site.read_site", fail)
    await live.upkeep.site.renew()
    assert (site.name, site.words) == ("Attic", "Bats")
    assert "What the site is called could not be read" in caplog.text
    caplog.clear()
