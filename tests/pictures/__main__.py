"""`bin/pictures`: takes pictures of all samples, approves them, and compares them with the approved ones."""

import argparse
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import django

TOP = Path(__file__).resolve().parent.parent.parent


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser("bin/pictures", description=__doc__)
    parser.add_argument("verb", choices=["approve", "compare"])
    parser.add_argument("--folder", type=Path, default=TOP / "data" / "pictures")
    parser.add_argument(
        "--only", default="", help="samples that begin so, such as line/ or line/long"
    )
    parser.add_argument(
        "--tolerance", type=int, default=8, help="by how much of 255 a colour may differ"
    )
    parser.add_argument("--pixels", type=int, default=0, help="how many pixels may differ by more")
    options = parser.parse_args(arguments)
    django.setup()
    if options.verb == "compare":
        return _compare(options)
    folder = options.folder / "approved"
    count = _take(folder, options.only)
    of, told = _of(), options.folder / "approved.txt"
    if options.only and told.is_file():
        of = f"{told.read_text()}, {options.only} of {of}"
    told.write_text(of)
    print(f"{count} pictures of {_of()} are in {folder}.")
    return 0


def _compare(options: argparse.Namespace) -> int:
    from tests.pictures import comparing  # it needs the settings

    approved, taken, shown = (options.folder / name for name in ("approved", "taken", "shown"))
    if not approved.is_dir():
        print(f"There is nothing to compare with: {approved} is made by bin/pictures approve.")
        return 2
    _take(taken, options.only)
    shutil.rmtree(shown, ignore_errors=True)
    found = list(comparing.compare(approved, taken, shown, options.tolerance, options.pixels))
    if options.only:
        found = [each for each in found if each.name.startswith(options.only)]
    of = (options.folder / "approved.txt").read_text()
    file = comparing.write_report(options.folder, of, found)
    for each in found:
        print(f"{each.how}: {each.name}")
    print(f"{len(found)} pictures differ from those of {of}. They are in {file}.")
    return 1 if found else 0


def _take(folder: Path, only: str) -> int:
    from playwright.sync_api import sync_playwright

    from tests import chromium, sheets
    from tests.pictures import taking

    # What is not taken anew stays.
    taking.remove(folder, only)
    count = 0
    with sync_playwright() as playwright:
        path = chromium.find_chromium()
        browser = playwright.chromium.launch(executable_path=path, args=list(chromium.FLAGS))
        for look in sheets.looks():
            made = [
                each
                for each in sheets.sheets(look)
                if any(name.startswith(only) for name in each.names)
            ]
            pictures = taking.take(browser, made, look)
            count += taking.save((each for each in pictures if each.name.startswith(only)), folder)
        browser.close()
    return count


def _of() -> str:
    """Return which commit the files are of, and whether they were changed since."""
    command = ["git", "-C", str(TOP), "describe", "--always", "--dirty"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
