#include "framework/data/content.h"

#include "framework/core/hash.h"

namespace rankwise {
namespace {

void add_text(Sha256& digest, const std::string& text) {
  const std::uint64_t size = text.size();
  digest.add(&size, sizeof(size));
  digest.add(text.data(), text.size());
}

template <class T>
void add_values(Sha256& digest, const std::vector<T>& values) {
  const std::uint64_t size = values.size();
  digest.add(&size, sizeof(size));
  digest.add(values.data(), values.size() * sizeof(T));
}

void add_split(Sha256& digest, const Split& split) {
  add_values(digest, split.tokens);
  add_values(digest, split.segments);
  add_values(digest, split.features);
  add_values(digest, split.starts);
  add_values(digest, split.groups);
  add_values(digest, split.target);
  if (!split.has_answers()) return;
  add_values(digest, split.answer_tokens);
  add_values(digest, split.answer_starts);
  add_values(digest, split.answer_bytes);
  if (!split.programs.empty()) add_text(digest, "programs");
  for (const ProgramFrame& program : split.programs) {
    add_text(digest, program.head);
    add_text(digest, program.tail);
  }
}

}  // namespace

std::string content_sha256(const Dataset& dataset) {
  Sha256 digest;
  for (const TaskData& data : dataset.tasks) {
    add_text(digest, data.task.name);
    add_text(digest, std::string(to_string(data.task.kind)));
    add_values(digest, std::vector<std::int64_t>{data.task.classes});
    for (const std::string& metric : data.task.metrics) add_text(digest, metric);
    if (data.task.loss_on_prompt) add_text(digest, "loss on the prompt");
    for (const Split* split : {&data.train, &data.dev, &data.test}) add_split(digest, *split);
  }
  return digest.hex();
}

}  // namespace rankwise
