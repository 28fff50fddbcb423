"""The measures as one HTML page for people; every text is escaped, nothing is loaded from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment

from commands.evaluate import measures
from commands.evaluate.measures import Answered

PAGE = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>gongyou eval</title>
<style>body{font:16px/1.5 sans-serif;max-width:70em;margin:2em auto;padding:0 1em}table{border-collapse:collapse}
td,th{border:1px solid #999;padding:.2em .6em;text-align:left;vertical-align:top}th{background:#eee}</style>
<h1>{{ title }}</h1>
<table><tr><th>what<th>share<th>95 %<th>count</tr>
{% for one in shares %}<tr><td>{{ one.name }}<td>{{ "%.1f" % (100 * one.value) }} %
<td>{{ "%.1f" % (100 * one.interval[0]) }}-{{ "%.1f" % (100 * one.interval[1]) }}<td>{{ one.right }}/{{ one.all }}</tr>
{% endfor %}</table>
<h2>by topic</h2><table><tr><th>topic<th>right<th>count</tr>
{% for one in topics %}<tr><td>{{ one.name }}<td>{{ "%.1f" % (100 * one.value) }} %
<td>{{ one.right }}/{{ one.all }}</tr>
{% endfor %}</table>
<h2>confusions</h2><table><tr><th>meant<th>understood<th>count</tr>
{% for meant, heard, count in confusions %}<tr><td>{{ meant }}<td>{{ heard }}<td>{{ count }}</tr>{% endfor %}</table>
<h2>confidence</h2><table><tr><th>band<th>count<th>sure<th>right</tr>
{% for band, count, sure, right in calibration %}<tr><td>{{ band }}<td>{{ count }}<td>{{ "%.2f" % sure }}
<td>{{ "%.2f" % right }}</tr>{% endfor %}</table>
<h2>wrong answers, the surest first</h2>
<table><tr><th>id<th>text<th>meant<th>understood<th>sure<th>kind<th>card</tr>
{% for one in worst %}<tr><td>{{ one.question.id }}<td>{{ one.question.text }}
<td>{{ one.question.accept|join(", ") or ("crisis" if one.question.alarm else "no crisis") }}
<td>{{ one.topic }}<td>{{ one.answer.confidence }}<td>{{ one.answer.kind }}<td>{{ one.answer.card or "" }}</tr>
{% endfor %}</table></html>
"""


def write(path: Path, title: str, answered: Sequence[Answered]) -> None:
    page = Environment(autoescape=True).from_string(PAGE)
    text = page.render(
        title=title,
        shares=measures.shares(answered),
        topics=measures.by_topic(answered),
        confusions=measures.confusions(answered),
        calibration=measures.calibration(answered),
        worst=measures.worst(answered),
    )
    path.write_text(text, encoding="utf-8")
