"""The exceptions that stop a step. Errors of a row are values (`domain.findings`), not exceptions.

    PayungError
    ├── Retry                 return the message to the queue: it may work later
    │   ├── Busy              throttling or contention lasted longer than the function's time
    │   │   └── Contended     another writer is at the same items: the wait is short
    │   ├── OutOfTime         the function's time is nearly over; its progress is stored
    │   ├── NotYet            another delivery works on it, or something it needs is missing
    │   └── NewerVersion      newer code wrote the message or the item
    ├── Poison                can never work: to the dead-letter queue, for a person to look at
    │   ├── MessageMalformed
    │   ├── ObjectMissing
    │   └── ObjectMalformed
    ├── SettingsInvalid       a variable of the environment is missing or wrong: deploy again
    └── PublishError
        ├── PublishRefused    final: the person's SMS becomes `failed`
        ├── PublishPostponed  not accepted, may be tried again: also a Retry
        ├── PublishRejected   not accepted because of our error: no permission, a malformed call …
        └── PublishAmbiguous  the result is not known: `unknown`, never resent automatically

No text of an exception holds a NIK, a name or a phone number.
"""


class PayungError(Exception):
    """The base of every exception that payung raises on purpose."""


class Retry(PayungError):
    """The message must return to its queue."""


class Busy(Retry):
    """Throttling by AWS, or contention with another writer, lasted longer than the time left."""


class Contended(Busy):
    """Another writer holds the same items for some milliseconds: try again soon."""


class OutOfTime(Retry):
    """The step stopped itself before Lambda's time-out."""


class NotYet(Retry):
    """Another delivery of the message is in progress, or something that it needs is missing."""


class NewerVersion(Retry):
    """Newer code wrote the message or the item."""


class Poison(PayungError):
    """The message can never be processed, now or later."""


class MessageMalformed(Poison):
    """The message does not have the shape of its queue's messages."""


class ObjectMissing(Poison):
    """An object that the message names is not in the bucket."""


class ObjectMalformed(Poison):
    """An object that payung wrote cannot be read."""


class SettingsInvalid(PayungError):
    """A function's environment lacks a variable that it reads, or has a value that is not allowed.

    The text names variable and function, never the value.
    """


class PublishError(PayungError):
    """SNS did not confirm that it accepted an SMS."""


class PublishRefused(PublishError):
    """The refusal is final. `reason` is a stable code such as `opted_out`."""

    def __init__(self, reason: str) -> None:
        """Keep only the code: the carrier's own text may hold the phone number."""
        super().__init__(reason)
        self.reason = reason


class PublishPostponed(PublishError, Retry):
    """Not accepted now: SNS throttled the call, or was unavailable before it accepted anything."""


class PublishRejected(PublishError):
    """Not accepted because of an error that we must fix. The message stays `pending`."""


class PublishAmbiguous(PublishError):
    """No answer arrived: the message may have been sent or not."""
