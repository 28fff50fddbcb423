"""Write knowledge/data/calendars/<year>.yml from the chinesecalendar package.

The package holds the State Council's yearly notice on days off and moved working days. Which of those days are the
statutory ones (the days with triple pay) follows from the 全国年节及纪念日放假办法 in force that year: 11 days until
2024, 13 from 2025. Run it again after upgrading the package when the notice for a new year is out (in November).
"""

from __future__ import annotations

from datetime import date, timedelta
from importlib.metadata import version
from pathlib import Path

from chinese_calendar import constants, get_solar_terms

FOLDER = Path(__file__).parent.parent / "knowledge" / "data" / "calendars"
FIRST_YEAR = 2008

# The first day of the first lunar month, the fifth of the fifth and the fifteenth of the eighth, as ICU computes them.
LUNAR = {
    2008: ("02-07", "06-08", "09-14"),
    2009: ("01-26", "05-28", "10-03"),
    2010: ("02-14", "06-16", "09-22"),
    2011: ("02-03", "06-06", "09-12"),
    2012: ("01-23", "06-23", "09-30"),
    2013: ("02-10", "06-12", "09-19"),
    2014: ("01-31", "06-02", "09-08"),
    2015: ("02-19", "06-20", "09-27"),
    2016: ("02-08", "06-09", "09-15"),
    2017: ("01-28", "05-30", "10-04"),
    2018: ("02-16", "06-18", "09-24"),
    2019: ("02-05", "06-07", "09-13"),
    2020: ("01-25", "06-25", "10-01"),
    2021: ("02-12", "06-14", "09-21"),
    2022: ("02-01", "06-03", "09-10"),
    2023: ("01-22", "06-22", "09-29"),
    2024: ("02-10", "06-10", "09-17"),
    2025: ("01-29", "05-31", "10-06"),
    2026: ("02-17", "06-19", "09-25"),
}
SPRING_OFFSETS = {2008: (-1, 0, 1), 2014: (0, 1, 2), 2025: (-1, 0, 1, 2)}
CHINESE = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "Mid-autumn Festival": "中秋节",
    "National Day": "国庆节",
    "Anti-Fascist 70th Day": "抗战胜利70周年纪念日",
}


def qingming(year: int) -> date:
    """The day of the solar term, from the package's formula."""
    terms = get_solar_terms(date(year, 4, 1), date(year, 4, 10))
    return next(day for day, name in terms if name == "清明")


def statutory(year: int) -> dict[date, str]:
    """The days of Article 2 of the measures in the version in force that year."""
    spring, dragon, autumn = (date.fromisoformat(f"{year}-{day}") for day in LUNAR[year])
    offsets = SPRING_OFFSETS[max(start for start in SPRING_OFFSETS if start <= year)]
    days = {date(year, 1, 1): "元旦"}
    days |= {spring + timedelta(days=offset): "春节" for offset in offsets}
    days[qingming(year)] = "清明节"
    days |= {date(year, 5, day): "劳动节" for day in ((1, 2) if year >= 2025 else (1,))}
    days[dragon] = "端午节"
    days |= {date(year, 10, day): "国庆节" for day in (1, 2, 3)}
    days[autumn] = f"{days[autumn]}、中秋节" if autumn in days else "中秋节"
    return dict(sorted(days.items()))


def page(year: int) -> str:
    """One year's file."""
    off = {day: CHINESE[name] for day, name in sorted(constants.holidays.items()) if day.year == year}
    moved = [day for day in sorted(constants.workdays) if day.year == year]
    lines = [
        "# Written by scripts/make_calendars.py; do not edit by hand.",
        f"year: {year}",
        f"source: 国务院办公厅{year}年部分节假日安排的通知（chinesecalendar {version('chinesecalendar')} 收录）",
        "# The days with triple pay: 全国年节及纪念日放假办法第二条.",
        "statutory:",
        *(f"  {day}: {name}" for day, name in statutory(year).items()),
        "# Every day of the published holidays, the weekends inside them included.",
        "days_off:",
        *(f"  {day}: {name}" for day, name in off.items()),
        "# Weekend days that the notice turns into working days.",
        "workdays:" if moved else "workdays: []",
        *(f"  - {day}" for day in moved),
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write every year that the package and the lunar table both hold."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    last = max(constants.holidays).year
    for year in range(FIRST_YEAR, last + 1):
        (FOLDER / f"{year}.yml").write_text(page(year), encoding="utf-8")


if __name__ == "__main__":
    main()
