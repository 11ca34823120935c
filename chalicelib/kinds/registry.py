"""The kind of the files in each folder of the bucket, and the codes of all kinds."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import chain

from chalicelib.domain.findings.catalogue import Catalogue
from chalicelib.domain.findings.explanations_of_cells import OF_CELLS
from chalicelib.domain.findings.explanations_of_files import OF_FILES

from .confirmations.kind import CONFIRMATIONS
from .kind import Kind
from .recipients.kind import RECIPIENTS


class Kinds:
    """The kinds of files, by their folder `incoming/<bank>/<folder>/`.

    Any other folder belongs to a scheme, and its files are of recipients.
    """

    def __init__(self, recipients: Kind, others: Mapping[str, Kind]) -> None:
        """Take the kinds; the folders of `others` are in upper case."""
        self.recipients = recipients
        self._others = others
        self._catalogues: dict[str, Catalogue] = {}

    def __iter__(self) -> Iterator[Kind]:
        """Iterate over all kinds, recipients first."""
        return chain((self.recipients,), self._others.values())

    def folder(self, name: str) -> str | None:
        """Return a kind's folder in its registered spelling; None if no kind has that folder."""
        wanted = name.strip().upper()
        return wanted if wanted in self._others else None

    def of(self, folder: str) -> Kind:
        """Return the kind of the files in a folder, as `Batch.scheme` names it."""
        return self._others.get(folder, self.recipients)

    @cached_property
    def catalogue(self) -> Catalogue:
        """Every code with its explanation, in the guide's order."""
        explanations = dict(OF_CELLS)
        for kind in self:
            explanations |= kind.codes().explanations
        return Catalogue(explanations | dict(OF_FILES))

    def catalogue_of(self, folder: str) -> Catalogue:
        """Return every code with its explanation, as the files in a folder have them."""
        common = self.of(folder).codes().common
        if not common:
            return self.catalogue
        if folder not in self._catalogues:
            texts = {code: self.catalogue[code] for code in self.catalogue}
            self._catalogues[folder] = Catalogue(texts | dict(common))
        return self._catalogues[folder]

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders that belong to a kind."""
        return tuple(self._others)


KINDS = Kinds(
    RECIPIENTS,
    {
        # Add one line for each other kind: its folder under `incoming/<bank>/`, and the kind.
        "KONFIRMASI": CONFIRMATIONS,
    },
)
