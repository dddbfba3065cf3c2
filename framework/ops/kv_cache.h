/// What attention has seen of each sequence of a text that grows: keys and values by layer, so that
/// a new token costs its own row alone. Without gradients.
///
/// Dimensions: S sequences, M rows of an encoder, K heads of keys and values of width d.
#pragma once

#include "framework/data/batch.h"
#include "framework/ops/attention_form.h"

#include <cstdint>
#include <functional>
#include <map>
#include <utility>

namespace rankwise {

class KvCache {
 public:
  /// `capacity`: rows that a sequence may come to have.
  explicit KvCache(std::int64_t capacity) : capacity_(capacity) {}

  /// Before a forward of `batch`: whole sequences at first, then one row of each, in their order.
  /// Throws Error where that is not so, or where a sequence outgrows the capacity.
  void begin(const Batch& batch);

  /// Causal attention of the batch's rows on themselves and on the rows before them; keeps k and v.
  /// The form's bias is of longest() rows. q [N, H * d], k and v [N, K * d] -> [N, H * d].
  torch::Tensor attend(std::int64_t layer, const torch::Tensor& q, const torch::Tensor& k,
                       const torch::Tensor& v, AttentionForm form);

  /// Keys and values [M, K * d] of rows that stay as they are, made at the first call of a layer.
  using KeysAndValues = std::pair<torch::Tensor, torch::Tensor>;
  const KeysAndValues& fixed(std::int64_t layer, const std::function<KeysAndValues()>& make);

  /// Goes on with these sequences, which may be there several times. chosen [S'] int64.
  void select(const torch::Tensor& chosen);

  /// Rows of the longest sequence, those of the batch that has begun with them.
  std::int64_t longest() const { return longest_; }

  torch::Tensor encoded;  // [M, width] an encoder's rows; undefined: not made yet

 private:
  torch::Tensor& buffer(std::map<std::int64_t, torch::Tensor>& of, std::int64_t layer,
                        const torch::Tensor& rows);
  torch::Tensor attend_to_all(const torch::Tensor& q, const torch::Tensor& keys,
                              const torch::Tensor& values, const AttentionForm& form) const;

  std::int64_t capacity_, longest_ = 0;
  std::int64_t sequences_ = 0;  // S; 0: nothing was seen
  const Batch* batch_ = nullptr;
  bool first_ = true;                       // the batch that has begun holds whole sequences
  torch::Tensor places_;                    // [N] int64 where the batch's rows go
  torch::Tensor key_firsts_, key_lengths_;  // [S] int64
  std::map<std::int64_t, torch::Tensor> keys_, values_;  // [S * capacity, K * d] by layer
  std::map<std::int64_t, KeysAndValues> fixed_;
};

}  // namespace rankwise
