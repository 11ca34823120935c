"""The banks that upload files."""

from pydantic import BaseModel, ConfigDict, Field

from .regions import OWN_SYSTEM


class Bank(BaseModel):
    """A bank: its code, the name of its folder, its name and its aliases.

    The code has three digits. It is text, because leading zeros count. `regions` is the system of
    the codes of regencies in its files: `kemendagri`, or one that `regions.toml` describes.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    code: str = Field(pattern=r"^[0-9]{3}$")
    short: str = Field(pattern=r"^[a-z0-9-]+$")
    name: str = Field(min_length=1)
    aliases: tuple[str, ...] = ()
    regions: str = OWN_SYSTEM

    @property
    def spellings(self) -> frozenset[str]:
        """Every code and name of this bank, in lower case."""
        return frozenset(
            each.casefold() for each in (self.code, self.short, self.name, *self.aliases)
        )
