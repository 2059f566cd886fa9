"""A page that shows a part of the log: it opens at its line, and goes on in both directions."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.person import Person, composer, line_ids, messages
from tests.browser.stage import Stage

Appear = Callable[..., Person]


def scroll_to(page: Page, place: int) -> None:
    """Scroll the log so far up from its end."""
    page.locator(".scroller").evaluate("(log, place) => { log.scrollTop = place }", place)


def top_of(page: Page, line_id: str) -> float:
    top: float = page.locator(f"#{line_id}").evaluate("line => line.getBoundingClientRect().top")
    return top


def test_it_opens_at_its_line_and_goes_on_to_the_end(person: Appear, stage: Stage) -> None:
    anns, bob = person("ann"), stage.user("bob")
    group = stage.group(owner=anns.user, members=[bob])
    stage.fill(group, bob, 60)
    (soup,) = stage.say(bob, group, "Soup?")
    stage.fill(group, bob, 99)
    page = anns.enter(f"{group.get_absolute_url()}{soup.position}/#entry-{soup.pk}")
    expect(page.locator(f"#entry-{soup.pk}")).to_be_in_viewport()
    to_newest = page.locator(".to-newest a")
    expect(to_newest).to_be_in_viewport()
    # Its first newer lines have come, since the end of its own is near.
    expect(to_newest).to_have_text("25 newer messages ↓")
    stage.say(bob, group, "Bread")
    expect(to_newest).to_have_text("26 newer messages ↓")
    # What is read stays in its place while newer lines come below.
    last = line_ids(page)[-1]
    count = len(line_ids(page))
    scroll_to(page, -900)
    page.wait_for_timeout(300)
    scroll_to(page, -200)
    before = top_of(page, last)
    expect(page.locator("#log > li")).not_to_have_count(count)
    assert abs(top_of(page, last) - before) < 2
    expect(to_newest).to_have_count(0)
    scroll_to(page, 0)
    expect(messages(page).last).to_have_text("Bread")
    stage.say(bob, group, "Salad")
    expect(messages(page).last).to_have_text("Salad")
    assert len(line_ids(page)) == len(set(line_ids(page)))


def test_a_page_that_stays_at_its_end_fetches_once(person: Appear, stage: Stage) -> None:
    anns, bob = person("ann"), stage.user("bob")
    group = stage.group(owner=anns.user, members=[bob])
    stage.fill(group, bob, 400)
    page = anns.enter(f"{group.get_absolute_url()}?before=60")
    page.locator(".scroller").evaluate("log => log.scrollTop = 0")
    page.wait_for_timeout(1500)
    assert len(line_ids(page)) <= 150
    expect(page.locator(".to-newest a")).to_be_visible()


def test_a_quote_leads_to_its_message(person: Appear, stage: Stage) -> None:
    anns, bob = person("ann"), stage.user("bob")
    group = stage.group(owner=anns.user, members=[bob])
    (soup,) = stage.say(bob, group, "Soup?")
    stage.fill(group, bob, 200)
    stage.reply(bob, soup, "Anybody?")
    page = anns.enter(group)
    page.locator("#log .quote a").click()
    page.wait_for_url(f"**/{soup.position}/#entry-{soup.pk}")
    expect(page.locator(f"#entry-{soup.pk}")).to_be_in_viewport()
    expect(composer(page)).to_be_visible()
