"""A user who asks without end gets the time to wait as the answer, and holds up nobody else."""

import pytest

from chalicelib.api.endpoints import ENDPOINTS
from chalicelib.api.limits import LIMITS
from chalicelib.api.requests import Endpoint
from tests.api.office import BPJS, BRI, BSG, DINAS, Office
from tests.attacks.requests_ import asked_with_a_reason
from tests.support.world import a_line

LIMITED = [each for each in ENDPOINTS if each.action in LIMITS]


@pytest.mark.parametrize("who", [DINAS, BPJS, BRI])
@pytest.mark.parametrize("endpoint", LIMITED, ids=lambda each: each.name)
def test_a_flood_of_one_user_ends_in_words_and_holds_up_nobody(
    endpoint: Endpoint, who: str
) -> None:
    office = Office()
    batch = office.run([a_line(1)])
    call = f"{endpoint.method} {endpoint.path.format(batch=batch.id, remittance=batch.id)}"
    body, query = asked_with_a_reason(endpoint)
    most = LIMITS[endpoint.action].user
    statuses = [office.ask(call, body, who=who, query=query).status for _ in range(most + 5)]
    if statuses[0] == 403:  # it is not allowed at all, so it counts nothing
        assert set(statuses) == {403}
        return
    assert 429 not in statuses[:most]
    assert set(statuses[most:]) == {429}
    refused = office.ask(call, body, who=who, query=query)
    assert refused.code == "limit_reached"
    assert int(refused.answer.headers["Retry-After"]) > 0
    assert office.ask("GET /batches", who=BSG).status == 200
    assert office.ask("GET /me", who=who).status == 200
