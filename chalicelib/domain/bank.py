"""The banks that hand over files."""

from pydantic import BaseModel, ConfigDict, Field


class Bank(BaseModel):
    """A bank: its three-digit code (text: zeros count), its folder's name, and how it is called."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    code: str = Field(pattern=r"^[0-9]{3}$")
    short: str = Field(pattern=r"^[a-z0-9-]+$")
    name: str = Field(min_length=1)
    aliases: tuple[str, ...] = ()

    @property
    def spellings(self) -> frozenset[str]:
        """Everything that means this bank, in lower case."""
        return frozenset(
            each.casefold() for each in (self.code, self.short, self.name, *self.aliases)
        )
