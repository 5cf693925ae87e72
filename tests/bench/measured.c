/*
 * measured: runs a program and tells what that cost.
 *
 *   measured REPORT PROGRAM [ARGUMENT...]
 *
 * writes "status S wall W user U sys Y rss_kib R" to REPORT when the program has ended: seconds from just before
 * exec to its end, and the most memory it had resident. SIGTERM kills the program. A small process of its own,
 * because the system counts into a child's memory what its parent had before exec: below an interpreter, 30 MiB
 * that are not the program's.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static pid_t child;

static void stop(int number)
{
    (void)number;
    if (child > 0) {
        kill(child, SIGKILL);
    }
}

static double seconds(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    struct rusage usage = {0};
    int status = 0;
    if (argc < 3) {
        fprintf(stderr, "usage: measured REPORT PROGRAM [ARGUMENT...]\n");
        return 64;
    }
    signal(SIGTERM, stop);
    signal(SIGINT, stop);
    double began = now();
    child = fork();
    if (child == 0) {
        execvp(argv[2], argv + 2);
        perror(argv[2]);
        _exit(127);
    }
    if (child < 0 || waitpid(child, &status, 0) != child) {
        perror("measured");
        return 71;
    }
    double wall = now() - began;
    getrusage(RUSAGE_CHILDREN, &usage);
    FILE *report = fopen(argv[1], "w");
    if (!report) {
        perror(argv[1]);
        return 73;
    }
    fprintf(report, "status %d wall %.6f user %.6f sys %.6f rss_kib %ld\n",
            WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), wall, seconds(usage.ru_utime),
            seconds(usage.ru_stime), usage.ru_maxrss);
    return fclose(report) == 0 ? 0 : 73;
}
