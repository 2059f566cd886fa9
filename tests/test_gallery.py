"""The gallery shows every fragment in every state, on pages that are made up, to designers alone."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import MiddlewareNotUsed
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from discuss.design.edges.reloading import ReloadMiddleware
from discuss.design.forms import SearchForm, ShowingForm
from discuss.design.rendering import catalog, stages
from discuss.design.rendering.inert import ACTING, inert
from discuss.design.rendering.made_up_pages import reader
from discuss.design.rules.showings import HEIGHTS, WIDTHS, Showing
from discuss.models import User
from discuss.rendering import faults, kept, registry, templates
from discuss.rendering.audience import Audience
from discuss.rendering.samples import SAMPLES
from discuss.skins import Skin
from tests.cast import log_in
from tests.document import Document, text as text_of
from tests.test_theme import Theme, theme as theme

RIGHT = "view_design"
EVERYONE = Audience.everyone()
# What the visitor's own session, account and rights take.
OF_THE_VISITOR = 4


def staff(*rights: str) -> Client:
    user = User.objects.create_user("dora", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    return log_in(user)


@pytest.fixture
def designer(db: None) -> Client:
    return staff(RIGHT)


@pytest.fixture
def request_of() -> HttpRequest:
    return RequestFactory().get("/design/")


def page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return str(response.content.decode())


# --- to whom ----------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["/design/", "/design/line/", "/design/line/message/", "/design/line/message/alone/"]
)
def test_it_is_there_for_staff_with_the_right_alone(address: str):
    """What the grid says of strangers, members and superusers it says besides."""
    assert staff("view_message").get(address).status_code == 404
    User.objects.all().delete()
    assert staff(RIGHT).get(address).status_code == 200
    User.objects.filter(username="dora").update(is_staff=False)
    assert log_in(User.objects.get(username="dora")).get(address).status_code == 404


@pytest.mark.django_db
def test_while_debug_is_on_it_is_there_for_anybody_who_is_logged_in(settings: Settings):
    mia = log_in(User.objects.create_user("mia"))
    assert mia.get("/design/").status_code == 404
    settings.DEBUG = True
    assert mia.get("/design/").status_code == 200
    assert Client().get("/design/").status_code == 404


@pytest.mark.parametrize(
    "address", ["/design/soup/", "/design/soup/any/", "/design/line/soup/", "/design/cursor/any/"]
)
def test_what_there_is_not_is_not_shown(designer: Client, address: str):
    assert designer.get(address).status_code == 404


def test_a_sample_may_be_framed_by_the_gallery_and_has_no_form_that_leads_anywhere(
    designer: Client,
):
    for end in ("", "alone/"):
        response = designer.get(f"/design/line/message/{end}")
        policy = response["Content-Security-Policy"]
        assert "frame-ancestors 'self'" in policy
        assert "form-action 'none'" in policy
        assert "script-src 'self';" in policy
        assert response["X-Frame-Options"] == "SAMEORIGIN"
    for address in ("/design/", "/design/line/"):
        response = designer.get(address)
        assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
        assert response["X-Frame-Options"] == "DENY"


# --- all of it --------------------------------------------------------------------------------------


def test_no_two_states_of_a_fragment_have_one_address():
    for name, states in SAMPLES.items():
        assert len(catalog.find(name).states) == len(states), name


@pytest.mark.parametrize("name", SAMPLES)
def test_every_state_is_shown_without_a_statement_on_a_page_that_has_its_places(
    name: str, request_of: HttpRequest
):
    """There is no database here: a statement would be an error."""
    listed = catalog.find(name)
    assert listed.states
    assert listed.fault is None
    for slug in listed.states:
        sampled = catalog.sampled(listed, slug, EVERYONE)
        assert sampled.faults == []
        stage = stages.stage_of(request_of, sampled, EVERYONE, reader(False, "dark"))
        assert stage.found.ids == sampled.parts.targets, (slug, stage.name)
        html = stages.staged(request_of, stage, listed, sampled, is_marked=True)
        assert f'hx-get="/design/{name}/{slug}/alone/"' in html
        assert 'data-color-scheme="dark"' in html
        assert inert(sampled.html).strip() in html


@pytest.mark.parametrize("name", ["answered", "line", "case_progress", "own_row", "duties_shown"])
def test_a_page_asks_the_database_who_is_looking_and_nothing_else(
    designer: Client, name: str, django_assert_num_queries: Any
):
    addresses = [f"/design/?q={name}", f"/design/{name}/"]
    for slug in list(catalog.find(name).states)[:1]:
        addresses += [f"/design/{name}/{slug}/", f"/design/{name}/{slug}/alone/"]
    for address in addresses:
        # The gallery's own pages have a header, which tells staff of their duties.
        of_header = len(_statements(designer, "/design/?q=nowhere")) - OF_THE_VISITOR
        is_sample = address.count("/") > 3
        with django_assert_num_queries(OF_THE_VISITOR + (0 if is_sample else of_header)):
            page(designer, address)


def _statements(client: Client, address: str) -> list[Any]:
    with CaptureQueriesContext(connection) as found:
        page(client, address)
    return list(found.captured_queries)


def test_the_overview_names_all_fragments_and_how_many_states_each_has(designer: Client):
    html = page(designer, "/design/")
    for name in registry.names():
        assert f'href="/design/{name}/"' in html
    assert f"{len(SAMPLES['line'])} states" in html
    assert "Has an error" not in html
    assert f"{len(registry.names())} fragments of {len(registry.names())}" in html
    first = next(iter(catalog.find("line").states))
    for scheme in ("light", "dark"):
        assert f'src="/design/line/{first}/?theme={scheme}&amp;mark=on"' in html


@pytest.mark.parametrize(
    ("words", "has", "has_not"),
    [
        ("line_menu", "line_menu", "cursor"),
        ("OF THE LOG one", "line", "cursor"),
        ("typists", "typing_shown", "line"),
        ("byline", "line", "cursor"),
    ],
)
def test_it_is_searched_by_names_meanings_variables_and_blocks(
    designer: Client, words: str, has: str, has_not: str
):
    html = page(designer, f"/design/?q={words}")
    assert f'href="/design/{has}/"' in html
    assert f'href="/design/{has_not}/"' not in html
    assert f'value="{words}"' in html


def test_what_nothing_has_is_said(designer: Client):
    assert "No page and no fragment has all of these words." in page(designer, "/design/?q=nowhere")


def test_a_fragments_page_tells_what_it_is_given_its_blocks_ids_and_places(designer: Client):
    html = re.sub(r"<[^>]+>|\s+", " ", page(designer, "/design/line/"))
    html = re.sub(r"\s+", " ", html)
    assert "One line of the log." in html
    assert "replies whether it takes the place" not in html
    assert "replaces whether it takes the place of its earlier self" in html
    assert (
        "day message avatar byline author time body revealed meta pin reactions line_menu event"
        in html
    )
    assert "#entry-… #more-…" in html
    assert "beforeend #log" in html
    assert "outerHTML #entry-12345" in html
    assert "templates/discuss/fragments/line.html This one is shown" in html


def test_its_html_stands_there_as_text(designer: Client):
    html = page(designer, "/design/notice_shown/?state=something")
    (text,) = re.findall(r"<pre .*?</pre>", html, re.S)
    assert re.sub(r"<[^>]+>", "", text).startswith("&lt;div id=&quot;notice&quot;")


@pytest.mark.parametrize(
    ("query", "frames", "width", "themes"),
    [
        ("", len(SAMPLES["draft"]), 360, {"light"}),
        ("width=1280&theme=dark", len(SAMPLES["draft"]), 1280, {"dark"}),
        ("state=empty&theme=both&width=768", 2, 768, {"light", "dark"}),
        ("state=soup&theme=soup&width=3&reader=soup", len(SAMPLES["draft"]), 360, {"light"}),
    ],
)
def test_a_form_says_which_states_are_shown_how_wide_and_in_which_theme(
    designer: Client, query: str, frames: int, width: int, themes: set[str]
):
    html = page(designer, f"/design/draft/?{query}")
    found = re.findall(r"<iframe [^>]+>", html)
    assert len(found) == frames
    assert all(f'width="{width}"' in frame for frame in found)
    assert {theme for frame in found for theme in re.findall(r"\?theme=(\w+)", frame)} == themes


def test_what_an_address_says_wrong_counts_as_not_said():
    wrong = {"width": "x", "theme": "soup", "reader": "", "state": "a b", "mark": ""}
    assert ShowingForm(wrong).showing() == Showing()
    assert SearchForm({"q": "x" * 101}).words() == []
    assert HEIGHTS.keys() == set(WIDTHS)


def test_a_message_is_seen_by_its_author_or_by_somebody_else(designer: Client):
    assert '[data-author="1"]' in page(designer, "/design/line/message/?reader=author")
    assert '[data-author="1"]' not in page(designer, "/design/line/message/")


# --- where nothing acts -----------------------------------------------------------------------------


def test_nothing_on_a_stage_acts(designer: Client):
    for address in (
        "/design/line/message/",
        "/design/line_menu/ones-own/",
        "/design/line_menu/ones-own/alone/",
        "/design/case_progress/taken/",
        "/design/own_row/mentions/",
    ):
        html = page(designer, address)
        # What gets the sample itself.
        html = re.sub(r'<div hidden\s+hx-get="/design/.*?>', "", html, flags=re.S)
        for name in ACTING - {"hx-trigger"}:
            assert not re.search(rf"<[^>]*\s{name}[=\s>]", html), (address, name)
        assert set(re.findall(r'<a\b[^>]*\shref="([^"#]*)', html)) <= {""}
        tokens = re.findall(r'name="csrfmiddlewaretoken" value="([^"]*)"', html)
        assert set(tokens) <= {"sample"}


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<form method="post"\n  action="/x/?a>b" id=f>', '<form method="post" id="f">'),
        ("<a class=x href='/y/#entry-1'>y</a>", '<a class="x" href="#entry-1">y</a>'),
        ("<a href=/y/>y</a>", '<a href="#">y</a>'),
        ('<b title=" hx-get=x " hx-get="/x/">', '<b title=" hx-get=x ">'),
        ("<input autofocus disabled>", "<input disabled>"),
        # As browsers and htmx read them.
        ('<div/hx-get="/q" id="a&amp;b">', '<div id="a&amp;b">'),
        ('<a href="/x"hx-get="/y">y</a>', '<a href="#">y</a>'),
        ('<DIV Data-HX-Post="/y" data-x="y">', '<div data-x="y">'),
        ('<area href="/x"><use xlink:href="/y" />', '<area href="#"><use />'),
        ('<link rel="preload" href="/x">', "<link>"),
        ('<link rel="stylesheet" href="/x">', '<link rel="stylesheet" href="/x">'),
        ("a &lt;form action=x&gt; &amp; b", "a &lt;form action=x&gt; &amp; b"),
        ('<iframe src="/x"></iframe><img src="/x">', '<iframe></iframe><img src="/x">'),
    ],
)
def test_what_acts_is_taken_away_and_all_else_stays(html: str, expected: str):
    assert inert(html) == expected


# --- themes -----------------------------------------------------------------------------------------

LINE = "discuss/fragments/line.html"
OVERRIDE = '{% extends "discuss/fragments/line.html" %}{% block byline %}B{% endblock %}'


@pytest.fixture
def forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    kept.forget()
    monkeypatch.setattr(faults, "_faulty", set())


def test_a_themes_override_is_named_as_the_one_that_is_shown(
    designer: Client, theme: Theme, tmp_path: Path
):
    theme(LINE, OVERRIDE)
    html = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page(designer, "/design/line/")))
    assert f"{tmp_path}/{LINE} This one is shown templates/{LINE} Overridden" in html
    assert f"byline {tmp_path}/{LINE} author templates/{LINE}" in html
    overview = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page(designer, "/design/?q=one+line")))
    assert "The theme’s" in overview


FAULTS: list[tuple[str, str, int, str]] = [
    (LINE, "\n{% if %}", 2, "TemplateSyntaxError"),
    (LINE, "\n\n{% url 'nowhere' %}", 3, "NoReverseMatch"),
    (LINE, '{% extends "discuss/fragments/line.html" %}\n{% block byline %}\n{% url "x" %}{% endblock %}', 3,
     "NoReverseMatch"),
    (LINE, "{% include 'gone.html' %}", 1, "TemplateDoesNotExist: gone.html"),
    ("discuss/text.html", "\n{% url 'nowhere' %}", 2, "NoReverseMatch"),
]  # fmt: skip


def test_the_look_is_kept_from_page_to_page(designer: Client):
    for address in ("/design/?skin=dense", "/design/line_menu/?skin=dense"):
        assert 'href="/design/line/?skin=dense"' in page(designer, address)
    assert 'href="/design/?skin=dense"' in page(designer, "/design/line/?skin=dense")
    assert "?skin=" not in page(designer, "/design/?skin=nonsense").replace("?skin=&", "")


def test_a_looks_own_template_is_named_with_the_blocks_that_it_changes(
    designer: Client, settings: Settings, tmp_path: Path
):
    assert re.search(
        r"skins/dense/templates/discuss/fragments/line\.html.*?Dense.*?byline",
        page(designer, "/design/line/"),
        re.DOTALL,
    )
    assert "skins/dense" not in page(designer, "/design/typing_shown/")
    # One that has a mistake is named too: the fault stands above.
    broken = tmp_path / "templates" / "discuss" / "fragments" / "line.html"
    broken.parent.mkdir(parents=True)
    broken.write_text("{% if %}")
    settings.SKINS = {**settings.SKINS, "soup": Skin("Soup", "", tmp_path)}
    assert str(broken) in page(designer, "/design/line/")


@pytest.mark.parametrize(("name", "text", "line", "said"), FAULTS)
@pytest.mark.usefixtures("forgotten")
def test_a_fault_is_named_with_its_file_and_line_and_takes_nothing_down(
    designer: Client, theme: Theme, tmp_path: Path, name: str, text: str, line: int, said: str
):
    theme(name, text)
    html = page(designer, "/design/line/?state=message")
    assert f"{tmp_path}/{name}, line {line}" in html
    assert said in html
    # What people see in its place is seen here too.
    assert "Soup" in page(designer, "/design/line/message/alone/")
    page(designer, "/design/line/message/")
    # What cannot even be read has no ids.
    assert (catalog.find("line").fault is None) == (said == "NoReverseMatch")


def test_the_overview_says_which_of_them_have_an_error(designer: Client, theme: Theme):
    theme(LINE, "{% if %}")
    overview = Document(page(designer, "/design/"))
    wrong = [each for each in overview.find(".exhibit") if "Has an error" in text_of(each)]
    assert [each.get("id") for each in wrong] == ["line"]


@pytest.mark.parametrize("name", ["base.html", "discuss/group.html"])
def test_a_page_with_a_fault_is_an_error_in_its_place_and_the_gallery_stands(
    designer: Client, theme: Theme, tmp_path: Path, name: str
):
    theme(name, "\n{% nonsense %}")
    html = page(designer, "/design/line/message/")
    assert f"{tmp_path}/{name}, line 2" in html
    assert (
        "frame-ancestors 'self'"
        in designer.get("/design/line/message/").headers["Content-Security-Policy"]
    )
    page(designer, "/design/")
    page(designer, "/design/line/")


def test_a_themes_own_fragment_is_shown_as_a_part_of_others(designer: Client, theme: Theme):
    theme("discuss/fragments/soup.html", "{# What is for dinner. Given: entry. #}<p id='soup'>")
    assert "What is for dinner." in page(designer, "/design/?q=soup")
    html = page(designer, "/design/soup/")
    assert "#soup" in html
    assert "It has no states of its own" in html


def test_nobody_is_witness_to_what_is_rendered_elsewhere(make_fault: Callable[[], None]):
    with templates.witnessed() as errors:
        make_fault()
    assert len(errors) == 1
    make_fault()
    assert len(errors) == 1


@pytest.fixture
def make_fault(theme: Theme, forgotten: None) -> Callable[[], None]:
    theme("discuss/fragments/cursor.html", "{% if %}")

    def make_fault() -> None:
        assert 'value="1"' in templates.render("cursor", EVERYONE, cursor=1, oob=True)

    return make_fault


# --- while one works at it --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("framing", "is_told"), [("DENY", True), ("", True), ("SAMEORIGIN", False)]
)
def test_whole_pages_are_told_of_what_is_saved_and_frames_are_not(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, framing: str, is_told: bool
):
    settings.DEBUG = True
    script = "django_browser_reload.middleware.django_browser_reload_script"
    monkeypatch.setattr(script, lambda nonce: "<script>")
    headers = {"X-Frame-Options": framing} if framing else {}
    middleware = ReloadMiddleware(lambda request: HttpResponse("<body></body>", headers=headers))
    response: Any = middleware(RequestFactory().get("/"))
    assert (b"<script></body>" in response.content) is is_told


@pytest.mark.django_db
def test_while_debug_is_off_there_is_nothing_of_it(client: Client, settings: Settings):
    assert "django_browser_reload" not in settings.INSTALLED_APPS
    assert not any("Reload" in each for each in settings.MIDDLEWARE)
    assert client.get("/__reload__/events/").status_code == 404
    with pytest.raises(MiddlewareNotUsed):
        ReloadMiddleware(lambda request: HttpResponse())
