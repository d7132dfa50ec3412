/* A disk that fails where it is told to. Preloaded into a gateway: the n-th call that changes or flushes one of the store's
 * files ends in a kill or an error. The environment says which files, which call and how:
 *
 *   YIZHAN_FAULT_FILES   what the path of a watched file contains
 *   YIZHAN_FAULT_AT      the call, from 1; 0 only counts
 *   YIZHAN_FAULT_KIND    one of `kinds` below
 *   YIZHAN_FAULT_SEED    which unflushed writes `losesome` keeps
 *   YIZHAN_FAULT_REPORT  a file of 16 bytes: how many calls there were, and whether the fault came
 */
#define _GNU_SOURCE
#include "disk.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const char *const kinds[] = {"before", "after", "eio", "enospc", "torn", "torneio", "lose", "losesome"};
enum kind { BEFORE, AFTER, EIO_ONCE, ENOSPC_ONCE, TORN, TORN_EIO, LOSE, LOSE_SOME, KINDS };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const char *files;
static int64_t at;
static enum kind kind;
static int64_t *report;

real_write_t real_write;
real_pwrite_t real_pwrite;
real_pread_t real_pread;
real_sync_t real_fsync, real_fdatasync;
real_truncate_t real_ftruncate;

__attribute__((constructor)) static void start(void) {
    real_write = (real_write_t)dlsym(RTLD_NEXT, "write");
    real_pwrite = (real_pwrite_t)dlsym(RTLD_NEXT, "pwrite64");
    real_pread = (real_pread_t)dlsym(RTLD_NEXT, "pread64");
    real_fsync = (real_sync_t)dlsym(RTLD_NEXT, "fsync");
    real_fdatasync = (real_sync_t)dlsym(RTLD_NEXT, "fdatasync");
    real_ftruncate = (real_truncate_t)dlsym(RTLD_NEXT, "ftruncate64");
    const char *number = getenv("YIZHAN_FAULT_AT"), *name = getenv("YIZHAN_FAULT_KIND");
    const char *path = getenv("YIZHAN_FAULT_REPORT"), *seed = getenv("YIZHAN_FAULT_SEED");
    at = number ? atoll(number) : 0;
    for (int each = 0; name && each < KINDS; each++)
        if (strcmp(name, kinds[each]) == 0) kind = each;
    unflushed_start(kind == LOSE || kind == LOSE_SOME, seed ? strtoull(seed, NULL, 10) : 1);
    int file = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    void *map = file < 0 ? MAP_FAILED : mmap(NULL, 16, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (file >= 0) close(file);
    if (map == MAP_FAILED) return;
    report = map;
    files = getenv("YIZHAN_FAULT_FILES");
}

static int is_watched(int file) {
    char link[32], path[4096];
    if (!files) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return strstr(path, files) != NULL;
}

static _Noreturn void die(void) {
    if (kind == LOSE || kind == LOSE_SOME) unflushed_undo(kind == LOSE_SOME);
    for (;;) kill(getpid(), SIGKILL);
}

/* Counts a call; whether it is the one. */
static int comes_now(void) {
    report[0] += 1;
    if (report[0] != at) return 0;
    report[1] = 1;
    if (kind == BEFORE || kind == LOSE || kind == LOSE_SOME) die();
    return 1;
}

static int fail(int code) {
    errno = code;
    return -1;
}

static ssize_t write_at(int file, const void *bytes, size_t count, off64_t place, int is_positioned) {
    unflushed_write(file, bytes, count, is_positioned ? place : lseek64(file, 0, SEEK_CUR));
    return is_positioned ? real_pwrite(file, bytes, count, place) : real_write(file, bytes, count);
}

static ssize_t watched_write(int file, const void *bytes, size_t count, off64_t place, int is_positioned) {
    pthread_mutex_lock(&lock);
    ssize_t done;
    if (!comes_now()) {
        done = write_at(file, bytes, count, place, is_positioned);
    } else if (kind == EIO_ONCE || kind == ENOSPC_ONCE) {
        done = fail(kind == EIO_ONCE ? EIO : ENOSPC);
    } else {
        done = write_at(file, bytes, kind == AFTER ? count : count / 2, place, is_positioned);
        if (kind != TORN_EIO) die();
        done = fail(EIO);
    }
    pthread_mutex_unlock(&lock);
    return done;
}

static int watched_sync(int file, real_sync_t sync) {
    pthread_mutex_lock(&lock);
    int done;
    if (comes_now() && kind != AFTER) {
        if (kind == TORN) die();
        done = fail(kind == ENOSPC_ONCE ? ENOSPC : EIO);
    } else {
        done = sync(file);
        if (done == 0) unflushed_flushed(file);
        if (report[0] == at && kind == AFTER) die();
    }
    pthread_mutex_unlock(&lock);
    return done;
}

static int watched_truncate(int file, off64_t length) {
    pthread_mutex_lock(&lock);
    int done;
    if (comes_now() && kind != AFTER) {
        if (kind == TORN) die();
        done = fail(kind == ENOSPC_ONCE ? ENOSPC : EIO);
    } else {
        unflushed_truncate(file, length);
        done = real_ftruncate(file, length);
        if (report[0] == at && kind == AFTER) die();
    }
    pthread_mutex_unlock(&lock);
    return done;
}

ssize_t write(int file, const void *bytes, size_t count) {
    return is_watched(file) ? watched_write(file, bytes, count, 0, 0) : real_write(file, bytes, count);
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t place) {
    return is_watched(file) ? watched_write(file, bytes, count, place, 1) : real_pwrite(file, bytes, count, place);
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t place) { return pwrite64(file, bytes, count, place); }

int fsync(int file) { return is_watched(file) ? watched_sync(file, real_fsync) : real_fsync(file); }

int fdatasync(int file) { return is_watched(file) ? watched_sync(file, real_fdatasync) : real_fdatasync(file); }

int ftruncate64(int file, off64_t length) {
    return is_watched(file) ? watched_truncate(file, length) : real_ftruncate(file, length);
}

int ftruncate(int file, off_t length) { return ftruncate64(file, length); }
