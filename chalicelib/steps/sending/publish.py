"""How one person's message ends: kept back, published once, or left for later."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from chalicelib.adapters.ports import Clock, Gates, SmsSender
from chalicelib.domain.agreements.programme import Agreements
from chalicelib.domain.cells.phone import is_mobile
from chalicelib.domain.messages.confirmation import confirmation
from chalicelib.domain.messages.sending import Sending
from chalicelib.domain.person.enrollment import Enrollment, MessageKind, Sms
from chalicelib.errors import (
    PublishAmbiguous,
    PublishPostponed,
    PublishRefused,
    PublishRejected,
)
from chalicelib.pace import Pace
from chalicelib.steps.sending.permit import Allowance, SendPermit

log = logging.getLogger(__name__)

POSTPONED = timedelta(minutes=1)
"""How long the rest of a job waits while the carrier takes no more."""


@dataclass(frozen=True, slots=True)
class PublishResult:
    """How a person's message ended.

    `stop` is how long the remaining people wait. This person waits too if the message is still
    `pending`. A `fault` is raised after the other people of the job are done.
    """

    state: Sms
    message_id: str | None = None
    reason: str | None = None
    fault: Exception | None = None
    stop: timedelta | None = None


@dataclass(frozen=True, kw_only=True)
class Publish:
    """Publishes the messages of one kind, within one delivery's permit.

    With `only_to` (a sandbox's verified numbers) no other number gets a message.
    """

    kind: MessageKind
    permit: SendPermit
    sms_sender: SmsSender
    agreements: Agreements
    gates: Gates
    sending: Sending
    pace: Pace
    only_to: frozenset[str]
    clock: Clock

    def run(self, enrollment: Enrollment, allowance: Allowance) -> PublishResult:
        """Publish a claimed message, unless it may not go out; return how it ended.

        Nothing is raised: a fault between claim and record would leave the message unknown.
        """
        phone = enrollment.recipient.phone or ""
        is_ordered = enrollment.messages[self.kind].ordered_at is not None
        if enrollment.held and not is_ordered:
            return PublishResult(Sms.HELD, reason="number_shared")
        if kept_back := self._kept_back(enrollment, phone):
            return kept_back
        try:
            programme = self.agreements.programmes[enrollment.programme]
            scheme = programme.schemes[enrollment.scheme]
            text = confirmation(
                enrollment, scheme.wording(self.kind), scheme.name, programme.months
            )
            if not is_ordered and not self._is_admitted(enrollment, phone):
                return PublishResult(Sms.HELD, reason="number_shared")
        except Exception as fault:  # noqa: BLE001  # raised once the message is back at `pending`
            return PublishResult(Sms.PENDING, fault=fault)
        self.pace.wait()
        # The turn may come after closing time. No call to AWS here: a fault between claim and
        # record would leave the message unknown.
        if closed := self.permit.halted_meanwhile():
            return PublishResult(Sms.PENDING, stop=self.permit.wait_for(closed))
        price = self.sending.prices.of(phone)
        allowance.used += price
        result = self._publish(enrollment, phone, text)
        if result.state not in {Sms.SENT, Sms.UNKNOWN}:
            allowance.used -= price
        return result

    def _is_admitted(self, enrollment: Enrollment, phone: str) -> bool:
        """Whether the number has room for one more person today."""
        most = self.sending.people_a_number
        programme = self.agreements.programmes[enrollment.programme]
        day = programme.local_day(self.clock())
        nik = enrollment.recipient.nik
        return not most or self.gates.admit(phone, nik, day, most=most)

    def _publish(self, enrollment: Enrollment, phone: str, text: str) -> PublishResult:
        try:
            return PublishResult(Sms.SENT, message_id=self.sms_sender.publish(phone, text))
        except PublishRefused as error:
            return PublishResult(Sms.FAILED, reason=error.reason)
        except PublishAmbiguous:
            # Give a carrier in trouble a rest, or it leaves one message after the other unknown.
            return PublishResult(Sms.UNKNOWN, reason="no_answer", stop=POSTPONED)
        except PublishPostponed as error:
            log.warning("the carrier takes no more for now: %s", error, extra=about(enrollment))
            return PublishResult(Sms.PENDING, stop=POSTPONED)
        except PublishRejected as error:
            return PublishResult(Sms.PENDING, fault=error)

    def _kept_back(self, enrollment: Enrollment, phone: str) -> PublishResult | None:
        """Return how a message ends that payung does not send; None if it may go out."""
        programme = self.agreements.programmes.get(enrollment.programme)
        if programme and self.kind not in programme.messages:
            return PublishResult(Sms.HELD, reason="kind_not_sent")
        if self.only_to and phone not in self.only_to:
            return PublishResult(Sms.HELD, reason="sandbox")
        if not phone.startswith("+"):
            return PublishResult(Sms.FAILED, reason="no_mobile_number")
        if not self.sending.serves(phone):
            return PublishResult(Sms.FAILED, reason="country_not_served")
        if not is_mobile(phone, self.sending.countries):
            return PublishResult(Sms.FAILED, reason="no_mobile_number")
        return None


def about(enrollment: Enrollment) -> dict[str, object]:
    """Return what a log line says of a person."""
    return {"batch": enrollment.batch, "row": enrollment.row, "sms_state": enrollment.sms.value}
