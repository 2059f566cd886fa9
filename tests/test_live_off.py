"""Where sockets are blocked: `?live=off` is said once, and every page of the session works by plain forms."""

import pytest
from django.test import Client
from django.urls import reverse

from discuss import actions
from tests.cast import Cast, log_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser_of_bob(cast: Cast) -> Client:
    return log_in(cast.bob)


def html(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def test_pages_open_a_socket_unless_told_otherwise(cast: Cast, browser_of_bob: Client):
    for path in ("/", cast.kitchen.get_absolute_url()):
        assert "ws-connect" in html(browser_of_bob, path)


def test_said_on_one_page_it_holds_on_all_until_taken_back(cast: Cast, browser_of_bob: Client):
    group = cast.kitchen.get_absolute_url()
    assert "ws-connect" not in html(browser_of_bob, "/?live=off")
    for path in ("/", group):
        page = html(browser_of_bob, path)
        assert "ws-connect" not in page
        assert "ws-send" not in page
        assert "?live=on" in page
    assert "ws-connect" in html(browser_of_bob, f"{group}?live=on")
    assert "ws-connect" in html(browser_of_bob, "/")


def test_it_is_one_persons_choice(cast: Cast, browser_of_bob: Client):
    html(browser_of_bob, "/?live=off")
    assert "ws-connect" in html(log_in(cast.ann), "/")


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_cannot_choose_it(cast: Cast, browser_of_bob: Client, site: str):
    browser_of_bob.get("/?live=off", headers={"Sec-Fetch-Site": site})
    assert "ws-connect" in html(browser_of_bob, "/")
    browser_of_bob.get("/?live=off", headers={"Sec-Fetch-Site": "same-origin"})
    assert "ws-connect" not in html(browser_of_bob, "/")


def test_nonsense_changes_nothing(cast: Cast, browser_of_bob: Client):
    assert "ws-connect" in html(browser_of_bob, "/?live=perhaps")


def test_the_plain_forms_do_what_the_live_ones_do(cast: Cast, browser_of_bob: Client):
    group = cast.kitchen.get_absolute_url()
    page = html(browser_of_bob, f"{group}?live=off")
    assert f'action="{group}post/"' in page
    assert f'src="{group}log/"' in page
    other = actions.create_group(cast.ann, name="Other")
    lobby = html(browser_of_bob, "/")
    assert f'formaction="{reverse("join", args=[other.uuid])}"' in lobby
    assert 'id="join-form" method="post"' in lobby
    assert f'formaction="{group}leave/"' in page
