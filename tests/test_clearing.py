"""What has expired goes by itself, little by little; what has not stays."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from discuss.accounts import counts, sessions
from discuss.actions import invitations
from discuss.db.workers import in_worker
from discuss.live import clearing, upkeep
from discuss.models import Invitation, Session
from tests.cast import Cast, log_in
from tests.page import enter, eventually

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.log]


DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _nothing_counted(db: None) -> None:
    """Its table is no model's, and so is not emptied with the others."""
    cache.clear()


def let_expire(session_key: str | None) -> None:
    Session.objects.filter(pk=session_key).update(expire_date=timezone.now() - timedelta(seconds=1))


def test_sessions_that_expired_go_so_many_at_a_time(cast: Cast):
    keys = [log_in(cast.bob).session.session_key for _ in range(6)]
    for key in keys[:5]:
        let_expire(key)
    assert [sessions.clear_expired(2) for _ in range(4)] == [2, 2, 1, 0]
    assert [session.pk for session in Session.objects.all()] == keys[5:]
    assert cast.bob.sessions.exists()


def test_invitations_that_ended_go_after_a_while_so_many_at_a_time(cast: Cast):
    now = timezone.now()
    past, recent, later = now - 8 * DAY, now - 6 * DAY, now + DAY
    made: dict[str, Any] = {"group": cast.kitchen, "made_by": cast.ann, "created_at": past}
    gone: list[dict[str, Any]] = [
        {"expires_at": past},
        {"expires_at": past, "uses_left": 0},
        {"expires_at": later, "revoked_at": past},
        {"expires_at": None},
        {"expires_at": past, "group": None, "made_by": None},
    ]
    kept: list[dict[str, Any]] = [
        {"expires_at": later},
        {"expires_at": recent},
        {"expires_at": recent, "uses_left": 0},
        {"expires_at": later, "uses_left": 0},
        {"expires_at": later, "revoked_at": recent},
        {"expires_at": None, "created_at": recent},
    ]
    rows = [Invitation.objects.create(**{**made, **values}) for values in (*gone, *kept)]
    assert [invitations.clear_ended(2) for _ in range(4)] == [2, 2, 1, 0]
    assert [*Invitation.objects.order_by("pk")] == rows[len(gone) :]
    # Its link says what that of any other says that is over.
    pages = [Client().get(f"/invitations/{row.token}/") for row in (rows[0], rows[6])]
    assert [page.status_code for page in pages] == [404, 404]
    assert "Ask whoever sent it for a new one" in pages[0].content.decode()


def test_counts_that_expired_go_so_many_at_a_time():
    for number in range(5):
        cache.set(f"old{number}", number, timeout=-1)
    cache.set("new", 7, timeout=60)
    assert [counts.clear_expired(2) for _ in range(4)] == [2, 2, 1, 0]
    assert cache.get("new") == 7


def test_where_there_is_no_room_what_ends_first_goes(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    """Django's own drops by key: whoever fills the table could have a name tried again."""
    settings.CACHES = {"default": {**settings.CACHES["default"], "OPTIONS": {"MAX_ENTRIES": 10}}}
    monkeypatch.setattr(counts, "DROPPED", 3)
    cache.set("a-name-that-is-locked", 7, timeout=3600)
    for number in range(100):
        cache.set(f"b{number:02}", number, timeout=60 + number)
    assert cache.get("a-name-that-is-locked") == 7
    there = [number for number in range(100) if cache.get(f"b{number:02}") is not None]
    assert len(there) in range(7, 11)
    assert there == list(range(100 - len(there), 100))


async def test_what_cannot_be_cleared_stops_nothing_else(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    def fail(most: int) -> int:
        raise ValueError("an odd row")

    monkeypatch.setattr(sessions, "clear_expired", fail)
    long_ago = timezone.now() - 8 * DAY
    await in_worker(lambda: Invitation.objects.create(expires_at=long_ago))
    await clearing.clear_expired()
    assert not await in_worker(Invitation.objects.exists)
    assert "failed and will be tried again" in caplog.text


@pytest.mark.usefixtures("live")
async def test_the_hub_clears_from_time_to_time(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(upkeep, "CLEARING_INTERVAL", 0.05)
    monkeypatch.setattr(clearing, "AT_ONCE", 2)
    monkeypatch.setattr(clearing, "PAUSE", 0.0)

    def fill() -> None:
        for _ in range(5):
            let_expire(log_in(cast.bob).session.session_key)
        cache.set("old", 1, timeout=-1)
        long_ago = timezone.now() - 8 * DAY
        Invitation.objects.bulk_create(Invitation(expires_at=long_ago) for _ in range(3))

    def count() -> tuple[int, int, int]:
        with connection.cursor() as cursor:
            # To ask the cache for one would delete it.
            cursor.execute("SELECT count(*) FROM discuss_limits")
            counted: int = cursor.fetchone()[0]
        return Session.objects.count(), counted, Invitation.objects.count()

    await in_worker(fill)
    assert await in_worker(count) == (5, 1, 3)
    page = await enter(cast.ann, cast.kitchen.get_absolute_url())

    async def is_clear() -> bool:
        return await in_worker(count) == (1, 0, 0)

    await eventually(is_clear)
    assert page.is_connected
