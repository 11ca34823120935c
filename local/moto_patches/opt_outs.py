"""SNS refuses to publish to a number that has opted out.

moto lists every number that ends in 99 as opted out, but accepts messages to it; AWS refuses them.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from moto.sns.exceptions import SNSInvalidParameter
from moto.sns.models import SNSBackend

from .patch import Kind, Patch

TOPIC = "opt_outs"


def _publish(original: Callable[..., str]) -> Callable[..., str]:
    @wraps(original)
    def refusing(backend: SNSBackend, *args: Any, **kwargs: Any) -> str:
        phone = kwargs.get("phone_number")
        if phone and backend.check_if_phone_number_is_opted_out(phone):
            raise SNSInvalidParameter("Invalid parameter: Phone number is opted out")
        return original(backend, *args, **kwargs)

    return refusing


PATCHES = (
    Patch(
        TOPIC,
        "moto.sns.models.SNSBackend.publish",
        "SNS refuses a number that has opted out; moto accepts it.",
        Kind.CORRECTNESS,
        "moto/sns/models.py",
        _publish,
    ),
)
