"""What questions and answers have in common.

Each is built when it is first used, not when it is imported: a process answers few of the kinds of
questions that there are.
"""

from pydantic import BaseModel, ConfigDict


class Asked(BaseModel):
    """What is asked: with nothing else in it, and never repeated in an error's text."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, defer_build=True)


class View(BaseModel):
    """What is answered."""

    model_config = ConfigDict(defer_build=True)
