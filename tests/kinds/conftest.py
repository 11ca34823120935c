import pytest

from chalicelib.kinds.confirmations.statement import Statements
from chalicelib.kinds.confirmations.words import words_of


@pytest.fixture(scope="session")
def statements() -> Statements:
    return Statements(words_of("002"))
