/* Kills the process at the n-th write, sync, rename or removal below a directory: KILL_BELOW is how
 * the paths begin, KILL_AT the number. Odd numbers kill before the call, even ones in the middle of a write or after it.
 * Loaded before the C library, so that the program under test is the one that is shipped. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
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

static int is_below(const char *path) {
    const char *below = getenv("KILL_BELOW");
    return below && !strncmp(path, below, strlen(below));
}

/* The number of this call if it is the last, else 0. */
static long count(void) {
    const char *at = getenv("KILL_AT");
    long number = atomic_fetch_add(&calls, 1) + 1;
    return at && number == atol(at) ? number : 0;
}

/* The same if it is counted, for its path. */
static long last(const char *path) {
    return is_below(path) ? count() : 0;
}

static long last_at(int fd, const char *name) {
    char link[64], path[8192];
    if (name[0] == '/') return last(name);
    if (fd == AT_FDCWD) snprintf(link, sizeof link, "/proc/self/cwd");
    else snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, 4095);
    if (length <= 0) return 0;
    snprintf(path + length, sizeof path - length, name[0] ? "/%s" : "%s", name);
    return last(path);
}

/* Of what is done to an open file; KILL_NAMES leaves renames and removals alone to be counted. */
static long last_of(int fd) {
    return getenv("KILL_NAMES") ? 0 : last_at(fd, "");
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
    AROUND(is_below(from) || is_below(to) ? count() : 0, real(from, to), real(from, to));
}
int unlink(const char *path) {
    REAL(unlink);
    AROUND(last(path), real(path), real(path));
}
int unlinkat(int dir, const char *name, int flags) {
    REAL(unlinkat);
    AROUND(last_at(dir, name), real(dir, name, flags), real(dir, name, flags));
}
