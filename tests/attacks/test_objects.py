"""No name of a file or folder leads out of the bank's own place in the bucket."""

import pytest

from chalicelib.domain.file.file_name import plain_name
from tests.api.office import BRI, BSG, Office
from tests.attacks.payloads import MARKUP, NUMBERS, PATHS
from tests.support.world import a_line

NAMES = (*PATHS, *MARKUP, *NUMBERS)
KEYS = (
    "incoming/",
    "incoming//",
    "incoming/a.csv",
    "incoming/002",
    "incoming/002/a.csv",
    "incoming//BPUM/a.csv",
    "incoming/002//a.csv",
    "incoming/../008/BPUM/a.csv",
    "incoming/002/../../008/BPUM/a.csv",
    "incoming/%30%30%38/BPUM/a.csv",
    "incoming/002%2f..%2f008/BPUM/a.csv",
    "incoming/\u200b002/BPUM/a.csv",
    "incoming/\uff10\uff10\uff12/BPUM/a.csv",
    "incoming/002\n/BPUM/a.csv",
    "incoming/7171015203900007/BPUM/a.csv",
    "incoming/002/7171015203900007/a.csv",
    "incoming/002/BPUM\0/a.csv",
    "incoming/999/BPUM/a.csv",
    "incoming/002/results/a.csv",
    "incoming/002/BPUM/" + "a" * 900,
    *(f"incoming/{name}/BPUM/a.csv" for name in NAMES),
    *(f"incoming/002/{name}/a.csv" for name in NAMES),
    *(f"incoming/002/BPUM/{name}" for name in NAMES),
    "results/008/7K3M9QX2/hasil.csv",
    "work/7K3M9QX2/header.json",
    "outreach/008/a.csv",
)


@pytest.mark.parametrize("key", dict.fromkeys(KEYS))
def test_no_key_leads_to_another_banks_folder(key: str) -> None:
    office = Office()
    batch = office.run([a_line(1)], key)
    own = {f"results/{batch.bank}/{batch.id}", f"work/{batch.id}"}
    for stored in office.objects.stored.keys() - {key}:
        assert any(stored.startswith(f"{folder}/") for folder in own), stored
        assert not any(number in stored for number in NUMBERS)
    if batch.status == "completed":
        assert key.startswith("incoming/002/")
        assert batch.bank == "002"
    assert office.ask("GET /batches", who=BSG).body["batches"] == []
    shown = office.ask("GET /batches", who=BRI).answer.body
    assert not any(number in shown for number in NUMBERS)


@pytest.mark.parametrize("name", NAMES)
def test_no_ticket_leads_to_another_banks_folder(name: str) -> None:
    office = Office()
    asked = {"scheme": "BPUM", "file_name": name, "size": 10}
    answer = office.ask("POST /uploads", asked, who=BRI)
    assert answer.status == 200
    folder, _, file = answer.body["key"].rpartition("/")
    assert folder == "incoming/002/BPUM"
    assert plain_name(file) == file
    assert not any(number in file for number in NUMBERS)


@pytest.mark.parametrize("scheme", ["../008/BPUM", "..", "BPUM/../..", "", "bpum\0", *NAMES])
def test_no_scheme_of_a_ticket_leads_elsewhere(scheme: str) -> None:
    asked = {"scheme": scheme, "file_name": "a.csv", "size": 10}
    answer = Office().ask("POST /uploads", asked, who=BRI)
    assert answer.status == 400
    assert not (len(scheme) > 3 and scheme in answer.answer.body)


@pytest.mark.parametrize("extra", [{"key": "incoming/008/BPUM/a"}, {"bank": "008"}, {"policy": ""}])
def test_no_ticket_takes_what_it_does_not_ask_for(extra: dict[str, str]) -> None:
    asked = {"scheme": "BPUM", "file_name": "a.csv", "size": 10, **extra}
    assert Office().ask("POST /uploads", asked, who=BRI).status == 400
