"""Assembles everything that is deployed besides the code. All callers start here."""

import json
from dataclasses import dataclass
from pathlib import Path

from . import parts, policies
from .files import read_yaml

FOLDER = Path(__file__).parents[2] / ".chalice"
ACCOUNT = "account.yaml"
"""The template of what an account has once in a region; it needs no assembly."""
MERGED = "resources.yaml"
"""The file for `chalice package --merge-template`."""


@dataclass(frozen=True, slots=True)
class Assembled:
    """The whole template, and the whole policy of each function by its name in the app."""

    template: parts.Document
    policies: dict[str, policies.Policy]

    def write(self, folder: Path) -> None:
        """Write the files that Chalice reads: `resources.yaml` and `policy-<function>.json`."""
        # JSON is YAML too. Unlike PyYAML's output it has no anchors for repeated values.
        text = json.dumps(self.template, ensure_ascii=False, indent=1)
        (folder / MERGED).write_text(text, encoding="utf-8")
        for name, policy in self.policies.items():
            text = json.dumps(policy, ensure_ascii=False, indent=1)
            (folder / f"policy-{name}.json").write_text(text, encoding="utf-8")


def assemble(folder: Path = FOLDER) -> Assembled:
    """Assemble the files of `.chalice/`.

    Raises:
        AssemblyError: they do not fit together; the text names the file and the reason.
    """
    template = parts.merge(folder)
    return Assembled(template, policies.complete(folder, template["Resources"]))


def account_template(folder: Path = FOLDER) -> parts.Document:
    """Return the template of the account's stack.

    Raises:
        AssemblyError: the file is missing, or is no YAML of CloudFormation.
    """
    return read_yaml(folder / ACCOUNT)
