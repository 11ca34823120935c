"""A bank is informed once of each file that is done, without anybody's data."""

import pytest

from chalicelib.adapters import bucket_keys
from chalicelib.domain.jobs import ReportJob
from tests.support.builders import a_nik
from tests.support.world import World, a_line


@pytest.fixture
def world() -> World:
    return World()


def test_a_completed_file_is_announced_with_counts_reasons_and_link(world):
    batch = world.run([a_line(1), a_line(2), a_line(1), a_line(3, nik="123")])

    ((bank, subject, text),) = world.announcer.sent

    assert (bank, subject) == ("002", f"Berkas {batch.id} selesai: 2 diterima, 1 ditolak")
    for words in ("Baris: 4", "Diterima: 2", "Duplikat: 1", "Ditolak: 1", "Rp67.200"):
        assert words in text
    assert "- 1 baris: " in text
    assert f"https://payung.test/#/berkas/{batch.id}" in text


def test_a_refused_file_is_announced_with_its_reason(world):
    batch = world.run("Nama,Nilai Bantuan\nSiti,1200000\n")

    ((_, subject, text),) = world.announcer.sent

    assert subject == f"Berkas {batch.id} ditolak seluruhnya"
    assert "Tidak seorang pun didaftarkan" in text


def test_no_mail_holds_personal_data_or_the_name_of_the_upload(world):
    key = f"incoming/002/BPUM/Siti-{a_nik(1)}.csv"
    world.run([a_line(1, name="Siti Contoh"), a_line(2, nik="123")], key)

    ((_, subject, text),) = world.announcer.sent

    for never in ("Siti", a_nik(1), "812"):
        assert never not in subject + text
    assert subject.isascii()
    assert len(subject) < 100


def test_a_later_report_tells_nothing_and_an_unfinished_file_is_not_announced(world):
    batch = world.take(world.put([a_line(1)]))
    world.report(ReportJob(batch=batch.id))
    assert world.announcer.sent == []

    done = world.run([a_line(2)], "incoming/002/BPUM/b.csv")
    world.report(ReportJob(batch=done.id))
    assert [subject for _, subject, _ in world.announcer.sent if done.id in subject] == [
        f"Berkas {done.id} selesai: 1 diterima, 0 ditolak"
    ]


def test_a_mail_that_could_not_be_marked_is_sent_again(world):
    batch = world.run([a_line(1)])
    del world.objects.stored[bucket_keys.informed(batch.id)]
    world.report(ReportJob(batch=batch.id))
    assert len(world.announcer.sent) == 2
