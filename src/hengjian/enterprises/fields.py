"""The fields that departments deliver: their names, the headings under which they come, what their cells must hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Form = Literal[
    "text", "code", "organisation", "registration", "tax", "date", "choice", "region", "person", "id", "phone"
]


@dataclass(frozen=True)
class Field:
    """One field.

    Attributes:
        headings: how departments head its column, the usual one first.
        form: what a cell holds. A `person` is shown masked; person, id and phone go into the vault and nowhere else.
        column: whether the register keeps the value that counts in a column of its own.
        about: says something about the record (its number, its day), not about the body.
    """

    code: str
    title: str | Promise
    headings: tuple[str, ...]
    form: Form = "text"
    column: bool = False
    about: bool = False
    longest: int = 300

    @property
    def personal(self) -> bool:
        return self.form in ("person", "id", "phone")


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FIELDS: tuple[Field, ...] = (
    Field(
        "name",
        _("名称"),
        _words("名称 企业名称 单位名称 主体名称 市场主体名称 机构名称 字号名称 name"),
        column=True,
        longest=200,
    ),
    Field(
        "code",
        _("统一社会信用代码"),
        _words("统一社会信用代码 社会信用代码 信用代码 统一代码 代码 uscc code"),
        "code",
        column=True,
    ),
    Field("kind", _("主体类别"), _words("主体类别 主体类型 企业类型 市场主体类型 类型 kind"), "choice", column=True),
    Field("status", _("登记状态"), _words("登记状态 经营状态 企业状态 状态 status"), "choice", column=True),
    Field(
        "region",
        _("地区"),
        _words("行政区划 区划代码 行政区划代码 地区 所在地区 所属区县 区划 region"),
        "region",
        column=True,
    ),
    Field(
        "registered_on", _("成立日期"), _words("成立日期 注册日期 登记日期 开业日期 registered_on"), "date", column=True
    ),
    Field("address", _("住所"), _words("住所 地址 注册地址 经营场所 住所地址 经营地址 详细地址 address"), column=True),
    Field("industry", _("行业"), _words("行业 行业代码 所属行业 行业类别 国民经济行业 industry"), longest=60),
    Field("scope", _("经营范围"), _words("经营范围 业务范围 scope"), longest=2000),
    Field("capital", _("注册资本"), _words("注册资本 注册资金 注册资本（万元） 注册资本(万元) capital"), longest=60),
    Field("registrar", _("登记机关"), _words("登记机关 发照机关 审批机关 registrar"), longest=120),
    Field("former_name", _("曾用名"), _words("曾用名 曾用名称 原名称 former_name"), longest=200),
    Field("organisation_code", _("组织机构代码"), _words("组织机构代码 机构代码 organisation_code"), "organisation"),
    Field(
        "registration_number",
        _("工商注册号"),
        _words("工商注册号 注册号 营业执照号 registration_number"),
        "registration",
    ),
    Field("tax_number", _("纳税人识别号"), _words("纳税人识别号 税号 税务登记号 tax_number"), "tax"),
    Field(
        "representative",
        _("法定代表人"),
        _words("法定代表人 法人代表 法人 法人姓名 经营者 经营者姓名 representative"),
        "person",
        longest=60,
    ),
    Field(
        "responsible",
        pgettext_lazy("person", "负责人"),
        _words("负责人 质量负责人 主要负责人 responsible"),
        "person",
        longest=60,
    ),
    Field(
        "person_number",
        _("证件号码"),
        _words("证件号码 身份证号 身份证号码 法定代表人证件号码 person_number"),
        "id",
        longest=40,
    ),
    Field("phone", _("联系电话"), _words("联系电话 电话 手机 手机号 phone"), "phone", longest=40),
    Field(
        "own_number", _("数源编号"), _words("数源编号 编号 序列号 主键 记录编号 id own_number"), about=True, longest=60
    ),
    Field("valid_from", _("数据日期"), _words("数据日期 更新日期 变更日期 核准日期 valid_from"), "date", about=True),
)
BY_CODE = {field.code: field for field in FIELDS}
COLUMNS = tuple(field.code for field in FIELDS if field.column)
# Words of departments for the two closed lists.
KINDS = {
    "company": _words(
        "企业 公司 内资企业 外资企业 私营企业 国有企业 有限责任公司 股份有限公司 分公司 个人独资企业 合伙企业"
    ),
    "cooperative": _words("合作社 农民专业合作社 专业合作社"),
    "sole_trader": _words("个体工商户 个体户 个体"),
    "hospital_school": _words("医院学校 医院 学校 医疗机构 教育机构"),
    "gov_or_other": _words("机关及其他组织 机关 事业单位 社会团体 社会组织 民办非企业单位 基金会 其他 村集体经济组织"),
}
STATUSES = {
    "active": _words("存续 在营 开业 在业 正常 存续（在营、开业、在册） 存续(在营、开业、在册) 在册"),
    "suspended": _words("歇业 停业 暂停营业"),
    "revoked": _words("吊销 吊销未注销 吊销，未注销 吊销,未注销 已吊销"),
    "deregistered": _words("注销 已注销 吊销已注销 吊销，已注销"),
    "cancelled": _words("撤销登记 撤销 撤销设立"),
    "moved_out": _words("迁出 已迁出"),
}
CHOICES: dict[str, dict[str, str]] = {
    "kind": {word: code for code, words in KINDS.items() for word in (code, *words)},
    "status": {word: code for code, words in STATUSES.items() for word in (code, *words)},
}
