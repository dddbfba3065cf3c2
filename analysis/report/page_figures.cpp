#include "analysis/report/page_figures.h"

#include "analysis/figures/figure.h"
#include "framework/core/error.h"
#include "framework/io/temporary_folder.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

namespace rankwise::analysis {
namespace {

/// Bytes of pictures in one page.
constexpr std::size_t kMostBytes = 2'600'000;

/// Options of figures that a report sets where neither a study nor ReportOptions::set does.
const nlohmann::json kReportOptions = {{"usage.value", "auto"}, {"usage.sites", false}};

/// The part of `set` that is the figure's.
nlohmann::json figure_options(const std::string& name, const nlohmann::json& set) {
  nlohmann::json options = nlohmann::json::object();
  for (const OptionInfo& option : figures().find(name).options) {
    for (const std::string& key : {option.name, name + "." + option.name}) {
      if (set.contains(key)) options[option.name] = set[key];
    }
  }
  return options;
}

void check_options(const std::vector<std::string>& names, const nlohmann::json& set) {
  for (const auto& [key, value] : set.items()) {
    const auto takes = [&, key = key](const std::string& name) {
      return !figure_options(name, {{key, set[key]}}).empty();
    };
    check(std::any_of(names.begin(), names.end(), takes),
          "unknown option '{}': none of the report's figures ({}) has it; rankwise describe shows "
          "those of a figure",
          key, fmt::join(names, ", "));
  }
}

/// The figures that stand first: those asked for, or those that the studies name.
std::vector<StudyOutput> first_figures(const ReportOptions& options) {
  std::vector<StudyOutput> first;
  for (const std::string& name : options.figures) first.push_back({name});
  if (!first.empty()) return first;
  for (const StudyFile& study : options.studies) {
    first.insert(first.end(), study.figures.begin(), study.figures.end());
  }
  return first;
}

/// All others; none where figures were asked for.
std::vector<StudyOutput> other_figures(const std::vector<StudyOutput>& first,
                                       const ReportOptions& options) {
  std::vector<StudyOutput> others;
  if (!options.figures.empty()) return others;
  for (const std::string& name : figures().names()) {
    const bool is_first = std::any_of(
        first.begin(), first.end(), [&](const StudyOutput& output) { return output.name == name; });
    if (!is_first) others.push_back({name});
  }
  return others;
}

/// "What the figure is. Here: what this picture shows (of which study, ...)."
std::string caption_of(const Figure& figure, const std::string& shown) {
  std::string text = in_sentence_case(figure.summary) + ".";
  if (!shown.empty()) text += " Here: " + shown + ".";
  return text;
}

/// Draws figures into page entries, as long as there is room.
class FigurePages {
 public:
  FigurePages(const RunSet& runs, const nlohmann::json& set) : runs_(runs), set_(set) {}

  std::vector<PageData> draw(const std::vector<StudyOutput>& outputs) {
    std::vector<PageData> made;
    for (const StudyOutput& output : outputs) {
      try {
        made.push_back(entry(output));
      } catch (const Error& error) {
        missing_.push_back(named(output.name, "why", error.what()));
      }
    }
    return made;
  }

  const std::vector<PageData>& missing() const { return missing_; }

 private:
  PageData entry(const StudyOutput& output) {
    const Figure& figure = figures().find(output.name);
    const TemporaryFolder folder;
    nlohmann::json options = figure_options(output.name, kReportOptions);
    options.update(output.options);
    options.update(figure_options(output.name, set_));
    const FigureFiles drawn =
        figure.make({.runs = runs_, .out = folder.path(), .formats = {"svg"}}, options);
    std::vector<PageData> images, notes;
    std::vector<std::string> too_large;
    for (const auto& file : drawn.files) {
      if (file.extension() != ".svg") continue;
      const std::string name = file.stem().string();
      bytes_ += std::filesystem::file_size(file) * 4 / 3;
      if (bytes_ > kMostBytes) {
        bytes_ -= std::filesystem::file_size(file) * 4 / 3;
        too_large.push_back(name);
      } else {
        images.push_back(image_of(file, caption_of(figure, drawn.captions.at(name))));
      }
    }
    for (const std::string& note : drawn.notes()) notes.emplace_back(in_sentence_case(note) + ".");
    if (!too_large.empty()) {
      notes.emplace_back(fmt::format(
          "Left out, for the page would be too large; rankwise figure {} draws them: {}.",
          output.name, fmt::join(too_large, ", ")));
    }
    PageData result = named(output.name, "summary", in_sentence_case(figure.summary));
    result["images"] = list_of(images);
    result["notes"] = list_of(notes);
    result["has_notes"] = !notes.empty();
    return result;
  }

  const RunSet& runs_;
  const nlohmann::json& set_;
  std::size_t bytes_ = 0;
  std::vector<PageData> missing_;
};

std::vector<std::string> names_of(const std::vector<StudyOutput>& a,
                                  const std::vector<StudyOutput>& b) {
  std::vector<std::string> names;
  for (const auto* outputs : {&a, &b}) {
    for (const StudyOutput& output : *outputs) {
      if (std::find(names.begin(), names.end(), output.name) == names.end()) {
        names.push_back(output.name);
      }
    }
  }
  return names;
}

}  // namespace

void add_figures(const RunSet& runs, const ReportOptions& options, PageData& page) {
  const std::vector<StudyOutput> first = first_figures(options);
  const std::vector<StudyOutput> others = other_figures(first, options);
  const std::vector<std::string> names = names_of(first, others);
  for (const std::string& name : names) figures().find(name);  // or it throws
  check_options(names, options.set);
  FigurePages pages(runs, options.set);
  const std::vector<PageData> made = pages.draw(first), more = pages.draw(others);
  page["has_figures"] = !made.empty();
  page["figures"] = list_of(made);
  page["has_more_figures"] = !more.empty();
  page["more_figures"] = list_of(more);
  page["has_missing_figures"] = !pages.missing().empty();
  page["missing_figures"] = list_of(pages.missing());
}

}  // namespace rankwise::analysis
