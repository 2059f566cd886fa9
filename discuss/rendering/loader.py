"""How templates are read: without the white space that only indents them, and those of a skin first."""

import logging
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from weakref import WeakSet

from django.conf import settings
from django.template import Engine, Template, TemplateDoesNotExist
from django.template.base import Origin
from django.template.loaders.base import Loader as BaseLoader
from django.template.loaders.cached import Loader as CachedLoader
from django.template.loaders.filesystem import Loader as FilesystemLoader

from discuss.rendering.contract import may_wear, rename_blocks

logger = logging.getLogger(__name__)

_INDENTATION = re.compile(r"\n[ \t]+")
# Where white space is shown as it stands.
_AS_IT_STANDS = re.compile(
    r"(<(?:pre|textarea)\b.*?</(?:pre|textarea)>)", re.DOTALL | re.IGNORECASE
)
_loaders: WeakSet["Loader"] = WeakSet()
# Has one more with each time that all templates are to be read anew.
_readings: list[None] = []


class _Reader(BaseLoader):
    """Reads a template, or what is below it where it is refused."""

    # Whether something is wrong with a template that was read. It raises that.
    look: Callable[[Template], None] | None = None
    # Is told of each template that is refused, and why.
    tell: Callable[[Origin, Exception], None] | None = None

    def get_contents(self, origin: Origin) -> str:
        raise NotImplementedError

    def tell_of_renamed(self, template: Template, renamed: dict[str, str]) -> None:
        for before, now in renamed.items():
            text = "The block %s in %s is called %s by now. The name of before works until the next release."
            logger.warning(text, before, template.origin.name, now)

    def get_template(self, template_name: str, skip: Any = None) -> Template:
        if self.look is None:
            found = super().get_template(template_name, skip)
            rename_blocks(found)
            return found
        # Why the topmost of them cannot be shown: it is raised where there is nothing below.
        first: Exception | None = None
        for origin in self.get_template_sources(template_name):
            if skip is not None and origin in skip:
                continue
            try:
                template = Template(self.get_contents(origin), origin, template_name, self.engine)
                self.tell_of_renamed(template, rename_blocks(template))
                self.look(template)
            except Exception as error:  # a theme's file may have any
                if error.args == (origin,):
                    continue  # there is no such file
                first = first or error
                if self.tell:
                    self.tell(origin, error)
            else:
                return template
        raise first or TemplateDoesNotExist(template_name)


class Loader(CachedLoader, _Reader):
    """Reads each template once, and HTML without indentation: it is a third of what a new line weighs.

    The ends of lines stay, so that words stay apart and errors name the right line.
    """

    def __init__(self, engine: Engine, loaders: Any) -> None:
        super().__init__(engine, loaders)
        _loaders.add(self)

    def get_contents(self, origin: Origin) -> str:
        contents: str = super().get_contents(origin)
        return without_indentation(contents) if origin.name.endswith(".html") else contents

    def get_dirs(self) -> Iterator[Any]:
        """Yield the folders in which a change is noticed while DEBUG is on."""
        yield from super().get_dirs()
        yield from (skin.templates for skin in settings.SKINS.values() if skin.has_templates)

    def reset(self) -> None:
        """Read all templates anew, in all engines: Django knows of one."""
        for loader in list(_loaders):
            loader.get_template_cache.clear()
        _readings.append(None)


class SkinLoader(FilesystemLoader):
    """Finds the templates of a skin, those that a skin may have."""

    def __init__(self, engine: Engine, skin: str) -> None:
        super().__init__(engine, [settings.SKINS[skin].templates])
        self._skin = skin

    def get_template_sources(self, template_name: str) -> Iterator[Origin]:
        if may_wear(template_name, self._skin):
            yield from super().get_template_sources(template_name)


def readings() -> int:
    """Return how often all templates were to be read anew."""
    return len(_readings)


def is_in(origin: Origin, folder: Path) -> bool:
    """Whether a template is of this folder."""
    return Path(origin.name).is_relative_to(folder)


def without_indentation(html: str) -> str:
    """Return the HTML of a template without what indents its lines, but where that is shown."""
    return "".join(_pieces(html))


def _pieces(html: str) -> Iterator[str]:
    for number, piece in enumerate(_AS_IT_STANDS.split(html)):
        yield piece if number % 2 else _INDENTATION.sub("\n", piece)
