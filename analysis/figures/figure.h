/// Figures, looked up by name; each is one file that turns run files into drawings.
///
/// One line at the end of a figure's file registers it, with its options as a struct:
///
///     const RegisterFigure registration("usage", "tasks by ranks: ...", draw_usage);
#pragma once

#include "analysis/output/line.h"
#include "analysis/runs/run_set.h"
#include "framework/core/kind.h"
#include "framework/core/registration.h"

#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace rankwise::analysis {

struct FigureRequest {
  const RunSet& runs;
  std::filesystem::path out;  // the folder that the files go to
};

struct FigureFiles {
  std::vector<std::filesystem::path> files;

  void add(const std::vector<std::filesystem::path>& more);
  /// Notes that a label is not drawn; once for each reason.
  void leave_out(const std::string& label, const std::string& reason);
  /// A line for each reason with all its labels: "not drawn, no rank is chosen: lora, dora".
  std::vector<std::string> notes() const;
  /// The reasons of all labels that were left out, each once: "no rank is chosen (lora, dora and 3
  /// more)".
  std::string reasons() const;

 private:
  std::vector<std::pair<std::string, std::vector<std::string>>> left_out_;  // reason, its labels
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
