#include "framework/ops/token_likelihood.h"

#include "framework/core/error.h"
#include "framework/core/switches.h"
#include "framework/ops/precision.h"
#include "framework/ops/product.h"
#include "framework/ops/row_kernel.h"

#include <fmt/ranges.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/types.h>

#include <algorithm>
#include <cmath>

namespace rankwise {

namespace {

const Switch likelihood_switch(
    "fused-likelihood",
    "log-probabilities of tokens, and their gradient, in two sweeps over the logits, on the CPU; "
    "without: an operation of LibTorch for each part");

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// Rows [first, end) of one sweep.
struct Chunk {
  Tensor rows, tokens;
  std::int64_t first = 0, count = 0;
};

template <class Visit>
void for_each_chunk(const Tensor& rows, const Tensor& tokens, std::int64_t size, Visit visit) {
  for (std::int64_t first = 0; first < rows.size(0); first += size) {
    const std::int64_t count = std::min(size, rows.size(0) - first);
    visit(Chunk{rows.narrow(0, first, count), tokens.narrow(0, first, count), first, count});
  }
}

/// [count, V], in the type that sums over them take.
Tensor logits_of(const Tensor& rows, const Tensor& weight) {
  return product(rows, weight).to(computed_in(rows));
}

/// d log p(token) / d logits: one at the token less the probabilities. `logits` becomes it.
Tensor logit_gradient(const Tensor& logits, const Tensor& log_sum, const Tensor& tokens) {
  logits.sub_(log_sum).exp_().neg_();
  const Tensor columns = tokens.unsqueeze(1);
  return logits.scatter_add_(1, columns, at::ones(columns.sizes(), logits.options()));
}

/// What a chunk gives: of each row log p(token), and whether no other token is likelier.
struct ChunkLikelihood {
  Tensor found, greedy;  // [count]
};

/// By rows of logits [count, V], which become their gradient where `trains`.
template <class T>
struct LikelihoodKernel {
  T* logits;
  const std::int64_t* tokens;
  T* found;
  bool* greedy;
  std::int64_t vocabulary;
  bool trains;

  template <int kBytes>
  RANKWISE_INLINE void over(std::int64_t begin, std::int64_t end) const {
    using V = Vector<T, kBytes>;
    for (std::int64_t i = begin; i < end; ++i) {
      T* row = logits + i * vocabulary;
      const T largest = maximum<T, kBytes>(row, vocabulary), at_token = row[tokens[i]];
      Chains<T, kBytes> sums;
      const bool keeps = trains;
      for_each_vector<T, kBytes>(
          0, vocabulary, [&](std::int64_t j, std::int64_t left, std::int64_t chain) RANKWISE_STEP {
            const V power = within<T, kBytes>(
                exponential<kBytes>(V(read<T, kBytes>(row + j, left) - largest)), left);
            sums.vectors[chain] += power;
            if (keeps) write<T, kBytes>(row + j, left, power);
          });
      const T sum = sums.sum();
      found[i] = at_token - largest - std::log(sum);
      greedy[i] = at_token >= largest;
      if (!trains) continue;
      for_each_vector<T, kBytes>(
          0, vocabulary, [&](std::int64_t j, std::int64_t left, std::int64_t) RANKWISE_STEP {
            write<T, kBytes>(row + j, left, V(read<T, kBytes>(row + j, left) * (T(-1) / sum)));
          });
      row[tokens[i]] += 1;
    }
  }
};

template <class T>
ChunkLikelihood likelihood_by_kernel(const Tensor& logits, const Tensor& tokens, bool trains) {
  const ChunkLikelihood made{at::empty({logits.size(0)}, logits.options()),
                             at::empty({logits.size(0)}, logits.options().dtype(torch::kBool))};
  run_kernel(LikelihoodKernel<T>{logits.data_ptr<T>(), tokens.const_data_ptr<std::int64_t>(),
                                 made.found.data_ptr<T>(), made.greedy.data_ptr<bool>(),
                                 logits.size(1), trains},
             logits.size(0), logits.size(1));
  return made;
}

ChunkLikelihood plainly(const Tensor& logits, const Tensor& tokens, bool trains) {
  const Tensor at_token = logits.gather(1, tokens.unsqueeze(1));
  const Tensor log_sum = at::logsumexp(logits, 1, /*keepdim=*/true);
  const ChunkLikelihood made{(at_token - log_sum).squeeze(1),
                             (at_token >= logits.amax(1, true)).squeeze(1)};
  if (trains) logit_gradient(logits, log_sum, tokens);
  return made;
}

ChunkLikelihood likelihood_of(const Tensor& logits, const Tensor& tokens, bool trains) {
  if (!likelihood_switch || !has_row_kernel(logits)) return plainly(logits, tokens, trains);
  const Tensor near = tokens.contiguous();
  return logits.scalar_type() == torch::kFloat64
             ? likelihood_by_kernel<double>(logits, near, trains)
             : likelihood_by_kernel<float>(logits, near, trains);
}

// A log-probability depends on its own row alone: its gradient is made with it, and backward scales
// it by what comes from above.
class LogProbability : public torch::autograd::Function<LogProbability> {
 public:
  static variable_list forward(AutogradContext* context, const Tensor& rows, const Tensor& weight,
                               const Tensor& tokens, std::int64_t size, bool trains) {
    const Tensor head = weight.to(rows.scalar_type());
    const Tensor found = at::empty({rows.size(0)}, computed_in(rows));
    const Tensor greedy = at::empty({rows.size(0)}, rows.options().dtype(torch::kBool));
    const Tensor gradient = trains ? at::empty_like(rows) : Tensor();
    for_each_chunk(rows, tokens, size, [&](const Chunk& chunk) {
      const Tensor logits = logits_of(chunk.rows, head);
      const ChunkLikelihood made = likelihood_of(logits, chunk.tokens, trains);
      found.narrow(0, chunk.first, chunk.count).copy_(made.found);
      greedy.narrow(0, chunk.first, chunk.count).copy_(made.greedy);
      if (!trains) return;
      gradient.narrow(0, chunk.first, chunk.count)
          .copy_(product(logits.to(rows.scalar_type()), head.t()));
    });
    context->save_for_backward({rows, weight, tokens, gradient});
    context->saved_data["size"] = size;
    context->mark_non_differentiable({greedy});
    return {found, greedy};
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const variable_list saved = context->get_saved_variables();
    const Tensor upstream = gradients[0].unsqueeze(1);
    Tensor d_rows;
    if (saved[3].defined()) d_rows = (saved[3] * upstream).to(saved[0].scalar_type());
    Tensor d_weight;
    if (context->needs_input_grad(1)) d_weight = weight_gradient(*context, saved, upstream);
    return {d_rows, d_weight, Tensor(), Tensor(), Tensor()};
  }

 private:
  static Tensor weight_gradient(AutogradContext& context, const variable_list& saved,
                                const Tensor& upstream) {
    const Tensor head = saved[1].to(saved[0].scalar_type());
    Tensor sum = at::zeros_like(saved[1]);
    for_each_chunk(saved[0], saved[2], context.saved_data["size"].toInt(), [&](const Chunk& chunk) {
      const Tensor logits = logits_of(chunk.rows, head);
      const Tensor log_sum = at::logsumexp(logits, 1, /*keepdim=*/true);
      const Tensor d_logits = logit_gradient(logits, log_sum, chunk.tokens)
                                  .mul_(upstream.narrow(0, chunk.first, chunk.count));
      sum.addmm_(d_logits.t().to(sum.scalar_type()), chunk.rows.to(sum.scalar_type()));
    });
    return sum;
  }
};

}  // namespace

TokenLikelihood token_likelihood(const at::Tensor& rows, const at::Tensor& weight,
                                 const at::Tensor& tokens, std::int64_t chunk) {
  check(rows.dim() == 2 && weight.dim() == 2 && rows.size(1) == weight.size(1) &&
            tokens.dim() == 1 && tokens.size(0) == rows.size(0),
        "token likelihood: rows [{}], weight [{}] and tokens [{}] do not fit each other",
        fmt::join(rows.sizes(), ", "), fmt::join(weight.sizes(), ", "),
        fmt::join(tokens.sizes(), ", "));
  const bool trains = at::GradMode::is_enabled() && rows.requires_grad();
  const variable_list found = LogProbability::apply(rows, weight, tokens, chunk, trains);
  return {found[0], found[1]};
}

}  // namespace rankwise
