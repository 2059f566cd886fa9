"""The look of the site in the admin: its form, its preview, its versions, and the skin that is made of it."""

import re
import tomllib
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import lxml.html
import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from discuss import actions
from discuss.design.rules.defaults import values_in
from discuss.design.rules.tokens import OPEN
from discuss.models import TokenSheet, User
from discuss.reading.token_sheet import read_values
from discuss.skins import skins
from tests.admin.desk import told
from tests.cast import Cast, log_in

EDITOR = reverse("admin:discuss_tokensheet_changelist")
PREVIEW = reverse("admin:discuss_tokensheet_preview")
BACK = reverse("admin:discuss_tokensheet_take_back")
SKIN = reverse("admin:discuss_tokensheet_export")
PLUM = "light-dark(#7a2f6f, #d59acb)"


def page(response: Any) -> Any:
    return lxml.html.document_fromstring(response.content.decode())


def said_of(response: Any, name: str) -> str:
    (place,) = page(response).xpath(f"//*[@id='said-{name}']")
    return " ".join(place.text_content().split())


@pytest.fixture
def painter(cast: Cast) -> Client:
    """Staff with this right alone."""
    user = User.objects.create_user("painter", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="change_tokensheet"))
    return log_in(user)


# --- who ------------------------------------------------------------------------------------------------


def test_it_is_for_staff_with_the_right(cast: Cast, painter: Client) -> None:
    reader = User.objects.create_user("reader", is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_message"))
    for client, expected in ((log_in(reader), {403}), (log_in(cast.ann), {302, 403, 404})):
        answers = [
            client.get(EDITOR),
            client.post(EDITOR, {"accent": PLUM}),
            client.post(PREVIEW, {"accent": PLUM}),
            client.post(BACK, {"basis": "0"}),
            client.get(SKIN),
        ]
        assert {answer.status_code for answer in answers} <= expected
        for name in ("tokens_page", "tokens_sheet"):
            assert client.get(reverse(name)).status_code == 404
    assert not TokenSheet.objects.exists()
    assert painter.get(EDITOR).status_code == 200
    assert EDITOR in painter.get(reverse("admin:index")).content.decode()
    for name in ("tokens_page", "tokens_sheet"):
        assert painter.get(reverse(name)).status_code == 200


def test_a_right_that_was_taken_away_meanwhile_is_none(
    painter: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "discuss.admin.token_sheet.TokenSheetAdmin.has_change_permission", lambda *args: True
    )
    User.objects.get(username="painter").user_permissions.clear()
    response = painter.post(EDITOR, {"accent": PLUM, "basis": "0"})
    assert "Only staff may do this." in response.content.decode()
    painter.post(BACK, {"basis": "0"})
    assert not TokenSheet.objects.exists()


# --- the form ---------------------------------------------------------------------------------------------


def test_each_open_token_has_a_field_that_shows_what_it_is_now(painter: Client) -> None:
    html = page(painter.get(EDITOR))
    fields = html.xpath("//form[@id='sheet-form']//input[@type='text']")
    assert [field.get("name") for field in fields] == list(OPEN)
    (accent,) = html.xpath("//input[@name='accent']")
    assert accent.get("placeholder") == "light-dark(#2f6f62, #7cc4b4)"
    (said,) = html.xpath("//*[@id='said-accent']")
    assert said.xpath(".//rect/@fill") == ["#2f6f62", "#7cc4b4"]
    assert said.get("id") in accent.get("aria-describedby")
    # Nothing of it is inline.
    assert not html.xpath("//*[@style]")
    assert not html.xpath("//script[not(@src)][normalize-space()][not(@type)]")


def latest() -> str:
    """Return the key of the latest version, as the form has it."""
    return str(TokenSheet.objects.latest_first().values_list("pk", flat=True)[0])


def test_it_is_saved_and_shown(painter: Client) -> None:
    response = painter.post(EDITOR, {"accent": PLUM.upper(), "basis": "0"})
    assert response["Location"] == EDITOR
    assert read_values() == {"accent": PLUM}
    html = page(painter.get(EDITOR))
    assert html.xpath("//input[@name='accent']/@value") == [PLUM]
    assert html.xpath("//form[@id='sheet-form']//input[@name='basis']/@value") == [latest()]
    assert "painter" in html.xpath("string(//*[@class='sheet-versions'])")
    assert LogEntry.objects.get().change_message == "Changed the look."
    again = painter.post(EDITOR, {"accent": PLUM, "basis": latest()})
    assert told(again) == ["Nothing has changed."]
    assert TokenSheet.objects.count() == LogEntry.objects.count() == 1


def test_what_is_wrong_is_said_beside_its_field_and_stays(painter: Client) -> None:
    sent = {"accent": "#777", "radius": "9rem", "font": "url(x)", "ink": "red; }", "basis": "0"}
    response = painter.post(EDITOR, sent)
    assert response.status_code == 400
    assert (
        "--discuss-accent on --discuss-accent-soft: 3.0 to 1 in dark. At least 4.5 is needed."
        in (said_of(response, "accent"))
    )
    assert "Between 0rem and 2.5rem." in said_of(response, "radius")
    assert "Write families behind each other" in said_of(response, "font")
    assert "This is no colour" in said_of(response, "ink")
    html = page(response)
    for name, value in sent.items():
        assert value in html.xpath(f"//form[@id='sheet-form']//input[@name='{name}']/@value")
    assert not TokenSheet.objects.exists()


def test_what_somebody_saved_meanwhile_is_told_and_then_replaced(painter: Client) -> None:
    painter.post(EDITOR, {"radius": "1rem", "basis": "0"})
    response = painter.post(EDITOR, {"accent": PLUM, "basis": "0"})
    assert "Somebody has changed this meanwhile." in response.content.decode()
    html = page(response)
    assert html.xpath("//input[@name='accent']/@value") == [PLUM]
    assert read_values() == {"radius": "1rem"}
    (basis,) = html.xpath("//form[@id='sheet-form']//input[@name='basis']/@value")
    painter.post(EDITOR, {"accent": PLUM, "basis": basis})
    assert read_values() == {"accent": PLUM}


def test_the_last_version_is_taken_back_once(painter: Client) -> None:
    painter.post(EDITOR, {"radius": "1rem", "basis": "0"})
    painter.post(EDITOR, {"radius": "2rem", "basis": latest()})
    second = latest()
    painter.post(BACK, {"basis": second})
    assert read_values() == {"radius": "1rem"}
    # Sent twice, as by two clicks, it is done once.
    response = painter.post(BACK, {"basis": second}, follow=True)
    assert "Somebody has changed this meanwhile." in response.content.decode()
    assert read_values() == {"radius": "1rem"}


def test_what_is_sent_by_no_form_of_ours_changes_nothing(painter: Client) -> None:
    painter.post(EDITOR, {"radius": "1rem", "basis": "0"})
    response = painter.post(EDITOR, {"action": "delete_selected", "_selected_action": "1"})
    assert response.status_code == 400
    (version,) = TokenSheet.objects.all()
    address = reverse("admin:discuss_tokensheet_change", args=[version.pk])
    assert painter.post(address, {"values": "{}", "number": "9"})["Location"] == EDITOR
    for view, args in (("add", []), ("delete", [version.pk])):
        answer = painter.post(
            reverse(f"admin:discuss_tokensheet_{view}", args=args), {"post": "yes"}
        )
        assert answer.status_code == 403
    assert read_values() == {"radius": "1rem"}


# --- the preview -------------------------------------------------------------------------------------------


def frames(response: Any) -> list[str]:
    addresses: list[str] = page(response).xpath("//iframe/@src")
    return addresses


def test_what_is_written_is_answered_with_where_it_can_be_seen(painter: Client) -> None:
    response = painter.post(PREVIEW, {"accent": "#777", "radius": "9rem", "paper": "#fff"})
    assert response.status_code == 200
    # What cannot be read is seen all the same; what is no value is left out.
    query = urlencode({"page": "group", "paper": "#fff", "accent": "#777"})
    assert frames(response) == [
        f"/design/tokens.html?theme={each}&{query}" for each in ("light", "dark")
    ]
    assert "At least 4.5" in said_of(response, "accent")
    top = page(response).xpath("//body/*")
    assert {each.get("hx-swap-oob") for each in top} == {"true"}
    assert {each.get("id") for each in top} == {"sheet-state", *(f"said-{name}" for name in OPEN)}
    assert not TokenSheet.objects.exists()


def test_a_preview_is_a_page_on_which_nothing_acts_in_the_sheet_of_its_address(
    painter: Client,
) -> None:
    actions.change_token_sheet(
        User.objects.create_superuser("boss"), values={"radius": "3px"}, basis=0
    )
    for kind, place in (("group", "log"), ("lobby", "group-list"), ("nothing", "log")):
        values = {"theme": "dark", "page": kind, "accent": PLUM, "ink": "red; }", "nothing": "1"}
        response = painter.get(f"/design/tokens.html?{urlencode(values)}")
        html = page(response)
        assert html.get("data-color-scheme") == "dark"
        assert html.xpath(f"//*[@id='{place}']")
        # In place of the one that is worn.
        (sheet,) = html.xpath("//link[contains(@href, '/tokens.css')]/@href")
        assert not html.xpath("//link[starts-with(@href, '/sheet/')]")
        assert painter.get(sheet).content.decode() == (
            f"@layer site {{\n  :root {{\n    --discuss-accent: {PLUM};\n  }}\n}}\n"
        )
        assert response["X-Frame-Options"] == "SAMEORIGIN"
        policy = response["Content-Security-Policy"]
        assert "frame-ancestors 'self'" in policy
        assert "form-action 'none'" in policy
        assert not html.xpath("//*[@ws-connect or @hx-post or @hx-get or @action]")
    assert painter.post("/design/tokens.html").status_code == 405


# --- a skin of it ----------------------------------------------------------------------------------------


def unpacked(painter: Client, folder: Path, name: str) -> list[str]:
    response = painter.get(SKIN, {"name": name})
    assert re.fullmatch(r'attachment; filename="[a-z0-9-]+\.zip"', response["Content-Disposition"])
    with zipfile.ZipFile(BytesIO(response.content)) as archive:
        archive.extractall(folder)
        return archive.namelist()


def test_it_is_a_skin_that_groups_can_wear(painter: Client, tmp_path: Path) -> None:
    values = {"accent": PLUM, "gap": "2rem", "font": '"Source Serif 4", serif'}
    painter.post(EDITOR, {**values, "basis": "0"})
    assert unpacked(painter, tmp_path, "plum-soup") == [
        "plum-soup/skin.toml",
        "plum-soup/static/skin.css",
    ]
    skin = skins(tmp_path)["plum-soup"]
    assert skin.title == "Plum soup"
    css = (skin.static / "skin.css").read_text()
    assert css.startswith("@layer skin {")
    assert values_in(css) == {name: values[name] for name in ("accent", "font")}
    assert "--discuss-gap: 2rem;" in css


@pytest.mark.parametrize("name", ["", "../x", "Soup Bowl", "x" * 40])
def test_a_name_that_is_none_is_another(
    painter: Client, tmp_path: Path, settings: Settings, name: str
) -> None:
    settings.SITE_NAME = 'The "Attic" \\ \n'
    assert unpacked(painter, tmp_path, name) == ["look/skin.toml", "look/static/skin.css"]
    said = tomllib.loads((tmp_path / "look/skin.toml").read_text())
    assert 'The "Attic" \\ \n' in said["words"]
    assert skins(tmp_path)["look"]
