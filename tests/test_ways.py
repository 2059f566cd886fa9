"""Both ways are really gone, and what stands in for the extension is as strict as a browser."""

import pytest

from discuss.server.wire import BINARY, Prepared, to_wire
from tests.cast import Cast
from tests.document import Broken
from tests.page import Page, enter
from tests.ways import Direct, Socket, text_of

WIRE = Prepared("Soup?").wire


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("live")
@pytest.mark.both_ways
async def test_all_that_a_page_hears_comes_by_the_way_that_is_tested(cast: Cast, way: str):
    path = cast.kitchen.get_absolute_url()
    ann, lobby = await enter(cast.ann, path), await enter(cast.bob, "/")
    await ann.post("Soup?")
    await ann.until(lambda page: page.texts == ["Soup?"])
    pages: list[Page] = [ann, lobby]
    assert [page.ways for page in pages] == [{way}, {way}]


@pytest.mark.parametrize("text", ["", "Soup?", "ü" * 100, "x" * 70_000])
def test_a_frame_is_read_as_it_was_written(text: str):
    assert text_of(Prepared(text).wire) == text


@pytest.mark.parametrize(
    "wire",
    [
        b"",
        WIRE[:1],
        WIRE[:-1],
        WIRE + WIRE,
        WIRE + b"\x00",
        b"\x01" + WIRE[1:],  # not the last of its message
        b"\xc1" + WIRE[1:],  # compressed
        b"\x81\x85\x00\x00\x00\x00Soup?",  # masked
        b"\x81\x7e\x00\x05Soup?",  # with a length that is longer than it must be
        to_wire(b"Soup?", BINARY),
    ],
)
def test_bytes_that_are_not_one_text_frame_are_refused(wire: bytes):
    with pytest.raises(Broken):
        text_of(wire)


async def test_nothing_is_written_before_a_socket_is_open_and_after_it_was_closed():
    direct = Direct(socket := Socket(None, "/", []))
    heard = []
    for message in ("websocket.accept", "websocket.send", "websocket.close", "websocket.send"):
        direct.write(WIRE)
        heard.append(socket.output_queue.qsize())
        direct.note({"type": message})
    direct.write(WIRE)
    assert (heard, socket.output_queue.qsize()) == ([0, 1, 2, 2], 2)
