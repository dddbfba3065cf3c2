#include "framework/ops/attention_form.h"

#include "framework/core/error.h"
#include "framework/ops/precision.h"

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
  check(k.dim() == 2 && k.size(1) == kv_width && v.sizes() == k.sizes(),
        "attention: k and v must have rows of {} for {} heads", kv_width, form.kv_heads);
  const at::Tensor& table = form.bias.table;
  if (!table.defined()) return;
  const c10::ScalarType type = computed_in(q.scalar_type());
  check(table.dim() == 2 && table.size(0) == form.heads && table.scalar_type() == type,
        "attention: a bias must be [{}, distances] of type {}", form.heads, c10::toString(type));
}

void check_lengths(const AttentionForm& form, std::int64_t rows, std::int64_t key_rows) {
  check(!form.causal || rows == key_rows,
        "attention: {} rows look at {}, and under a causal mask a sequence looks at itself", rows,
        key_rows);
  if (!form.bias.table.defined()) return;
  const std::int64_t after = form.bias.table.size(1) - form.bias.zero;
  check(rows <= form.bias.zero + 1 && key_rows <= after,
        "attention: the bias has distances from {} to {}, and {} rows look at {}", -form.bias.zero,
        after - 1, rows, key_rows);
}

}  // namespace rankwise
