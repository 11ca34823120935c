"""Messages to people and mail to banks, and what may stop them."""

from datetime import date
from typing import Protocol

from chalicelib.domain.messages.sending import Gate, Pause


class Gates(Protocol):
    """Pauses of sending, and the spending of each month."""

    def read(self, month: str) -> Gate:
        """Return all pauses, and the spending of the month (such as `2026-11`)."""

    def pause(self, pause: Pause, *, batch: str | None = None) -> None:
        """Stop all messages, or one file's; an earlier pause is replaced."""

    def resume(self, *, batch: str | None = None) -> None:
        """Let all messages go out again, or one file's; nothing if none was stopped."""

    def reserve(
        self, month: str, claim: str, amount: int, *, shard: int, share: int | None
    ) -> bool:
        """Set aside micro-USD in a shard of the month, up to its share (None: no budget).

        False, and nothing is set aside, if the shard would have more than its share. Safe to repeat
        under one claim.
        """

    def release(self, month: str, claim: str, unused: int, *, shard: int) -> None:
        """Give back the part of a claim's reservation that was not used. Safe to repeat."""

    def admit(self, phone: str, nik: str, day: date, *, most: int) -> bool:
        """Count a person whose message goes to a number on a local day.

        False, and the person is not counted, if `most` others are. Safe to repeat.
        """


class EventSourceSwitch(Protocol):
    """The switch of the event sources: the queues of SMS to the sending function."""

    def switch(self, *, on: bool) -> bool:
        """Switch them on or off; return whether that changed any.

        Raises:
            Busy: an earlier switch is still in progress; try again.
        """


class SmsSender(Protocol):
    """The carrier of SMS."""

    def publish(self, phone: str, text: str) -> str:
        """Send one message, once; return the carrier's message id.

        Never call it a second time for one message: a repetition may be a second SMS.

        Raises:
            PublishRefused: the carrier will never take it (opted out, invalid number …).
            PublishPostponed: the carrier did not take it now; try again later (throttled …).
            PublishRejected: the carrier did not take it, through a fault of ours.
            PublishAmbiguous: it is unknown whether the carrier took it.
        """


class OptOuts(Protocol):
    """The carrier's list of numbers whose owners opted out of messages."""

    def is_opted_out(self, phone: str) -> bool:
        """Return whether the owner of a number has opted out of messages.

        Raises:
            PublishRefused: no message can be sent to this number.
            PublishRejected: the carrier refused the question, through a fault of ours.
        """


class Announcer(Protocol):
    """Mail to a bank's addresses about its files."""

    def tell(self, bank: str, subject: str, text: str) -> None:
        """Send a mail to those who subscribed for a bank, by its code; to nobody if none did.

        The text holds no personal data. A repetition is a second mail.

        Raises:
            Busy: it could not be sent now; try again.
        """
