#pragma once

/// One thread pool for all computations: for our own loops, and for the parallel regions of libraries built with GNU OpenMP, whose entry
/// points this library defines itself (see ThreadTeam.c).
///
/// GNU's own threads spin for milliseconds when they wait, each thread that starts work gets its own team, and all of them hold cores that
/// others need: with other programs on the same cores, a step took tens of times as long. The threads of this pool spin for some
/// microseconds and then sleep, and there is only one pool, however many threads start work.

/// The default number of threads of a region, including the calling thread: as many as were requested (by `OMP_NUM_THREADS`, otherwise the
/// number of cores online), or as many as the system grants. The threads exist when this returns.
int thread_team_size(void);

/// Sets the default number of threads, at least 1.
void thread_team_set_size(int count);

/// Calls `work(data)` on `count` threads at once, including the calling thread, and returns when all are done.
///
/// One region runs at a time: regions of other threads wait for their turn. Within a region, `work` is called once, by the calling thread.
/// If the system refuses threads, the existing ones also do the work of the missing ones, one after the other.
void thread_team_run(int count, void (*work)(void *), void *data);

/// Does the same, unless another region is running: then it calls nothing and returns 0.
int thread_team_try_run(int count, void (*work)(void *), void *data);

/// The index of the calling thread in its region, from 0.
int thread_team_member(void);

/// The number of threads of the calling thread's region; 1 outside of any region.
int thread_team_members(void);
