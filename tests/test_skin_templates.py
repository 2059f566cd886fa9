"""A skin may have templates: pages and frames are made of them, and their faults are passed over."""

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.template.autoreload import get_template_directories, template_changed
from pytest_django import Settings

from discuss import actions
from discuss.db.workers import in_worker
from discuss.live.hub import hub
from discuss.models import Entry, User
from discuss.rendering import backend, faults, fragments, kept, lines
from discuss.rendering.audience import Audience
from discuss.rendering.contract import WORN
from discuss.rendering.samples.made_up import LINES
from discuss.skins import Skin
from tests.cast import Cast, log_in
from tests.document import outer
from tests.page import Page, enter, eventually, fresh_log, settled
from tests.test_skins import skin_of, wear

LINE = "discuss/fragments/line.html"
BYLINE = '{% extends "discuss/fragments/line.html" %}{% block byline %}<i>{{ entry.name }}</i>{% endblock %}'
MEMBERS = '{% extends "discuss/fragments/members_count.html" %}'
EVERYONE = Audience.everyone()

type Lay = Callable[[str, str], Path]


@pytest.fixture(autouse=True)
def forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    kept.forget()
    monkeypatch.setattr(faults, "_faulty", set())


@pytest.fixture
def soup(settings: Settings, tmp_path: Path) -> Lay:
    """Lay out a template of the skin "soup", beside one for lines."""

    def lay(name: str, text: str) -> Path:
        file = tmp_path / "soup" / "templates" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    lay(LINE, BYLINE)
    settings.SKINS = {**settings.SKINS, "soup": Skin("Soup", "", tmp_path / "soup")}
    return lay


def said(cast: Cast, text: str = "Hot") -> Entry:
    line = cast.say(cast.bob, text)
    (entry,) = Entry.objects.for_display().filter(pk=line.pk)
    return entry


# --- what is shown to whom --------------------------------------------------------------------------


@pytest.mark.django_db
def test_its_pages_are_made_of_its_templates_and_those_of_other_groups_are_not(
    cast: Cast, soup: Lay
):
    wear(cast, "soup")
    entry = said(cast)
    bob = log_in(cast.bob)
    path = cast.kitchen.get_absolute_url()
    assert "<i>bob</i>" in bob.get(path).content.decode()
    assert "<i>bob</i>" in bob.get(f"{path}log/").content.decode()
    # A page that does not wear the skin's style sheet has nothing else of it.
    assert "<i>bob</i>" not in bob.get(f"{entry.address}history/").content.decode()
    wear(cast, "")
    assert "<i>bob</i>" not in bob.get(path).content.decode()


@pytest.mark.django_db
def test_who_wants_none_is_shown_ours_and_shares_it_with_those_of_groups_without_one(
    cast: Cast, soup: Lay, monkeypatch: pytest.MonkeyPatch
):
    entry = said(cast)
    rendered: list[str] = []
    line = fragments.line

    def count(entry: Entry, audience: Audience, **shown: Any) -> str:
        rendered.append(audience.skin)
        return line(entry, audience, **shown)

    monkeypatch.setattr(fragments, "line", count)
    unwilling = EVERYONE._replace(wear_skins=False).wearing("soup")
    shown = [
        lines.rendered(entry, each) for each in (EVERYONE, unwilling, EVERYONE.wearing("soup"))
    ]
    assert [lines.rendered(entry, EVERYONE.wearing("soup")), rendered] == [shown[2], ["", "soup"]]
    assert shown[0] == shown[1] != shown[2]
    # A skin that is a style sheet alone is rendered for nobody apart.
    assert EVERYONE.wearing("paper") == EVERYONE


@pytest.mark.django_db
def test_a_skin_has_templates_of_what_is_exchanged_and_parts_of_its_own(cast: Cast, soup: Lay):
    wear(cast, "soup")
    said(cast)
    soup("discuss/group.html", "nothing")
    soup("discuss/fragments/composer.html", "nothing")
    soup(
        "discuss/text.html",
        '<div class="text" hx-disable>{% include "skins/soup/spoon.html" %}</div>',
    )
    soup("skins/soup/spoon.html", "A spoon of {{ entry.text }}")
    page = log_in(cast.bob).get(cast.kitchen.get_absolute_url()).content.decode()
    assert 'id="composer"' in page
    assert "A spoon of Hot" in page


# --- pages that are open ----------------------------------------------------------------------------


def looks_as_in(is_worn: bool, page: Page) -> bool:
    """Whether the lines, the list of members and who is here are of the skin, or none of them is."""
    of_skin = [
        "<i>bob</i>" in "".join(page.log),
        "Spoons" in outer(page.element("members-count")),
        "eat" in outer(page.element("here-names")),
    ]
    return set(of_skin) == {is_worn}


async def is_as_fresh(page: Page) -> bool:
    """Wait until the page equals a fresh load: who is here comes in a frame of its own, after the log."""
    return bool(await eventually(lambda: _is_as_fresh(page)))


async def _is_as_fresh(page: Page) -> bool:
    page.read()
    fresh = await Page.open(page.client, page.path)
    return (
        page.log == await fresh_log(page)
        and skin_of(page) == skin_of(fresh)
        and outer(page.element("members-count")) == outer(fresh.element("members-count"))
        and outer(page.element("group-about")) == outer(fresh.element("group-about"))
        and outer(page.element("here")) == outer(fresh.element("here"))
    )


@pytest.mark.log
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("live")
async def test_what_is_on_open_pages_is_exchanged_when_their_group_wears_another(
    cast: Cast, soup: Lay
):
    for name in ("members_count", "group_renamed", "here_named"):
        inner = f'{{% include "skins/soup/{name}.html" %}}'
        soup(f"discuss/fragments/{name}.html", inner)
    soup(
        "skins/soup/members_count.html",
        '<h2 id="members-count"{% if oob %} hx-swap-oob="true"{% endif %}>Spoons</h2>',
    )
    soup(
        "skins/soup/group_renamed.html",
        '<div id="group-about"{% if oob %} hx-swap-oob="true"{% endif %}>Bowl</div>{% if oob %}'
        '{% include "discuss/fragments/group_described.html" %}{% endif %}',
    )
    soup(
        "skins/soup/here_named.html",
        '<div id="here-names"{% if oob %} hx-swap-oob="true"{% endif %}>{{ here|length }} eat</div>',
    )
    await in_worker(cast.say, cast.bob, "Hot")
    path = cast.kitchen.get_absolute_url()
    await in_worker(User.objects.filter(pk=cast.cleo.pk).update, skins="off")
    await in_worker(lambda: actions.join_group(cast.cleo, group=cast.kitchen))
    bob, cleo = await enter(cast.bob, path), await enter(cast.cleo, path)
    for skin in ("soup", "paper", "soup", "dense", "soup", ""):
        await in_worker(wear, cast, skin)
        await settled()
        await bob.until(partial(looks_as_in, skin == "soup"))
        # What comes from now on is as what is there.
        await in_worker(cast.say, cast.ann, f"With {skin}")
        await settled()
        for page in (bob, cleo):
            page.read()
            assert await is_as_fresh(page)
        assert "<i>" not in "".join(cleo.log)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("live")
async def test_older_lines_are_in_what_the_page_wears(cast: Cast, soup: Lay):
    for number in range(60):
        await in_worker(cast.say, (cast.ann, cast.bob)[number % 2], f"Spoon {number}")
    page = await enter(cast.bob, cast.kitchen.get_absolute_url())
    await in_worker(wear, cast, "soup")
    await page.until(lambda page: "<i>bob</i>" in "".join(page.log))
    count = len(page.log)
    page.ask_older()
    await page.until(lambda page: len(page.log) > count)
    assert page.log == await fresh_log(page)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("live")
async def test_a_page_that_was_away_comes_back_to_its_templates(cast: Cast, soup: Lay):
    await in_worker(cast.say, cast.bob, "Hot")
    page = await enter(cast.bob, cast.kitchen.get_absolute_url())
    await page.disconnect()
    await in_worker(wear, cast, "soup")
    await page.join_in()
    await page.until(lambda page: "<i>bob</i>" in "".join(page.log))
    assert await is_as_fresh(page)
    # It is no news when it comes back again.
    await page.disconnect()
    page.frames.clear()
    await page.join_in()
    await settled()
    page.read()
    assert not any("innerHTML:#log" in frame for frame in page.frames)
    # Its person's session is looked at, and is as it was.
    await hub.revocation.check_sessions()
    await settled()
    page.read()
    assert page.close_code is None


def test_a_template_of_a_skin_that_is_saved_is_read_anew_while_debug_is_on(soup: Lay):
    file = soup(LINE, BYLINE)
    backend.wearing("soup")
    assert {file.parents[2], Path(backend.ours().dirs[0])} <= get_template_directories()
    wears = EVERYONE.wearing("soup")
    assert "<i>" in fragments.line(LINES["message"], wears)
    file.write_text(BYLINE.replace("i>", "u>"))
    assert template_changed(None, file)
    assert "<u>" in fragments.line(LINES["message"], wears)


def test_what_a_skin_may_have_is_there_and_the_designers_page_names_it():
    folder = Path(backend.ours().dirs[0])
    assert all((folder / name).is_file() for name in WORN)
    text = (folder.parent / "docs" / "designers.md").read_text()
    table = text.split("| What | In `templates/discuss/fragments/`")[1].split("\n\n")[0]
    named = set()
    for row in table.splitlines()[2:]:
        _, _, inner, outer_ones, _ = row.split("|")
        named |= {f"discuss/fragments/{name}.html" for name in re.findall(r"`(\w+)`", inner)}
        named |= {f"discuss/{name}.html" for name in re.findall(r"`(\w+)`", outer_ones)}
    assert named == WORN
