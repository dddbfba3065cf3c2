#include "framework/data/length_buckets.h"

#include <algorithm>
#include <numeric>

namespace rankwise {

namespace {

torch::Tensor indices(const std::vector<std::int64_t>& values, const torch::Device& device) {
  return torch::tensor(values, torch::kInt64).to(device);
}

LengthBucket make_bucket(const std::vector<std::int64_t>& starts,
                         const std::vector<std::int64_t>& members, const torch::Device& device) {
  const auto length_of = [&](std::int64_t s) { return starts[s + 1] - starts[s]; };
  LengthBucket bucket;
  bucket.sequences = static_cast<std::int64_t>(members.size());
  bucket.length = length_of(members.back());
  std::vector<std::int64_t> rows;
  std::vector<std::int64_t> filled;
  std::vector<std::int64_t> packed;
  for (const std::int64_t sequence : members) {
    for (std::int64_t i = 0; i < bucket.length; ++i) {
      const bool exists = i < length_of(sequence);
      if (exists) {
        filled.push_back(static_cast<std::int64_t>(rows.size()));
        packed.push_back(starts[sequence] + i);
      }
      rows.push_back(exists ? starts[sequence] + i : 0);
    }
  }
  bucket.rows = indices(rows, device);
  if (filled.size() == rows.size()) return bucket;
  const torch::Tensor cells = indices(filled, device);
  bucket.filled = cells;
  bucket.packed = indices(packed, device);
  bucket.padded = torch::ones({static_cast<std::int64_t>(rows.size())},
                              torch::TensorOptions().dtype(torch::kBool).device(device))
                      .index_fill_(0, cells, false)
                      .view({bucket.sequences, 1, 1, bucket.length});
  return bucket;
}

}  // namespace

std::vector<LengthBucket> length_buckets(const std::vector<std::int64_t>& starts,
                                         const torch::Device& device) {
  std::vector<std::int64_t> order(starts.size() - 1);
  std::iota(order.begin(), order.end(), std::int64_t{0});
  const auto length_of = [&](std::int64_t s) { return starts[s + 1] - starts[s]; };
  std::stable_sort(order.begin(), order.end(),
                   [&](auto a, auto b) { return length_of(a) < length_of(b); });
  std::vector<LengthBucket> buckets;
  std::vector<std::int64_t> members;
  for (const std::int64_t sequence : order) {
    const bool fits = members.empty() || 8 * length_of(sequence) <= 9 * length_of(members.front());
    if (!fits) {
      buckets.push_back(make_bucket(starts, members, device));
      members.clear();
    }
    members.push_back(sequence);
  }
  if (!members.empty()) buckets.push_back(make_bucket(starts, members, device));
  return buckets;
}

const std::vector<LengthBucket>& LengthBuckets::get() const {
  if (made_.empty()) made_ = length_buckets(starts_, device_);
  return made_;
}

}  // namespace rankwise
