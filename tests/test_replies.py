"""Replies: what they quote, how the quote follows the message, and how they are written and listed."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from discuss import actions
from discuss.actions import Code, Draft, Refused, Stored, change as changes
from discuss.db.workers import in_worker
from discuss.edges.consumers.posting import Sent, refused
from discuss.models import Entry, Group
from discuss.reading import lines as reading
from discuss.reading.log import read_page
from discuss.rendering import fragments, lines
from discuss.rendering.audience import Audience
from tests.cast import Cast, log_in
from tests.document import Document, text
from tests.page import Page, enter, fresh_log, settled
from tests.waiting import do_tasks

pytestmark = pytest.mark.django_db(transaction=True)
HTMX = {"HX-Request": "true"}


def reply(cast: Cast, user: Any, words: str, to: Entry) -> Entry:
    """Have a member answer a message."""
    nonce = actions.new_nonce()
    return actions.post_message(cast.member(user), text=words, nonce=nonce, reply_to=to.position)


def address(cast: Cast, name: str, entry: Entry) -> str:
    return reverse(name, args=[cast.kitchen.uuid, entry.position])


def quotes(html: str) -> list[str]:
    """Return what each reply on a page quotes, as one reads it."""
    found = Document(f"<body>{html}</body>").document.xpath("//li//p[@class='quote']")
    return [text(each) for each in found]


def quoted(cast: Cast) -> list[str]:
    """Return what the replies of the kitchen quote, on a page that is loaded now."""
    return quotes(log_in(cast.ann).get(cast.kitchen.get_absolute_url()).content.decode())


# --- what is stored ---------------------------------------------------------------------------------


def test_a_reply_is_a_message_that_knows_what_it_answers(cast: Cast):
    soup = cast.say(cast.bob, "Soup?")
    bread = reply(cast, cast.ann, "With bread", soup)
    bread.refresh_from_db()
    assert bread.reply_to_id == soup.pk
    assert bread.change == bread.position == cast.head()


@pytest.mark.parametrize("name", ["an event", "nothing", "of another group"])
def test_what_is_no_message_of_the_group_is_not_answered(cast: Cast, name: str):
    garden = actions.create_group(cast.ann, name="Garden")
    for _ in range(9):
        member = garden.memberships.get()
        roses = actions.post_message(member, text="Roses", nonce=actions.new_nonce())
    position = {"an event": 1, "nothing": 99, "of another group": roses.position}[name]
    draft = Draft(cast.member(cast.bob), "Soup", "nonce-123", position)
    (outcome,) = actions.post_messages([draft])
    assert isinstance(outcome, Refused)
    assert outcome.code == Code.NO_MESSAGE
    with pytest.raises(Refused):
        actions.post_message(
            draft.membership, text=draft.text, nonce=draft.nonce, reply_to=draft.reply_to
        )
    assert not Entry.objects.filter(text="Soup").exists()


def test_what_was_removed_meanwhile_can_be_answered_and_its_quote_says_so(cast: Cast):
    soup = cast.say(cast.bob, "Soup?")
    actions.hide_message(cast.member(cast.bob), entry=soup)
    reply(cast, cast.ann, "With bread", soup)
    assert quoted(cast) == ["In reply to bob This message was removed."]


def test_several_replies_of_several_groups_take_one_statement_more(
    cast: Cast, django_assert_max_num_queries, django_assert_num_queries
):
    garden = actions.create_group(cast.bob, name="Garden")
    soup, member = cast.say(cast.bob, "Soup?"), garden.memberships.get()
    roses = actions.post_message(member, text="Roses", nonce=actions.new_nonce())
    bob = cast.member(cast.bob)

    def drafts(*answered: int | None) -> list[Draft]:
        groups = [bob, member, bob, member]
        return [
            Draft(each, "Aye", actions.new_nonce(), to)
            for each, to in zip(groups, answered, strict=False)
        ]

    with django_assert_max_num_queries(20) as plain:
        actions.post_messages(drafts(None, None, None, None))
    with django_assert_num_queries(len(plain.captured_queries) + 1):
        outcomes = actions.post_messages(
            drafts(soup.position, roses.position, soup.position, roses.position)
        )
    answered = [outcome.entry.reply_to_id for outcome in outcomes if isinstance(outcome, Stored)]
    assert answered == [soup.pk, roses.pk, soup.pk, roses.pk]


# --- what is shown ----------------------------------------------------------------------------------


def test_a_line_quotes_what_it_answers_and_leads_there(cast: Cast, django_assert_num_queries):
    soup = cast.say(cast.bob, "Soup,\nwith  nutmeg?")
    reply(cast, cast.ann, "With bread", soup)
    entry = read_page(cast.kitchen.pk).lines[-1]
    with django_assert_num_queries(0):
        html = fragments.line(entry, Audience.everyone())
    assert quotes(html) == ["In reply to bob Soup, with nutmeg?"]
    links = Document(html).document.xpath("//p[@class='quote']/a/@href")
    assert links == [f"{address(cast, 'line', soup)}#entry-{soup.pk}"]


def test_lines_are_read_by_one_statement_whatever_they_answer(
    cast: Cast, django_assert_num_queries
):
    soup = cast.say(cast.bob, "Soup?")
    for _ in range(3):
        reply(cast, cast.ann, "With bread", soup)
    with django_assert_num_queries(1):
        assert len([line for line in read_page(cast.kitchen.pk).lines if line.quote]) == 3


def test_a_removed_reply_quotes_nothing(cast: Cast):
    bread = reply(cast, cast.ann, "With bread", cast.say(cast.bob, "Soup?"))
    actions.hide_message(cast.member(cast.ann), entry=bread)
    assert quoted(cast) == []


# --- the quote follows at once ----------------------------------------------------------------------


def edit(cast: Cast, soup: Entry) -> None:
    actions.edit_message(cast.member(cast.bob), entry=soup, text="Salad?")


def hide(cast: Cast, soup: Entry) -> None:
    actions.hide_message(cast.member(cast.mod), entry=soup)


def rename(cast: Cast, soup: Entry) -> None:
    actions.change_display_name(cast.bob, display_name="Robert")


def delete(cast: Cast, soup: Entry) -> None:
    cast.delete(cast.bob)


FOLLOWS = {
    edit: "In reply to bob Salad?",
    hide: "In reply to bob This message was removed.",
    rename: "In reply to Robert Soup?",
    delete: "In reply to someone Soup?",
}


@pytest.mark.usefixtures("live")
@pytest.mark.parametrize("act", FOLLOWS, ids=lambda act: act.__name__)
async def test_the_quote_follows_on_open_pages(cast: Cast, act: Any):
    def begin() -> None:
        reply(cast, cast.ann, "With bread", cast.say(cast.bob, "Soup?"))

    await in_worker(begin)
    page = await enter(cast.ann, cast.kitchen.get_absolute_url())
    soup = await in_worker(Entry.objects.get, text="Soup?")
    await in_worker(act, cast, soup)
    await page.until(lambda page: [FOLLOWS[act]] == quotes("".join(page.log)))
    await settled()
    page.read()
    assert page.log == await fresh_log(page)


def test_more_replies_than_one_change_holds_follow_one_after_another(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(changes, "REPLIES_AT_ONCE", 2)
    soup = cast.say(cast.bob, "Soup?")
    replies = [reply(cast, cast.ann, f"Bread {number}", soup) for number in range(7)]
    before = cast.head()
    edit(cast, soup)
    do_tasks()
    altered = list(Entry.objects.filter(reply_to=soup).order_by("pk").values_list("change"))
    numbers = [number for (number,) in altered]
    assert all(number > before for number in numbers)
    assert numbers == sorted(numbers, reverse=True)
    assert max(numbers.count(number) for number in numbers) == 2
    assert cast.head() == max(numbers) == before + 4
    assert len(replies) == 7


def test_what_is_not_quoted_changes_no_reply(cast: Cast):
    soup = cast.say(cast.bob, "Soup?")
    bread = reply(cast, cast.ann, "With bread", soup)
    with changes.next_change(cast.kitchen.pk) as change:
        change.alter_line(soup, edited_at=soup.timestamp)
    bread.refresh_from_db()
    assert bread.change == bread.position


def test_a_kept_line_is_no_older_than_the_name_that_it_quotes(cast: Cast):
    """A name is another at once, and the lines get their numbers a moment later."""
    reply(cast, cast.ann, "With bread", cast.say(cast.bob, "Soup?"))

    def shown() -> list[str]:
        entry = read_page(cast.kitchen.pk).lines[-1]
        return quotes(lines.rendered(entry, Audience.everyone()))

    assert shown() == ["In reply to bob Soup?"]
    cast.bob.display_name = "Robert"
    cast.bob.save()
    assert shown() == ["In reply to Robert Soup?"]


# --- how one is written -----------------------------------------------------------------------------


@pytest.mark.usefixtures("live")
async def test_a_draft_answers_a_message_and_the_next_one_answers_none(cast: Cast):
    soup = await in_worker(cast.say, cast.bob, "Soup?")
    page = await enter(cast.ann, cast.kitchen.get_absolute_url())
    page.draft.set("value", "With bread")
    await begin_reply(page, cast, soup)
    assert page.typed == "With bread"
    page.write("With bread")
    page.write("And salt")
    await page.until(lambda page: not page.sent)
    found = Entry.objects.filter(author=cast.ann, kind="message").order_by("pk")
    stored = await in_worker(lambda: list(found.values_list("text", "reply_to")))
    assert stored == [("With bread", soup.pk), ("And salt", None)]


async def begin_reply(page: Page, cast: Cast, entry: Entry) -> None:
    """Press Reply in the line's menu."""
    path = address(cast, "replying", entry)
    answer = await in_worker(page.client.get, path, headers=HTMX)
    page.put(page.element("drafts")[-1].cssselect(".replying")[0], answer.content.decode())


@pytest.mark.usefixtures("live")
async def test_a_program_answers_by_a_position(cast: Cast):
    soup = await in_worker(cast.say, cast.bob, "Soup?")
    page = await enter(cast.ann, cast.kitchen.get_absolute_url())
    frame = {"verb": "post", "text": "Bread", "nonce": "nonce-123", "reply_to": soup.position}
    page.send(json.dumps(frame))
    await page.until(lambda page: quotes("".join(page.log)) == ["In reply to bob Soup?"])


@pytest.mark.usefixtures("live")
async def test_a_refused_reply_keeps_its_text_and_is_none_when_it_is_sent_again(cast: Cast):
    page = await enter(cast.ann, cast.kitchen.get_absolute_url())
    page.draft.getparent().find(".//input[@name='reply_to']").set("value", "99")
    await page.post("With bread")
    assert page.refused == [("With bread", "There is no such message in this group.")]
    (form,) = page.element("refused")
    assert form.xpath(".//input[@name='reply_to']/@value") == [""]


def test_a_reply_that_was_refused_for_another_reason_stays_one(cast: Cast):
    member, audience = cast.member(cast.ann), Audience.everyone()
    data = {"text": "With bread", "nonce": "nonce-123", "reply_to": "4"}
    html = refused(Sent(member, audience, 1, data), "Too fast.").html
    assert Document(html).document.xpath("//form//input[@name='reply_to']/@value") == ["4"]


@pytest.mark.parametrize("what", ["removed", "event"])
def test_what_cannot_be_answered_says_so_and_touches_no_draft(cast: Cast, what: str):
    entry = cast.say(cast.bob, "Soup?") if what == "removed" else cast.lines()[0]
    if what == "removed":
        actions.hide_message(cast.member(cast.bob), entry=entry)
    answer = log_in(cast.ann).get(address(cast, "replying", entry), headers=HTMX)
    elements = Document(f"<body>{answer.content.decode()}</body>").document.xpath(
        "//*[@hx-swap-oob]"
    )
    assert [each.get("id") for each in elements] == ["notice"]


# --- without JavaScript -----------------------------------------------------------------------------


def test_a_plain_form_replies(cast: Cast):
    soup, ann = cast.say(cast.bob, "Soup?"), log_in(cast.ann)
    page = Document(ann.get(address(cast, "line_menu", soup)).content.decode())
    (form,) = page.document.xpath("//form[.//label[text()='Your reply']]")
    fields = {each.get("name"): each.get("value") for each in form.xpath(".//input")}
    ann.post(form.get("action"), {**fields, "text": "With bread"})
    assert Entry.objects.get(text="With bread").reply_to_id == soup.pk


def test_a_refused_plain_reply_is_still_one(cast: Cast):
    soup, ann = cast.say(cast.bob, "Soup?"), log_in(cast.ann)
    data = {"text": "x" * 4001, "nonce": "nonce-123", "reply_to": soup.position}
    page = ann.post(reverse("post", args=[cast.kitchen.uuid]), data).content.decode()
    assert f'value="{soup.position}"' in page
    assert "Reply to" in page


def test_a_reply_of_somebody_logged_out_waits_for_them(cast: Cast):
    soup, browser = cast.say(cast.bob, "Soup?"), Client()
    data = {"text": "With bread", "nonce": "nonce-123", "reply_to": soup.position}
    browser.post(reverse("post", args=[cast.kitchen.uuid]), data)
    browser.force_login(cast.ann)
    page = Document(browser.get(cast.kitchen.get_absolute_url()).content.decode())
    assert page.typed == "With bread"
    assert page.document.xpath("//input[@name='reply_to']/@value") == [str(soup.position)]


# --- the list of them -------------------------------------------------------------------------------


def test_replies_are_listed_from_the_line(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reading, "PAGE_LINES", 2)
    soup, ann = cast.say(cast.bob, "Soup?"), log_in(cast.ann)
    menu = ann.get(address(cast, "line_menu", soup), headers=HTMX).content.decode()
    assert "replies/" not in menu
    for number in range(3):
        reply(cast, cast.ann, f"Bread {number}", soup)
        cast.say(cast.bob, "Something else")
    menu = ann.get(address(cast, "line_menu", soup), headers=HTMX).content.decode()
    assert "3 replies" in menu
    shown = ann.get(address(cast, "replies", soup)).content.decode()
    assert [f"Bread {number}" in shown for number in range(3)] == [True, True, False]
    assert "Something else" not in shown
    (link,) = Document(shown).document.xpath("//a[text()='Newer replies']/@href")
    rest = ann.get(address(cast, "replies", soup) + link).content.decode()
    assert [f"Bread {number}" in rest for number in range(3)] == [False, False, True]
    assert "Newer replies" not in rest


def test_a_group_with_replies_is_deleted(cast: Cast):
    reply(cast, cast.ann, "With bread", cast.say(cast.bob, "Soup?"))
    actions.delete_group(cast.member(cast.ann), group=cast.kitchen)
    actions.finish_deletions()
    assert not Group.objects.filter(pk=cast.kitchen.pk).exists()
