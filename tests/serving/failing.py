"""The real application, but for one thing: the frame "fail" makes the consumer that reads it fail.

    python -m tests.serving.failing

serves it on PORT. For processes of their own: whoever imports this has it.
"""

import os
from typing import Any

from project.asgi import application  # isort: skip - it makes Django ready for the rest

from discuss.edges.consumers import page
from discuss.live.hub import hub
from discuss.server import Server

_read_frame = page._read_frame


def fail_when_told(text: str | None) -> dict[str, Any]:
    # What fails in a verb is answered; this fails before there is one.
    if text == "fail":
        raise RuntimeError("as told")
    return _read_frame(text)


page._read_frame = fail_when_told

if __name__ == "__main__":
    Server(application, host="127.0.0.1", port=int(os.environ["PORT"]), on_exit=hub.stop).run()
