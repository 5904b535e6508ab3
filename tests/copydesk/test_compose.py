"""docker-compose.yml and the Dockerfile name only commands, variables and files that exist."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

from config.load import variable_names
from copydesk.cli import build

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return loaded


def ours(compose: dict[str, Any]) -> dict[str, Any]:
    return {name: service for name, service in compose["services"].items() if "build" in service}


def test_the_services_are_there(compose: dict[str, Any]) -> None:
    """Redis, PostgreSQL, fetcher, worker and web, each with limits, and health checks where others wait for them."""
    services = compose["services"]
    assert {"redis", "postgres", "fetcher", "worker", "web"} <= services.keys()
    for name in ("redis", "postgres", "fetcher", "worker", "web"):
        assert services[name]["deploy"]["resources"]["limits"].keys() == {"cpus", "memory"}
    waited_for = {
        other
        for service in services.values()
        for other, how in service.get("depends_on", {}).items()
        if how["condition"] == "service_healthy"
    }
    assert all("healthcheck" in services[name] for name in waited_for)


def test_every_command_exists_with_its_options(compose: dict[str, Any]) -> None:
    """Each of our services runs a command line that the program accepts."""
    commands = get_command(build())
    for service in ours(compose).values():
        words = list(service["command"])
        command: Any = commands
        while words and (inner := getattr(command, "commands", {}).get(words[0])):
            command = inner
            words.pop(0)
        assert command is not commands, service["command"]
        command.make_context(command.name, words, resilient_parsing=False).close()


def test_every_variable_exists(compose: dict[str, Any]) -> None:
    """Each COPYDESK_ variable is a setting, and every variable to fill in stands in .env.example."""
    asked = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
    given = set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert asked == given
    for service in ours(compose).values():
        assert {name for name in service["environment"] if name.startswith("COPYDESK_")} <= variable_names()


def test_nothing_is_published_beyond_loopback(compose: dict[str, Any]) -> None:
    """Ports are bound to 127.0.0.1, and no secret has a default."""
    ports = [port for service in compose["services"].values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)
    assert not re.search(r"\$\{[A-Z_]+:-", (ROOT / "docker-compose.yml").read_text())


def test_the_image_copies_what_exists() -> None:
    """Every file that the Dockerfile copies is in the tree, and its packages are all that the wheel has."""
    copied = re.findall(r"^COPY (.+) \S+$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    names = [name for line in copied for name in line.split()]
    assert all((ROOT / name).exists() for name in names)
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"][
        "wheel"
    ]
    assert {name.rstrip("/") for name in names if name.endswith("/")} == set(packages["packages"])
