"""Reactions: any emoji, once per person, on every open page; and the line says by itself who reacted."""

import time
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from discuss import actions
from discuss.actions import Refused, deletions
from discuss.actions.reactions import read_shown
from discuss.db.workers import in_worker
from discuss.live import later
from discuss.models import Deletion, Entry, Group, Membership, Reaction, User
from discuss.rules.reactions import EMOJI_LENGTH, MOST_EMOJI, emoji_name, one_emoji
from tests.cast import Cast, log_in
from tests.document import Document
from tests.page import enter

HTMX = {"HX-Request": "true"}


def reactions_of(page: Document) -> list[tuple[str, list[str]]]:
    """Return what the page shows: the name of each emoji with its count, and who reacted."""
    return [
        (
            str(found.xpath("string(span[@hidden])")).partition(":")[0],
            found.get("data-by").split(),
        )
        for found in page.document.xpath("//*[@id='log']//li[@class='reaction']")
    ]


# --- what an emoji is -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "emoji"),
    [
        ("👍", "👍"),
        (" 🎉 ", "🎉"),
        (":tada:", "🎉"),
        (":+1:", "👍"),
        (":Thumbs_Up:", "👍"),
        # One emoji, with and without what picks its look.
        ("❤", "❤️"),
        ("❤️", "❤️"),
        ("👍🏽", "👍🏽"),
        ("👨‍👩‍👧‍👦", "👨‍👩‍👧‍👦"),
        ("🇩🇪", "🇩🇪"),
        ("#️⃣", "#️⃣"),
    ],
)
def test_one_emoji_is_taken_as_unicode_spells_it_out(written: str, emoji: str):
    assert one_emoji(written) == emoji
    assert len(emoji) <= EMOJI_LENGTH


@pytest.mark.parametrize(
    "written",
    ["", " ", "a", "1", "#", ":soup_of_the_day:", "👍👍", "👍a", "🏽", "🇩", "<b>", "\ufe0f"],
)
def test_nothing_else_is_one(written: str):
    assert one_emoji(written) == ""


def test_an_emoji_is_called_by_a_name_in_the_language_of_who_reads_it():
    assert emoji_name("👍", "en-gb") == "thumbs up"
    assert emoji_name("👍", "de") == "daumen hoch"
    assert emoji_name("👍", "xx") == "thumbs up"


# --- reacting ---------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_each_person_reacts_once_with_an_emoji_and_the_line_says_who_did(cast: Cast):
    entry = cast.say(cast.bob, "Soup")
    for user, emoji in [(cast.ann, "👍"), (cast.bob, "🎉"), (cast.bob, "👍"), (cast.ann, "👍")]:
        actions.react(cast.member(user), entry=entry, emoji=emoji)
    entry.refresh_from_db()
    assert entry.reactions == [["👍", [cast.ann.pk, cast.bob.pk]], ["🎉", [cast.bob.pk]]]
    assert Reaction.objects.count() == 3
    # Three numbers, and none for what was there already.
    assert entry.change == cast.head() == entry.position + 3
    assert entry.edited_at is None


@pytest.mark.django_db
def test_what_is_taken_away_is_gone_and_to_take_it_away_again_is_nothing(cast: Cast):
    entry = cast.say(cast.bob, "Soup")
    for user in (cast.ann, cast.bob):
        actions.react(cast.member(user), entry=entry, emoji="👍")
    for _ in range(2):
        actions.unreact(cast.member(cast.ann), entry=entry, emoji="👍")
    entry.refresh_from_db()
    assert entry.reactions == [["👍", [cast.bob.pk]]]
    assert entry.change == cast.head() == entry.position + 3
    actions.unreact(cast.member(cast.bob), entry=entry, emoji="👍")
    entry.refresh_from_db()
    assert entry.reactions is None


@pytest.mark.django_db
def test_a_message_has_so_many_different_ones_and_more_of_those(cast: Cast):
    entry, ann, bob = cast.say(cast.bob, "Soup"), cast.member(cast.ann), cast.member(cast.bob)
    faces = [chr(0x1F600 + number) for number in range(MOST_EMOJI + 1)]
    for emoji in faces[:-1]:
        actions.react(ann, entry=entry, emoji=emoji)
    with pytest.raises(Refused, match="many different"):
        actions.react(bob, entry=entry, emoji=faces[-1])
    actions.react(bob, entry=entry, emoji=faces[0])
    entry.refresh_from_db()
    assert len(entry.reactions or ()) == MOST_EMOJI


@pytest.mark.django_db
def test_to_what_was_removed_and_to_events_nobody_reacts(cast: Cast):
    entry, ann = cast.say(cast.bob, "Soup"), cast.member(cast.ann)
    actions.react(ann, entry=entry, emoji="👍")
    actions.hide_message(ann, entry=entry)
    for act in (actions.react, actions.unreact):
        with pytest.raises(Refused, match="was removed"):
            act(ann, entry=entry, emoji="🎉")
        with pytest.raises(Refused, match="no such message"):
            act(ann, entry=cast.lines()[0], emoji="🎉")
    page = Document(log_in(cast.ann).get(cast.kitchen.get_absolute_url()).content.decode())
    assert page.texts == ["This message was removed."]
    assert reactions_of(page) == []


@pytest.mark.django_db
def test_who_may_not_write_for_now_does_not_react(cast: Cast):
    entry, bob = cast.say(cast.bob, "Soup"), cast.member(cast.bob)
    Membership.objects.filter(pk=bob.pk).update(muted_until="2099-01-01T00:00Z")
    with pytest.raises(Refused, match="may not write"):
        actions.react(bob, entry=entry, emoji="👍")
    Membership.objects.filter(pk=bob.pk).update(muted_until="2020-01-01T00:00Z")
    actions.react(bob, entry=entry, emoji="👍")


@pytest.mark.django_db
def test_a_line_of_another_group_is_none(cast: Cast):
    attic = actions.create_group(cast.bob, name="Attic")
    bob = Membership.objects.get(group=attic, user=cast.bob)
    with pytest.raises(Refused, match="no such message"):
        actions.react(bob, entry=cast.say(cast.bob, "Soup"), emoji="👍")


@pytest.mark.django_db
def test_an_account_that_is_deleted_takes_its_reactions_along(cast: Cast):
    """Of its own lines and of others', by numbers. Those of a closed one stay."""
    own, other = cast.say(cast.bob, "Soup"), cast.say(cast.ann, "Bread")
    for user, entry in [(cast.bob, own), (cast.bob, other), (cast.ann, other), (cast.mod, other)]:
        actions.react(cast.member(user), entry=entry, emoji="👍")
    actions.close_account(User.objects.create_superuser("boss"), user=cast.mod)
    head = cast.head()
    cast.delete(cast.bob)
    own.refresh_from_db()
    other.refresh_from_db()
    assert own.reactions is None
    assert other.reactions == [["👍", [cast.ann.pk, cast.mod.pk]]]
    assert (other.author, own.author) == (cast.ann, None)
    assert min(own.change, other.change) > head
    assert not User.objects.filter(username="bob").exists()


@pytest.mark.django_db
def test_the_replies_to_what_somebody_reacted_to_stay_as_they_are(cast: Cast):
    """They quote its author, who is somebody else."""
    own, other = cast.say(cast.bob, "Soup"), cast.say(cast.ann, "Bread")
    answers = [
        actions.post_message(
            cast.member(cast.mod), text="Yes", nonce=actions.new_nonce(), reply_to=entry.position
        )
        for entry in (own, other)
    ]
    actions.react(cast.member(cast.bob), entry=other, emoji="👍")
    before = [change_of(answer) for answer in answers]
    cast.delete(cast.bob)
    after = [change_of(answer) for answer in answers]
    assert after[0] > before[0]
    assert after[1] == before[1]


def change_of(entry: Entry) -> int:
    return Entry.objects.get(pk=entry.pk).change


@pytest.mark.django_db
def test_where_nothing_looks_otherwise_no_number_is_taken(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
):
    """Somebody took the reaction away, or removed the line, after the lines were looked up."""
    entry = cast.say(cast.ann, "Bread")
    actions.react(cast.member(cast.bob), entry=entry, emoji="👍")
    actions.leave_group(cast.member(cast.bob))
    Entry.objects.filter(subject=cast.bob).delete()
    actions.delete_user(cast.bob, user=cast.bob)
    steps = actions.take_steps(Deletion.objects.get())
    the_real_one, heads = deletions._forget_in_group, []

    def forget(user_id: int, piece: Any) -> None:
        Reaction.objects.filter(user=user_id).delete()
        heads.append(cast.head())
        the_real_one(user_id, piece)
        heads.append(cast.head())

    monkeypatch.setattr(deletions, "_forget_in_group", forget)
    list(steps)
    assert len(heads) == 2
    assert heads[0] == heads[1]
    assert not User.objects.filter(pk=cast.bob.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_who_reacted_is_deleted_by_no_process_that_knows_nothing_of_it(cast: Cast):
    """What the database deletes by itself takes no number, and the line would go on to show it."""
    entry = cast.say(cast.ann, "Bread")
    actions.react(cast.member(cast.bob), entry=entry, emoji="👍")
    actions.delete_user(cast.bob, user=cast.bob)
    head = cast.head()
    # As the last step of the version before, which found nothing else of theirs.
    with pytest.raises(IntegrityError), transaction.atomic():
        cast.bob.delete()
    # A process of this version takes all steps.
    actions.finish_deletions()
    entry.refresh_from_db()
    assert (entry.reactions, User.objects.filter(username="bob").exists()) == (None, False)
    assert entry.change > head


@pytest.mark.django_db
def test_one_who_only_reacted_and_left_is_forgotten_as_well(cast: Cast):
    entry = cast.say(cast.ann, "Bread")
    actions.react(cast.member(cast.bob), entry=entry, emoji="👍")
    actions.leave_group(cast.member(cast.bob))
    cast.delete(cast.bob)
    entry.refresh_from_db()
    assert entry.reactions is None
    assert entry.change == cast.head()


# --- on open pages ----------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("live")
async def test_every_open_page_shows_it_at_once_and_the_same_bytes(cast: Cast):
    path = cast.kitchen.get_absolute_url()
    ann, bob = await enter(cast.ann, path), await enter(cast.bob, path)
    await bob.post("Soup")
    line = (await in_worker(cast.lines))[-1]
    ann.send(f'{{"verb": "react", "line": {line.position}, "emoji": ":tada:"}}')
    expected = [("party popper, 1", [str(cast.ann.pk)])]
    for page in (ann, bob):
        await page.until(lambda page: reactions_of(page) == expected)
    assert ann.log == bob.log
    ann.send(f'{{"verb": "unreact", "line": {line.position}, "emoji": "🎉"}}')
    await bob.until(lambda page: reactions_of(page) == [])


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("live")
async def test_a_burst_of_reactions_on_one_line_is_a_handful_of_frames(cast: Cast):
    entry = await in_worker(cast.say, cast.bob, "Soup")

    def gather() -> list[Membership]:
        users = User.objects.bulk_create(User(username=f"guest{n}") for n in range(200))
        rows = [Membership(group=cast.kitchen, user=user) for user in users]
        return Membership.objects.bulk_create(rows)

    guests = await in_worker(gather)
    page = await enter(cast.ann, cast.kitchen.get_absolute_url())
    before = len(page.frames)

    def burst() -> None:
        for guest in guests:
            actions.react(guest, entry=entry, emoji="👍")

    begun = time.monotonic()
    await in_worker(burst)
    await page.until(lambda page: reactions_of(page) and len(reactions_of(page)[0][1]) == 200)
    frames = [frame for frame in page.frames[before:] if f'id="entry-{entry.pk}"' in frame]
    seconds = time.monotonic() - begun
    # One at once, and then four a second.
    assert 1 <= len(frames) <= 2 + seconds / later.INTERVAL


# --- by the menu, and by plain forms ----------------------------------------------------------------


def address(cast: Cast, name: str, entry: Entry) -> str:
    return reverse(name, args=[cast.kitchen.uuid, entry.position])


@pytest.mark.django_db
def test_the_menu_offers_some_knows_ones_own_and_says_who_reacted(cast: Cast):
    entry = cast.say(cast.bob, "Soup")
    for user in (cast.ann, cast.bob):
        actions.react(cast.member(user), entry=entry, emoji="👍")
    actions.react(cast.member(cast.bob), entry=entry, emoji="🎉")
    response = log_in(cast.ann).get(address(cast, "line_menu", entry), headers=HTMX)
    menu = Document(f"<body>{response.content.decode()}</body>").document
    (own,) = menu.xpath("//button[@aria-pressed='true']")
    assert own.get("hx-post") == address(cast, "unreact", entry)
    others = menu.xpath("//button[@aria-pressed='false']/@hx-post")
    assert others == [address(cast, "react", entry)] * 5
    told = [
        " ".join(found.text_content().split()) for found in menu.xpath("//*[@class='reacted-by']/p")
    ]
    assert told == ["👍 thumbs up: ann, bob", "🎉 party popper: bob"]


@pytest.mark.django_db
def test_who_reacted_is_told_when_somebody_asks(cast: Cast):
    entry = cast.say(cast.bob, "Soup")
    guests = User.objects.bulk_create(User(username=f"guest{n:02}") for n in range(22))
    Reaction.objects.bulk_create(Reaction(entry=entry, user=user, emoji="👍") for user in guests)
    Entry.objects.filter(pk=entry.pk).update(reactions=read_shown([entry.pk])[entry.pk])
    ann = log_in(cast.ann)
    page = ann.get(
        address(cast, "reactions", entry), {"emoji": "👍"}, headers=HTMX
    ).content.decode()
    assert "guest00" in page
    assert "guest19" in page
    assert "guest20" not in page
    assert "and 2 more" in page
    nothing = ann.get(address(cast, "reactions", entry), {"emoji": "🎉"}, headers=HTMX)
    assert "guest" not in nothing.content.decode()


@pytest.mark.django_db(transaction=True)
def test_an_answer_closes_the_menu_and_a_refusal_leaves_what_was_typed(cast: Cast):
    entry, ann = cast.say(cast.bob, "Soup"), log_in(cast.ann)
    in_place = {**HTMX, "HX-Target": "emoji-form"}
    done = ann.post(address(cast, "react", entry), {"emoji": ":tada:"}, headers=in_place)
    assert 'hx-select-oob="#line-menu, #notice"' in done.content.decode()
    assert "HX-Reswap" not in done
    refused = ann.post(address(cast, "react", entry), {"emoji": "soup"}, headers=in_place)
    assert "That is no emoji." in refused.content.decode()
    assert "line-menu" not in refused.content.decode()
    assert refused["HX-Reswap"] == "none"


@pytest.mark.django_db(transaction=True)
def test_without_javascript_reactions_are_buttons_of_a_plain_form(cast: Cast):
    entry, ann = cast.say(cast.bob, "Soup"), log_in(cast.ann)
    ann.post(address(cast, "react", entry), {"emoji": "👍"})
    for path in ("log", "line_menu", "line"):
        given = [cast.kitchen.uuid, *([] if path == "log" else [entry.position])]
        page = Document(ann.get(reverse(path, args=given)).content.decode()).document
        (form,) = page.xpath("//form[@id='reacting'][@method='post']")
        assert form.xpath("input/@name") == ["csrfmiddlewaretoken", "reader"]
        (take,) = page.xpath("//button[contains(@class, 'take')]")
        assert (take.get("form"), take.get("name"), take.get("value")) == (
            "reacting",
            "emoji",
            "👍",
        )
        assert take.get("formaction") == address(cast, "unreact", entry)
    response = ann.post(address(cast, "unreact", entry), {"emoji": "👍"})
    assert response.headers["Location"] == address(cast, "line", entry)
    entry.refresh_from_db()
    assert entry.reactions is None


@pytest.mark.django_db
def test_a_page_marks_ones_own_by_its_style_alone(cast: Cast):
    cast.say(cast.bob, "Soup")
    for path in ("", "log/"):
        page = log_in(cast.ann).get(cast.kitchen.get_absolute_url() + path).content.decode()
        assert f'[data-by~="{cast.ann.pk}"]' in page


def statements(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


@pytest.mark.django_db
def test_a_page_takes_as_many_statements_whatever_people_reacted_with(cast: Cast):
    ann, path = log_in(cast.ann), cast.kitchen.get_absolute_url()
    entries = [cast.say(cast.bob, f"Soup {number}") for number in range(5)]
    paths = [path, f"{path}log/", address(cast, "line", entries[0])]
    for each in paths:
        ann.get(each)
    # For whoever has read all up to the head, less is read.
    actions.edit_message(cast.member(cast.bob), entry=entries[0], text="Broth")
    before = [statements(ann, each) for each in paths]
    for entry in entries:
        for user in (cast.ann, cast.bob, cast.mod):
            for emoji in ("👍", "🎉"):
                actions.react(cast.member(user), entry=entry, emoji=emoji)
    assert [statements(ann, each) for each in paths] == before


@pytest.mark.django_db
def test_posting_writes_nothing_of_it(cast: Cast):
    with CaptureQueriesContext(connection) as queries:
        cast.say(cast.bob, "Soup")
    inserts = [each["sql"] for each in queries if "INSERT" in each["sql"]]
    assert inserts
    assert not any("reactions" in sql for sql in inserts)
    assert Group.objects.exists()
