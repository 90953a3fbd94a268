/* Kills the process at the n-th write below a directory: KILL_BELOW names the directory, KILL_AT
 * the number. Odd numbers kill before the call, even ones in the middle of a write or after it.
 * Loaded before the C library, so that the program under test is the one that is shipped. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static atomic_long calls;

static void die(void) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

/* The number of this call if it is counted and is the last, else 0. */
static long last(const char *path) {
    const char *below = getenv("KILL_BELOW"), *at = getenv("KILL_AT");
    if (!below || !at || strncmp(path, below, strlen(below))) return 0;
    long number = atomic_fetch_add(&calls, 1) + 1;
    return number == atol(at) ? number : 0;
}

static long last_of(int fd) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return last(path);
}

#define REAL(name) static __typeof__(name) *real; if (!real) real = dlsym(RTLD_NEXT, #name)
#define AROUND(number, half, whole) \
    long number_ = (number); \
    if (number_ && number_ % 2) die(); \
    if (number_) { half; die(); } \
    return whole

ssize_t write(int fd, const void *from, size_t n) {
    REAL(write);
    AROUND(last_of(fd), real(fd, from, n / 2), real(fd, from, n));
}
ssize_t pwrite(int fd, const void *from, size_t n, off_t at) {
    REAL(pwrite);
    AROUND(last_of(fd), real(fd, from, n / 2, at), real(fd, from, n, at));
}
ssize_t pwrite64(int fd, const void *from, size_t n, off64_t at) {
    REAL(pwrite64);
    AROUND(last_of(fd), real(fd, from, n / 2, at), real(fd, from, n, at));
}
ssize_t writev(int fd, const struct iovec *from, int n) {
    REAL(writev);
    AROUND(last_of(fd), real(fd, from, n > 1 ? 1 : n), real(fd, from, n));
}
int fsync(int fd) {
    REAL(fsync);
    AROUND(last_of(fd), real(fd), real(fd));
}
int fdatasync(int fd) {
    REAL(fdatasync);
    AROUND(last_of(fd), real(fd), real(fd));
}
int sync_file_range(int fd, off64_t at, off64_t n, unsigned int how) {
    REAL(sync_file_range);
    AROUND(last_of(fd), real(fd, at, n, how), real(fd, at, n, how));
}
int ftruncate64(int fd, off64_t n) {
    REAL(ftruncate64);
    AROUND(last_of(fd), real(fd, n), real(fd, n));
}
int rename(const char *from, const char *to) {
    REAL(rename);
    AROUND(last(to), real(from, to), real(from, to));
}
int unlink(const char *path) {
    REAL(unlink);
    AROUND(last(path), real(path), real(path));
}
