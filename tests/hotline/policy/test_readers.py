"""Files from outside: the five kinds are read; broken and hostile ones give a sentence and nothing else."""

import random
import zipfile
from pathlib import Path

import docx
import pytest

from hotline.policy.readers import Limits, ReaderError, read_text

WORDS = "第一条 为了测试，制定本办法。"


def pdf(words: str) -> bytes:
    """One page, written out by hand with a right table of positions."""
    stream = f"BT /F1 24 Tf 20 200 Td ({words}) Tj ET"
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        f"<</Length {len(stream)}>>stream\n{stream}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out, places = "%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj{body}endobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    start = len(out)
    out += f"xref\n0 6\n0000000000 65535 f \n{table}trailer<</Root 1 0 R/Size 6>>\nstartxref\n{start}\n%%EOF"
    return out.encode()


def put(folder: Path, name: str, content: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_text_in_either_encoding(tmp_path: Path) -> None:
    assert read_text(put(tmp_path, "a.txt", WORDS)) == WORDS
    assert read_text(put(tmp_path, "b.md", WORDS.encode("gb18030"))) == WORDS


def test_word_with_a_table_in_its_place(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph(WORDS)
    document.add_table(1, 2).rows[0].cells[1].text = "表里"
    document.add_paragraph("表后")
    document.save(str(tmp_path / "a.docx"))
    assert read_text(tmp_path / "a.docx") == f"{WORDS}\n\t表里\n表后"


def test_pdf_and_page(tmp_path: Path) -> None:
    assert "Worker notice 7" in read_text(put(tmp_path, "a.pdf", pdf("Worker notice 7")))
    body = "".join(f"<p>{WORDS}这一段是第{n}段，说的是测试的事情。</p>" for n in range(8))
    page = f"<html><head><title>测试</title></head><body><nav>首页</nav><article>{body}</article></body></html>"
    assert "说的是测试的事情" in read_text(put(tmp_path, "a.html", page))


def test_hostile_and_broken_files_give_a_sentence(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.docx", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("word/document.xml", b"0" * 80_000_000)
    garbage = random.Random(1).randbytes(10_000_000)
    cases = {
        tmp_path / "bomb.docx": "unpacks to more than 60 MB",
        put(tmp_path, "broken.docx", b"PK\x03\x04nothing"): "damaged",
        put(tmp_path, "broken.pdf", b"%PDF-1.4\n" + garbage[:2000]): "damaged",
        put(tmp_path, "garbage.txt", garbage): "not a text file",
        put(tmp_path, "deep.html", "<div>" * 500_000): "too many elements",
        put(tmp_path, "empty.html", "<html></html>"): "no article",
        put(tmp_path, "program.exe", b"MZ"): "is not read",
        tmp_path / "missing.txt": "no such file",
    }
    for path, words in cases.items():
        with pytest.raises(ReaderError, match=words) as caught:
            read_text(path)
        assert str(caught.value).startswith(path.name)


def test_limits_hold(tmp_path: Path) -> None:
    path = put(tmp_path, "long.txt", WORDS * 1000)
    with pytest.raises(ReaderError, match="longer than"):
        read_text(path, Limits(text_bytes=100))
    with pytest.raises(ReaderError, match="split the file"):
        read_text(path, Limits(file_bytes=100))
    with pytest.raises(ReaderError, match="time or memory"):
        read_text(path, Limits(memory_bytes=10_000_000))
    nested = put(tmp_path, "nested.html", "<div>" * 300_000 + "x")
    with pytest.raises(ReaderError):
        read_text(nested)
