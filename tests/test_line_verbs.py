"""What is done to a line, on its way in: over the socket, by htmx, and by plain forms."""

import json
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from discuss import actions
from discuss.models import Entry, Membership, Revision
from tests.cast import Cast, log_in
from tests.document import Document
from tests.page import enter

pytestmark = pytest.mark.django_db(transaction=True)
HTMX = {"HX-Request": "true"}


def address(cast: Cast, name: str, entry: Entry) -> str:
    return reverse(name, args=[cast.kitchen.uuid, entry.position])


def ids(response: Any) -> list[str]:
    """Return the ids of the elements whose place an answer to htmx takes."""
    html = Document(f"<body>{response.content.decode()}</body>").document
    return [str(name) for name in html.xpath("//*[@hx-swap-oob]/@id")]


def notice(response: Any) -> str:
    html = Document(f"<body>{response.content.decode()}</body>").document
    return str(html.xpath("string(//*[@id='notice'])")).strip()


def test_a_lines_address_is_the_one_that_is_looked_up(cast: Cast):
    attic = actions.create_group(cast.bob, name="Attic")
    for group in (cast.kitchen, attic, cast.kitchen):
        for line in Entry.objects.filter(group=group).for_display():
            assert line.address == reverse("line", args=[group.uuid, line.position])


# --- over the socket --------------------------------------------------------------------------------


@pytest.mark.usefixtures("live")
async def test_a_line_is_edited_and_removed_over_the_socket_and_everybody_sees_it(cast: Cast):
    path = cast.kitchen.get_absolute_url()
    ann, bob = await enter(cast.ann, path), await enter(cast.bob, path)
    await bob.post("Soop")
    await ann.until(lambda page: page.texts == ["Soop"])
    bob.send(json.dumps({"verb": "edit", "line": 4, "text": "Soup"}))
    await ann.until(lambda page: page.texts == ["Soup (edited)"])
    bob.send(json.dumps({"verb": "hide", "line": 4}))
    await ann.until(lambda page: page.texts == ["This message was removed."])


@pytest.mark.usefixtures("live")
async def test_a_refusal_is_told_to_its_actor_alone(cast: Cast):
    path = cast.kitchen.get_absolute_url()
    ann, bob = await enter(cast.ann, path), await enter(cast.bob, path)
    await ann.post("Soup")
    await bob.until(lambda page: page.texts == ["Soup"])
    bob.send(json.dumps({"verb": "hide", "line": 4}))
    await bob.until(lambda page: "Only its author or a moderator" in page.notice)
    await ann.until(lambda page: page.texts == ["Soup"])
    assert ann.notice == ""


# --- by htmx ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "offered"),
    [
        ("bob", {"replying/", "mark-unread/", "editing/", "hide/"}),
        ("mod", {"replying/", "mark-unread/", "hide/", "pin/", "report/"}),
        ("ann", {"replying/", "mark-unread/", "hide/", "pin/", "report/"}),
        ("cleo", {"replying/", "mark-unread/", "report/"}),
    ],
)
def test_the_menu_offers_what_the_person_may_do(cast: Cast, name: str, offered: set[str]):
    actions.join_group(cast.cleo, group=cast.kitchen)
    entry = cast.say(cast.bob, "Soup")
    response = log_in(getattr(cast, name)).get(address(cast, "line_menu", entry), headers=HTMX)
    html = Document(f"<body>{response.content.decode()}</body>").document
    asked = [*html.xpath("//@hx-get"), *html.xpath("//@hx-post")]
    # What closes the menu is at hand.
    asked = [path for path in asked if not path.startswith("/at-hand/")]
    assert {path.rsplit("/", 2)[1] + "/" for path in asked} == offered | {"react/", "save/"}
    assert ids(response) == ["line-menu"]


def test_the_menu_of_what_was_removed_offers_nothing_but_its_link(cast: Cast):
    entry = cast.say(cast.bob, "Soup")
    actions.hide_message(cast.member(cast.bob), entry=entry)
    response = log_in(cast.bob).get(address(cast, "line_menu", entry), headers=HTMX)
    page = response.content.decode()
    assert "hx-post" not in page
    assert "hx-get" not in page
    assert "Soup" not in page


def test_an_edited_message_is_saved_and_the_editing_goes(cast: Cast):
    entry = cast.say(cast.bob, "Soop")
    bob = log_in(cast.bob)
    editing = bob.get(address(cast, "editing", entry), headers=HTMX)
    assert "Soop</textarea>" in editing.content.decode()
    in_place = {**HTMX, "HX-Target": "edit-form"}
    answer = bob.post(address(cast, "edit", entry), {"text": "Soup"}, headers=in_place)
    # In the form's place, wherever that is by now: nothing of the page is named.
    assert ids(answer) == []
    assert "HX-Reswap" not in answer
    assert "textarea" not in answer.content.decode()
    entry.refresh_from_db()
    assert entry.text == "Soup"


@pytest.mark.parametrize(
    ("text", "reason"), [(" ", "Write something first."), ("x" * 4001, "4,000")]
)
def test_what_cannot_be_saved_stays_with_the_reason_beside_it(cast: Cast, text: str, reason: str):
    entry = cast.say(cast.bob, "Soup")
    answer = log_in(cast.bob).post(address(cast, "edit", entry), {"text": text}, headers=HTMX)
    html = Document(f"<body>{answer.content.decode()}</body>").document
    assert reason in html.xpath("string(//*[@id='edited-error'])")
    assert html.xpath("string(//textarea)").strip() == text.strip()
    entry.refresh_from_db()
    assert entry.text == "Soup"


def test_what_was_removed_meanwhile_is_not_saved_and_stays_in_the_field(cast: Cast):
    entry = cast.say(cast.bob, "Soop")
    actions.hide_message(cast.member(cast.mod), entry=entry)
    answer = log_in(cast.bob).post(address(cast, "edit", entry), {"text": "Soup"}, headers=HTMX)
    page = answer.content.decode()
    assert "This message was removed." in page
    assert "Soup</textarea>" in page


def test_a_page_of_another_does_nothing(cast: Cast):
    entry = cast.say(cast.bob, "Soup")
    bob = log_in(cast.bob)
    reader = {"reader": str(cast.ann.pk)}
    menu = bob.get(address(cast, "line_menu", entry), reader, headers=HTMX)
    assert "made for somebody else" in notice(menu)
    assert ids(menu) == ["notice"]
    answer = bob.post(address(cast, "hide", entry), reader, headers=HTMX)
    assert "made for somebody else" in notice(answer)
    entry.refresh_from_db()
    assert not entry.is_hidden


def test_who_is_logged_out_is_told_so_and_loses_nothing(cast: Cast):
    entry = cast.say(cast.bob, "Soop")
    answer = Client().post(address(cast, "edit", entry), {"text": "Soup"}, headers=HTMX)
    assert answer.status_code == 200
    assert "You are logged out" in notice(answer)
    assert "editing" not in ids(answer)


def test_a_token_of_the_session_before_is_exchanged(cast: Cast):
    entry = cast.say(cast.bob, "Soup")
    strict = Client(enforce_csrf_checks=True)
    strict.cookies.update(log_in(cast.bob).cookies)
    headers = HTMX | {"Origin": settings.PUBLIC_ORIGINS[0]}
    answer = strict.post(address(cast, "hide", entry), headers=headers)
    assert "another session" in notice(answer)
    assert "token" in ids(answer)
    entry.refresh_from_db()
    assert not entry.is_hidden


@pytest.mark.parametrize("verb", ["save", "editing", "acts/hide"])
def test_what_was_refused_takes_the_place_that_was_found_when_it_was_asked_for(
    cast: Cast, verb: str
):
    entry = cast.say(cast.bob, "Soup")
    actions.hide_message(cast.member(cast.bob), entry=entry)
    client, headers = log_in(cast.bob), HTMX | {"HX-Target": "notice"}
    ask = client.get if verb == "editing" else client.post
    answer = ask(f"{address(cast, 'line', entry)}{verb}/", headers=headers)
    assert answer.headers["HX-Reswap"] == "outerHTML"
    assert notice(answer)
    assert ids(answer) == []


# --- by plain forms ---------------------------------------------------------------------------------


def test_the_page_of_a_line_shows_it_among_others_and_marks_it(cast: Cast):
    entries = cast.say_all(cast.bob, (f"Soup {number}" for number in range(60)))
    response = log_in(cast.ann).get(address(cast, "line", entries[30]))
    page = Document(response.content.decode())
    assert len(page.texts) == 50
    assert "Soup 30" in page.texts
    assert f"#entry-{entries[30].pk} {{ --is-marked: 1" in response.content.decode()


@pytest.mark.parametrize("name", ["line", "line_menu", "history"])
def test_a_line_that_is_none_has_no_page(cast: Cast, name: str):
    client = log_in(cast.ann)
    assert client.get(reverse(name, args=[cast.kitchen.uuid, 999])).status_code == 404
    # No database has a number of so many digits.
    assert client.get(reverse(name, args=[cast.kitchen.uuid, 10**30])).status_code == 404


def test_plain_forms_edit_and_remove(cast: Cast):
    entry, bob = cast.say(cast.bob, "Soop"), log_in(cast.bob)
    page = bob.get(address(cast, "line_menu", entry)).content.decode()
    assert f'action="{address(cast, "edit", entry)}"' in page
    response = bob.post(address(cast, "edit", entry), {"text": "Soup"})
    assert response.headers["Location"] == address(cast, "line", entry)
    bob.post(address(cast, "hide", entry))
    entry.refresh_from_db()
    assert (entry.text, entry.is_hidden) == ("Soup", True)


def test_what_somebody_logged_out_has_typed_waits_for_them(cast: Cast):
    entry, browser = cast.say(cast.bob, "Soop"), Client()
    answer = browser.post(address(cast, "edit", entry), {"text": "Soup with bread"})
    assert answer.headers["Location"].startswith("/accounts/login/")
    browser.force_login(cast.bob)
    page = browser.get(address(cast, "line_menu", entry)).content.decode()
    assert "Soup with bread</textarea>" in page


def test_a_refused_plain_edit_is_in_a_form_again(cast: Cast):
    entry = cast.say(cast.ann, "Soup")
    answer = log_in(cast.bob).post(address(cast, "edit", entry), {"text": "Salad"})
    assert answer.status_code == 400
    assert "Only its author may edit" in answer.content.decode()
    assert "Salad" in answer.content.decode()


# --- what it said before ----------------------------------------------------------------------------


def test_what_a_message_said_before_is_kept_for_its_author_and_moderators(cast: Cast):
    entry, bob = cast.say(cast.bob, "Soop"), cast.member(cast.bob)
    for text in ("Suop", "Soup"):
        actions.edit_message(bob, entry=entry, text=text)
    kept = Revision.objects.filter(entry=entry).order_by("pk").values_list("text", flat=True)
    assert list(kept) == ["Soop", "Suop"]
    for user in (cast.bob, cast.mod, cast.ann):
        page = log_in(user).get(address(cast, "history", entry)).content.decode()
        assert page.index("Suop") < page.index("Soop")


def test_to_others_and_of_what_was_removed_nothing_is_shown(cast: Cast):
    actions.join_group(cast.cleo, group=cast.kitchen)
    entry, bob = cast.say(cast.bob, "Soop"), cast.member(cast.bob)
    actions.edit_message(bob, entry=entry, text="Soup")
    response = log_in(cast.cleo).get(address(cast, "history", entry))
    assert response.status_code == 403
    assert "Soop" not in response.content.decode()
    actions.hide_message(bob, entry=entry)
    assert "Soop" not in log_in(cast.mod).get(address(cast, "history", entry)).content.decode()


def test_the_same_text_makes_no_revision(cast: Cast):
    entry = cast.say(cast.bob, "Soup")
    actions.edit_message(cast.member(cast.bob), entry=entry, text="Soup")
    assert not Revision.objects.exists()
    assert Membership.objects.exists()
