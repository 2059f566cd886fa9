"""Pictures are compared with approved ones: a change is found, and what is the same is not."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from tests.pictures import taking
from tests.pictures.comparing import SHOWN_AS, Difference, How, compare, write_report

BLUE = (36, 95, 168)
Put = Callable[..., None]


@pytest.fixture
def put(tmp_path: Path) -> Put:
    """Put a picture of one colour into a folder, with some pixels of another."""

    def put(folder: str, name: str, colour=BLUE, size=(8, 4), pixels=0, other=(0, 0, 0)) -> None:
        image = Image.new("RGB", size, colour)
        for n in range(pixels):
            image.putpixel((n, 0), other)
        (tmp_path / folder).mkdir(exist_ok=True)
        image.save(tmp_path / folder / name)

    return put


def found(tmp_path: Path, **bounds: int) -> list[Difference]:
    approved, taken, shown = (tmp_path / each for each in ("approved", "taken", "shown"))
    return list(compare(approved, taken, shown, **bounds))


def test_what_is_the_same_is_not_found(tmp_path: Path, put: Put):
    put("approved", "a.png", pixels=3)
    put("taken", "a.png", pixels=3)
    assert found(tmp_path) == []


def test_a_changed_colour_is_found_and_shown(tmp_path: Path, put: Put):
    put("approved", "a.png")
    put("taken", "a.png", pixels=3)
    assert found(tmp_path) == [Difference("a.png", How.CHANGED, 3)]
    shown = Image.open(tmp_path / "shown" / "a.png").convert("RGB")
    assert [shown.getpixel((n, 0)) == SHOWN_AS for n in range(8)] == [True] * 3 + [False] * 5
    assert shown.getpixel((0, 1)) != SHOWN_AS


def test_a_little_of_a_colour_or_a_few_pixels_may_differ(tmp_path: Path, put: Put):
    near = (BLUE[0], BLUE[1], BLUE[2] + 8)
    put("approved", "a.png")
    put("taken", "a.png", pixels=3, other=near)
    assert found(tmp_path) == []
    assert found(tmp_path, tolerance=7) == [Difference("a.png", How.CHANGED, 3)]
    assert found(tmp_path, tolerance=7, pixels=3) == []
    assert found(tmp_path, tolerance=7, pixels=2) != []


def test_a_picture_of_another_size_is_another(tmp_path: Path, put: Put):
    put("approved", "a.png")
    put("taken", "a.png", size=(8, 5))
    assert found(tmp_path) == [Difference("a.png", How.CHANGED, 8)]


def test_what_is_new_and_what_is_gone_is_named(tmp_path: Path, put: Put):
    put("approved", "gone.png")
    put("taken", "new.png")
    assert found(tmp_path) == [Difference("gone.png", How.GONE), Difference("new.png", How.NEW)]


def test_one_page_shows_each_before_and_after(tmp_path: Path):
    differences = [Difference("line/a.png", How.CHANGED, 3), Difference("line/b.png", How.NEW)]
    html = write_report(tmp_path, "1234abc", differences).read_text()
    assert "2 pictures differ from 1234abc" in html
    for folder in ("approved", "taken", "shown"):
        assert f'src="{folder}/line/a.png"' in html
    assert 'src="approved/line/b.png"' not in html
    assert 'src="taken/line/b.png"' in html


def test_pictures_that_are_not_taken_anew_stay(put: Put, tmp_path: Path):
    (tmp_path / "approved" / "line").mkdir(parents=True)
    for name in ("line/long.png", "line/hidden.png", "case_row.png"):
        put("approved", name)
    taking.remove(tmp_path / "approved", "line/l")
    left = {str(each.relative_to(tmp_path / "approved")) for each in tmp_path.rglob("*.png")}
    assert left == {"line/hidden.png", "case_row.png"}
    taking.remove(tmp_path / "approved")
    assert not list(tmp_path.rglob("*.png"))
