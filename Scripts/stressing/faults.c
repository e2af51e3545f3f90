// Makes the writes of SQLite fail: preloaded, it stands between the program and the system.
// FAULT_AT: the number of the write, from 1, that fails; FAULT_KIND: full (no room from then on), error (the disk fails
// from then on), short (half of it is written), once (no room this once).
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static atomic_long count;

// Whether a descriptor is that of a store, or of its log.
static int is_store(int descriptor) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return strstr(path, ".dossier") != NULL && strstr(path, "-shm") == NULL && strstr(path, "-load") == NULL;
}

// How many bytes of `size` may be written; -1, with errno set, for none.
static ssize_t allowed(int descriptor, size_t size) {
  const char *at = getenv("FAULT_AT"), *kind = getenv("FAULT_KIND");
  if (at == NULL || kind == NULL || !is_store(descriptor)) return (ssize_t)size;
  long number = atomic_fetch_add(&count, 1) + 1, place = atol(at);
  int lasts = strcmp(kind, "full") == 0 || strcmp(kind, "error") == 0;
  if (number < place || (number > place && !lasts)) return (ssize_t)size;
  if (strcmp(kind, "short") == 0) return (ssize_t)(size / 2 ? size / 2 : 1);
  errno = strcmp(kind, "error") == 0 ? EIO : ENOSPC;
  return -1;
}

#define WRAP(name, offset)                                                          \
  ssize_t name(int descriptor, const void *bytes, size_t size, offset place) {      \
    static ssize_t (*real)(int, const void *, size_t, offset);                      \
    if (!real) real = (ssize_t(*)(int, const void *, size_t, offset))dlsym(RTLD_NEXT, #name); \
    ssize_t most = allowed(descriptor, size);                                       \
    return most < 0 ? -1 : real(descriptor, bytes, (size_t)most, place);            \
  }
WRAP(pwrite, off_t)
WRAP(pwrite64, off64_t)

ssize_t write(int descriptor, const void *bytes, size_t size) {
  static ssize_t (*real)(int, const void *, size_t);
  if (!real) real = (ssize_t(*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
  ssize_t most = allowed(descriptor, size);
  return most < 0 ? -1 : real(descriptor, bytes, (size_t)most);
}
