"""DiscussIt as a contender: the real server, one process or several, with the database in the path."""

import json

from bench.suite.crowd import EPOCH, Crowd, Database
from deploy.cluster import ClusterError
from tests.server import Server

# What stands before a message's text in the log, and not before the same text in the announcer.
LINE = "hx-disable>"
POST = json.dumps({"verb": "post", "text": "%s", "nonce": "wsload-sends-this"})
_MARKUP = """%s Supper at **eight**, see [the menu](https://example.org/menu):

- soup
- *bread*, and ~~no~~ butter

```python
for plate in plates:
    serve(plate)
```"""
FORMATTED = json.dumps({**json.loads(POST), "text": _MARKUP})


class DiscussIt:
    """A server with this database. With `processes` there are several, which share a Redis.

    One that `is_limited` bounds how often people do what, as servers do outside of measurements.
    """

    def __init__(
        self,
        title: str,
        database: Database,
        *,
        processes: int = 1,
        redis_url: str = "",
        is_limited: bool = False,
    ) -> None:
        self.title = title
        self.database = database
        self.servers: list[Server] = []
        for number in range(processes):
            folder = database.folder / f"server-{processes}-{number}"
            folder.mkdir(exist_ok=True)
            server = Server(
                folder,
                DATABASE_URL=database.url,
                REDIS_URL=redis_url,
                PROCESSES=str(processes),
            )
            if is_limited:
                server.environment["DJANGO_SETTINGS_MODULE"] = "project.settings"
            # No proxy stands in front of several: the first one's address is everybody's.
            server.environment["PUBLIC_URL"] = (self.servers or [server])[0].url
            self.servers.append(server)

    def start(self) -> None:
        """Raises ClusterError with the server's own words where it does not start."""
        try:
            for server in self.servers:
                server.start()
        except AssertionError as error:
            self.stop()
            raise ClusterError(str(error)) from None

    def stop(self) -> None:
        """Raises ClusterError where one had to be killed."""
        problems = []
        for server in self.servers:
            try:
                server.stop()
            except AssertionError as error:
                problems.append(str(error))
        if problems:
            raise ClusterError("\n".join(problems))

    def load(self, crowd: Crowd, *, behind: int = 0) -> list[str]:
        """Return what wsload is told to open the pages of this crowd, so many lines behind."""
        head = self.database.gather(crowd).head
        place = {"verb": "resume", "cursor": head - behind, "epoch": EPOCH, "oldest": 1}
        # As a page does, which is written no list that it has.
        resume = f"{json.dumps(place)[:-1]}, %m}}"
        return [
            *self.door(crowd),
            # The frame that moves the page's cursor there: with it the page is live.
            *("--on-open", resume, "--ready", f'value="{head}"'),
            *("--room-marks", str(self.database.shown(crowd))),
            *("--template", POST, "--before", LINE),
        ]

    def door(self, crowd: Crowd) -> list[str]:
        """Return what wsload is told to have sockets accepted, and nothing after that."""
        self.database.gather(crowd)
        processes = [f"process{number}:{server.pid}" for number, server in enumerate(self.servers)]
        return [
            *("--port", ",".join(str(server.port) for server in self.servers)),
            *("--path", "/ws/groups/%r/", "--origin", self.servers[0].url),
            *("--rooms", str(crowd.groups), "--conns", str(crowd.pages)),
            *("--room-names", str(self.database.group_names(crowd))),
            *("--cookies", str(self.database.cookies(crowd))),
            *(word for process in processes for word in ("--pid", process)),
        ]
