"""Wrong tries to log in: who guesses is held up, and whoever is guessed at is not."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from unittest import mock

import pytest
from allauth.core.internal import ratelimit
from django.conf import settings
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone

from discuss.accounts.tries import PEOPLE
from discuss.models import Session, User
from tests.document import text
from tests.test_accounts import OTHER_SECRET, SECRET, enter, page

pytestmark = pytest.mark.django_db
HERE, ELSEWHERE = "192.0.2.1", "192.0.2.2"


class Clock:
    now = 1_000_000.0

    def time(self) -> float:
        return self.now

    monotonic = time

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    """No tries yet, and a clock that stands still until a test moves it."""
    cache.clear()
    clock = Clock()
    monkeypatch.setattr(ratelimit, "time", clock)
    monkeypatch.setattr("discuss.accounts.tries.time", clock)
    yield clock
    cache.clear()


@pytest.fixture
def ann() -> User:
    return User.objects.create_user("ann", "ann@chat.invalid", SECRET)


def guess(name: str = "ann", address: str = ELSEWHERE, browser: Client | None = None) -> str:
    """Try a wrong password, and return what is said of it."""
    browser = browser or Client()
    return said(enter(browser, name, "wrong", REMOTE_ADDR=address))


def said(response: object) -> str:
    errors = page(response).xpath("//ul[contains(@class, 'errorlist')]")
    return text(errors[0]) if errors else ""


def gets_in(name: str = "ann", address: str = HERE, browser: Client | None = None) -> bool:
    response = enter(browser or Client(), name, REMOTE_ADDR=address)
    return bool(response.status_code == 302)


def test_five_wrong_ones_from_an_address_are_enough_however_the_name_is_spelled(
    ann: User, clock: Clock
):
    for spelling in ("ann", "ANN", "aNN", "ａｎｎ", "Ann"):
        assert "not correct" in guess(spelling)
    assert guess() == "Too many wrong tries. Try again in 5 minutes."
    assert not gets_in(address=ELSEWHERE)
    clock.now += 250
    assert guess() == "Too many wrong tries. Try again in 50 seconds."
    clock.now += 51
    assert gets_in(address=ELSEWHERE)


def test_who_guesses_at_a_name_elsewhere_keeps_nobody_out(ann: User):
    for _ in range(7):
        guess()
    assert gets_in(address=HERE)


def test_a_name_that_is_guessed_at_from_everywhere_is_closed_but_to_known_browsers(ann: User):
    at_home = Client()
    assert gets_in(browser=at_home)
    at_home.post("/accounts/logout/")
    for number in range(100):
        assert "not correct" in guess(address=f"198.51.100.{number}")
    assert "Try again in 60 minutes." in guess(address="198.51.100.200")
    assert not gets_in(address=HERE)
    assert gets_in(browser=at_home)


def test_a_known_browser_has_five_tries_of_its_own(ann: User, clock: Clock):
    at_home = Client()
    assert gets_in(browser=at_home)
    at_home.post("/accounts/logout/")
    for _ in range(5):
        assert "not correct" in guess(browser=at_home, address=HERE)
    # It is told so wherever it is, and nobody else.
    assert not gets_in(browser=at_home, address="198.51.100.1")
    assert gets_in(address=HERE)
    clock.now += 301
    assert gets_in(browser=at_home)


def test_a_browser_is_known_for_its_people_alone(ann: User):
    User.objects.create_user("bob", password=SECRET)
    at_home = Client()
    assert gets_in(browser=at_home)
    at_home.post("/accounts/logout/")
    for _ in range(5):
        guess("ann", address=HERE)
        guess("bob", address=HERE, browser=at_home)
    assert not gets_in("bob", address=HERE, browser=at_home)
    assert gets_in("ann", address=HERE, browser=at_home)


def test_a_browser_is_known_for_its_latest_people(ann: User):
    shared = Client()
    assert gets_in(browser=shared)
    for number in range(PEOPLE):
        shared.post("/accounts/logout/")
        User.objects.create_user(f"guest{number}", password=SECRET)
        assert gets_in(f"guest{number}", browser=shared)
    people = shared.cookies[settings.KNOWN_COOKIE_NAME].value.partition(":")[2].partition(":")[0]
    assert len(people.split()) == PEOPLE
    assert str(ann.pk) not in people.split()


def test_the_cookie_of_a_known_browser_is_nobodys_to_read_or_write(ann: User):
    at_home = Client()
    assert gets_in(browser=at_home)
    cookie = at_home.cookies[settings.KNOWN_COOKIE_NAME]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    forged = Client()
    forged.cookies[settings.KNOWN_COOKIE_NAME] = f"{cookie.value[:-1]}x"
    for _ in range(5):
        guess(address=HERE)
    assert not gets_in(address=HERE, browser=forged)


def test_thirty_wrong_ones_a_minute_from_an_address_are_enough_whatever_the_names(clock: Clock):
    for number in range(30):
        assert "not correct" in guess(f"name{number}")
    assert guess("another") == "Too many wrong tries. Try again in 60 seconds."
    clock.now += 61
    assert "not correct" in guess("another")


def test_a_right_one_counts_as_none(ann: User):
    for _ in range(20):
        assert gets_in(address=HERE)
        assert gets_in(address=ELSEWHERE, browser=Client())


def test_a_password_that_was_reset_opens_the_door_again(
    ann: User, sent: Callable[[], list[EmailMessage]]
):
    at_home = Client(REMOTE_ADDR=HERE)
    for _ in range(5):
        guess(address=HERE)
    at_home.post("/accounts/password/reset/", {"email": "ann@chat.invalid"})
    link = next(line for line in str(sent()[0].body).split() if "/reset/key/" in line)
    form = at_home.get(link.removeprefix(settings.PUBLIC_URL), follow=True)
    at_home.post(form.request["PATH_INFO"], {"password1": OTHER_SECRET, "password2": OTHER_SECRET})
    assert enter(Client(), "ann", OTHER_SECRET, REMOTE_ADDR=HERE).status_code == 302


def test_what_was_refused_for_one_name_is_not_counted_for_the_address(ann: User):
    for _ in range(40):
        guess()
    assert "not correct" in guess("another")


def test_whoever_is_logged_in_already_becomes_known_with_the_next_renewal(ann: User):
    at_home = Client()
    assert gets_in(browser=at_home)
    del at_home.cookies[settings.KNOWN_COOKIE_NAME]
    Session.objects.update(expire_date=timezone.now() + timedelta(days=1))
    at_home.get("/", REMOTE_ADDR=HERE)
    at_home.post("/accounts/logout/")
    for _ in range(5):
        guess(address=HERE)
    assert gets_in(address=HERE, browser=at_home)


def test_more_than_sixty_tries_a_minute_from_an_address_have_a_page_of_their_own(client: Client):
    statuses = [enter(client, f"name{n}", "wrong").status_code for n in range(61)]
    assert statuses[:60] == [200] * 60
    assert statuses[60] == 429
    response = enter(client, "ann")
    assert text(page(response).xpath("//h1")[0]) == "Too many tries"
    assert page(response).xpath("//header[@class='site-header']")


@pytest.mark.parametrize(
    ("name", "password", "hashes"),
    [("ann", SECRET, 1), ("ann", "wrong", 1), ("nobody", "wrong", 1), ("closed", SECRET, 2)],
)
def test_a_try_costs_one_hash(ann: User, name: str, password: str, hashes: int):
    User.objects.create_user("closed", password=SECRET, is_active=False)
    hasher = "django.contrib.auth.hashers.MD5PasswordHasher.encode"
    original = "5f4dcc3b5aa765d61d8327deb882cf99"
    with mock.patch(hasher, return_value=original, autospec=True) as encode:
        enter(Client(), name, password)
    assert encode.call_count == hashes
