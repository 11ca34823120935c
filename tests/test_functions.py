"""A function whose preparation failed can still be called, and fails then as usual."""

from chalicelib import lambdas, settings
from chalicelib.lambdas import wiring


def test_a_failure_before_the_first_call_does_not_end_the_process(monkeypatch, capfd):
    def broken() -> None:
        raise KeyError("7171011708800001")

    monkeypatch.setattr(wiring, "world", broken)
    lambdas.prepare("enroll")
    output = "".join(capfd.readouterr())
    assert "7171011708800001" not in output


def test_a_module_that_is_not_there_does_not_end_the_process():
    lambdas.prepare("nothing_of_ours")


def test_lambda_says_whose_process_it_is():
    assert settings.handler({"_HANDLER": "app.enroll_chunks"}) == "app.enroll_chunks"
    assert settings.handler({}) is None
