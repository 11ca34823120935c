"""Every endpoint of the HTTP API: one table, from which routes and documentation are made."""

from functools import cache
from typing import Any

from pydantic import BaseModel

from chalicelib import examples, openapi
from chalicelib.api import Call, Endpoint
from chalicelib.permissions import Action
from chalicelib.queries import (
    about,
    confirmations,
    files,
    listing,
    outreach,
    people,
    rows,
    sending,
    totals,
    uploads,
)
from chalicelib.queries.outlook import Outlook


def _look_up(call: Call) -> people.LookupResponse:
    return people.look_up(
        call.body(people.LookupRequest),
        caller=call.caller,
        subject=call.subject,
        enrollments=call.world.enrollments,
        batches=call.world.batches,
        objects=call.world.objects,
        agreements=call.world.agreements,
        clock=call.world.clock,
    )


def _resend(call: Call) -> people.EnrollmentView:
    return confirmations.resend_person(
        call.body(confirmations.ResendRequest),
        caller=call.caller,
        subject=call.subject,
        begin=call.begin,
        enrollments=call.world.enrollments,
        batches=call.world.batches,
        objects=call.world.objects,
        texter=call.world.texter,
        sms_queue=call.world.sms_queue,
        agreements=call.world.agreements,
        sending=call.world.sending,
        clock=call.world.clock,
        deadline=call.deadline,
    )


def _list_batches(call: Call) -> listing.BatchesResponse:
    return listing.list_batches(
        call.body(listing.BatchesQuery),
        caller=call.caller,
        batches=call.world.batches,
        agreements=call.world.agreements,
        outlook=_outlook(call),
        cursors=call.world.cursors,
    )


def _show_batch(call: Call) -> files.BatchView:
    return files.show_batch(
        call.batch,
        caller=call.caller,
        subject=call.subject,
        batches=call.world.batches,
        agreements=call.world.agreements,
        outlook=_outlook(call),
    )


def _list_rows(call: Call) -> rows.RowsResponse:
    return rows.list_rows(
        call.batch,
        call.body(rows.RowsQuery),
        caller=call.caller,
        subject=call.subject,
        batches=call.world.batches,
        objects=call.world.objects,
        cursors=call.world.cursors,
    )


def _show_results(call: Call) -> files.FilesResponse:
    return files.show_results(
        call.batch,
        caller=call.caller,
        subject=call.subject,
        batches=call.world.batches,
        objects=call.world.objects,
        links=call.world.links,
        clock=call.world.clock,
    )


def _resend_batch(call: Call) -> files.ResendBatchResponse:
    return files.resend_batch(
        call.batch,
        call.body(files.ResendBatchRequest),
        caller=call.caller,
        subject=call.subject,
        begin=call.begin,
        batches=call.world.batches,
        resend_queue=call.world.resend_queue,
        clock=call.world.clock,
    )


def _show_totals(call: Call) -> totals.TotalsResponse:
    return totals.show_totals(
        call.body(totals.TotalsQuery),
        caller=call.caller,
        batches=call.world.batches,
        agreements=call.world.agreements,
        clock=call.world.clock,
    )


def _upload(call: Call) -> uploads.UploadTicket:
    return uploads.ticket(
        call.body(uploads.UploadRequest),
        caller=call.caller,
        subject=call.subject,
        links=call.world.links,
        agreements=call.world.agreements,
        clock=call.world.clock,
    )


def _show_gate(call: Call) -> sending.GateView:
    return sending.show_gate(
        gates=call.world.gates,
        batches=call.world.batches,
        sending=call.world.sending,
        clock=call.world.clock,
        deadline=call.deadline,
    )


def _switch_gate(call: Call) -> sending.GateView:
    return sending.switch_gate(
        call.body(sending.GateRequest),
        caller=call.caller,
        subject=call.subject,
        begin=call.begin,
        gates=call.world.gates,
        trigger=call.world.trigger,
        batches=call.world.batches,
        sending=call.world.sending,
        clock=call.world.clock,
        deadline=call.deadline,
    )


def _order_outreach(call: Call) -> outreach.QueuedResponse:
    return outreach.order_outreach(
        call.body(outreach.OutreachRequest),
        subject=call.subject,
        begin=call.begin,
        report_queue=call.world.report_queue,
        agreements=call.world.agreements,
    )


def _show_outreach(call: Call) -> files.FilesResponse:
    return outreach.show_outreach(
        call.body(outreach.OutreachRequest),
        subject=call.subject,
        objects=call.world.objects,
        links=call.world.links,
        agreements=call.world.agreements,
        clock=call.world.clock,
    )


def _show_me(call: Call) -> about.MeView:
    return about.show_me(
        caller=call.caller, agreements=call.world.agreements, clock=call.world.clock
    )


def _show_health(call: Call) -> about.HealthView:
    return about.show_health(call.world.settings.stage)


def _show_api(_: Call) -> BaseModel:
    return openapi.Document(documentation())


@cache
def documentation() -> dict[str, Any]:
    """Return the API's documentation, made once a process."""
    return openapi.document(ENDPOINTS)


def _outlook(call: Call) -> Outlook:
    world = call.world
    return Outlook(world.gates, world.batches, world.sending, world.clock)


ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "POST",
        "/enrollments/lookup",
        Action.LOOK_UP,
        "Is this person protected?",
        answer=people.LookupResponse,
        do=_look_up,
        body=people.LookupRequest,
        refusals=(404,),
        traced=True,
        example={"nik": examples.NIK},
        gives={"protected_today": True, "enrollments": [examples.ENROLLMENT]},
    ),
    Endpoint(
        "POST",
        "/enrollments/resend",
        Action.RESEND,
        "Send one person's confirmation again",
        answer=people.EnrollmentView,
        do=_resend,
        body=confirmations.ResendRequest,
        refusals=(404, 409),
        traced=True,
        changes=True,
        example={
            "reference": examples.ENROLLMENT["reference"],
            "phone": "0812-3456-7890",
            "reason": "Nomor salah ketik, diperbaiki di loket",
        },
        gives=examples.ENROLLMENT,
    ),
    Endpoint(
        "GET",
        "/batches",
        Action.LIST_BATCHES,
        "The files, the latest first",
        answer=listing.BatchesResponse,
        do=_list_batches,
        query=listing.BatchesQuery,
        example={"scheme": "BPUM", "from": "2026-11-01", "limit": 20},
        gives={"batches": [examples.BATCH], "next": None},
    ),
    Endpoint(
        "GET",
        "/batches/{batch}",
        Action.SHOW_BATCH,
        "How far is this file?",
        answer=files.BatchView,
        do=_show_batch,
        refusals=(404,),
        gives=examples.BATCH,
    ),
    Endpoint(
        "GET",
        "/batches/{batch}/rows",
        Action.LIST_ROWS,
        "The rows of a file, and what became of each",
        answer=rows.RowsResponse,
        do=_list_rows,
        query=rows.RowsQuery,
        refusals=(404,),
        traced=True,
        example={"disposition": "rejected"},
        gives={"rows": [examples.ROW], "next": None},
    ),
    Endpoint(
        "GET",
        "/batches/{batch}/results",
        Action.DOWNLOAD_RESULTS,
        "Links to what the bank got back",
        answer=files.FilesResponse,
        do=_show_results,
        refusals=(404,),
        traced=True,
        gives={"files": [examples.FILE]},
    ),
    Endpoint(
        "POST",
        "/batches/{batch}/resend",
        Action.RESEND_BATCH,
        "Send a file's failed confirmations again",
        answer=files.ResendBatchResponse,
        do=_resend_batch,
        body=files.ResendBatchRequest,
        status=202,
        refusals=(404,),
        traced=True,
        changes=True,
        example={"reason": "Gangguan operator kemarin malam"},
        gives={"people": 12, "jobs": 2},
    ),
    Endpoint(
        "GET",
        "/totals",
        Action.SHOW_TOTALS,
        "The sums over all files",
        answer=totals.TotalsResponse,
        do=_show_totals,
        query=totals.TotalsQuery,
        refusals=(404,),
        example={"by": "bank", "programme": "sulut-2026"},
        gives=examples.TOTALS,
    ),
    Endpoint(
        "POST",
        "/uploads",
        Action.UPLOAD,
        "A ticket to upload one file with",
        answer=uploads.UploadTicket,
        do=_upload,
        body=uploads.UploadRequest,
        refusals=(409,),
        traced=True,
        example={"scheme": "BPUM", "file_name": "penerima november.xlsx", "size": 48_213},
        gives=examples.TICKET,
    ),
    Endpoint(
        "GET",
        "/sms/gate",
        Action.SHOW_GATE,
        "How sending stands",
        answer=sending.GateView,
        do=_show_gate,
        gives=examples.GATE,
    ),
    Endpoint(
        "POST",
        "/sms/gate",
        Action.SWITCH_GATE,
        "Stop messages, or let them go out again",
        answer=sending.GateView,
        do=_switch_gate,
        body=sending.GateRequest,
        refusals=(404,),
        traced=True,
        changes=True,
        example={"action": "pause", "reason": "Teks SMS sedang diperiksa"},
        gives=examples.GATE,
    ),
    Endpoint(
        "POST",
        "/outreach",
        Action.ORDER_OUTREACH,
        "Write the lists of a bank's people whom no message has reached",
        answer=outreach.QueuedResponse,
        do=_order_outreach,
        body=outreach.OutreachRequest,
        status=202,
        traced=True,
        changes=True,
        example={"bank": "002"},
        gives={"queued": True},
    ),
    Endpoint(
        "GET",
        "/outreach",
        Action.DOWNLOAD_OUTREACH,
        "Links to those lists",
        answer=files.FilesResponse,
        do=_show_outreach,
        query=outreach.OutreachRequest,
        traced=True,
        example={"bank": "002"},
        gives={"files": [{**examples.FILE, "name": "7171-kota-manado.csv"}]},
    ),
    Endpoint(
        "GET",
        "/me",
        Action.SHOW_ME,
        "Who am I, and what may I do?",
        answer=about.MeView,
        do=_show_me,
        gives=examples.ME,
    ),
    Endpoint(
        "GET",
        "/health",
        Action.SHOW_HEALTH,
        "Is the service well?",
        answer=about.HealthView,
        do=_show_health,
        gives={"status": "ok", "stage": "prod"},
    ),
    Endpoint(
        "GET",
        "/openapi.json",
        Action.SHOW_API,
        "This document",
        answer=openapi.Document,
        do=_show_api,
        gives={"openapi": "3.1.0"},
    ),
)
