"""The units, the container files and deploy/rolling-restart: tools accept them, and what they name exists."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.cluster.daemon import TOP, wait_for
from deploy.cluster.port import Port
from deploy.cluster.process import Process
from discuss.server.endpoints import SOCKET_MODE
from tests.migrated import ForkedProcess
from tests.test_docs import _settings_read

UNITS = sorted(file for file in (TOP / "deploy" / "systemd").iterdir() if file.suffix != ".example")
PREPARE = TOP / "deploy" / "systemd" / "discussit-prepare.service"
SERVE = TOP / "deploy" / "systemd" / "discussit@.service"
SITE = TOP / "deploy" / "nginx" / "discussit.conf"
CONTAINER = TOP / "deploy" / "container"
COMPOSE = yaml.safe_load((CONTAINER / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if name.startswith("discussit-")}

# Seconds after which something hangs.
PATIENCE = 300

pytestmark = pytest.mark.timeout(600)


# --- systemd ----------------------------------------------------------------------------------------


@pytest.fixture
def units(tmp_path: Path) -> list[Path]:
    """The units with paths of this machine, and one instance of the template."""
    for unit in UNITS:
        text = unit.read_text().replace("/opt/discussit/.venv/bin/python", sys.executable)
        (tmp_path / unit.name).write_text(text.replace("/opt/discussit", str(TOP)))
    (tmp_path / "discussit@1.service").symlink_to(tmp_path / SERVE.name)
    return sorted(tmp_path.iterdir())


def analyze(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = ["systemd-analyze", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_systemd_finds_nothing_wrong_with_the_units(units: list[Path], tmp_path: Path):
    done = analyze("verify", "--man=no", *units)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    # It says what it does not understand, and succeeds all the same.
    wrong = tmp_path / "wrong.service"
    wrong.write_text(SERVE.read_text().replace("ProtectHome=yes", "ProtectHome=perhaps"))
    assert "perhaps" in analyze("verify", "--man=no", wrong).stderr


def test_a_process_is_locked_up_by_systemd(units: list[Path], tmp_path: Path):
    one = tmp_path / "discussit@1.service"
    # Tenths; a unit without any hardening has 96.
    done = analyze("security", "--offline=yes", "--threshold=20", one)
    assert done.returncode == 0, done.stdout


def test_units_nginx_and_settings_speak_of_the_same_processes():
    (socket,) = re.findall(r"--unix-socket (\S+)", SERVE.read_text())
    served = re.findall(r"server unix:(\S+) max_fails=0;", SITE.read_text())
    assert served == [socket.replace("%i", str(number)) for number in range(1, len(served) + 1)]
    example = (TOP / "deploy" / "systemd" / "environment.example").read_text()
    assert f"\nPROCESSES={len(served)}\n" in example
    assert set(re.findall(r"^([A-Z_]+)=", example, re.M)) <= set(_settings_read())
    assert len(served) == PROCESSES


def test_while_the_database_is_late_static_files_are_made_and_tables_tried_again(tmp_path: Path):
    unit = PREPARE.read_text()
    # In a copy: other tests read this checkout's static files at the same time.
    copy_into(tmp_path)
    nobodys = Port()
    environment = {**os.environ, "DATABASE_URL": f"postgres://127.0.0.1:{nobodys.number}/nobody"}
    commands = re.findall(r"^ExecStart=/opt/discussit/\.venv/bin/python (.+)$", unit, re.M)
    collecting, migrating = (
        subprocess.run(
            [sys.executable, *command.split()], cwd=tmp_path, env=environment, capture_output=True
        )
        for command in commands
    )
    assert collecting.returncode == 0
    assert (tmp_path / "data" / "static" / "staticfiles.json").is_file()
    assert migrating.returncode == 1
    assert {"Restart=on-failure", "RestartSec=5", "StartLimitIntervalSec=0"} < set(
        unit.splitlines()
    )


# --- restarting -------------------------------------------------------------------------------------


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[list[Process]]:
    # A database each: two processes of one would need a Redis.
    processes: list[Process] = [
        ForkedProcess(
            number, tmp_path, {**os.environ, "BEHIND_PROXY": "on", "DATABASE_URL": database}
        )
        for number, database in ((1, f"sqlite:///{tmp_path}/1"), (2, f"sqlite:///{tmp_path}/2"))
    ]
    yield processes
    for process in processes:
        process.stop()


def rolling_restart(
    folder: Path, patience: float, *arguments: str, restarted: str = ""
) -> tuple[int, list[str]]:
    """Run the script, and return its exit code and what it asked systemd to do.

    There is no systemd here: in its place stands a script that writes down what it is asked, and runs
    `restarted` in a shell at each restart. The processes and their answers are real.
    """
    systemctl = folder / "bin" / "systemctl"
    calls = folder / "calls"
    systemctl.parent.mkdir()
    systemctl.write_text(
        f'#!/bin/sh\necho "$*" >>{calls}\nif [ "$1" = restart ]; then {restarted or ":"}; else '
        "echo other.service discussit@discussit-1.service discussit@discussit-2.service; fi\n"
    )
    systemctl.chmod(0o755)
    done = subprocess.run(
        [TOP / "deploy" / "rolling-restart", *arguments],
        env={
            **os.environ,
            "PATH": f"{systemctl.parent}:{os.environ['PATH']}",
            "PATIENCE": str(patience),
            "PYTHON": sys.executable,
            "SOCKETS": str(folder),
        },
        check=False,
    )
    return done.returncode, calls.read_text().splitlines()


ASKED = "show --property=Wants --value discussit.target"
RESTARTED = [f"restart discussit@discussit-{number}.service" for number in (1, 2)]


def test_one_is_restarted_after_the_other_each_when_the_one_before_is_ready(
    tmp_path: Path, processes: list[Process]
):
    first, second = processes
    second.start()
    # It stands still until it has been looked at, so it is not ready just then, however slow a look is.
    first.begin()
    first.send(signal.SIGSTOP)
    look = f"{sys.executable} -m deploy.ready {first.socket}"
    states = tmp_path / "states"
    restarted = f"{look}; echo $? >>{states}; kill -CONT {first.pid}"
    assert rolling_restart(tmp_path, PATIENCE, restarted=restarted) == (0, [ASKED, *RESTARTED])
    assert states.read_text().split() == ["1", "0"]
    assert all(wait_for(process.is_ready, PATIENCE) for process in processes)


def test_only_those_that_are_named_are_restarted(tmp_path: Path, processes: list[Process]):
    processes[1].start()
    assert rolling_restart(tmp_path, PATIENCE, "discussit-2") == (0, [RESTARTED[1]])


def test_a_restart_stops_at_the_first_that_does_not_come(
    tmp_path: Path, processes: list[Process], capfd: pytest.CaptureFixture[str]
):
    processes[1].start()
    assert rolling_restart(tmp_path, 1) == (1, [ASKED, RESTARTED[0]])
    assert "discussit@discussit-1 is not ready after 1 s" in capfd.readouterr().err


# --- containers -------------------------------------------------------------------------------------

PROCESSES = int(COMPOSE["x-discussit"]["environment"]["PROCESSES"])


def stages() -> dict[str, str]:
    """Return the Containerfile's stages by their names."""
    parts = re.split(r"^FROM ", (CONTAINER / "Containerfile").read_text(), flags=re.M)[1:]
    return {part.splitlines()[0].rpartition(" AS ")[2]: part for part in parts}


def copy_into(folder: Path) -> None:
    """Copy what the image has of the checkout."""
    for words in re.findall(r"^COPY (?!--)(.+)$", stages()["discussit"], re.M):
        *sources, target = words.split()
        for source in sources:
            place = folder / target / (Path(source).name if target.endswith("/") else "")
            place = folder / source if target == "." else place
            place.parent.mkdir(parents=True, exist_ok=True)
            if (TOP / source).is_dir():
                # Python writes and removes the others while this reads.
                shutil.copytree(TOP / source, place, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(TOP / source, place)


def test_what_is_copied_into_the_image_is_enough_to_run_it(tmp_path: Path):
    copy_into(tmp_path)
    # Of the rest of the checkout nothing is there, and no key is made that would stay in the image.
    assert re.search(r"SECRET_KEY=\S.* \\\n +python manage.py collectstatic", stages()["discussit"])
    environment = {
        **os.environ,
        "DATABASE_URL": "sqlite:///elsewhere.sqlite3",
        "SECRET_KEY": "none: this one serves three commands of a test, no more",
    }
    # One process: of the time that each command takes, most goes by until it begins.
    commands = (
        "from django.core.management import call_command; from django.test import Client; "
        "call_command('check'); call_command('collectstatic', interactive=False, verbosity=0); "
        "page = Client().get('/accounts/login/', SERVER_NAME='localhost'); "
        "assert b'/static/discuss/all.' in page.content"
    )
    command = [sys.executable, "manage.py", "shell", "-v0", "-c", commands]
    subprocess.run(command, cwd=tmp_path, env=environment, check=True)
    assert [file.name for file in (tmp_path / "data").iterdir()] == ["static"]
    health = re.search(r'CMD \["python", "-m", "(.+?)", "(.+?)"\]', stages()["discussit"])
    assert health
    command = [sys.executable, "-S", "-m", *health.groups()]
    asked = subprocess.run(command, cwd=tmp_path, check=False, stderr=subprocess.PIPE)
    assert (asked.returncode, asked.stderr) == (1, b"")


def test_the_proxys_image_has_what_the_site_includes():
    included = set(re.findall(r"include /opt/discussit/(\S+);", SITE.read_text()))
    (copied,) = re.findall(
        r"^COPY (?!--)(.+) /opt/discussit/deploy/nginx/$", stages()["proxy"], re.M
    )
    assert set(copied.split()) == included
    assert all((TOP / name).is_file() for name in included)


def test_nginx_is_in_the_group_that_may_knock_at_the_sockets():
    # By number: a name means another group in each image. nginx's workers take all groups of their user.
    assert SOCKET_MODE == 0o660
    process, proxy = stages()["discussit"], stages()["proxy"]
    (number,) = re.findall(r"\bgroupadd --gid (\d+) discussit\b", process)
    gives = rf"^RUN groupadd --gid {number} discussit && usermod --append --groups discussit nginx$"
    assert re.search(gives, proxy, re.M)
    assert re.search(rf"\buseradd --uid {number} --gid discussit .* discussit \\\n", process)
    assert re.findall(r"^USER (\S+)$", process, re.M) == [number]
    assert not re.findall(r"^USER ", proxy, re.M)
    assert not any("user" in service for service in SERVICES.values())


def test_the_image_has_the_programs_that_back_the_compositions_database_up():
    # pg_dump refuses a server that is newer than itself.
    installed = re.search(
        r"^    .* install .*\bpostgresql-client-(\d+)\b", stages()["discussit"], re.M
    )
    assert installed
    assert SERVICES["postgres"]["image"].endswith(f"/postgres:{installed[1]}")


def test_the_image_runs_the_python_that_is_chosen():
    chosen = (TOP / ".python-version").read_text().strip()
    assert stages()["discussit"].startswith(f"docker.io/library/python:{chosen}-slim-trixie ")


def test_the_composition_runs_each_process_on_the_socket_that_nginx_asks():
    assert list(OURS) == [f"discussit-{number}" for number in range(1, PROCESSES + 1)]
    for name, service in OURS.items():
        number = name.rpartition("-")[2]
        serve = ["python", "manage.py", "serve", "--unix-socket"]
        assert service["command"] == [*serve, f"/run/discussit/{number}.sock"]
        assert service["healthcheck"]["test"][-1] == f"/run/discussit/{number}.sock"
        assert f"server unix:/run/discussit/{number}.sock" in SITE.read_text()
        assert service["volumes"] == ["sockets:/run/discussit"]
    assert "sockets:/run/discussit" in SERVICES["proxy"]["volumes"]


def test_the_composition_sets_nothing_but_settings():
    for service in [*OURS.values(), SERVICES["prepare"]]:
        assert set(service["environment"]) <= set(_settings_read())


def test_the_composition_asks_for_what_the_example_names():
    asked = re.findall(r"\$\{([A-Z_]+)", (CONTAINER / "compose.yaml").read_text())
    named = re.findall(r"^([A-Z_]+)=", (CONTAINER / ".env.example").read_text(), re.M)
    assert set(asked) == set(named)
    assert "deploy/container/.env" in (TOP / ".gitignore").read_text().splitlines()


def test_the_composition_names_what_there_is():
    for service in SERVICES.values():
        assert set(service.get("depends_on", {})) <= set(SERVICES)
        if build := service.get("build"):
            top = CONTAINER / build["context"]
            assert top.resolve() == TOP
            assert (top / build["dockerfile"]).is_file()
            assert build["target"] in stages()
        else:
            # A version that is not said is another one tomorrow.
            assert re.search(r":\d", service["image"])
        for volume in service.get("volumes", []):
            source = volume.split(":")[0] if not volume.startswith("$") else ""
            is_file = source.startswith(".")
            assert (CONTAINER / source).exists() if is_file else source in {*COMPOSE["volumes"], ""}
