"""A function that cannot be prepared can still be called, and fails then as everything does."""

import pytest

from chalicelib import functions, settings, wiring


def test_what_fails_before_the_first_call_does_not_end_the_process(monkeypatch, capfd):
    def broken() -> None:
        raise KeyError("7171011708800001")

    monkeypatch.setattr(wiring, "world", broken)
    functions.prepare("enroll")
    told = "".join(capfd.readouterr())
    assert "7171011708800001" not in told


def test_a_module_that_is_not_there_does_not_end_the_process():
    functions.prepare("nothing_of_ours")
    with pytest.raises(ModuleNotFoundError):
        functions.run("nothing_of_ours", {}, None)


def test_lambda_says_whose_process_it_is():
    assert settings.handler({"_HANDLER": "app.enroll_chunks"}) == "app.enroll_chunks"
    assert settings.handler({}) is None
