"""The systemd units and Kubernetes manifests of docs/deploy run commands, settings and limits that exist."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

from config.load import variable_names
from copydesk.cli import build
from workers.pool import STOP_S

DEPLOY = Path(__file__).parents[2] / "docs" / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"))
HARDENED = {
    "NoNewPrivileges": "yes",
    "PrivateTmp": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "CapabilityBoundingSet": "",
}


def accepts(words: list[str]) -> None:
    """Fail unless the program takes this command line."""
    command: Any = get_command(build())
    rest = list(words)
    while rest and (inner := getattr(command, "commands", {}).get(rest[0])):
        command = inner
        rest.pop(0)
    assert rest != words, words
    command.make_context(command.name, rest, resilient_parsing=False).close()


def settings_of(unit: Path) -> dict[str, str]:
    """The directives of a unit; of a repeated one the last."""
    return dict(re.findall(r"^(\w+)=(.*)$", unit.read_text(), re.MULTILINE))


def manifests() -> list[dict[str, Any]]:
    """Every document of the file."""
    return list(yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text()))


def containers() -> list[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]]:
    """(manifest, pod, container) of all that the manifests start."""
    starting = [manifest for manifest in manifests() if "spec" in manifest]
    pods = [(manifest, manifest["spec"]["template"]["spec"]) for manifest in starting]
    return [(manifest, pod, container) for manifest, pod in pods for container in pod["containers"]]


def shared() -> dict[str, str]:
    """The settings that are no secret."""
    found: dict[str, str] = next(m["data"] for m in manifests() if m["kind"] == "ConfigMap")
    return found


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_starts_a_command_that_exists_and_keeps_its_rights_small(unit: Path) -> None:
    """Passwords come from a file that only root reads; nothing but the state folder can be written."""
    directives = settings_of(unit)
    words = shlex.split(directives["ExecStart"])
    assert words[0] == "/opt/copydesk/bin/copydesk"
    accepts(words[1:])
    assert {name: directives.get(name) for name in HARDENED} == HARDENED
    assert directives["EnvironmentFile"] == "/etc/copydesk/environment"
    assert directives["Environment"].partition("=")[0] in variable_names()
    assert directives["MemoryMax"]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_systemd_understands_every_line_of_a_unit(unit: Path, tmp_path: Path) -> None:
    """A misspelt directive is only a warning to systemd, and a door left open to us."""
    program = Path(sys.executable).with_name("copydesk")
    copy = tmp_path / unit.name
    copy.write_text(unit.read_text().replace("/opt/copydesk/bin/copydesk", str(program)))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(copy)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    ours = [line for line in done.stderr.splitlines() if unit.name in line]
    assert ours == []


def test_workers_get_the_time_to_finish_their_batch() -> None:
    """Whoever stops a pool waits for longer than the pool waits for its workers."""
    assert int(settings_of(DEPLOY / "copydesk-work.service")["TimeoutStopSec"]) > STOP_S
    graces = {m["metadata"]["name"]: pod.get("terminationGracePeriodSeconds") for m, pod, _ in containers()}
    assert int(graces["copydesk-worker"] or 0) > STOP_S


def test_every_manifest_starts_a_command_that_exists_with_settings_that_exist() -> None:
    """Secrets by reference only; the tables' owner's is known to the upgrade alone."""
    secrets = set(re.findall(r"--from-literal=(\w+)=", (DEPLOY / "kubernetes.yaml").read_text()))
    assert shared().keys() | secrets <= variable_names()
    assert not shared().keys() & secrets
    for manifest, _, container in containers():
        accepts(container["args"])
        assert "env" not in container
        owner = {"secretRef": {"name": "copydesk-owner"}} in container["envFrom"]
        assert owner == (manifest["kind"] == "Job")


def test_every_pod_is_bounded_and_unprivileged() -> None:
    """No root, no capabilities, a read-only image with one place to write, a memory limit, no token of the cluster."""
    for _, pod, container in containers():
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["automountServiceAccountToken"] is False
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        assert container["securityContext"]["allowPrivilegeEscalation"] is False
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        assert container["resources"]["limits"]["memory"]
        folder = shared()["COPYDESK_DATA_DIR"]
        assert any(folder.startswith(mount["mountPath"]) for mount in container["volumeMounts"])


def test_selectors_and_labels_of_a_deployment_agree() -> None:
    """Else the cluster refuses it."""
    for manifest, _, _ in containers():
        if manifest["kind"] == "Deployment":
            assert (
                manifest["spec"]["selector"]["matchLabels"]
                == manifest["spec"]["template"]["metadata"]["labels"]
            )
