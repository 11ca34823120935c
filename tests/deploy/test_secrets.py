"""No secret is in the repository: one rule for each kind of secret."""

import re
import subprocess

import pytest

from local.deploy import ROOT

_LARGE = 1_000_000

KINDS = {
    "an AWS access key": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "an AWS secret key": r"(?i)secret_?access_?key\W{1,6}[A-Za-z0-9/+]{40}\b",
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
    "a signed token": r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,}",
    "a token of a code host": r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|glpat-[\w-]{20})",
    "a password in an address": r"\b[a-z][a-z0-9+]*://[^\s/:@'\"{}<>$]+:[^\s/:@'\"{}<>$]{4,}@",
    "a password beside its name": r"(?i)\bpassword['\"]?\s*[:=]\s*['\"][^'\"{}$<>\s]{12,}['\"]",
}
ALLOWED = {
    "tests/": {"a password beside its name", "a signed token"},  # of pools in memory
}

EXAMPLES = {
    "an AWS access key": "AKIA" + "Z" * 16,
    "an AWS secret key": "aws_secret_access_key = " + "a" * 40,
    "a private key": "-----BEGIN RSA " + "PRIVATE KEY-----",
    "a signed token": ".".join(("eyJ" + "a" * 12, "eyJ" + "b" * 12, "c" * 30)),
    "a token of a code host": "ghp_" + "a" * 36,
    "a password in an address": "postgres://payung:" + "hunter22@db",
    "a password beside its name": 'password: "' + "x" * 14 + '"',
}


def test_nothing_that_is_committed_holds_a_secret() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    if listed.returncode:
        pytest.skip("this is no git repository")
    found = []
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if not path.is_file() or path.stat().st_size > _LARGE:
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        allowed = {
            kind for folder, kinds in ALLOWED.items() if name.startswith(folder) for kind in kinds
        }
        found += [
            f"{name}: {kind}"
            for kind, pattern in KINDS.items()
            if kind not in allowed and re.search(pattern, text)
        ]
    assert found == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_secret_of_each_kind_is_seen(kind: str) -> None:
    assert re.search(KINDS[kind], EXAMPLES[kind])
