#include "framework/ops/bucketed_attention.h"

#include "framework/ops/kept_form.h"

#include <torch/csrc/autograd/custom_function.h>
#include <torch/types.h>

#include <limits>

namespace rankwise {

namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// Moves rows between the packed layout and one bucket's [sequences, heads, length, d] grid.
class Grid {
 public:
  Grid(const LengthBucket& bucket, std::int64_t heads) : bucket_(bucket), heads_(heads) {}

  Tensor gather(const Tensor& packed) const { return split(packed.index_select(0, bucket_.rows)); }

  // Padded cells stay zero, so that gradients of the padding vanish.
  Tensor gather_filled(const Tensor& packed) const {
    if (!bucket_.filled.defined()) return gather(packed);
    const Tensor cells =
        at::zeros({bucket_.sequences * bucket_.length, packed.size(1)}, packed.options());
    cells.index_copy_(0, bucket_.filled, packed.index_select(0, bucket_.packed));
    return split(cells);
  }

  void scatter(const Tensor& grid, Tensor& packed) const {
    const Tensor cells = grid.transpose(1, 2).reshape({-1, packed.size(1)});
    if (!bucket_.filled.defined()) {
      packed.index_copy_(0, bucket_.rows, cells);
    } else {
      packed.index_copy_(0, bucket_.packed, cells.index_select(0, bucket_.filled));
    }
  }

 private:
  Tensor split(const Tensor& cells) const {
    return cells.view({bucket_.sequences, bucket_.length, heads_, -1}).transpose(1, 2);
  }

  const LengthBucket& bucket_;
  std::int64_t heads_;
};

Tensor probabilities(const Tensor& q, const Tensor& k, const LengthBucket& bucket,
                     const AttentionForm& form) {
  constexpr double kNever = -std::numeric_limits<double>::infinity();
  Tensor scores = at::matmul(q, k.transpose(2, 3)).mul_(form.scale);
  if (bucket.padded.defined()) scores.masked_fill_(bucket.padded, kNever);
  if (form.causal) {
    const auto whole = scores.options().dtype(torch::kBool);
    scores.masked_fill_(at::ones({bucket.length, bucket.length}, whole).triu(1), kNever);
  }
  return at::softmax(scores, -1);
}

// One head of k and v for each head of q, and back: gradients of shared heads are summed.
Tensor spread(const Tensor& grid, const AttentionForm& form) {
  return form.group() == 1 ? grid : grid.repeat_interleave(form.group(), 1);
}
Tensor gathered(const Tensor& grid, const AttentionForm& form) {
  return form.group() == 1 ? grid : grid.unflatten(1, {form.kv_heads, form.group()}).sum(2);
}

class BucketedAttention : public torch::autograd::Function<BucketedAttention> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& q, const Tensor& k, const Tensor& v,
                        const std::vector<LengthBucket>& buckets, const AttentionForm& form) {
    Tensor result = at::empty_like(q);
    variable_list saved{q, k, v};
    for (const LengthBucket& bucket : buckets) {
      const Grid grid(bucket, form.heads), kv(bucket, form.kv_heads);
      const Tensor p = probabilities(grid.gather(q), spread(kv.gather(k), form), bucket, form);
      grid.scatter(at::matmul(p, spread(kv.gather(v), form)), result);
      saved.push_back(p);
    }
    context->save_for_backward(saved);
    keep_form(*context, form);
    remember(*context, buckets);
    return result;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const variable_list saved = context->get_saved_variables();
    const AttentionForm form = kept_form(*context);
    const Tensor upstream = gradients[0].contiguous();
    Tensor dq = at::empty_like(saved[0]);
    Tensor dk = at::empty_like(saved[1]);
    Tensor dv = at::empty_like(saved[2]);
    const std::vector<LengthBucket> buckets = recall(*context);
    for (std::size_t i = 0; i < buckets.size(); ++i) {
      const Grid grid(buckets[i], form.heads), kv(buckets[i], form.kv_heads);
      const Tensor& p = saved[3 + i];
      const Tensor dc = grid.gather_filled(upstream);
      const Tensor dp = at::matmul(dc, spread(kv.gather(saved[2]), form).transpose(2, 3));
      const Tensor ds = at::_softmax_backward_data(dp, p, -1, p.scalar_type()).mul_(form.scale);
      kv.scatter(gathered(at::matmul(p.transpose(2, 3), dc), form), dv);
      grid.scatter(at::matmul(ds, spread(kv.gather(saved[1]), form)), dq);
      kv.scatter(gathered(at::matmul(ds.transpose(2, 3), grid.gather(saved[0])), form), dk);
    }
    return {dq, dk, dv, Tensor(), Tensor()};
  }

 private:
  // Buckets hold index tensors only, so they may travel beside autograd's saved variables.
  static void remember(AutogradContext& context, const std::vector<LengthBucket>& buckets) {
    c10::List<Tensor> indices;
    c10::List<std::int64_t> sizes;
    for (const LengthBucket& bucket : buckets) {
      sizes.push_back(bucket.sequences);
      sizes.push_back(bucket.length);
      const bool padded = bucket.filled.defined();
      indices.push_back(bucket.rows);
      indices.push_back(padded ? bucket.filled : Tensor());
      indices.push_back(padded ? bucket.packed : Tensor());
    }
    context.saved_data["indices"] = indices;
    context.saved_data["sizes"] = sizes;
  }

  static std::vector<LengthBucket> recall(AutogradContext& context) {
    const auto indices = context.saved_data["indices"].toTensorVector();
    const auto sizes = context.saved_data["sizes"].toIntVector();
    std::vector<LengthBucket> buckets;
    for (std::size_t i = 0; i + 1 < sizes.size(); i += 2) {
      const std::size_t first = i / 2 * 3;
      buckets.push_back({sizes[i], sizes[i + 1], indices[first], indices[first + 1],
                         indices[first + 2], Tensor()});
    }
    return buckets;
  }
};

}  // namespace

at::Tensor bucketed_attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                              const std::vector<LengthBucket>& buckets, const AttentionForm& form) {
  return BucketedAttention::apply(q, k, v, buckets, form);
}

}  // namespace rankwise
