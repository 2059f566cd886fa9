"""The pages on which owners and staff write filters, try them, and switch them on."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from lxml.html import HtmlElement

from discuss.models import Act, Filter, FilterHits, Group, User
from discuss.moderation.reading import trials
from discuss.reading.filters import known_filters
from tests.admin.desk import url
from tests.cast import Cast, log_in
from tests.document import Document
from tests.moderation.ruled import ruled, ruled_everywhere, staff

pytestmark = pytest.mark.django_db

WORDS = {"name": "No spam", "terms": "spam\n", "does": "block", "exempt": "moderator"}


def of(group: Group, rest: str = "") -> str:
    return f"{group.get_absolute_url()}filters/{rest}"


def html(response: Any, status: int = 200) -> HtmlElement:
    assert response.status_code == status
    return Document(response.content.decode()).document


def said(page: HtmlElement, where: str) -> list[str]:
    return [" ".join(each.text_content().split()) for each in page.cssselect(where)]


@pytest.fixture
def ann(cast: Cast) -> Client:
    return log_in(cast.ann)


def test_the_settings_lead_there(cast: Cast, ann: Client):
    page = html(ann.get(f"{cast.kitchen.get_absolute_url()}settings/"))
    assert page.xpath(f"//a[@href='{of(cast.kitchen)}']")
    assert said(html(ann.get(of(cast.kitchen))), "main .description") == ["There is none yet."]


def test_an_owner_writes_one_which_is_off_and_sees_what_it_would_have_caught(
    cast: Cast, ann: Client
):
    cast.say(cast.bob, "Buy ѕрam")
    cast.say(cast.bob, "Soup")
    cast.say(cast.mod, "spam is mod's")
    response = ann.post(of(cast.kitchen, "new/words/"), {**WORDS, "save": "1"})
    made = Filter.objects.get()
    assert response.headers["Location"] == of(cast.kitchen, f"{made.pk}/")
    assert (made.terms, made.does, made.exempt, made.is_on) == ("spam", "block", "moderator", False)
    assert made.group == cast.kitchen
    page = html(ann.get(response.headers["Location"]))
    assert said(page, ".trial p")[:1] == ["It would have caught 1 of them."]
    assert said(page, ".trial .said") == ["Buy ѕрam"]
    assert "Tried on the latest 3 messages" in said(page, ".trial h2")[0]
    ann.post(of(cast.kitchen, f"{made.pk}/"), {"on": "1"})
    made.refresh_from_db()
    assert made.is_on
    page = html(ann.get(of(cast.kitchen, f"{made.pk}/")))
    assert not page.cssselect(".trial")
    assert page.cssselect(".switch .is-on")
    ann.post(of(cast.kitchen, f"{made.pk}/"), {"off": "1"})
    made.refresh_from_db()
    assert not made.is_on
    kinds = list(Act.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["filter_made", "filter_on", "filter_off"]
    assert Act.objects.filter(actor_id=cast.ann.pk, group_id=cast.kitchen.pk).count() == 3


def test_it_is_tried_before_it_is_saved(cast: Cast, ann: Client):
    cast.say(cast.bob, "spam")
    page = html(ann.post(of(cast.kitchen, "new/words/"), {**WORDS, "try": "1"}))
    assert said(page, ".trial .said") == ["spam"]
    assert page.cssselect("[name=terms]")[0].text.strip() == "spam"
    assert not Filter.objects.exists()
    made = ruled(cast)
    page = html(ann.post(of(cast.kitchen, f"{made.pk}/"), {**WORDS, "terms": "ham", "try": "1"}))
    assert said(page, ".trial p") == ["It would have caught 0 of them."]
    made.refresh_from_db()
    assert (made.terms, made.is_on) == ("spam", True)


def test_a_changed_filter_is_in_the_record_as_it_was_and_is(cast: Cast, ann: Client):
    made = ruled(cast)
    address = of(cast.kitchen, f"{made.pk}/")
    ann.post(address, {**WORDS, "terms": "ham", "does": "note", "save": "1"})
    made.refresh_from_db()
    assert (made.terms, made.does, made.is_on) == ("ham", "note", True)
    details = Act.objects.get(kind="filter_changed").details or {}
    assert (details["before"]["terms"], details["after"]["terms"]) == ("spam", "ham")
    ann.post(address, {**WORDS, "terms": "ham", "does": "note", "save": "1"})
    assert Act.objects.filter(kind="filter_changed").count() == 1


def test_a_filter_is_deleted(cast: Cast, ann: Client):
    made = ruled(cast)
    response = ann.post(of(cast.kitchen, f"{made.pk}/"), {"delete": "1"})
    assert response.headers["Location"] == of(cast.kitchen)
    assert not Filter.objects.exists()
    assert ann.post(of(cast.kitchen, f"{made.pk}/"), {"delete": "1"}).status_code == 404


def test_the_list_says_what_each_does_and_how_often_it_hit(cast: Cast, ann: Client):
    made = ruled(cast)
    ruled(cast, name="Off", is_on=False)
    FilterHits.objects.create(filter=made, day="2026-11-28", hits=2)
    FilterHits.objects.create(filter=made, day="2026-11-29", hits=3)
    page = html(ann.get(of(cast.kitchen)))
    assert said(page, ".filters li") == [
        "No spam on Words and phrases · Refuse it 5 hits",
        "Off off Words and phrases · Refuse it 0 hits",
    ]


@pytest.mark.parametrize(
    ("kind", "fields", "stored"),
    [
        (
            "denied",
            {"terms": "https://www.Evil.com/x?y\n*.bad.org"},
            {"terms": "www.evil.com\nbad.org"},
        ),
        ("allowed", {"terms": ""}, {"terms": ""}),
        ("mentions", {"number": "3"}, {"number": 3}),
        ("capitals", {"number": "80"}, {"number": 80}),
        ("repeated", {"number": "2", "minutes": "5"}, {"number": 2, "seconds": 300}),
        (
            "words",
            {"terms": " free  money \n\nfree money\nspam", "is_part": "True"},
            {"is_part": True},
        ),
    ],
)
def test_each_kind_has_fields_of_its_own(
    cast: Cast, ann: Client, kind: str, fields: dict[str, str], stored: dict[str, Any]
):
    values = {"name": "One", "does": "note", "exempt": "", **fields}
    assert ann.post(of(cast.kitchen, f"new/{kind}/"), {**values, "save": "1"}).status_code == 302
    made = Filter.objects.get()
    assert {name: getattr(made, name) for name in stored} == stored
    assert made.kind == kind
    page = html(ann.get(of(cast.kitchen, f"{made.pk}/")))
    for name in fields:
        assert page.cssselect(f"[name={name}]")
    if kind == "words":
        assert made.terms == "free money\nspam"
    # Saved as it is shown, it stays as it is.
    again = {
        field.name: field.value for field in page.cssselect("form.stacked")[0].inputs if field.name
    }
    again = {name: value for name, value in again.items() if value is not None}
    assert ann.post(of(cast.kitchen, f"{made.pk}/"), {**again, "save": "1"}).status_code == 302
    assert not Act.objects.filter(kind="filter_changed").exists()


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("words", {"terms": ""}),
        ("words", {"terms": "\u200b"}),
        ("words", {"terms": "x" * 101}),
        ("words", {"terms": "\n".join(map(str, range(501)))}),
        ("denied", {"terms": "nohost"}),
        ("denied", {"terms": "two words.com"}),
        ("capitals", {"number": "100"}),
        ("repeated", {"number": "1", "minutes": "1441"}),
        ("mentions", {"number": "-1"}),
        ("words", {"terms": "spam", "does": "explode"}),
        ("words", {"terms": "spam", "name": ""}),
    ],
)
def test_what_makes_no_sense_is_refused(cast: Cast, ann: Client, kind: str, fields: dict[str, str]):
    values = {"name": "One", "does": "note", **fields}
    page = html(ann.post(of(cast.kitchen, f"new/{kind}/"), {**values, "save": "1"}), 400)
    assert page.cssselect(".errorlist")
    assert not Filter.objects.exists()


def test_there_are_so_many_and_no_more(cast: Cast, ann: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("discuss.moderation.actions.filters.MOST_TERMS", {"group": 3, "site": 5})
    ruled(cast, terms="a\nb")
    page = html(
        ann.post(of(cast.kitchen, "new/words/"), {**WORDS, "terms": "c\nd", "save": "1"}), 400
    )
    assert "many filters" in said(page, ".errorlist")[0]
    assert ann.post(of(cast.kitchen, "new/words/"), {**WORDS, "save": "1"}).status_code == 302


def test_an_unknown_kind_and_a_filter_of_elsewhere_are_no_pages(cast: Cast, ann: Client):
    everywhere = ruled_everywhere()
    assert ann.get(of(cast.kitchen, "new/nothing/")).status_code == 404
    assert ann.get(of(cast.kitchen, f"{everywhere.pk}/")).status_code == 404
    assert ann.post(of(cast.kitchen, f"{everywhere.pk}/"), {"off": "1"}).status_code == 404
    everywhere.refresh_from_db()
    assert everywhere.is_on


# --- of the site --------------------------------------------------------------------------------------------


def test_staff_write_filters_of_the_site(cast: Cast):
    cast.say(cast.bob, "spam")
    sam = staff("change_filter", "view_message")
    client = log_in(sam)
    response = client.post(
        "/moderation/filters/new/words/", {**WORDS, "is_for_names": "True", "save": "1"}
    )
    made = Filter.objects.get()
    assert response.headers["Location"] == f"/moderation/filters/{made.pk}/"
    assert (made.group, made.is_for_names) == (None, True)
    page = html(client.get(response.headers["Location"]))
    assert said(page, ".trial .said") == ["spam"]
    client.post(response.headers["Location"], {"on": "1"})
    assert said(html(client.get("/moderation/filters/")), ".filters .state") == ["on"]


def test_the_queue_leads_whoever_may_write_them_there(cast: Cast):
    leads = 'href="/moderation/filters/"'
    for user, is_led in (
        *((cast.mod, False), (staff("view_case", name="vic"), False)),
        (staff("view_case", "change_filter", name="cat"), True),
    ):
        response = log_in(user).get("/moderation/")
        assert response.status_code == 200
        assert (leads in response.content.decode()) is is_led


def test_who_may_not_read_messages_sees_how_many_it_would_have_caught(cast: Cast):
    cast.say(cast.bob, "spam")
    made = ruled_everywhere(is_on=False)
    client = log_in(User.objects.get(username="sam"))
    page = html(client.get(f"/moderation/filters/{made.pk}/"))
    assert said(page, ".trial p") == ["It would have caught 1 of them."]
    assert not page.cssselect(".trial li")


def test_staff_without_the_right_and_everybody_else_are_refused(cast: Cast):
    made = ruled_everywhere()
    boss = User.objects.create_superuser("boss")
    with_right = staff("change_filter", name="sue")
    none = User.objects.create_user("tim")
    none.user_permissions.set(Permission.objects.filter(codename="change_filter"))
    for path in ("", "new/words/", f"{made.pk}/"):
        address = f"/moderation/filters/{path}"
        assert Client().get(address).headers["Location"].startswith("/accounts/login/")
        for user, status in (
            *((cast.ann, 403), (staff("view_filter", name=f"v{len(path)}"), 403), (none, 403)),
            *((boss, 200), (with_right, 200)),
        ):
            assert log_in(user).get(address).status_code == status, (user, address)
            if status == 403:
                assert log_in(user).post(address, {"off": "1"}).status_code == 403
    made.refresh_from_db()
    assert made.is_on


# --- what it is tried on ------------------------------------------------------------------------------------


def test_it_is_tried_on_the_latest_messages_that_are_there(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(trials, "TRIED", 3)
    monkeypatch.setattr(trials, "SHOWN", 2)
    first, *rest = [cast.say(cast.bob, f"spam {n}") for n in range(5)]
    made = ruled(cast, is_on=False)
    found = trials.try_rule(made.rule, cast.kitchen)
    assert (found.looked_at, found.total) == (3, 3)
    assert [line.text for line in found.lines] == ["spam 4", "spam 3"]
    for line in rest:
        type(line).objects.filter(pk=line.pk).update(hidden_at=line.timestamp)
    assert [line.pk for line in trials.try_rule(made.rule, None).lines] == [first.pk]


def test_the_same_text_again_is_found_as_it_would_have_been(cast: Cast):
    for user, text in (
        *(
            (cast.bob, "Hi"),
            (cast.mod, "Hi"),
            (cast.bob, "hi!"),
            (cast.bob, "Ho"),
            (cast.bob, "HI"),
        ),
    ):
        cast.say(user, text)
    made = ruled(cast, kind="repeated", number=1, seconds=60, is_on=False)
    found = trials.try_rule(made.rule, cast.kitchen)
    assert [line.text for line in found.lines] == ["HI", "hi!"]


def test_it_knows_of_rules_as_soon_as_they_are_written(
    cast: Cast, ann: Client, django_capture_on_commit_callbacks: Any
):
    made = ruled(cast, is_on=False)
    assert not known_filters.of_group(cast.kitchen.pk)
    with django_capture_on_commit_callbacks(execute=True):
        ann.post(of(cast.kitchen, f"{made.pk}/"), {"on": "1"})
    assert known_filters.of_group(cast.kitchen.pk)
    with django_capture_on_commit_callbacks(execute=True):
        ann.post(of(cast.kitchen, f"{made.pk}/"), {"delete": "1"})
    assert not known_filters.of_group(cast.kitchen.pk)


# --- in the admin -------------------------------------------------------------------------------------------


def test_the_admin_shows_them_and_changes_none(cast: Cast):
    made = ruled(cast)
    ruled_everywhere(name="Everywhere")
    client = log_in(staff("view_filter", "change_filter", name="sue"))
    page = html(client.get(url(Filter, "changelist")))
    assert said(page, ".field-name") == ["Everywhere", "No spam"]
    assert said(page, ".field-hits") == ["0", "0"]
    address = url(Filter, "change", made.pk)
    assert "spam" in client.get(address).content.decode()
    assert client.post(address, {"name": "Other", "terms": "x"}).status_code == 403
    for page_name in ("add", "delete"):
        more = [] if page_name == "add" else [made.pk]
        assert client.get(url(Filter, page_name, *more)).status_code == 403
    assert log_in(cast.ann).get(address).status_code == 302
