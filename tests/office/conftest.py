"""LibreOffice comes from the system (`apt-get install libreoffice-calc`).

Without it the tests are skipped and say so, unless PAYUNG_REQUIRE_OFFICE is set, as in CI.
"""

import os
import shutil

import pytest


@pytest.fixture(scope="module")
def office() -> str:
    found = shutil.which("soffice")
    if found is None:
        missing = "LibreOffice is not installed: result files are not tried in it"
        if os.environ.get("PAYUNG_REQUIRE_OFFICE"):
            pytest.fail(missing)
        pytest.skip(missing)
    return found
