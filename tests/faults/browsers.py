"""Two real browsers among the people of a conversation, for one run of a fault."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from playwright.async_api import Browser, Page, Playwright, async_playwright, expect

from tests.chromium import FLAGS, find_chromium
from tests.faults.client import Group
from tests.faults.conversation import SETTLING, Conversation
from tests.faults.person import Person

# Seconds after which something hangs. A browser needs far more of the machine than a client does, and gets it
# last on one that is busy.
PATIENCE = 2 * SETTLING


class Tab:
    """One Chromium page of a group, and what its person wrote."""

    def __init__(self, page: Page, person: Person, group: Group) -> None:
        self.page, self.person, self.group = page, person, group
        self.posted: list[str] = []

    async def say(self, text: str) -> None:
        """Write a message, press Enter, and wait until it is answered, however often that takes."""
        marked = f"{self.person.name} said-in-{self.group.name} in Chromium: {text}"
        drafts, refused = self.page.locator("#drafts > .draft"), self.page.locator("#refused form")
        # While a try waits for its answer its button is disabled, and goes with its form if all is well: who
        # waited for that button to click it would wait for ever.
        again = refused.locator("button:enabled")
        field = drafts.last.locator("[name=text]")
        await field.fill(marked)
        await field.press("Enter")
        self.posted.append(marked)
        async with asyncio.timeout(PATIENCE):
            while await field.input_value() or await drafts.count() > 1 or await refused.count():
                if await again.count():
                    await again.first.click()
                await self.page.wait_for_timeout(200)

    async def texts(self) -> list[str]:
        return await self.page.locator("#log .message .text").all_inner_texts()

    async def fresh_texts(self) -> list[str]:
        """Return what a fresh page of the same person shows, in the same browser."""
        fresh = await self.page.context.new_page()
        await fresh.goto(self.person.url + self.group.path)
        texts: list[str] = await fresh.locator("#log .message .text").all_inner_texts()
        await fresh.close()
        return texts

    async def ends_well(self) -> None:
        """Wait until the page shows what a fresh one shows, and see that nothing is missing or doubled."""
        last = (await self.fresh_texts())[-1]
        await expect(self.page.locator("#log .message .text").last).to_have_text(
            last, timeout=PATIENCE * 1000
        )
        shown, fresh = await self.texts(), await self.fresh_texts()
        assert shown[-len(fresh) :] == fresh
        assert [text for text in shown if text in self.posted] == self.posted


@asynccontextmanager
async def two_browsers(talk: Conversation) -> AsyncIterator[list[Tab]]:
    """Open the first group in two browsers, for two people of the conversation who are in it."""
    clients = [client for client in talk.clients if client.group == talk.clients[0].group][:2]
    async with async_playwright() as playwright:
        browsers = [await launch(playwright) for _ in clients]
        tabs = []
        for browser, client in zip(browsers, clients, strict=True):
            context = await browser.new_context()
            context.set_default_timeout(PATIENCE * 1000)
            host = urlsplit(client.person.url).hostname
            for name, _, value in (c.partition("=") for c in client.person.cookies.split("; ")):
                await context.add_cookies(
                    [{"name": name, "value": value, "domain": host, "path": "/"}]
                )
            page = await context.new_page()
            await page.goto(client.person.url + client.group.path)
            tabs.append(Tab(page, client.person, client.group))
        yield tabs
        for browser in browsers:
            await browser.close()


async def launch(playwright: Playwright) -> Browser:
    return await playwright.chromium.launch(executable_path=find_chromium(), args=list(FLAGS))
