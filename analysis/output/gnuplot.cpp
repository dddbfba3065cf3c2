#include "analysis/output/gnuplot.h"

#include "analysis/output/process.h"
#include "analysis/output/svg_cells.h"
#include "framework/core/error.h"
#include "framework/core/slug.h"
#include "framework/core/text.h"
#include "framework/io/atomic_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

namespace rankwise::analysis {
namespace {

namespace fs = std::filesystem;

/// Cells are areas where a picture can be enlarged: an image of a dot a cell would be blurred. In a
/// PNG an image is sharp, where areas would leave hairlines between them.
///
/// Terminals whose text has the same size in inches: SVG has 96 units per inch, PNG 300, and
/// gnuplot's PDF draws 1 point of text as 1/72 inch only at 3/4.
std::string preamble(const Drawing& drawing) {
  return fmt::format(
      "# Drawn by rankwise from {name}.csv; again: gnuplot -e \"format='svg'\" {name}.gp\n"
      "if (!exists('format')) format = 'svg'\n"
      "if (format eq 'svg') set terminal svg noenhanced size {svg_width:.0f},{svg_height:.0f} "
      "font 'DejaVu Sans,{size}' fontscale 1.333 background '#ffffff'\n"
      "if (format eq 'pdf') set terminal pdfcairo noenhanced size {width}in,{height}in "
      "font 'DejaVu Sans,{size}' fontscale 0.75 linewidth 1.7 pointscale 0.75\n"
      "if (format eq 'png') set terminal pngcairo noenhanced size {png_width:.0f},{png_height:.0f} "
      "font 'DejaVu Sans,{size}' fontscale 3.125 linewidth 3.125 pointscale 3.125\n"
      "cells = format eq 'png' ? 'image' : 'image pixels'\n"
      "data = '{name}.csv'\n"
      "set output '{name}.'.format\n"
      "set encoding utf8\n"
      "set datafile separator comma\n",
      fmt::arg("name", drawing.name), fmt::arg("size", drawing.font_size),
      fmt::arg("width", drawing.width), fmt::arg("height", drawing.height),
      fmt::arg("svg_width", drawing.width * 96), fmt::arg("svg_height", drawing.height * 96),
      fmt::arg("png_width", drawing.width * 300), fmt::arg("png_height", drawing.height * 300));
}

/// gnuplot's message proper: `"x.gp" line 12: undefined variable: y`, not the echo of the line.
std::string complaint(const std::string& errors) {
  std::istringstream lines(errors);
  std::string first;
  for (std::string line; std::getline(lines, line);) {
    if (line.find("\" line ") != std::string::npos && line.find("warning:") == std::string::npos) {
      return line;
    }
    if (first.empty()) first = line;
  }
  return first;
}

void run_gnuplot(const std::string& gnuplot, const std::string& format, const fs::path& script) {
  const auto result = run_process(
      {gnuplot, "-e", "format='" + format + "'", script.filename().string()}, script.parent_path());
  check(
      result.has_value(),
      "{} was not found; install gnuplot-nox, or set PATH to where it is; the script and its data "
      "are written: {}",
      gnuplot, script.string());
  check(result->exit_code == 0, "{} could not draw {}: {}", gnuplot, script.string(),
        complaint(result->errors));
}

/// cairo writes the time of drawing; a fixed one of the same width keeps equal files equal.
void fix_creation_date(const fs::path& pdf) {
  constexpr std::string_view kKey = "/CreationDate (D:", kDate = "19700101000000";
  std::string bytes = read_file(pdf);
  const std::size_t found = bytes.find(kKey);
  if (found == std::string::npos) return;
  bytes.replace(found + kKey.size(), kDate.size(), kDate);
  write_file(pdf, bytes);
}

void shorten_cells(const fs::path& svg) { write_file(svg, compact_cells(read_file(svg))); }

}  // namespace

const std::vector<std::string>& picture_formats() {
  static const std::vector<std::string> kFormats = {"svg", "pdf", "png"};
  return kFormats;
}

std::vector<fs::path> draw(const Drawing& drawing, const fs::path& folder,
                           const std::string& gnuplot) {
  const auto path = [&](const std::string& extension) {
    return folder / (drawing.name + "." + extension);
  };
  std::vector<fs::path> files = {path("csv"), path("gp")};
  write_file(files[0], drawing.csv);
  write_file(files[1], preamble(drawing) + drawing.script);
  for (const std::string& format : drawing.formats) {
    run_gnuplot(gnuplot, format, path("gp"));
    files.push_back(path(format));
    if (format == "svg") shorten_cells(path(format));
    if (format == "pdf") fix_creation_date(path(format));
  }
  return files;
}

std::string gnuplot_string(std::string_view text) {
  std::string shown = printable(text, "\n");
  std::replace(shown.begin(), shown.end(), '\n', ' ');
  // gnuplot 5.4 loses count of two apostrophes in a row, one at the beginning among them. In double
  // quotes nothing but apostrophes may stand: there gnuplot runs what stands in backticks.
  const bool joined = shown.starts_with('\'') || shown.find("''") != std::string::npos;
  std::string quoted = "'";
  for (const char c : shown) {
    if (c == '\'') {
      quoted.append(joined ? "'.\"'\".'" : "''");
    } else {
      quoted += c;
    }
  }
  quoted += '\'';
  return joined ? "(" + quoted + ")" : quoted;
}

std::vector<std::string> file_names(const std::vector<std::string>& labels) {
  std::vector<std::string> names;
  for (const std::string& label : labels) {
    const std::string slug = figure_slug(label);
    std::string name = slug;
    for (int use = 2; std::find(names.begin(), names.end(), name) != names.end(); ++use) {
      name = fmt::format("{}-{}", slug, use);
    }
    names.push_back(name);
  }
  return names;
}

}  // namespace rankwise::analysis
