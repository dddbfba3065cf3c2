/// T5's buckets of relative positions (Raffel et al., 2020): a short distance has a bucket of its
/// own, longer ones share buckets that grow with their logarithm.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace rankwise {

struct RelativeBuckets {
  std::int64_t count = 32;
  std::int64_t max_distance = 128;  // from here on all distances share the last bucket
  bool bidirectional = true;  // keys that come later have half of the buckets; else they share
                              // bucket 0
};

/// [2 * rows - 1] int64 on the host: the bucket of key position - query position, from 1 - rows to
/// rows - 1. In single precision, as the checkpoints were trained: a distance on the bound between
/// two buckets falls to the same side.
at::Tensor relative_buckets(std::int64_t rows, const RelativeBuckets& buckets);

}  // namespace rankwise
