#include "framework/ops/kv_cache.h"

#include "framework/core/error.h"
#include "framework/ops/packed_attention.h"

#include <numeric>
#include <utility>
#include <vector>

namespace rankwise {

using torch::Tensor;

void KvCache::begin(const Batch& batch) {
  const Tensor last = batch.positions.index_select(0, batch.first_rows + batch.lengths - 1);
  first_ = sequences_ == 0;
  if (first_) {
    sequences_ = batch.sequences();
    longest_ = batch.lengths.max().item<std::int64_t>();
  } else {
    check(batch.sequences() == sequences_ && batch.rows() == sequences_,
          "a cache of {} sequences goes on with a row of each, not with {} rows of {}", sequences_,
          batch.rows(), batch.sequences());
    ++longest_;
  }
  check(longest_ <= capacity_, "a sequence of {} rows outgrows a cache of {}", longest_, capacity_);
  batch_ = &batch;
  key_firsts_ = torch::arange(sequences_, batch.lengths.options()) * capacity_;
  key_lengths_ = last + 1;
  places_ = key_firsts_.index_select(0, batch.row_sequence) + batch.positions;
}

Tensor& KvCache::buffer(std::map<std::int64_t, Tensor>& of, std::int64_t layer,
                        const Tensor& rows) {
  Tensor& buffer = of[layer];
  if (!buffer.defined()) {
    buffer = torch::zeros({sequences_ * capacity_, rows.size(1)}, rows.options());
  }
  return buffer;
}

Tensor KvCache::attend(std::int64_t layer, const Tensor& q, const Tensor& k, const Tensor& v,
                       AttentionForm form) {
  Tensor& keys = buffer(keys_, layer, k);
  Tensor& values = buffer(values_, layer, v);
  keys.index_copy_(0, places_, k);
  values.index_copy_(0, places_, v);
  if (first_) {
    return packed_attention(q, k, v, {batch_->first_rows, batch_->lengths, batch_->buckets}, form);
  }
  // A last row sees all rows of its sequence. The bias of distances from it begins that much later.
  form.causal = false;
  if (form.bias.table.defined()) form.bias.zero -= longest_ - 1;
  return attend_to_all(q, keys, values, form);
}

Tensor KvCache::attend_to_all(const Tensor& q, const Tensor& keys, const Tensor& values,
                              const AttentionForm& form) const {
  if (q.is_cpu()) {
    return packed_attention(
        q, keys, values,
        {batch_->first_rows, batch_->lengths, batch_->buckets, key_firsts_, key_lengths_}, form);
  }
  // Where there is no kernel of strided regions, the rows that there are, end to end.
  const Tensor lengths = key_lengths_.cpu();
  std::vector<std::int64_t> starts{0};
  for (std::int64_t s = 0; s < sequences_; ++s) {
    starts.push_back(starts.back() + lengths[s].item<std::int64_t>());
  }
  const Tensor firsts = torch::tensor(starts, key_firsts_.options()).narrow(0, 0, sequences_);
  const Tensor shift = (key_firsts_ - firsts).repeat_interleave(key_lengths_);
  const Tensor rows = torch::arange(starts.back(), key_firsts_.options()) + shift;
  std::vector<std::int64_t> own(static_cast<std::size_t>(sequences_));
  std::iota(own.begin(), own.end(), std::int64_t{0});
  const LazyBuckets buckets(batch_->buckets, LazyBuckets(starts, q.device()), std::move(own));
  return packed_attention(q, keys.index_select(0, rows), values.index_select(0, rows),
                          {batch_->first_rows, batch_->lengths, buckets, firsts, key_lengths_},
                          form);
}

const KvCache::KeysAndValues& KvCache::fixed(std::int64_t layer,
                                             const std::function<KeysAndValues()>& make) {
  const auto found = fixed_.find(layer);
  return found != fixed_.end() ? found->second : fixed_.emplace(layer, make()).first->second;
}

void KvCache::select(const Tensor& chosen) {
  for (auto* buffers : {&keys_, &values_}) {
    for (auto& [layer, buffer] : *buffers) {
      buffer = buffer.view({sequences_, capacity_, -1}).index_select(0, chosen).flatten(0, 1);
    }
  }
  sequences_ = chosen.size(0);
}

}  // namespace rankwise
