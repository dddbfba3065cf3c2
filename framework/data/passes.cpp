#include "framework/data/passes.h"

#include <algorithm>
#include <numeric>

namespace rankwise {

namespace {

using Examples = std::vector<Example>;

// What is cut into batches on its own: a task's examples, or all of them.
std::vector<std::int64_t> parts_of(const PassForm& form, const std::vector<std::int64_t>& sizes) {
  if (!form.mixed) return sizes;
  return {std::accumulate(sizes.begin(), sizes.end(), std::int64_t{0})};
}

Examples examples_of(std::int32_t task, std::int64_t size) {
  Examples examples;
  examples.reserve(static_cast<std::size_t>(size));
  for (std::int64_t i = 0; i < size; ++i) examples.push_back({task, i});
  return examples;
}

std::vector<Examples> parts_in_order(const PassForm& form, const std::vector<std::int64_t>& sizes) {
  std::vector<Examples> parts;
  for (std::size_t task = 0; task < sizes.size(); ++task) {
    Examples examples = examples_of(static_cast<std::int32_t>(task), sizes[task]);
    if (form.mixed && !parts.empty()) {
      parts.front().insert(parts.front().end(), examples.begin(), examples.end());
    } else {
      parts.push_back(std::move(examples));
    }
  }
  return parts;
}

void cut_into(const Examples& part, const PassForm& form, std::vector<Examples>& batches) {
  const auto size = static_cast<std::int64_t>(part.size());
  for (std::int64_t first = 0; first < size; first += form.batch) {
    const std::int64_t end = std::min(size, first + form.batch);
    if (form.last == LastBatch::kDrop && end - first < form.batch) return;
    batches.emplace_back(part.begin() + first, part.begin() + end);
  }
}

}  // namespace

PassCounts count_pass(const PassForm& form, const std::vector<std::int64_t>& sizes) {
  PassCounts counts;
  for (const std::int64_t size : parts_of(form, sizes)) {
    const std::int64_t whole = size / form.batch;
    const std::int64_t rest = form.last == LastBatch::kKeep ? size % form.batch : 0;
    counts.batches += whole + (rest > 0 ? 1 : 0);
    counts.examples += whole * form.batch + rest;
  }
  return counts;
}

std::vector<Examples> make_pass(const PassForm& form, const std::vector<std::int64_t>& sizes,
                                const Seed& seed) {
  std::vector<Examples> batches;
  std::uint64_t number = 0;
  for (Examples& part : parts_in_order(form, sizes)) {
    if (form.shuffle) seed.stream("examples").stream(number++).random().shuffle(part);
    cut_into(part, form, batches);
  }
  // Mixed batches are shuffled already, and their last one is the short one.
  if (form.shuffle && !form.mixed) seed.stream("batches").random().shuffle(batches);
  return batches;
}

}  // namespace rankwise
