from collections.abc import Iterator

import pytest

from local.deploy import artefact, wheels
from local.deploy.artefact import Artefact
from tests.deploy.far_programme import copy_of_the_project
from tests.ministack.deployment import Deployment, deploy
from tests.ministack.emulator import Emulator, running
from tests.ministack.lacks import adapted


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Artefact:
    """Give the package of `dev`, built for this machine and adapted to the emulator."""
    folder = tmp_path_factory.mktemp("package")
    project = copy_of_the_project(folder / "project")
    made = artefact.build("dev", folder / "dev", architecture=wheels.here(), project=project)
    return adapted(made, folder)


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """Give an emulator with an empty account."""
    with running(tmp_path_factory.mktemp("ministack")) as started:
        yield started


@pytest.fixture(scope="module")
def deployed(emulator: Emulator, package: Artefact) -> Deployment:
    """Give the stage `dev`, deployed by the code of `make deploy`."""
    return deploy(emulator, package)
