#include "analysis/output/table.h"
#include "framework/core/registry.h"
#include "framework/io/atomic_file.h"

#include <functional>

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
    made.add("latex", {".tex", to_latex});
    made.add("csv", {".csv", to_csv});
    made.add("html", {".html", to_html});
    made.add("json", {".json", to_json});
    return made;
  }();
  return registry;
}

}  // namespace

std::vector<std::string> table_formats() { return {"md", "latex", "csv", "html", "json"}; }

std::string to_format(const Table& table, const std::string& format) {
  return formats().find(format).text(table);
}

std::vector<std::filesystem::path> write_table(const Table& table, const std::string& stem) {
  std::vector<std::filesystem::path> paths;
  for (const char* name : {"md", "csv", "latex", "html"}) {
    const Format& format = formats().find(name);
    write_file(paths.emplace_back(stem + format.extension), format.text(table));
  }
  return paths;
}

}  // namespace rankwise::analysis
