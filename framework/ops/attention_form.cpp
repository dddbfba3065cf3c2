#include "framework/ops/attention_form.h"

#include "framework/core/error.h"

#include <cmath>

namespace rankwise {

AttentionForm bidirectional(std::int64_t heads, std::int64_t head_width) {
  return {
      .heads = heads, .kv_heads = heads, .scale = 1 / std::sqrt(static_cast<double>(head_width))};
}

AttentionForm causal(std::int64_t heads, std::int64_t kv_heads, std::int64_t head_width) {
  return {.heads = heads,
          .kv_heads = kv_heads,
          .causal = true,
          .scale = 1 / std::sqrt(static_cast<double>(head_width))};
}

void check_form(const AttentionForm& form, const at::Tensor& q, const at::Tensor& k,
                const at::Tensor& v) {
  check(form.heads > 0 && form.kv_heads > 0 && form.heads % form.kv_heads == 0,
        "attention: {} heads of k and v do not divide {} heads", form.kv_heads, form.heads);
  check(q.dim() == 2 && q.size(1) % form.heads == 0, "attention: {} heads do not divide rows of {}",
        form.heads, q.size(-1));
  const std::int64_t kv_width = q.size(1) / form.heads * form.kv_heads;
  check(k.sizes() == at::IntArrayRef({q.size(0), kv_width}) && v.sizes() == k.sizes(),
        "attention: k and v must be [{}, {}] for {} heads", q.size(0), kv_width, form.kv_heads);
}

}  // namespace rankwise
