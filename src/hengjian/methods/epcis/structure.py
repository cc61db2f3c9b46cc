"""Which fields each type of event has, in the order of the XML binding, and what kind of value each is.

Source: EPCIS 2.0 section 7.4 (event types), sections 9 and 10 (bindings).
"""

from __future__ import annotations

from typing import Literal

Shape = Literal[
    "text", "time", "epcs", "quantities", "transactions", "sources", "destinations", "place", "persistent", "error",
    "sensors", "ilmd", "uris",
]  # fmt: skip

SHAPES: dict[str, Shape] = {
    "eventTime": "time",
    "recordTime": "time",
    "eventTimeZoneOffset": "text",
    "eventID": "text",
    "errorDeclaration": "error",
    "certificationInfo": "uris",
    "parentID": "text",
    "epcList": "epcs",
    "childEPCs": "epcs",
    "inputEPCList": "epcs",
    "outputEPCList": "epcs",
    "quantityList": "quantities",
    "childQuantityList": "quantities",
    "inputQuantityList": "quantities",
    "outputQuantityList": "quantities",
    "action": "text",
    "transformationID": "text",
    "bizStep": "text",
    "disposition": "text",
    "persistentDisposition": "persistent",
    "readPoint": "place",
    "bizLocation": "place",
    "bizTransactionList": "transactions",
    "sourceList": "sources",
    "destinationList": "destinations",
    "sensorElementList": "sensors",
    "ilmd": "ilmd",
}

_BASE = ("eventTime", "recordTime", "eventTimeZoneOffset", "eventID", "errorDeclaration", "certificationInfo")
_WHERE = ("bizStep", "disposition", "readPoint", "bizLocation")
_PARTIES = ("sourceList", "destinationList", "sensorElementList")

FIELDS: dict[str, tuple[str, ...]] = {
    "ObjectEvent": (
        *_BASE, "epcList", "action", *_WHERE, "bizTransactionList", "quantityList", *_PARTIES, "persistentDisposition",
        "ilmd",
    ),
    "AggregationEvent": (
        *_BASE, "parentID", "childEPCs", "action", *_WHERE, "bizTransactionList", "childQuantityList", *_PARTIES,
    ),
    "TransactionEvent": (
        *_BASE, "bizTransactionList", "parentID", "epcList", "action", *_WHERE, "quantityList", *_PARTIES,
    ),
    "TransformationEvent": (
        *_BASE, "inputEPCList", "inputQuantityList", "outputEPCList", "outputQuantityList", "transformationID", *_WHERE,
        "bizTransactionList", *_PARTIES, "persistentDisposition", "ilmd",
    ),
    "AssociationEvent": (
        *_BASE, "parentID", "childEPCs", "childQuantityList", "action", *_WHERE, "bizTransactionList", *_PARTIES,
    ),
}  # fmt: skip
"""Fields per type in the sequence of the XML binding."""

REQUIRED: dict[str, tuple[str, ...]] = {
    "ObjectEvent": ("eventTime", "eventTimeZoneOffset", "action"),
    "AggregationEvent": ("eventTime", "eventTimeZoneOffset", "action"),
    "TransactionEvent": ("eventTime", "eventTimeZoneOffset", "action", "bizTransactionList"),
    "TransformationEvent": ("eventTime", "eventTimeZoneOffset"),
    "AssociationEvent": ("eventTime", "eventTimeZoneOffset", "action", "parentID"),
}

METADATA = ("time", "startTime", "endTime", "deviceID", "deviceMetadata", "rawData", "dataProcessingMethod", "bizRules")
REPORT_URIS = (
    "deviceID", "deviceMetadata", "rawData", "dataProcessingMethod", "bizRules", "microorganism", "chemicalSubstance",
    "coordinateReferenceSystem", "uriValue",
)  # fmt: skip
REPORT_NUMBERS = ("value", "minValue", "maxValue", "meanValue", "sDev", "percRank", "percValue")
REPORT = (
    "type", "exception", "time", "component", "stringValue", "booleanValue", "hexBinaryValue", "uom", *REPORT_URIS,
    *REPORT_NUMBERS,
)  # fmt: skip
