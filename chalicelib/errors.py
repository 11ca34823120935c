"""What stops a step. A row's errors are values (`domain.codes`), never exceptions.

    PayungError
    ├── Retry                 give the message back to the queue: it may work later
    │   ├── Busy              throttled, or contended, for longer than the function had time
    │   ├── OutOfTime         the function's time is nearly over; progress is stored
    │   ├── NotYet            another delivery is at it, or what this needs is not there yet
    │   └── NewerVersion      written by newer code than this
    ├── Poison                never works as it is: to the dead-letter queue, for a person to see
    │   ├── MessageMalformed
    │   ├── ObjectMissing
    │   └── ObjectMalformed
    └── PublishError
        ├── PublishRefused    final: the person is told of in `failed`
        ├── PublishPostponed  not taken, may be tried again: a Retry, too
        ├── PublishRejected   not taken, and for a fault of ours: not permitted, a malformed call …
        └── PublishAmbiguous  nobody knows: `unknown`, never sent again by itself

No text of an exception holds a NIK, a name or a phone number.
"""


class PayungError(Exception):
    """Every exception that payung raises on purpose."""


class Retry(PayungError):
    """The message goes back to its queue."""


class Busy(Retry):
    """AWS throttled, or another writer was in the way, for longer than there was time."""


class OutOfTime(Retry):
    """Stopped in time before the function would have been cut off."""


class NotYet(Retry):
    """Another delivery of the message is being worked on, or a part it needs is missing yet."""


class NewerVersion(Retry):
    """A message or an item was written by newer code."""


class Poison(PayungError):
    """The message cannot be done as it is, now or later."""


class MessageMalformed(Poison):
    """The message is not of the shape that its queue carries."""


class ObjectMissing(Poison):
    """An object that the message speaks of is not in the bucket."""


class ObjectMalformed(Poison):
    """An object that payung wrote does not read back."""


class PublishError(PayungError):
    """An SMS was not taken as it should."""


class PublishRefused(PublishError):
    """Final; `reason` is a stable code such as `opted_out`."""

    def __init__(self, reason: str) -> None:
        """Keep the reason; the carrier's own text may hold the phone number."""
        super().__init__(reason)
        self.reason = reason


class PublishPostponed(PublishError, Retry):
    """Not taken now: throttled, or the service was unavailable before it took anything."""


class PublishRejected(PublishError):
    """Not taken, for a fault that is ours to mend; the person's message stays to be sent."""


class PublishAmbiguous(PublishError):
    """The answer never came: the message may have been sent or not."""
