"""The code lists of the Core Business Vocabulary 2.0 and how a code is written: bare word, URN, CURIE, web URI.

Source: GS1 CBV 2.0 (ISO/IEC 19988) sections 7.1 (business steps), 7.2 (dispositions), 7.3 (transaction types), 7.4
(source and destination types), 7.5 (error reasons), 7.6–7.8 (measurement types, alerts, components).
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


EVENT_TYPES = ("ObjectEvent", "AggregationEvent", "TransactionEvent", "TransformationEvent", "AssociationEvent")
ACTIONS = ("ADD", "OBSERVE", "DELETE")

CBV = "https://ref.gs1.org/cbv/"
GS1_VOCABULARY = "https://gs1.org/voc/"
EPCIS = "https://ref.gs1.org/epcis/"
MASTER_DATA = "urn:epcglobal:cbv:mda"

BUSINESS_STEPS = _words(
    """accepting arriving assembling collecting commissioning consigning creating_class_instance cycle_counting
    decommissioning departing destroying disassembling dispensing encoding entering_exiting holding inspecting
    installing killing loading other packing picking receiving removing repackaging repairing replacing reserving
    retail_selling sampling sensor_reporting shipping staging_outbound stock_taking stocking storing transporting
    unloading unpacking void_shipping"""
)
DISPOSITIONS = _words(
    """active available completeness_inferred completeness_verified conformant container_closed container_open
    damaged destroyed dispensed disposed encoded expired in_progress in_transit inactive mismatch_class
    mismatch_instance mismatch_quantity needs_replacement no_pedigree_match non_conformant non_sellable_other
    partially_dispensed recalled reserved retail_sold returned sellable_accessible sellable_not_accessible stolen
    unavailable unknown"""
)
TRANSACTION_TYPES = _words("""bol cert desadv inv pedigree po poc prodorder recadv rma testprd testres upevt""")
PARTY_TYPES = frozenset({"owning_party", "possessing_party", "location"})
ERROR_REASONS = frozenset({"did_not_occur", "incorrect_data"})
ALERTS = frozenset({"ALARM_CONDITION", "ERROR_CONDITION"})
COMPONENTS = _words(
    """x y z axial_distance azimuth height spherical_radius polar_angle elevation_angle easting northing latitude
    longitude altitude"""
)
MEASUREMENTS = _words(
    """AbsoluteHumidity AbsorbedDose AbsorbedDoseRate Acceleration Altitude AmountOfSubstance
    AmountOfSubstancePerUnitVolume Angle AngularAcceleration AngularMomentum AngularVelocity Area Capacitance
    Conductance Conductivity Count Density Dimensionless DoseEquivalent DoseEquivalentRate DynamicViscosity
    ElectricCharge ElectricCurrent ElectricCurrentDensity ElectricFieldStrength Energy Exposure Force Frequency
    Illuminance Inductance Irradiance KinematicViscosity Length LinearMomentum Luminance LuminousFlux
    LuminousIntensity MagneticFlux MagneticFluxDensity MagneticVectorPotential Mass MassConcentration MassFlowRate
    MassPerAreaTime MemoryCapacity MolalityOfSolute MolarEnergy MolarMass MolarVolume Power Pressure RadiantFlux
    RadiantIntensity Radioactivity RelativeHumidity Resistance Resistivity SolidAngle SpecificVolume Speed
    SurfaceDensity SurfaceTension Temperature Time Torque Voltage Volume VolumeFlowRate VolumeFraction
    VolumetricFlux Wavenumber"""
)


class Vocabulary:
    """One code list: turns every way of writing a code into the bare word or the web URI.

    `web`: what stands before the word in the web URI; `urn`: the same in the URN of CBV 1.x (empty where there was
    none); `curie`: the prefix of the short form in XML.
    """

    def __init__(self, words: frozenset[str], web: str, urn: str, curie: str) -> None:
        self.words, self.web, self.urn, self.curie = words, web, urn, curie
        self._uris = {word: web + word for word in words}
        self._heads = tuple(head for head in (web, urn, curie) if head)

    def expand(self, value: str) -> str:
        """The web URI of a standard code however it is written; any other value as it is."""
        found = self._uris.get(value)
        if found is not None:
            return found
        for head in self._heads:
            if value.startswith(head):
                return self.web + value[len(head) :]
        return value

    def compact(self, value: str) -> str:
        """The bare word of a standard code however it is written; any other value as it is."""
        for head in self._heads:
            if value.startswith(head) and value[len(head) :] in self.words:
                return value[len(head) :]
        return value

    def knows(self, value: str) -> bool:
        """Whether the value is a standard code, in whatever form."""
        return self.compact(value) in self.words

    def claims(self, value: str) -> bool:
        """Whether the value presents itself as a code of this list: then an unknown one is an error."""
        return value.startswith(self._heads)


BIZ_STEP = Vocabulary(BUSINESS_STEPS, CBV + "BizStep-", "urn:epcglobal:cbv:bizstep:", "cbv:BizStep-")
DISPOSITION = Vocabulary(DISPOSITIONS, CBV + "Disp-", "urn:epcglobal:cbv:disp:", "cbv:Disp-")
TRANSACTION_TYPE = Vocabulary(TRANSACTION_TYPES, CBV + "BTT-", "urn:epcglobal:cbv:btt:", "cbv:BTT-")
PARTY_TYPE = Vocabulary(PARTY_TYPES, CBV + "SDT-", "urn:epcglobal:cbv:sdt:", "cbv:SDT-")
ERROR_REASON = Vocabulary(ERROR_REASONS, CBV + "ER-", "urn:epcglobal:cbv:er:", "cbv:ER-")
COMPONENT = Vocabulary(COMPONENTS, CBV + "Comp-", "", "cbv:Comp-")
MEASUREMENT = Vocabulary(MEASUREMENTS, GS1_VOCABULARY, "", "gs1:")
ALERT = Vocabulary(ALERTS, GS1_VOCABULARY, "", "gs1:")
ALL_WITH_URN = (BIZ_STEP, DISPOSITION, TRANSACTION_TYPE, PARTY_TYPE, ERROR_REASON)
