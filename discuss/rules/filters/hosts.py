"""Hosts in a text: of links, and as they stand there without a scheme."""

import re
from unicodedata import normalize
from urllib.parse import unquote

# Each begins where no host can have begun before, and gives back nothing: the time grows as the text does.
_HOST = re.compile(r"(?<![\w.-])[\w-]++(?:\.[\w-]++)++")
_LINK = re.compile(r"https?:[/\\]++(?:[^\s/\\?#@]*+@)*+([\w.-]++)")
# Characters of a host at most (RFC 1035).
LENGTH = 253
_DOTS = str.maketrans("\u3002\uff0e\uff61", "...")


def hosts_in(text: str) -> set[str]:
    """Return what may be a host in a text that is `readable`, whether it is a link there or not."""
    return {host_key(host) for host in _HOST.findall(text)} if "." in text else set()


def linked_hosts(text: str) -> set[str]:
    """Return the hosts to which a text that is `readable` leads."""
    return {host_key(host) for host in _LINK.findall(text)} if "://" in text else set()


def readable(text: str) -> str:
    """Return a text with hosts in it as browsers read them."""
    if not text.isascii():
        text = normalize("NFKC", text.translate(_DOTS))
    if "%" in text:
        text = unquote(text, errors="ignore")
    return text.casefold()


def host_key(host: str) -> str:
    """Return what two ways to write a host share."""
    host = host.strip(".-_")[:LENGTH]
    return ".".join(map(_label, host.split("."))) if "xn--" in host else host


def is_of(host: str, hosts: frozenset[str]) -> bool:
    """Whether it is one of these hosts, or below one of them."""
    while host not in hosts:
        _, dot, host = host.partition(".")
        if not dot:
            return False
    return True


def _label(label: str) -> str:
    try:
        return label.encode("ascii").decode("idna") if label.startswith("xn--") else label
    except UnicodeError:
        return label
