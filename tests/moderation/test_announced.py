"""What was read out of a message does not stay on open pages when nobody is to see it any more."""

import pytest

from discuss import actions
from discuss.models import Entry
from discuss.moderation.actions import perform_act
from discuss.rendering import fragments
from tests.cast import Cast
from tests.page import Page
from tests.test_updates import catch_up
from tests.updates import EVERYONE, load

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(cast: Cast) -> Page:
    return load(cast)


@pytest.fixture
def soup(cast: Cast, page: Page) -> Entry:
    """A message that the page has announced."""
    entry = cast.say(cast.bob, "Soup")
    catch_up(cast, page)
    assert "Soup" in page.element("announcer").text_content()
    return entry


def test_a_hidden_message_goes_from_the_announcer(cast: Cast, page: Page, soup: Entry):
    perform_act(cast.member(cast.mod), "hide", entry=soup)
    html = catch_up(cast, page)
    assert "Soup" not in page.element("announcer").text_content()
    # A swap of the announcer itself is how a page knows of new messages.
    assert "#announcer" not in html
    # What comes then is read out as before.
    cast.say(cast.ann, "Salad")
    catch_up(cast, page)
    assert page.element("announcer").text_content().split() == ["ann:", "Salad"]


def test_so_does_what_was_edited_and_what_was_not_stays(cast: Cast, page: Page, soup: Entry):
    actions.react(cast.member(cast.ann), entry=soup, emoji="👍")
    catch_up(cast, page)
    assert "Soup" in page.element("announcer").text_content()
    actions.edit_message(cast.member(cast.bob), entry=soup, text="Bread")
    catch_up(cast, page)
    assert "Soup" not in page.element("announcer").text_content()


def test_a_log_that_comes_anew_empties_it(page: Page, soup: Entry):
    place = {"cursor": 9, "epoch": "x" * 16, "oldest": 4, "has_older": False}
    page.swap(fragments.log_replaced(EVERYONE, lines=[], **place))  # type: ignore[arg-type]
    assert "Soup" not in page.element("announcer").text_content()
