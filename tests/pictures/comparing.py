"""Compares pictures with those that were approved, pixel by pixel, and shows where they differ."""

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from django.template import Context, Engine
from PIL import Image, ImageChops

# By how much of 255 a pixel's red, green or blue may differ, and how many pixels may differ by more.
TOLERANCE = 8
PIXELS = 0
SHOWN_AS = (226, 0, 122)
REPORT = Path(__file__).with_name("report.html")


class How(StrEnum):
    CHANGED = "changed"
    NEW = "new"
    GONE = "gone"


class Difference(NamedTuple):
    """A picture that is not the approved one, and how many of its pixels differ."""

    name: str
    how: How
    pixels: int = 0


def compare(
    approved: Path, taken: Path, shown: Path, tolerance: int = TOLERANCE, pixels: int = PIXELS
) -> Iterator[Difference]:
    """Yield each picture in which these folders differ; into `shown` goes a picture of where."""
    before, now = (_names(folder) for folder in (approved, taken))
    for name in sorted(before | now):
        if name not in now:
            yield Difference(name, How.GONE)
        elif name not in before:
            yield Difference(name, How.NEW)
        elif (approved / name).read_bytes() != (taken / name).read_bytes():
            with Image.open(approved / name) as old, Image.open(taken / name) as new:
                mask = differing(old, new, tolerance)
                count = mask.histogram()[255]
                if count > pixels:
                    file = shown / name
                    file.parent.mkdir(parents=True, exist_ok=True)
                    marked(new, mask).save(file)
                    yield Difference(name, How.CHANGED, count)


def differing(old: Image.Image, new: Image.Image, tolerance: int) -> Image.Image:
    """Return a mask, 255 where the pictures differ by more; where one of them ends they do."""
    size = max(old.width, new.width), max(old.height, new.height)
    one, two = (_on_ground(each, size) for each in (old, new))
    most = ImageChops.difference(one, two)
    # The largest of red, green, blue, and of the ground where one of them is not.
    bands = most.split()
    largest = bands[0]
    for band in bands[1:]:
        largest = ImageChops.lighter(largest, band)
    return largest.point(lambda value: 255 if value > tolerance else 0)


def marked(new: Image.Image, mask: Image.Image) -> Image.Image:
    """Return the new picture, pale, with all that differs in one strong colour."""
    ground = Image.new("RGB", mask.size, "white")
    ground.paste(new.convert("RGB"))
    pale = Image.blend(ground, Image.new("RGB", mask.size, "white"), 0.75)
    pale.paste(SHOWN_AS, mask=mask)
    return pale


def write_report(folder: Path, of: str, found: list[Difference]) -> Path:
    """Write the page that shows each before, after and the difference, and return its file."""
    template = Engine(libraries={}).from_string(REPORT.read_text())
    file = folder / "index.html"
    file.write_text(template.render(Context({"of": of, "found": found})))
    return file


def _on_ground(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    ground = Image.new("RGBA", size, (0, 0, 0, 0))
    ground.paste(image.convert("RGBA"))
    return ground


def _names(folder: Path) -> set[str]:
    return {str(file.relative_to(folder)) for file in folder.rglob("*.png")}
