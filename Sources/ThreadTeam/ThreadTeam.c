#define _GNU_SOURCE
#include "ThreadTeam.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

// MARK: Waiting

// How long a thread spins before it sleeps. Two kernels of a network are some microseconds apart, and waking a thread takes some tens;
// spinning for longer only takes time from other threads on the core.
enum { spin_nanoseconds = 40000 };

static void pause_briefly(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

static int64_t nanoseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

// A counter whose change threads can wait for.
struct bell {
    _Atomic uint32_t count;
    _Atomic uint32_t sleepers;
};

static void ring(struct bell *bell)
{
    atomic_fetch_add(&bell->count, 1);
    if (atomic_load(&bell->sleepers) > 0) syscall(SYS_futex, &bell->count, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
}

// Returns once `condition` holds; the thread that makes it hold must call `ring` afterwards.
#define WAIT(bell, condition)                                                                                       \
    do {                                                                                                            \
        const int64_t began = nanoseconds();                                                                        \
        int holds = (condition);                                                                                    \
        while (!holds && nanoseconds() - began < spin_nanoseconds) {                                                \
            for (int i = 0; i < 16 && !holds; i++) {                                                                \
                pause_briefly();                                                                                    \
                holds = (condition);                                                                                \
            }                                                                                                       \
        }                                                                                                           \
        while (!holds) {                                                                                            \
            const uint32_t heard = atomic_load(&(bell)->count);                                                     \
            holds = (condition);                                                                                    \
            if (holds) break;                                                                                       \
            atomic_fetch_add(&(bell)->sleepers, 1);                                                                 \
            syscall(SYS_futex, &(bell)->count, FUTEX_WAIT_PRIVATE, heard, NULL, NULL, 0);                           \
            atomic_fetch_sub(&(bell)->sleepers, 1);                                                                 \
            holds = (condition);                                                                                    \
        }                                                                                                           \
    } while (0)

// MARK: The pool

enum { most_threads = 4095 };

// The number of regions since the start, times 4096, plus the number of threads of the current region. A thread that is not in a region may
// miss any number of them; a thread that is in one cannot miss it, since the region lasts until that thread is done.
static _Atomic uint64_t region;
static struct bell begun, done;
static _Atomic int unfinished;

// The work of the current region; written before the region begins, and constant while it lasts.
static void (*region_work)(void *);
static void *region_data;
static int region_members, region_threads;

static struct bell met;
static _Atomic int arrived;

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
// Threads started in addition to the callers; changed only while holding `turn`.
static _Atomic int started;
// Whether the system has refused a thread. Then no more are asked for: kernels plan memory for the threads that there are when they are
// created, so the team must not grow later.
static _Atomic int is_complete;
static _Atomic int size;

static _Thread_local int member;
static _Thread_local int members = 1;
static _Thread_local int is_within;

static void work_as(int number, int count, int threads, void (*work)(void *), void *data)
{
    const int outer_member = member, outer_members = members, was_within = is_within;
    members = count;
    is_within = 1;
    for (int next = number; next < count; next += threads) {
        member = next;
        work(data);
    }
    member = outer_member;
    members = outer_members;
    is_within = was_within;
}

static void *run_thread(void *argument)
{
    const int number = (int)(intptr_t)argument;
    uint64_t seen = 0;
    for (;;) {
        WAIT(&begun, atomic_load(&region) != seen);
        seen = atomic_load(&region);
        if (number >= (int)(seen & most_threads)) continue;
        work_as(number, region_members, region_threads, region_work, region_data);
        if (atomic_fetch_sub(&unfinished, 1) == 1) ring(&done);
    }
    return NULL;
}

// Starts threads as needed and returns how many there are for a region of `count`, including the calling thread.
static int threads_for(int count)
{
    if (count > most_threads) count = most_threads;
    while (started + 1 < count && !is_complete) {
        // Signals are handled by the program's initial thread.
        sigset_t all, before;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before);
        pthread_t thread;
        const int failure = pthread_create(&thread, NULL, run_thread, (void *)(intptr_t)(started + 1));
        pthread_sigmask(SIG_SETMASK, &before, NULL);
        if (failure) {
            is_complete = 1;
            break;
        }
        pthread_detach(thread);
        started++;
    }
    return started + 1 < count ? started + 1 : count;
}

static void run_region(int count, void (*work)(void *), void *data)
{
    const int threads = threads_for(count);
    if (threads > 1) {
        region_work = work;
        region_data = data;
        region_members = count;
        region_threads = threads;
        atomic_store(&arrived, 0);
        atomic_store(&unfinished, threads - 1);
        const uint64_t next = (atomic_load(&region) >> 12) + 1;
        atomic_store(&region, next << 12 | (uint64_t)threads);
        ring(&begun);
    }
    work_as(0, count, threads, work, data);
    if (threads > 1) WAIT(&done, atomic_load(&unfinished) == 0);
}

void thread_team_run(int count, void (*work)(void *), void *data)
{
    if (is_within || count <= 1) {
        work_as(0, 1, 1, work, data);
        return;
    }
    pthread_mutex_lock(&turn);
    run_region(count, work, data);
    pthread_mutex_unlock(&turn);
}

int thread_team_try_run(int count, void (*work)(void *), void *data)
{
    if (is_within || pthread_mutex_trylock(&turn) != 0) return 0;
    run_region(count, work, data);
    pthread_mutex_unlock(&turn);
    return 1;
}

static int wanted_size(void)
{
    const int chosen = atomic_load(&size);
    if (chosen > 0) return chosen;
    const char *text = getenv("OMP_NUM_THREADS");
    const int asked = text ? atoi(text) : 0;
    const long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return asked > 0 ? asked : cores > 0 ? (int)cores : 1;
}

int thread_team_size(void)
{
    const int wanted = wanted_size();
    // Asking need not wait for another thread's region to end, unless threads still have to be started.
    if (is_within || atomic_load(&started) + 1 >= wanted) return wanted;
    if (atomic_load(&is_complete)) return atomic_load(&started) + 1;
    pthread_mutex_lock(&turn);
    const int threads = threads_for(wanted);
    pthread_mutex_unlock(&turn);
    return threads;
}

void thread_team_set_size(int count) { atomic_store(&size, count < 1 ? 1 : count); }

int thread_team_member(void) { return member; }

int thread_team_members(void) { return members; }

// MARK: GNU OpenMP's entry points

// A library built with GNU OpenMP finds these before libgomp's, because the program itself defines them. These are all that oneDNN calls.

#define EXPORTED __attribute__((visibility("default"), used))

EXPORTED void GOMP_parallel(void (*work)(void *), void *data, unsigned count, unsigned flags)
{
    (void)flags;
    thread_team_run(count == 0 ? thread_team_size() : (int)count, work, data);
}

EXPORTED void GOMP_barrier(void)
{
    if (members <= 1) return;
    const uint32_t before = atomic_load(&met.count);
    if (atomic_fetch_add(&arrived, 1) == members - 1) {
        atomic_store(&arrived, 0);
        ring(&met);
    } else {
        WAIT(&met, atomic_load(&met.count) != before);
    }
}

EXPORTED int omp_get_max_threads(void) { return is_within ? 1 : thread_team_size(); }

EXPORTED int omp_get_num_threads(void) { return members; }

EXPORTED int omp_get_thread_num(void) { return member; }

EXPORTED int omp_in_parallel(void) { return is_within && members > 1; }
