"""New accounts that wait for a moderator of the site, where the site says so."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from discuss import actions
from discuss.actions import Refused, networks, people, sign_ups
from discuss.models import Act, Case, HeldSignUp, SeenAddress, User
from discuss.moderation.actions import Why, decide_case, perform_act, reopen_case, take_case
from discuss.rules import roles
from discuss.rules.refusals import Code
from tests.cast import Cast, log_in
from tests.document import text
from tests.moderation.networked import moderator
from tests.moderation.ruled import staff
from tests.moderation.test_filter_pages import html, said
from tests.test_accounts import SECRET, enter, page, sign_up

pytestmark = pytest.mark.django_db

WAITS = "Your account waits for approval"


@pytest.fixture(autouse=True)
def _held(db: None, settings: Settings) -> None:
    cache.clear()
    settings.HELD_SIGN_UPS = True


@pytest.fixture
def sam(db: None) -> User:
    return moderator()


def new(name: str = "dora", email: str = "", address: str = "203.0.113.7") -> User:
    """Have somebody sign up."""
    response = sign_up(Client(REMOTE_ADDR=address), name, email)
    assert response.status_code == 302, page(response).text_content()
    return User.objects.get(username=name)


def case_of(user: User) -> Case:
    return Case.objects.get(kind="sign-up", user=user)


def decide(by: User, user: User, name: str, **why: Any) -> Act | None:
    done = decide_case(by, case_id=case_of(user).pk, name=name, why=Why(**why))
    user.refresh_from_db()
    return done


def heading(response: Any) -> str:
    return text(page(response).cssselect("main h1")[0])


# --- who waits ------------------------------------------------------------------------------------------


def test_without_the_setting_nobody_waits(settings: Settings):
    settings.HELD_SIGN_UPS = False
    assert "looks at each new account" not in Client().get("/accounts/signup/").content.decode()
    browser = Client()
    assert sign_up(browser, "dora")["Location"] == "/"
    assert browser.get("/").status_code == 200
    assert not HeldSignUp.objects.exists()


def test_who_signs_up_is_told_that_they_wait_and_is_not_in():
    browser = Client(REMOTE_ADDR="203.0.113.7")
    assert "looks at each new account" in browser.get("/accounts/signup/").content.decode()
    response = sign_up(browser, "dora")
    assert response["Location"] == "/accounts/waiting/"
    assert heading(browser.get(response["Location"])) == WAITS
    assert browser.get("/").status_code == 302
    dora = User.objects.get()
    assert not dora.is_active
    assert HeldSignUp.objects.get().user == dora
    # Where they came from is what a moderator has to go by.
    assert SeenAddress.objects.get().user == dora
    case = case_of(dora)
    assert (case.group, case.state) == (None, "open")


def test_at_the_log_in_they_are_told_so_and_a_wrong_password_tells_nothing(cast: Cast):
    new()
    response = enter(Client(), "dora")
    assert response.status_code == 403
    assert heading(response) == WAITS
    wrong, of_bob = enter(Client(), "dora", "wrong"), enter(Client(), "bob", "wrong")
    assert WAITS not in wrong.content.decode()
    assert errors(wrong) == errors(of_bob)


def errors(response: Any) -> list[str]:
    return [text(each) for each in page(response).cssselect(".errorlist, [role=alert]")]


def test_whoever_comes_by_an_invitation_waits_for_nobody(cast: Cast):
    made = actions.make_invitation(cast.member(cast.ann), group=cast.kitchen, uses=1, days=7)
    browser = Client()
    browser.post(f"/invitations/{made.token}/")
    assert "looks at each" not in browser.get("/accounts/signup/").content.decode()
    sign_up(browser, "dora")
    assert User.objects.get(username="dora").is_active
    assert browser.get(cast.kitchen.get_absolute_url()).status_code == 200
    assert not HeldSignUp.objects.exists()


def test_nobody_is_told_which_addresses_are_registered():
    EmailAddress.objects.create(
        user=User.objects.create_user("ann", "ann@example.org"),
        email="ann@example.org",
        verified=True,
        primary=True,
    )
    answers = [
        sign_up(Client(REMOTE_ADDR=f"203.0.113.{n}"), f"dora{n}", email)
        for n, email in enumerate(("ann@example.org", "new@example.org"))
    ]
    assert [each.status_code for each in answers] == [302, 302]
    assert [each["Location"] for each in answers] == ["/accounts/waiting/"] * 2


def test_others_see_nothing_of_whoever_waits(cast: Cast, sam: User):
    new()
    for user in (cast.ann, cast.mod):
        assert log_in(user).get(f"/moderation/cases/{Case.objects.get().pk}/").status_code == 404
    assert "dora" not in log_in(cast.ann).get("/moderation/").content.decode()
    assert "dora" in log_in(sam).get("/moderation/").content.decode()


# --- how many -------------------------------------------------------------------------------------------


def test_of_one_address_few_wait(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sign_ups, "MOST_OF_ADDRESS", 2)
    new("dora1"), new("dora2")
    response = sign_up(Client(REMOTE_ADDR="203.0.113.7"), "dora3")
    assert response.status_code == 200
    assert "Very many new accounts wait" in page(response).text_content()
    # Nothing of it is left.
    assert not User.objects.filter(username="dora3").exists()
    assert SeenAddress.objects.count() == 2
    new("dora3", address="203.0.114.7")


def test_of_all_there_are_not_endlessly_many_and_a_decision_makes_room(
    sam: User, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sign_ups, "MOST_WAITING", 1)
    dora = new("dora")
    assert sign_up(Client(REMOTE_ADDR="203.0.114.7"), "eve").status_code == 200
    decide(sam, dora, "turn_away")
    new("eve", address="203.0.114.7")


# --- deciding -------------------------------------------------------------------------------------------


def test_the_queue_lists_it_and_its_page_has_two_things_to_do(cast: Cast, sam: User):
    dora = new()
    networks.note_address(cast.bob, "203.0.113.7")
    browser, address = log_in(sam), f"/moderation/cases/{case_of(dora).pk}/"
    (row,) = said(html(browser.get("/moderation/?kind=sign-up")), ".case .what")
    assert row == "The new account dora"
    assert not html(browser.get("/moderation/?kind=person")).cssselect(".case")
    shown = html(browser.get(address))
    acts = {each.get("value") for each in shown.cssselect("button[name=act]")}
    assert acts == {"admit", "turn_away"}
    assert said(shown, ".seen .network") == ["203.0.113.7"]
    assert said(shown, ".seen .others bdi") == ["bob"]


@pytest.mark.log
def test_approved_the_person_comes_in(sam: User, sent: Callable[[], list[EmailMessage]]):
    dora = new(email="dora@example.org")
    browser = log_in(sam)
    case = case_of(dora)
    response = browser.post(f"/moderation/cases/{case.pk}/decide/", {"act": "admit"})
    assert response["Location"] == "/moderation/"
    dora.refresh_from_db()
    case.refresh_from_db()
    assert dora.is_active
    assert (case.state, case.outcome) == ("closed", "admit")
    assert not HeldSignUp.objects.exists()
    act = Act.objects.get()
    assert (act.kind, act.actor_id, act.user_id, act.case_id) == ("admit", sam.pk, dora.pk, case.pk)
    assert enter(Client(), "dora").status_code == 302
    (mail,) = [each for each in sent() if "come in" in each.subject]
    assert mail.to == ["dora@example.org"]
    assert "http://127.0.0.1:8000/accounts/login/" in mail.body


@pytest.mark.log
def test_refused_the_person_reads_why_and_the_account_goes_after_some_days(
    sam: User, sent: Callable[[], list[EmailMessage]]
):
    dora = new(email="dora@example.org")
    browser, case = log_in(sam), case_of(dora)
    told = {"act": "turn_away", "reason": "spam", "note": "Same as bob"}
    browser.post(f"/moderation/cases/{case.pk}/decide/", told)
    case.refresh_from_db()
    assert (case.state, case.outcome) == ("closed", "turn_away")
    act = Act.objects.get()
    assert (act.kind, act.reason, act.note) == ("turn_away", "spam", "Same as bob")
    response = enter(Client(), "dora")
    assert response.status_code == 403
    assert heading(response) == "Your account was not approved"
    assert "Spam or advertising" in page(response).text_content()
    # The note is for moderators.
    assert "Same as bob" not in page(response).text_content()
    (mail,) = sent()
    assert "Spam or advertising" in mail.body
    assert "Same as bob" not in mail.body
    assert sign_ups.clear_refused(200) == 0
    HeldSignUp.objects.update(refused_at=timezone.now() - timedelta(days=8))
    assert sign_ups.clear_refused(200) == 1
    actions.finish_deletions()
    assert not User.objects.filter(username="dora").exists()


def test_without_an_address_there_is_no_mail(sam: User, sent: Callable[[], list[EmailMessage]]):
    decide(sam, new(), "admit")
    assert sent() == []


def test_a_refusal_can_be_thought_about_again(sam: User):
    dora = new()
    decide(sam, dora, "turn_away")
    reopen_case(sam, case_id=case_of(dora).pk)
    assert case_of(dora).state == "open"
    assert heading(enter(Client(), "dora")) == WAITS
    decide(sam, dora, "admit")
    assert dora.is_active
    kinds = list(Act.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["turn_away", "reopen", "admit"]
    # Whoever is in is banned, if they are to be out.
    with pytest.raises(Refused):
        reopen_case(sam, case_id=case_of(dora).pk)
    assert perform_act(sam, "ban", user=dora)


def test_what_a_superuser_refused_a_moderator_does_not_open_again(sam: User):
    dora, boss = new(), User.objects.create_superuser("boss")
    decide(boss, dora, "turn_away")
    with pytest.raises(Refused) as refused:
        reopen_case(sam, case_id=case_of(dora).pk)
    assert refused.value.code == Code.OF_HIGHER
    assert case_of(dora).state == "closed"
    reopen_case(boss, case_id=case_of(dora).pk)
    assert case_of(dora).state == "open"


def test_nor_does_any_other_way_let_in_whom_a_superuser_refused(sam: User):
    dora, boss = new(), User.objects.create_superuser("boss")
    decide(boss, dora, "turn_away")
    with pytest.raises(Refused) as refused:
        actions.open_account(sam, user=dora)
    assert refused.value.code == Code.OF_HIGHER
    dora.refresh_from_db()
    assert not dora.is_active
    assert HeldSignUp.objects.exclude(refused_at=None).get().user == dora
    assert Act.objects.get().kind == "turn_away"
    # Once they let somebody in, it binds nobody any more.
    assert actions.open_account(boss, user=dora)
    assert actions.close_account(sam, user=dora)
    assert actions.open_account(sam, user=dora)


def test_an_account_that_was_refused_is_not_approved_unless_it_waits_again(sam: User):
    dora = new()
    decide(sam, dora, "turn_away")
    assert sign_ups.admit_sign_up(sam, user=dora) is None
    dora.refresh_from_db()
    assert not dora.is_active
    assert HeldSignUp.objects.exclude(refused_at=None).get().user == dora
    assert (case_of(dora).outcome, Act.objects.count()) == ("turn_away", 1)


@pytest.mark.parametrize("name", ["admit", "turn_away"])
def test_what_another_did_meanwhile_is_seen_once_the_person_is_locked(
    sam: User, monkeypatch: pytest.MonkeyPatch, name: str
):
    dora, kim = new(), staff("close_user", "view_case", "add_act", name="kim")
    lock, meanwhile = people.decided_about, [lambda: decide(kim, dora, "turn_away")]

    def locked(user: User) -> User | None:
        if meanwhile:
            meanwhile.pop()()
        return lock(user)

    monkeypatch.setattr("discuss.moderation.actions.cases.decided_about", locked)
    with pytest.raises(Refused) as refused:
        decide(sam, dora, name)
    assert refused.value.code == Code.CASE_CLOSED
    assert not dora.is_active


def test_it_is_decided_once(sam: User):
    dora, kim = new(), staff("close_user", "view_case", "add_act", name="kim")
    take_case(kim, case_id=case_of(dora).pk)
    with pytest.raises(Refused) as refused:
        decide(sam, dora, "admit")
    assert refused.value.code == Code.CASE_TAKEN
    decide(kim, dora, "admit")
    for name in ("admit", "turn_away", "dismiss"):
        with pytest.raises(Refused) as refused:
            decide(kim, dora, name)
        assert refused.value.code == Code.CASE_CLOSED
    assert sign_ups.admit_sign_up(kim, user=dora) is None
    assert sign_ups.turn_sign_up_away(kim, user=dora) is None
    assert dora.is_active
    assert Act.objects.count() == 1


@pytest.mark.parametrize("name", ["ban", "dismiss", "settle", "warn", "approve"])
def test_nothing_else_is_done_to_it(sam: User, name: str):
    dora = new()
    with pytest.raises(Refused):
        decide(sam, dora, name)
    assert case_of(dora).state == "open"
    assert not Act.objects.exists()


def test_who_may_not_decides_nothing(cast: Cast, sam: User):
    dora, kim = new(), staff("view_case", "add_act", name="kim")
    shown = html(log_in(kim).get(f"/moderation/cases/{case_of(dora).pk}/"))
    assert not shown.cssselect("button[name=act]")
    for actor in (kim, cast.ann):
        for decision in (sign_ups.admit_sign_up, sign_ups.turn_sign_up_away):
            with pytest.raises(Refused) as refused:
                decision(actor, user=dora)
            assert refused.value.code == Code.STAFF_ONLY
    assert HeldSignUp.objects.waiting().exists()


def test_the_table_of_roles_decides(sam: User, monkeypatch: pytest.MonkeyPatch):
    dora = new()
    assert roles.may("admit", roles.STAFF, roles.LOWER)
    monkeypatch.setitem(roles.TABLE["admit"], roles.STAFF, roles.NO)
    with pytest.raises(Refused):
        sign_ups.admit_sign_up(sam, user=dora)


# --- other ways -----------------------------------------------------------------------------------------


def test_an_account_that_is_opened_in_the_admin_is_approved(sam: User):
    dora = new()
    assert actions.open_account(sam, user=dora)
    dora.refresh_from_db()
    assert dora.is_active
    assert (case_of(dora).state, case_of(dora).outcome) == ("closed", "admit")
    assert not HeldSignUp.objects.exists()
    act = Act.objects.get()
    assert (act.kind, act.actor_id, act.case_id) == ("admit", sam.pk, case_of(dora).pk)


def test_an_account_that_is_deleted_waits_no_more(sam: User):
    dora = new()
    case = case_of(dora)
    actions.delete_user(User.objects.create_superuser("boss"), user=dora)
    case.refresh_from_db()
    assert case.state == "closed"
    actions.finish_deletions()
    assert not User.objects.filter(username="dora").exists()


def test_with_the_setting_off_again_those_who_wait_still_do(sam: User, settings: Settings):
    dora = new()
    settings.HELD_SIGN_UPS = False
    assert enter(Client(), "dora").status_code == 403
    decide(sam, dora, "admit")
    assert enter(Client(), "dora", SECRET).status_code == 302
