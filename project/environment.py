"""Reading the environment: each helper returns a checked value or ends the program with one line."""

import contextlib
import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import NoReturn
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo, available_timezones

from project import hosts

OFF = {"0", "no", "off", "false"}
ON = {"", "1", "yes", "on", "true"}


def refuse(name: str, why: str) -> NoReturn:
    raise SystemExit(f"DiscussIt: the setting {name} {why}.")


def flag(name: str, *, default: bool = False) -> bool:
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value in OFF:
        return False
    if value in ON:
        return True
    refuse(name, f"must be on or off, not {value!r}")


def choice(name: str, first: str, *others: str) -> str:
    """Return one of these words; the first where none is chosen."""
    value = os.environ.get(name, "").strip().lower() or first
    if value not in {first, *others}:
        refuse(name, f"must be {' or '.join((first, *others))}, not {value!r}")
    return value


def count(name: str, default: int) -> int:
    value = os.environ.get(name, "") or str(default)
    if not value.isascii() or not value.isdigit() or not 0 < int(value) < 1000:
        refuse(name, f"must be a number from 1 to 999, not {value!r}")
    return int(value)


def domains(name: str) -> frozenset[str]:
    """Return domains: those of a list with commas, or the lines of a file, where the value is its path."""
    value = os.environ.get(name, "").strip()
    if "/" in value:
        try:
            lines = Path(value).read_text().splitlines()
        except (OSError, UnicodeDecodeError) as error:
            refuse(name, f"names a file that cannot be read: {value!r} ({error})")
        given = [line.partition("#")[0] for line in lines]
    else:
        given = value.split(",")
    found = {each.strip().removeprefix("@").removeprefix("*.").lower() for each in given} - {""}
    for each in found:
        if "." not in each.strip(".") or any(c.isspace() or c in "@/," for c in each):
            refuse(name, f"must have domains such as mailinator.com, not {each!r}")
    return frozenset(found)


def days(name: str, default: int) -> int:
    """Return a number of days; 0 stands for none at all."""
    value = os.environ.get(name, "") or str(default)
    if not value.isascii() or not value.isdigit() or int(value) > 366:
        refuse(name, f"must be a number of days from 0 to 366, not {value!r}")
    return int(value)


def rates(name: str, defaults: Mapping[str, str]) -> dict[str, tuple[int, float]]:
    """Return each kind's burst, and the seconds that one more takes.

    "20+5/s" is 20 at once and then 5 a second, "10/m" is 10 at once and then 10 a minute. The value names
    what is other than by default ("post=40+10/s,group=50/h"), or is off: then nothing has a limit.
    """
    value = os.environ.get(name, "").strip().lower()
    if value in OFF:
        return {}
    given = dict(defaults)
    for entry in value.split(",") if value not in ON else ():
        kind, _, rate = entry.strip().partition("=")
        if kind not in defaults:
            refuse(name, f"knows {', '.join(defaults)}, and not {kind!r}")
        given[kind] = rate
    return {kind: _rate(name, rate) for kind, rate in given.items()}


def _rate(name: str, rate: str) -> tuple[int, float]:
    shape = re.fullmatch(r"(?:([1-9]\d{0,5})\+)?([1-9]\d{0,5})/([smh])", rate)
    if shape is None:
        refuse(name, f"must have rates such as 20+5/s or 10/m, not {rate!r}")
    burst, number, unit = shape.groups()
    return int(burst or number), {"s": 1, "m": 60, "h": 3600}[unit] / int(number)


def port(name: str, default: int) -> int:
    value = os.environ.get(name, "") or str(default)
    if not value.isascii() or not value.isdigit() or not 0 < int(value) < 65536:
        refuse(name, f"must be a number from 1 to 65535, not {value!r}")
    return int(value)


def time_zone(name: str, default: str) -> str:
    value = os.environ.get(name, "") or default
    if value not in available_timezones():
        refuse(name, f"must be a time zone such as Europe/Berlin, not {value!r}")
    return ZoneInfo(value).key


def origin(name: str, default: str) -> str:
    """Return `scheme://host[:port]` with the scheme's own port left out (RFC 6454 section 6.2)."""
    value = os.environ.get(name, "") or default
    parts = split(name, value)
    try:
        number = parts.port
    except ValueError:
        refuse(name, f"has a port that is not one: {value!r}")
    has_odd_brackets = ("[" in parts.netloc) != (":" in (parts.hostname or ""))
    if parts.scheme not in {"http", "https"} or not parts.hostname or has_odd_brackets:
        refuse(name, f"must be like https://chat.example.org, not {value!r}")
    if parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc:
        refuse(name, f"must be a scheme, a host and a port alone, not {value!r}")
    if number in hosts.BLOCKED_PORTS:
        refuse(name, f"has a port at which browsers open no page: {number}")
    try:
        host = hosts.canonical(parts.hostname)
    except ValueError as error:
        refuse(name, f"has a host that nobody could reach: {value!r} ({error})")
    default_port = 443 if parts.scheme == "https" else 80
    port = "" if number in {None, default_port} else f":{number}"
    return f"{parts.scheme}://{host}{port}"


def split(name: str, url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError as error:
        # Not the address itself: it may hold a password.
        refuse(name, f"is no address ({error})")


def token(name: str) -> str:
    """Return what somebody shows to be let in, as it goes into a header (RFC 6750, section 2.1)."""
    value = os.environ.get(name, "")
    if value and not re.fullmatch(r"[A-Za-z0-9._~+/-]{20,}=*", value):
        refuse(name, "must be 20 or more of A to Z, a to z, 0 to 9 and ._~+/-")
    return value


def code(name: str, *, is_needed: bool) -> str:
    """Return what people are told to write, by whoever lets them in."""
    value = " ".join(os.environ.get(name, "").split())
    if not value and is_needed:
        refuse(name, "is needed where SIGN_UP is code")
    if value and not (8 <= len(value) <= 60 and value.isprintable()):
        refuse(name, "must be 8 to 60 visible characters in one line")
    return value


def title(name: str, default: str, most: int = 40) -> str:
    """Return a line of text to show, such as the site's name."""
    value = os.environ.get(name, "").strip() or default
    if not value.isprintable() or len(value) > most:
        refuse(name, f"must be up to {most} visible characters in one line")
    return value


def label(name: str, default: str) -> str:
    """Return a name for programs: it is part of cookies' names and of a Redis channel's."""
    value = os.environ.get(name, "") or default
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,29}", value):
        refuse(name, f"must be up to 30 of a to z, 0 to 9, _ and -, not {value!r}")
    return value


def folder(name: str, default: Path) -> Path:
    """Return a folder, which has to be there where it is named; relative to where the default one stands."""
    value = os.environ.get(name, "")
    path = default.parent / value if value else default
    if value and not path.is_dir():
        refuse(name, f"must be a folder, and this is none: {path}")
    return path


def secret_key(name: str, file: Path) -> str:
    """Return the key from the environment, or one made at the first start and kept in `file`."""
    value = os.environ.get(name, "")
    if value and len(value) < 50:
        refuse(name, "must have 50 characters or more")
    if value:
        return value
    if not file.exists():
        with NamedTemporaryFile("w", dir=file.parent, delete_on_close=False) as new:
            new.write(secrets.token_urlsafe(60))
            new.close()
            # Whole or not at all, and the first of two processes wins.
            with contextlib.suppress(FileExistsError):
                os.link(new.name, file)
    return file.read_text()
