// A library for LD_PRELOAD that makes one system call of a program fail, or kills the program at it. It is built and steered by trials.py:
//
//     FAULT_STATE   file of a `struct state`: the calls counted so far, and which one was hit
//     FAULT_KIND    memory, map, open, read, write, sync, rename or thread
//     FAULT_AT      the number of the call that is hit, from 1; 0 only counts
//     FAULT_ERROR   the error that it returns
//     FAULT_LASTING the calls after it fail, too: the disk stays full
//     FAULT_KILL    before, half or after: the program is killed there instead, `half` when half of the bytes are written
//     FAULT_ABOVE   the size in bytes above which allocations count
//     FAULT_BELOW   the folder whose files count

#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

struct state { _Atomic long count, hits; char call[64], path[4016]; };

_Static_assert(sizeof(struct state) == 4096, "one page");

enum kind { NONE, MEMORY, MAP, OPEN, READ, WRITE, SYNC, RENAME, THREAD };
enum kill { NO_KILL, BEFORE, HALF, AFTER };

static const char *const kinds[] = {"", "memory", "map", "open", "read", "write", "sync", "rename", "thread"};
static const char *const kills[] = {"", "before", "half", "after"};

static struct state *state;
static enum kind chosen;
static enum kill killing;
static long at, lasting, above;
static int failure;
static char below[2048];

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static int place(const char *name, const char *const *names, int count)
{
    const char *value = getenv(name);
    for (int index = 1; value && index < count; index++)
        if (strcmp(value, names[index]) == 0) return index;
    return 0;
}

static long number(const char *name)
{
    const char *value = getenv(name);
    return value ? atol(value) : 0;
}

__attribute__((constructor)) static void prepare(void)
{
    const char *path = getenv("FAULT_STATE"), *folder = getenv("FAULT_BELOW");
    if (!path) return;
    long descriptor = syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC);
    if (descriptor < 0) return;
    void *memory =
        (void *)syscall(SYS_mmap, NULL, sizeof(struct state), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    syscall(SYS_close, descriptor);
    if (memory == MAP_FAILED) return;
    at = number("FAULT_AT"), lasting = number("FAULT_LASTING"), above = number("FAULT_ABOVE");
    failure = (int)number("FAULT_ERROR");
    if (folder) snprintf(below, sizeof below, "%s/", folder);
    killing = place("FAULT_KILL", kills, 4);
    state = memory;
    chosen = place("FAULT_KIND", kinds, 9);
    // Programs that this one starts are not counted.
    unsetenv("LD_PRELOAD");
}

static void die(void)
{
    syscall(SYS_kill, getpid(), SIGKILL);
    for (;;) pause();
}

static int counts(enum kind kind)
{
    return state && chosen == kind;
}

// Counts a call and returns whether it is hit.
static int hit(const char *call, const char *path)
{
    long count = atomic_fetch_add(&state->count, 1) + 1;
    if (at == 0 || count < at || (count > at && !lasting)) return 0;
    if (atomic_fetch_add(&state->hits, 1) == 0) {
        snprintf(state->call, sizeof state->call, "%s", call);
        snprintf(state->path, sizeof state->path, "%s", path);
    }
    return 1;
}

static int is_below(const char *path)
{
    // The program runs in the folder, so that relative paths are below it.
    return path[0] != '/' || strncmp(path, below, strlen(below)) == 0;
}

// Counts a call on a path and returns whether it fails.
static int fails(enum kind kind, const char *call, const char *path)
{
    if (!counts(kind) || !is_below(path) || !hit(call, path)) return 0;
    if (killing == BEFORE || killing == HALF) die();
    errno = failure;
    return !killing;
}

static int hits_descriptor(enum kind kind, const char *call, int descriptor)
{
    char link[64], path[sizeof state->path];
    if (!counts(kind) || descriptor < 3) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    long length = syscall(SYS_readlink, link, path, sizeof path - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    if (path[0] != '/' || !is_below(path)) return 0;
    return hit(call, path);
}

static int fails_descriptor(enum kind kind, const char *call, int descriptor, int *kills_later)
{
    if (!hits_descriptor(kind, call, descriptor)) return 0;
    if (killing == BEFORE) die();
    *kills_later = killing;
    errno = failure;
    return !killing;
}

static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

#define REAL(name) ({ static __typeof__(&name) function; if (!function) function = real(#name); function; })

static int is_refused(enum kind kind, size_t size, const char *call, void *caller)
{
    if (!state || chosen != kind || size <= (size_t)above || !hit(call, "")) return 0;
    Dl_info info;
    const char *file = dladdr(caller, &info) && info.dli_fname ? info.dli_fname : "";
    const char *name = strrchr(file, '/');
    snprintf(state->path, sizeof state->path, "of %zu bytes in %s", size, name ? name + 1 : file);
    errno = ENOMEM;
    return 1;
}

#define allocation_fails(size, call) is_refused(MEMORY, size, call, __builtin_return_address(0))

void *malloc(size_t size) { return allocation_fails(size, "malloc") ? NULL : __libc_malloc(size); }

void *calloc(size_t count, size_t size)
{
    return allocation_fails(count * size, "calloc") ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size) { return allocation_fails(size, "realloc") ? NULL : __libc_realloc(old, size); }

void *aligned_alloc(size_t alignment, size_t size)
{
    return allocation_fails(size, "aligned_alloc") ? NULL : __libc_memalign(alignment, size);
}

void *memalign(size_t alignment, size_t size)
{
    return allocation_fails(size, "memalign") ? NULL : __libc_memalign(alignment, size);
}

int posix_memalign(void **result, size_t alignment, size_t size)
{
    if (allocation_fails(size, "posix_memalign")) return ENOMEM;
    void *memory = __libc_memalign(alignment, size);
    if (!memory) return ENOMEM;
    *result = memory;
    return 0;
}

void *mmap(void *address, size_t length, int protection, int flags, int descriptor, off_t offset)
{
    if (is_refused(MAP, length, descriptor < 0 ? "mmap" : "mmap of a file", __builtin_return_address(0)))
        return MAP_FAILED;
    return (void *)syscall(SYS_mmap, address, length, protection, flags, descriptor, offset);
}

void *mmap64(void *, size_t, int, int, int, off_t) __attribute__((alias("mmap")));

int openat(int folder, const char *path, int flags, ...)
{
    va_list rest;
    va_start(rest, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    if (fails(OPEN, "open", path)) return -1;
    return REAL(openat)(folder, path, flags, mode);
}

int open(const char *path, int flags, ...)
{
    va_list rest;
    va_start(rest, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    return openat(AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...) __attribute__((alias("open")));
int openat64(int folder, const char *path, int flags, ...) __attribute__((alias("openat")));

FILE *fopen(const char *path, const char *mode)
{
    return fails(OPEN, "fopen", path) ? NULL : REAL(fopen)(path, mode);
}

DIR *opendir(const char *path) { return fails(OPEN, "opendir", path) ? NULL : REAL(opendir)(path); }

ssize_t read(int descriptor, void *bytes, size_t count)
{
    int later = 0;
    return fails_descriptor(READ, "read", descriptor, &later) ? -1 : REAL(read)(descriptor, bytes, count);
}

ssize_t pread(int descriptor, void *bytes, size_t count, off_t offset)
{
    int later = 0;
    return fails_descriptor(READ, "pread", descriptor, &later) ? -1 : REAL(pread)(descriptor, bytes, count, offset);
}

ssize_t write(int descriptor, const void *bytes, size_t count)
{
    int later = 0;
    if (fails_descriptor(WRITE, "write", descriptor, &later)) return -1;
    ssize_t written = REAL(write)(descriptor, bytes, later == HALF ? count / 2 : count);
    if (later) die();
    return written;
}

ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset)
{
    int later = 0;
    if (fails_descriptor(WRITE, "pwrite", descriptor, &later)) return -1;
    ssize_t written = REAL(pwrite)(descriptor, bytes, later == HALF ? count / 2 : count, offset);
    if (later) die();
    return written;
}

size_t fwrite(const void *bytes, size_t size, size_t count, FILE *file)
{
    int later = 0;
    return fails_descriptor(WRITE, "fwrite", fileno(file), &later) ? 0 : REAL(fwrite)(bytes, size, count, file);
}

int fsync(int descriptor)
{
    int later = 0;
    if (fails_descriptor(SYNC, "fsync", descriptor, &later)) return -1;
    int result = REAL(fsync)(descriptor);
    if (later) die();
    return result;
}

static int finish_rename(int result, int is_hit)
{
    if (is_hit && killing == AFTER) die();
    return result;
}

int rename(const char *from, const char *to)
{
    long before = state ? atomic_load(&state->hits) : 0;
    if (fails(RENAME, "rename", to)) return -1;
    return finish_rename(REAL(rename)(from, to), state && atomic_load(&state->hits) > before);
}

int renameat(int from_folder, const char *from, int to_folder, const char *to)
{
    long before = state ? atomic_load(&state->hits) : 0;
    if (fails(RENAME, "renameat", to)) return -1;
    return finish_rename(
        REAL(renameat)(from_folder, from, to_folder, to), state && atomic_load(&state->hits) > before);
}

int link(const char *from, const char *to) { return fails(RENAME, "link", to) ? -1 : REAL(link)(from, to); }

int pthread_create(
    pthread_t *thread, const pthread_attr_t *attributes, void *(*function)(void *), void *argument)
{
    if (counts(THREAD) && hit("pthread_create", "")) return EAGAIN;
    return REAL(pthread_create)(thread, attributes, function, argument);
}
