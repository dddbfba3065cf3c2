/// Draws with gnuplot: the data as CSV, the script, and the picture as SVG, PDF and PNG.
#pragma once

#include "framework/core/error.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace rankwise::analysis {

/// A picture would be empty: the reason completes "not drawn, ...".
class NothingToDraw : public Error {
 public:
  using Error::Error;
};

/// "svg", "pdf", "png": what pictures are drawn as.
const std::vector<std::string>& picture_formats();

/// One picture. In the script the string variable `data` names the CSV file; fields are separated
/// by commas, the encoding is UTF-8, text is drawn as it is (no markup), and the macro `@cells` is
/// how the cells of a heat map are drawn.
struct Drawing {
  std::string name = {};     // of the files, without extension
  double width = 3.4;        // inches; 3.4 is one column of a paper
  double height = 2.4;       // inches
  int font_size = 8;         // points
  std::string caption = {};  // what it shows and of what, for a page around it
  std::string csv = {};      // the whole data file
  std::string script = {};   // everything after terminal and output are set
  std::vector<std::string> formats = picture_formats();
};

/// Writes <name>.csv and <name>.gp into `folder`, draws the pictures in the drawing's formats
/// beside them, and gives all their paths.
/// Equal drawings give equal bytes. Throws Error when gnuplot is missing or refuses the script.
std::vector<std::filesystem::path> draw(const Drawing& drawing, const std::filesystem::path& folder,
                                        const std::string& gnuplot = "gnuplot");

/// A text as a gnuplot string constant: it's -> 'it''s'.
std::string gnuplot_string(std::string_view text);

/// Labels as file names (figure_slug), each its own: "ranks 64/8" -> "ranks_64_8", a second one
/// "ranks_64_8-2".
std::vector<std::string> file_names(const std::vector<std::string>& labels);

}  // namespace rankwise::analysis
