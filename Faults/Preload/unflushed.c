#define _GNU_SOURCE
#include "disk.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct change {
    struct change *before, *after;
    char *path;
    dev_t device;
    ino_t inode;
    off64_t place, old_size, new_size;
    /* What stood there, and what is written; a truncation writes nothing. */
    size_t old_count, new_count;
    char *old_bytes, *new_bytes;
};

static struct change *oldest, *newest;
static int is_kept;
static uint64_t state;

void unflushed_start(int keep, uint64_t seed) {
    is_kept = keep;
    state = seed * 2654435769u + 88172645463325252ull;
}

static uint64_t next_random(void) {
    state ^= state << 13;
    state ^= state >> 7;
    return state ^= state << 17;
}

/* SQLite maps the -shm file into memory and never counts on its content after a crash. */
static char *path_of(int file) {
    char link[32], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0) return NULL;
    path[length] = 0;
    return strstr(path, "-shm") ? NULL : strdup(path);
}

static struct change *begin(int file, off64_t place, size_t covered) {
    struct stat found;
    char *path = is_kept ? path_of(file) : NULL;
    if (!path || fstat(file, &found) != 0) {
        free(path);
        return NULL;
    }
    struct change *change = calloc(1, sizeof *change);
    if (!change) abort();
    *change = (struct change){.before = newest, .path = path, .device = found.st_dev, .inode = found.st_ino, .place = place,
                              .old_size = found.st_size, .new_size = found.st_size};
    if (covered > 0 && place < found.st_size) {
        change->old_bytes = malloc(covered);
        if (!change->old_bytes) abort();
        ssize_t count = real_pread(file, change->old_bytes, covered, place);
        change->old_count = count > 0 ? (size_t)count : 0;
    }
    if (newest) newest->after = change; else oldest = change;
    newest = change;
    return change;
}

void unflushed_write(int file, const void *bytes, size_t count, off64_t place) {
    struct change *change = begin(file, place, count);
    if (!change) return;
    change->new_bytes = malloc(count ? count : 1);
    if (!change->new_bytes) abort();
    memcpy(change->new_bytes, bytes, count);
    change->new_count = count;
    if (place + (off64_t)count > change->new_size) change->new_size = place + (off64_t)count;
}

void unflushed_truncate(int file, off64_t length) {
    struct stat found;
    if (!is_kept || fstat(file, &found) != 0) return;
    struct change *change = begin(file, length, found.st_size > length ? (size_t)(found.st_size - length) : 0);
    if (change) change->new_size = length;
}

static void forget(struct change *change) {
    if (change->before) change->before->after = change->after; else oldest = change->after;
    if (change->after) change->after->before = change->before; else newest = change->before;
    free(change->path);
    free(change->old_bytes);
    free(change->new_bytes);
    free(change);
}

void unflushed_flushed(int file) {
    struct stat found;
    if (!is_kept || fstat(file, &found) != 0) return;
    for (struct change *each = oldest, *next; each; each = next) {
        next = each->after;
        if (each->device == found.st_dev && each->inode == found.st_ino) forget(each);
    }
}

/* By path: a descriptor may be closed by now. A file that was replaced is left alone. */
static void put(struct change *change, const char *bytes, size_t count, off64_t size) {
    struct stat found;
    int file = open(change->path, O_RDWR | O_CLOEXEC);
    if (file < 0) return;
    if (fstat(file, &found) == 0 && found.st_ino == change->inode && found.st_dev == change->device) {
        if (count > 0) real_pwrite(file, bytes, count, change->place);
        real_ftruncate(file, size);
    }
    close(file);
}

void unflushed_undo(int keeps_some) {
    for (struct change *each = newest; each; each = each->before)
        put(each, each->old_bytes, each->old_count, each->old_size);
    for (struct change *each = oldest; keeps_some && each; each = each->after) {
        struct stat found;
        if (next_random() & 1 || stat(each->path, &found) != 0) continue;
        int only_grows = each->new_count > 0 && found.st_size > each->new_size;
        put(each, each->new_bytes, each->new_count, only_grows ? found.st_size : each->new_size);
    }
}
