"""nginx with nchan, its publish and subscribe module written in C."""

import os
import resource
from pathlib import Path

from bench.suite.peers.peer import Peer
from deploy.cluster import ClusterError
from deploy.cluster.daemon import find_program

MODULES = ("/usr/lib/nginx/modules", "/usr/lib64/nginx/modules", "/usr/share/nginx/modules")
CONFIG = """
load_module {module};
{user}
daemon off;
worker_processes 1;
worker_rlimit_nofile {open_files};
pid {folder}/nchan.pid;
error_log stderr;
events {{ worker_connections {open_files}; }}
http {{
    access_log off;
    client_body_temp_path {folder}/nchan-body;
    proxy_temp_path {folder}/nchan-proxy;
    fastcgi_temp_path {folder}/nchan-fastcgi;
    uwsgi_temp_path {folder}/nchan-uwsgi;
    scgi_temp_path {folder}/nchan-scgi;
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        location ~ ^/rooms/(\\w+)$ {{
            nchan_pubsub websocket;
            nchan_channel_id $1;
            nchan_store_messages off;
        }}
    }}
}}
"""


class Nchan(Peer):
    title = "nginx with nchan"

    def __init__(self, folder: Path, frame_bytes: int) -> None:
        super().__init__(folder, frame_bytes)
        self._program = find_program("nginx", "nginx libnginx-mod-nchan")
        modules = [Path(place) / "ngx_nchan_module.so" for place in MODULES]
        found = [module for module in modules if module.exists()]
        if not found:
            raise ClusterError("nchan was not found (on Debian: apt install libnginx-mod-nchan).")
        self._module = found[0]

    def command_line(self) -> list[str | Path]:
        config = self.folder / "nchan.conf"
        config.write_text(
            CONFIG.format(
                module=self._module,
                user="user root;" if os.geteuid() == 0 else "",
                folder=self.folder,
                port=self.port,
                open_files=resource.getrlimit(resource.RLIMIT_NOFILE)[0],
            )
        )
        # Errors before it has read where to log them.
        return [self._program, "-c", config, "-e", self.log]

    def processes(self) -> list[int]:
        return [self.pid, *self.children()]
