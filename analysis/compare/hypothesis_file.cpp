#include "analysis/compare/hypothesis.h"
#include "analysis/measures/planted_measures.h"
#include "framework/core/error.h"
#include "framework/core/json_file.h"
#include "framework/core/options.h"

#include <fmt/format.h>

#include <cstddef>
#include <utility>

namespace rankwise::analysis {
namespace {

Hypothesis parse(const nlohmann::json& value, const std::string& path) {
  Hypothesis hypothesis = parse_options<Hypothesis>(value, path);
  for (const auto& [key, text] :
       {std::pair("name", &hypothesis.name), std::pair("statement", &hypothesis.statement),
        std::pair("study", &hypothesis.study), std::pair("measure", &hypothesis.measure),
        std::pair("a", &hypothesis.a)}) {
    check(!text->empty(), "{}.{}: a hypothesis needs one", path, key);
  }
  check(hypothesis.relation != "equal" || hypothesis.margin > 0,
        "{}.margin: 'equal' needs the least difference that counts", path);
  check(!hypothesis.counts || hypothesis.relation != "equal",
        "{}.counts: seeds are counted on one side of a value; give relation less or greater", path);
  find_measure(hypothesis.measure);
  find_measure(hypothesis.name_b());
  return hypothesis;
}

}  // namespace

std::vector<Hypothesis> read_hypotheses(const std::filesystem::path& path) {
  const nlohmann::json file = read_json(path);
  check(file.is_object() && file.size() == 1 && file.contains("hypotheses") &&
            file.at("hypotheses").is_array(),
        "{}: expected an object with a list 'hypotheses' and nothing else", path.string());
  std::vector<Hypothesis> hypotheses;
  for (std::size_t i = 0; i < file.at("hypotheses").size(); ++i) {
    hypotheses.push_back(
        parse(file.at("hypotheses")[i], fmt::format("{}: hypotheses[{}]", path.string(), i)));
  }
  return hypotheses;
}

}  // namespace rankwise::analysis
