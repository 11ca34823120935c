"""What is no list is named, with a way on."""

import pytest

from tests.files.made_files import codes_of, finding_of, gzip_of, zip_of

ODF = b"application/vnd.oasis.opendocument."
OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"%PDF-1.7\n", "dokumen PDF"),
        (b"{\\rtf1 x", "dokumen RTF"),
        (b"\x89PNG\r\n", "gambar atau foto"),
        (b"\xff\xd8\xff\xe0", "gambar atau foto"),
        (b"\0\0\0\x18ftypheic", "gambar atau foto"),
        (b"RIFF\x01\x02\x03\x04WEBPVP8 ", "gambar atau foto"),
        (b"Rar!\x1a\x07", "arsip RAR"),
        (b"7z\xbc\xaf\x27\x1c", "arsip 7z"),
        (b"BZh91AY", "arsip bzip2"),
        (b"\xfd7zXZ\0", "arsip xz"),
        (bytes(257) + b"ustar\0", "arsip TAR"),
        (b"\0\x01\0\0Standard Jet DB\0", "basis data Access"),
        (b"SQLite format 3\0", "basis data SQLite"),
        (b"\x03\x7e\x0b\x1d\x04\0\0\0\xa1\0\x3c\0" + bytes(40), "tabel DBF (dBase, FoxPro)"),
        (OLE2 + "WordDocument".encode("utf-16-le"), "dokumen Word"),
        (OLE2 + "PowerPoint Document".encode("utf-16-le"), "presentasi PowerPoint"),
        (zip_of(**{"ppt/slides.xml": b"x"}), "presentasi PowerPoint"),
        (zip_of(**{"Index/Document.iwa": b"x"}), "dokumen Apple (Numbers, Pages)"),
        (
            zip_of(mimetype=ODF + b"text", **{"content.xml": b"x"}),
            "dokumen teks OpenDocument (ODT)",
        ),
        (
            zip_of(mimetype=ODF + b"presentation", **{"content.xml": b"x"}),
            "presentasi OpenDocument",
        ),
        (
            zip_of(mimetype=ODF + b"graphics-template", **{"content.xml": b"x"}),
            "gambar OpenDocument",
        ),
        (
            zip_of(mimetype=ODF + b"formula", **{"content.xml": b"x"}),
            "dokumen OpenDocument yang bukan",
        ),
        (b'\r\n{"penerima": []}', "data JSON"),
        (b"-- phpMyAdmin SQL Dump\n", "skrip basis data (SQL)"),
        (b"\xef\xbb\xbfCREATE TABLE penerima (", "skrip basis data (SQL)"),
        (b"Received: from x\r\nFrom: a@contoh.id\r\nTo: b@contoh.id\r\n\r\nx", "surel (e-mail)"),
        (
            (
                b"From: a@contoh.id\nTo: b@contoh.id\nMIME-Version: 1.0\n"
                b"Content-Type: multipart/related; boundary=x\n\n<table>"
            ),
            "surel (e-mail)",
        ),
        (b"TABLE\r\n0,1\r\n", "lembar kerja DIF"),
        (b"ID;PWXL;N;E\r\nC;Y1;X1;K1\r\n", "lembar kerja SYLK"),
        (b"<?xml version='1.0'?><data><nik>1</nik></data>", "data XML"),
        (b"<?xml version='1.0'?>\n<!-- x --><office:document x='y'>", "lembar kerja OpenDocument"),
        (b"<html><body><p>Sesi berakhir</p></body></html>", "halaman web tanpa tabel"),
        (b"MZ\x90\0\x03", "program (EXE)"),
        (b"$FL2@(#) SPSS DATA FILE", "data SPSS"),
        (b"<stata_dta><header>", "data Stata"),
        (b"\t\x08\x08\0\0\x05\x05\0" + bytes(50), "buku kerja Excel yang lebih tua"),
        (b"\t\0\x04\0\x02\0\x10\0", "buku kerja Excel yang lebih tua"),
        (zip_of(**{"FixedDocSeq.fdseq": b"x"}), "dokumen XPS"),
        (b"BEGIN:VCARD\nVERSION:3.0\nFN:Maria\n", "kartu kontak (vCard)"),
        (b"https://contoh.id/penerima.xlsx\r\n", "alamat web"),
        (gzip_of(b"%PDF-1.7\n"), "dokumen PDF"),
        (zip_of(a=b"%PDF-1.7\n"), "dokumen PDF"),
    ],
)
def test_what_a_file_is_can_be_read(content, what):
    finding = finding_of(content)

    assert finding.code == "file_not_a_list"
    assert finding.params["what"].startswith(what)
    assert finding.params["way"]


@pytest.mark.parametrize(
    "start", [b"Dari: Bank\n", b"ID,NIK\n", b"Table,NIK\n", b"[1] Daftar\n", b"Select,NIK\n"]
)
def test_a_text_that_begins_alike_is_read(start):
    assert codes_of(start + b"NIK,Nama,Nilai Bantuan\n7171015708800001,Maria,1200000\n") == []


def test_a_text_that_begins_like_a_table_of_dbase_is_read():
    assert codes_of(b"1,2\n" * 9 + b"NIK,Nama,Nilai\n7171015708800001,Maria,1200000\n") == []
