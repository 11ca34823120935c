"""The files of a run, as the command line names them: `bri/KONFIRMASI:konfirmasi.csv`."""

import re
from dataclasses import dataclass
from pathlib import Path

from chalicelib.adapters import bucket_keys
from chalicelib.domain.agreements.programme import load_agreements
from chalicelib.kinds.registry import KINDS

from .errors import LocalError

_WHERE = re.compile(r"([A-Za-z0-9_-]+)/([A-Za-z0-9_-]+):(.+)")


class DeliveryError(LocalError):
    """An argument names no file, or no place for it; the text says which."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A file, and the folders that it goes into: the bank's, and the scheme's or kind's."""

    path: Path
    bank: str
    folder: str

    @property
    def key(self) -> str:
        """The key under which the bank uploads the file. The bank may be a code or a name."""
        return key_of(self.path, self.bank, self.folder)


def deliveries(arguments: list[str], *, bank: str | None, scheme: str | None) -> list[Delivery]:
    """Return the files of the command line, in their order.

    `bank` and `scheme` are for the files that name no place themselves.

    Raises:
        DeliveryError: a file does not exist or is a folder, or has no place.
    """
    found = [_delivery(each, bank, scheme) for each in arguments]
    if folders := [str(each.path) for each in found if each.path.is_dir()]:
        raise DeliveryError(f"a folder, not a file: {', '.join(folders)}; name the files in it")
    if missing := [str(each.path) for each in found if not each.path.is_file()]:
        raise DeliveryError(f"no such file: {', '.join(missing)}")
    return found


def _delivery(argument: str, bank: str | None, scheme: str | None) -> Delivery:
    if match := _WHERE.fullmatch(argument):
        return Delivery(Path(match[3]), match[1], match[2])
    if bank is None or scheme is None:
        raise DeliveryError(f"{argument}: give --bank and --scheme, or BANK/SCHEME:{argument}")
    return Delivery(Path(argument), bank, scheme)


def key_of(path: Path, bank: str, folder: str) -> str:
    """Return the key under which a bank uploads a file. `bank` may be a code or a name."""
    agreements = load_agreements()
    known = agreements.bank(bank)
    place = KINDS.folder(folder) or agreements.scheme(folder) or folder
    return bucket_keys.upload(known.code if known else bank, place, path.name)
