"""The usual frame of a group, of which all but its lines is kept, is what its template renders."""

from itertools import product

import pytest
from django.utils.safestring import mark_safe

from discuss.models import Entry
from discuss.rendering import fragments
from discuss.rendering.audience import Audience
from discuss.rendering.fragments import lines
from tests.cast import Cast

pytestmark = pytest.mark.django_db

EVERYONE = Audience.everyone()
TEXTS = ("<b>Soup</b> & bread", "{{ cursor }} %s \\0 {}", "مرحبا")


@pytest.fixture
def said(cast: Cast) -> list[Entry]:
    for text in TEXTS:
        cast.say(cast.bob, text)
    found = Entry.objects.for_display().filter(group=cast.kitchen, text__in=TEXTS)
    assert len(found) == len(TEXTS)
    return list(found)


@pytest.mark.parametrize(("added", "announced"), [*product(range(5), range(4))])
def test_it_is_what_the_template_renders(
    said: list[Entry], added: int, announced: int, monkeypatch: pytest.MonkeyPatch
):
    def frames() -> list[str]:
        """Return two frames, the second of which may have something of the first."""
        html = [fragments.line(said[n % 3], EVERYONE) for n in range(added)]
        return [
            fragments.log_moved(
                EVERYONE, added=html, replaced=[], cursor=cursor, announced=some, panels=panels
            )
            for cursor, some, panels in (
                (1_234, said[:announced], ["", mark_safe("<p>One</p>"), "<p>Two</p>"]),
                (7, said[3 - announced :], []),
            )
        ]

    usual = frames()
    monkeypatch.setattr(lines, "shows_ours", lambda skin: False)
    assert usual == frames()


def test_only_its_lines_are_rendered(said: list[Entry], monkeypatch: pytest.MonkeyPatch):
    def frame(cursor: int) -> str:
        html = ["<li></li>"]
        return fragments.log_moved(
            EVERYONE, added=html, replaced=[], cursor=cursor, announced=said[:1]
        )

    frame(1)
    monkeypatch.setattr(lines, "rendered", None)
    monkeypatch.setattr(lines, "render", None)
    assert 'value="2"' in frame(2)
