"""What a new verb takes: an action and its form, and a template where its page gains something."""

import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django import forms
from django.db.models import TextChoices
from django.test import Client
from django.urls import clear_url_caches, reverse
from pytest_django import Settings

import project.urls
from discuss import verbs
from discuss.actions.change import next_change, require
from discuss.edges import urls
from discuss.forms import MessageField
from discuss.models import Entry, Kind, Membership
from discuss.rules.refusals import Refused
from discuss.verbs import verb
from tests.cast import Cast, log_in
from tests.page import Page, enter

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("live", "shout")]

# --- all that is written for a verb -----------------------------------------------------------------


class ShoutForm(forms.Form):
    text = MessageField()


class Reason(TextChoices):
    NOT_TO_SHOUT = "not to shout", "You may not shout."
    LOUD = "loud", "This is loud enough."


def shout(membership: Membership, *, text: str) -> Entry:
    """Say it in capitals."""
    with next_change(membership.group_id) as change:
        member = change.admit_member(membership)
        require("post", member.role, code=Reason.NOT_TO_SHOUT)
        if text.isupper():
            raise Refused(Reason.LOUD)
        return change.add_line(Kind.MESSAGE, author=member.user, text=text.upper())


SHOUTED = """<div id="status" hx-swap-oob="true">{{ actor.user.username }}: \
{% if form.errors %}{{ form.text.value }}{% else %}done{% endif %}</div>"""


# --- what comes of it -------------------------------------------------------------------------------


@pytest.fixture(name="shout")
def a_new_verb(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path
) -> Iterator[None]:
    """Declare the verb, as the module of its action would, while the addresses are made."""
    monkeypatch.setattr(verbs, "_verbs", {kind: dict(of) for kind, of in verbs._verbs.items()})
    verb("shout", actor=Membership, form=ShoutForm, limit="post", answer="shouted")(shout)
    template = tmp_path / "discuss/fragments/shouted.html"
    template.parent.mkdir(parents=True)
    template.write_text(SHOUTED)
    (templates,) = settings.TEMPLATES
    settings.TEMPLATES = [templates | {"DIRS": [tmp_path, *templates["DIRS"]]}]
    make_addresses()
    yield
    monkeypatch.undo()
    make_addresses()


def make_addresses() -> None:
    importlib.reload(urls)
    importlib.reload(project.urls)
    clear_url_caches()


def said(page: Page) -> str:
    return str(page.element("status").text_content())


async def test_it_is_done_and_answered_over_the_socket_and_everybody_sees_it(cast: Cast):
    address = cast.kitchen.get_absolute_url()
    ann, bob = await enter(cast.ann, address), await enter(cast.bob, address)
    ann.send('{"verb": "shout", "text": "soup"}')
    await bob.until(lambda page: page.texts[-1:] == ["SOUP"])
    await ann.until(lambda page: said(page) == "ann: done")


async def test_a_refusal_is_said_to_its_actor_alone_with_what_was_typed(cast: Cast):
    ann = await enter(cast.ann, cast.kitchen.get_absolute_url())
    ann.send('{"verb": "shout", "text": "SOUP"}')
    await ann.until(lambda page: page.notice == "This is loud enough.")
    assert said(ann) == "ann: SOUP"
    assert "SOUP" not in ann.texts


def test_a_plain_form_does_the_same(cast: Cast):
    browser, address = log_in(cast.ann), reverse("shout", args=[cast.kitchen.uuid])
    response = browser.post(address, {"text": "soup"})
    assert response.headers["Location"] == cast.kitchen.get_absolute_url()
    assert Entry.objects.latest("pk").text == "SOUP"


def test_what_was_refused_is_in_a_plain_form_again(cast: Cast):
    browser, address = log_in(cast.ann), reverse("shout", args=[cast.kitchen.uuid])
    response = browser.post(address, {"text": "SOUP"})
    assert response.status_code == 400
    page = response.content.decode()
    assert "This is loud enough." in page
    assert 'value="SOUP"' in page


def test_its_plain_form_is_for_those_who_may_act(cast: Cast):
    address = reverse("shout", args=[cast.kitchen.uuid])
    assert Client().post(address, {"text": "soup"}).headers["Location"].startswith("/accounts/")
    assert log_in(cast.cleo).post(address, {"text": "soup"}).status_code == 403
    assert log_in(cast.ann).get(address).headers["Location"] == cast.kitchen.get_absolute_url()
    assert not Entry.objects.filter(text="SOUP").exists()
