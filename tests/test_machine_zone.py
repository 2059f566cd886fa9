"""bin/run shows times as this machine does, unless TIME_ZONE says another."""

import subprocess
from zoneinfo import available_timezones

import pytest
from django.conf import settings


def machine_zone(**environment: str) -> str:
    """Return what the function in bin/setup.sh says, with these variables and no others."""
    script = "set -euo pipefail; source bin/setup.sh; machine_zone"
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=settings.BASE_DIR,
        env={"PATH": "/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    return done.stdout.strip()


@pytest.mark.parametrize("tz", ["Europe/Berlin", ":Europe/Berlin"])
def test_it_is_the_one_that_the_environment_names(tz: str):
    assert machine_zone(TZ=tz) == "Europe/Berlin"


@pytest.mark.parametrize("tz", ["CET-1CEST", "../etc/passwd", "/etc/localtime", "Mars/Olympus"])
def test_what_is_no_name_of_a_zone_is_left_to_the_default(tz: str):
    assert machine_zone(TZ=tz) == ""


def test_without_one_it_is_the_machines():
    assert machine_zone() in {"", *available_timezones()}
