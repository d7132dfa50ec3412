/* A wall clock that is wrong by as much as a shared file says: YIZHAN_CLOCK_OFFSET names 8 bytes, nanoseconds to be added.
 * The monotonic clock goes on as it does when an operator or a time server sets the other. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const int64_t second = 1000000000;
static const volatile int64_t *offset;
static int (*real_gettime)(clockid_t, struct timespec *);
static int (*real_sem_timedwait)(sem_t *, const struct timespec *);

__attribute__((constructor)) static void start(void) {
    real_gettime = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    real_sem_timedwait = (int (*)(sem_t *, const struct timespec *))dlsym(RTLD_NEXT, "sem_timedwait");
    const char *path = getenv("YIZHAN_CLOCK_OFFSET");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    void *map = file < 0 ? MAP_FAILED : mmap(NULL, 8, PROT_READ, MAP_SHARED, file, 0);
    if (file >= 0) close(file);
    if (map != MAP_FAILED) offset = map;
}

static struct timespec moved(struct timespec time, int64_t by) {
    int64_t total = (int64_t)time.tv_sec * second + time.tv_nsec + by;
    return (struct timespec){.tv_sec = total / second, .tv_nsec = total % second};
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    int done = real_gettime(clock, time);
    if (done == 0 && offset && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) *time = moved(*time, *offset);
    return done;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
    struct timespec now;
    (void)zone;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0) return -1;
    *time = (struct timeval){.tv_sec = now.tv_sec, .tv_usec = now.tv_nsec / 1000};
    return 0;
}

time_t time(time_t *out) {
    struct timespec now;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0) return -1;
    if (out) *out = now.tv_sec;
    return now.tv_sec;
}

/* The kernel's clock is right: a deadline that was computed from ours is put back. */
int sem_timedwait(sem_t *semaphore, const struct timespec *deadline) {
    struct timespec real = offset ? moved(*deadline, -*offset) : *deadline;
    return real_sem_timedwait(semaphore, &real);
}
