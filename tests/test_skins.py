"""A group wears a skin: on pages that are loaded, on those that are open, and on nobody's who wants none."""

import re
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from django.conf import settings as project_settings
from django.contrib.staticfiles import finders
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from discuss import actions, checks
from discuss.db.workers import in_worker
from discuss.live.hub import hub
from discuss.models import Group, Kind, User
from discuss.skins import Skin, skins
from tests.cast import Cast, log_in
from tests.page import Page, enter, settled

OURS = sorted(project_settings.SKINS)


def wear(cast: Cast, skin: str) -> None:
    actions.change_group_settings(
        cast.member(cast.ann), group=cast.kitchen, settings={"skin": skin}
    )


def worn_by(html: Any) -> str:
    """Return the address of the style sheet of the skin that a page wears."""
    document: Any = lxml.html.document_fromstring(html) if isinstance(html, str) else html
    (place,) = document.xpath("//*[@id='skin']")
    return place.get("href") or ""


def loaded(person: User, group: Group) -> str:
    return worn_by(log_in(person).get(group.get_absolute_url()).content.decode())


def lay_out(folder: Path, name: str, said: str = 'title = "Soup"') -> Path:
    sheet = folder / name / "static" / "skin.css"
    sheet.parent.mkdir(parents=True)
    sheet.write_text("@layer skin { :root { --discuss-accent: red; } }")
    (folder / name / "skin.toml").write_text(said)
    return folder / name


# --- which there are --------------------------------------------------------------------------------


def test_a_folder_that_says_what_it_is_called_is_a_skin(tmp_path: Path):
    soup = lay_out(tmp_path, "soup", 'title = "Soup"\nwords = "Hot."')
    lay_out(tmp_path, "without-a-title", 'words = "Cold."')
    lay_out(tmp_path, "no-toml", "title = ")
    lay_out(tmp_path, "No Name")
    (tmp_path / "empty").mkdir()
    assert skins(tmp_path, tmp_path / "nowhere") == {"soup": Skin("Soup", "Hot.", soup)}


def test_a_themes_skin_takes_the_place_of_ours_of_the_same_name(tmp_path: Path):
    theirs = lay_out(tmp_path / "theirs", "soup")
    lay_out(tmp_path / "ours", "soup")
    ours = lay_out(tmp_path / "ours", "salad")
    found = skins(tmp_path / "theirs", tmp_path / "ours")
    assert {name: skin.folder for name, skin in found.items()} == {"soup": theirs, "salad": ours}


@pytest.mark.parametrize("name", OURS)
def test_ours_are_short_and_do_nothing_but_style(name: str):
    sheet = project_settings.SKINS[name].static / "skin.css"
    assert finders.find(f"skins/{name}/skin.css") == str(sheet)
    css = sheet.read_text()
    files = [each for each in project_settings.SKINS[name].folder.rglob("*") if each.is_file()]
    assert sum(each.read_text().count("\n") for each in files) < 200
    assert {each.suffix for each in files} <= {".css", ".html", ".toml"}
    assert not re.search(r"url\(|@import|expression", css)
    rules = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL).strip()
    assert rules.startswith("@layer skin {")
    assert rules.endswith("}")


def test_one_is_laid_out_by_a_command(tmp_path: Path, settings: Settings):
    settings.THEME_DIR = tmp_path
    call_command("startskin", "soup-bowl")
    assert skins(tmp_path / "skins")["soup-bowl"].title == "Soup bowl"
    assert (tmp_path / "skins/soup-bowl/static/skin.css").read_text().startswith("/* Soup bowl")
    with pytest.raises(CommandError, match="there already"):
        call_command("startskin", "soup-bowl")
    with pytest.raises(CommandError, match="Soup Bowl"):
        call_command("startskin", "Soup Bowl")


def test_the_check_names_what_is_none(tmp_path: Path, settings: Settings):
    settings.THEME_DIR = tmp_path
    lay_out(tmp_path / "skins", "soup", "title = ")
    (lay_out(tmp_path / "skins", "salad") / "static" / "skin.css").unlink()
    settings.SKINS = skins(tmp_path / "skins")
    assert [found.msg for found in checks.skins_are_whole()] == [
        f"{tmp_path}/skins/salad has no style sheet static/skin.css.",
        f"{tmp_path}/skins/soup is no skin: its skin.toml names no title.",
    ]


# --- who sees which ---------------------------------------------------------------------------------


@pytest.mark.django_db
def test_its_pages_wear_what_its_owner_chose(cast: Cast):
    assert loaded(cast.bob, cast.kitchen) == ""
    owner, address = log_in(cast.ann), f"{cast.kitchen.get_absolute_url()}settings/"
    assert owner.post(address, {"skin": "paper", "looks": "yes"}).status_code == 302
    assert re.search(r"/skins/paper/skin\.\w+\.css$", loaded(cast.bob, cast.kitchen))
    line = cast.lines()[-1]
    assert (line.kind, line.details) == (Kind.SET, {"setting": "skin", "to": "paper"})
    page = owner.get(cast.kitchen.get_absolute_url()).content.decode()
    assert "gave the group the looks “Paper”" in page
    # What else stands on the page of settings is as it was.
    group = Group.objects.get(pk=cast.kitchen.pk)
    assert (group.name, group.posting, group.slow_mode) == ("Kitchen", "everybody", 0)


@pytest.mark.django_db
def test_what_is_none_is_refused_and_nobody_else_chooses(cast: Cast):
    address = f"{cast.kitchen.get_absolute_url()}settings/"
    response = log_in(cast.ann).post(address, {"skin": "../admin", "looks": "yes"})
    assert response.status_code == 400
    assert "Choose one of these." in response.content.decode()
    log_in(cast.bob).post(address, {"skin": "paper", "looks": "yes"})
    assert Group.objects.get(pk=cast.kitchen.pk).skin == ""


@pytest.mark.django_db
def test_one_that_is_there_no_more_is_none(cast: Cast, settings: Settings):
    wear(cast, "paper")
    settings.SKINS = {}
    assert loaded(cast.bob, cast.kitchen) == ""
    page = log_in(cast.ann).get(cast.kitchen.get_absolute_url()).content.decode()
    assert "gave the group the looks “paper”" in page
    settings_page = log_in(cast.ann).get(f"{cast.kitchen.get_absolute_url()}settings/")
    assert 'name="looks"' not in settings_page.content.decode()


@pytest.mark.django_db
def test_one_that_is_away_is_kept_by_who_changes_something_else(cast: Cast, settings: Settings):
    wear(cast, "paper")
    settings.SKINS = {"soup": Skin("<b>Soup</b>", "Hot & <i>red</i>.", Path())}
    page = log_in(cast.ann).get(f"{cast.kitchen.get_absolute_url()}settings/").content.decode()
    assert re.search(r'value="paper"[^>]*checked', page)
    assert "&lt;b&gt;Soup&lt;/b&gt; <small" in page
    assert ">Hot &amp; &lt;i&gt;red&lt;/i&gt;.</small>" in page


@pytest.mark.django_db
def test_who_wants_none_sees_none(cast: Cast, client: Client):
    wear(cast, "paper")
    bob = log_in(cast.bob)
    assert bob.post("/accounts/", {"skins": "off"}).status_code == 302
    assert worn_by(bob.get(cast.kitchen.get_absolute_url()).content.decode()) == ""
    assert loaded(cast.ann, cast.kitchen) != ""


# --- pages that are open ----------------------------------------------------------------------------


def skin_of(page: Page) -> str:
    return worn_by(page.document)


async def fresh(page: Page) -> str:
    html: Any = await in_worker(lambda: page.client.get(page.path).content.decode())
    return worn_by(html)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("live")
async def test_open_pages_wear_it_at_once_but_those_of_who_wants_none(cast: Cast):
    path = cast.kitchen.get_absolute_url()
    await in_worker(User.objects.filter(pk=cast.cleo.pk).update, skins="off")
    await in_worker(lambda: actions.join_group(cast.cleo, group=cast.kitchen))
    bob, cleo = await enter(cast.bob, path), await enter(cast.cleo, path)
    for skin in ("paper", "dense", ""):
        await in_worker(wear, cast, skin)
        for page, sees in ((bob, skin), (cleo, "")):
            await page.until(lambda page: len(page.log) == len(bob.log))
            await settled()
            page.read()
            assert f"skins/{sees}/" in skin_of(page) if sees else skin_of(page) == ""
            assert skin_of(page) == await fresh(page)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("live")
async def test_a_page_that_was_away_comes_back_to_it(cast: Cast):
    page = await enter(cast.bob, cast.kitchen.get_absolute_url())
    await page.disconnect()
    await in_worker(wear, cast, "bubbles")
    await page.join_in()
    await page.until(lambda page: "skins/bubbles/" in skin_of(page))


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("live")
async def test_one_that_its_process_did_not_know_comes_with_the_next(
    cast: Cast, settings: Settings
):
    known, settings.SKINS = settings.SKINS, {}
    await in_worker(wear, cast, "paper")
    page = await enter(cast.bob, cast.kitchen.get_absolute_url())
    assert skin_of(page) == ""
    await page.disconnect()
    settings.SKINS = known
    await page.join_in()
    await page.until(lambda page: "skins/paper/" in skin_of(page))
    # Once it wears it, it comes back to nothing new.
    await page.disconnect()
    page.frames.clear()
    await page.join_in()
    await settled()
    page.read()
    assert not any("beforeend" in frame or "innerHTML:#log" in frame for frame in page.frames)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("live")
async def test_who_switches_them_off_sees_none_on_open_pages_too(cast: Cast):
    await in_worker(wear, cast, "paper")
    page = await enter(cast.bob, cast.kitchen.get_absolute_url())
    assert "skins/paper/" in skin_of(page)
    await in_worker(lambda: log_in(cast.bob).post("/accounts/", {"skins": "off"}))
    await hub.revocation.check_sessions()
    await page.until(lambda page: page.close_code)
    await page.join_in()
    await page.until(lambda page: skin_of(page) == "")
