"""SNS's refusal to write to somebody who has opted out.

moto says of every number that ends in 99 that its owner has opted out, but takes messages to it all
the same; AWS refuses them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any
from unittest.mock import patch

from moto.sns.exceptions import SNSInvalidParameter
from moto.sns.models import SNSBackend


@contextmanager
def mended() -> Iterator[None]:
    """Let SNS refuse for a while."""
    publish = SNSBackend.publish

    @wraps(publish)
    def refusing(backend: SNSBackend, *args: Any, **kwargs: Any) -> str:
        phone = kwargs.get("phone_number")
        if phone and backend.check_if_phone_number_is_opted_out(phone):
            raise SNSInvalidParameter("Invalid parameter: Phone number is opted out")
        return publish(backend, *args, **kwargs)

    with patch.object(SNSBackend, "publish", refusing):
        yield
