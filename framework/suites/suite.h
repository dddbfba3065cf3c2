/// Where a run's tasks come from: prepared token files, or suites made in memory, by name.
#pragma once

#include "framework/core/json.h"
#include "framework/core/options.h"
#include "framework/core/registration.h"
#include "framework/data/dataset.h"
#include "framework/model/heads.h"
#include "framework/record/run_file.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rankwise {

/// The `data` part of a run.
struct DataOptions {
  /// Raised by a fix that changes which rows these options choose.
  static constexpr std::int64_t kRevision = 1;

  std::string suite = "text10";
  std::vector<std::string> tasks;
  std::int64_t train_rows = 0;
  std::int64_t dev_rows = 1000;
  std::int64_t test_rows = 1000;
  std::int64_t subset_seed = 0;
  nlohmann::json options = nlohmann::json::object();

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("suite", self.suite, "a suite made in memory, or the name of a prepared token file");
    field("tasks", self.tasks, "tasks by name, in this order; empty: all");
    field("train_rows", self.train_rows, "training examples per task; 0: all", not_negative());
    field("dev_rows", self.dev_rows, "dev examples per task; 0: all", not_negative());
    field("test_rows", self.test_rows, "test examples per task; 0: all", not_negative());
    field("subset_seed", self.subset_seed, "which subset; the same for every run of a study",
          not_negative());
    field("options", self.options, "options of a suite made in memory");
  }
};

/// What loading needs beside the options.
struct SuiteInputs {
  std::filesystem::path data;  // folder with suites/ and models/
  std::string tokenizer;       // the weights whose tokenizer made the tokens, as weights_folder()
  std::uint64_t seed = 0;      // of the run
  std::string backbone;        // the run's, for suites whose truth is planted in it
  nlohmann::json backbone_options = nlohmann::json::object();  // resolved
};

/// What a suite that was made in memory knows of its tasks.
struct SuiteTruth {
  std::map<std::string, SiteTruth> sites;        // by the backbone's linears
  std::vector<std::int64_t> group, input_group;  // as in TruthRecord
};

/// A loaded suite.
struct SuiteData {
  Dataset dataset;
  GivenHead head;                              // undefined: a trained head a task
  std::optional<std::uint64_t> backbone_seed;  // the backbone that the suite's truth was made with
  std::optional<SuiteTruth> truth;
};

/// A suite made in memory.
struct SuiteKind {
  std::string summary;
  std::int64_t revision = 1;  // raised by a fix that changes the tasks
  std::vector<OptionInfo> options;
  std::function<nlohmann::json(const nlohmann::json& options, const std::string& path)> resolve;
  std::function<SuiteData(const nlohmann::json& options, const SuiteInputs&)> make;
};

Registry<SuiteKind>& suites();

/// Registers a suite when a static object of this type is made: the line that ends its file.
struct RegisterSuite {
  RegisterSuite(const std::string& name, SuiteKind kind) {
    register_item(suites(), name, std::move(kind));
  }
};

/// Checked options with every default filled in; `path` names the place in messages.
DataOptions resolve_data(const nlohmann::json& data, const std::string& path);

/// The tasks chosen, with their subsets taken. Throws Error where the suite is neither known nor
/// prepared.
SuiteData load_suite(const DataOptions& options, const SuiteInputs& inputs);

/// The tasks chosen of a prepared token file, whole. Throws Error where there is none, or where it
/// was made with another tokenizer than that beside the backbone's weights.
Dataset read_suite(const DataOptions& options, const SuiteInputs& inputs);

}  // namespace rankwise
