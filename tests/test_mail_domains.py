"""Addresses of some mail services are refused: at a sign-up, and where somebody adds one."""

from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client
from pytest_django import Settings

from discuss.accounts.mail_domains import refuse_disposable
from discuss.models import User
from project import environment
from tests.cast import log_in
from tests.document import text
from tests.test_accounts import SECRET, errors_of, page, sign_up

pytestmark = pytest.mark.django_db

DOMAINS = frozenset({"mailinator.com", "bücher.example", "xn--fsqu00a.xn--0zwm56d"})
WHY = "Addresses of this mail service are not taken here. Please use another one."


@pytest.fixture(autouse=True)
def _some_are_refused(db: None, settings: Settings) -> None:
    cache.clear()
    settings.REFUSED_MAIL_DOMAINS = DOMAINS


def is_refused(email: str) -> bool:
    try:
        refuse_disposable(email)
    except ValidationError:
        return True
    return False


@pytest.mark.parametrize(
    "email",
    [
        "a@mailinator.com",
        "a@MAILINATOR.com",
        "a@mail.mailinator.com",
        "a@a.b.mailinator.com",
        "a@mailinator.com.",
        "a@ｍailinator.com",
        "a@mailinator。com",
        "a@bücher.example",
        "a@BÜCHER.example",
        "a@xn--bcher-kva.example",
        "a@mail.xn--bcher-kva.example",
        "a@例子.测试",
        '"x@example.org"@mailinator.com',
    ],
)
def test_a_domain_is_refused_with_all_below_it_however_it_is_written(email: str):
    assert is_refused(email)


@pytest.mark.parametrize(
    "email",
    [
        "",
        "a",
        "a@example.org",
        "mailinator.com@example.org",
        "a@notmailinator.com",
        "a@mailinator.com.example.org",
        "a@bucher.example",
        "a@com",
    ],
)
def test_others_are_not(email: str):
    assert not is_refused(email)


def test_nobody_signs_up_with_one_and_is_told_beside_the_field():
    response = sign_up(Client(), "dora", "dora@mail.mailinator.com")
    assert errors_of(response, "email") == WHY
    assert not User.objects.exists()
    assert sign_up(Client(), "dora", "dora@example.org").status_code == 302
    assert sign_up(Client(), "eve").status_code == 302


def test_nobody_adds_one_to_their_account():
    dora = User.objects.create_user("dora", "dora@example.org", SECRET)
    browser = log_in(dora)
    browser.post("/accounts/reauthenticate/", {"password": SECRET})
    response = browser.post("/accounts/email/", {"action_add": "", "email": "d@mailinator.com"})
    # Beside the field: it is named by what is said there.
    (said,) = page(response).cssselect(".errorlist")
    assert text(said) == WHY
    assert said.get("id") in page(response).xpath(
        "string(//input[@name='email' and @aria-invalid='true']/@aria-describedby)"
    )
    assert not EmailAddress.objects.filter(email="d@mailinator.com").exists()
    assert browser.post("/accounts/email/", {"action_add": "", "email": "d@example.org"})
    assert EmailAddress.objects.filter(email="d@example.org").exists()


@pytest.mark.parametrize("email", ["ann@mailinator.com", "ann@example.org"])
def test_nobody_is_told_which_addresses_are_registered(email: str):
    """Somebody may have one from before it was refused."""

    def answer(name: str) -> tuple[int, str]:
        response = sign_up(Client(), name, email)
        refused = response.status_code == 200
        return response.status_code, errors_of(response, "email") if refused else ""

    before = answer("dora")
    ann = User.objects.create_user("ann", email, SECRET)
    EmailAddress.objects.create(user=ann, email=email, verified=True, primary=True)
    assert answer("eve") == before
    assert before == ((200, WHY) if "mailinator" in email else (302, ""))


def test_a_forgotten_password_is_reset_by_any_address(settings: Settings):
    """Whoever has one keeps it."""
    User.objects.create_user("ann", "ann@mailinator.com", SECRET)
    response = Client().post("/accounts/password/reset/", {"email": "ann@mailinator.com"})
    assert response.status_code == 302


# --- the setting ----------------------------------------------------------------------------------------


def read(monkeypatch: pytest.MonkeyPatch, value: str) -> frozenset[str]:
    monkeypatch.setenv("REFUSED_MAIL_DOMAINS", value)
    return environment.domains("REFUSED_MAIL_DOMAINS")


def test_it_is_a_list(monkeypatch: pytest.MonkeyPatch):
    assert read(monkeypatch, "") == frozenset()
    assert read(monkeypatch, " a.example, @B.example,*.c.example ,") == {
        "a.example",
        "b.example",
        "c.example",
    }


def test_it_is_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    file = tmp_path / "domains"
    file.write_text("# As of today\n\na.example\nbücher.example  # books\n")
    assert read(monkeypatch, str(file)) == {"a.example", "bücher.example"}


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("soup", "must have domains such as mailinator.com, not 'soup'"),
        ("a b.example", "must have domains"),
        ("ann@a.example", "must have domains"),
        ("/no/such/file", "names a file that cannot be read"),
    ],
)
def test_a_wrong_one_is_a_line(monkeypatch: pytest.MonkeyPatch, value: str, why: str):
    with pytest.raises(SystemExit, match="the setting REFUSED_MAIL_DOMAINS") as ended:
        read(monkeypatch, value)
    assert why in str(ended.value)
