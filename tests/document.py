"""A `Document` stands for what a browser holds of a page, and changes as htmx changes it.

Incoming frames change it as htmx 2.0.10 does (`oobSwap`) with its ws extension 2.0.4. Where htmx would
report an error, and where a frame breaks our own contract, `Broken` is raised.
"""

import json
import re
from collections.abc import Callable, Sequence
from copy import deepcopy
from functools import cache
from typing import Any, cast

import lxml.html
from lxml.cssselect import CSSSelector
from lxml.etree import XPath
from lxml.html import HtmlElement

type Query = Callable[..., list[Any]]


def _query(path: str) -> Query:
    """Return what finds this XPath's elements, or strings, from an element on."""
    return cast(Query, XPath(path, smart_strings=False))


# Made once: each frame of each page asks for some ten elements.
_all_ids = _query("descendant-or-self::*/@id")
_with_autofocus = _query("descendant-or-self::*[@autofocus]")
_with_id = _query("descendant-or-self::*[@id=$id]")
_with_ids = _query("descendant-or-self::*[@id]")
_fields_of = _query("descendant::input[@form=$id or ancestor::form[@id=$id]]")


@cache
def _selector(selector: str) -> Query:
    return cast(Query, CSSSelector(selector, translator="html"))


EDITED = re.compile(r"\(edited \d\d:\d\d\)")


class Broken(AssertionError):
    """A frame that htmx, or our contract with it, cannot take."""


class Document:
    def __init__(self, html: str) -> None:
        self.document: HtmlElement = lxml.html.document_fromstring(html)
        # The id of the element that took the focus last, by autofocus in a frame.
        self.focus: str | None = None
        # What has been found by its id, or came with one: a long log is not searched for each frame.
        self._known: dict[str, HtmlElement] = {}

    @property
    def log(self) -> list[str]:
        """The lines it shows, each as HTML."""
        return [outer(line) for line in self.element("log")]

    @property
    def texts(self) -> list[str]:
        """The text of each message it shows, without when it was edited; None of the events.

        What moderators alone see of those that were hidden is not among them.
        """
        found = self.document.xpath(
            "//ol[@id='log']/li//*[contains(@class, 'text')][not(ancestor::*[@class='revealed'])]"
        )
        return [EDITED.sub("(edited)", text(paragraph)) for paragraph in found]

    @property
    def cursor(self) -> int:
        return int(self.element("cursor").get("value") or 0)

    @property
    def oldest(self) -> int:
        return int(self.element("oldest").get("value") or 0)

    @property
    def newest(self) -> int | None:
        """The position of its newest line; None where it shows the end of the log."""
        value = self.element("newest").get("value")
        return int(value) if value else None

    @property
    def to_newest(self) -> str:
        """What leads to the end of the log, with how many messages are below."""
        return text(self.element("to-newest"))

    @property
    def members(self) -> str:
        """What tells the list of members that it shows from others."""
        return self.element("members-rest").find("input").get("value") or ""

    @property
    def member_list(self) -> tuple[str, list[str], str]:
        """What it shows of the members: how many there are, each row as HTML, and what comes below."""
        rows = [outer(row) for row in self.element("members-list")]
        return text(self.element("members-count")), rows, outer(self.element("members-rest"))

    @property
    def has_older(self) -> bool:
        return self.element("older").get("hx-trigger") is not None

    @property
    def notice(self) -> str:
        return text(self.element("notice"))

    @property
    def here(self) -> list[str]:
        """The names of those who are said to be connected to the group, in the order shown."""
        return [text(each) for each in self.element("here").xpath(".//li/span[not(@aria-hidden)]")]

    def has(self, element_id: str) -> bool:
        return bool(self._all_with_id(element_id))

    def element(self, element_id: str) -> HtmlElement:
        found = self._all_with_id(element_id)
        if len(found) != 1:
            raise Broken(f"{len(found)} elements have the id {element_id}")
        return found[0]

    def _all_with_id(self, element_id: str) -> list[HtmlElement]:
        known = self._known.get(element_id)
        if known is not None and any(each is self.document for each in known.iterancestors()):
            return [known]
        found = _with_id(self.document, id=element_id)
        if len(found) == 1:
            self._known[element_id] = found[0]
        return found

    @property
    def nonce(self) -> str:
        """What tells this page's messages from others'."""
        return self.element("nonce").get("value") or ""

    @property
    def can_post(self) -> bool:
        """Whether Enter sends what is written here."""
        return self.has("post-form")

    @property
    def typed(self) -> str:
        """What stands in the field that is written in."""
        return self.draft.get("value") or ""

    @property
    def sent(self) -> list[str]:
        """The messages that were sent and wait for an answer, in order."""
        fields = self.element("drafts").xpath("./*[position() < last()]//input[@name='text']")
        return [field.get("value") or "" for field in fields]

    @property
    def answered(self) -> int:
        """How many of its messages were answered."""
        return int(self.element("answered").get("value") or 0)

    @property
    def refused(self) -> list[tuple[str, str]]:
        """The messages that were refused: each with the reason."""
        return [
            (each.find("textarea").text or "", text(each.find("p")))
            for each in self.element("refused").iterchildren("form")
        ]

    @property
    def draft(self) -> HtmlElement:
        (field,) = self.element("drafts").xpath("./*[last()]//input[@name='text']")
        return field

    def write(self, text: str, draft: str) -> None:
        """Write a message and press Enter: in `draft` is what the server gives for the next one."""
        self.draft.set("value", text)
        (element,) = (each for each in elements(draft) if each.get("class") == "draft")
        self.element("drafts").append(element)

    def values(self, form: HtmlElement) -> dict[str, Any]:
        """What htmx sends for a form: its fields, wherever they stand, and those of hx-include."""
        fields = _fields_of(self.document, id=form.get("id"))
        included = form.get("hx-include")
        for each in self.find(included) if included else []:
            fields += each.xpath("descendant-or-self::input")
        sent: dict[str, Any] = {}
        # What is included twice is sent once.
        for each in dict.fromkeys(fields):
            name, value = each.get("name"), each.get("value", "")
            # One name twice becomes a list, as in FormData.
            sent[name] = [*_as_list(sent[name]), value] if name in sent else value
        return sent

    def frame(self, form_id: str, url: str, **values: Any) -> str:
        """Return what `ws-send` sends for a form on the page at `url`.

        `values` stand in for the fields of these names, or a button.
        """
        headers = {
            "HX-Request": "true",
            "HX-Trigger": form_id,
            "HX-Trigger-Name": None,
            "HX-Target": form_id,
            "HX-Current-URL": url,
        }
        return json.dumps({**self.values(self.element(form_id)), **values, "HEADERS": headers})

    def put(self, target: HtmlElement, html: str) -> None:
        """Put what was fetched in the place of an element, as hx-swap="outerHTML" does."""
        (element,) = elements(html)
        _replace(target, element)

    def swap(self, frame: str) -> None:
        """Do to the document what htmx does with this frame."""
        arrived: dict[str, HtmlElement] = {}
        for element in lxml.html.fragments_fromstring(frame):
            if isinstance(element, str):
                if element.strip():
                    raise Broken(f"Text outside of any element: {element!r}")
            elif isinstance(element.tag, str):  # and not a comment
                with_ids = {each.get("id"): each for each in _with_ids(element)}
                self._swap_out_of_band(element)
                arrived |= with_ids
                # Until the frame is through, an id may be there twice.
                for element_id in with_ids:
                    self._known.pop(element_id, None)
        # The field of each draft has one id. Those that were sent take no focus, so a link finds the last.
        ids = [each for each in _all_ids(self.document) if each != "message"]
        if len(ids) != len(set(ids)):
            raise Broken(f"An id is there twice after {frame}")
        self._known |= arrived

    def _swap_out_of_band(self, element: HtmlElement) -> None:
        how = element.attrib.pop("hx-swap-oob", None)
        if how is None:
            raise Broken(f"A top-level element that is no out-of-band swap: {outer(element)}")
        if element.tail and element.tail.strip():
            raise Broken(f"Text outside of any element: {element.tail!r}")
        element.tail = None
        style, _, selector = how.partition(":")
        targets = self.find(selector) if selector else self._all_with_id(element.get("id"))
        # What goes into several places says so by naming two.
        if len(targets) != 1 and not ("," in selector and targets):
            raise Broken(f"{len(targets)} targets for {how} of {outer(element)[:200]}")
        for target in targets[1:]:
            _STYLES[style](target, deepcopy(element))
        _STYLES["outerHTML" if style == "true" else style](targets[0], element)
        for focused in _with_autofocus(element)[:1]:
            self.focus = focused.get("id", element.get("id"))

    def from_its_oldest(self, lines: Sequence[str]) -> list[str]:
        """Return what this page should show, where `lines` are those of fresh pages, in order."""
        oldest = _id_of(self.log[0]) if self.log else None
        newest = _id_of(self.log[-1]) if self.log and self.newest is not None else None
        first = next((n for n, line in enumerate(lines) if _id_of(line) == oldest), 0)
        last = next((n for n, line in enumerate(lines) if _id_of(line) == newest), len(lines))
        return list(lines[first : last + 1])

    def find(self, selector: str) -> list[HtmlElement]:
        """Find what a CSS selector means."""
        if re.fullmatch(r"#[\w-]+", selector):
            return self._all_with_id(selector[1:])
        return _selector(selector)(self.document)


def elements(html: str) -> list[HtmlElement]:
    """Return the elements at the top of a fragment."""
    found = lxml.html.fragments_fromstring(html)
    return [each for each in found if isinstance(each, HtmlElement) and isinstance(each.tag, str)]


def outer(element: HtmlElement) -> str:
    return lxml.html.tostring(element, encoding="unicode", with_tail=False)


def text(element: HtmlElement) -> str:
    """Return what one reads in an element, with single spaces."""
    return " ".join(element.text_content().split())


def _id_of(line: str) -> str | None:
    return lxml.html.fragment_fromstring(line).get("id")


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _replace(target: HtmlElement, element: HtmlElement) -> None:
    element.tail = target.tail
    parent = target.getparent()
    assert parent is not None
    parent.replace(target, element)


def _empty_and_fill(target: HtmlElement, element: HtmlElement) -> None:
    for child in list(target):
        target.remove(child)
    target.text = element.text
    target.extend(list(element))


def _append(target: HtmlElement, element: HtmlElement) -> None:
    target.extend(list(element))


def _prepend(target: HtmlElement, element: HtmlElement) -> None:
    for child in reversed(list(element)):
        target.insert(0, child)


def _put_after(target: HtmlElement, element: HtmlElement) -> None:
    for child in reversed(list(element)):
        target.addnext(child)


def _delete(target: HtmlElement, element: HtmlElement) -> None:
    target.drop_tree()


# What htmx calls a swap style, to how it changes the target. All but outerHTML use the element's content.
_STYLES: dict[str, Callable[[HtmlElement, HtmlElement], None]] = {
    "outerHTML": _replace,
    "innerHTML": _empty_and_fill,
    "beforeend": _append,
    "afterbegin": _prepend,
    "afterend": _put_after,
    "delete": _delete,
}
