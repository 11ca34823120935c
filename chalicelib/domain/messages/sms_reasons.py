"""Why a message did not reach a person: stable codes, and the texts for staff."""

from collections.abc import Mapping

REASONS: Mapping[str, str] = {
    "opted_out": "Pemilik nomor menolak SMS. Hubungi orangnya; nomor ini tidak dikirimi lagi.",
    "invalid_number": "Nomor tidak dikenal operator. Tanyakan nomor yang benar, lalu kirim ulang.",
    "no_mobile_number": "Bukan nomor ponsel. Tanyakan nomor ponselnya, lalu kirim ulang.",
    "country_not_served": "Nomor luar negeri tidak dilayani. Tanyakan nomor Indonesia.",
    "unreachable": "Ponsel tidak aktif atau di luar jangkauan. Coba kirim ulang besok.",
    "unknown_recipient": "Nomor sudah tidak aktif. Tanyakan nomor yang baru, lalu kirim ulang.",
    "blocked": "Operator memblokir SMS ke nomor ini. Hubungi orangnya dengan cara lain.",
    "blocked_as_spam": "Operator menganggap SMS ini spam. Laporkan kepada pengelola sistem.",
    "over_max_price": "Tarif SMS melebihi batas. Laporkan kepada pengelola sistem.",
    "spend_limit": "Batas biaya SMS pada AWS tercapai. Laporkan kepada pengelola sistem.",
    "carrier_failed": "Operator gagal mengantar SMS. Coba kirim ulang besok.",
    "sandbox": "Ditahan: sistem sedang dalam mode uji, hanya nomor terdaftar yang dikirimi.",
    "kind_not_sent": "Ditahan: program ini tidak mengirim SMS untuk peristiwa ini.",
    "number_shared": (
        "Ditahan: nomor ini dipakai banyak orang. Periksa nomornya; bila benar, kirim ulang untuk"
        " orang ini."
    ),
    "set_aside": (
        "Pengelola sistem menghentikan pengiriman SMS ini. Dinas dapat mengirimnya lagi untuk orang"
        " ini."
    ),
    "no_answer": "Tidak diketahui apakah SMS terkirim. Tanyakan kepada orangnya sebelum mengulang.",
    "claim_abandoned": (
        "Tidak diketahui apakah SMS terkirim. Tanyakan kepada orangnya sebelum mengulang."
    ),
    "no_receipt": "Operator tidak melaporkan hasilnya dalam tiga hari. SMS mungkin sampai.",
}
"""Every reason that is stored with a message, with a text on which staff can act."""


def explained(reason: str | None) -> str | None:
    """Return a reason in Indonesian. None if there is no reason, or if the code is not known."""
    return REASONS.get(reason) if reason else None
