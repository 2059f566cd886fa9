"""The html that is stored with a message is what its text would show, and nobody but an action writes it."""

from typing import Any

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from hypothesis import assume, given, strategies as st

from discuss import actions
from discuss.models import Entry, User
from discuss.rendering.audience import Audience
from discuss.rendering.fragments import line
from discuss.rules.markup import parse
from discuss.rules.stored_html import RENDERER, stored_rendering, trusted
from discuss.rules.text import printable
from tests.cast import Cast, log_in
from tests.texts import ANY_TEXT

LINK = "Look: https://example.org/?a=1&b=<2>"
SCRIPT = "<script>alert(1)</script>"
BAIT = ["http://example.org/", "https://a.b/?q=(x)&y", "https://x/\"'><script>", "<b>", "&amp;"]


def shown(**fields: Any) -> str:
    return render_to_string("discuss/text.html", {"entry": Entry(**fields)})


@given(ANY_TEXT, st.sampled_from(BAIT))
def test_what_is_stored_shows_what_the_text_would_show(text: str, bait: str):
    text = f"a {printable(text)} {bait} {printable(text)}"
    assume(not parse(text))
    assert shown(text=text, **stored_rendering(text)) == shown(text=text)


def test_a_text_without_markup_and_links_costs_nothing(monkeypatch: pytest.MonkeyPatch):
    nothing = {"html": None, "renderer": None}
    # Most are known for one without the parser.
    monkeypatch.setattr("discuss.rules.markup.parser._parser", None)
    assert stored_rendering("Soup & <b>, 2*3 at 10:30, snake_case") == nothing
    assert stored_rendering("http is no address") == nothing
    assert stored_rendering(LINK)["renderer"] == RENDERER


def test_what_is_stored_is_shown_as_it_is():
    assert "<b>Soup</b>" in shown(text="Soup", html="<b>Soup</b>", renderer=RENDERER)


@pytest.mark.parametrize("renderer", [None, 0, RENDERER + 1])
def test_what_another_renderer_made_is_not_shown(renderer: int | None):
    assert trusted("<b>Soup</b>", renderer) is None
    assert shown(text=LINK, html="<b>Soup</b>", renderer=renderer) == shown(text=LINK)


def test_a_mistake_of_the_parser_loses_no_message(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    assert "<em>" in stored_rendering(f"*Soup* {LINK}")["html"]
    monkeypatch.setattr("discuss.rules.markup.parser._parser", None)
    # One that was not parsed lately.
    text = f"*Stew* {LINK}"
    assert shown(text=text, **stored_rendering(text)) == shown(text=text)
    assert "A text is shown without its markup: AttributeError." in caplog.text
    assert "Stew" not in caplog.text


@pytest.mark.parametrize(
    ("text", "is_large"),
    [
        *((text, True) for text in ("🎉", "👩🏽‍🍳 ❤️", ":tada:", ":+1: 🎉", "🇩🇪", "🎉" * 8)),
        *(
            (text, False)
            for text in ("🎉!", "a 🎉", ":nope:", "1", "#", ":)", "🎉" * 9, "12:30:45", "**🎉**")
        ),
    ],
)
def test_a_message_of_emoji_alone_is_large(text: str, is_large: bool):
    assert ("emoji-alone" in shown(text=text, **stored_rendering(text))) == is_large


# --- who writes it ----------------------------------------------------------------------------------


def stored(entry: Entry) -> Any:
    return Entry.objects.values("html", "renderer").get(pk=entry.pk)


@pytest.mark.django_db
def test_a_message_is_posted_and_edited_with_its_html(cast: Cast):
    bob = cast.member(cast.bob)
    alone = cast.say(cast.bob, LINK)
    together = [actions.Draft(bob, text=text, nonce=text) for text in (f"{LINK}!", "Soup")]
    assert len(actions.post_messages(together)) == 2
    with_link, without = Entry.objects.order_by("-position")[:2][::-1]
    assert stored(alone) == stored_rendering(LINK)
    assert stored(with_link) == stored_rendering(f"{LINK}!")
    assert stored(without) == stored_rendering("Soup")
    for text in ("Soup", f"{LINK}?"):
        actions.edit_message(bob, entry=alone, text=text)
        assert stored(alone) == stored_rendering(text)


@pytest.mark.django_db
def test_a_line_shows_it(cast: Cast):
    entry = cast.say(cast.bob, LINK)
    Entry.objects.filter(pk=entry.pk).update(html="<b>stored</b>")
    shown_line = Entry.objects.for_display().get(pk=entry.pk)
    assert "<b>stored</b>" in line(shown_line, Audience.everyone())
    actions.hide_message(cast.member(cast.bob), entry=entry)
    shown_line = Entry.objects.for_display().get(pk=entry.pk)
    assert "stored" not in line(shown_line, Audience.everyone())


@pytest.mark.django_db
def test_staff_cannot_write_it(cast: Cast):
    entry = cast.say(cast.bob, LINK)
    User.objects.filter(pk=cast.ann.pk).update(is_staff=True, is_superuser=True)
    browser = log_in(cast.ann)
    address = reverse("admin:discuss_message_change", args=[entry.pk])
    assert browser.get(address).status_code == 200
    refused = browser.post(address, {"text": SCRIPT, "html": SCRIPT, "renderer": RENDERER})
    assert refused.status_code == 403
    assert stored(entry) == stored_rendering(LINK)
    assert not any(Entry._meta.get_field(name).editable for name in ("html", "renderer"))
