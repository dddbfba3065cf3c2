/// Sequences of a packed batch grouped by like length, so that attention pads almost nothing.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <optional>
#include <vector>

namespace rankwise {

/// `sequences` sequences seen as a [sequences, length] grid over the packed rows.
struct LengthBucket {
  std::int64_t sequences = 0;
  std::int64_t length = 0;
  torch::Tensor rows;    // [sequences * length] int64: packed row of each cell, 0 where padded
  torch::Tensor filled;  // [rows that exist] int64: their cells; undefined when nothing is padded
  torch::Tensor packed;  // [rows that exist] int64: their packed rows; undefined likewise
  torch::Tensor padded;  // [sequences, 1, 1, length] bool; undefined when nothing is padded
};

/// `starts` [S + 1]. A bucket's longest sequence exceeds its shortest by an eighth at most.
std::vector<LengthBucket> length_buckets(const std::vector<std::int64_t>& starts,
                                         const torch::Device& device);

/// Sequences of queries, and in the same order those of keys that they look at.
struct AttentionBucket {
  LengthBucket queries, keys;
};

/// Where packed sequences begin, and which of them each sequence of queries looks at.
struct SequencePairs {
  std::vector<std::int64_t> queries, keys;  // [S + 1], [S' + 1] starts
  std::vector<std::int64_t> source;         // [S] sequences of `keys`
};

/// Both lengths of a bucket differ by an eighth at most, and no sequence of keys is in it twice.
std::vector<AttentionBucket> attention_buckets(const SequencePairs& pairs,
                                               const torch::Device& device);

/// The buckets of one batch and what else attention asks for, made when it is first asked for: the
/// CPU's kernels need none.
class LazyBuckets {
 public:
  LazyBuckets() = default;
  /// Sequences that look at themselves. starts [S + 1].
  LazyBuckets(std::vector<std::int64_t> starts, const torch::Device& device);
  /// Sequence s of `queries` looks at sequence source[s] of `keys`. source [S].
  LazyBuckets(const LazyBuckets& queries, const LazyBuckets& keys,
              std::vector<std::int64_t> source);

  const std::vector<AttentionBucket>& get() const;
  /// Rows of the longest sequence of queries; 0: there is none.
  std::int64_t longest() const;
  /// The same of the sequences that they look at.
  std::int64_t longest_keys() const;
  /// Each looks at itself, or at the one of its own number.
  bool in_order() const;
  /// [S + 1] int32 where each begins, and where all end; of the queries, and of the keys.
  const torch::Tensor& starts() const;
  const torch::Tensor& key_starts() const;

 private:
  std::vector<std::int64_t> starts_, key_starts_;    // [S + 1], [S' + 1]
  std::optional<std::vector<std::int64_t>> source_;  // none: each looks at itself
  torch::Device device_ = torch::kCPU;
  mutable std::vector<AttentionBucket> buckets_;
  mutable torch::Tensor starts_there_, key_starts_there_;
};

}  // namespace rankwise
