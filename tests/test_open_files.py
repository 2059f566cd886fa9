"""A server takes as many open files as it may: each open page is one."""

import resource
from collections.abc import Iterator

import pytest

from discuss.management.commands import serve


@pytest.fixture
def hard() -> Iterator[int]:
    """The limit that it may go up to; the one that holds is far lower, as systems have it."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (512, before[1]))
    yield before[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_it_takes_all_that_it_may_have(hard: int):
    serve._take_all_files()
    most = serve.OPEN_FILES if hard == resource.RLIM_INFINITY else min(serve.OPEN_FILES, hard)
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == (most, hard)


def test_it_gives_none_back(hard: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(serve, "OPEN_FILES", 256)
    serve._take_all_files()
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == (512, hard)
