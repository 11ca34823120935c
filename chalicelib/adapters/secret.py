"""The deployment's secret in Secrets Manager, and the keys derived from it."""

import hashlib
import hmac
from typing import TYPE_CHECKING

from .aws_errors import busy_is_busy

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient


class Secret:
    """One secret of Secrets Manager, read once in each process."""

    def __init__(self, client: "SecretsManagerClient", *, name: str) -> None:
        """Take the client and the secret's name or ARN."""
        self._client = client
        self._name = name
        self._value: bytes | None = None

    def key(self, label: str) -> bytes:
        """Return the key for one use (32 bytes); the key of another use cannot be derived from it.

        This is the expand step of HKDF (RFC 5869) for one block; the secret is random already.
        """
        if self._value is None:
            with busy_is_busy():
                answer = self._client.get_secret_value(SecretId=self._name)
            self._value = answer["SecretString"].encode()
        return hmac.digest(self._value, f"payung/{label}\x01".encode(), hashlib.sha256)
