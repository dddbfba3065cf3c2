/// Figures, looked up by name; each is one file that turns run files into drawings.
///
/// One line at the end of a figure's file registers it, with its options as a struct:
///
///     const RegisterFigure usage_registration("usage", "tasks by ranks: ...", draw_usage);
#pragma once

#include "analysis/output/gnuplot.h"
#include "analysis/output/line_figure.h"
#include "analysis/runs/run_set.h"
#include "framework/core/kind.h"
#include "framework/core/registration.h"

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace rankwise::analysis {

/// Figures over steps need as many evaluations; of fewer a line says nothing.
inline constexpr std::size_t kFewestEvaluations = 3;

struct FigureRequest {
  const RunSet& runs;
  std::filesystem::path out;    // the folder that the files go to
  double width = kColumnWidth;  // inches; pictures of many panels take the page in any case
  std::vector<std::string> formats = picture_formats();

  /// Of the labels of all runs, whichever are drawn.
  SeriesLooks looks() const { return series_looks(runs.labels()); }
};

struct FigureFiles {
  std::vector<std::filesystem::path> files;
  std::map<std::string, std::string> captions;  // by the pictures' name without extension

  /// Draws one picture in the formats asked for.
  void draw(Drawing drawing, const FigureRequest& request);
  /// The same of lines, noting the labels that are too many to be named.
  void draw_lines(const std::vector<LinePanel>& panels, const LineStyle& style,
                  const FigureRequest& request);
  /// Notes that a label is not drawn; once for each reason.
  void leave_out(const std::string& label, const std::string& reason);
  /// A line for each reason with all its labels: "not drawn, no rank is chosen: lora, dora".
  std::vector<std::string> notes() const;
  /// The reasons of all labels that were left out, each once: "no rank is chosen (lora, dora and 3
  /// more)".
  std::string reasons() const;

 private:
  std::vector<std::pair<std::string, std::vector<std::string>>> left_out_;  // reason, its labels
  std::vector<std::string> grey_;                                           // labels without a name
};

/// A registered figure. `make` draws it, and throws Error for an unknown option, or when nothing
/// can be drawn.
using Figure = Kind<FigureFiles, FigureRequest>;

Registry<Figure>& figures();

/// Registers a figure when a static object of this type is made.
struct RegisterFigure {
  template <options::Visitable Options>
  RegisterFigure(const std::string& name, std::string summary,
                 FigureFiles (*draw)(const FigureRequest&, const Options&)) {
    register_item(figures(), name, make_kind("figure " + name, std::move(summary), draw));
  }
};

/// Why there is no figure over so few evaluations, and the way out.
std::string too_few_evaluations(std::size_t count);

/// Takes the labels that have no number to draw out of every panel, and notes them.
void leave_out_empty(std::vector<LinePanel>& panels, FigureFiles& result);

/// Draws the files of one label, whose names begin with `name`. Throws NothingToDraw with the
/// reason where it cannot.
using DrawLabel =
    std::function<void(const RunGroup& group, const std::string& name, FigureFiles& result)>;

/// Draws each of `labels` (all where none is named) as "<prefix>_<label>"; those that cannot be
/// drawn are noted with the reason. Throws Error where none can.
FigureFiles draw_each_label(const FigureRequest& request, const std::vector<std::string>& labels,
                            const std::string& prefix, const DrawLabel& draw);

}  // namespace rankwise::analysis
