"""A table as a file: CSV and XLSX in which every cell is text or a number and nothing is a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from xlsxwriter import Workbook

from hotline.reports.shapes import Value

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\0")  # spreadsheets calculate what begins so
MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def disarmed(value: Value) -> Value:
    """Text that would be calculated stays text."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def as_csv(header: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    held = io.StringIO()
    writer = csv.writer(held)
    writer.writerow(map(disarmed, header))
    writer.writerows([disarmed(value) for value in row] for row in rows)
    return ("\ufeff" + held.getvalue()).encode()  # the mark tells Excel that this is UTF-8


def as_xlsx(header: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    held = io.BytesIO()
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with Workbook(held, plain) as book:
        sheet = book.add_worksheet()
        for y, row in enumerate([header, *rows]):
            for x, value in enumerate(row):
                if isinstance(value, int | float):
                    sheet.write_number(y, x, value)
                elif value is not None:
                    sheet.write_string(y, x, value)
    return held.getvalue()
