#ifndef DEFAULT_FILES_H
#define DEFAULT_FILES_H
#include <stddef.h>

/// A file that `yizhan init` and `yizhan demo` write: embedded, so that the executable stands alone.
struct default_file {
    const char *_Nonnull path;
    const unsigned char *_Nonnull bytes;
    size_t count;
};

extern const size_t default_file_count;

/// - Parameter index: below `default_file_count`.
const struct default_file *_Nonnull default_file_at(size_t index);
#endif
