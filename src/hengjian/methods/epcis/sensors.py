"""Checks of sensor data (EPCIS 2.0 section 7.3.7)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from hengjian.methods.epcis import vocabulary
from hengjian.methods.epcis.messages import problem
from hengjian.methods.epcis.model import Problem
from hengjian.methods.epcis.structure import METADATA, REPORT_NUMBERS, REPORT_URIS
from hengjian.methods.epcis.values import check_code, check_time, check_uri, moment

Found = list[Problem]
HEX_PATTERN = "[A-Fa-f0-9]+"
_HEX = re.compile(HEX_PATTERN)
_TIMES = {"time", "startTime", "endTime"}


def check_sensors(value: Any, path: str, found: Found) -> None:
    """The list of sensor elements."""
    if not isinstance(value, list):
        found.append(problem("wrong_type", path, expected_zh="列表", expected_en="a list"))
        return
    for index, item in enumerate(value):
        at = f"{path}[{index}]"
        if not isinstance(item, Mapping):
            found.append(problem("wrong_type", at, expected_zh="对象", expected_en="an object"))
            continue
        if "sensorReport" not in item:
            found.append(problem("missing_field", f"{at}.sensorReport", field="sensorReport"))
        for name, part in item.items():
            if name == "sensorReport":
                _reports(part, f"{at}.sensorReport", found)
            elif name == "sensorMetadata":
                _metadata(part, f"{at}.sensorMetadata", found)
            elif ":" not in name:
                found.append(problem("unknown_field", f"{at}.{name}", field=name))


def _metadata(value: Any, path: str, found: Found) -> None:
    if not isinstance(value, Mapping):
        found.append(problem("wrong_type", path, expected_zh="对象", expected_en="an object"))
        return
    for name, part in value.items():
        at = f"{path}.{name}"
        if name in _TIMES:
            check_time(part, at, found)
        elif name in METADATA:
            check_uri(part, at, found)
        elif ":" not in name:
            found.append(problem("unknown_field", at, field=name))
    first, last = moment(value.get("startTime")), moment(value.get("endTime"))
    if first is not None and last is not None and first > last:
        found.append(problem("time_order", f"{path}.startTime", "warning"))


def _reports(value: Any, path: str, found: Found) -> None:
    if not isinstance(value, list):
        found.append(problem("wrong_type", path, expected_zh="列表", expected_en="a list"))
        return
    if not value:
        found.append(problem("empty_list", path))
    for index, item in enumerate(value):
        at = f"{path}[{index}]"
        if not isinstance(item, Mapping):
            found.append(problem("wrong_type", at, expected_zh="对象", expected_en="an object"))
            continue
        if "type" not in item and "exception" not in item:
            found.append(problem("missing_field", f"{at}.type", field="type"))
        for name, part in item.items():
            _report_field(name, part, f"{at}.{name}", found)


def _report_field(name: str, value: Any, at: str, found: Found) -> None:
    if name in REPORT_NUMBERS:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            found.append(problem("wrong_type", at, expected_zh="数字", expected_en="a number"))
        elif name == "percRank" and not 0 <= value <= 100:
            found.append(problem("percentage", at, "warning", value=value))
    elif name in REPORT_URIS:
        check_uri(value, at, found)
    elif name == "type":
        check_code(value, vocabulary.MEASUREMENT, at, found, lenient=True)
    elif name == "exception":
        check_code(value, vocabulary.ALERT, at, found, lenient=True)
    elif name == "component":
        check_code(value, vocabulary.COMPONENT, at, found)
    elif name == "time":
        check_time(value, at, found)
    elif name == "booleanValue":
        if not isinstance(value, bool):
            found.append(problem("wrong_type", at, expected_zh="布尔值", expected_en="true or false"))
    elif name in {"stringValue", "uom"}:
        if not isinstance(value, str):
            found.append(problem("wrong_type", at, expected_zh="文本", expected_en="a text"))
    elif name == "hexBinaryValue":
        if not isinstance(value, str) or _HEX.fullmatch(value) is None:
            found.append(problem("wrong_type", at, expected_zh="十六进制文本", expected_en="hexadecimal digits"))
    elif ":" not in name:
        found.append(problem("unknown_field", at, field=name))
