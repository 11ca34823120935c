"""The deployment's secret, and the keys that are derived from it."""

import hashlib
import hmac
from typing import TYPE_CHECKING

from .faults import busy_is_busy

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient


class Secret:
    """One secret of Secrets Manager, asked for once a process."""

    def __init__(self, client: "SecretsManagerClient", *, name: str) -> None:
        """Take the client and the secret's name or ARN."""
        self._client = client
        self._name = name
        self._value: bytes | None = None

    def key(self, label: str) -> bytes:
        """Return the key of that use: 32 bytes, of which no other's can be told.

        This is HKDF's expanding step (RFC 5869) for one block; the secret is random already.
        """
        if self._value is None:
            with busy_is_busy():
                answer = self._client.get_secret_value(SecretId=self._name)
            self._value = answer["SecretString"].encode()
        return hmac.digest(self._value, f"payung/{label}\x01".encode(), hashlib.sha256)
