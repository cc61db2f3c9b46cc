from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from hengjian.methods.calibration_certificates import CertificateError, read_certificate

CERTIFICATE = """<?xml version="1.0" encoding="UTF-8"?>
<dcc:digitalCalibrationCertificate xmlns:dcc="https://ptb.de/dcc" xmlns:si="https://ptb.de/si" schemaVersion="3.2.1">
  <dcc:administrativeData>
    <dcc:coreData>
      <dcc:countryCodeISO3166_1>CN</dcc:countryCodeISO3166_1>
      <dcc:uniqueIdentifier>LC-2026-00417</dcc:uniqueIdentifier>
      <dcc:receiptDate>2026-03-02</dcc:receiptDate>
      <dcc:beginPerformanceDate>2026-03-05</dcc:beginPerformanceDate>
      <dcc:endPerformanceDate>2026-03-06+08:00</dcc:endPerformanceDate>
    </dcc:coreData>
    <dcc:items>
      <dcc:item>
        <dcc:name><dcc:content lang="en">Thermometer</dcc:content><dcc:content lang="zh">温度计</dcc:content></dcc:name>
        <dcc:manufacturer><dcc:name><dcc:content>澜川仪表</dcc:content></dcc:name></dcc:manufacturer>
        <dcc:model>TP-100</dcc:model>
        <dcc:identifications>
          <dcc:identification><dcc:issuer>customer</dcc:issuer><dcc:value>K-7</dcc:value></dcc:identification>
          <dcc:identification><dcc:issuer>manufacturer</dcc:issuer><dcc:value>4711</dcc:value></dcc:identification>
        </dcc:identifications>
      </dcc:item>
    </dcc:items>
    <dcc:calibrationLaboratory>
      <dcc:calibrationLaboratoryCode>CNAS L1234</dcc:calibrationLaboratoryCode>
      <dcc:contact><dcc:name><dcc:content>望澜计量测试所</dcc:content></dcc:name></dcc:contact>
    </dcc:calibrationLaboratory>
    <dcc:respPersons><dcc:respPerson><dcc:person><dcc:name><dcc:content>祁望野</dcc:content></dcc:name></dcc:person>
    </dcc:respPerson></dcc:respPersons>
    <dcc:customer><dcc:name><dcc:content>清屿乳业有限公司</dcc:content></dcc:name></dcc:customer>
  </dcc:administrativeData>
  <dcc:measurementResults><dcc:measurementResult>
    <dcc:name><dcc:content>results</dcc:content></dcc:name>
    <dcc:results>
      <dcc:result><dcc:name><dcc:content lang="zh">示值误差</dcc:content></dcc:name><dcc:data><dcc:list>
        <dcc:quantity><dcc:name><dcc:content>reference</dcc:content></dcc:name>
          <si:realListXMLList><si:valueXMLList>306.248 373.121</si:valueXMLList>
            <si:unitXMLList>\\kelvin</si:unitXMLList>
            <si:measurementUncertaintyUnivariateXMLList><si:expandedMUXMLList>
              <si:valueExpandedMUXMLList>0.005</si:valueExpandedMUXMLList>
              <si:coverageFactorXMLList>2</si:coverageFactorXMLList>
            </si:expandedMUXMLList></si:measurementUncertaintyUnivariateXMLList></si:realListXMLList></dcc:quantity>
        <dcc:quantity><dcc:name><dcc:content>error</dcc:content></dcc:name>
          <si:hybrid><si:real><si:value>0.072</si:value><si:unit>\\kelvin</si:unit><si:expandedUnc>
            <si:uncertainty>0.061</si:uncertainty><si:coverageFactor>2</si:coverageFactor></si:expandedUnc></si:real>
          </si:hybrid></dcc:quantity>
      </dcc:list></dcc:data></dcc:result>
    </dcc:results>
  </dcc:measurementResult></dcc:measurementResults>
</dcc:digitalCalibrationCertificate>
"""


def test_reads_item_laboratory_dates_and_results() -> None:
    read = read_certificate(CERTIFICATE.encode())
    assert (read.identifier, read.schema, read.country) == ("LC-2026-00417", "3.2.1", "CN")
    assert (read.laboratory, read.laboratory_code, read.customer) == (
        "望澜计量测试所",
        "CNAS L1234",
        "清屿乳业有限公司",
    )
    assert (read.performed_from, read.performed_to, read.dated) == (
        date(2026, 3, 5),
        date(2026, 3, 6),
        date(2026, 3, 6),
    )
    assert (read.items[0].name, read.items[0].serial, read.items[0].model) == ("温度计", "4711", "TP-100")
    reference, error = read.quantities
    assert (reference.result, reference.values) == ("示值误差", (Decimal("306.248"), Decimal("373.121")))
    assert (reference.uncertainties, reference.coverage, reference.unit) == (
        (Decimal("0.005"),),
        Decimal(2),
        "\\kelvin",
    )
    assert (error.values, error.uncertainties) == ((Decimal("0.072"),), (Decimal("0.061"),))


def test_names_of_persons_are_not_read() -> None:
    assert "祁望野" not in repr(read_certificate(CERTIFICATE.encode()))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "xml"),
        (b"no xml", "xml"),
        (b"<a/>", "root"),
        (b"<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "doctype"),
        (CERTIFICATE.replace("LC-2026-00417", "").encode(), "missing"),
        (CERTIFICATE.replace("2026-03-05", "2026-02-30").encode(), "date"),
        (CERTIFICATE.replace("dcc:item>", "dcc:thing>").encode(), "missing"),
        (CERTIFICATE.replace("https://ptb.de/dcc", "https://example.org/dcc").encode(), "root"),
    ],
)
def test_refuses(data: bytes, code: str) -> None:
    with pytest.raises(CertificateError) as caught:
        read_certificate(data)
    assert caught.value.code == code


def test_reads_no_other_files() -> None:
    attack = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>' + CERTIFICATE.split("?>", 1)[1].encode()
    with pytest.raises(CertificateError):
        read_certificate(attack)
    bomb = b'<!DOCTYPE a [<!ENTITY a "1234567890"><!ENTITY b "&a;&a;&a;&a;">]><a>&b;</a>'
    with pytest.raises(CertificateError):
        read_certificate(bomb)
