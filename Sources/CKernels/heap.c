#define _DEFAULT_SOURCE
#include "ckernels.h"

#ifdef __linux__
#include <sys/mman.h>
#endif
#ifdef __GLIBC__
#include <malloc.h>
#include <stdlib.h>
#include <unistd.h>
#endif

// A query over a table in a file is over in a tenth of a second, of which the kernel would take a third to hand out
// memory in pages of 4 kB and take it back between batches.
void ck_prepare_heap(void) {
#ifdef __GLIBC__
  const size_t reserve = (size_t)512 << 20, huge_page = (size_t)2 << 20;
  // Vectors come from the heap, and what they leave stays there for the next ones.
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 2 * (int)reserve - 1);
  // The heap's addresses grow once by the reserve; its memory is taken when it is first used, in huge pages.
  mallopt(M_TOP_PAD, (int)reserve);
  const char *start = sbrk(0);
  void *volatile block = malloc(huge_page);
  free(block);
  const char *end = sbrk(0);
  mallopt(M_TOP_PAD, 4 * (int)huge_page);
  const char *first = (const char *)(((uintptr_t)start + huge_page - 1) & ~(uintptr_t)(huge_page - 1));
  // Advice only: where there are no huge pages, nothing changes.
  if (end > first) (void)madvise((void *)first, (size_t)(end - first), MADV_HUGEPAGE);
#endif
}

void ck_use_huge_pages(void *start, size_t count) {
#ifdef __linux__
  const uintptr_t huge_page = (uintptr_t)2 << 20;
  const uintptr_t first = ((uintptr_t)start + huge_page - 1) & ~(huge_page - 1);
  const uintptr_t end = ((uintptr_t)start + count) & ~(huge_page - 1);
  if (end > first + huge_page) (void)madvise((void *)first, end - first, MADV_HUGEPAGE);
#else
  (void)start;
  (void)count;
#endif
}

void ck_release_heap(void) {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}
