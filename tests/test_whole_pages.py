"""The gallery's whole pages, each in its states, and what a group's page wears there."""

import gc
import re
import weakref
from pathlib import Path

import pytest
from django.conf import settings
from django.http import HttpRequest
from django.test import Client

from discuss.design.rendering import pages
from discuss.design.rendering.inert import ACTING
from discuss.design.rendering.whole_pages import PAGES
from discuss.rendering.audience import Audience
from discuss.rendering.backend import wearing
from tests.test_gallery import designer as designer, page, request_of as request_of
from tests.test_theme import Theme, theme as theme

EVERYONE = Audience.everyone()


@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_shown_in_each_state_without_a_statement(name: str, request_of: HttpRequest):
    """There is no database here: a statement would be an error."""
    shown = PAGES[name]
    for state in shown.states:
        html = pages.rendered(
            request_of, shown, state, theme="dark", audience=EVERYONE, skin="paper"
        )
        assert "</html>" in html
        # Nothing there says after a while that the connection is lost.
        assert shown.is_mail or ".status .lost { animation: none; }" in html
        for each in ACTING:
            assert not re.search(rf"<[^>]*\s{each}[=\s>]", html), (name, state, each)
        if name != "500":
            # It can be shown when nothing else can, and knows nobody.
            assert 'data-color-scheme="dark"' in html
        assert ('<link id="skin"' in html) == shown.is_of_group


class Shown:
    """What a page shows."""


@pytest.mark.parametrize("has_others", [False, True])
def test_what_a_page_showed_is_gone_without_the_garbage_collector(
    request_of: HttpRequest, monkeypatch: pytest.MonkeyPatch, has_others: bool
):
    monkeypatch.setattr(type(wearing("")), "has_others", has_others)
    page = wearing("").get_template("403.html")
    shown = Shown()
    alive = weakref.ref(shown)
    gc.disable()
    try:
        page.render({"shown": shown}, request_of)
        del shown
        assert alive() is None
    finally:
        gc.enable()


# Pages that are not in the gallery: much of the moderators' desk, and what is no page of its own.
NOT_SHOWN = {
    "allauth/layouts/base.html",
    "discuss/admin/context.html",
    "discuss/first_admin.html",
    "discuss/hand_over.html",
    "discuss/invitations.html",
    "discuss/line_menu.html",
    "discuss/log.html",
    *(
        f"discuss/moderation/{name}.html"
        for name in (
            *("appeal", "asked", "charts", "filter", "filters", "mine", "networks"),
            *("person", "public_record", "record", "report", "reports"),
        )
    ),
}


def test_which_pages_there_are_and_which_are_missing():
    top = Path(settings.BASE_DIR, "templates")
    there = {
        str(path.relative_to(top))
        for path in top.rglob("*.html")
        if re.search(r'{% extends "(base|account/base_\w+).html" %}', path.read_text())
        and "design" not in path.parts
    }
    mails = {f"account/email/{path.name}" for path in top.glob("account/email/*_message.txt")}
    shown = {each.template for each in PAGES.values()} - {"500.html"}
    assert shown == (there | mails) - NOT_SHOWN - {"account/email/base_message.txt"}
    assert there >= NOT_SHOWN


def test_the_overview_names_them_and_finds_them(designer: Client):
    html = page(designer, "/design/")
    for name, each in PAGES.items():
        assert f'href="/design/pages/{name}/"' in html
        assert f'src="/design/pages/{name}/{each.first_state}/?theme=light"' in html
    html = page(designer, "/design/?q=mail+approved")
    assert 'href="/design/pages/mail-sign-up-admitted/"' in html
    assert 'href="/design/pages/lobby/"' not in html
    assert 'href="/design/line/"' not in html


def test_its_page_has_all_states_as_they_are_asked_for(designer: Client):
    html = page(designer, "/design/pages/group/?theme=both&width=1280&skin=paper")
    frames = re.findall(r"<iframe [^>]+>", html)
    assert len(frames) == 2 * len(PAGES["group"].states)
    assert all('width="1280"' in frame and "skin=paper" in frame for frame in frames)
    assert "templates/discuss/group.html" in html
    assert page(designer, "/design/pages/lobby/?state=no-group-yet").count("<iframe") == 1
    # No other page wears a skin.
    assert 'name="skin"' not in page(designer, "/design/pages/lobby/")


def test_a_state_may_be_framed_by_the_gallery_and_has_no_form_that_leads_anywhere(designer: Client):
    response = designer.get("/design/pages/login/empty/")
    policy = response["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in policy
    assert "form-action 'none'" in policy
    # As a stranger sees it.
    assert "dora" not in response.content.decode()


@pytest.mark.parametrize(
    "address", ["pages/nowhere/", "pages/lobby/nowhere/", "pages/nowhere/any/"]
)
def test_what_there_is_not_is_not_shown(designer: Client, address: str):
    assert designer.get(f"/design/{address}").status_code == 404


def test_a_mail_is_shown_with_its_subject_and_text(designer: Client):
    html = page(designer, "/design/pages/mail-password-reset-key/any/")
    assert "https://chat.example/accounts/password/reset/key/a1b2/" in html
    assert "<h1" in html


def test_a_fault_is_named_with_its_file_and_line(designer: Client, theme: Theme, tmp_path: Path):
    theme("404.html", "\n{% nonsense %}")
    assert f"{tmp_path}/404.html, line 2" in page(designer, "/design/pages/404/any/")
    page(designer, "/design/pages/404/")
    page(designer, "/design/")


# --- skins --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("skin", "is_worn"), [("paper", True), ("nowhere", False), ("", False)])
def test_a_sample_is_on_a_page_that_wears_the_skin(designer: Client, skin: str, is_worn: bool):
    html = page(designer, f"/design/line/message/?skin={skin}")
    assert bool(re.search(r'name="skin"[^>]+value="paper"', html)) is is_worn
    html = page(designer, f"/design/line/?state=message&skin={skin}")
    assert ("skin=paper" in html) is is_worn


def test_the_overview_shows_all_in_one_skin(designer: Client):
    html = page(designer, "/design/?q=one+line&skin=dense")
    frames = re.findall(r"<iframe [^>]+>", html)
    assert frames
    assert all("skin=dense" in frame for frame in frames)


def test_all_skins_are_seen_one_after_the_other(designer: Client):
    for address in ("/design/line/?state=message&skin=all", "/design/pages/group/?skin=all"):
        html = page(designer, address)
        frames = re.findall(r"<iframe [^>]+>", html)
        skins = [
            found[1] for frame in frames if (found := re.search(r"&amp;skin=([a-z-]+)", frame))
        ]
        assert set(skins) == set(settings.SKINS)
        assert len(frames) == len(skins) * (len(settings.SKINS) + 1) // len(settings.SKINS)
    for address in ("/design/line/message/", "/design/pages/group/a-conversation/"):
        assert '<link id="skin"' not in page(designer, f"{address}?skin=all")
        assert '<link id="skin"' in page(designer, f"{address}?skin=paper")
    # What wears none has one frame.
    assert page(designer, "/design/pages/lobby/?skin=all&state=some-groups").count("<iframe") == 1


def test_a_skin_with_templates_is_seen_with_them(designer: Client):
    """The dense one says the time first."""

    def first(html: str) -> str:
        (line,) = re.findall(r'<li id="entry-12345".*?</li>', html, re.S) or [""]
        (found,) = re.findall(r'class="(time|author)"', line)[:1] or [""]
        return found

    for skin, expected in (
        ("", "author"),
        ("paper", "author"),
        ("dense", "time"),
        ("all", "author"),
    ):
        assert first(page(designer, f"/design/line/message/alone/?skin={skin}")) == expected
    staged = page(designer, "/design/line/message/?skin=dense")
    assert 'hx-get="/design/line/message/alone/?skin=dense"' in staged
    html = page(designer, "/design/pages/group/a-conversation/?skin=dense")
    assert re.findall(r'class="(time|author)"', html)[0] == "time"
