"""Coverage-guided fuzzing of names, and of the SMS that repeats them.

A name is valid or a finding, and a valid one stays as it is. Every SMS is one part of one septet a
character; it repeats a name in the grammar of names, or none. Two names are compared alike in both
directions.
"""

import re
import sys
from pathlib import Path

import atheris  # type: ignore[import-not-found]  # installed by the make target only

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

with atheris.instrument_imports(include=["chalicelib"]):
    from chalicelib.domain.cells.name import is_deceased, parse_name, same_person, says_deceased
    from chalicelib.domain.findings.finding import Finding
    from chalicelib.domain.messages.confirmation import PART, confirmation
    from chalicelib.domain.messages.naming import NAMELESS, message_name
    from chalicelib.domain.person.enrollment import MessageKind

from tests.fuzz.fuzzed import fuzz  # noqa: E402  # the folder is on the path only now
from tests.support.builders import a_recipient, an_enrollment  # noqa: E402  # as above
from tests.support.septets import septets  # noqa: E402  # as above
from tests.support.world import AGREEMENTS  # noqa: E402  # as above

SEEDS = (
    "Maria Contoh",
    "Drs. H. Muh. Contoh, S.E.\nMuhammad Contoh",
    "I Gusti Ngurah Ma`ruf\nALM. Ni'ma Contoh-Wowor (Alm)",
    "Klik bit.ly/bpum\nbpum-cair.id",
    "nol delapan satu dua\nM\u0430ria",
    "\u3164\u115f\nRen\u00e9e \u0639\u0644\u064a",
    "Meninggal dunia\n'7171015708800001",
)
_GRAMMAR = re.compile(r"[A-Za-z](?:[A-Za-z .'\-,]*[A-Za-z.])?")
_DOMAIN = re.compile(r"[A-Za-z]{2,}\.[A-Za-z]{2,}")
_PROGRAMME = AGREEMENTS.programmes[an_enrollment().programme]


def take(content: bytes) -> None:
    """Read each line as a name, and send its owner a message."""
    lines = content.decode("utf-8", "replace").split("\n")
    names = [name for name in map(parse_name, lines) if not isinstance(name, Finding)]
    for name in names:
        if parse_name(name) != name:
            raise AssertionError("a name does not stay as it is")
        if not any(each.isalpha() for each in name):
            raise AssertionError("a name without a letter")
        is_deceased(name)
        _check_message(name)
    for line in lines:
        says_deceased(line)
        _check_message(line)  # what an older version may have stored
    for other in names[1:]:
        if same_person(names[0], None, other, None) != same_person(other, None, names[0], None):
            raise AssertionError("a comparison depends on the order")


def _check_message(name: str) -> None:
    repeated = message_name(name)
    if repeated is not None and (not _GRAMMAR.fullmatch(repeated) or _DOMAIN.search(repeated)):
        raise AssertionError("a message repeats what is no name")
    enrollment = an_enrollment(recipient=a_recipient(name=name))
    scheme = _PROGRAMME.schemes[enrollment.scheme]
    for kind in MessageKind:
        wording = scheme.wording(kind)
        text = confirmation(enrollment, wording, scheme.name, _PROGRAMME.months)
        if septets(text) > PART or not all(" " <= each <= "~" for each in text):
            raise AssertionError("a message is not one part of plain letters")
        opening = wording.partition("{name}")[0]
        said = text.removeprefix(opening)
        if not said.startswith((repeated or NAMELESS)[:1]):
            raise AssertionError("a message begins with something else than its name")


if __name__ == "__main__":
    fuzz(take, [seed.encode() for seed in SEEDS], longest=512)
