"""Every fragment is given what it shows: each is rendered here without a single query."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import lxml.html
import pytest
from django.conf import settings
from django.template import Context, Template
from django.utils import timezone

from discuss import actions
from discuss.models import Entry, Group, Kind, Membership, User
from discuss.reading.lobby import ListQuery, read_listing
from discuss.reading.log import read_page
from discuss.reading.members import read_members
from discuss.reading.person import read_own_groups
from discuss.reading.presence import Here
from discuss.rendering import fragments, rows, templates
from discuss.rendering.audience import Audience
from discuss.rendering.fragments import Refusal, composer, lines
from discuss.rendering.fragments.shown_line import ShownLine
from discuss.rendering.samples import made_up
from discuss.rules.excerpts import excerpt
from discuss.rules.stored_html import text_html
from discuss.verbs import verbs_of
from tests.cast import Cast, log_in
from tests.document import elements, outer
from tests.page import Page

pytestmark = pytest.mark.django_db

EVERYONE = Audience.everyone()
HOSTILE = '<img src=x onerror="alert(1)">&amp;{{ 1 }}'


@pytest.fixture
def page(cast: Cast) -> Page:
    cast.say(cast.bob, "Soup")
    path = cast.kitchen.get_absolute_url()
    client = log_in(cast.bob)
    return Page(client, path, client.get(path).content.decode())


@pytest.fixture
def lobby_page(cast: Cast) -> Page:
    client = log_in(cast.bob)
    return Page(client, "/", client.get("/").content.decode())


@pytest.fixture
def rendered(django_assert_num_queries) -> Callable[..., str]:
    """Render a fragment without a query."""

    def rendered(name: str, **given) -> str:
        with django_assert_num_queries(0):
            return getattr(fragments, name)(EVERYONE, **given)

    return rendered


def parse(html: str) -> Any:
    return lxml.html.fromstring(html)


def latest(group: Group) -> Entry:
    return read_page(group.pk).lines[-1]


def a_line(entry: Entry, django_assert_num_queries, **given) -> str:
    with django_assert_num_queries(0):
        return fragments.line(entry, EVERYONE, **given)


# --- the log ----------------------------------------------------------------------------------------


def test_line_is_what_the_page_shows(cast: Cast, page: Page, django_assert_num_queries):
    entry = latest(cast.kitchen)
    page.swap(f'<ol hx-swap-oob="innerHTML:#log">{a_line(entry, django_assert_num_queries)}</ol>')
    (live,) = page.log
    path = cast.kitchen.get_absolute_url()
    fresh = Page(page.client, path, page.client.get(path).content.decode())
    assert live == fresh.log[-1]


def test_line_replaces_its_earlier_self(cast: Cast, page: Page, django_assert_num_queries):
    actions.edit_message(
        cast.member(cast.bob), entry=latest(cast.kitchen), text="Soup, with nutmeg"
    )
    page.swap(a_line(latest(cast.kitchen), django_assert_num_queries, replaces=True))
    assert page.texts == ["Soup, with nutmeg (edited)"]
    assert page.element(f"entry-{latest(cast.kitchen).pk}").get("data-author") == str(cast.bob.pk)


def test_line_shows_a_tombstone_and_nothing_of_what_was_hidden(
    cast: Cast, django_assert_num_queries
):
    entry = cast.say(cast.bob, "Soup")
    assert "Soup" in a_line(latest(cast.kitchen), django_assert_num_queries)
    actions.hide_message(cast.member(cast.bob), entry=entry)
    html = a_line(latest(cast.kitchen), django_assert_num_queries)
    assert "Soup" not in html
    assert "This message was removed." in html


def test_line_shows_markup_as_text(cast: Cast, page: Page, django_assert_num_queries):
    cast.say(cast.bob, HOSTILE)
    page.swap(
        f'<ol hx-swap-oob="innerHTML:#log">{a_line(latest(cast.kitchen), django_assert_num_queries)}</ol>'
    )
    assert page.texts == [HOSTILE]
    assert not page.element("log").xpath(".//img")


def test_line_shows_markup_in_a_name_as_text(cast: Cast, django_assert_num_queries):
    entry = cast.say(cast.bob, "Soup")
    (entry,) = Entry.objects.for_display().filter(pk=entry.pk)
    assert entry.author
    entry.author.display_name = HOSTILE
    html = parse(a_line(entry, django_assert_num_queries))
    assert not html.xpath(".//img")
    assert html.xpath(".//*[@class='author']")[0].text_content() == HOSTILE


def test_line_has_htmx_keep_off_the_text(cast: Cast, django_assert_num_queries):
    cast.say(cast.bob, "Soup")
    html = parse(a_line(latest(cast.kitchen), django_assert_num_queries))
    (text,) = html.xpath(".//*[contains(@class, 'text')]")
    assert text.get("hx-disable") is not None
    assert text.get("dir") == "auto"


def test_line_makes_links_that_tell_nothing(cast: Cast, django_assert_num_queries):
    cast.say(cast.bob, 'See https://example.org/?a=1&b="x" (javascript:alert(1))')
    html = parse(a_line(latest(cast.kitchen), django_assert_num_queries))
    (link,) = html.xpath(".//*[contains(@class, 'text')]//a")
    assert set((link.get("rel") or "").split()) >= {"noopener", "nofollow"}
    assert (link.get("href") or "").startswith("https://example.org/?a=1&b=")


@pytest.mark.parametrize(
    "kind", ["created", "joined", "left", "removed", "handed over", "renamed", "described"]
)
def test_line_says_every_event_as_a_sentence(cast: Cast, kind: str, django_assert_num_queries):
    entry = latest(cast.kitchen)
    Entry.objects.filter(pk=entry.pk).update(kind=kind, author=cast.ann, subject=cast.bob, text="X")
    html = parse(a_line(latest(cast.kitchen), django_assert_num_queries))
    sentence = " ".join(html.xpath(".//p[@class='event']")[0].text_content().split())
    assert sentence.startswith(("ann ", "bob "))
    assert len(sentence.split()) >= 3


def test_line_of_someone_who_is_gone_is_someones(cast: Cast, django_assert_num_queries):
    cast.say(cast.bob, "Soup")
    cast.delete(cast.bob)
    for entry in read_page(cast.kitchen.pk).lines[-2:]:
        html = a_line(entry, django_assert_num_queries)
        assert "someone" in html
        assert 'data-author=""' in html
        assert "None" not in html


@pytest.mark.parametrize("entry", made_up.LINES.values(), ids=made_up.LINES)
@pytest.mark.parametrize("replaces", [False, True])
def test_line_is_what_is_rendered_of_a_line_itself(entry: Entry, replaces: bool):
    itself = templates.render("line", EVERYONE, entry=PlainLine(entry), replaces=replaces)
    assert fragments.line(entry, EVERYONE, replaces=replaces) == itself


class PlainLine:
    """A line with what ShownLine adds, as Django's filters and tags say it."""

    MADE: ClassVar = {
        "pk": "{{ entry.pk|unlocalize }}",
        "author_key": "{{ entry.author_id|default:''|unlocalize }}",
        "name": "{{ entry.author.name|default:_('someone') }}",
        "avatar": "{% include 'discuss/avatar.html' with person=entry.author %}",
        "moment": r"{{ entry.timestamp|date:'Y-m-d\TH:i:s' }}"
        "{{ entry.timestamp|date:'O'|slice:':3' }}:{{ entry.timestamp|date:'O'|slice:'3:' }}",
        "clock": "{{ entry.timestamp|date:'H:i' }}",
        "more": "More about the message of {{ entry.timestamp|date:'H:i:s' }}",
    }

    def __init__(self, entry: Entry):
        self._entry = entry

    def __getattr__(self, name: str) -> Any:
        if name not in self.MADE:
            return getattr(self._entry, name)
        template = Template(f"{{% load l10n %}}{self.MADE[name]}")
        return template.render(Context({"entry": self._entry}))


def test_a_theme_may_ask_a_line_for_anything():
    entry = made_up.line(Kind.MESSAGE)
    asked = ShownLine(entry)
    names = "entry", "entry.subject_id", "entry.nothing", "entry.items", "entry.get_kind_display"
    source = " ".join(f"{{{{ {name} }}}}" for name in names)
    template = Template(f"{source}{{% if entry %}}, {{{{ entry.group.name }}}}{{% endif %}}")
    for _ in range(2):
        assert template.render(Context({"entry": asked})) == template.render(
            Context({"entry": entry})
        )
    assert asked.get_kind_display() == "Message"


def test_line_follows_the_time_zone_of_its_audience(cast: Cast):
    entry = latest(cast.kitchen)
    entry.timestamp = entry.timestamp.replace(month=1, hour=12, minute=0)
    assert "12:00" in fragments.line(entry, Audience("en", "UTC"))
    assert "13:00" in fragments.line(entry, Audience("en", "Europe/Berlin"))


def test_log_moved_adds_replaces_and_moves_the_cursor(cast: Cast, page: Page, rendered):
    old = read_page(cast.kitchen.pk).lines[-1]
    cast.say(cast.ann, "Yes")
    new = latest(cast.kitchen)
    page.swap(
        rendered(
            "log_moved",
            added=[fragments.line(new, EVERYONE)],
            replaced=[fragments.line(old, EVERYONE, replaces=True)],
            cursor=5,
            announced=[new],
        )
    )
    assert page.texts == ["Soup", "Yes"]
    assert page.cursor == 5
    assert "ann: Yes" in page.element("announcer").text_content()


def test_log_replaced_leaves_the_composer(cast: Cast, page: Page, rendered):
    nonce = page.nonce
    line = fragments.line(latest(cast.kitchen), EVERYONE)
    page.swap(
        rendered("log_replaced", lines=[line], cursor=9, epoch="x" * 16, oldest=4, has_older=True)
    )
    assert len(page.log) == 1
    assert (page.cursor, page.oldest, page.has_older) == (9, 4, True)
    assert page.element("epoch").get("value") == "x" * 16
    assert page.nonce == nonce


def test_history_added_comes_above(cast: Cast, page: Page, rendered):
    page.swap('<ol hx-swap-oob="innerHTML:#log"></ol>')
    lines = [fragments.line(entry, EVERYONE) for entry in read_page(cast.kitchen.pk).lines]
    page.swap(rendered("history_added", lines=lines[2:], oldest=3, has_older=True))
    page.swap(rendered("history_added", lines=lines[:2], oldest=1, has_older=False))
    assert [line.get("id") for line in page.element("log")] == [
        f"entry-{line.pk}" for line in cast.lines()
    ]
    assert (page.oldest, page.has_older) == (1, False)


# --- the panels -------------------------------------------------------------------------------------


def same_as_page(page: Page, element_id: str, html: str) -> bool:
    before = outer(page.element(element_id))
    page.swap(html)
    return outer(page.element(element_id)) == before


def test_members_changed_is_what_the_page_shows(cast: Cast, page: Page, rendered):
    members = read_members(cast.kitchen.pk)
    html = rendered("members_changed", members=members)
    assert same_as_page(page, "members", html)


def test_presence_changed_is_what_the_page_shows(page: Page, rendered):
    names = outer(page.element("here-names"))
    assert same_as_page(page, "here", rendered("presence_changed", here=Here()))
    assert outer(page.element("here-names")) == names
    people = dict(enumerate([HOSTILE, *(f"p{n}" for n in range(40))]))
    page.swap(rendered("presence_changed", here=Here.of(people)))
    text = page.element("here").text_content()
    assert HOSTILE in text
    assert "41 here" in text
    text = page.element("here-names").text_content()
    assert HOSTILE in text
    assert "and 11 more" in text


def test_group_renamed_changes_the_heading(cast: Cast, page: Page, rendered):
    assert same_as_page(page, "group-about", rendered("group_renamed", group=cast.kitchen))
    cast.kitchen.name = HOSTILE
    page.swap(rendered("group_renamed", group=cast.kitchen))
    assert page.element("group-about").find("h1").text_content() == HOSTILE


def test_title_changed_changes_the_tab_and_its_icon(page: Page, rendered):
    page.swap(rendered("title_changed", title=HOSTILE, unread="3"))
    assert page.find("head > title")[0].text_content() == f"(3) {HOSTILE} · DiscussIt"
    assert "icon-unread" in page.element("icon").get("href")
    page.swap(rendered("title_changed", title=HOSTILE, unread=""))
    assert page.find("head > title")[0].text_content() == f"{HOSTILE} · DiscussIt"
    assert "icon-unread" not in page.element("icon").get("href")
    # What the page shows is not what its fingerprint says any more.
    assert page.element("own-shown").get("value") == ""


def test_own_groups_replaced_is_what_the_page_begins_with(cast: Cast, page: Page, rendered):
    own = read_own_groups(cast.bob.pk)
    shown = rows.of_own(own, EVERYONE, cast.kitchen.uuid)
    html = rendered("own_groups_replaced", own=own, rows=shown)
    assert same_as_page(page, "own-groups", html)


def test_unread_changed_is_what_the_page_begins_with(cast: Cast, page: Page, rendered):
    uuid = cast.kitchen.uuid
    assert same_as_page(page, f"unread-{uuid}", rendered("unread_changed", uuid=uuid, unread=""))
    page.swap(rendered("unread_changed", uuid=uuid, unread="99+"))
    assert page.element(f"unread-{uuid}").text_content() == "99+ unread"


def test_draft_shown_is_what_the_page_begins_with(cast: Cast, page: Page, rendered):
    uuid = cast.kitchen.uuid
    assert same_as_page(page, f"draft-{uuid}", rendered("draft_shown", uuid=uuid, has_draft=False))
    page.swap(rendered("draft_shown", uuid=uuid, has_draft=True))
    assert page.element(f"draft-{uuid}").text_content() == "Draft"


def test_end_renewed_is_what_the_page_begins_with(cast: Cast, page: Page, rendered):
    assert same_as_page(page, "end", rendered("end_renewed", position=page.cursor))


def test_a_draft_is_what_the_page_begins_with(page: Page):
    (draft,) = page.element("drafts")
    assert outer(draft).split() == outer(elements(fragments.draft())[0]).split()


def test_message_answered_takes_the_oldest_that_was_sent_and_no_other(page: Page, rendered):
    for text in ("One", "Two"):
        page.write_offline(text)
    for number, sent in ((1, ["Two"]), (2, [])):
        page.swap(rendered("message_answered", answered=number))
        assert (page.answered, page.sent) == (number, sent)
    assert not page.element("more-form").attrib.has_key("ws-send")


@pytest.mark.parametrize("answered", [0, 1, 70])
@pytest.mark.parametrize("has_more", [False, True])
def test_a_kept_answer_is_what_is_rendered(answered: int, has_more: bool):
    rendered = composer._message_answered(EVERYONE, answered, has_more, None)
    for _ in range(2):
        kept = fragments.message_answered(EVERYONE, answered=answered, has_more=has_more)
        assert kept == rendered


def test_message_answered_has_the_page_send_on_where_there_may_be_more(page: Page, rendered):
    page.write_offline("One")
    page.swap(rendered("message_answered", answered=1, has_more=True))
    form = page.element("more-form")
    assert (form.get("hx-trigger"), page.values(form)["answered"]) == ("load", "1")


def test_message_answered_keeps_what_was_refused_and_says_why(cast: Cast, page: Page, rendered):
    page.write_offline(HOSTILE)
    refusal = Refusal(cast.kitchen, HOSTILE, f'nonce-1"{HOSTILE}', HOSTILE)
    page.swap(rendered("message_answered", answered=1, refusal=refusal))
    assert (page.refused, page.sent) == ([(HOSTILE, HOSTILE)], [])


def test_notice_shown_is_where_the_page_has_its_place(page: Page, rendered):
    assert same_as_page(page, "notice", rendered("notice_shown", text=""))
    page.swap(rendered("notice_shown", text=f"{HOSTILE}\ud800\x00"))
    assert page.notice == HOSTILE


def test_status_renewed_is_what_both_pages_show(page: Page, lobby_page: Page, rendered):
    for each in (page, lobby_page):
        assert same_as_page(each, "status", rendered("status_renewed"))


@pytest.mark.parametrize("is_gone", [False, True])
def test_membership_ended_leaves_what_was_written_and_nothing_to_send_it_by(
    cast: Cast, page: Page, rendered, is_gone: bool
):
    group = None if is_gone else cast.kitchen
    page.draft.set("value", "half a sent")
    page.swap(rendered("membership_ended", group=group, text=HOSTILE, has_focus=True))
    assert page.typed == "half a sent"
    assert not page.can_post
    assert HOSTILE in page.element("ending").text_content()
    assert ("Join again" in page.element("ending").text_content()) is not is_gone
    assert not page.element("own-actions").xpath(".//button")
    assert page.focus == "ending"


def test_session_ended_leads_the_lobby_to_the_log_in_and_back(lobby_page: Page, rendered):
    lobby_page.swap(rendered("session_ended", text="You are logged out."))
    assert lobby_page.element("notice").xpath(".//a/@href") == ["?"]


def test_session_ended_lets_a_group_take_what_was_written_along(cast: Cast, page: Page, rendered):
    page.swap(rendered("session_ended", text=HOSTILE, group_uuid=cast.kitchen.uuid))
    assert HOSTILE in page.notice
    (button,) = page.element("notice").xpath(".//button")
    form = page.element(button.get("form"))
    assert form.get("action") == f"{cast.kitchen.get_absolute_url()}post/"
    # The browser's own form by now, with what keeps others from sending it.
    assert not form.xpath("@hx-get")
    assert "csrfmiddlewaretoken" in page.values(form)


def test_own_actions_are_those_of_the_page(cast: Cast, page: Page, rendered):
    assert same_as_page(
        page, "own-actions", rendered("own_actions", group=cast.kitchen).replace(" autofocus", "")
    )


def test_reader_changed_says_who_is_logged_in(page: Page, lobby_page: Page, rendered):
    for each, has_composer in ((page, True), (lobby_page, False)):
        each.swap(rendered("reader_changed", person=HOSTILE, has_composer=has_composer))
        assert HOSTILE in each.notice
        assert not each.has("post-form")


# --- the lobby --------------------------------------------------------------------------------------


def listed(group: Group) -> Group:
    return Group.objects.listed().get(pk=group.pk)


def test_group_changed_is_what_the_page_shows(cast: Cast, lobby_page: Page, rendered):
    group = listed(cast.kitchen)
    html = rendered("group_changed", group=group)
    assert same_as_page(lobby_page, f"group-{group.uuid}-about", html)


def test_membership_changed_is_what_the_page_shows(cast: Cast, lobby_page: Page, rendered):
    element_id = f"group-{cast.kitchen.uuid}-actions"
    html = rendered("membership_changed", group=cast.kitchen, is_member=True)
    assert same_as_page(lobby_page, element_id, html)
    lobby_page.swap(
        rendered("membership_changed", group=cast.kitchen, is_member=False, has_focus=True)
    )
    assert "Join" in lobby_page.element(element_id).text_content()
    assert lobby_page.focus == element_id


def test_group_list_replaced_is_what_the_page_shows(cast: Cast, lobby_page: Page, rendered):
    listing = read_listing(ListQuery(), cast.bob.pk)
    html = rendered("group_list_replaced", rows=rows.of_listing(listing, EVERYONE))
    assert same_as_page(lobby_page, "group-list", html)


def test_group_added_and_group_removed_leave_the_others(cast: Cast, lobby_page: Page, rendered):
    people = [actions.create_group(cast.cleo, name=name) for name in ("Allotment", "Zebra")]
    first, last = map(listed, people)
    before = outer(lobby_page.element("group-list"))
    lobby_page.swap(rendered("group_added", group=first, after=None))
    lobby_page.swap(rendered("group_added", group=last, after=cast.kitchen))
    assert [row.get("id") for row in lobby_page.element("group-list")] == [
        f"group-{group.uuid}" for group in (first, cast.kitchen, last)
    ]
    for group in (first, last):
        lobby_page.swap(rendered("group_removed", group=group))
    assert outer(lobby_page.element("group-list")).split() == before.split()


# --- all of them ------------------------------------------------------------------------------------


def test_every_template_of_a_fragment_has_its_function_or_is_included():
    """A file that nothing renders would be a page's and a fragment's two truths."""
    folder = Path(settings.BASE_DIR, "templates/discuss/fragments")
    templates = {path.stem for path in folder.glob("*.html")}
    functions = set(fragments.__all__)
    answers = {verb.answer for verb in verbs_of(Membership).values() if verb.answer}
    included = {
        "answered",
        "called",
        "case_what",
        "composer",
        "cursor",
        "epoch",
        "group_described",
        "held_counted",
        "here_named",
        "icon",
        "line_menu_closed",
        "member_rows",
        "members_count",
        "members_rest",
        "message_refused",
        "reader",
        "sheet_worn",
        "sheets",
        "skin_worn",
        "skins",
        "refusal_reason",
        "draft_head",
        "replying",
        "more_sent",
        "names_offered",
        "picker_closed",
        "own_name",
        "pins_listed",
        "own_shown",
        "oldest",
        "token",
        "zone",
    }
    assert answers <= templates
    assert templates - functions - answers == included
    everything = "".join(path.read_text() for path in folder.parent.rglob("*.html"))
    for name in included:
        assert f'fragments/{name}.html"' in everything


def test_a_fragment_speaks_for_one_audience_and_leaves_the_thread_as_it_was(cast: Cast):
    before = timezone.get_current_timezone_name()
    fragments.line(latest(cast.kitchen), Audience("en", "Asia/Tokyo"))
    assert timezone.get_current_timezone_name() == before


def test_everyone_is_the_audience_of_the_settings(settings):
    settings.TIME_ZONE = "Europe/Berlin"
    assert Audience.everyone() == Audience("en", "Europe/Berlin")
    assert User.objects.count() == 0


# --- a line that cannot be rendered -----------------------------------------------------------------


@pytest.fixture
def odd(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let texts that hold "odd" fail to render."""

    def failing(show: Callable[..., str]) -> Callable[..., str]:
        def shown(text: str, *stored: Any) -> str:
            if "odd" in text:
                raise ValueError("odd")
            return show(text, *stored)

        return shown

    monkeypatch.setattr("discuss.models.entry.text_html", failing(text_html))
    monkeypatch.setattr("discuss.models.entry.excerpt", failing(excerpt))
    monkeypatch.setattr(lines, "_unshown", set())


def test_a_line_that_cannot_be_rendered_keeps_its_place(cast: Cast, odd: None, caplog):
    for text in ("Soup", "odd thing", "Bread"):
        cast.say(cast.bob, text)
    page = read_page(cast.kitchen.pk)
    for _ in range(2):
        lines = [fragments.line(entry, EVERYONE) for entry in page.lines[-3:]]
    assert ["Soup" in lines[0], "cannot be shown" in lines[1], "Bread" in lines[2]] == [True] * 3
    assert f'id="entry-{page.lines[-2].pk}"' in lines[1]
    assert caplog.text.count("Line 5 of group") == 1
    assert "odd thing" not in caplog.text


@pytest.mark.parametrize("path", ["", "log/"])
def test_the_rest_of_its_page_is_shown(cast: Cast, odd: None, path: str):
    cast.say(cast.bob, "odd thing")
    cast.say(cast.bob, "Bread")
    response = log_in(cast.bob).get(cast.kitchen.get_absolute_url() + path)
    assert response.status_code == 200
    assert b"This line cannot be shown." in response.content
    assert b"Bread" in response.content


@pytest.mark.parametrize("given", [None, {"is_whole": False}, {"is_whole": True}])
def test_words_that_cannot_be_rendered_keep_no_others_away(
    cast: Cast, odd: None, caplog, given: dict[str, bool] | None
):
    said = [cast.say(cast.bob, text).pk for text in ("Soup", "odd thing", "Bread")]
    changed = list(Entry.objects.for_display().filter(pk__in=said).order_by("pk"))
    if given is None:
        html = fragments.words_changed(EVERYONE, changed=changed)
    else:
        html = fragments.words_said(EVERYONE, changed=changed, **given)
    told = [html.find(text) for text in ("Soup", "This line cannot be shown.", "Bread")]
    assert -1 < told[0] < told[1] < told[2]
    assert html.count(f".words-of-{said[1]}, #unsaid") == 1
    assert "odd thing" not in html + caplog.text


def test_an_announcer_that_cannot_be_rendered_keeps_no_line_away(cast: Cast, monkeypatch):
    def render(name: str, audience: Audience, **given: Any) -> str:
        if given.get("announced"):
            raise ValueError
        return the_real_one(name, audience, **given)

    the_real_one = templates.render
    monkeypatch.setattr(lines, "render", render)
    monkeypatch.setattr(lines, "_unshown", set())
    line = cast.say(cast.bob, "Soup")
    html = fragments.log_moved(EVERYONE, added=["<li>"], replaced=[], cursor=9, announced=[line])
    assert "<li>" in html or "&lt;li&gt;" in html
