#include "framework/data/length_buckets.h"

#include "framework/data/upload.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <utility>

namespace rankwise {

namespace {

using Starts = std::vector<std::int64_t>;

std::int64_t length_of(const Starts& starts, std::int64_t s) { return starts[s + 1] - starts[s]; }

LengthBucket make_bucket(const Starts& starts, const std::vector<std::int64_t>& members,
                         const torch::Device& device) {
  LengthBucket bucket;
  bucket.sequences = static_cast<std::int64_t>(members.size());
  for (const std::int64_t s : members) {
    bucket.length = std::max(bucket.length, length_of(starts, s));
  }
  std::vector<std::int64_t> rows;
  std::vector<std::int64_t> filled;
  std::vector<std::int64_t> packed;
  for (const std::int64_t sequence : members) {
    for (std::int64_t i = 0; i < bucket.length; ++i) {
      const bool exists = i < length_of(starts, sequence);
      if (exists) {
        filled.push_back(static_cast<std::int64_t>(rows.size()));
        packed.push_back(starts[sequence] + i);
      }
      rows.push_back(exists ? starts[sequence] + i : 0);
    }
  }
  const bool whole = filled.size() == rows.size();
  Upload upload;
  upload.add(rows, bucket.rows);
  if (!whole) {
    upload.add(filled, bucket.filled);
    upload.add(packed, bucket.packed);
  }
  upload.send(device);
  if (whole) return bucket;
  bucket.padded = torch::ones({static_cast<std::int64_t>(rows.size())},
                              torch::TensorOptions().dtype(torch::kBool).device(device))
                      .index_fill_(0, bucket.filled, false)
                      .view({bucket.sequences, 1, 1, bucket.length});
  return bucket;
}

bool alike(std::int64_t shortest, std::int64_t longest) { return 8 * longest <= 9 * shortest; }

/// Sequences of one bucket while they are gathered, and the lengths among them.
struct Gathered {
  explicit Gathered(std::int64_t length) : shortest(length), longest(length) {}

  bool takes(std::int64_t length) const {
    return alike(std::min(shortest, length), std::max(longest, length));
  }
  void add(std::int64_t sequence, std::int64_t length) {
    members.push_back(sequence);
    shortest = std::min(shortest, length);
    longest = std::max(longest, length);
  }

  std::int64_t shortest, longest;
  std::vector<std::int64_t> members;
};

struct GatheredPairs {
  Gathered queries, keys;
  std::set<std::int64_t> seen = {};  // the keys
};

std::int64_t longest_of(const Starts& starts) {
  std::int64_t longest = 0;
  for (std::size_t s = 0; s + 1 < starts.size(); ++s) {
    longest = std::max(longest, starts[s + 1] - starts[s]);
  }
  return longest;
}

torch::Tensor sent_starts(const Starts& starts, const torch::Device& device) {
  return sent(torch::tensor(starts, torch::kInt64),
              torch::TensorOptions().dtype(torch::kInt32).device(device));
}

std::vector<std::int64_t> numbers_up_to(std::size_t count) {
  std::vector<std::int64_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), std::int64_t{0});
  return numbers;
}

}  // namespace

std::vector<LengthBucket> length_buckets(const std::vector<std::int64_t>& starts,
                                         const torch::Device& device) {
  std::vector<std::int64_t> order = numbers_up_to(starts.size() - 1);
  std::stable_sort(order.begin(), order.end(),
                   [&](auto a, auto b) { return length_of(starts, a) < length_of(starts, b); });
  std::vector<LengthBucket> buckets;
  std::vector<std::int64_t> members;
  for (const std::int64_t sequence : order) {
    const bool fits =
        members.empty() || alike(length_of(starts, members.front()), length_of(starts, sequence));
    if (!fits) {
      buckets.push_back(make_bucket(starts, members, device));
      members.clear();
    }
    members.push_back(sequence);
  }
  if (!members.empty()) buckets.push_back(make_bucket(starts, members, device));
  return buckets;
}

std::vector<AttentionBucket> attention_buckets(const SequencePairs& pairs,
                                               const torch::Device& device) {
  std::vector<std::int64_t> order = numbers_up_to(pairs.source.size());
  const auto lengths = [&](std::int64_t s) {
    return std::pair(length_of(pairs.queries, s), length_of(pairs.keys, pairs.source[s]));
  };
  std::stable_sort(order.begin(), order.end(),
                   [&](auto a, auto b) { return lengths(a) < lengths(b); });
  std::vector<GatheredPairs> gathered;
  for (const std::int64_t query : order) {
    const std::int64_t key = pairs.source[query];
    const auto [rows, key_rows] = lengths(query);
    auto place = gathered.begin();
    while (place != gathered.end() && !(place->queries.takes(rows) && place->keys.takes(key_rows) &&
                                        !place->seen.contains(key))) {
      ++place;
    }
    if (place == gathered.end()) {
      place = gathered.insert(place, {Gathered(rows), Gathered(key_rows)});
    }
    place->queries.add(query, rows);
    place->keys.add(key, key_rows);
    place->seen.insert(key);
  }
  std::vector<AttentionBucket> buckets;
  for (const GatheredPairs& bucket : gathered) {
    buckets.push_back({make_bucket(pairs.queries, bucket.queries.members, device),
                       make_bucket(pairs.keys, bucket.keys.members, device)});
  }
  return buckets;
}

LazyBuckets::LazyBuckets(std::vector<std::int64_t> starts, const torch::Device& device)
    : starts_(std::move(starts)), device_(device) {}

LazyBuckets::LazyBuckets(const LazyBuckets& queries, const LazyBuckets& keys,
                         std::vector<std::int64_t> source)
    : starts_(queries.starts_),
      key_starts_(keys.starts_),
      source_(std::move(source)),
      device_(queries.device_),
      starts_there_(queries.starts_there_),
      key_starts_there_(keys.starts_there_) {}

std::int64_t LazyBuckets::longest() const { return longest_of(starts_); }

std::int64_t LazyBuckets::longest_keys() const {
  return longest_of(source_ ? key_starts_ : starts_);
}

bool LazyBuckets::in_order() const {
  if (!source_) return true;
  for (std::size_t i = 0; i < source_->size(); ++i) {
    if ((*source_)[i] != static_cast<std::int64_t>(i)) return false;
  }
  return key_starts_.size() == starts_.size();
}

const torch::Tensor& LazyBuckets::starts() const {
  if (!starts_there_.defined()) starts_there_ = sent_starts(starts_, device_);
  return starts_there_;
}

const torch::Tensor& LazyBuckets::key_starts() const {
  if (!source_) return starts();
  if (!key_starts_there_.defined()) key_starts_there_ = sent_starts(key_starts_, device_);
  return key_starts_there_;
}

const std::vector<AttentionBucket>& LazyBuckets::get() const {
  if (!buckets_.empty() || starts_.size() < 2) return buckets_;
  if (source_) {
    buckets_ = attention_buckets({starts_, key_starts_, *source_}, device_);
  } else {
    for (const LengthBucket& bucket : length_buckets(starts_, device_)) {
      buckets_.push_back({bucket, bucket});
    }
  }
  return buckets_;
}

}  // namespace rankwise
