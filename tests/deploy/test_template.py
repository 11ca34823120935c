"""The template of each stage, as CloudFormation gets it."""

import json
import subprocess
from pathlib import Path

import pytest

from local.assembly.assemble import account_template
from local.deploy import REGION
from local.deploy.artefact import Artefact
from tests.deploy.packaged import TOOLS, document, tool, translated

pytestmark = pytest.mark.slow

NOT_FOLLOWED = {
    "I3011": "of queues: the sweep queues lost jobs again, so the stack may delete the queues",
    "I4010": "notes for machines that write templates; ours has comments for people",
}


@pytest.mark.parametrize("of", ["sam", "cloudformation"])
def test_cfn_lint_finds_nothing(package: Artefact, of: str, tmp_path: Path) -> None:
    template = package.template
    if of == "cloudformation":
        template = tmp_path / "template.json"
        template.write_text(json.dumps(translated(package.template)), encoding="utf-8")
    command = [tool(TOOLS, "cfn-lint"), "--regions", REGION, "--include-checks", "I"]
    command += ["--ignore-checks", *NOT_FOLLOWED, "--", template]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.stdout + done.stderr == ""
    assert done.returncode == 0


def test_nothing_that_a_failed_creation_made_stays(package: Artefact) -> None:
    for template in (document(package.template), account_template()):
        for name, each in template["Resources"].items():
            assert each.get("DeletionPolicy") in {None, "RetainExceptOnCreate"}, name


def test_cfn_lint_finds_nothing_in_the_accounts_template(tmp_path: Path) -> None:
    template = tmp_path / "account.json"
    template.write_text(json.dumps(account_template()), encoding="utf-8")
    command = [tool(TOOLS, "cfn-lint"), "--regions", REGION, "--include-checks", "I"]
    command += ["--ignore-checks", *NOT_FOLLOWED, "--", template]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.stdout + done.stderr == ""
