"""The ledger: what was said, answered, stored and shown must be the same, whatever happened in between."""

import statistics
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

from tests.database import Database
from tests.faults.client import Client

# Asked of the database itself: it is what that holds, and not what a server remembers.
READ_LOGS = """
SELECT discuss_group.name, position, username, text, nonce FROM discuss_entry
JOIN discuss_group ON discuss_group.id = group_id LEFT JOIN discuss_user ON discuss_user.id = author_id
WHERE discuss_entry.kind = 'message' ORDER BY group_id, position
"""


class Row(NamedTuple):
    """A message as the database holds it."""

    group: str
    position: int
    author: str
    text: str
    nonce: str


def read_logs(environment: Mapping[str, str]) -> list[Row]:
    """Return all messages of the database that a server with this environment uses."""
    return [Row(*row) for row in Database(environment["DATABASE_URL"]).execute(READ_LOGS)]


@dataclass
class Ledger:
    """What is known at the end of a conversation. `problems()` says what of it is wrong."""

    clients: Sequence[Client]
    # None: not read.
    rows: Sequence[Row] | None = None
    # What a fresh page shows, for each client's.
    fresh: Mapping[Client, Sequence[str]] = field(default_factory=dict)
    # Which groups' messages reached the sockets of people who are not in them.
    overheard: Mapping[str, set[str]] = field(default_factory=dict)

    @property
    def lost(self) -> list[str]:
        """Answered, and not there."""
        stored = self._stored()
        return [text for client in self.clients for text in client.answered if not stored[text]]

    @property
    def doubled(self) -> list[str]:
        stored = self._stored()
        posted = {text for client in self.clients for text in client.posted}
        return [text for text in posted if stored[text] > 1]

    def problems(self) -> list[str]:
        return [
            *(f"lost: {text}" for text in self.lost),
            *(f"stored twice: {text}" for text in self.doubled),
            *self._nonces(),
            *self._disorder(),
            *self._leaks(),
            *self._differences(),
            *(f"{client}: {what}" for client in self.clients for what in client.trouble),
        ]

    def numbers(self) -> dict[str, Any]:
        """Return what a report says of it."""
        backs = [seconds for client in self.clients for seconds in client.backs]
        closes = sum((client.closes for client in self.clients), Counter[int]())
        notices = sum((client.notices for client in self.clients), Counter[str]())
        people = {client.person for client in self.clients}
        return {
            "posts": sum(len(client.posted) for client in self.clients),
            "answered": sum(len(client.answered) for client in self.clients),
            "resends": sum(client.resends for client in self.clients),
            "lost": None if self.rows is None else len(self.lost),
            "twice": None if self.rows is None else len(self.doubled),
            "backs": len(backs),
            "back_median": statistics.median(backs) if backs else None,
            "back_max": max(backs, default=None),
            "closes": dict(sorted(closes.items())),
            "failed_dials": sum(client.failed_dials for client in self.clients),
            "notices": dict(notices),
            "server_errors": sum(sum(person.server_errors.values()) for person in people),
        }

    def _stored(self) -> Counter[str]:
        return Counter(row.text for row in self.rows or ())

    def _nonces(self) -> Iterator[str]:
        """A nonce is one sending: it bears one row, or none."""
        bearing = Counter(row.nonce.partition(".")[0] for row in self.rows or ())
        for client in self.clients:
            for nonce in client.nonces:
                if bearing[nonce] > 1:
                    yield f"{bearing[nonce]} rows of one nonce of {client}"

    def _disorder(self) -> Iterator[str]:
        """A person's page waits for each answer, so its messages stand in the order in which it sent them."""
        place = {row.text: (row.group, row.position) for row in self.rows or ()}
        for client in self.clients:
            places = [place[text] for text in client.posted if text in place]
            if any(group != client.group.name for group, _ in places):
                yield f"{client} has lines in another group"
            if any(earlier >= later for earlier, later in pairwise(places)):
                yield f"{client} has lines out of order"

    def _leaks(self) -> Iterator[str]:
        for client in self.clients:
            for name in client.heard_of - {client.group.name}:
                yield f"{client} heard of {name}"
        for listener, names in self.overheard.items():
            for name in names:
                yield f"{listener} is not in {name} and heard of it"

    def _differences(self) -> Iterator[str]:
        for client, lines in self.fresh.items():
            shown = client.document.log
            if shown != list(lines):
                missing = sum(line not in shown for line in lines)
                other = sum(line not in lines for line in shown)
                yield (
                    f"{client} shows {len(shown)} lines and a fresh page {len(lines)}: "
                    f"{missing} missing, {other} other"
                )
