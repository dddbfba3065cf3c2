#include "analysis/papers/own_commands.h"

#include "analysis/papers/paper_cost.h"
#include "analysis/papers/paper_sources.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>
#include <system_error>
#include <vector>

namespace rankwise::analysis {
namespace {

namespace fs = std::filesystem;

using Lines = std::vector<std::string>;

std::string joined(const Lines& lines) { return fmt::format("{}", fmt::join(lines, "\n")); }

std::string replaced(std::string text, std::string_view from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

std::string data_flag(const ReproductionPaths& paths) {
  return paths.data == "data" ? "" : " --data " + paths.data.string();
}

std::string run_of(const fs::path& study, const ReproductionPaths& paths) {
  return fmt::format("rankwise run {} --device cuda{}", study.string(), data_flag(paths));
}

/// Fetches a backbone that is not there.
void add_weights(Lines& lines, const RunData& data, const ReproductionPaths& paths) {
  const fs::path folder = paths.data / "models" / data.weights;
  const auto source = paper_sources().backbones.find(data.weights);
  if (source == paper_sources().backbones.end() || fs::exists(folder)) return;
  lines.push_back(
      fmt::format("hf download {} --include '*.json' '*.safetensors' 'tokenizer*' --local-dir {}",
                  source->second.hub, folder.string()));
}

/// Fetches a suite's files, and tokenises them.
void add_suite(Lines& lines, const RunData& data, const ReproductionPaths& paths) {
  const auto source = paper_sources().suites.find(data.suite);
  if (source == paper_sources().suites.end()) return;
  const fs::path hub = paths.data / "hub";
  const std::string files = (hub / source->second.files).string();
  if (!fs::exists(files)) {
    for (const std::string& command : source->second.fetch) {
      const std::string line = replaced(replaced(command, "{files}", files), "{hub}", hub.string());
      if (std::find(lines.begin(), lines.end(), line) == lines.end()) lines.push_back(line);
    }
  }
  lines.push_back(fmt::format("{} --files {}{}", prepare_command(data), files, data_flag(paths)));
}

Lines preparation(const OwnSetting& setting, const ReproductionPaths& paths) {
  Lines lines;
  for (const RunData& data : setting.needs.data) {
    if (missing_files(data, paths.data).empty()) continue;
    add_weights(lines, data, paths);
    if (setting.is_public) {
      add_suite(lines, data, paths);
    } else {
      lines.push_back(
          fmt::format("data not public: give FILE, a description of yours "
                      "(docs/own_data.md): {} --from FILE{}",
                      prepare_command(data), data_flag(paths)));
    }
  }
  return lines;
}

std::string run_line(const OwnSetting& setting, const ReproductionPaths& paths) {
  std::string line = run_of(setting.study.path, paths);
  for (const std::string& other : setting.study.reuse) {
    line += fmt::format(" --reuse {}", (paths.results / other).string());
  }
  return line;
}

bool scores_programs(const PaperTable& table) {
  return std::any_of(table.columns.begin(), table.columns.end(), [](const PaperColumn& column) {
    return column.own_task.find("/pass_at_") != std::string::npos;
  });
}

/// The studies whose runs are used again come first.
Lines runs(const PaperTable& table, const OwnSetting& setting, const ReproductionPaths& paths) {
  const std::string results = (paths.results / setting.study.name).string();
  Lines lines;
  for (const std::string& other : setting.study.reuse) {
    const fs::path file = paths.configs / "papers" / (other.substr(other.find('_') + 1) + ".json");
    lines.push_back(run_of(file, paths));
  }
  lines.push_back(run_line(setting, paths));
  const bool merges = !setting.study.merge.empty();
  if (merges) {
    lines.push_back(fmt::format("rankwise merge {} --rule {}", results,
                                fmt::join(setting.study.merge, " --rule ")));
  }
  if (scores_programs(table)) {
    lines.push_back(fmt::format("rankwise execute {}{} --command \"python3 -I {{file}}\"", results,
                                merges ? " " + results + "/merged" : ""));
  }
  return lines;
}

std::string weights_text(const OwnSetting& setting) {
  Lines names;
  for (const RunData& data : setting.needs.data) {
    names.push_back(data.backbone + " " + data.weights);
  }
  return fmt::format("{} on {}", fmt::join(names, ", "), setting.needs.data.front().suite);
}

std::string hours_text(const PaperCost& cost) {
  return fmt::format(
      "about {:.2g} of one device: {:.2g} operations, texts at their longest, at an assumed {:.0f} "
      "TFLOP/s; --dry-run measures it once all is there",
      cost.hours, cost.operations, cost.rate / 1e12);
}

std::string disk_text(const PaperCost& cost, const ReproductionPaths& paths) {
  std::error_code error;
  const auto space = fs::space(fs::exists(paths.data) ? paths.data : fs::path("."), error);
  std::string text = fmt::format("{:.0f} GB of weights", cost.weights_bytes / 1e9);
  if (error) return text;
  return text +
         fmt::format("; {:.0f} GB are free here", static_cast<double>(space.available) / 1e9);
}

std::string cost_lines(const OwnSetting& setting, const ReproductionPaths& paths) {
  const std::string unknown = "not known: the number of its training examples was not found";
  if (!setting.is_public) return named_line("hours", "not known: its data are not public");
  const auto cost = paper_cost(setting.study, paper_sources(), task_lengths(setting.description));
  if (!cost) return named_line("hours", unknown);
  return named_line("hours", hours_text(*cost)) +
         named_line("memory", fmt::format("about {:.0f} GB of the device's, by shapes",
                                          cost->device_bytes / 1e9)) +
         named_line("disk", disk_text(*cost, paths));
}

std::string missing_text(const OwnSetting& setting, const ReproductionPaths& paths) {
  Lines lines;
  for (const fs::path& file : missing_files(setting, paths)) lines.push_back(file.string());
  if (!fs::exists("/dev/nvidia0")) lines.emplace_back("a CUDA device");
  return lines.empty() ? "nothing" : joined(lines);
}

}  // namespace

std::string named_line(const std::string& name, const std::string& value) {
  return fmt::format("  {:10} {}\n", name, replaced(value, "\n", fmt::format("\n{:13}", "")));
}

std::string own_lines(const PaperTable& table, const OwnSetting& setting,
                      const ReproductionPaths& paths) {
  std::string text = "in the paper's setting\n";
  text += named_line(
      "study", fmt::format("{}: {} runs of {}, {}", setting.study.path.string(), setting.needs.runs,
                           setting.needs.budget, weights_text(setting)));
  text += named_line("setting", fmt::format("{}{}; {}", setting.study.setting,
                                            setting.assumed() ? ", so no verdict is given" : "",
                                            setting.study.note));
  text += named_line("state", own_state(table, paths));
  text += named_line("missing", missing_text(setting, paths));
  const Lines steps = preparation(setting, paths);
  if (!steps.empty()) text += named_line("prepare", joined(steps));
  text += named_line("run", joined(runs(table, setting, paths)));
  text += named_line("table", fmt::format("rankwise reproduce {}", table.name));
  return text + cost_lines(setting, paths);
}

}  // namespace rankwise::analysis
