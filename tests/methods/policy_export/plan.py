"""An invented plan (own wording) with all that the export has to carry: groups, several roles, targets, soft dates."""

from __future__ import annotations

from typing import Any


def duty(role: str, organisation: str, name: str = "", **more: Any) -> dict[str, Any]:
    return {"role": role, "organisation": organisation, "name": name or organisation, **more}


PLAN: dict[str, Any] = {
    "document": "sample",
    "title": "关于印发澜川自治区计量惠民方案的通知",
    "plan_title": "澜川自治区计量惠民方案",
    "number": "澜政办发〔2031〕8号",
    "issuer": "澜川自治区人民政府办公厅",
    "issued_on": "2031-03-02",
    "published_on": "2031-03-09",
    "addressees": ["各市人民政府", "自治区各部门"],
    "copy_to": ["自治区党委办公厅"],
    "citations": [
        {"title": "澜川自治区计量惠民方案", "number": None, "role": "self"},
        {"title": "计量服务规划（2030-2035年）", "number": "澜政发〔2030〕1号", "role": "reference"},
        {"title": "集贸市场计量守则", "number": None, "role": "output"},
    ],
    "preamble": {"text": "为落实《计量服务规划（2030-2035年）》，制定本方案。"},
    "closing": {"text": "各市要细化任务。"},
    "sections": [
        {
            "number": 1,
            "title": "便民",
            "groups": [{"number": 1, "title": "菜篮子"}],
            "items": [
                {
                    "number": 1,
                    "sequence": 1,
                    "group": 1,
                    "title": "管好市场秤",
                    "duty_mode": "lead_support",
                    "open_list": True,
                    "duties": [
                        duty("lead", "自治区市场监管局", "市场监管局"),
                        duty("support", "商务厅"),
                        duty("support", "各市人民政府", collective=True),
                    ],
                    "measures": ["年内免费检定市场电子秤3000台", "印发《集贸市场计量守则》"],
                    "deadlines": [
                        {
                            "phrase": "年内",
                            "due": "2031-12-31",
                            "sentence": "年内免费检定市场电子秤3000台",
                            "strength": "力争",
                        }
                    ],
                    "targets": [
                        {
                            "indicator": "市场电子秤受检率",
                            "operator": ">=",
                            "value": 98,
                            "unit": "%",
                            "year": 2031,
                            "direction": "higher",
                            "strength": "firm",
                        },
                        {
                            "indicator": "单位产值能耗",
                            "operator": "within_quota",
                            "value": None,
                            "unit": None,
                            "year": None,
                            "direction": "lower",
                            "strength": "firm",
                        },
                    ],
                },
                {
                    "number": 2,
                    "sequence": 2,
                    "title": "没有部门的任务",
                    "duty_mode": None,
                    "open_list": False,
                    "duties": [],
                    "measures": ["举办计量开放日\x0b"],
                    "deadlines": [],
                    "targets": [],
                },
            ],
        },
        {"number": 2, "title": "组织领导", "items": [], "text": "加强统筹。", "targets": [], "deadlines": []},
    ],
    "unread": [{"text": "此行未能归入任何条目", "reason": "no place"}],
}
