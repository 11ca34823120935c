"""A second kind of file is a folder and one line: `vouchers` is processed to the end."""

import csv
import dataclasses
import io
import json

import pytest

from chalicelib.adapters import bucket_keys
from chalicelib.domain.file.batch import BatchStatus
from chalicelib.domain.jobs import ChunkJob
from chalicelib.kinds.check import KindInvalid, check
from chalicelib.kinds.confirmations.kind import CONFIRMATIONS
from chalicelib.kinds.recipients.kind import RECIPIENTS
from chalicelib.kinds.registry import KINDS, Kinds
from chalicelib.lambdas import erase
from chalicelib.steps.erase import EraseRequest
from local import guide
from tests.support.builders import a_nik, replace
from tests.support.world import AGREEMENTS, World, a_line
from tests.vouchers.kind import EXPLANATIONS, VOUCHERS, VoucherCode

WITH_VOUCHERS = Kinds(RECIPIENTS, {"KONFIRMASI": CONFIRMATIONS, "KUPON": VOUCHERS})
KEY = "incoming/002/KUPON/kupon.csv"
SCHEMES = {scheme for each in AGREEMENTS.programmes.values() for scheme in each.schemes}
FILE = """Kode Kupon,Nilai,Catatan
A-0001,10000,
B-0002,"20.000",
A-0001,10000,lagi
salah,5000,
C-0003,30000,
"""


@pytest.fixture
def world() -> World:
    return World(kinds=WITH_VOUCHERS)


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def refusal(world: World, content: str, key: str = KEY) -> dict:
    """Return the first error with which a file is refused whole."""
    batch = world.run(content, key)
    assert (batch.status, batch.chunks) == (BatchStatus.REFUSED, 0)
    return json.loads(world.result(batch, "ringkasan.json"))["errors"][0]


def test_a_file_of_another_kind_is_processed_to_the_end(world):
    batch = world.run(FILE, KEY)

    assert (batch.status, batch.scheme, batch.programme) == (BatchStatus.COMPLETED, "KUPON", None)
    assert (batch.rows, batch.chunks, batch.estimate) == (5, 2, None)
    results = rows_of(world.result(batch, "hasil.csv"))
    assert [tuple(row.values())[3:] for row in results] == [
        ("2", "diterima", "", "", "10000"),
        ("3", "diterima", "", "", "20000"),
        ("4", "duplikat", "voucher_twice", "Kupon sudah ada di baris 2.", "0"),
        ("5", "ditolak", "voucher_malformed", "Kode atau nilai kupon salah salah.", "0"),
        ("6", "diterima", "", "", "30000"),
    ]
    assert list(results[0])[3:] == [
        "payung_baris", "payung_status", "payung_kode", "payung_pesan", "payung_nilai_kupon",
    ]  # fmt: skip
    assert [row["Kode Kupon"] for row in rows_of(world.result(batch, "ditolak.csv"))] == ["salah"]


def test_its_rows_are_counted_and_nobody_is_enrolled_or_sent_a_message(world):
    batch = world.run(FILE, KEY)

    summary = json.loads(world.result(batch, "ringkasan.json"))
    counts = ("accepted", "duplicate", "conflict", "rejected", "aid_total", "premium_total")
    assert [summary[name] for name in counts] == [3, 1, 0, 1, 60_000, 0]
    assert summary["codes"] == {"voucher_malformed": 1, "voucher_twice": 1}
    assert (world.tables.people, world.sms_queue.bodies) == ({}, [])
    assert list(world.batches.unfinished()) == []


def test_a_chunk_of_it_that_is_delivered_again_counts_each_row_once(world):
    batch = world.take(world.put(FILE, KEY))
    world.remaining = 600
    for _ in range(2):
        world.enroll(ChunkJob(batch=batch.id, chunk=1))
    world.drive()

    assert sum(each.tally.rows for each in world.batches.chunks(batch.id)) == 5


def test_the_folder_decides_the_kind_whatever_its_case(world):
    assert world.run(FILE, "incoming/bri/kupon/a.csv").scheme == "KUPON"
    people = world.run([a_line()], "incoming/002/bpum/a.csv")
    assert (people.scheme, len(world.tables.people)) == ("BPUM", 1)


def test_without_its_line_in_the_registry_its_folder_is_an_unknown_scheme():
    assert refusal(World(), FILE)["code"] == "scheme_unknown"


def test_a_header_of_another_kind_is_refused_by_its_own_labels(world):
    batch = world.run(f"NIK,Nama,Nilai Bantuan\n{a_line()}", KEY)
    errors = json.loads(world.result(batch, "ringkasan.json"))["errors"]
    assert [(each["code"], each["message"].split(" tidak")[0]) for each in errors] == [
        ("header_missing", "Kolom Kode Kupon"),
        ("header_missing", "Kolom Nilai Kupon"),
    ]


def test_two_columns_of_one_meaning_are_refused_unless_the_kind_is_lenient(world):
    twice = refusal(world, "Kupon,Nilai,Nilai Kupon\nA-0001,10000,20000\n")
    assert (twice["code"], "Nilai Kupon" in twice["message"]) == ("header_repeated", True)
    several = "Kupon,Nilai,Catatan,Keterangan\nA-0001,10000,x,y\n"
    notes = world.run(several, "incoming/002/KUPON/b.csv")
    assert notes.status is BatchStatus.COMPLETED


def test_a_banks_own_names_are_its_kinds(world):
    content = "Kupon,Harga\nA-0001,10000\n"
    assert world.run(content, "incoming/008/KUPON/a.csv").status is BatchStatus.COMPLETED
    assert refusal(world, content)["code"] == "header_missing"


def test_the_same_rows_again_are_refused_in_their_folder_only(world):
    first = world.run(FILE, KEY)
    again = refusal(world, FILE.replace("Kode Kupon", "kupon"), KEY.replace("kupon.csv", "b.csv"))
    assert (again["code"], first.id in again["message"]) == ("file_repeated", True)
    assert world.run(FILE, "incoming/008/KUPON/a.csv").status is BatchStatus.COMPLETED


@pytest.mark.parametrize(("total", "code"), [("75000", None), ("75001", "control_total_mismatch")])
def test_a_total_is_compared_with_the_kinds_own_amounts(world, total, code):
    content = FILE + f"TOTAL,{total},\n"
    if code:
        assert refusal(world, content)["code"] == code
    else:
        assert world.run(content, KEY).rows == 5


def test_control_figures_beside_the_file_count_its_rows_too(world):
    upload = world.put(FILE, KEY)
    world.objects.metadata[KEY] = {"rows": "6"}
    batch = world.take(upload)
    assert [each.code for each in batch.errors] == ["control_total_mismatch"]


def test_its_result_can_be_corrected_and_sent_again(world):
    first = world.run(FILE, KEY)
    corrected = world.result(first, "ditolak.csv").replace("salah,5000", "D-0004,5000")
    second = world.run(corrected, KEY.replace("kupon.csv", "b.csv"))
    assert (second.status, second.rows) == (BatchStatus.COMPLETED, 1)


def test_a_persons_rows_are_blanked_under_the_kinds_own_columns(world):
    batch = world.run(FILE.replace(",lagi", f",{a_nik()}"), KEY)
    step = dataclasses.replace(erase.step(world.ports), kinds=WITH_VOUCHERS)
    step.run(EraseRequest(nik=a_nik(), by="admin", reason="permintaan", also_in=(batch.id,)))

    row = rows_of(world.result(batch, "hasil.csv"))[2]
    assert list(row.values()) == [
        "",
        "",
        "",
        "4",
        "duplikat",
        "voucher_twice",
        *list(row.values())[6:],
    ]
    stored = VOUCHERS.store(world.objects).rows(batch.id, 1)
    assert (stored[2].source.cells, stored[1].value) == (("", "", ""), 20_000)
    assert a_nik().encode() not in world.objects.stored[bucket_keys.rows(batch.id, 1)]


def test_the_catalogue_is_the_union_of_all_kinds_codes():
    codes = list(WITH_VOUCHERS.catalogue)
    assert set(codes) == {*KINDS.catalogue, *VoucherCode}
    assert (
        codes.index("conflict_identity") < codes.index("voucher_twice") < codes.index("file_empty")
    )


def test_the_guide_has_a_section_for_it(monkeypatch):
    monkeypatch.setattr(guide, "KINDS", WITH_VOUCHERS)
    text = guide.renewed(guide.GUIDE.read_text("utf-8"))
    assert "### Kupon\n\n| Kolom |  | Isi |" in text
    assert "| Kode Kupon | **wajib** | Seperti `A-0001` |" in text
    assert "| `voucher_malformed` | Salah ketik. | Ketik ulang. |" in text


def test_every_kind_that_is_registered_is_complete():
    check(KINDS, SCHEMES)
    check(WITH_VOUCHERS, SCHEMES)


TOML = VOUCHERS.columns.read_text("utf-8")


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        (TOML.replace('key = "code"\n', ""), "missing required field `key`"),
        (TOML.replace('key = "code"', 'key = "kode"'), "key: there is no column kode"),
        (
            TOML.replace('["code", "value"]', '["code", "name"]'),
            "required: there is no column name",
        ),
        (TOML.replace('["code", "value"]', '["value"]'), "key: .* is required"),
        (TOML.replace('amount = "value"', 'amount = "sum"'), "amount: there is no column sum"),
        (TOML.replace('lenient = ["note"]', 'lenint = ["note"]'), "unknown field `lenint`"),
        (TOML.replace("value = [", "price = ["), "banks.008: there is no column price"),
        (TOML.replace('"Nilai"]', '"Kupon"]'), "Kupon: a name of more than one column"),
        (TOML.replace("[columns.code]", "[columns.code"), "line"),
    ],
)
def test_a_kind_without_a_description_of_its_columns_is_refused_with_the_reason(
    tmp_path, wrong, expected
):
    path = tmp_path / "columns.toml"
    path.write_text(wrong, "utf-8")
    kinds = Kinds(RECIPIENTS, {"KUPON": replace(VOUCHERS, columns=path)})
    with pytest.raises(KindInvalid, match=f"vouchers: columns.toml: .*{expected}"):
        check(kinds)


EXPLAINED = EXPLANATIONS[VoucherCode.TWICE]


@pytest.mark.parametrize(
    ("folder", "changes", "expected"),
    [
        ("KUPON", {"explanations": {VoucherCode.TWICE: EXPLAINED}}, "no explanation of voucher_m"),
        (
            "KUPON",
            {"explanations": {**EXPLANATIONS, "other": EXPLAINED}},
            "other, which is no code",
        ),
        ("KUPON", {"result_columns": ("nilai",)}, "nilai is no name for a result column"),
        ("KUPON", {"result_columns": ("payung_status",)}, "payung_status is no name"),
        ("KUPON", {"hints": {"kode": "x"}}, "the guide names an unknown column: kode"),
        ("Kupon", {}, "upper-case letters only"),
        ("BPUM", {}, "BPUM: a scheme has this name"),
    ],
)
def test_an_incomplete_kind_is_refused_with_the_reason(folder, changes, expected):
    with pytest.raises(KindInvalid, match=expected):
        check(Kinds(RECIPIENTS, {folder: replace(VOUCHERS, **changes)}), SCHEMES)


def test_a_code_of_two_kinds_is_refused():
    with pytest.raises(KindInvalid, match="vouchers: voucher_malformed is a code of vouchers"):
        check(Kinds(RECIPIENTS, {"KUPON": VOUCHERS, "KUPONLAIN": VOUCHERS}))
