"""The name of a page's own person, which may change while the page is open."""

from discuss.live.viewer import Viewer
from discuss.rendering import fragments


def show_name(viewer: Viewer, name: str) -> None:
    """Have the page show this name of its person, where it shows another."""
    viewer.name = name
    if viewer.shown_name not in {name, None}:
        viewer.shown_name = name
        viewer.write(fragments.person_renamed(viewer.audience, name=name))
