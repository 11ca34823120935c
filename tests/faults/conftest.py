from collections.abc import Iterator

import pytest
from stage import Stage, a_stage
from trials import set_the_stage


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    """Give the stage, set; a trial plays on a copy of it."""
    with a_stage() as made:
        set_the_stage(made)
        yield made
