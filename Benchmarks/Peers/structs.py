"""The interchange as msgspec structs: as near to the schemas as constraints on fields come."""
import datetime
from typing import Annotated, Literal, Union

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

PROVINCE = "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82"
PURPOSES = ("residenceRegistration", "permitService", "publicService", "householdVerification",
            "employmentVerification", "caseInquiry", "correction", "subjectAccess")
TWO = "(1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[12])"
HEX = "[0-9a-fA-F]"


def text(pattern):
    return Annotated[str, Meta(pattern=pattern)]


def short(most, least=1):
    return Annotated[str, Meta(min_length=least, max_length=most)]


Province = Literal[tuple(PROVINCE.split())]
Purpose = Literal[PURPOSES]
Record = text(f"^{TWO}-{TWO}-[0-7][0-9A-HJKMNP-TV-Z]{{25}}$")
Division = text("^[0-9]{6}$")
Digest = text("^[A-Za-z0-9_-]{43}$")
UUID = text(f"^{HEX}{{8}}-{HEX}{{4}}-{HEX}{{4}}-{HEX}{{4}}-{HEX}{{12}}$")
UUID7 = text(f"^{HEX}{{8}}-{HEX}{{4}}-7{HEX}{{3}}-[89abAB]{HEX}{{3}}-{HEX}{{12}}$")
Version = Annotated[int, Meta(ge=1, le=9007199254740991)]
Instant = Annotated[datetime.datetime, Meta(tz=True)]
Date = datetime.date
Answer = Literal["yes", "no", "unknown", "refused"]
Ethnicity = Literal[tuple([f"{code:02}" for code in range(1, 57)] + ["97", "98"])]


class Closed(Struct, forbid_unknown_fields=True, gc=False):
    pass


class Person(Closed):
    idType: Literal["residentId", "hkMoTwPermit", "foreignPermanentResident", "passport", "none"]
    name: short(50)
    sex: Literal["0", "1", "2", "9"]
    birthDate: Date
    idNumber: short(64) | UnsetType = UNSET
    hukouDivision: Division | UnsetType = UNSET
    hukouAsOf: Date | UnsetType = UNSET
    ethnicity: Ethnicity | UnsetType = UNSET

    def __post_init__(self):
        if self.idType != "none" and self.idNumber is UNSET:
            raise ValueError("idNumber is missing")
        if self.idType in ("residentId", "none") and self.hukouDivision is UNSET:
            raise ValueError("hukouDivision is missing")


class Resident(Person):
    idType: Literal["residentId", "none"]


class Target(Closed):
    record: Record
    version: Version


class ArrivalContent(Closed):
    residenceDivision: Division
    arrivalDate: Date
    registeredOn: Date
    reason: Literal["01", "02", "03", "04", "06", "08", "09", "99"] | UnsetType = UNSET
    expectedStay: Literal["under1Month", "1To6Months", "over6Months"] | UnsetType = UNSET


class DepartureContent(Closed):
    arrivalRecord: Record
    departureDate: Date
    cause: Literal["left", "returnedHome", "movedOn", "becameLocal", "deceased", "registeredInError"]


class RelocationContent(Closed):
    arrivalRecord: Record
    fromDivision: Division
    toDivision: Division
    effectiveDate: Date


class PermitContent(Closed):
    permitNumber: short(40)
    permitKind: Literal["01", "02", "99"]
    status: Literal["applied", "issued", "endorsed", "suspended", "restored", "addressChanged", "cancelled"]
    issuedOn: Date | UnsetType = UNSET
    endorsedUntil: Date | UnsetType = UNSET


class EmploymentContent(Closed):
    status: Literal["employed", "left", "unknown"]
    employer: text("^[0-9A-HJ-NPQRTUWXY]{18}$") | UnsetType = UNSET
    industrySection: Literal[tuple("ABCDEFGHIJKLMNOPQRST")] | UnsetType = UNSET
    since: Date | UnsetType = UNSET
    until: Date | UnsetType = UNSET


class RequestContent(Closed):
    assertions: Annotated[list[Literal["hukouHere", "nameMatches", "birthDateMatches", "sexMatches",
                                       "divisionCurrent", "alive"]], Meta(min_length=1, max_length=6)]


class Results(Closed):
    hukouHere: Answer | UnsetType = UNSET
    nameMatches: Answer | UnsetType = UNSET
    birthDateMatches: Answer | UnsetType = UNSET
    sexMatches: Answer | UnsetType = UNSET
    divisionCurrent: Answer | UnsetType = UNSET
    alive: Answer | UnsetType = UNSET


class ResponseContent(Closed):
    results: Results
    reasonCode: text("^[A-Z0-9_]{1,40}$") | UnsetType = UNSET


class CorrectionContent(Closed):
    target: Target
    field: Annotated[str, Meta(min_length=1, max_length=120, pattern="^(/([^~]|~[01])*)*$")]
    oldDigest: Digest
    newValue: short(120, 0)
    requestedBy: Literal["subject", "register", "home"]


class RetractionContent(Closed):
    target: Target
    ground: Literal["wrongPerson", "unlawful", "purposeEnded", "duplicate", "courtOrder"]


class NoticeContent(Closed):
    askedBy: short(80)
    askedAt: Instant
    purpose: Purpose
    accessKind: short(40)
    deferredUntil: Date | UnsetType = UNSET
    deferralGround: short(80) | UnsetType = UNSET


def envelope(kind, content, person=Person, extra=()):
    fields = [
        ("interchange", text(r"^[0-9]{1,4}\.[0-9]{1,4}$")), ("id", UUID7), ("from_", Province), ("to", Province),
        ("record", Record), ("version", Version), ("issuedAt", Instant), ("purpose", Purpose),
        ("legalBasis", short(80)), ("retainUntil", Date), ("salt", text("^[A-Za-z0-9_-]{22}$")), ("person", person),
        ("content", content), *extra, ("inReplyTo", UUID | UnsetType, UNSET),
        ("flags", Annotated[list[Literal["ID_CHECKSUM", "ID_LEGACY_15", "ID_DIVISION", "DIVISION_NOT_CURRENT"]],
                            Meta(max_length=4)] | UnsetType, UNSET),
    ]
    names = [field[0] for field in fields]
    # A later field of the same name, required for this kind, takes the place of the optional one.
    fields = [field for place, field in enumerate(fields) if field[0] not in names[:place]]
    return msgspec.defstruct(kind, fields, tag_field="kind", tag=kind, rename={"from_": "from"},
                             forbid_unknown_fields=True, gc=False)


def decoder():
    kinds = [
        envelope("arrival", ArrivalContent, Resident), envelope("departure", DepartureContent, Resident),
        envelope("relocation", RelocationContent, Resident), envelope("permit", PermitContent),
        envelope("employment", EmploymentContent),
        envelope("verificationRequest", RequestContent, extra=[("respondBy", Date | UnsetType, UNSET)]),
        envelope("verificationResponse", ResponseContent, extra=[("inReplyTo", UUID)]),
        envelope("correction", CorrectionContent), envelope("retraction", RetractionContent),
        envelope("accessNotice", NoticeContent),
    ]
    return msgspec.json.Decoder(Union[tuple(kinds)]).decode
