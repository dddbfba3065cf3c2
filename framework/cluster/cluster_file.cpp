#include "framework/cluster/cluster_file.h"

#include "framework/core/error.h"
#include "framework/core/json_file.h"
#include "framework/core/text.h"

#include <map>

namespace rankwise {
namespace {

// What partitions, times, sizes and further options are made of. A line of options is no shell, but
// Slurm takes it apart at spaces and quotation marks.
bool is_word(const std::string& text) {
  return text.find_first_of(" \"'\\`$;#") == std::string::npos && is_utf8(text) &&
         !has_control(text);
}

}  // namespace

void check_cluster(const ClusterOptions& options, const std::string& place) {
  const std::map<std::string, const std::string&> words{
      {"partition", options.partition},   {"account", options.account}, {"qos", options.qos},
      {"constraint", options.constraint}, {"memory", options.memory},   {"time", options.time}};
  for (const auto& [name, word] : words) {
    check(is_word(word), "{}{}: '{}' is no single word such as Slurm's options take", place, name,
          printable(word));
  }
  for (const std::string& option : options.sbatch) {
    check(is_word(option) && option.starts_with("--") && option.size() > 2,
          "{}sbatch: '{}' is no single option such as --exclusive or --mail-type=END", place,
          printable(option));
  }
  for (const std::string& line : options.setup) {
    check(is_utf8(line) && !has_control(line), "{}setup: '{}' is not one printable line", place,
          printable(line));
  }
}

ClusterOptions read_cluster_file(const std::filesystem::path& file) {
  const auto options = parse_options<ClusterOptions>(read_json(file), file.string() + ":");
  check_cluster(options, file.string() + ": ");
  return options;
}

}  // namespace rankwise
