"""moto's server behind the guard: no page but payung's own gets an answer."""

import socket
import urllib.error
import urllib.request

import pytest

from local.loopback import GuardedMoto, Visitors

PAGE = 8000


@pytest.fixture(scope="module")
def aws():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = GuardedMoto(port, Visitors(port=port, page=PAGE))
    server.start()
    yield port
    server.stop()


def ask(port, method="POST", body=b"Action=ListQueues", path="/", **headers):
    signed = "AWS4-HMAC-SHA256 Credential=x/20260101/ap-southeast-3/sqs/aws4_request"
    request = urllib.request.Request(  # on loopback
        f"http://127.0.0.1:{port}{path}",
        data=body if method == "POST" else None,
        method=method,
        headers={
            "Authorization": signed,
            **{name.replace("_", "-"): value.format(port=port) for name, value in headers.items()},
        },
    )
    try:
        with urllib.request.urlopen(request) as answer:  # noqa: S310  # on loopback
            return answer.status, dict(answer.headers)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, dict(error.headers)


def test_programs_are_answered_without_permission_for_pages(aws):
    status, headers = ask(aws)
    assert status == 200
    assert not [name for name in headers if name.startswith("Access-Control")]


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "OPTIONS", "DELETE"])
@pytest.mark.parametrize("path", ["/", "/payung-dev-uploads/work/a", "/moto-api/reset"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://example.org"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:8001"},
        {"Host": "example.org:{port}"},
        {"Host": "queue.amazonaws.com"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
    ids=str,
)
def test_other_pages_and_names_are_refused(aws, method, path, headers):
    status, answer = ask(aws, method, path=path, **headers)
    assert status == 403
    assert "Access-Control-Allow-Origin" not in answer


def test_payungs_page_may_read_the_answer(aws):
    origin = f"http://127.0.0.1:{PAGE}"
    status, headers = ask(aws, Origin=origin, Sec_Fetch_Site="same-site")
    assert (status, headers["Access-Control-Allow-Origin"]) == (200, origin)
    wanted = {"Access_Control_Request_Headers": "x-amz-target,content-type"}
    status, headers = ask(aws, "OPTIONS", Origin=origin, **wanted)
    assert (status, headers["Access-Control-Allow-Headers"]) == (204, "x-amz-target,content-type")
