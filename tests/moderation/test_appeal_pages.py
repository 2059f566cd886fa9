"""What was done to a person, as they read it, and how they appeal: plain pages and plain forms."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from discuss import actions
from discuss.models import Act, Appeal, Ban, Case, Entry, Group, User
from discuss.moderation.actions import (
    Why,
    decide_case,
    make_appeal,
    perform_act,
    report_message,
    rights_to_accept,
)
from discuss.moderation.forms.appeals import token_of
from discuss.moderation.reading.appeals import read_own_acts
from tests.cast import Cast, log_in
from tests.document import Document, text
from tests.test_accounts import SECRET

pytestmark = pytest.mark.django_db

MINE = "/moderation/mine/"
NOTE = {"text": "It was a joke"}


@pytest.fixture
def boss(db: None) -> User:
    return User.objects.create_superuser("boss")


@pytest.fixture
def muted(cast: Cast) -> Act:
    return act_on(cast, "time_out", reason="flood", note="Slow down")


def act_on(cast: Cast, name: str, **why: Any) -> Act:
    until = timezone.now() + timedelta(hours=1)
    why = {"until": until, **why} if name in {"time_out", "bar"} else why
    mod = cast.member(cast.mod)
    done = perform_act(mod, name, user=cast.bob, group=cast.kitchen, why=Why(**why))
    assert done is not None
    return done


def said(response: Any) -> str:
    return text(Document(response.content.decode()).document.xpath("//main")[0])


def mine(user: User) -> str:
    response = log_in(user).get(MINE)
    assert response.status_code == 200
    return said(response)


def form_of(act: Act) -> str:
    return f"{MINE}{act.pk}/"


# --- what was done to one -------------------------------------------------------------------------------


def test_a_person_reads_what_was_done_to_them_and_why(cast: Cast, muted: Act):
    shown = mine(cast.bob)
    for part in ("Time-out given until", "Too much at once", "in Kitchen", "Slow down", "Appeal"):
        assert part in shown, part
    assert "taken back" not in shown


def test_not_by_whom(cast: Cast, muted: Act):
    case = make_appeal(cast.bob, act_id=muted.pk, note="No").case
    decide_case(cast.ann, case_id=case.pk, name="refuse_appeal", why=Why("flood", "It stays"))
    for address in (MINE, form_of(muted), reverse("person", args=[cast.kitchen.uuid, cast.bob.pk])):
        shown = said(log_in(cast.bob).get(address)).split()
        assert not {"mod", "ann"} & set(shown), address


def test_nothing_of_others_and_nothing_that_tells_of_reports(cast: Cast, muted: Act):
    line = cast.say(cast.ann, "Soup")
    case = report_message(cast.member(cast.mod), entry=line, reason="spam").case
    decide_case(
        User.objects.create_superuser("boss"), case_id=case.pk, name="dismiss", why=Why(note="No")
    )
    assert "Nothing, so far." in mine(cast.ann)
    assert "Nothing, so far." in mine(cast.cleo)
    # Nor their own page in the group.
    person = reverse("person", args=[cast.kitchen.uuid, cast.ann.pk])
    assert "Dismissed" not in said(log_in(cast.ann).get(person))


def test_what_was_taken_back_is_said_and_not_appealed_against(cast: Cast, muted: Act):
    perform_act(cast.member(cast.mod), "end_time_out", user=cast.bob, group=cast.kitchen)
    shown = mine(cast.bob)
    assert "Time-out ended" in shown
    assert "taken back" in shown
    assert form_of(muted) not in log_in(cast.bob).get(MINE).content.decode()


def test_where_nobody_else_could_decide_none_is_offered(cast: Cast):
    # The moderator is of a lower role than who did it.
    by_owner = perform_act(cast.member(cast.ann), "warn", user=cast.bob, group=cast.kitchen)
    by_moderator = act_on(cast, "warn")
    assert by_owner is not None
    shown = log_in(cast.bob).get(MINE).content.decode()
    assert form_of(by_moderator) in shown
    assert form_of(by_owner) not in shown
    assert "Nobody else" in said(log_in(cast.bob).get(form_of(by_owner)))
    User.objects.create_superuser("boss")
    assert form_of(by_owner) in log_in(cast.bob).get(MINE).content.decode()


def test_a_message_is_led_to_while_one_is_in_the_group(cast: Cast):
    entry = cast.say(cast.bob, "Soup")
    perform_act(cast.member(cast.mod), "hide", entry=entry, why=Why(reason="spam"))
    line = reverse("line", args=[cast.kitchen.uuid, entry.position])
    client = log_in(cast.bob)
    assert f'href="{line}"' in client.get(MINE).content.decode()
    actions.leave_group(cast.member(cast.bob))
    shown = client.get(MINE).content.decode()
    assert "Message hidden" in shown
    assert f'href="{line}"' not in shown


def test_of_a_group_that_is_gone_what_was_done_is_still_told(cast: Cast, muted: Act):
    Group.objects.filter(pk=cast.kitchen.pk).update(is_deleted=True)
    assert "Time-out given" in mine(cast.bob)
    assert "Kitchen" not in mine(cast.bob)
    # It would be in nobody's queue.
    assert "Appeal" not in mine(cast.bob)
    assert log_in(cast.bob).post(form_of(muted), NOTE).status_code == 400


def test_many_have_several_pages(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("discuss.moderation.reading.appeals.ACTS_AT_ONCE", 2)
    done = [act_on(cast, "warn") for _ in range(3)]
    client = log_in(cast.bob)
    first = client.get(MINE).content.decode()
    assert f"act-{done[0].pk}" not in first
    assert f"?before={done[1].pk}" in first
    assert f"act-{done[0].pk}" in client.get(f"{MINE}?before={done[1].pk}").content.decode()
    assert client.get(f"{MINE}?before=nonsense").status_code == 200


def test_it_takes_as_many_statements_for_many_acts_as_for_one(
    cast: Cast, django_assert_num_queries: Any
):

    def read(count: int) -> None:
        rows = read_own_acts(cast.bob, ["warn"], rights_to_accept()).rows
        assert len(rows) == count
        assert all(row.may_appeal for row in rows)

    act_on(cast, "warn")
    with django_assert_num_queries(14):
        read(1)
    for _ in range(9):
        act_on(cast, "warn")
    with django_assert_num_queries(14):
        read(10)


def test_the_menu_and_the_notice_of_a_time_out_lead_there(cast: Cast, muted: Act):
    shown = log_in(cast.bob).get(cast.kitchen.get_absolute_url()).content.decode()
    notice = Document(shown).element("sanctions")
    assert notice.xpath(f".//a[@href='{MINE}']")
    assert Document(log_in(cast.cleo).get("/").content.decode()).document.xpath(
        f"//*[@id='me']//a[@href='{MINE}']"
    )


# --- appealing ------------------------------------------------------------------------------------------


def test_an_appeal_is_written_once_and_waits(cast: Cast, muted: Act):
    client = log_in(cast.bob)
    assert "What do you say against it?" in said(client.get(form_of(muted)))
    response = client.post(form_of(muted), NOTE, follow=True)
    assert response.redirect_chain[-1][0] == MINE
    shown = said(response)
    assert "It was a joke" in shown
    assert "Another moderator will look at it." in shown
    assert form_of(muted) not in response.content.decode().split("<main")[1]
    assert "What do you say" not in said(client.get(form_of(muted)))
    assert Appeal.objects.get().note == "It was a joke"


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"text": " "}, "Write something first"),
        ({"text": "x" * 501}, "at most 500 characters"),
        ({"text": "Twice", "reader": "0"}, "made for somebody else"),
    ],
)
def test_what_is_refused_is_said_and_the_text_kept(
    cast: Cast, muted: Act, data: dict[str, str], told: str
):
    response = log_in(cast.bob).post(form_of(muted), data)
    assert response.status_code == 400
    assert told in said(response)
    field = Document(response.content.decode()).document.xpath("//textarea[@name='text']")[0]
    assert field.text.strip() == data["text"].strip()
    assert not Appeal.objects.exists()


def test_what_is_over_meanwhile_is_said_and_the_text_kept(cast: Cast, muted: Act):
    client = log_in(cast.bob)
    client.get(form_of(muted))
    perform_act(cast.member(cast.mod), "end_time_out", user=cast.bob, group=cast.kitchen)
    response = client.post(form_of(muted), NOTE)
    assert response.status_code == 400
    assert "This is over" in said(response)
    assert "It was a joke" in response.content.decode()
    assert "This is over" in said(client.get(form_of(muted)))


def test_a_second_from_another_tab_is_told(cast: Cast, muted: Act):
    client = log_in(cast.bob)
    client.post(form_of(muted), NOTE)
    response = client.post(form_of(muted), {"text": "And another thing"})
    assert response.status_code == 400
    assert "already" in said(response)
    assert "And another thing" in response.content.decode()


def test_limits_hold(cast: Cast, muted: Act, settings: Settings):
    settings.RATE_LIMITS = {"report": (1, 3600.0)}
    client = log_in(cast.bob)
    client.post(form_of(muted), NOTE)
    warned = act_on(cast, "warn")
    response = client.post(form_of(warned), NOTE)
    assert "too much at once" in said(response)
    assert "It was a joke" in response.content.decode()
    assert Appeal.objects.count() == 1


def test_what_was_typed_is_kept_over_a_log_in(cast: Cast, muted: Act):
    client = Client()
    response = client.post(form_of(muted), NOTE)
    assert response["Location"].startswith("/accounts/login/")
    User.objects.filter(pk=cast.bob.pk)
    cast.bob.set_password(SECRET)
    cast.bob.save()
    client.post(response["Location"], {"login": "bob", "password": SECRET})
    assert "It was a joke" in client.get(form_of(muted)).content.decode()


def test_nobody_elses_act_has_a_form(cast: Cast, muted: Act, boss: User):
    for user in (cast.ann, cast.mod, cast.cleo, boss):
        client = log_in(user)
        assert client.get(form_of(muted)).status_code == 404
        assert client.post(form_of(muted), NOTE).status_code == 404
    assert not Appeal.objects.exists()


# --- deciding -------------------------------------------------------------------------------------------


def test_the_case_shows_what_was_done_and_what_is_said_against_it(cast: Cast):
    entry = cast.say(cast.bob, "You are a turnip")
    perform_act(cast.member(cast.mod), "hide", entry=entry, why=Why("insult", "Be kind"))
    case = make_appeal(cast.bob, act_id=Act.objects.get().pk, note="It was a joke").case
    client = log_in(cast.ann)
    assert "An appeal of bob It was a joke" in said(client.get("/moderation/"))
    response = client.get(reverse("case", args=[case.pk]))
    shown = said(response)
    for part in (
        "What bob says It was a joke",
        "What it is against Message hidden Insults",
        "Be kind",
        "By mod",
        "You are a turnip",
        "Accept: take it back",
        "Refuse: it stays",
    ):
        assert part in shown, part
    for part in ("Who reported it", "Dismiss", "Warn", "Leave the case open", "For how long"):
        assert part not in shown, part


def test_what_its_author_removed_since_is_not_shown(cast: Cast):
    entry = cast.say(cast.bob, "You are a turnip")
    perform_act(cast.member(cast.mod), "hide", entry=entry)
    case = make_appeal(cast.bob, act_id=Act.objects.get().pk, note="It was a joke").case
    Entry.objects.filter(pk=entry.pk).update(hidden_by=None)
    assert "turnip" not in said(log_in(cast.ann).get(reverse("case", args=[case.pk])))


@pytest.mark.parametrize(
    ("name", "told", "heard"),
    [
        ("accept_appeal", "Appeal accepted", "and taken it back"),
        ("refuse_appeal", "Appeal refused", "and it stays"),
    ],
)
def test_what_is_decided_is_heard_with_its_reason_once_as_news(
    cast: Cast, muted: Act, name: str, told: str, heard: str
):
    client = log_in(cast.bob)
    client.post(form_of(muted), NOTE)
    case = Case.objects.get()
    data = {"act": name, "reason": "flood", "note": "We talked about it"}
    decided = log_in(cast.ann).post(reverse("decide", args=[case.pk]), data, follow=True)
    assert f"Case {case.pk} is closed: {told}." in decided.content.decode()
    header = Document(client.get("/").content.decode()).element("duties")
    assert "1 decided" in text(header)
    shown = mine(cast.bob)
    for part in (heard, "Too much at once", "We talked about it", "New"):
        assert part in shown, part
    assert "New" not in mine(cast.bob)
    header = Document(client.get("/").content.decode()).element("duties")
    assert "decided" not in text(header)


def test_to_refuse_takes_a_reason(cast: Cast, muted: Act):
    case = make_appeal(cast.bob, act_id=muted.pk, note="No").case
    decided = log_in(cast.ann).post(
        reverse("decide", args=[case.pk]), {"act": "refuse_appeal"}, follow=True
    )
    assert "Give a reason" in decided.content.decode()
    case.refresh_from_db()
    assert case.state == "open"


def test_what_was_over_already_is_told_to_both(cast: Cast, muted: Act):
    case = make_appeal(cast.bob, act_id=muted.pk, note="No").case
    perform_act(cast.member(cast.mod), "end_time_out", user=cast.bob, group=cast.kitchen)
    client = log_in(cast.ann)
    assert "It is over already" in said(client.get(reverse("case", args=[case.pk])))
    decided = client.post(reverse("decide", args=[case.pk]), {"act": "accept_appeal"}, follow=True)
    assert "is closed: Dealt with elsewhere" in decided.content.decode()
    assert "It was over before anybody had decided." in mine(cast.bob)


def test_a_decided_appeal_offers_no_second_look(cast: Cast, muted: Act):
    case = make_appeal(cast.bob, act_id=muted.pk, note="No").case
    decide_case(cast.ann, case_id=case.pk, name="refuse_appeal", why=Why("flood"))
    shown = log_in(cast.ann).get(reverse("case", args=[case.pk])).content.decode()
    assert "Open the case again" not in shown


# --- banned ---------------------------------------------------------------------------------------------


def banned(cast: Cast, by: User, **why: Any) -> Act:
    done = perform_act(by, "ban", user=cast.bob, why=Why(reason="spam", **why))
    assert done is not None
    return done


def at_log_in(user: User, password: str = SECRET) -> Document:
    user = User.objects.get(pk=user.pk)
    user.set_password(SECRET)
    user.save(update_fields=["password"])
    response = Client().post(
        "/accounts/login/", {"login": user.username, "password": password}, follow=True
    )
    return Document(response.content.decode())


def links(page: Document) -> list[str]:
    found: list[str] = page.document.xpath("//main//a[contains(@href, '/appeals/')]/@href")
    return found


@pytest.fixture
def other(db: None) -> User:
    """A second one who may decide about bans."""
    return User.objects.create_superuser("other")


def test_whoever_is_banned_is_shown_a_link_by_which_they_appeal(
    cast: Cast, boss: User, other: User
):
    banned(cast, boss, until=timezone.now() + timedelta(days=3), note="Third time")
    (address,) = links(at_log_in(cast.bob))
    client = Client()
    shown = said(client.get(address))
    for part in ("Banned from the site until", "Spam", "Third time", "What do you say against it?"):
        assert part in shown, part
    assert client.post(address, {"text": ""}).status_code == 400
    response = client.post(address, NOTE, follow=True)
    assert response.redirect_chain[-1][0] == address
    assert "Another moderator will look at it." in said(response)
    case = Case.objects.get()
    assert (case.kind, case.group, case.user) == ("appeal", None, cast.bob)
    # The link is shown again at the next log-in, and says what became of it.
    assert links(at_log_in(cast.bob)) == [address]
    decide_case(other, case_id=case.pk, name="refuse_appeal", why=Why("spam", "It stays"))
    shown = said(client.get(address))
    assert "and it stays" in shown
    assert "It stays" in shown


def test_accepted_they_log_in_again(cast: Cast, boss: User, other: User):
    banned(cast, boss)
    (address,) = links(at_log_in(cast.bob))
    Client().post(address, NOTE)
    decide_case(other, case_id=Case.objects.get().pk, name="accept_appeal", why=Why())
    shown = said(Client().get(address))
    assert "This ban is over" in shown
    # Nothing of the ban itself.
    assert "Spam" not in shown
    assert Client().post(address, NOTE).status_code == 200
    assert Appeal.objects.count() == 1
    assert not links(at_log_in(cast.bob))


def test_the_right_password_alone_shows_the_link(cast: Cast, boss: User, other: User):
    banned(cast, boss)
    assert links(at_log_in(cast.bob))
    assert not links(at_log_in(cast.bob, password="wrong"))


def test_where_nobody_else_could_decide_no_link_is_shown(cast: Cast, boss: User):
    banned(cast, boss)
    assert not links(at_log_in(cast.bob))
    User.objects.create_superuser("other")
    assert links(at_log_in(cast.bob))


def test_no_other_link_opens_anything(cast: Cast, boss: User, other: User, muted: Act):
    ban = banned(cast, boss)
    right = token_of(ban.pk)
    for token in (right[:-1], f"{right}x", "nonsense", token_of(muted.pk), token_of(ban.pk + 9)):
        address = reverse("appeal_of_ban", args=[token])
        assert Client().get(address).status_code == 404, token
        assert Client().post(address, NOTE).status_code == 404, token
    assert not Appeal.objects.exists()


def test_the_link_of_an_older_ban_opens_nothing_of_a_newer_one(cast: Cast, boss: User, other: User):
    first = banned(cast, boss)
    perform_act(boss, "end_ban", user=cast.bob)
    banned(cast, boss, until=timezone.now() + timedelta(days=3))
    assert "This ban is over" in said(
        Client().get(reverse("appeal_of_ban", args=[token_of(first.pk)]))
    )
    assert Ban.objects.exists()


def test_the_link_lasts_as_long_as_the_ban(cast: Cast, boss: User, other: User):
    ban = banned(cast, boss, until=timezone.now() + timedelta(days=3))
    address = reverse("appeal_of_ban", args=[token_of(ban.pk)])
    assert "What do you say" in said(Client().get(address))
    Ban.objects.update(until=timezone.now())
    actions.end_bans(200)
    assert "This ban is over" in said(Client().get(address))


def test_with_the_account_the_link_goes(cast: Cast, boss: User, other: User):
    ban = banned(cast, boss)
    actions.delete_user(boss, user=cast.bob)
    actions.finish_deletions()
    assert Client().get(reverse("appeal_of_ban", args=[token_of(ban.pk)])).status_code == 404
