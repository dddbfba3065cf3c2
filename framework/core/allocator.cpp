#include "framework/core/allocator.h"

#include "framework/core/switches.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace rankwise {

namespace {

const Switch memory_switch(
    "kept-memory",
    "a training process keeps freed blocks of up to 32 MiB for the next ones; without: as the C "
    "library does, which returns large ones at once");

}  // namespace

void keep_freed_memory() {
#ifdef __GLIBC__
  if (!memory_switch) return;
  constexpr int kLargestKept = 32 << 20;  // the most that glibc allows
  constexpr int kMostKept = 256 << 20;
  malloc_trim(0);
  mallopt(M_MMAP_THRESHOLD, kLargestKept);
  mallopt(M_TRIM_THRESHOLD, kMostKept);
#endif
}

}  // namespace rankwise
