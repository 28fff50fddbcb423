"""Short names for the laws that the sums rest on, so that a step can cite its article in a few characters."""

from __future__ import annotations

from dataclasses import dataclass

LAWS = {
    "劳合": "labor_contract_law",
    "劳法": "labor_law",
    "实条": "labor_contract_regulation",
    "调仲": "dispute_arbitration_law",
    "解一": "labor_interpretation_1",
    "解二": "labor_interpretation_2",
    "工支": "wage_payment_provisions",
    "农资": "migrant_wage_regulation",
    "监察": "labor_inspection_regulation",
    "工伤": "work_injury_regulation",
    "工伤行": "injury_admin_interpretation",
    "社保": "social_insurance_law",
    "社实": "social_insurance_provisions",
    "失业": "unemployment_regulation",
    "女职": "women_workers_provisions",
    "妇保": "women_rights_law",
    "年休": "annual_leave_regulation",
    "年休办": "annual_leave_measures",
    "节假": "holiday_measures",
    "工时": "working_hours_provisions",
    "折算25": "work_time_notice_2025",
    "特工时": "special_hours_measures",
    "医疗期": "medical_period_provisions",
    "意见95": "labor_law_opinions_1995",
    "最低": "minimum_wage_provisions",
    "办案": "arbitration_rules",
    "鉴定": "capacity_appraisal_measures",
    "非法": "unlawful_employer_measures",
    "延退": "delayed_retirement_measures",
    "弹性退": "notice_renshebufa_2024_94",
    "法援": "legal_aid_law",
    "拒付": "wage_refusal_interpretation",
    "信访": "petition_regulation",
    "公务": "civil_servant_law",
    "民法": "civil_code",
    "民诉": "civil_procedure_law",
    "复议": "administrative_review_law",
    "行诉": "administrative_litigation_law",
    "高温": "heatstroke_measures",
    "遗属": "notice_renshebufa_2021_18",
}
# Instruments whose text is not in the collection: cited from the checked table of leaf questions.
FROM_TABLE = {
    "social_insurance_provisions",
    "work_time_notice_2025",
    "special_hours_measures",
    "medical_period_provisions",
    "labor_law_opinions_1995",
    "minimum_wage_provisions",
    "arbitration_rules",
    "capacity_appraisal_measures",
    "unlawful_employer_measures",
    "notice_renshebufa_2024_94",
    "civil_servant_law",
    "administrative_litigation_law",
    "heatstroke_measures",
    "notice_renshebufa_2021_18",
}


@dataclass(frozen=True)
class Reference:
    """An article of a law in the register."""

    law: str
    article: str
    paragraph: int | None = None

    @property
    def checked(self) -> str | None:
        """`leaf_table` where the citation could not be held against a text of ours."""
        return "leaf_table" if self.law in FROM_TABLE else None

    def as_json(self) -> dict[str, object]:
        """The citation as other programs get it; the gateway adds the law's short name."""
        found: dict[str, object] = {"law": self.law, "article": self.article}
        if self.paragraph is not None:
            found["paragraph"] = self.paragraph
        if self.checked is not None:
            found["checked"] = self.checked
        return found


def cite(short: str, article: int | str, paragraph: int | None = None) -> Reference:
    """`cite("劳合", 47, 2)` is 劳动合同法 Article 47 paragraph 2."""
    return Reference(LAWS[short], str(article), paragraph)
