"""The pages of the site, for a test that reads them in another language: all addresses, in many states."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import PermissionDenied
from django.core.handlers.exception import response_for_exception
from django.template.loader import render_to_string
from django.test import Client, RequestFactory, override_settings
from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone

from discuss import actions
from discuss.accounts import first_admin
from discuss.actions.networks import note_address
from discuss.actions.record import write_act
from discuss.design.edges import playing
from discuss.limits import spoken
from discuss.models import (
    Act,
    Appeal,
    Ban,
    BlockedNetwork,
    Case,
    Entry,
    Group,
    Kind,
    Membership,
    User,
)
from discuss.moderation.actions import Why, finish_long_acts, perform_act, report_message
from discuss.moderation.forms.appeals import token_of
from discuss.reading.networks import known_networks
from discuss.rendering.audience import Audience
from discuss.rendering.faults import Fault
from discuss.rendering.fragments import notice_shown
from discuss.rendering.samples import SAMPLES
from discuss.rules.refusals import Code
from tests.cast import Cast, log_in
from tests.test_grid import ADDRESSES, ask

# What a page is asked for besides.
QUERIES = ("", "?live=off", "?live=on", "?before=4", "?paused=1", "?q=o", "?q=nowhere", "?page=2")
# What is searched for.
SEARCHES = (
    "",
    "?q=soup",
    "?q=soup&order=best",
    "?q=nowhere",
    "?q=nowhere&group={uuid}",
    "?q=!!!",
    "?q=after:x",
    "?q=soup&older=99",
)
# What nobody may write, by the names of fields.
WRONG: tuple[dict[str, Any], ...] = (
    {},
    {"name": "Kitchen", "text": "x" * 4001, "username": "ann", "password1": "1", "email": "x"},
    {"name": "a\u200bb", "text": "a\x00b", "username": "a\u200bb", "login": "ann", "password": "1"},
    {"name": "x" * 70, "text": "a" + "\u0301" * 9, "username": "аdmin", "password1": "1"},
    {"name": "a\u0301\u0301\u0301\u0301\u0301", "username": "_", "successor": "x"},
    {"name": "Shed", "username": "a b", "description": "x" * 300, "oldpassword": "1"},
)
# Who is told what is wrong with their forms, and where.
READING = {
    "member": {"new_group"},
    "owner": {"post", "group_settings", "hand_over", "decide", "report_member"},
}
PASSWORD = "correct horse battery staple"
# Tables of the admin.
ADMIN = ("user", "group", "membership", "message", "event", "blockednetwork")


def talk(cast: Cast) -> None:
    """Have the log of the Kitchen hold a line of each kind, in each state."""
    for text in ("Soup", "Bread", "Salt"):
        entry = cast.say(cast.bob, text)
    report_message(cast.member(cast.ann), entry=entry, reason="spam", note="Soup")
    # Rows of the record alone, so that everybody still writes.
    write_act(
        "bar",
        actor=cast.mod,
        user_id=cast.bob.pk,
        group_id=cast.kitchen.pk,
        entry_id=entry.pk,
        reason="spam",
        note="Soup",
        until=timezone.now(),
        details={
            "rule": 1,
            "name": "Soup",
            "before": {"is_part": False},
            "after": {"is_part": True},
        },
    )
    for kind in ("warn", "time_out", "warn"):
        write_act(kind, actor=cast.mod, user_id=cast.bob.pk, group_id=cast.kitchen.pk, note="Soup")
    for act in Act.objects.filter(kind__in=["warn", "time_out"])[1:]:
        made = Appeal.objects.create(act_id=act.pk, user=cast.bob, note="Soup")
        snapshot = {"text": "Soup"}
        Case.objects.create(
            kind="appeal", appeal=made, group=cast.kitchen, user=cast.bob, snapshot=snapshot
        )
    for name in ("refuse_appeal", "settle"):
        case = Case.objects.filter(kind="appeal", outcome="").latest("pk")
        Case.objects.filter(pk=case.pk).update(state="closed", outcome=name)
        write_act(name, actor=cast.ann, user_id=cast.bob.pk, case_id=case.pk, reason="spam")
    ban_of = User.objects.create_user("dora")
    for _ in range(2):
        write_act("ban", actor=cast.ann, user_id=ban_of.pk)
    Ban.objects.create(user=ban_of)
    actions.edit_message(cast.member(cast.bob), entry=entry, text="Pepper")
    actions.hide_message(cast.member(cast.bob), entry=cast.say(cast.bob, "Soup"))
    last = cast.lines()[-1]
    for text in ("", Kind.JOINED, Kind.LEFT):
        for kind in Kind:
            if kind == Kind.MESSAGE:
                continue
            last.pk, last.position = None, last.position + 1
            last.kind, last.text, last.nonce, last.change = kind, text, None, last.position
            last.author, last.subject, last.hidden_at = cast.ann, cast.bob, None
            last.timestamp = timezone.now()
            last.save()
    last.pk, last.position, last.kind = None, last.position + 1, Kind.MESSAGE
    last.author, last.text, last.change = None, "Soup", last.position
    last.save()
    Group.objects.filter(pk=cast.kitchen.pk).update(head=last.position, record_is_public=True)
    BlockedNetwork.objects.create(network="192.0.2.0/24", bars="sign-ups", by=cast.ann)
    Group.objects.bulk_create(
        Group(name=f"Attic {n}", name_key=f"attic {n}", description="Bats") for n in range(60)
    )


def pages(cast: Cast, browsers: dict[str, Client]) -> Iterator[tuple[str, str]]:
    """Yield what was asked for and the page that came, of all addresses of the chat."""
    for who in ("anonymous", "stranger", "member", "owner"):
        client, uuid = browsers[who], cast.kitchen.uuid
        for name in ADDRESSES:
            queries = QUERIES if name in {"lobby", "group", "log"} else ("",)
            for query in (s.format(uuid=uuid) for s in SEARCHES) if name == "search" else queries:
                yield f"{who} {name}{query}", _html(ask(client, name, uuid, "GET", query))
            for wrong in WRONG if name in READING.get(who, ()) else WRONG[:2]:
                response = ask(client, name, uuid, "POST", data=dict(wrong))
                yield f"{who} {name} {wrong}", _html(response)
        for data in ({"text": "\u0301" * 9}, {"text": "Soup", "reader": "0"}, {}):
            for headers in ({}, {"HX-Request": "true"}):
                response = ask(client, "post", uuid, "POST", data=data, headers=headers)
                yield f"{who} post {data} {headers}", _html(response)
    # An appeal, and what whoever is banned sees: of their ban, and of the one before.
    for case in Case.objects.filter(kind="appeal"):
        response = browsers["owner"].get(reverse("case", args=[case.pk]))
        yield f"case {case.pk}", _html(response)
    for act in Act.objects.filter(kind="ban"):
        address = reverse("appeal_of_ban", args=[token_of(act.pk)])
        yield f"ban {act.pk}", _html(browsers["anonymous"].get(address))
    for name in ADDRESSES:
        for method in ("GET", "POST"):
            response = ask(browsers["member"], name, uuid4(), method)
            yield f"{name} of no group", _html(response)


def places(resolver: URLResolver | None = None, before: str = "") -> Iterator[str]:
    """Yield all addresses of log-ins and the like that take no values."""
    for each in (resolver or get_resolver()).url_patterns:
        address = before + str(each.pattern)
        if isinstance(each, URLResolver):
            if not address.startswith("admin"):
                yield from places(each, address)
        elif address.startswith("accounts/") and not re.search(r"[<(]", address):
            yield f"/{address}"


def fragments_of() -> Iterator[tuple[str, str]]:
    """Yield each fragment that goes over sockets, in all of its states."""
    for name, states in SAMPLES.items():
        for state, render in states.items():
            yield f"{name} {state}", render(Audience.everyone())


def account_pages() -> Iterator[tuple[str, str]]:
    """Yield all pages of log-ins and the like, as somebody logged in and as somebody logged out."""
    dan, eva = (User.objects.create_user(name, password=PASSWORD) for name in ("dan", "eva"))
    User.objects.filter(pk=eva.pk).update(is_active=False)
    addresses = [
        EmailAddress.objects.create(user=dan, email=email, verified=is_sure, primary=is_main)
        for email, is_sure, is_main in (
            ("ann@example.org", True, True),
            ("a@example.org", False, False),
            ("b@example.org", True, False),
        )
    ]
    key = EmailConfirmationHMAC(addresses[1]).key
    reset = f"{user_pk_to_url_str(dan)}-{default_token_generator.make_token(dan)}"
    special = [
        reverse("account_confirm_email", args=[key]),
        reverse("account_confirm_email", args=["x"]),
        f"/accounts/password/reset/key/{reset}/",
        "/accounts/password/reset/key/x-y/",
    ]
    another = {"action_add": "", "email": "c@example.org"}
    nobody = {"login": "eva", "username": "eva", "password": PASSWORD}
    for who, client in (
        ("dan", log_in(dan)),
        ("gus", log_in(User.objects.create_user("gus"))),
        ("anonymous", Client()),
    ):
        # First the password is entered again, so that what needs that is done and not only asked for.
        for address in sorted([*places(), *special], key=lambda each: "reauth" not in each):
            if "logout" in address:
                continue
            yield f"{who} {address}", _html(client.get(address, follow=True))
            for wrong in (*WRONG, nobody, another) if who != "gus" else WRONG[:1]:
                response = client.post(address, wrong, follow=True)
                yield f"{who} {address} {wrong}", _html(response)
        for address in ("/accounts/logout/", "/accounts/logout/"):
            yield f"{who} leaves", _html(client.get(address, follow=True))
            yield f"{who} left", _html(client.post(address, follow=True))
    unknown = Client().post("/accounts/password/reset/", {"email": "zoe@example.org"}, follow=True)
    yield "of nobody", _html(unknown)
    right = {"login": "dan", "password": PASSWORD}
    yield "comes in", _html(Client().post("/accounts/login/", right, follow=True))
    for number in range(8):
        response = Client().post("/accounts/login/", {"login": "dan", "password": f"no {number}"})
        yield "wrong tries", _html(response)


def doors(cast: Cast) -> Iterator[tuple[str, str]]:
    """Yield what those see who come in: as the first admin, by an invitation, or not at all."""
    User.objects.filter(is_superuser=True).update(is_superuser=False)
    first = urlsplit(first_admin.new_link()).path
    for wrong in WRONG:
        yield f"first admin {wrong}", _html(Client().post(first, wrong))
    host = cast.member(cast.ann)
    invitation = actions.make_invitation(host, group=cast.kitchen, uses=2, days=7)
    address = urlsplit(invitation.link).path
    boss = log_in(User.objects.create_superuser("chef"))
    of_admin = f"/admin/discuss/invitation/{invitation.pk}/change/"
    for client, path in (
        *((log_in(cast.ann), f"{cast.kitchen.get_absolute_url()}invitations/"), (boss, of_admin)),
        *((log_in(cast.cleo), address), (Client(), address)),
    ):
        html = _html(client.get(path, follow=True))
        yield path, html.replace(address, "").replace("chef", "ann")
    for mode in ("code", "invited", "closed"):
        with override_settings(SIGN_UP=mode, SIGN_UP_CODE="sesame open"):
            yield f"sign up {mode}", _html(Client().get("/accounts/signup/"))
            for wrong in WRONG[:2]:
                response = Client().post("/accounts/signup/", wrong)
                yield f"sign up {mode} {wrong}", _html(response)


def long_acts(cast: Cast) -> Iterator[tuple[str, str]]:
    """Yield what a moderator sees of acts over all that somebody wrote, and what asks for one twice."""
    chef = User.objects.create_superuser("head")
    actions.join_group(chef, group=cast.kitchen)
    soup, place = cast.say(cast.bob, "Soup"), {"user": cast.bob, "group": cast.kitchen}
    boss, uuid = log_in(chef), cast.kitchen.uuid
    theirs = reverse("person", args=[uuid, cast.bob.pk])
    for name, whom in (
        *(("hide_all_on_site", {"user": cast.bob}), ("show_all_on_site", {"user": cast.bob})),
        *(("hide_all", place), ("show_all", place)),
    ):
        perform_act(chef, name, **whom, why=Why(since=timezone.now() - timedelta(hours=1)))
        yield f"{theirs} {name}", _html(boss.get(theirs)).replace("head", "ann")
    finish_long_acts()
    perform_act(chef, "erase_all", user=cast.bob)
    progress = boss.get(f"{theirs}long-acts/", headers={"HX-Request": "true"})
    yield f"{theirs} erase_all", _html(progress).replace("head", "ann")
    for address in (
        f"{theirs}erase-all/",
        reverse("act_on_line", args=[uuid, soup.position, "erase"]),
    ):
        yield address, _html(boss.get(address)).replace("head", "ann")
        for data in ({"span": "1d"}, {"reason": "x"}):
            yield f"{address} {data}", _html(boss.post(address, data)).replace("head", "ann")


def contexts(cast: Cast) -> Iterator[tuple[str, str]]:
    """Yield what staff read around a line, and what leads there."""
    boss = log_in(User.objects.create_superuser("chief"))
    entry = Entry.objects.filter(kind=Kind.MESSAGE).exclude(hidden_at=None).earliest("pk")
    for query in ("", "?before=4", "?after=4"):
        address = f"/admin/discuss/message/{entry.pk}/context/{query}"
        yield address, _html(boss.get(address)).replace("chief", "ann")
    of_admin = f"/admin/discuss/message/{entry.pk}/change/"
    yield of_admin, _html(boss.get(of_admin)).replace("chief", "ann")
    asked = {"action": "restore", "_selected_action": entry.pk}
    why = boss.post("/admin/discuss/message/", asked)
    yield "act", _html(why).replace("chief", "ann")
    given = {"address": "/", "entry": entry}
    yield "link", render_to_string("discuss/admin/context_link.html", given)


def sign_ups() -> Iterator[tuple[str, str]]:
    """Yield what those see and get by mail who sign up where new accounts wait; and their case."""
    # So many come from one address here that allauth would have them wait.
    with override_settings(HELD_SIGN_UPS=True, ACCOUNT_RATE_LIMITS=False):
        warden = User.objects.create_superuser("warden")
        browser = log_in(warden)
        yield "held sign-up", _html(Client().get("/accounts/signup/"))
        for name, act in (("mia", "admit"), ("ned", "turn_away")):
            fields = {"username": name, "password1": PASSWORD, "password2": PASSWORD}
            asked = {**fields, "email": f"{name}@example.org"}
            Client().post("/accounts/signup/", asked, follow=True)
            user = User.objects.get(username=name)
            case = f"/moderation/cases/{user.cases.get().pk}/"
            shown = _html(browser.get(case))
            for each in ("warden", "mia", "ned"):
                shown = shown.replace(each, "ann")
            yield case, shown
            browser.post(f"{case}decide/", {"act": act, "reason": "spam"})
            response = Client().post("/accounts/login/", {"login": name, "password": PASSWORD})
            yield f"{act} of {name}", _html(response).replace(name, "ann")


def networks(cast: Cast) -> Iterator[tuple[str, str]]:
    """Yield what moderators of the site see of addresses, and what those see who come from a blocked one."""
    chief = User.objects.create_superuser("guard")
    cleo, group = log_in(cast.cleo), cast.kitchen
    actions.join_group(chief, group=group)
    for user in (cast.bob, cast.ann):
        note_address(user, "203.0.113.7")
    browser = log_in(chief)
    told = {"network": "203.0.113.0/24", "length": "7d", "reason": "spam", "note": "Soup"}
    page = reverse("networks")
    for more in ({"network": "x"}, {"network": "10.0.0.1"}, {"network": "1.0.0.0/9"}, {}):
        response = browser.post(page, {**told, **more}, follow=True)
        yield f"block {more}", _html(response).replace("guard", "ann")
    person = _html(browser.get(f"{group.get_absolute_url()}people/{cast.bob.pk}/"))
    yield "seen", person.replace("guard", "ann")
    for bars in ("sign-ups", "entrance"):
        browser.post(page, {**told, "bars": bars})
        known_networks.renew()
        for client in (Client(REMOTE_ADDR="203.0.113.7"), cleo):
            yield f"barred from {bars}", _html(client.get("/accounts/signup/"))
    known_networks.forget(is_none=True)


def gallery_pages() -> Iterator[tuple[str, str]]:
    """Yield the gallery's pages, without what is no text of theirs: names, code, and what templates say."""
    boss = log_in(User.objects.create_superuser("curator"))
    fault = {"faults": [Fault("templates/line.html", line, "Soup") for line in (0, 3)]}
    kept = [
        (address, _html(boss.get(address)))
        for address in (
            *("/design/", "/design/?q=nowhere", "/design/line/message/", "/design/answered/"),
            *("/design/line/?state=message&theme=both", "/design/draft/", "/design/nothing/"),
            *(
                "/design/pages/group/",
                "/design/pages/404/",
                "/design/pages/mail-sign-up-refused/any/",
                "/design/pages/signup-closed/any/",
            ),
        )
    ]
    kept.append(("fault", render_to_string("discuss/design/stage_fault.html", fault)))
    for address, html in kept:
        own = re.sub(r'<(\w+)\b[^>]*\btranslate="no".*?</\1>', "", html, flags=re.S)
        yield address, own.replace("curator", "ann").replace("Mia", "ann")


def scenes() -> Iterator[tuple[str, str]]:
    """Yield what is shown while scenes are played, without what is said in them."""
    boss = log_in(User.objects.get(username="curator"))
    page, htmx = reverse("play"), {"HX-Request": "true"}
    kept = [("scenes", _html(boss.get(page)))]
    asked = {"scene": "everything", "speed": "1", "is_running": "on"}
    for expected in range(-1, 40):
        values = {**asked, "do": "tick" if expected >= 0 else "play", "expected": max(0, expected)}
        kept.append((f"step {expected}", _html(boss.post(page, values, headers=htmx))))
    kept += [
        (do, _html(boss.post(page, {**asked, "do": do}, headers=htmx))) for do in ("pause", "end")
    ]
    faults = [playing.Fault("soup.toml", line, step, "") for line in (0, 3) for step in (0, 2)]
    kept.append(("fault", render_to_string("discuss/design/scene_faults.html", {"faults": faults})))
    for address, html in kept:
        own = re.sub(r'<(\w+)\b[^>]*\btranslate="no".*?</\1>', "", html, flags=re.S)
        yield address, own.replace("curator", "ann")


def token_sheet_pages() -> Iterator[tuple[str, str]]:
    """Yield the page of the look of the site, without names of tokens and what they may be."""
    boss = log_in(User.objects.create_superuser("painter"))
    editor = "/admin/discuss/tokensheet/"
    wrong = {
        "accent": "#777",
        "radius": "9rem",
        "text": "1",
        "font": "x",
        "ink": "x;",
        "basis": "0",
    }
    wrong |= {"line": "var(--x)", "focus": "color-mix(in lab, red, red)", "leading": "9"}
    for address, html in (
        ("look", _html(boss.get(editor))),
        ("look, wrong", _html(boss.post(editor, wrong))),
        ("look, answered", _html(boss.post(f"{editor}preview/", wrong))),
        ("look, saved", _html(boss.post(editor, {"radius": "1rem", "basis": "0"}, follow=True))),
        ("look, late", _html(boss.post(editor, {"radius": "2rem", "basis": "0"}))),
        ("look, back", _html(boss.post(f"{editor}back/", {"basis": "1"}, follow=True))),
    ):
        own = re.sub(r'<(\w+)\b[^>]*\btranslate="no".*?</\1>', "", html, flags=re.S)
        own = re.sub(r'placeholder="[^"]*"', "", own)
        yield address, re.sub(r"--discuss-[\w-]+", "", own).replace("painter", "ann")


def error_pages(cast: Cast) -> Iterator[tuple[str, str]]:
    """Yield what is shown where a request comes to nothing."""
    strict = Client(enforce_csrf_checks=True)
    yield "no token", _html(strict.post("/accounts/login/"))
    yield "no host", _html(Client().get("/", headers={"host": "evil.example"}))
    yield "nowhere", _html(log_in(cast.ann).get("/nowhere/"))
    request = RequestFactory().get("/")
    request.user = cast.ann
    yield "not allowed", _html(response_for_exception(request, PermissionDenied()))
    yield "of another", notice_shown(Audience.of(cast.ann), text=Code.OF_ANOTHER.label)
    for wait in ("", spoken(1), spoken(300)):
        yield "too fast", render_to_string("429.html", {"wait": wait}, request)


def admin_pages(boss: Client) -> Iterator[tuple[str, str]]:
    """Yield the tables of the admin, what filters and searches them, a row of each, and what is refused."""
    yield "admin", _html(boss.get("/admin/"))
    for wrong in WRONG:
        yield f"site {wrong}", _html(boss.post("/admin/discuss/site/1/change/", wrong))
    yield "site", _html(boss.get("/admin/discuss/site/1/change/"))
    for name in ADMIN:
        of_model = f"/admin/discuss/{name}/"
        yield name, _html(boss.get(of_model))
        yield f"{name} add", _html(boss.get(f"{of_model}add/"))
        for wrong in WRONG if name in {"user", "group"} else WRONG[:1]:
            yield f"{name} add {wrong}", _html(boss.post(f"{of_model}add/", wrong))
        row = _some_row(name)
        yield f"{name} row", _html(boss.get(f"{of_model}{row}/change/"))
        yield f"{name} delete", _html(boss.get(f"{of_model}{row}/delete/"))


def _some_row(name: str) -> int:
    rows: dict[str, Any] = {
        "user": User.objects.exclude(is_superuser=True),
        "group": Group.objects.all(),
        "membership": Membership.objects.all(),
        "message": Entry.objects.filter(kind=Kind.MESSAGE),
        "blockednetwork": BlockedNetwork.objects.all(),
        "event": Entry.objects.exclude(kind=Kind.MESSAGE),
    }
    pk: int = rows[name].earliest("pk").pk
    return pk


def _html(response: Any) -> str:
    if not response.get("Content-Type", "").startswith("text/html"):
        return ""
    # Places are called as the tz database calls them.
    content: str = re.sub(r'<option value="\w+/[^>]*>[^<]*', "", response.content.decode())
    return content.replace('<option value="UTC">UTC', "").replace("(UTC)", "")
