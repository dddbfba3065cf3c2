#include "analysis/figures/figure.h"

#include "analysis/runs/chosen_labels.h"
#include "analysis/runs/token_choice.h"
#include "framework/core/error.h"
#include "framework/core/text.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>
#include <set>

namespace rankwise::analysis {

void FigureFiles::draw(Drawing drawing, const FigureRequest& request) {
  drawing.formats = request.formats;
  captions[drawing.name] = drawing.caption;
  const auto drawn = analysis::draw(drawing, request.out);
  files.insert(files.end(), drawn.begin(), drawn.end());
}

void FigureFiles::draw_lines(const std::vector<LinePanel>& panels, const LineStyle& style,
                             const FigureRequest& request) {
  draw(line_drawing(panels, style), request);
  for (const std::string& label : unnamed_labels(panels, style)) {
    if (std::find(grey_.begin(), grey_.end(), label) == grey_.end()) grey_.push_back(label);
  }
}

void FigureFiles::leave_out(const std::string& label, const std::string& why) {
  const std::string reason = printable(why), name = printable(label);
  const auto found = std::find_if(left_out_.begin(), left_out_.end(),
                                  [&](const auto& entry) { return entry.first == reason; });
  if (found != left_out_.end()) {
    auto& labels = found->second;
    if (std::find(labels.begin(), labels.end(), name) == labels.end()) labels.push_back(name);
  } else {
    left_out_.push_back({reason, {name}});
  }
}

std::vector<std::string> FigureFiles::notes() const {
  std::vector<std::string> lines;
  for (const auto& [reason, labels] : left_out_) {
    lines.push_back(fmt::format("not drawn, {}: {}", reason, fmt::join(labels, ", ")));
  }
  if (!grey_.empty()) {
    lines.push_back(
        fmt::format("grey and without a name, more than {} labels (choose by labels): {}",
                    kMostNamed, fmt::join(grey_, ", ")));
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
  static Registry<Figure> registry("figure", "figures");
  return registry;
}

std::string too_few_evaluations(std::size_t count) {
  return fmt::format(
      "{} evaluation{} no course over steps (train.evaluations and train.evaluate_at_start "
      "give more; rankwise measures prints the first and the last)",
      count, count == 1 ? " is" : "s are");
}

void leave_out_empty(std::vector<LinePanel>& panels, FigureFiles& result) {
  std::vector<std::string> labels;  // in their order
  std::set<std::string> drawn;
  for (const LinePanel& panel : panels) {
    for (const Line& line : panel.lines) {
      if (std::find(labels.begin(), labels.end(), line.label) == labels.end()) {
        labels.push_back(line.label);
      }
      if (has_numbers(line)) drawn.insert(line.label);
    }
  }
  for (const std::string& label : labels) {
    if (!drawn.contains(label)) result.leave_out(label, "it has no finite number");
  }
  for (LinePanel& panel : panels) {
    std::erase_if(panel.lines, [&](const Line& line) { return !drawn.contains(line.label); });
  }
  std::erase_if(panels, [](const LinePanel& panel) { return panel.lines.empty(); });
  check(!panels.empty(), "nothing to draw: {}", result.reasons());
}

FigureFiles draw_each_label(const FigureRequest& request, const std::vector<std::string>& labels,
                            const std::string& prefix, const DrawLabel& draw) {
  const RunSet runs = choose_labels(request.runs, labels);
  const std::vector<std::string> names = file_names(runs.labels());
  FigureFiles result;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const RunGroup& group = runs.groups[i];
    try {
      draw(group, prefix + "_" + names[i], result);
    } catch (const UnknownTokens& error) {
      result.leave_out(group.label, error.what());
    } catch (const NothingToDraw& error) {
      result.leave_out(group.label, error.what());
    }
  }
  check(!result.files.empty(), "nothing to draw: {}", result.reasons());
  return result;
}

}  // namespace rankwise::analysis
