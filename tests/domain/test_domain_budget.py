import pytest

from chalicelib.domain.batch import SmsEstimate
from chalicelib.domain.budget import within_budget
from chalicelib.domain.codes import Code
from chalicelib.domain.sending import Gate, Prices, Sending

PRICE = 45_000


def reckoned(parts: int, *, budget: int, reserved: int = 0, waiting: int = 0):
    """Return what is found of a file with so many parts; all in parts of one price."""
    sending = Sending(Prices({"62": PRICE}, 500_000), budget=budget * PRICE)
    estimate = SmsEstimate(parts, parts * PRICE)
    return within_budget(estimate, sending, Gate(reserved=reserved * PRICE), waiting=waiting)


def test_what_is_left_is_less_what_was_spent_and_what_waits():
    estimate, warning = reckoned(100, budget=1000, reserved=200, waiting=300)
    assert (estimate.left, warning) == (500 * PRICE, None)


@pytest.mark.parametrize(
    ("parts", "reserved", "waiting", "share"),
    [(800, 0, 0, "80"), (100, 700, 0, "80"), (1, 0, 799, "80"), (1000, 0, 0, "100")],
)
def test_a_bank_is_told_when_most_of_the_budget_is_spoken_for(parts, reserved, waiting, share):
    _, warning = reckoned(parts, budget=1000, reserved=reserved, waiting=waiting)
    assert (warning.code, warning.params) == (Code.SMS_BUDGET_LOW, {"share": share})
    assert f"sekitar {share} persen" in warning.message
    assert "menunggu" not in warning.message


@pytest.mark.parametrize(
    ("parts", "reserved", "waiting", "people"),
    [(1001, 0, 0, "1"), (5000, 500, 300, "4.800"), (10, 1000, 0, "10"), (10, 900, 500, "10")],
)
def test_a_bank_is_told_how_many_will_have_to_wait(parts, reserved, waiting, people):
    estimate, warning = reckoned(parts, budget=1000, reserved=reserved, waiting=waiting)
    assert warning.params == {"people": people}
    assert f"SMS untuk sekitar {people} penerima menunggu" in warning.message
    assert "persen" not in warning.message
    assert estimate.left >= 0


@pytest.mark.parametrize(
    ("parts", "reserved", "waiting"), [(799, 0, 0), (1, 700, 98), (0, 1000, 1000)]
)
def test_nothing_is_said_where_there_is_enough_or_nobody_to_tell(parts, reserved, waiting):
    assert reckoned(parts, budget=1000, reserved=reserved, waiting=waiting)[1] is None


def test_without_a_budget_nothing_is_known_to_be_left():
    estimate, warning = reckoned(10**6, budget=0)
    assert (estimate.left, warning) == (None, None)
