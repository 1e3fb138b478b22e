// How many threads OpenBLAS starts for itself when it is loaded: none in addition to the caller. All products run on the calling thread
// alone, and `Parallel` spreads them over the team's threads. OpenBLAS's own threads would wait until the end, but where the system grants
// no more threads (`ulimit -u`, a container's limit), the program would end before its first line, and under a limit of memory
// (`ulimit -v`) it would not end at all: one of them would ask for its 128 MB again and again.
//
// OpenBLAS calls this function before `main`, from its constructor, to read OPENBLAS_NUM_THREADS, and finds the program's first. Builds
// of it without threads never call it.
__attribute__((visibility("default"), used)) int openblas_num_threads_env(void) { return 1; }
