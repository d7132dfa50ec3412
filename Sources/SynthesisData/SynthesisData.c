#include "SynthesisData.h"

// #embed is C23; clang takes it in C17 too, and tracks the files as dependencies.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const uint8_t flows[] = {
#embed "../../data/synthesis/od-2020-model.tsv"
};
static const uint8_t surnames[] = {
#embed "../../data/synthesis/surnames.tsv"
};
static const uint8_t given_names[] = {
#embed "../../data/synthesis/given-names.tsv"
};
static const uint8_t other_names[] = {
#embed "../../data/synthesis/other-names.tsv"
};
static const uint8_t ethnicities[] = {
#embed "../../data/synthesis/ethnicities.tsv"
};

SynthesisFile synthesis_flows(void) { return (SynthesisFile){flows, sizeof flows}; }
SynthesisFile synthesis_surnames(void) { return (SynthesisFile){surnames, sizeof surnames}; }
SynthesisFile synthesis_given_names(void) { return (SynthesisFile){given_names, sizeof given_names}; }
SynthesisFile synthesis_other_names(void) { return (SynthesisFile){other_names, sizeof other_names}; }
SynthesisFile synthesis_ethnicities(void) { return (SynthesisFile){ethnicities, sizeof ethnicities}; }
