#ifndef YIZHAN_FAULTS_DISK_H
#define YIZHAN_FAULTS_DISK_H

#include <stdint.h>
#include <sys/types.h>

typedef ssize_t (*real_write_t)(int, const void *, size_t);
typedef ssize_t (*real_pwrite_t)(int, const void *, size_t, off64_t);
typedef ssize_t (*real_pread_t)(int, void *, size_t, off64_t);
typedef int (*real_sync_t)(int);
typedef int (*real_truncate_t)(int, off64_t);

extern real_pwrite_t real_pwrite;
extern real_pread_t real_pread;
extern real_sync_t real_fsync;
extern real_truncate_t real_ftruncate;

/* What a disk would lose without power: every change since its file was last flushed. All calls under one lock. */

void unflushed_start(int is_kept, uint64_t seed);
/* Before the change is made. */
void unflushed_write(int file, const void *bytes, size_t count, off64_t place);
void unflushed_truncate(int file, off64_t length);
/* After a flush. */
void unflushed_flushed(int file);
/* Takes every change back, newest first; `keeps_some` then makes some of them again, in their order. */
void unflushed_undo(int keeps_some);

#endif
