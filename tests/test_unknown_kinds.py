"""During an update an old process meets kinds of lines that it does not know; a new one shows them later."""

import pytest
from django.core.management import call_command

from discuss import actions
from discuss.actions import renderings
from discuss.actions.change import next_change
from discuss.db.workers import in_worker
from discuss.models import Entry, Group, Kind
from discuss.rendering import kept
from discuss.rendering.fragments import lines
from tests.cast import Cast, log_in
from tests.document import Document
from tests.page import Page, enter, fresh_log

UNSHOWN = "This line cannot be shown."
OLD = lines.KNOWN - {Kind.PROMOTED, Kind.DEMOTED}


@pytest.fixture
def is_old(monkeypatch: pytest.MonkeyPatch) -> None:
    """Be a process of a version that does not know some of the kinds."""
    monkeypatch.setattr(lines, "KNOWN", OLD)


def promote(cast: Cast, *kinds: Kind) -> None:
    for kind in kinds or [Kind.PROMOTED]:
        with next_change(cast.kitchen.pk) as change:
            change.add_line(kind, author=cast.ann, subject=cast.bob, text="moderator")


@pytest.mark.django_db
@pytest.mark.log
@pytest.mark.usefixtures("is_old")
def test_a_page_says_that_it_cannot_show_a_line_of_an_unknown_kind(cast: Cast):
    promote(cast)
    kept.forget()
    page = Document(log_in(cast.bob).get(cast.kitchen.get_absolute_url()).content.decode())
    assert UNSHOWN in page.log[-1]
    assert page.values(page.element("resume-form"))["unshown"] == "promoted"


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("live", "is_old")
class TestLive:
    async def test_it_is_shown_once_the_page_comes_back_to_a_new_process(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ):
        page = await enter(cast.bob, cast.kitchen.get_absolute_url())
        await in_worker(promote, cast, Kind.PROMOTED, Kind.DEMOTED)
        await page.until(lambda page: page.log[-1].count(UNSHOWN) == 1)
        # A screen reader is told nothing of it, and not an empty line either.
        assert not page.element("announcer").text_content().strip()
        # As long as it meets old processes, it is left alone.
        await page.disconnect()
        count = len(page.frames)
        await page.join_in()
        assert 'hx-swap-oob="innerHTML:#log"' not in "".join(page.frames[count:])
        await page.disconnect()
        monkeypatch.setattr(lines, "KNOWN", frozenset(Kind.values))
        kept.forget()
        await page.join_in()
        await page.until(lambda page: UNSHOWN not in "".join(page.log))
        assert page.log == await fresh_log(page)
        assert "made" in page.log[-2]

    async def test_odd_things_in_its_place_are_none(self, cast: Cast):
        page = await Page.open(await in_worker(log_in, cast.bob), cast.kitchen.get_absolute_url())
        for odd in ({"a": 1}, [1, None, "x" * 9000], 7, "never heard of"):
            await page.connect(resumes=False)
            page.submit("resume-form", unshown=odd)
            await page.until(lambda page: page.element("status").get("hx-swap-oob") or page.frames)
            assert page.close_code is None
            await page.disconnect()


@pytest.mark.django_db
@pytest.mark.log
def test_a_command_has_open_pages_show_the_events_of_late_anew(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(renderings, "pause_after", lambda begin: 0)
    cast.say(cast.bob, "Soup")
    promote(cast, Kind.PROMOTED, Kind.DEMOTED)
    before = Group.objects.get(pk=cast.kitchen.pk).head
    # Those by which people came are older.
    assert actions.renew_events(hours=0.1) == 2
    renewed = Entry.objects.filter(change__gt=before)
    assert set(renewed.values_list("kind", flat=True)) == {Kind.PROMOTED, Kind.DEMOTED}
    assert Group.objects.get(pk=cast.kitchen.pk).head == before + 1
    call_command("render_messages", events=24, verbosity=0)
    assert Group.objects.get(pk=cast.kitchen.pk).head == before + 2
