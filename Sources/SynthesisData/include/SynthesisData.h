#ifndef YIZHAN_SYNTHESIS_DATA_H
#define YIZHAN_SYNTHESIS_DATA_H

#include <stddef.h>
#include <stdint.h>

/// A file of the repository's `data/synthesis` folder, as it was when the binary was built.
typedef struct {
    /// Static storage, not ended by a zero.
    const uint8_t *_Nonnull bytes;
    size_t count;
} SynthesisFile;

SynthesisFile synthesis_flows(void);
SynthesisFile synthesis_surnames(void);
SynthesisFile synthesis_given_names(void);
SynthesisFile synthesis_other_names(void);
SynthesisFile synthesis_ethnicities(void);

#endif
