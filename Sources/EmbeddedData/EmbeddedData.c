#include "EmbeddedData.h"

#include <string.h>

// #embed is C23; clang takes it in C17 too, and tracks the files as dependencies.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const uint8_t accessNotice_json[] = {
#embed "../../schemas/accessNotice.json"
};
static const uint8_t arrival_json[] = {
#embed "../../schemas/arrival.json"
};
static const uint8_t common_json[] = {
#embed "../../schemas/common.json"
};
static const uint8_t correction_json[] = {
#embed "../../schemas/correction.json"
};
static const uint8_t departure_json[] = {
#embed "../../schemas/departure.json"
};
static const uint8_t employment_json[] = {
#embed "../../schemas/employment.json"
};
static const uint8_t envelope_json[] = {
#embed "../../schemas/envelope.json"
};
static const uint8_t permit_json[] = {
#embed "../../schemas/permit.json"
};
static const uint8_t person_json[] = {
#embed "../../schemas/person.json"
};
static const uint8_t relocation_json[] = {
#embed "../../schemas/relocation.json"
};
static const uint8_t retraction_json[] = {
#embed "../../schemas/retraction.json"
};
static const uint8_t verificationRequest_json[] = {
#embed "../../schemas/verificationRequest.json"
};
static const uint8_t verificationResponse_json[] = {
#embed "../../schemas/verificationResponse.json"
};
static const uint8_t codes_arrival_reason_tsv[] = {
#embed "../../schemas/codes/arrival-reason.tsv"
};
static const uint8_t codes_country_tsv[] = {
#embed "../../schemas/codes/country.tsv"
};
static const uint8_t codes_divisions_tsv[] = {
#embed "../../schemas/codes/divisions.tsv"
};
static const uint8_t codes_employment_status_tsv[] = {
#embed "../../schemas/codes/employment-status.tsv"
};
static const uint8_t codes_ethnicity_tsv[] = {
#embed "../../schemas/codes/ethnicity.tsv"
};
static const uint8_t codes_industry_section_tsv[] = {
#embed "../../schemas/codes/industry-section.tsv"
};
static const uint8_t codes_permit_kind_tsv[] = {
#embed "../../schemas/codes/permit-kind.tsv"
};
static const uint8_t codes_sex_tsv[] = {
#embed "../../schemas/codes/sex.tsv"
};

#define FILE_ENTRY(name, bytes) {name, bytes, sizeof(bytes)}

static const EmbeddedFile files[] = {
    FILE_ENTRY("accessNotice.json", accessNotice_json),
    FILE_ENTRY("arrival.json", arrival_json),
    FILE_ENTRY("common.json", common_json),
    FILE_ENTRY("correction.json", correction_json),
    FILE_ENTRY("departure.json", departure_json),
    FILE_ENTRY("employment.json", employment_json),
    FILE_ENTRY("envelope.json", envelope_json),
    FILE_ENTRY("permit.json", permit_json),
    FILE_ENTRY("person.json", person_json),
    FILE_ENTRY("relocation.json", relocation_json),
    FILE_ENTRY("retraction.json", retraction_json),
    FILE_ENTRY("verificationRequest.json", verificationRequest_json),
    FILE_ENTRY("verificationResponse.json", verificationResponse_json),
    FILE_ENTRY("codes/arrival-reason.tsv", codes_arrival_reason_tsv),
    FILE_ENTRY("codes/country.tsv", codes_country_tsv),
    FILE_ENTRY("codes/divisions.tsv", codes_divisions_tsv),
    FILE_ENTRY("codes/employment-status.tsv", codes_employment_status_tsv),
    FILE_ENTRY("codes/ethnicity.tsv", codes_ethnicity_tsv),
    FILE_ENTRY("codes/industry-section.tsv", codes_industry_section_tsv),
    FILE_ENTRY("codes/permit-kind.tsv", codes_permit_kind_tsv),
    FILE_ENTRY("codes/sex.tsv", codes_sex_tsv),
};

const EmbeddedFile *embedded_file_at(size_t number) {
    return number < sizeof(files) / sizeof(files[0]) ? &files[number] : NULL;
}

const EmbeddedFile *embedded_file_named(const char *name) {
    for (size_t number = 0; number < sizeof(files) / sizeof(files[0]); number++) {
        if (strcmp(files[number].name, name) == 0) return &files[number];
    }
    return NULL;
}
