"""A Redis of its own: on the loopback, with a password, and with nothing kept on disk."""

import secrets
import signal
from contextlib import suppress
from pathlib import Path
from typing import Any

import redis

from deploy.cluster.daemon import Daemon, find_program
from deploy.cluster.port import Port

# Seconds that a command may take.
COMMAND_SECONDS = 5.0


class Redis(Daemon):
    def __init__(self, folder: Path) -> None:
        super().__init__("redis", folder)
        self._program = find_program("redis-server", "redis-server")
        self._port = Port()
        self._password = secrets.token_urlsafe()
        self.url = f"redis://:{self._password}@127.0.0.1:{self._port.number}/0"

    def command_line(self) -> list[str | Path]:
        # In a file: everybody on the machine can read a program's arguments.
        config = self.folder / "redis.conf"
        config.touch(mode=0o600)
        config.write_text(
            f"bind 127.0.0.1\nport {self._port.number}\nrequirepass {self._password}\n"
            f'save ""\nappendonly no\ndaemonize no\ndir "{self.folder}"\n'
        )
        return [self._program, config]

    def is_ready(self) -> bool:
        # Another program on this port would not know the password.
        with suppress(redis.RedisError):
            return bool(self.command("PING"))
        return False

    def ask_to_stop(self) -> None:
        super().ask_to_stop()
        # One that is paused would never hear it.
        self.resume()

    def pause(self) -> None:
        """Let it hang: connections stay open, nothing is answered."""
        self.send(signal.SIGSTOP)

    def resume(self) -> None:
        self.send(signal.SIGCONT)

    def command(self, *words: str) -> Any:
        """Send a command and return its answer; raises redis.RedisError without one."""
        timeouts = {"socket_timeout": COMMAND_SECONDS, "socket_connect_timeout": COMMAND_SECONDS}
        with redis.Redis.from_url(self.url, **timeouts) as client:
            return client.execute_command(*words)
