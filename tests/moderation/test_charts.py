"""Charts of moderators' work: what is counted, for whom, on which day, in how many statements."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from discuss import actions
from discuss.actions.record import write_act
from discuss.db.day_places import day_place
from discuss.models import Case, Filter, FilterHits, Group, Membership, Report, Role, User
from discuss.moderation.actions import (
    Why,
    acts,
    decide_case,
    report_group,
    report_member,
    report_message,
)
from discuss.moderation.reading.charts import (
    WAITS,
    Span,
    count_acts,
    count_hits,
    count_reports,
    count_sign_ups,
    count_waiting,
    read_waits,
)
from discuss.moderation.reading.record_scopes import acts_in, read_record_scope
from discuss.moderation.reading.scopes import read_scope
from discuss.rules.days import latest_days
from tests.cast import Cast, log_in
from tests.document import Document, text

pytestmark = [pytest.mark.django_db, pytest.mark.log]

CHARTS = "/moderation/charts/"
NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)
ZONE = ZoneInfo("UTC")


@pytest.fixture(autouse=True)
def _at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOON)


@pytest.fixture
def boss() -> User:
    return User.objects.create_superuser("boss", date_joined=NOON - timedelta(days=400))


def span_of(user: User, group: Group | None = None, count: int = 7, zone: ZoneInfo = ZONE) -> Span:
    today = timezone.localdate(timezone=zone)
    return Span(read_scope(user.pk), latest_days(today, count, zone), group)


def report(cast: Cast, about: User, days_ago: float = 0, reporter: User | None = None) -> Case:
    """Have somebody report a message of somebody, so many days ago."""
    line = cast.say(about, "Soup")
    return put(
        report_message(cast.member(reporter or cast.ann), entry=line, reason="spam"), days_ago
    )


def put(made: Report, days_ago: float = 0) -> Case:
    """Have a report be made so many days ago."""
    at = NOON - timedelta(days=days_ago)
    Report.objects.filter(pk=made.pk).update(at=at)
    Case.objects.filter(pk=made.case_id).update(opened_at=at)
    return Case.objects.get(pk=made.case_id)


def act(cast: Cast, kind: str, days_ago: float = 0, **more: Any) -> None:
    told = {"group_id": cast.kitchen.pk, "user_id": cast.bob.pk, **more}
    write_act(kind, actor=cast.ann, at=NOON - timedelta(days=days_ago), **told)


def act_on(case: Case, minutes: float) -> None:
    """Have the first act for a case be done so many minutes after it was reported."""
    at = case.opened_at + timedelta(minutes=minutes)
    told = {"group_id": case.group_id, "user_id": case.user_id, "case_id": case.pk}
    write_act("dismiss", actor=None, at=at, **told)


def acts_of(user: User) -> dict[str, list[int]]:
    return count_acts(span_of(user), acts_in(read_record_scope(user.pk)), acts)


def numbers(client: Client, query: str = "") -> dict[str, list[int]]:
    """Return what the tables below the charts say, by their titles: the latest day first."""
    response = client.get(CHARTS + query)
    assert response.status_code == 200
    page = Document(response.content.decode())
    return {
        section.xpath("string(.//h2/text())").strip(): [
            int(text(row.xpath("td")[0]).replace(",", "")) for row in section.xpath(".//tbody/tr")
        ]
        for section in page.document.xpath("//section")
    }


# --- what is counted ------------------------------------------------------------------------------------


def test_reports_stand_on_their_days(cast: Cast):
    for days_ago in (0, 0, 1, 6, 7):
        report(cast, cast.bob, days_ago)
    assert count_reports(span_of(cast.mod)) == [1, 0, 0, 0, 0, 1, 2]
    assert sum(count_reports(span_of(cast.mod, count=28))) == 5


def test_acts_are_counted_by_their_kinds_and_what_is_no_act_is_not(cast: Cast):
    for kind, days_ago in (("hide", 0), ("hide", 2), ("warn", 2), ("filter_made", 0)):
        act(cast, kind, days_ago)
    assert acts_of(cast.mod) == {
        "hide": [0, 0, 0, 0, 1, 0, 1],
        "warn": [0, 0, 0, 0, 1, 0, 0],
    }


def test_hits_of_now_are_there_where_utc_has_a_new_day_already(cast: Cast):
    made = Filter.objects.create(group=cast.kitchen, kind="words", name="Soup", terms="Soup")
    FilterHits.objects.create(filter=made, day=NOON.date(), hits=2)
    FilterHits.objects.create(filter=made, day=NOON.date() + timedelta(days=1), hits=30)
    # In the evening of the 15th, when the 16th has begun in UTC.
    assert count_hits(span_of(cast.mod, zone=ZoneInfo("America/Los_Angeles")))[-1] == 32


def test_hits_are_those_of_ones_groups_and_of_the_site_for_staff(cast: Cast, boss: User):
    other = actions.create_group(cast.cleo, name="Cellar")
    for group, hits in ((cast.kitchen, 2), (other, 30), (None, 500)):
        made = Filter.objects.create(group=group, kind="words", name="Soup", terms="Soup")
        FilterHits.objects.create(filter=made, day=NOON.date(), hits=hits)
        FilterHits.objects.create(filter=made, day=NOON.date() - timedelta(days=7), hits=9000)
    assert count_hits(span_of(cast.mod))[-1] == 2
    assert count_hits(span_of(boss)) == [0] * 6 + [532]
    assert count_hits(span_of(boss, other))[-1] == 30


def test_sign_ups_are_counted(cast: Cast, boss: User):
    User.objects.update(date_joined=NOON - timedelta(days=30))
    User.objects.create_user("dora", date_joined=NOON - timedelta(days=1))
    assert count_sign_ups(span_of(boss)) == [0, 0, 0, 0, 0, 1, 0]


def test_what_is_open_and_since_when(cast: Cast):
    assert count_waiting(span_of(cast.mod)) == (0, None)
    report(cast, cast.bob, days_ago=100)
    decide_case(cast.ann, case_id=report(cast, cast.bob, 200).pk, name="dismiss", why=Why())
    report(cast, cast.bob)
    assert count_waiting(span_of(cast.mod)) == (2, NOON - timedelta(days=100))


def test_a_case_waits_until_the_first_act_for_it(cast: Cast):
    for minutes, closes in ((5, False), (60, True)):
        case = report(cast, cast.bob, days_ago=1)
        for more in (0, 600):
            act_on(case, minutes + more)
        if closes:
            Case.objects.filter(pk=case.pk).update(state="closed", closed_at=NOON)
    report(cast, cast.bob, days_ago=1)
    act_on(report(cast, cast.bob, days_ago=8), 1)
    assert read_waits(span_of(cast.mod)) == [5 * 60, 60 * 60]


def test_of_very_many_cases_the_latest_say_how_long_they_waited(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
):
    assert WAITS >= 1000
    monkeypatch.setattr("discuss.moderation.reading.charts.WAITS", 2)
    for days_ago in (3, 2, 1):
        act_on(report(cast, cast.bob, days_ago), days_ago)
    assert read_waits(span_of(cast.mod)) == [60, 120]


# --- on which day ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "today"),
    [
        ("UTC", date(2026, 6, 15)),
        ("Asia/Kathmandu", date(2026, 6, 15)),
        # Clocks go back, and forward, within 28 days; in Beirut at midnight.
        ("Europe/Berlin", date(2026, 11, 1)),
        ("Europe/Berlin", date(2026, 4, 5)),
        ("America/St_Johns", date(2026, 3, 20)),
        ("Asia/Beirut", date(2026, 4, 1)),
    ],
)
def test_days_are_those_of_the_time_zone(cast: Cast, name: str, today: date):
    zone = ZoneInfo(name)
    days = latest_days(today, 28, zone)
    moments = [
        days.start + timedelta(hours=hours, seconds=second)
        for hours in range(0, 29 * 24, 5)
        for second in (0, 59)
    ]
    moments += [each - timedelta(seconds=1) for each in days.midnights] + list(days.midnights)
    moments = sorted(each for each in moments if days.start <= each < days.end)
    User.objects.bulk_create(
        User(username=f"p{n}", date_joined=moment) for n, moment in enumerate(moments)
    )
    people = User.objects.filter(username__startswith="p").annotate(
        place=day_place("date_joined", days)
    )
    found = [days.dates[place] for place in people.order_by("pk").values_list("place", flat=True)]
    # The plain twin.
    assert found == [moment.astimezone(zone).date() for moment in moments]


def test_it_asks_who_reads_for_their_zone(cast: Cast):
    report(cast, cast.bob, days_ago=0.25)
    client = log_in(cast.mod)
    assert numbers(client, "?days=7")["Reports"] == [1, 0, 0, 0, 0, 0, 0]
    # Noon in UTC is the morning of the same day there, and six hours before it was the day before.
    User.objects.filter(pk=cast.mod.pk).update(time_zone="America/Los_Angeles")
    assert numbers(client, "?days=7")["Reports"] == [0, 1, 0, 0, 0, 0, 0]


# --- for whom -------------------------------------------------------------------------------------------


def test_nobody_learns_that_they_or_others_of_their_role_were_reported(cast: Cast, boss: User):
    for about in (cast.mod, cast.ann):
        act_on(report(cast, about, reporter=cast.bob), 0)
    put(report_group(cast.bob, group=cast.kitchen, reason="spam"))
    seen = {
        user.username: (
            sum(count_reports(span_of(user))),
            sum(map(sum, acts_of(user).values())),
            count_waiting(span_of(user)).cases,
            len(read_waits(span_of(user))),
        )
        for user in (cast.mod, cast.ann, boss)
    }
    assert seen == {"mod": (0, 0, 0, 0), "ann": (1, 1, 1, 1), "boss": (3, 2, 3, 2)}


def test_moderators_see_their_groups_and_choose_one_of_them(cast: Cast, boss: User):
    cellar = actions.create_group(cast.cleo, name="Cellar")
    attic = actions.create_group(cast.mod, name="Attic")
    for group in (cellar, attic):
        actions.join_group(cast.bob, group=group)
        owner = Membership.objects.select_related("user", "group").get(group=group, role=Role.OWNER)
        put(report_member(owner, user=cast.bob, reason="spam"))
    report(cast, cast.bob)
    client = log_in(cast.mod)
    page = Document(client.get(CHARTS).content.decode())
    assert page.document.xpath("//option/text()[contains('Attic Cellar Kitchen', .)]") == [
        "Attic",
        "Kitchen",
    ]
    assert numbers(client, f"?group={attic.uuid}")["Reports"][0] == 1
    # Of a group that is not theirs they see what they see without it.
    for of_all in ("", f"?group={cellar.uuid}", "?group=x&days=11"):
        assert numbers(client, of_all)["Reports"] == [2] + [0] * 27
    assert numbers(log_in(boss))["Reports"][0] == 3
    assert numbers(log_in(boss), f"?group={cellar.uuid}")["Reports"][0] == 1


def test_sign_ups_are_for_moderators_of_the_site(cast: Cast, boss: User):
    assert list(numbers(log_in(cast.mod))) == ["Reports", "Hits of filters", "What moderators did"]
    assert list(numbers(log_in(boss)))[3:] == ["Sign-ups"]
    assert "Sign-ups" not in numbers(log_in(boss), f"?group={cast.kitchen.uuid}")


@pytest.mark.parametrize("right", ["view_act", "view_user"])
def test_staff_see_no_numbers_of_what_they_have_no_right_to_see(cast: Cast, right: str):
    user = User.objects.create_user("pat", is_staff=True)
    rights = Permission.objects.filter(
        codename__in={"view_case", "view_act", "view_user"} - {right}
    )
    user.user_permissions.set(rights)
    missing = {"view_act": "What moderators did", "view_user": "Sign-ups"}
    assert set(missing.values()) - numbers(log_in(user)).keys() == {missing[right]}


def test_members_and_strangers_have_none(cast: Cast):
    for user in (cast.bob, cast.cleo):
        assert log_in(user).get(CHARTS).status_code == 403


# --- the page -------------------------------------------------------------------------------------------


def test_it_says_how_soon_something_was_done(cast: Cast):
    client = log_in(cast.mod)
    page = text(Document(client.get(CHARTS).content.decode()).document.xpath("//main")[0])
    assert "Half of the" not in page
    for minutes in (5, 5, 130):
        act_on(report(cast, cast.bob, days_ago=1), minutes)
    page = text(Document(client.get(CHARTS).content.decode()).document.xpath("//main")[0])
    page = page.replace("\xa0", " ")
    assert "acted on within 5 minutes" in page
    assert "Nine of ten within 2 hours, 10 minutes of 3 cases" in page
    assert "Open now 3 the oldest since 14 June 2026, 12:00" in page


def test_a_chart_is_told_to_who_does_not_see_it(cast: Cast):
    for days_ago in (0, 0, 1):
        report(cast, cast.bob, days_ago)
    document = Document(log_in(cast.mod).get(f"{CHARTS}?days=7").content.decode()).document
    (svg,) = document.xpath("//section[1]/*[local-name() = 'svg']")
    told = svg.get("aria-labelledby").split()
    title, description = (document.xpath(f"//*[@id='{each}']")[0] for each in told)
    assert text(title) == "Reports 3"
    assert "from 9 June 2026 until 15 June 2026. At most 2 on one day." in text(description)
    bars = svg.xpath(".//*[local-name() = 'rect'][@class='bar']")
    assert len(bars) == 2
    heights = [float(bar.get("height")) for bar in bars]
    assert heights[1] == 2 * heights[0]


def test_geometry_is_no_number_of_a_language(cast: Cast, settings: Settings):
    for days_ago in range(3):
        report(cast, cast.bob, days_ago)
    act(cast, "hide")
    User.objects.create_superuser("boss")
    page = log_in(cast.mod)
    plain = page.get(f"{CHARTS}?days=90").content.decode()
    settings.LANGUAGE_CODE = "de"
    other = page.get(f"{CHARTS}?days=90").content.decode()
    geometry = re.compile(r' (?:x|y|x1|x2|y1|y2|width|height)="([^"]*)"')
    assert geometry.findall(other) == geometry.findall(plain)
    assert all(re.fullmatch(r"[\d.]+", each) for each in geometry.findall(other))
    assert "style=" not in other
    assert "<script" not in other.partition("<main")[2]


@pytest.mark.parametrize("query", ["?days=7", "?days=90"])
def test_it_takes_as_many_statements_whatever_there_is(cast: Cast, boss: User, query: str):
    before = {user: _statements(user, query) for user in (cast.mod, boss)}
    for days_ago in range(5):
        report(cast, cast.bob, days_ago)
        act(cast, "hide", days_ago)
    after = {user: _statements(user, query) for user in (cast.mod, boss)}
    assert after == before
    # Who they are, what they may see, what their header says; and one statement for each number.
    assert max(after.values()) <= 22


def _statements(user: User, query: str) -> int:
    client = log_in(user)
    client.get(CHARTS + query)
    with CaptureQueriesContext(connection) as asked:
        client.get(CHARTS + query)
    return len(asked)
