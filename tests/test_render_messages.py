"""`manage.py render_messages`: what another version rendered is rendered anew, under new numbers."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command

from discuss import actions
from discuss.actions import renderings, steps
from discuss.models import Entry, Group
from discuss.rules.stored_html import RENDERER, stored_rendering
from tests.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.log]

MARKED = "Soup, **hot**"
OTHER = {"html": "<b>old</b>", "renderer": RENDERER - 1}


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renderings, "pause_after", lambda begin: 0)


def written_before(entry: Entry, **stored: Any) -> Entry:
    """Have the line look as another version has left it."""
    Entry.objects.filter(pk=entry.pk).update(**{"html": None, "renderer": None, **stored})
    return entry


def line(entry: Entry) -> Any:
    return Entry.objects.values("html", "renderer", "change", "position").get(pk=entry.pk)


def head(group: Group) -> int:
    return Group.objects.get(pk=group.pk).head


def test_it_stores_what_this_version_makes_of_a_text_and_takes_a_number(cast: Cast):
    without = written_before(cast.say(cast.bob, MARKED))
    by_another = written_before(cast.say(cast.ann, f"{MARKED}!"), **OTHER)
    plain_by_another = written_before(cast.say(cast.ann, "Soup"), **OTHER)
    before = head(cast.kitchen)
    assert actions.render_anew() == 3
    for entry in (without, by_another, plain_by_another):
        now = line(entry)
        rendered = stored_rendering(entry.text)
        assert {name: now[name] for name in rendered} == rendered
        assert (now["change"], now["position"]) == (before + 1, entry.position)
    assert head(cast.kitchen) == before + 1


def test_it_leaves_alone_what_is_right(cast: Cast):
    marked, plain = cast.say(cast.bob, MARKED), cast.say(cast.bob, "Soup")
    before = [line(marked), line(plain), head(cast.kitchen)]
    assert actions.render_anew() == 0
    assert [line(marked), line(plain), head(cast.kitchen)] == before


def test_it_goes_on_where_it_was_broken_off(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    entries = [written_before(cast.say(cast.bob, f"{MARKED} {n}")) for n in range(5)]
    monkeypatch.setattr(renderings, "LINES_AT_ONCE", 2)
    monkeypatch.setattr(renderings, "LINES_LOOKED_UP", 2)
    store = renderings._store

    def once(*args: Any) -> int:
        monkeypatch.setattr(renderings, "_store", broken)
        return store(*args)

    def broken(*args: Any) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(renderings, "_store", once)
    with pytest.raises(KeyboardInterrupt):
        actions.render_anew()
    monkeypatch.setattr(renderings, "_store", store)
    # The latest come first.
    assert [line(entry)["renderer"] for entry in entries] == [None] * 3 + [RENDERER] * 2
    assert actions.render_anew() == 3
    assert len({line(entry)["change"] for entry in entries}) == 3


def test_no_transaction_has_more_than_some_lines(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    assert steps.LINES_AT_ONCE <= 200
    for number in range(3):
        written_before(cast.say(cast.bob, f"{MARKED} {number}"))
    monkeypatch.setattr(renderings, "LINES_AT_ONCE", 1)
    before = head(cast.kitchen)
    assert actions.render_anew() == 3
    assert head(cast.kitchen) == before + 3


def meanwhile(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Do something after the texts were read, and before anything is stored."""
    store = renderings._store

    def after(*args: Any) -> int:
        act()
        return store(*args)

    monkeypatch.setattr(renderings, "_store", after)


def test_who_edits_a_message_meanwhile_wins(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    entry = written_before(cast.say(cast.bob, MARKED))
    bob = cast.member(cast.bob)
    meanwhile(monkeypatch, lambda: actions.edit_message(bob, entry=entry, text="*Salad*"))
    before = head(cast.kitchen)
    assert actions.render_anew() == 0
    assert line(entry)["html"] == "<em>Salad</em>"
    assert head(cast.kitchen) == before + 1


def test_a_group_that_goes_meanwhile_is_left_out(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    written_before(cast.say(cast.bob, MARKED))
    meanwhile(monkeypatch, lambda: Group.objects.filter(pk=cast.kitchen.pk).delete())
    assert actions.render_anew() == 0


def test_the_command_says_how_many(cast: Cast, capsys: pytest.CaptureFixture[str]):
    written_before(cast.say(cast.bob, MARKED))
    call_command("render_messages")
    assert capsys.readouterr().out == "Messages that look otherwise now: 1.\n"
    call_command("render_messages", verbosity=0)
    assert capsys.readouterr().out == ""
