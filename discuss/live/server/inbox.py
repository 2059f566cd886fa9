"""What waits for an application, and whether the application waits for it."""

import asyncio
from typing import Any


class Inbox(asyncio.Queue[dict[str, Any]]):
    """The messages for one application: its `get` is what ASGI calls `receive`."""

    def __init__(self) -> None:
        super().__init__()
        self._settled = asyncio.Event()

    async def get(self) -> dict[str, Any]:
        if self.empty():
            self._settled.set()
        try:
            return await super().get()
        finally:
            self._settled.clear()

    def put_nowait(self, item: dict[str, Any]) -> None:
        self._settled.clear()
        super().put_nowait(item)

    async def settle(self) -> None:
        """Return once the application has dealt with all that came, and asks for more."""
        await self._settled.wait()
