#include "fake_heap.h"

#include <stdlib.h>

#if defined(__has_feature)
#define HAS(what) __has_feature(what)
#else
#define HAS(what) 0
#endif

#if defined(__SANITIZE_THREAD__) || HAS(thread_sanitizer) || defined(__SANITIZE_ADDRESS__) || HAS(address_sanitizer)
/* Their blocks are larger than anybody's, and their hours too long. */
size_t fake_heap_live(void)
{
    return 0;
}
#elif defined(__GLIBC__) && defined(__GLIBC_PREREQ)
#include <malloc.h>
#if __GLIBC_PREREQ(2, 33)
size_t fake_heap_live(void)
{
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}
#else
size_t fake_heap_live(void)
{
    return 0;
}
#endif
#else
size_t fake_heap_live(void)
{
    return 0;
}
#endif
