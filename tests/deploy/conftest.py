import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from local.deploy import STAGES
from local.deploy.artefact import Artefact, build

if TYPE_CHECKING:
    from listening import Heard

# The stage on which calls to AWS are made to fail is the one on which they are listened to, too.
sys.path.append(str(Path(__file__).parents[1] / "faults"))


@pytest.fixture(scope="session")
def heard() -> "Heard":
    """Give what was heard while everything happened to the functions."""
    from listening import Heard, listen, policies  # noqa: PLC0415  # once the path is set
    from stage import a_stage  # noqa: PLC0415  # as said above

    with a_stage() as stage:
        listener = listen(stage)
        return Heard(listener, stage.cloud, policies(stage.cloud))


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Artefact]:
    """Give the package of each stage, as it is deployed."""
    folder = tmp_path_factory.mktemp("packages")
    return {stage: build(stage, folder / stage) for stage in STAGES}
