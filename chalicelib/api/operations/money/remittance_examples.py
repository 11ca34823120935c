"""What the documentation of the API shows of lists of premiums."""

from typing import Any

REMITTANCE: dict[str, Any] = {
    "id": "002-261129031500-7F3A",
    "bank": "002",
    "bank_name": "BRI",
    "programme": "sulut-2026",
    "state": "listing",
    "explanation": "Daftar sedang disusun.",
    "created_at": "2026-11-29T03:15:00Z",
    "files": ["7K3M9QX2"],
    "people": 0,
    "rupiah": 0,
    "returned_people": 0,
    "returned": 0,
    "cut_people": 0,
    "cut": 0,
    "due": 0,
    "paid": 0,
    "received": 0,
    "short": 0,
    "overpaid": 0,
    "codes": [],
    "payments": [],
    "receipts": [],
    "completed_at": None,
    "cancelled_at": None,
    "cancelled_because": None,
    "may": ["cancel_remittance"],
}
_LISTED: dict[str, Any] = {**REMITTANCE, "people": 10, "rupiah": 336_000, "due": 336_000}
_CODE: dict[str, Any] = {
    "code": "632611000101",
    "bill": 336_000,
    "difference": 0,
    "expires": "2026-12-02",
    "at": "2026-11-29T04:00:00Z",
    "closed": False,
}
_PAYMENT: dict[str, Any] = {
    "reference": "FT26333001",
    "code": "632611000101",
    "amount": 336_000,
    "day": "2026-11-30",
    "channel": "RTGS",
    "at": "2026-11-30T02:00:00Z",
    "by": "bri-1",
}
BILLED: dict[str, Any] = {
    **_LISTED,
    "state": "billed",
    "explanation": (
        "Kode iuran 632611000101 berlaku sampai 2 Desember 2026 (10 orang, Rp336.000). Menunggu"
        " pembayaran."
    ),
    "codes": [_CODE],
    "may": ["bill_remittance"],
}
PAID: dict[str, Any] = {
    **BILLED,
    "state": "paid",
    "explanation": (
        "Bank menyatakan sudah membayar (10 orang, Rp336.000). Menunggu penerimaan oleh BPJS."
    ),
    "paid": 336_000,
    "payments": [_PAYMENT],
    "may": ["pay_remittance", "cut_remittance"],
}
RECEIVED: dict[str, Any] = {
    **PAID,
    "state": "received",
    "explanation": (
        "BPJS sudah menerima lunas (10 orang, Rp336.000). Perlindungan 1 Desember 2026 sampai 28"
        " Februari 2027."
    ),
    "received": 336_000,
    "payments": [{**_PAYMENT, "by": None}],
    "receipts": [
        {
            "reference": "926112901100001",
            "code": "632611000101",
            "amount": 336_000,
            "day": "2026-11-30",
            "starts": "2026-12-01",
            "ends": "2027-02-28",
            "at": "2026-12-01T01:00:00Z",
            "by": "bpjs-1",
        }
    ],
    "completed_at": "2026-12-01T01:00:00Z",
    "may": [],
}
CANCELLED: dict[str, Any] = {
    **_LISTED,
    "state": "cancelled",
    "explanation": "Daftar dibatalkan. Orang-orangnya dapat masuk daftar lain.",
    "cancelled_at": "2026-11-29T05:00:00Z",
    "cancelled_because": "Disusun dari berkas yang salah",
    "may": [],
}
