#include "analysis/output/table.h"
#include "framework/core/registry.h"
#include "framework/io/atomic_file.h"

#include <cctype>
#include <functional>
#include <string_view>

namespace rankwise::analysis {
namespace {

struct Format {
  std::string extension;
  std::function<std::string(const Table&)> text;
};

const Registry<Format>& formats() {
  static const Registry<Format> registry = [] {
    Registry<Format> made("format", "formats");
    made.add("md", {".md", to_markdown});
    made.add("latex", {".tex", [](const Table& table) { return to_latex(table); }});
    made.add("csv", {".csv", to_csv});
    made.add("html", {".html", to_html});
    made.add("json", {".json", to_json});
    return made;
  }();
  return registry;
}

}  // namespace

std::vector<std::string> table_formats() { return {"md", "latex", "csv", "html", "json"}; }

std::string to_format(const Table& table, const std::string& format, const LatexForm& form) {
  return format == "latex" ? to_latex(table, form) : formats().find(format).text(table);
}

std::vector<std::filesystem::path> write_table(const Table& table, const std::string& stem,
                                               const std::string& latex_caption) {
  const std::filesystem::path path = stem;
  const std::string folder = path.has_parent_path() ? path.parent_path().filename().string() : "";
  std::string named = path.filename().string();
  named[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(named[0])));
  const std::string label =
      "tab:" + (folder.empty() ? "" : folder + "-") + path.filename().string();
  std::vector<std::filesystem::path> paths;
  for (const char* name : {"md", "csv", "latex", "html"}) {
    const Format& format = formats().find(name);
    write_file(paths.emplace_back(stem + format.extension),
               to_format(table, name, {latex_caption.empty() ? named : latex_caption, label}));
  }
  return paths;
}

}  // namespace rankwise::analysis
