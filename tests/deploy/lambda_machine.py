"""Runs the package as Lambda runs it: AWS's own runtime client in a process for each function.

The process has only the unpacked archive, the libraries of Lambda, and the
environment that the template gives to that one function.
"""

import json
import subprocess
import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from local.cloud import ACCOUNT, REGION

_ROOT = "/2018-06-01/runtime"
_STARTS_WITHIN = 60.0


class FunctionFailed(Exception):
    """The function answered an invocation, or its own start, with an error."""


@dataclass
class _Invocation:
    event: Any
    seconds: float
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    answered: threading.Event = field(default_factory=threading.Event)
    answer: Any = None
    error: str | None = None


class _RuntimeApi(ThreadingHTTPServer):
    """The address from which a function's process gets its next event."""

    daemon_threads = True

    def __init__(self, function: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.function = function
        self.waiting: SimpleQueue[_Invocation] = SimpleQueue()
        self.running: dict[str, _Invocation] = {}
        self.started = threading.Event()
        self.fault: str | None = None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: _RuntimeApi
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        assert self.path == f"{_ROOT}/invocation/next"
        self.server.started.set()
        while True:
            try:
                invocation = self.server.waiting.get(timeout=0.5)
            except Empty:
                continue
            break
        self.server.running[invocation.id] = invocation
        arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{self.server.function}"
        deadline = int((time.time() + invocation.seconds) * 1000)
        self._say(
            200,
            invocation.event,
            {
                "Lambda-Runtime-Aws-Request-Id": invocation.id,
                "Lambda-Runtime-Deadline-Ms": str(deadline),
                "Lambda-Runtime-Invoked-Function-Arn": arn,
                "Lambda-Runtime-Trace-Id": "Root=1-00000000-000000000000000000000000;Sampled=0",
            },
        )

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        what = self.path.removeprefix(_ROOT).split("/")[1:]
        if what == ["init", "error"]:
            self.server.fault = body
            self.server.started.set()
        else:
            _, invocation_id, kind = what
            invocation = self.server.running.pop(invocation_id)
            if kind == "response":
                invocation.answer = json.loads(body)
            else:
                invocation.error = body
            invocation.answered.set()
        self._say(202, {"status": "OK"}, {})

    def _say(self, status: int, body: Any, headers: Mapping[str, str]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Log nothing."""


class LambdaFunction:
    """One function in its own process, which runs until it is stopped."""

    def __init__(
        self,
        name: str,
        handler: str,
        environment: Mapping[str, str],
        *,
        code: Path,
        python: Path,
        log: Path,
        memory: int,
    ) -> None:
        self._api = _RuntimeApi(f"payung-test-{name}")
        threading.Thread(target=self._api.serve_forever, daemon=True).start()
        self._log = log
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [python, "-s", "-m", "awslambdaric", handler],
                cwd=code,
                env={**self._given(name, handler, code, memory), **environment},
                stdout=output,
                stderr=output,
            )

    def wait_until_started(self) -> None:
        """Wait until it requests its first event.

        Raises:
            FunctionFailed: it could not be imported, or ended.
        """
        end = time.monotonic() + _STARTS_WITHIN
        while not self._api.started.wait(0.1):
            if self._process.poll() is not None or time.monotonic() > end:
                raise FunctionFailed(f"it did not start:\n{self.logged}")
        if self._api.fault:
            raise FunctionFailed(self._api.fault)

    def invoke(self, event: Any, seconds: float = 60.0) -> Any:
        """Let it handle an event; return its answer.

        Raises:
            FunctionFailed: it answered with an error, or not within its time.
        """
        self.wait_until_started()
        invocation = _Invocation(event, seconds)
        self._api.waiting.put(invocation)
        if not invocation.answered.wait(seconds):
            raise FunctionFailed(f"no answer within {seconds} s:\n{self.logged}")
        if invocation.error:
            raise FunctionFailed(invocation.error)
        return invocation.answer

    @property
    def logged(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        self._api.shutdown()
        self._api.server_close()

    def _given(self, name: str, handler: str, code: Path, memory: int) -> dict[str, str]:
        """Return the environment variables that Lambda itself sets."""
        return {
            "_HANDLER": handler,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(memory),
            "AWS_LAMBDA_FUNCTION_NAME": f"payung-test-{name}",
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/payung-test-{name}",
            "AWS_LAMBDA_LOG_STREAM_NAME": "1",
            "AWS_LAMBDA_RUNTIME_API": self._api.address,
            "AWS_REGION": REGION,
            "AWS_SECRET_ACCESS_KEY": "test",
            "LAMBDA_TASK_ROOT": str(code),
            "LANG": "en_US.UTF-8",
            "PATH": "/usr/bin:/bin",
            "PYTHONDONTWRITEBYTECODE": "1",  # on Lambda, the code is on a read-only file system
            "PYTHONPATH": str(code),
            "TZ": ":UTC",
        }
