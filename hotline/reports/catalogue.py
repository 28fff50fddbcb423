"""The list of reports, in the order in which the page shows them."""

from __future__ import annotations

from hotline.reports import handling, volume
from hotline.reports.shapes import Report

_ALL = (
    Report("category", "按类别", "什么事最多，比上一段多了还是少了", volume.by_category, ("C22", "C30", "E24", "K07")),
    Report("place", "按地方", "哪个区县来的最多", volume.by_place, ("K07",)),
    Report("industry", "按行业", "哪一行的工友在求助", volume.by_industry, ("F10",)),
    Report("channel", "按渠道", "工友从哪里找到我们", volume.by_channel),
    Report("hour", "按钟点", "什么时候要多排人", volume.by_hour),
    Report("day", "按日", "每天新开和办结", volume.by_day, ("K07",)),
    Report("five", "五类问题", "不签合同、欠薪、劳动条件差、加班超时、违规派遣", volume.five_kinds, ("C20",)),
    Report("firms", "多次被反映的单位", "年度执法检查商量用", volume.repeat_firms, ("C14",)),
    Report("obstruction", "阻挠建会履职", "按区县", volume.obstruction, ("C15",)),
    Report("demand", "职工需求", "按区县和月份，人太少的格子不显示", volume.demand, ("K01", "K02", "C30")),
    Report("clocks", "时限", "首次处理、给进展、办结，各级按时多少", handling.clocks_kept, ("K10",)),
    Report("times", "用时", "工友等了多久", handling.times, ("K10",)),
    Report("resolution", "谁办的", "机器人答完的，还是找了人", handling.resolution, ("K03",)),
    Report("satisfaction", "满意度", "办结以后工友怎么说", handling.satisfaction, ("K05", "K03")),
    Report("callbacks", "回访", "二次回访和7天、30天回访", handling.call_backs, ("D18",)),
    Report("collective", "集体案件", "总案和加入的工单", handling.collective, ("K07",)),
    Report("alerts", "预警", "发了多少、是不是按时接报", handling.alerts, ("K07",)),
    Report("stations", "服务站点", "各区县站点和办理情况", handling.stations, ("A05",)),
    Report("load", "工作量", "每位同事手上多少、办结多少", handling.load, ("K10",)),
)

REPORTS: dict[str, Report] = {report.id: report for report in _ALL}
