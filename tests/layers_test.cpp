// The layers' order, read from the includes: a layer includes only what stands to its left.

#include "framework/adapter/variant.h"
#include "framework/io/source_tree.h"
#include "framework/io/test_files.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <regex>
#include <set>
#include <sstream>

namespace rankwise {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// From left to right: a layer includes only what stands to its left in one of these.
const std::vector<std::vector<std::string>> kChains = {
    {"core", "texts", "io", "record", "study", "programs", "cluster", "statistics", "output",
     "runs", "measures", "compare", "papers", "figures", "tables", "report"},
    {"core", "texts", "io", "record", "study", "programs", "cluster", "data", "ops", "adapter",
     "model", "generate", "suites", "train", "run", "merge", "exchange", "testing", "experiments"}};

const std::set<std::string> kAnalysis = {"statistics", "output",  "runs",   "measures", "compare",
                                         "papers",     "figures", "tables", "report"};

// Each layer with all that it may include, itself aside.
const std::map<std::string, std::set<std::string>> kMayInclude = [] {
  std::map<std::string, std::set<std::string>> allowed;
  for (const std::vector<std::string>& chain : kChains) {
    std::set<std::string> left;
    for (const std::string& layer : chain) {
      allowed[layer].insert(left.begin(), left.end());
      left.insert(layer);
    }
  }
  // The program joins both chains.
  allowed["experiments"].insert(kAnalysis.begin(), kAnalysis.end());
  return allowed;
}();

struct Source {
  std::string path;  // from the root: "framework/core/error.h"
  std::string layer;
  std::string text;
};

std::string layer_of(const std::string& path) {
  std::smatch found;
  if (std::regex_search(path, found, std::regex("^(?:framework|analysis)/([a-z]+)/"))) {
    return found[1];
  }
  if (std::regex_search(path, found, std::regex("^(experiments)/"))) return found[1];
  return "";
}

// Test code and what only tests link may reach further.
bool is_test(const Source& source) {
  const std::string name = fs::path(source.path).filename().string();
  return source.layer == "testing" || name.starts_with("test_") ||
         name.find("_test.") != std::string::npos || name.starts_with("example_");
}

std::vector<Source> sources() {
  const fs::path root = source_tree();
  std::vector<Source> found;
  for (const char* folder : {"framework", "analysis", "experiments"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      const std::set<std::string> extensions{".h", ".cpp", ".in", ".cu", ".cuh"};
      if (!extensions.contains(entry.path().extension().string())) continue;
      std::stringstream text;
      text << std::ifstream(entry.path()).rdbuf();
      const std::string path = fs::relative(entry.path(), root).generic_string();
      found.push_back({path, layer_of(path), text.str()});
    }
  }
  return found;
}

std::vector<std::string> matches_of(const std::string& text, const std::regex& pattern) {
  std::vector<std::string> found;
  for (std::sregex_iterator it(text.begin(), text.end(), pattern), end; it != end; ++it) {
    found.push_back((*it)[1]);
  }
  return found;
}

std::vector<std::string> includes_of(const std::string& text) {
  static const std::regex kInclude(R"re((?:^|\n)\s*#\s*include\s*["<]([^">]+)[">])re");
  return matches_of(text, kInclude);
}

std::string without_comments(const std::string& text) {
  static const std::regex kComment(R"re(//[^\n]*)re");
  return std::regex_replace(text, kComment, "");
}

// Why an include breaks the order; "" when it does not.
std::string complaint(const Source& source, const std::string& include) {
  const std::string target = layer_of(include);
  if (target.empty() || target == source.layer) return "";
  const auto allowed = kMayInclude.find(source.layer);
  if (allowed == kMayInclude.end()) return source.path + ": of an unknown layer";
  if (allowed->second.contains(target)) return "";
  return source.path + " includes " + include;
}

TEST(Layers, IncludeOnlyWhatStandsToTheirLeft) {
  std::vector<std::string> complaints;
  std::size_t seen = 0;
  for (const Source& source : sources()) {
    if (is_test(source)) continue;
    for (const std::string& include : includes_of(source.text)) {
      ++seen;
      const std::string why = complaint(source, include);
      if (!why.empty()) complaints.push_back(why);
    }
  }
  EXPECT_THAT(complaints, IsEmpty());
  EXPECT_GT(seen, 200U) << "the includes were not found";
}

TEST(Layers, KeepLibTorchOutOfTheBase) {
  std::set<std::string> base{"core", "texts", "io", "record", "study", "programs"};
  base.insert(kAnalysis.begin(), kAnalysis.end());
  std::vector<std::string> complaints;
  for (const Source& source : sources()) {
    if (!base.contains(source.layer)) continue;
    for (const std::string& include : includes_of(source.text)) {
      if (std::regex_search(include, std::regex("^(torch|ATen|c10)/"))) {
        complaints.push_back(source.path + " includes " + include);
      }
    }
  }
  EXPECT_THAT(complaints, IsEmpty());
}

TEST(Layers, NeverIncludeAllOfLibTorch) {
  std::vector<std::string> complaints;
  for (const Source& source : sources()) {
    for (const std::string& include : includes_of(source.text)) {
      if (include == "torch/torch.h") complaints.push_back(source.path);
    }
  }
  EXPECT_THAT(complaints, IsEmpty()) << "it costs tens of seconds per file";
}

TEST(Layers, NameNoVariantOutsideExperiments) {
  std::vector<std::string> complaints;
  for (const Source& source : sources()) {
    if (source.layer == "experiments" || is_test(source)) continue;
    const std::string code = without_comments(source.text);
    for (const std::string& name : variants().names()) {
      if (code.find('"' + name + '"') != std::string::npos) {
        complaints.push_back(source.path + " names " + name);
      }
    }
  }
  EXPECT_THAT(complaints, IsEmpty());
}

// "rankwise::analysis::RankUsage": the types that a file defines outside anonymous namespaces, but
// for nested ones (A::B) and specialisations (A<int>).
// clang-format gives each namespace and each definition a line of its own.
std::vector<std::string> types_of(const std::string& text) {
  static const std::regex kOpen(R"re(^(?:inline )?namespace ([A-Za-z_:]*) ?\{$)re");
  static const std::regex kClose(R"re(^\}  // namespace)re");
  static const std::regex kType(
      R"re(^(?:class|struct|enum class|enum) ([A-Za-z_]+)\b(?!<|::)[^;(]*\{)re");
  std::vector<std::string> open, found;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (std::regex_search(line, match, kOpen)) open.push_back(match[1]);
    if (std::regex_search(line, kClose) && !open.empty()) open.pop_back();
    const bool anonymous = std::find(open.begin(), open.end(), "") != open.end();
    if (anonymous || !std::regex_search(line, match, kType)) continue;
    std::string name;
    for (const std::string& space : open) name += space + "::";
    found.push_back(name + match[1].str());
  }
  return found;
}

// Two types of one name in one namespace are one symbol to the linker, which keeps whichever
// destructor it sees first.
TEST(Layers, DefineNoTypeTwice) {
  std::map<std::string, std::string> defined_in;
  std::vector<std::string> complaints;
  for (const Source& source : sources()) {
    for (const std::string& type : types_of(source.text)) {
      const auto [first, fresh] = defined_in.emplace(type, source.path);
      if (!fresh) complaints.push_back(type + ": " + first->second + ", " + source.path);
    }
  }
  EXPECT_THAT(complaints, IsEmpty());
  EXPECT_GT(defined_in.size(), 200U) << "the types were not found";
}

TEST(Layers, FilesIncludeEachOtherInNoCircle) {
  std::map<std::string, std::vector<std::string>> includes;
  for (const Source& source : sources()) includes[source.path] = includes_of(source.text);
  std::map<std::string, int> state;  // 1: being visited, 2: done
  std::vector<std::string> circles;
  const std::function<void(const std::string&)> visit = [&](const std::string& path) {
    state[path] = 1;
    for (const std::string& next : includes[path]) {
      if (!includes.contains(next)) continue;
      if (state[next] == 1) circles.push_back(fmt::format("{} and {}", path, next));
      if (state[next] == 0) visit(next);
    }
    state[path] = 2;
  };
  std::vector<std::string> paths;
  for (const auto& [path, included] : includes) paths.push_back(path);
  for (const std::string& path : paths) {
    if (state[path] == 0) visit(path);
  }
  EXPECT_THAT(circles, IsEmpty());
}

TEST(Layers, ReaderSeesWhatItShould) {
  EXPECT_THAT(types_of("namespace a {\nstruct B {\n};\nclass C;\nnamespace {\nstruct D {\n"
                       "}  // namespace\nenum class E { kF };\n}  // namespace a\nclass G {"),
              ElementsAre("a::B", "a::E", "G"));
  EXPECT_THAT(
      includes_of("#include \"framework/io/a.h\"\n  # include <torch/types.h>\n// #include"),
      ElementsAre("framework/io/a.h", "torch/types.h"));
  const Source wrong{"framework/core/a.h", "core", ""};
  EXPECT_EQ(complaint(wrong, "framework/io/b.h"), "framework/core/a.h includes framework/io/b.h");
  const Source right{"framework/io/b.h", "io", ""};
  EXPECT_EQ(complaint(right, "framework/core/a.h"), "");
  const Source crossing{"analysis/runs/a.h", layer_of("analysis/runs/a.h"), ""};
  EXPECT_EQ(complaint(crossing, "framework/data/b.h"),
            "analysis/runs/a.h includes framework/data/b.h");
  EXPECT_EQ(complaint(crossing, "analysis/report/b.h"),
            "analysis/runs/a.h includes analysis/report/b.h");
  EXPECT_EQ(without_comments("a // \"lora\"\nb"), "a \nb");
}

}  // namespace
}  // namespace rankwise
