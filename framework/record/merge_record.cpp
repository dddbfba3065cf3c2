#include "framework/record/merge_record.h"

#include "framework/core/error.h"
#include "framework/record/schema.h"

namespace rankwise {
namespace {

constexpr const char* kMergeGroup = "/merge";
constexpr const char* kModels = "models";

/// Calls visit(slot, values) for each array.
template <class Record, class Visit>
void for_each_outcome(Record& record, const RunLayout& layout, const Visit& visit) {
  const schema::Sizes sizes{{"T", layout.tasks.size()},
                            {"L", layout.sites.size()},
                            {"M", static_cast<std::uint64_t>(record.models)}};
  const auto array = [&](const char* path, auto& values) {
    visit(schema::slot(path, {}, sizes), values);
  };
  array("/merge/before", record.before);
  array("/merge/after", record.after);
  array("/merge/cka", record.cka);
  array("/merge/cosine", record.cosine);
  array("/merge/overlap", record.overlap);
  array("/merge/smallest_angle", record.smallest_angle);
  array("/merge/mean_angle", record.mean_angle);
  array("/merge/interference", record.interference);
}

}  // namespace

void write_merge(hdf5::File& file, const MergeRecord& record, const RunLayout& layout) {
  for_each_outcome(
      record, layout, [&](const schema::Slot& slot, const std::vector<double>& values) {
        if (values.empty()) return;
        check(values.size() == hdf5::element_count(slot.shape), "{}: {} has {} values, expected {}",
              file.name(), slot.path, values.size(), hdf5::to_string(slot.shape));
        schema::create(file, slot).write(values);
      });
  file.set_attribute(kMergeGroup, kModels, record.models);
}

std::optional<MergeRecord> read_merge(const hdf5::File& file, const RunLayout& layout) {
  if (!file.exists(kMergeGroup)) return std::nullopt;
  MergeRecord record;
  record.models = file.attribute<std::int64_t>(kMergeGroup, kModels);
  for_each_outcome(record, layout, [&](const schema::Slot& slot, std::vector<double>& values) {
    if (file.exists(slot.path)) values = schema::open(file, slot).read<double>();
  });
  return record;
}

}  // namespace rankwise
