"""Chromium, as the tests run it."""

import os
import shutil

# Chromium's own sandbox refuses to run as root.
FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    *(["--no-sandbox"] if os.geteuid() == 0 else []),
)


def find_chromium() -> str:
    """Return the path of the program. The one that never has a window computes half as much."""
    found = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    assert found, "These tests need Debian's chromium-headless-shell, or chromium."
    return found
