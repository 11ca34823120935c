"""`python -m local serve`: runs payung on an embedded AWS on loopback, until Ctrl-C."""

import logging
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import boto3

from chalicelib.adapters.ports import Clock

from . import users
from .application import application
from .carrier import Carrier
from .clock import MovedClock, open_day
from .cloud import REGION, Cloud, build, credentials, environment, patched, read_template
from .gateway import Verifier, published_keys, server, token_lifetime
from .loopback import HOST, OWN_HEADER, GuardedMoto, Visitors
from .mail import MailFolder
from .moto_patches import applied, passwords
from .pump import Context, Limits, Pump, read_limits, scheduled_event

log = logging.getLogger(__name__)

_WORKERS = 2
MAIL = Path("out", "mail")
_EVERY = {"sweep": 300, "gate": 60}
"""Seconds between two calls of the scheduled functions."""
_RETRY_AFTER = 10  # seconds; a deployed queue may wait for hours

_HELP = """\
payung berjalan. Berhenti: Ctrl-C.

  Halaman dan API      {api}/
  S3, SQS, DynamoDB …  {aws}   (bucket {bucket})

Buka {api}/ di peramban dan masuk sebagai:

{users}

Unggah berkas penerima ke incoming/<bank>/<skema>/:

  export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local AWS_DEFAULT_REGION={region}
  aws --endpoint-url {aws} s3 cp samples/bpum-bersih.csv s3://{bucket}/incoming/bri/BPUM/
  aws --endpoint-url {aws} s3 ls --recursive s3://{bucket}/results/

  {python} -c "import boto3; boto3.client('s3', endpoint_url='{aws}').upload_file(
      'samples/bpum-bersih.csv', '{bucket}', 'incoming/bri/BPUM/bpum-bersih.csv')"

SMS tidak sungguh dikirim: operatornya tiruan. Dua angka akhir nomor menentukan nasibnya: 99 menolak
SMS, 98 sedang tidak aktif, 97 tidak dikenal, 96 memblokir, 95 menganggap spam, 93 tanpa kabar; SMS
ke nomor lain sampai dalam semenit.

Email kepada bank, bila berkasnya selesai, ditulis ke folder {mail}

Pesan yang gagal diproses:  {python} -m local dead-letters [--redrive]{port}
Lupa kata sandi: surel tidak dikirim, kodenya selalu {code}. Kode keamanan: enam angka apa saja.
Fungsi menurut namanya:     curl -X POST -H '{header}: 1' {api}/_local/invoke/sweep -d '{{}}'

Tanya API tanpa halaman (semua jalur: docs/openapi.json):

  TOKEN=$(aws --endpoint-url {aws} cognito-idp initiate-auth --client-id {client} \\
      --auth-flow USER_PASSWORD_AUTH --auth-parameters USERNAME=dinas,PASSWORD={password} \\
      --query AuthenticationResult.IdToken --output text)
  curl -H "Authorization: Bearer $TOKEN" {api}/batches
"""


def serve(
    aws_port: int,
    api_port: int,
    *,
    mail: Path = MAIL,
    second_factor: bool = False,
    log_level: int = logging.WARNING,
) -> int:
    """Serve until SIGINT or SIGTERM; return the exit status.

    `mail` is the folder for the mail to banks. With `second_factor`, users of dinas and bpjs need
    one, as on AWS.

    Raises:
        OSError: a port is in use.
    """
    stop = threading.Event()
    running = up(
        aws_port, api_port, stop, mail=mail, second_factor=second_factor, log_level=log_level
    )
    with _stopped_by_signals(stop), running as help_text:
        print(help_text, flush=True)
        while not stop.wait(1.0):
            pass
    return 0


@contextmanager
def up(
    aws_port: int,
    api_port: int,
    stop: threading.Event,
    *,
    mail: Path = MAIL,
    second_factor: bool = False,
    log_level: int = logging.WARNING,
) -> Iterator[str]:
    """Run AWS, app and API inside a `with` block. Yields the help text for the user."""
    _must_be_free(aws_port, "--aws-port")
    _must_be_free(api_port, "--api-port")
    # The paths of requests have the names of objects, which must not be logged.
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    clock = MovedClock(open_day())
    endpoint = f"http://{HOST}:{aws_port}"
    with (
        credentials(),
        patched(clock),
        applied(["opt_outs"]),
        environment({"AWS_ENDPOINT_URL": endpoint}),
    ):
        aws = GuardedMoto(aws_port, Visitors(port=aws_port, page=api_port))
        aws.start()
        try:
            session = boto3.Session(region_name=REGION)
            given = {"SecondFactor": "required"} if second_factor else {}
            cloud = build(session, read_template(given))
            staff = users.make_users(session, cloud.user_pool)
            with application(cloud.environment, clock, log_level=log_level) as app:
                threads = _start(app, cloud, session, endpoint, api_port, stop, clock)
                posting = threading.Thread(
                    target=MailFolder(mail, keep=True).keep_writing,
                    args=(stop,),
                    name="mail",
                    daemon=True,
                )
                posting.start()
                threads.append((posting, stop.set))
                try:
                    yield _help_text(cloud, staff, endpoint, api_port, mail)
                finally:
                    stop.set()
                    for thread, end in threads:
                        end()
                        thread.join(timeout=30)
        finally:
            aws.stop()


def _start(
    app: Any,
    cloud: Cloud,
    session: boto3.Session,
    endpoint: str,
    api_port: int,
    stop: threading.Event,
    clock: Clock,
) -> list[tuple[threading.Thread, Any]]:
    pump = Pump(app, cloud, session, retry_after=_RETRY_AFTER)
    pumping = threading.Thread(
        target=pump.run, args=(stop,), kwargs={"workers": _WORKERS}, name="pump", daemon=True
    )
    issuer = cloud.made["UserPool"]["ProviderURL"]
    verify = Verifier(
        issuer,
        cloud.user_pool_client,
        published_keys(endpoint, cloud.user_pool),
        lifetime=token_lifetime(),
    )
    api = server(app, api_port, verify)
    answering = threading.Thread(target=api.server.serve_forever, name="api", daemon=True)
    carrier = Carrier(app, cloud, session, clock)
    others = [
        threading.Thread(target=carrier.run, args=(stop,), name="carrier", daemon=True),
        *(
            threading.Thread(target=_call, args=(app, name, stop), name=name, daemon=True)
            for name in _EVERY
        ),
    ]
    for thread in (pumping, answering, *others):
        thread.start()

    def close() -> None:
        api.shutdown()
        api.server.server_close()

    return [(pumping, stop.set), (answering, close), *((each, stop.set) for each in others)]


def _call(app: Any, name: str, stop: threading.Event) -> None:
    """Call a scheduled function at its interval, as on AWS."""
    limits = read_limits().get(name, Limits())
    while not stop.wait(_EVERY[name]):
        try:
            app.handler_map[name](scheduled_event(), Context(name, limits))
        except Exception as error:  # noqa: BLE001  # the next call comes, as on AWS
            log.error("%s failed: %s", name, type(error).__name__)  # noqa: TRY400  # its text may hold personal data


def _help_text(
    cloud: Cloud, staff: list[users.User], endpoint: str, api_port: int, mail: Path
) -> str:
    port = "" if endpoint.endswith(":4566") else f" --aws-port {endpoint.rpartition(':')[2]}"
    return _HELP.format(
        python=_python(),
        port=port,
        mail=f"{mail}/",
        header=OWN_HEADER,
        aws=endpoint,
        api=f"http://{HOST}:{api_port}",
        bucket=cloud.bucket,
        region=REGION,
        client=cloud.user_pool_client,
        users=users.as_text(staff),
        password=staff[0].password,
        code=passwords.CODE,
    )


def _python() -> str:
    """Return this Python as it is called from the current folder."""
    running, here = Path(sys.executable), Path.cwd()
    return str(running.relative_to(here) if running.is_relative_to(here) else running)


def _must_be_free(port: int, option: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise OSError(f"port {port} is taken; choose another with {option}") from error


@contextmanager
def _stopped_by_signals(stop: threading.Event) -> Iterator[None]:
    def end(_signal: int, _frame: FrameType | None) -> None:
        print("\nBerhenti …", file=sys.stderr)
        stop.set()

    before = {each: signal.signal(each, end) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
