"""The page of searches."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from discuss import actions
from discuss.models import Group, RecentSearch, User
from discuss.reading import search as reading
from tests.cast import Cast, log_in
from tests.document import Document, text

pytestmark = [pytest.mark.django_db, pytest.mark.log]


def load(client: Client, typed: str, status: int = 200, **more: str) -> Document:
    response = client.get(reverse("search"), {"q": typed, **more})
    assert response.status_code == status
    return Document(response.content.decode())


def said(page: Document) -> list[str]:
    return [text(each) for each in page.document.cssselect(".listed .said")]


def test_it_shows_what_was_found_with_the_words_marked(cast: Cast):
    entry = cast.say(cast.ann, "Soup & <b>bread</b>, and soup again")
    page = load(log_in(cast.bob), "soup")
    assert said(page) == ["Soup & <b>bread</b>, and soup again"]
    assert [text(each) for each in page.document.cssselect(".listed mark")] == ["Soup", "soup"]
    (byline,) = page.document.cssselect(".listed .byline")
    assert "ann" in text(byline)
    assert "Kitchen" in text(byline)
    (place,) = page.document.cssselect(".listed a.place")
    assert str(cast.kitchen.uuid) in place.get("href")
    assert str(entry.pk) in place.get("href") or f"/{entry.position}/" in place.get("href")


def test_before_somebody_asks_it_says_what_can_be_asked(cast: Cast):
    page = load(log_in(cast.bob), "")
    assert page.document.cssselect(".search-help")
    assert not page.document.cssselect(".listed, .nothing")


def test_where_nothing_is_found_it_says_so_with_what_was_typed(cast: Cast):
    page = load(log_in(cast.bob), 'nowhere "<i>"')
    assert "nowhere" in text(page.document.cssselect(".nothing h2")[0])
    assert page.element("q").get("value") == 'nowhere "<i>"'


@pytest.mark.parametrize("typed", ["!!!", "after:tomorrow", "a*", "from:"])
def test_what_makes_no_sense_is_said_and_stays(cast: Cast, typed: str):
    page = load(log_in(cast.bob), typed)
    assert text(page.element("problem"))
    assert page.element("q").get("value") == typed
    assert not page.document.cssselect(".listed, .nothing")
    assert not RecentSearch.objects.exists()


def test_it_searches_the_group_that_one_comes_from(cast: Cast):
    cellar = actions.create_group(cast.bob, name="Cellar")
    post(cellar, cast.bob, "Cold soup")
    cast.say(cast.bob, "Hot soup")
    bob = log_in(cast.bob)
    room = Document(bob.get(cellar.get_absolute_url()).content.decode())
    (form,) = room.document.cssselect("#sidebar form.find")
    fields = {field.get("name"): field.get("value") for field in form.cssselect("input")}
    assert fields == {"q": None, "group": str(cellar.uuid)}
    assert said(load(bob, "soup", group=fields["group"])) == ["Cold soup"]
    nothing = load(bob, "hot", group=str(cellar.uuid))
    (link,) = nothing.document.cssselect(".nothing a")
    assert said(Document(bob.get(reverse("search") + link.get("href")).content.decode())) == [
        "Hot soup"
    ]


def post(group: Group, user: User, text: str) -> None:
    member = group.memberships.select_related("user", "group").get(user=user)
    actions.post_message(member, text=text, nonce=actions.new_nonce())


def test_pages_hold_all_that_was_found_once(cast: Cast):
    written = [f"Soup {n}" for n in range(60)]
    cast.say_all(cast.bob, written)
    bob, address, found = log_in(cast.bob), reverse("search") + "?q=soup", []
    for count in (25, 25, 10):
        page = Document(bob.get(address).content.decode())
        assert len(said(page)) == count
        found += said(page)
        links = page.document.cssselect("nav.pages a")
        address = reverse("search") + links[0].get("href") if links else ""
    assert found == written[::-1]
    assert not address


def test_the_best_come_first_where_that_is_wanted(cast: Cast):
    for said_ in (
        "Soup",
        "The soups of all the world, which are many",
        "Soup, soup and soup again",
    ):
        cast.say(cast.bob, said_)
    for n in range(30):
        cast.say(
            cast.bob, f"What is in the pot, number {n}, is not the best soup of all that there are"
        )
    bob = log_in(cast.bob)
    assert said(load(bob, "soup"))[0].startswith("What is in the pot, number 29")
    best = load(bob, "soup", order="best")
    assert set(said(best)[:2]) == {"Soup", "Soup, soup and soup again"}
    (link,) = best.document.cssselect("nav.pages a")
    rest = Document(bob.get(reverse("search") + link.get("href")).content.decode())
    assert len(said(best)) + len(said(rest)) == 33
    assert said(rest)[-1] == "The soups of all the world, which are many"


def test_the_number_found_is_bounded(cast: Cast):
    for n in range(reading.COUNTED + 1):
        cast.say(cast.bob, f"Soup {n}")
    bob = log_in(cast.bob)
    (status,) = load(bob, "soup").document.cssselect(".found-head [role=status]")
    assert text(status) == "More than 100 messages"
    (status,) = load(bob, '"soup 7"').document.cssselect(".found-head [role=status]")
    assert text(status) == "1 message"


def test_who_looks_for_a_phrase_of_common_words_is_told_where_it_stopped(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(reading, "LOOKED_THROUGH", 10)
    monkeypatch.setattr(reading, "COUNTED", 4)
    monkeypatch.setattr(reading, "PAGE_HITS", 3)
    cast.say(cast.bob, "hot soup")
    for _ in range(20):
        cast.say(cast.bob, "soup, hot")
    bob = log_in(cast.bob)
    address, pages = reverse("search") + "?q=%22hot+soup%22", list[list[str]]()
    while address and len(pages) < 9:
        page = Document(bob.get(address).content.decode())
        pages.append(said(page))
        links = page.document.cssselect(".nothing a.primary, nav.pages a")
        address = reverse("search") + links[0].get("href") if links else ""
    assert pages[-1] == ["hot soup"]
    assert len(pages) > 1
    assert not any(pages[:-1])


def count_queries(client: Client, **asked: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        client.get(reverse("search"), asked)
    return len(captured)


def test_it_takes_as_many_queries_whatever_is_found(cast: Cast):
    bob = log_in(cast.bob)
    for user in (cast.ann, cast.bob):
        cast.say(user, "Soup")
    # The header asks for what waits for the person, and of who owns a group for the number of their cases,
    # and which appeals are not theirs to decide.
    actions.create_group(cast.bob, name="Group")
    load(bob, "soup")  # so that it is remembered
    few = count_queries(bob, q="soup")
    for n in range(30):
        cast.say((cast.ann, cast.bob, cast.mod)[n % 3], "Soup")
        if n < 9:
            group = actions.create_group(cast.bob, name=f"Group {n}")
            post(group, cast.bob, "Soup")
    load(bob, "soup")  # so that they are in the index
    assert count_queries(bob, q="soup") == few
    assert few <= 15


# --- what was searched for ------------------------------------------------------------------------------


def recent(client: Client) -> list[str]:
    return [text(each) for each in load(client, "").document.cssselect(".recent li")]


def test_the_last_ten_are_remembered_for_oneself(cast: Cast):
    bob = log_in(cast.bob)
    for n in range(12):
        load(bob, f"soup {n}")
    load(bob, "soup 5")
    load(bob, "soup 5", older="3")
    assert recent(bob) == ["soup 5", *[f"soup {n}" for n in (11, 10, 9, 8, 7, 6, 4, 3, 2)]]
    assert recent(log_in(cast.ann)) == []


def test_what_another_site_links_to_is_not_remembered(cast: Cast):
    bob = log_in(cast.bob)
    cast.say(cast.ann, "Soup")
    asked = {"q": "soup"}
    bob.get(reverse("search"), asked, headers={"Sec-Fetch-Site": "cross-site"})
    assert recent(bob) == []
    bob.get(reverse("search"), asked, headers={"Sec-Fetch-Site": "same-origin"})
    assert recent(bob) == ["soup"]


def test_they_are_forgotten_by_a_button(cast: Cast):
    bob, ann = log_in(cast.bob), log_in(cast.ann)
    load(bob, "soup")
    load(ann, "bread")
    response = bob.post(reverse("forget_searches"))
    assert response.headers["Location"] == reverse("search")
    assert recent(bob) == []
    assert recent(ann) == ["bread"]


def test_they_go_with_the_account(cast: Cast):
    load(log_in(cast.bob), "soup")
    cast.delete(cast.bob)
    assert not RecentSearch.objects.exists()


def test_nobody_searches_all_the_time(cast: Cast, settings: Settings):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "search": (2, 60.0)}
    bob = log_in(cast.bob)
    for _ in range(2):
        load(bob, "soup")
    load(bob, "")  # is no search
    page = load(bob, "soup", 429)
    assert "too much at once" in text(page.element("problem"))
    assert page.element("q").get("value") == "soup"
    load(log_in(cast.ann), "soup")
