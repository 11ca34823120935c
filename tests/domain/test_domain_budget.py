import pytest

from chalicelib.domain.file.batch import SmsEstimate
from chalicelib.domain.findings.catalogue import COMMON
from chalicelib.domain.findings.finding import Code
from chalicelib.domain.messages.budget import within_budget
from chalicelib.domain.messages.sending import Gate, Prices, Sending

PRICE = 45_000


def reckoned(parts: int, *, budget: int, reserved: int = 0, waiting: int = 0):
    """Return the findings of a file with so many parts; all amounts are in parts of one price."""
    sending = Sending(Prices({"62": PRICE}, 500_000), budget=budget * PRICE)
    estimate = SmsEstimate(parts, parts * PRICE)
    return within_budget(estimate, sending, Gate(shards=(reserved * PRICE,)), waiting=waiting)


def test_the_remaining_budget_excludes_spending_and_waiting_messages():
    estimate, warning = reckoned(100, budget=1000, reserved=200, waiting=300)
    assert (estimate.left, warning) == (500 * PRICE, None)


@pytest.mark.parametrize(
    ("parts", "reserved", "waiting", "share"),
    [(800, 0, 0, "80"), (100, 700, 0, "80"), (1, 0, 799, "80"), (1000, 0, 0, "100")],
)
def test_a_bank_is_warned_when_most_of_the_budget_is_needed(parts, reserved, waiting, share):
    _, warning = reckoned(parts, budget=1000, reserved=reserved, waiting=waiting)
    assert (warning.code, warning.params) == (Code.SMS_BUDGET_LOW, {"share": share})
    assert f"sekitar {share} persen" in COMMON.message(warning)
    assert "menunggu" not in COMMON.message(warning)


@pytest.mark.parametrize(
    ("parts", "reserved", "waiting", "people"),
    [(1001, 0, 0, "1"), (5000, 500, 300, "4.800"), (10, 1000, 0, "10"), (10, 900, 500, "10")],
)
def test_the_warning_says_how_many_messages_must_wait(parts, reserved, waiting, people):
    estimate, warning = reckoned(parts, budget=1000, reserved=reserved, waiting=waiting)
    assert warning.params == {"people": people}
    assert f"SMS untuk sekitar {people} penerima menunggu" in COMMON.message(warning)
    assert "persen" not in COMMON.message(warning)
    assert estimate.left >= 0


@pytest.mark.parametrize(
    ("parts", "reserved", "waiting"), [(799, 0, 0), (1, 700, 98), (0, 1000, 1000)]
)
def test_there_is_no_warning_with_enough_budget_or_without_messages(parts, reserved, waiting):
    assert reckoned(parts, budget=1000, reserved=reserved, waiting=waiting)[1] is None


def test_without_a_budget_the_remaining_amount_is_unknown():
    estimate, warning = reckoned(10**6, budget=0)
    assert (estimate.left, warning) == (None, None)
