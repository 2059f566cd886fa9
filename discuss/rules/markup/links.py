"""Links with a text of their own, and addresses that stand in the text."""

import re

from markdown_it.helpers import parseLinkDestination
from markdown_it.rules_inline import StateInline

from discuss.rules.characters import is_seen
from discuss.rules.links import LINKS, Part, host_of, link_to, split_links

SCHEME = re.compile(r"https?\Z", re.IGNORECASE)
# What pretends to be an address in the text of a link.
CLAIM = re.compile(r"https?://|www\.", re.IGNORECASE)
BRACKET = re.compile(r"\\.|[\[\]]", re.DOTALL)


def link(state: StateInline, silent: bool) -> bool:
    """Take [text](address), where the address may be one, and the text does not pretend to be another."""
    start, text = state.pos, state.src
    if text[start] != "[" or state.linkLevel or text[start - 1 : start] == "!":
        return False
    end = _brackets(state).get(start, -1)
    if end < 0 or text[end + 1 : end + 2] != "(":
        return False
    found = parseLinkDestination(text, end + 2, state.posMax)
    part = link_to(found.str) if found.ok and text[found.pos : found.pos + 1] == ")" else None
    label = text[start + 1 : end]
    if part is None or not any(map(is_seen, label)) or _pretends(label, part):
        return False
    if not silent:
        if not _takes_a_link(state):
            return False
        last = state.posMax
        state.pos, state.posMax = start + 1, end
        state.push("link_open", "a", 1).attrs = {"href": part.url, "title": part.text}
        state.linkLevel += 1
        state.md.inline.tokenize(state)
        state.linkLevel -= 1
        state.push("link_close", "a", -1)
        state.posMax = last
    state.pos = found.pos + 1
    return True


def _pretends(label: str, part: Part) -> bool:
    return bool(CLAIM.search(label)) and host_of(label.strip()) != host_of(part.url)


def _brackets(state: StateInline) -> dict[int, int]:
    """Return the places of all brackets that end before (, by the places of those that they end."""
    known: dict[str, dict[int, int]] = state.env.setdefault("brackets", {})
    if state.src not in known:
        pairs, begun = known.setdefault(state.src, {}), list[int]()
        for match in BRACKET.finditer(state.src):
            if match[0] == "[":
                begun.append(match.start())
            elif match[0] == "]" and begun:
                pairs[begun.pop()] = match.start()
    return known[state.src]


def address(state: StateInline, silent: bool) -> bool:
    """Take an address that stands in the text, and leave what is in it alone."""
    if not state.src.startswith("://", state.pos):
        return False
    scheme = SCHEME.search(state.src, max(0, state.pos - 5), state.pos)
    part = _addresses(state).get(scheme.start()) if scheme else None
    if scheme is None or part is None:
        return False
    end = scheme.start() + len(part.url)
    if end > state.posMax:
        return False
    if not silent:
        if state.linkLevel or not _takes_a_link(state):
            state.append_pending(state.src[state.pos : end])
        else:
            state.pending = state.pending[: -len(scheme[0])]
            state.push("address_open", "a", 1).attrs = {"href": part.url, "dir": "ltr"}
            state.push("text", "", 0).content = part.text
            state.push("address_close", "a", -1)
    state.pos = end
    return True


def _addresses(state: StateInline) -> dict[int, Part]:
    """Return the addresses in the text, by their places."""
    known: dict[str, dict[int, Part]] = state.env.setdefault("addresses", {})
    if state.src not in known:
        found, place = known.setdefault(state.src, {}), 0
        for part in split_links(state.src):
            if part.url:
                found[place] = _without_marks(part)
            place += len(part.url or part.text)
    return known[state.src]


def _without_marks(part: Part) -> Part:
    """Return an address without the marks at its end, which end an emphasis around it."""
    marks = len(part.url) - len(part.url.rstrip("*~"))
    return Part(part.text[:-marks], part.url[:-marks]) if marks else part


def _takes_a_link(state: StateInline) -> bool:
    """Whether this link is one of the first LINKS."""
    state.env["links"] = state.env.get("links", 0) + 1
    return bool(state.env["links"] <= LINKS)
