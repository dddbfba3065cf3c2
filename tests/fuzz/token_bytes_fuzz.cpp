// The arrays of a token file, made of the input's bytes: what the checks let pass is used as
// training and scoring use it.

#include "framework/data/split_checks.h"
#include "tests/fuzz/input_file.h"

#include <fuzzer/FuzzedDataProvider.h>

namespace {

using rankwise::Split;
using rankwise::Task;

template <class T>
std::vector<T> numbers(FuzzedDataProvider& input, T low, T high) {
  std::vector<T> values(input.ConsumeIntegralInRange<std::size_t>(0, 12));
  for (T& value : values) value = input.ConsumeIntegralInRange<T>(low, high);
  return values;
}

// Mostly offsets that rise to `end`.
std::vector<std::int64_t> offsets(FuzzedDataProvider& input, std::size_t end) {
  if (input.ConsumeIntegralInRange(0, 15) == 0) return numbers<std::int64_t>(input, -2, 40);
  std::vector<std::int64_t> values{0};
  while (values.back() < static_cast<std::int64_t>(end) && values.size() < 40) {
    values.push_back(values.back() + input.ConsumeIntegralInRange<std::int64_t>(1, 4));
  }
  if (input.ConsumeBool()) values.back() = static_cast<std::int64_t>(end);
  return values;
}

Task task_of(FuzzedDataProvider& input) {
  using rankwise::TaskKind;
  Task task{.name = "task"};
  task.kind = input.PickValueInArray({TaskKind::kClassify, TaskKind::kRegress, TaskKind::kChoose,
                                      TaskKind::kGenerate, TaskKind::kLanguageModel});
  task.classes = input.ConsumeIntegralInRange<std::int64_t>(-1, 4);
  task.answered_by =
      input.ConsumeBool() ? rankwise::AnsweredBy::kLikelihood : rankwise::AnsweredBy::kHead;
  return task;
}

Split split_of(FuzzedDataProvider& input) {
  Split split;
  split.tokens = numbers<std::int32_t>(input, -1, 9);
  split.segments.resize(input.ConsumeIntegralInRange(0, 7) == 0 ? 3 : split.tokens.size());
  split.starts = offsets(input, split.tokens.size());
  split.groups = offsets(input, static_cast<std::size_t>(split.sequences()));
  for (std::int64_t i = 0; i < split.examples(); ++i) {
    split.target.push_back(input.ConsumeBool() ? input.ConsumeFloatingPoint<double>()
                                               : input.ConsumeIntegralInRange(0, 3));
  }
  split.answer_tokens = numbers<std::int32_t>(input, -1, 9);
  split.answer_starts = offsets(input, split.answer_tokens.size());
  split.answer_bytes = numbers<std::int64_t>(input, -1, 5);
  if (input.ConsumeBool())
    split.answer_bytes.resize(static_cast<std::size_t>(split.sequences()), 1);
  return split;
}

void use(const Split& split, const Task& task) {
  rankwise::TaskData data{.task = task, .train = split, .dev = split, .test = split};
  std::int64_t rows = split.rows() + split.longest_sequence() + split.largest_segment();
  for (std::int64_t i = 0; i < split.examples(); ++i) rows += split.rows_of(i);
  for (std::int64_t s = 0; s < split.sequences(); ++s) {
    for (std::int64_t t = split.starts[s]; t < split.starts[s + 1]; ++t) {
      rows += split.tokens.at(static_cast<std::size_t>(t));
    }
  }
  if (rows < 0) std::abort();
  standardise_targets(data);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rankwise;
  FuzzedDataProvider input(data, size);
  const Task task = task_of(input);
  const auto vocabulary = input.ConsumeIntegralInRange<std::int64_t>(1, 10);
  const Split split = split_of(input);
  fuzz::answered([&] {
    check_split(split, task, vocabulary, "input");
    use(split, task);
  });
  const auto starts = numbers<std::int64_t>(input, -1, 12);
  const std::string bytes = input.ConsumeRemainingBytesAsString();
  return fuzz::answered([&] {
    check_token_starts(starts, vocabulary, bytes.size(), "input");
    for (std::size_t i = 0; i + 1 < starts.size(); ++i) {
      const auto first = static_cast<std::size_t>(starts[i]);
      bytes.substr(first, static_cast<std::size_t>(starts[i + 1]) - first);
    }
  });
}
