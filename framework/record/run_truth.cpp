#include "framework/record/run_truth.h"

#include "framework/core/error.h"
#include "framework/record/schema.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace rankwise {
namespace {

constexpr const char* kTruthGroup = "/truth";
constexpr const char* kLeft = "/truth/site/<site>/left";

schema::Slot task_slot(const char* pattern, const RunLayout& layout) {
  return schema::slot(pattern, {}, {{"T", layout.tasks.size()}});
}

schema::Slot site_slot(const char* pattern, const RunLayout& layout, std::size_t site,
                       std::int64_t directions) {
  const SiteRecord& record = layout.sites[site];
  return schema::slot(pattern, {{"site", record.name}},
                      {{"T", layout.tasks.size()},
                       {"in", static_cast<std::uint64_t>(record.in)},
                       {"out", static_cast<std::uint64_t>(record.out)},
                       {"K", static_cast<std::uint64_t>(directions)}});
}

/// Calls visit(slot, values) for each array of the truth, whose sizes are those of `layout`.
template <class Truth, class Visit>
void for_each_truth(Truth& truth, const RunLayout& layout, const Visit& visit) {
  visit(task_slot("/truth/task/group", layout), truth.group);
  visit(task_slot("/truth/task/input_group", layout), truth.input_group);
  for (std::size_t i = 0; i < layout.sites.size(); ++i) {
    auto& site = truth.sites[i];
    visit(site_slot("/truth/site/<site>/rank", layout, i, site.directions), site.rank);
    visit(site_slot(kLeft, layout, i, site.directions), site.left);
    visit(site_slot("/truth/site/<site>/right", layout, i, site.directions), site.right);
  }
}

void check_site(const SiteRecord& site, const SiteTruth& truth) {
  check(truth.directions >= 0 && truth.directions <= SiteTruth::kMaxDirections,
        "the truth of site '{}' has {} directions, expected 0 to {}", site.name, truth.directions,
        SiteTruth::kMaxDirections);
  check(truth.left.empty() == (truth.directions == 0) &&
            truth.right.empty() == (truth.directions == 0),
        "the truth of site '{}' needs left and right directions or neither", site.name);
  for (const std::int64_t rank : truth.rank) {
    check(rank >= 0 && rank <= std::min(site.in, site.out),
          "the truth of site '{}' has a task of rank {}, expected 0 to {}", site.name, rank,
          std::min(site.in, site.out));
  }
}

/// K of a site's stored directions; 0 where there are none.
std::int64_t stored_directions(const hdf5::File& file, const RunLayout& layout, std::size_t site) {
  const std::string path = site_slot(kLeft, layout, site, 0).path;
  if (!file.exists(path)) return 0;
  const hdf5::Dataset dataset = file.dataset(path);
  const hdf5::Shape& shape = dataset.shape();
  check(shape.size() == 2, "{}: has shape {}, expected two dimensions", dataset.place().text(),
        hdf5::to_string(shape));
  return static_cast<std::int64_t>(shape[1]);
}

}  // namespace

void check_truth(const RunLayout& layout) {
  if (!layout.truth) return;
  const TruthRecord& truth = *layout.truth;
  check(truth.sites.size() == layout.sites.size(), "the truth is of {} sites, expected {}",
        truth.sites.size(), layout.sites.size());
  for (std::size_t i = 0; i < layout.sites.size(); ++i) {
    check_site(layout.sites[i], truth.sites[i]);
  }
  for_each_truth(truth, layout, [](const schema::Slot& slot, const auto& values) {
    check(values.empty() || values.size() == hdf5::element_count(slot.shape),
          "{} has {} values, expected {}", slot.path, values.size(), hdf5::to_string(slot.shape));
  });
}

void write_truth(hdf5::File& file, const RunLayout& layout) {
  if (!layout.truth) return;
  file.create_group(kTruthGroup);
  for_each_truth(*layout.truth, layout, [&](const schema::Slot& slot, const auto& values) {
    if (!values.empty()) schema::create(file, slot).write(values);
  });
}

std::optional<TruthRecord> read_truth(const hdf5::File& file, const RunLayout& layout) {
  if (!file.exists(kTruthGroup)) return std::nullopt;
  TruthRecord truth;
  truth.sites.resize(layout.sites.size());
  for (std::size_t i = 0; i < layout.sites.size(); ++i) {
    truth.sites[i].directions = stored_directions(file, layout, i);
  }
  for_each_truth(truth, layout, [&]<class T>(const schema::Slot& slot, std::vector<T>& values) {
    if (file.exists(slot.path)) values = schema::open(file, slot).template read<T>();
  });
  return truth;
}

}  // namespace rankwise
