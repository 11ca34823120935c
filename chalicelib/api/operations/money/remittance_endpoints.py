"""The endpoints of lists of premiums, with their wiring; `endpoints` has all others."""

from chalicelib.api.operations.money import remittance_requests, remittances
from chalicelib.api.operations.money.remittance_examples import (
    BILLED,
    CANCELLED,
    PAID,
    RECEIVED,
    REMITTANCE,
)
from chalicelib.api.operations.money.remittance_views import RemittancesResponse, RemittanceView
from chalicelib.api.permissions import Action
from chalicelib.api.requests import Call, Endpoint


def _make_remittance(call: Call) -> RemittanceView:
    """Begin a list of premiums."""
    return _desk(call).create(
        call.body(remittance_requests.ListRequest),
        batches=call.ports.batches,
        outbox=call.ports.outbox,
    )


def _list_remittances(call: Call) -> RemittancesResponse:
    """List the lists of premiums, latest first."""
    return remittances.list_remittances(
        call.body(remittance_requests.RemittancesQuery),
        caller=call.caller,
        remittances=call.ports.remittances,
        agreements=call.ports.agreements,
    )


def _show_remittance(call: Call) -> RemittanceView:
    """Show a list of premiums."""
    return _desk(call).show(call.remittance)


def _bill_remittance(call: Call) -> RemittanceView:
    """Give a list its payment code."""
    return _desk(call).bill(call.remittance, call.body(remittance_requests.BillRequest))


def _pay_remittance(call: Call) -> RemittanceView:
    """State a payment of a list."""
    return _desk(call).pay(call.remittance, call.body(remittance_requests.PayRequest))


def _receive_remittance(call: Call) -> RemittanceView:
    """Confirm a receipt for a list."""
    return _desk(call).receive(call.remittance, call.body(remittance_requests.ReceiveRequest))


def _cut_remittance(call: Call) -> RemittanceView:
    """Take people off a paid list."""
    return _desk(call).cut(
        call.remittance,
        call.body(remittance_requests.CutRequest),
        batches=call.ports.batches,
        enrollments=call.ports.enrollments,
        objects=call.ports.objects,
    )


def _cancel_remittance(call: Call) -> RemittanceView:
    """Cancel a list that is not paid."""
    return _desk(call).cancel(call.remittance, call.body(remittance_requests.CancelRequest))


def _desk(call: Call) -> remittances.RemittanceDesk:
    return remittances.RemittanceDesk(
        caller=call.caller,
        subject=call.subject,
        begin=call.begin,
        remittances=call.ports.remittances,
        agreements=call.ports.agreements,
        clock=call.ports.clock,
    )


REMITTANCES: tuple[Endpoint, ...] = (
    Endpoint(
        "POST",
        "/remittances",
        Action.MAKE_REMITTANCE,
        "List deducted premiums to pay them to BPJS",
        answer=RemittanceView,
        do=_make_remittance,
        body=remittance_requests.ListRequest,
        status=202,
        refusals=(409,),
        traced=True,
        changes=True,
        example={"programme": "sulut-2026", "files": ["7K3M9QX2"]},
        gives=REMITTANCE,
    ),
    Endpoint(
        "GET",
        "/remittances",
        Action.LIST_REMITTANCES,
        "Show the lists of premiums, latest first",
        answer=RemittancesResponse,
        do=_list_remittances,
        query=remittance_requests.RemittancesQuery,
        example={"bank": "002"},
        gives={"remittances": [REMITTANCE]},
    ),
    Endpoint(
        "GET",
        "/remittances/{remittance}",
        Action.SHOW_REMITTANCE,
        "Show a list of premiums",
        answer=RemittanceView,
        do=_show_remittance,
        refusals=(404,),
        gives=REMITTANCE,
    ),
    Endpoint(
        "POST",
        "/remittances/{remittance}/code",
        Action.BILL_REMITTANCE,
        "Give a list its payment code",
        answer=RemittanceView,
        do=_bill_remittance,
        body=remittance_requests.BillRequest,
        refusals=(404, 409),
        traced=True,
        changes=True,
        example={"code": "632611000101", "bill": 336_000, "expires": "2026-12-02"},
        gives=BILLED,
    ),
    Endpoint(
        "POST",
        "/remittances/{remittance}/payment",
        Action.PAY_REMITTANCE,
        "State a payment of a list",
        answer=RemittanceView,
        do=_pay_remittance,
        body=remittance_requests.PayRequest,
        refusals=(404, 409),
        traced=True,
        changes=True,
        example={
            "code": "632611000101",
            "reference": "FT26333001",
            "amount": 336_000,
            "day": "2026-11-30",
            "channel": "RTGS",
        },
        gives=PAID,
    ),
    Endpoint(
        "POST",
        "/remittances/{remittance}/receipt",
        Action.RECEIVE_REMITTANCE,
        "Confirm what BPJS has received for a list",
        answer=RemittanceView,
        do=_receive_remittance,
        body=remittance_requests.ReceiveRequest,
        refusals=(404, 409),
        traced=True,
        changes=True,
        example={
            "code": "632611000101",
            "reference": "926112901100001",
            "amount": 336_000,
            "day": "2026-11-30",
            "starts": "2026-12-01",
            "ends": "2027-02-28",
        },
        gives=RECEIVED,
    ),
    Endpoint(
        "POST",
        "/remittances/{remittance}/cut",
        Action.CUT_REMITTANCE,
        "Take people off a list that is paid short",
        answer=RemittanceView,
        do=_cut_remittance,
        body=remittance_requests.CutRequest,
        refusals=(404, 409),
        traced=True,
        changes=True,
        example={"references": ["7K3M9QX2-151"], "reason": "Dana bank kurang untuk orang ini"},
        gives=PAID,
    ),
    Endpoint(
        "POST",
        "/remittances/{remittance}/cancellation",
        Action.CANCEL_REMITTANCE,
        "Cancel a list that is not paid",
        answer=RemittanceView,
        do=_cancel_remittance,
        body=remittance_requests.CancelRequest,
        refusals=(404, 409),
        traced=True,
        changes=True,
        example={"reason": "Disusun dari berkas yang salah"},
        gives=CANCELLED,
    ),
)
