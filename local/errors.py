"""The embedded cloud's errors.

LocalError
├── AssemblyError   a file of `.chalice/` does not fit
├── TemplateError   the deployment template holds something that is not known here
└── PatchError      the patches of moto cannot be applied
"""


class LocalError(Exception):
    """The command cannot go on; the text says why in a sentence for the user."""


class PatchError(LocalError):
    """The patches of moto cannot be applied; the text says which one and what to do."""
