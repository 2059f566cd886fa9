"""What stands within a line: emphasis, strike-through, code, links and addresses, short codes of emoji.

Emphasis is stricter than CommonMark's: a mark in a word, in a sum or in a path is none (2*3*4, snake_case,
src/*/*.py). A backslash is shown where it keeps nothing from being a mark.
"""

import re
import unicodedata
from typing import NamedTuple

from markdown_it.helpers import parseLinkDestination
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_inline import StateInline, backtick
from markdown_it.rules_inline.state_inline import Delimiter

from discuss.rules.characters import is_seen
from discuss.rules.emoji import CODES, with_emoji
from discuss.rules.links import LINKS, UNSPACED, Part, host_of, link_to, split_links
from discuss.rules.markup.blocks import HEADING, ITEM, QUOTED

# Where the text is looked at; everything between is taken as it is.
STOPS = re.compile(r"[\n\\`*_~\[\]:]")
SCHEME = re.compile(r"https?\Z", re.IGNORECASE)
# What pretends to be an address in the text of a link.
CLAIM = re.compile(r"https?://|www\.", re.IGNORECASE)
BRACKET = re.compile(r"\\.|[\[\]]", re.DOTALL)
BEFORE = frozenset("\"'*_~")
AFTER = frozenset("\"'*_~.,;:!?-")
NO_SPACES = re.compile(f"[{UNSPACED}]")


def set_up(parser: ParserInline) -> None:
    """Give the parser these rules, and no others."""
    ruler = parser.ruler
    ruler.at("newline", _newline)
    ruler.at("escape", _escape)
    ruler.at("backticks", backtick)
    ruler.at("strikethrough", _marks)
    ruler.at("link", _link)
    ruler.before("newline", "address", _address)
    ruler.before("newline", "emoji", _emoji)
    ruler.enableOnly(
        ["text", "address", "emoji", "newline", "escape", "backticks", "strikethrough", "link"]
    )
    parser.ruler2.enableOnly(["balance_pairs", "strikethrough", "emphasis", "fragments_join"])
    parser.terminator_re = STOPS


# --- lines and backslashes --------------------------------------------------------------------------------


def _newline(state: StateInline, silent: bool) -> bool:
    """Keep a line's end, and the spaces around it."""
    if state.src[state.pos] != "\n":
        return False
    if not silent:
        state.push("softbreak", "br", 0)
    state.pos += 1
    return True


def _escape(state: StateInline, silent: bool) -> bool:
    """Take a backslash that keeps the next character from being markup."""
    if state.src[state.pos] != "\\" or state.pos + 1 >= state.posMax:
        return False
    if _would_be_markup(state.src, state.pos):
        if not silent:
            state.push("escaped", "", 0).content = state.src[state.pos + 1]
    elif not silent:
        state.append_pending(state.src[state.pos : state.pos + 2])
    state.pos += 2
    return True


def _would_be_markup(text: str, place: int) -> bool:
    """Whether the character after the backslash at this place would be markup without it."""
    mark = text[place + 1]
    if mark in "*_~":
        end = place + 1
        while end < len(text) and text[end] == mark:
            end += 1
        return any(_flanks(text, place, end))
    if mark == "`":
        return "`" in text[place + 2 :] or "`" in text[:place]
    if mark == "[":
        return text.find("](", place) > 0
    if mark == ":":
        match = CODES.match(text, place + 1)
        return match is not None and with_emoji(match[0]) != match[0]
    if mark not in "#>+-" or text[text.rfind("\n", 0, place) + 1 : place].strip(" \t"):
        return False
    line, _, _ = text[place + 1 :].partition("\n")
    return any(begins.match(line) for begins in (QUOTED, ITEM, HEADING))


# --- emphasis ---------------------------------------------------------------------------------------------


class Flanks(NamedTuple):
    opens: bool
    closes: bool


def _marks(state: StateInline, silent: bool) -> bool:
    """Note the marks of an emphasis or a strike-through; which of them belong together is found later."""
    start, mark = state.pos, state.src[state.pos]
    if mark not in "*_~":
        return False
    end = start
    while end < state.posMax and state.src[end] == mark:
        end += 1
    state.pos = end
    if silent:
        return True
    opens, closes = _flanks(state.src, start, end)
    width = 2 if mark == "~" else 1
    if not (opens or closes) or (mark == "~" and end - start != width):
        state.append_pending(mark * (end - start))
        return True
    # Without a length there is no rule of three, which is about emphasis.
    length = 0 if mark == "~" else end - start
    for _ in range(start, end, width):
        state.push("text", "", 0).content = mark * width
        place = len(state.tokens) - 1
        state.delimiters.append(Delimiter(ord(mark), length, place, -1, opens, closes))
    return True


def _flanks(text: str, start: int, end: int) -> Flanks:
    """Whether the marks from `start` to `end` may begin an emphasis, and whether they may end one."""
    before = text[start - 1 : start] or " "
    after, next_after = text[end : end + 1] or " ", text[end + 1 : end + 2]
    opens = not after.isspace() and _is_around(before, BEFORE, "SIF")
    # A file or a number goes on after its full stop.
    goes_on = after in ".:" and next_after.isalnum()
    closes = not before.isspace() and _is_around(after, AFTER, "EIF") and not goes_on
    return Flanks(opens, closes)


def _is_around(character: str, signs: frozenset[str], punctuation: str) -> bool:
    """Whether a character may stand right beside an emphasis, outside of it."""
    if character.isspace() or character in signs:
        return True
    category = unicodedata.category(character)
    if category[0] == "P" and category[1].upper() in punctuation:
        return category != "Pc"
    if character < "\u2000":
        return category == "Po" and not character.isascii()
    return not character.isalnum() or bool(NO_SPACES.match(character))


# --- links ------------------------------------------------------------------------------------------------


def _link(state: StateInline, silent: bool) -> bool:
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


def _address(state: StateInline, silent: bool) -> bool:
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


# --- emoji ------------------------------------------------------------------------------------------------


def _emoji(state: StateInline, silent: bool) -> bool:
    """Take the short codes that stand here, of which at least one is known."""
    match = CODES.match(state.src, state.pos, state.posMax)
    shown = with_emoji(match[0]) if match else ""
    if match is None or shown == match[0]:
        return False
    if not silent:
        state.push("emoji", "", 0).content = shown
    state.pos = match.end()
    return True
