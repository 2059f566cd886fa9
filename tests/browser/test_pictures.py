"""Pictures of samples are the same each time, and another colour is another picture."""

from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser

from tests import sheets
from tests.pictures.comparing import How, compare
from tests.pictures.taking import save, take
from tests.sheets import Sheet

# The ground of what one is to look out for, in light.
WARN_SOFT = (0xFB, 0xEE, 0xC6)


def taken(browser: Browser, folder: Path, sheet: Sheet, look: str = "") -> Path:
    save(take(browser, [sheet], look, widths=[360, 768]), folder)
    return folder


def test_what_is_painted_in_another_colour_is_found_and_nothing_else(
    browser: Browser, tmp_path: Path
) -> None:
    sheet = next(each for each in sheets.sheets("paper") if "line_menu/of-another" in each.names)
    before = taken(browser, tmp_path / "before", sheet, "paper")
    names = {str(file.relative_to(before)) for file in before.rglob("*.png")}
    # One that stands in the page, and one in what has to be opened; in both themes, at both widths.
    for sample in ("group_renamed/long", "line_menu/of-another"):
        for theme in ("light", "dark"):
            assert {f"{sample}/paper-{theme}-{width}.png" for width in (360, 768)} <= names
    again = taken(browser, tmp_path / "again", sheet, "paper")
    assert list(compare(before, again, tmp_path / "shown")) == []

    other = sheet._replace(html=sheet.html.replace("hue-6", "hue-1"))
    assert other != sheet
    found = list(
        compare(before, taken(browser, tmp_path / "after", other, "paper"), tmp_path / "shown")
    )
    assert found
    assert {each.how for each in found} == {How.CHANGED}
    assert len(found) < len(names)


def test_the_banner_of_a_lost_connection_lies_over_no_other_sample(
    browser: Browser, tmp_path: Path
) -> None:
    wanted = "editing/a-message", "status_renewed/any"
    made = [each for each in sheets.sheets("") if {*wanted} & {*each.names}]
    save(take(browser, made, "", widths=[360], themes=["light"]), tmp_path)
    covered, banner = (colours(tmp_path / name / "site-light-360.png") for name in wanted)
    assert WARN_SOFT in banner
    assert WARN_SOFT not in covered


def colours(file: Path) -> set[object]:
    with Image.open(file) as image:
        return {colour for _, colour in image.getcolors(image.width * image.height) or ()}
