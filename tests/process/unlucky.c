/*
 * unlucky: loaded before the C library (LD_PRELOAD), it lets one thing fail, as the environment says:
 *
 *   UNLUCKY_MALLOC=N   the N-th allocation, and all after it, of an object whose path holds a word of UNLUCKY_FROM
 *   UNLUCKY_THREAD=N   the N-th thread that the program itself starts
 *   UNLUCKY_KILL=CALL  SIGKILL in place of CALL: fsync or rename
 *
 * SIGURG makes it write a line to standard error, as a library may; SIGVTALRM writes one and aborts, as an assertion
 * does.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RANGES_MOST 64

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);

static struct {
    const char *from, *to;
    int program;
} ranges[RANGES_MOST];
static size_t range_count;
static long fail_malloc, fail_thread;
static atomic_long mallocs, threads;

static long number(const char *name)
{
    const char *value = getenv(name);
    return value ? atol(value) : 0;
}

/* The code of the objects that are meant; the first one is the program. */
static int note_object(struct dl_phdr_info *info, size_t size, void *data)
{
    char words[256], *rest = words;
    int *first = data, program = *first, meant = 0;
    (void)size;
    *first = 0;
    strncpy(words, getenv("UNLUCKY_FROM") ? getenv("UNLUCKY_FROM") : "", sizeof words - 1);
    words[sizeof words - 1] = '\0';
    for (char *word; (word = strsep(&rest, ",")) != NULL;)
        meant |= *word && (program ? strcmp(word, "program") == 0 : strstr(info->dlpi_name, word) != NULL);
    for (int i = 0; i < info->dlpi_phnum && (meant || program) && range_count < RANGES_MOST; i++)
        if (info->dlpi_phdr[i].p_type == PT_LOAD && (info->dlpi_phdr[i].p_flags & PF_X)) {
            const char *from = (const char *)info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
            ranges[range_count].from = from;
            ranges[range_count].to = from + info->dlpi_phdr[i].p_memsz;
            ranges[range_count++].program = program ? 1 + meant : 0;
        }
    return 0;
}

/* 0: somebody else; 1: the program, and not meant for memory; 2: meant. */
static int who(const void *caller)
{
    for (size_t i = 0; i < range_count; i++)
        if ((const char *)caller >= ranges[i].from && (const char *)caller < ranges[i].to)
            return ranges[i].program == 1 ? 1 : 2;
    return 0;
}

static void say(const char *text)
{
    ssize_t sent = write(STDERR_FILENO, text, strlen(text));
    (void)sent;
}

static void speak(int signal_number)
{
    say("library: a line\033[31m of words\n");
    if (signal_number == SIGVTALRM) {
        say("library.c:1: assertion failed\n");
        abort();
    }
}

__attribute__((constructor)) static void begin(void)
{
    int first = 1;
    dl_iterate_phdr(note_object, &first);
    fail_thread = number("UNLUCKY_THREAD");
    signal(SIGURG, speak);
    signal(SIGVTALRM, speak);
    fail_malloc = number("UNLUCKY_MALLOC"); /* from here on */
    unsetenv("LD_PRELOAD"); /* not the programs that it runs */
}

static int fails(const void *caller)
{
    if (fail_malloc == 0 || who(caller) != 2 || atomic_fetch_add(&mallocs, 1) + 1 < fail_malloc)
        return 0;
    errno = ENOMEM;
    return 1;
}

void *malloc(size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_realloc(old, size);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *argument)
{
    static int (*next)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
    if (!next)
        *(void **)&next = dlsym(RTLD_NEXT, "pthread_create");
    if (fail_thread && who(__builtin_return_address(0)) && atomic_fetch_add(&threads, 1) + 1 >= fail_thread)
        return EAGAIN;
    return next(thread, attributes, run, argument);
}

/* In the middle: all is written, and nothing has its name yet. */
static void die_at(const char *call)
{
    const char *wanted = getenv("UNLUCKY_KILL");
    if (wanted && strcmp(wanted, call) == 0)
        raise(SIGKILL);
}

int fsync(int fd)
{
    static int (*next)(int);
    if (!next)
        *(void **)&next = dlsym(RTLD_NEXT, "fsync");
    die_at("fsync");
    return next(fd);
}

int rename(const char *from, const char *to)
{
    static int (*next)(const char *, const char *);
    if (!next)
        *(void **)&next = dlsym(RTLD_NEXT, "rename");
    die_at("rename");
    return next(from, to);
}
