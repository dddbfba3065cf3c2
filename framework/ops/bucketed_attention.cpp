#include "framework/ops/bucketed_attention.h"

#include "framework/ops/kept_form.h"
#include "framework/ops/precision.h"

#include <torch/csrc/autograd/custom_function.h>
#include <torch/types.h>

#include <limits>
#include <optional>

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
    packed.index_copy_(0, packed_rows(), cells_of(grid, packed));
  }

  // Another bucket may have written to the same rows; this one does so once.
  void add(const Tensor& grid, Tensor& packed) const {
    const Tensor before = packed.index_select(0, packed_rows());
    packed.index_copy_(0, packed_rows(), before.add_(cells_of(grid, packed)));
  }

 private:
  Tensor split(const Tensor& cells) const {
    return cells.view({bucket_.sequences, bucket_.length, heads_, -1}).transpose(1, 2);
  }
  const Tensor& packed_rows() const {
    return bucket_.filled.defined() ? bucket_.packed : bucket_.rows;
  }
  Tensor cells_of(const Tensor& grid, const Tensor& packed) const {
    const Tensor cells = grid.transpose(1, 2).reshape({-1, packed.size(1)});
    return bucket_.filled.defined() ? cells.index_select(0, bucket_.filled) : cells;
  }

  const LengthBucket& bucket_;
  std::int64_t heads_;
};

// [H, rows, key_rows] of the distances' [H, D].
Tensor bias_grid(const DistanceBias& bias, std::int64_t rows, std::int64_t key_rows) {
  const Tensor reached = bias.table.slice(1, bias.zero - (rows - 1), bias.zero + key_rows);
  return reached.unfold(1, key_rows, 1).flip(1);
}

// Its transpose: `grid` [H, rows, key_rows] summed along its diagonals, each onto its distance.
void add_diagonals(const DistanceBias& bias, const Tensor& grid, Tensor& d_table) {
  const std::int64_t rows = grid.size(1), key_rows = grid.size(2);
  // Rows one shorter than they are laid out move each row one further than the row above it.
  const Tensor wide = at::constant_pad_nd(grid.flip(1), {0, rows}).flatten(1);
  const Tensor slanted = wide.slice(1, 0, -rows).unflatten(1, {rows, rows + key_rows - 1});
  d_table.slice(1, bias.zero - (rows - 1), bias.zero + key_rows).add_(slanted.sum(1));
}

Tensor probabilities(const Tensor& q, const Tensor& k, const AttentionBucket& bucket,
                     const AttentionForm& form) {
  constexpr double kNever = -std::numeric_limits<double>::infinity();
  const std::int64_t rows = bucket.queries.length, key_rows = bucket.keys.length;
  check_lengths(form, rows, key_rows);
  Tensor scores = at::matmul(q, k.transpose(2, 3)).to(computed_in(q)).mul_(form.scale);
  if (form.bias.table.defined()) scores.add_(bias_grid(form.bias, rows, key_rows));
  if (bucket.keys.padded.defined()) scores.masked_fill_(bucket.keys.padded, kNever);
  if (form.causal) {
    const auto whole = scores.options().dtype(torch::kBool);
    scores.masked_fill_(at::ones({rows, key_rows}, whole).triu(1), kNever);
  }
  return at::softmax(scores, -1);
}

Tensor softmax_gradient(const Tensor& dp, const Tensor& p) {
  const torch::TensorOptions type = computed_in(p);
  return at::_softmax_backward_data(dp.to(type), p.to(type), -1,
                                    c10::typeMetaToScalarType(type.dtype()));
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
                        const std::optional<Tensor>& bias,
                        const std::vector<AttentionBucket>& buckets, const AttentionForm& form) {
    Tensor result = at::empty_like(q);
    variable_list saved{q, k, v, bias.value_or(Tensor())};
    for (const AttentionBucket& bucket : buckets) {
      const Grid grid(bucket.queries, form.heads), kv(bucket.keys, form.kv_heads);
      const Tensor p =
          probabilities(grid.gather(q), spread(kv.gather(k), form), bucket, form).to(q.options());
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
    const AttentionForm form = kept_form(*context, saved[3]);
    const Tensor upstream = gradients[0].contiguous();
    Tensor dq = at::empty_like(saved[0]);
    Tensor dk = at::zeros_like(saved[1]);
    Tensor dv = at::zeros_like(saved[2]);
    Tensor dbias;
    if (saved[3].defined() && context->needs_input_grad(3)) dbias = at::zeros_like(saved[3]);
    const std::vector<AttentionBucket> buckets = recall(*context);
    for (std::size_t i = 0; i < buckets.size(); ++i) {
      const Grid grid(buckets[i].queries, form.heads), kv(buckets[i].keys, form.kv_heads);
      const bool own = buckets[i].queries.rows.is_same(buckets[i].keys.rows);
      const auto give = own ? &Grid::scatter : &Grid::add;
      const Tensor& p = saved[4 + i];
      const Tensor dc = grid.gather_filled(upstream);
      const Tensor dp = at::matmul(dc, spread(kv.gather(saved[2]), form).transpose(2, 3));
      Tensor ds = softmax_gradient(dp, p);
      if (dbias.defined()) add_diagonals(form.bias, ds.sum(0), dbias);
      ds = ds.mul_(form.scale).to(p.options());
      (kv.*give)(gathered(at::matmul(p.transpose(2, 3), dc), form), dv);
      grid.scatter(at::matmul(ds, spread(kv.gather(saved[1]), form)), dq);
      (kv.*give)(gathered(at::matmul(ds.transpose(2, 3), grid.gather(saved[0])), form), dk);
    }
    return {dq, dk, dv, dbias, Tensor(), Tensor()};
  }

 private:
  // Buckets hold index tensors only, so they may travel beside autograd's saved variables.
  static void remember(AutogradContext& context, const std::vector<AttentionBucket>& buckets) {
    c10::List<Tensor> indices;
    c10::List<std::int64_t> sizes;
    for (const AttentionBucket& pair : buckets) {
      for (const LengthBucket* bucket : {&pair.queries, &pair.keys}) {
        sizes.push_back(bucket->sequences);
        sizes.push_back(bucket->length);
        const bool padded = bucket->filled.defined();
        indices.push_back(bucket->rows);
        indices.push_back(padded ? bucket->filled : Tensor());
        indices.push_back(padded ? bucket->packed : Tensor());
      }
    }
    context.saved_data["indices"] = indices;
    context.saved_data["sizes"] = sizes;
  }

  static std::vector<AttentionBucket> recall(AutogradContext& context) {
    const auto indices = context.saved_data["indices"].toTensorVector();
    const auto sizes = context.saved_data["sizes"].toIntVector();
    const auto bucket = [&](std::size_t i) {
      return LengthBucket{sizes[2 * i],       sizes[2 * i + 1],   indices[3 * i],
                          indices[3 * i + 1], indices[3 * i + 2], Tensor()};
    };
    std::vector<AttentionBucket> buckets;
    for (std::size_t i = 0; 2 * i < sizes.size(); i += 2) {
      buckets.push_back({bucket(i), bucket(i + 1)});
    }
    return buckets;
  }
};

}  // namespace

at::Tensor bucketed_attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                              const std::vector<AttentionBucket>& buckets,
                              const AttentionForm& form) {
  // An undefined tensor is no argument of an autograd function; nothing is.
  std::optional<Tensor> bias;
  if (form.bias.table.defined()) bias = form.bias.table;
  return BucketedAttention::apply(q, k, v, bias, buckets, form);
}

}  // namespace rankwise
