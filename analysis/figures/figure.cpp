#include "analysis/figures/figure.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>

namespace rankwise::analysis {
namespace {

Registry<Figure> built_in() {
  Registry<Figure> registry("figure", "figures");
  registry.add("clusters", clusters_figure());
  registry.add("coactivation", coactivation_figure());
  registry.add("gradients", gradients_figure());
  registry.add("pareto", pareto_figure());
  registry.add("profiles", profiles_figure());
  registry.add("rank_distribution", rank_distribution_figure());
  registry.add("ranks", ranks_figure());
  registry.add("recovery", recovery_figure());
  registry.add("routing", routing_figure());
  registry.add("selection", selection_figure());
  registry.add("similarity", similarity_figure());
  registry.add("sweep", sweep_figure());
  registry.add("training", training_figure());
  registry.add("usage", usage_figure());
  return registry;
}

}  // namespace

void FigureFiles::add(const std::vector<std::filesystem::path>& more) {
  files.insert(files.end(), more.begin(), more.end());
}

void FigureFiles::leave_out(const std::string& label, const std::string& reason) {
  const auto found = std::find_if(left_out_.begin(), left_out_.end(),
                                  [&](const auto& entry) { return entry.first == reason; });
  if (found != left_out_.end()) {
    found->second.push_back(label);
  } else {
    left_out_.push_back({reason, {label}});
  }
}

std::vector<std::string> FigureFiles::notes() const {
  std::vector<std::string> lines;
  for (const auto& [reason, labels] : left_out_) {
    lines.push_back(fmt::format("not drawn, {}: {}", reason, fmt::join(labels, ", ")));
  }
  return lines;
}

std::string FigureFiles::reasons() const {
  constexpr std::size_t kShown = 3;
  std::vector<std::string> texts;
  for (const auto& [reason, labels] : left_out_) {
    const std::size_t shown = labels.size() > kShown + 1 ? kShown : labels.size();
    std::string text =
        fmt::format("{} ({}", reason, fmt::join(labels.begin(), labels.begin() + shown, ", "));
    if (shown < labels.size()) text += fmt::format(" and {} more", labels.size() - shown);
    texts.push_back(text + ")");
  }
  return fmt::to_string(fmt::join(texts, "; "));
}

Registry<Figure>& figures() {
  static Registry<Figure> registry = built_in();
  return registry;
}

}  // namespace rankwise::analysis
