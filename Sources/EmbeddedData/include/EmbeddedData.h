#ifndef YIZHAN_EMBEDDED_DATA_H
#define YIZHAN_EMBEDDED_DATA_H

#include <stddef.h>
#include <stdint.h>

/// A file of the repository's `schemas` folder, as it was when the binary was built.
typedef struct {
    /// Path below `schemas`: `arrival.json`, `codes/sex.tsv`.
    const char *_Nonnull name;
    /// Static storage, not ended by a zero.
    const uint8_t *_Nonnull bytes;
    size_t count;
} EmbeddedFile;

/// The file of this number, counted from 0; NULL past the last one.
const EmbeddedFile *_Nullable embedded_file_at(size_t number);

/// The file of this name; NULL when there is none.
const EmbeddedFile *_Nullable embedded_file_named(const char *_Nonnull name);

#endif
