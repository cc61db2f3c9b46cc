"""The REST binding of EPCIS 2.0 (section 12.7), under /epcis/."""
