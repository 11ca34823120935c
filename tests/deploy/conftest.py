from collections.abc import Mapping

import pytest

from local.deploy import STAGES
from local.deploy.artefact import Artefact, build
from tests.deploy.call_recorder import Recorded, listen, policies
from tests.deploy.log_lines import audit_lines, kept_lines
from tests.deploy.packaged import translated
from tests.deploy.template_reader import Resources
from tests.faults.harness import a_stage


@pytest.fixture(scope="session")
def recorded() -> Recorded:
    """Give the calls that the functions made during the workload, and what they logged."""
    with a_stage() as stage, kept_lines() as lines:
        listener = listen(stage)
        given = policies(stage.cloud)
        return Recorded(listener, stage.cloud, given, lines, audit_lines(stage.cloud))


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Artefact]:
    """Give the package of each stage, as it is deployed."""
    folder = tmp_path_factory.mktemp("packages")
    return {stage: build(stage, folder / stage) for stage in STAGES}


@pytest.fixture(params=STAGES)
def package(request: pytest.FixtureRequest, packages: Mapping[str, Artefact]) -> Artefact:
    """Give the package of each stage, one after the other."""
    return packages[request.param]


@pytest.fixture
def resources(package: Artefact) -> Resources:
    """Give the resources of a stage, after the transformation of SAM."""
    found: Resources = translated(package.template)["Resources"]
    return found
