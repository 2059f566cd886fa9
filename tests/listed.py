"""A message on every page that lists messages, and what such pages say."""

from collections.abc import Callable

from discuss import actions
from discuss.models import Entry
from discuss.moderation.actions import perform_act, report_message
from tests.cast import Cast
from tests.document import text
from tests.page import Page, enter

REMOVED = "This message was removed."
SAID = "Zwieback crisp @cleo"


class Listed:
    """A message of bob's, that cleo found, saved, was mentioned in, reported, and that was answered."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        actions.join_group(cast.cleo, group=cast.kitchen)
        first = cast.say(cast.bob, "Rusk crisp @cleo")
        actions.edit_message(cast.member(cast.bob), entry=first, text=SAID)
        self.said = Entry.objects.get(pk=first.pk)
        cleo = cast.member(cast.cleo)
        actions.save_message(cleo, entry=self.said)
        report_message(cleo, entry=self.said, reason="spam")
        ann = cast.member(cast.ann)
        self.reply = actions.post_message(
            ann, text="Yes", nonce=actions.new_nonce(), reply_to=self.said.position
        )

    @property
    def addresses(self) -> dict[str, str]:
        line = f"{self.cast.kitchen.get_absolute_url()}{self.said.position}/"
        return {
            "search": "/search/?q=crisp",
            "saved": "/saved/",
            "mentions": "/mentions/",
            "reports": "/reports/",
            "replies": f"{line}replies/",
            "menu": f"{line}menu/",
            "menu of the reply": f"{self.cast.kitchen.get_absolute_url()}{self.reply.position}/menu/",
        }

    def hide(self) -> None:
        perform_act(self.cast.member(self.cast.mod), "hide", entry=self.said)

    def restore(self) -> None:
        perform_act(self.cast.member(self.cast.mod), "restore", entry=self.said)


async def open_all(places: Listed) -> dict[str, Page]:
    return {name: await enter(places.cast.cleo, at) for name, at in places.addresses.items()}


def shown(page: Page) -> str:
    """Return what stands on the page, but for what is out of sight."""
    page.read()
    (main,) = page.document.xpath("//main")
    (unsaid,) = page.document.xpath("//*[@id='unsaid']") or [None]
    out_of_sight = "" if unsaid is None else text(unsaid)
    return " ".join(text(main).replace(out_of_sight, "", 1).split())


def says(word: str) -> Callable[[Page], bool]:
    return lambda page: word in shown(page)


def says_no(word: str) -> Callable[[Page], bool]:
    return lambda page: word not in shown(page)


async def told(page: Page, entry: Entry, how: str) -> str:
    """Return what a page is told that says that it shows this line, as it was before anybody wrote it."""
    count = len(page.frames)
    await page.connect(resumes=False)
    page.submit("resume-form", how=how, listed=f"{entry.pk}.0")
    await page.until(lambda page: len(page.frames) > count + 1 or page.close_code)
    await page.disconnect()
    return "".join(page.frames[count:])


async def words_of(page: Page) -> tuple[str, str]:
    """Return what the page says, and what a fresh load says."""
    return shown(page), shown(await Page.open(page.client, page.path))
