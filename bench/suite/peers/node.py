"""Node's two usual servers: the package `ws`, and socket.io.

Their versions are in package.json and package-lock.json beside this file.
"""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from bench.suite.crowd import Crowd
from bench.suite.peers.peer import Peer
from deploy.cluster import ClusterError
from deploy.cluster.daemon import find_program
from tests.server import TOP

LOCKED = ("package.json", "package-lock.json")
PACKAGES = TOP / "data" / "bench" / "node"
# Seconds.
INSTALL_WITHIN = 300.0


class Node(Peer):
    script: str

    def __init__(self, folder: Path, frame_bytes: int) -> None:
        super().__init__(folder, frame_bytes)
        self._program = find_program("node", "nodejs")
        install(PACKAGES)

    def command_line(self) -> list[str | Path]:
        return [self._program, "--eval", self.script]

    def options(self) -> dict[str, Any]:
        # The packages are looked for in the folder it starts in.
        return {"cwd": PACKAGES, "env": {**os.environ, "PORT": str(self.port)}}


class Ws(Node):
    title = "node ws"
    script = """
        const { WebSocketServer, WebSocket } = require("ws");
        const rooms = new Map();
        const server = new WebSocketServer({
          host: "127.0.0.1", port: process.env.PORT, backlog: 4096,
        });
        server.on("connection", (socket, request) => {
          if (!rooms.has(request.url)) rooms.set(request.url, new Set());
          const room = rooms.get(request.url).add(socket);
          socket.on("error", console.error);
          socket.on("close", () => room.delete(socket));
          socket.on("message", (data, isBinary) => {
            for (const each of room)
              if (each.readyState === WebSocket.OPEN) each.send(data, { binary: isBinary });
          });
        });
    """


class SocketIo(Node):
    title = "socket.io"
    path = "/socket.io/?EIO=4&transport=websocket&room=%r"
    # A packet of type 4 (message) and 2 (event), as JSON.
    template = '42["chat","%s"]'
    around = 4 + len(template) - len("%s")
    script = """
        const http = require("http").createServer();
        const io = new (require("socket.io").Server)(http, { transports: ["websocket"] });
        io.on("connection", (socket) => {
          const room = socket.handshake.query.room;
          socket.join(room);
          socket.on("chat", (message) => io.to(room).emit("chat", message));
        });
        http.listen({ host: "127.0.0.1", port: process.env.PORT, backlog: 4096 });
    """

    def load(self, crowd: Crowd) -> list[str]:
        # It asks for a packet that enters, answers with one that confirms it, and pings by packets.
        return [*super().load(crowd), "--on-open", "40", "--ready", "40{", "--reply", "2=3"]


def install(folder: Path) -> None:
    """Have npm put the locked packages there, once. Raises ClusterError with npm's own words."""
    wanted = {name: (Path(__file__).parent / name).read_text() for name in LOCKED}
    stamp = folder / "installed"
    if stamp.exists() and stamp.read_text() == wanted["package-lock.json"]:
        return
    program = find_program("npm", "npm")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, text in wanted.items():
        (folder / name).write_text(text)
    command = [program, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=INSTALL_WITHIN,
        )
    except subprocess.TimeoutExpired:
        raise ClusterError("npm took too long.") from None
    if done.returncode != 0:
        raise ClusterError(f"npm could not install its packages: {done.stderr.strip()}")
    stamp.write_text(wanted["package-lock.json"])
