"""What each reason says, in Chinese and English; `{…}` is filled where the problem is found."""

from __future__ import annotations

from typing import Any, Literal

from hengjian.methods.epcis.model import Problem

MESSAGES: dict[str, tuple[str, str]] = {
    "context_missing": ("缺少 @context", "@context is missing"),
    "schema_version": ("schemaVersion 缺失或不是版本号", "schemaVersion is missing or no version number"),
    "creation_date": ("creationDate 缺失或不是带时区的时间", "creationDate is missing or no time with zone"),
    "event_type_unknown": ("未知的事件类型 {value}", "unknown type of event {value}"),
    "event_type_foreign": (
        "非标准事件类型 {value}，仅核对公共字段",
        "a foreign type of event {value}: only common fields are checked",
    ),
    "missing_field": ("缺少字段 {field}", "the field {field} is missing"),
    "unknown_field": (
        "未知字段 {field}；扩展字段须带命名空间前缀",
        "unknown field {field}; extensions need a namespace prefix",
    ),
    "field_not_foreseen": ("{type} 的标准结构没有字段 {field}", "the standard does not foresee {field} in {type}"),
    "wrong_type": ("应为{expected_zh}", "should be {expected_en}"),
    "not_a_uri": ("不是有效的 URI：{value}", "not a URI: {value}"),
    "time_format": ("不是带时区的时间（ISO 8601）：{value}", "no time with zone (ISO 8601): {value}"),
    "time_without_seconds": ("时间缺少秒：{value}", "a time without seconds: {value}"),
    "offset_format": ("不是有效的时差（如 +08:00）：{value}", "no time zone offset (such as +08:00): {value}"),
    "action_unknown": (
        "action 应为 ADD、OBSERVE 或 DELETE，而不是 {value}",
        "action is ADD, OBSERVE or DELETE, not {value}",
    ),
    "code_unknown": ("不是标准代码也不是 URI：{value}", "neither a standard code nor a URI: {value}"),
    "no_identifiers": ("没有说明对象：缺少标识或数量", "no objects are named: identifiers or quantities are missing"),
    "parent_missing": ("action 为 {value} 时须有 parentID", "parentID is required with action {value}"),
    "contains_itself": ("父标识同时是子标识：{value}", "the parent is among its own children: {value}"),
    "ilmd_not_allowed": ("仅 action 为 ADD 时可有 ilmd", "ilmd is only allowed with action ADD"),
    "duplicate_identifier": ("标识重复：{value}", "an identifier occurs twice: {value}"),
    "empty_list": ("列表不能为空", "the list must not be empty"),
    "negative_quantity": ("数量不能为负：{value}", "a negative quantity: {value}"),
    "uom_format": (
        "计量单位应为 2–3 位代码（UN/ECE 第 20 号建议）：{value}",
        "the unit is a code of 2–3 characters (Rec. 20): {value}",
    ),
    "uom_without_quantity": ("有计量单位而无数量", "a unit without a quantity"),
    "class_expected": (
        "应为类别或批次标识，而不是单件标识：{value}",
        "a class or lot is expected here, not an instance: {value}",
    ),
    "instance_expected": ("应为单件标识，而不是类别：{value}", "an instance is expected here, not a class: {value}"),
    "identifier": ("GS1 标识有误（{detail_zh}）：{value}", "a faulty GS1 identifier ({detail_en}): {value}"),
    "time_order": ("起始时间晚于结束时间", "the start is after the end"),
    "recorded_before_event": ("记录时间早于事件时间", "recorded before it happened"),
    "error_without_event_id": (
        "更正声明须以 eventID 指明原事件",
        "an error declaration needs the eventID of the event",
    ),
    "output_is_input": ("产出与投入为同一标识：{value}", "the same identifier goes in and comes out: {value}"),
    "prefix_undeclared": ("扩展字段的前缀未声明：{field}", "the prefix of an extension is not declared: {field}"),
    "too_deep": ("嵌套超过 {value} 层", "nested deeper than {value} levels"),
    "percentage": ("百分位应在 0 与 100 之间：{value}", "a percentile lies between 0 and 100: {value}"),
    "characters": (
        "含有无法保存的字符或数字（空字符、孤立代理项、超大数字）",
        "characters or numbers that cannot be kept (NUL, lone surrogates, numbers without end)",
    ),
    "time_range": ("时间应在 1900 年至 2199 年之间：{value}", "times lie between the years 1900 and 2199: {value}"),
    "event_id_taken": (
        "eventID 已用于内容不同的另一事件：{value}",
        "the eventID belongs to another event with other content: {value}",
    ),
    "declaration_foreign": (
        "更正声明针对的是其他主体采集的事件：{value}",
        "the error declaration is about an event that another party captured: {value}",
    ),
    "too_many_events": ("事件超过 {value} 个", "more than {value} events"),
    "parameter_unknown": ("未知的查询参数 {field}", "unknown query parameter {field}"),
    "parameter_value": (
        "查询参数 {field} 的值无效：{value}",
        "an invalid value for the query parameter {field}: {value}",
    ),
}


def problem(
    reason: str, path: str, level: Literal["error", "warning"] = "error", *, named: str = "", **values: Any
) -> Problem:
    """A problem in words; `named` is the reason to report where it is finer than the message's."""
    zh, en = MESSAGES[reason]
    shown = {key: value if isinstance(value, str) else repr(value) for key, value in values.items()}
    shown = {key: text if len(text) <= 120 else text[:117] + "…" for key, text in shown.items()}
    return Problem(named or reason, path, zh.format(**shown), en.format(**shown), level)
