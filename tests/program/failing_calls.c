// Preloaded into the program: the FAULT_AT-th call that changes something below FAULT_FOLDER fails
// with the error number FAULT_ERROR; with FAULT_STAYS all later ones fail, too. How many there were
// is added to the file FAULT_COUNT when a process ends.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static atomic_long calls;

static int lies_below(const char* path) {
  const char* folder = getenv("FAULT_FOLDER");
  return folder && path && strncmp(path, folder, strlen(folder)) == 0;
}

static int is_of_folder(int file) {
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof(link), "/proc/self/fd/%d", file);
  const ssize_t length = readlink(link, path, sizeof(path) - 1);
  if (length < 0) return 0;
  path[length] = '\0';
  return lies_below(path);
}

// Counts a call, and says whether it is to fail.
static int fails(int counts) {
  if (!counts) return 0;
  const char* at = getenv("FAULT_AT");
  const long call = atomic_fetch_add(&calls, 1) + 1;
  const long wanted = at ? atol(at) : 0;
  if (wanted == 0 || call < wanted || (call > wanted && !getenv("FAULT_STAYS"))) return 0;
  errno = atoi(getenv("FAULT_ERROR"));
  return 1;
}

#define NEXT(name) ((__typeof__(&(name)))dlsym(RTLD_NEXT, #name))

#define WRITER(name, parameters, arguments) \
  ssize_t name parameters {                 \
    if (fails(is_of_folder(file))) return -1; \
    return NEXT(name) arguments;            \
  }
WRITER(write, (int file, const void* bytes, size_t size), (file, bytes, size))
WRITER(pwrite, (int file, const void* bytes, size_t size, off_t at), (file, bytes, size, at))
WRITER(pwrite64, (int file, const void* bytes, size_t size, off64_t at), (file, bytes, size, at))
WRITER(writev, (int file, const struct iovec* parts, int count), (file, parts, count))

#define KEEPER(name, parameters, arguments) \
  int name parameters {                     \
    if (fails(is_of_folder(file))) return -1; \
    return NEXT(name) arguments;            \
  }
KEEPER(fsync, (int file), (file))
KEEPER(fdatasync, (int file), (file))
KEEPER(ftruncate, (int file, off_t size), (file, size))
KEEPER(ftruncate64, (int file, off64_t size), (file, size))

#define OPENER(name)                                                          \
  int name(const char* path, int flags, ...) {                                \
    va_list rest;                                                             \
    va_start(rest, flags);                                                    \
    const mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0; \
    va_end(rest);                                                             \
    if (fails((flags & O_ACCMODE) != O_RDONLY && lies_below(path))) return -1; \
    return NEXT(name)(path, flags, mode);                                     \
  }
OPENER(open)
OPENER(open64)

int rename(const char* from, const char* to) {
  if (fails(lies_below(to))) return -1;
  return NEXT(rename)(from, to);
}

int mkdir(const char* path, mode_t mode) {
  if (fails(lies_below(path))) return -1;
  return NEXT(mkdir)(path, mode);
}

__attribute__((destructor)) static void tell_count(void) {
  const char* path = getenv("FAULT_COUNT");
  if (!path || atomic_load(&calls) == 0) return;
  FILE* file = fopen(path, "a");
  if (!file) return;
  fprintf(file, "%ld\n", atomic_load(&calls));
  fclose(file);
}
