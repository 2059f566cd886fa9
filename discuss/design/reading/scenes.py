"""The scenes that there are: files which are read anew each time, since somebody may be writing them."""

import re
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.utils.translation import gettext as _

from discuss.design.forms.scenes import SceneError, read_scene
from discuss.design.rules.scenes import Scene, SceneFault

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
# Characters of a file that is read, and files in a folder.
_LONGEST, _MOST_FILES = 400_000, 100


class Script(NamedTuple):
    """A scene's file: the scene, or what is wrong with it."""

    name: str
    path: Path
    scene: Scene | None
    faults: list[SceneFault]

    @property
    def title(self) -> str:
        return self.scene.title if self.scene else self.name


def scripts() -> dict[str, Script]:
    """Return all files of scenes by their names; of two of one name that of the theme."""
    found = {}
    for folder in reversed(settings.SCENE_DIRS):
        for path in sorted(folder.glob("*.toml"))[:_MOST_FILES]:
            if _NAME.fullmatch(path.stem):
                found[path.stem] = read_script(path)
    return dict(sorted(found.items()))


def find_script(name: str) -> Script | None:
    """Return the file of this name, and read no other."""
    if _NAME.fullmatch(name):
        for folder in settings.SCENE_DIRS:
            if (path := folder / f"{name}.toml").is_file():
                return read_script(path)
    return None


def read_script(path: Path) -> Script:
    """Return what a file says; whatever is wrong with it is said, and nothing raised."""
    try:
        if path.stat().st_size > _LONGEST:
            return Script(path.stem, path, None, [SceneFault(0, 0, _("This file is too long."))])
        scene = read_scene(path.read_text(encoding="utf-8"), settings.SKINS)
    except SceneError as error:
        return Script(path.stem, path, None, error.faults)
    except (OSError, ValueError, RecursionError) as error:  # it cannot be read, or is no text
        return Script(path.stem, path, None, [SceneFault(0, 0, str(error))])
    return Script(path.stem, path, scene, [])
