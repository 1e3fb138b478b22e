#pragma once

/// One team of threads for all that computes: our own loops, and the parallel regions of libraries that were built with GNU
/// OpenMP, whose entries this library defines itself (see ThreadTeam.c).
///
/// GNU's own threads spin for milliseconds where they wait, each thread that starts work gets a team of its own, and all of
/// them hold cores that others would need: with other programs on the same cores a step took tens of times as long. This
/// team's threads spin for some microseconds and then sleep, and there is one, however many threads start work.

/// How many threads a region has where it does not say itself, the calling one among them: as many as were asked for
/// (`OMP_NUM_THREADS`, where nobody asked: the cores that are online), or as the system grants. They are there when this returns.
int thread_team_size(void);

/// Asks for that number, at least 1.
void thread_team_set_size(int count);

/// Calls `work(data)` on `count` threads at once, the calling one among them, and returns when all are done.
///
/// One region runs at a time: another thread's waits for its turn. Within a region `work` is called once, by the calling thread.
/// Where the system refuses threads, those that there are do the others' part, one after the other.
void thread_team_run(int count, void (*work)(void *), void *data);

/// The same, unless another region is running: then nothing is called, and 0 is returned.
int thread_team_try_run(int count, void (*work)(void *), void *data);

/// The number of the calling thread in its region, from 0.
int thread_team_member(void);

/// How many threads the calling thread's region has; 1 outside of any.
int thread_team_members(void);
