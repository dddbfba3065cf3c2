#include "framework/run/execute_programs.h"

#include "framework/core/error.h"
#include "framework/data/content.h"
#include "framework/io/atomic_file.h"
#include "framework/io/lease_watch.h"
#include "framework/record/run_reader.h"
#include "framework/record/summary_reader.h"
#include "framework/texts/answer_rules.h"
#include "framework/texts/pass_at_k.h"

#include <algorithm>
#include <utility>

namespace rankwise {

namespace {

namespace fs = std::filesystem;

// The suite's split as the run saw it.
class RunPrograms {
 public:
  RunPrograms(const RunFile& run, const Paths& paths)
      : name_(run.path().string()),
        data_(resolve_data(run.attributes().at("config").at("data"), name_ + ": config.data")) {
    const nlohmann::json& backbone = run.attributes().at("config").at("backbone");
    const SuiteInputs inputs{.data = paths.data,
                             .tokenizer = backbone.value("weights", std::string())};
    check(!suites().contains(data_.suite),
          "{}: suite '{}' is made in memory, and has no texts to run", name_, data_.suite);
    const std::string recorded = run.attributes().value("tasks_sha256", std::string());
    const std::string found = content_sha256(read_suite(data_, inputs));
    check(
        recorded == found,
        "{}: suite '{}' was prepared anew with other content ({}... now, {}... when the run was "
        "trained), so that its programs may be of other examples; train the run again, or prepare "
        "the suite as it was",
        name_, data_.suite, found.substr(0, 12), recorded.substr(0, 12));
    suite_ = load_suite(data_, inputs);
  }

  bool has(const PredictionRecord& record) const { return !frames(record).empty(); }

  /// [G * n] what is run for each of the texts.
  std::vector<std::string> of(const PredictionRecord& record) const {
    const std::vector<ProgramFrame>& all = frames(record);
    const GeneratedTexts& generated = record.generated;
    check(generated.references.size() == all.size(),
          "{}: task '{}' has texts for {} examples, and the suite programs for {}", name_,
          record.task, generated.references.size(), all.size());
    const AnswerRule& rule = answer_rules().find(generated.rule);
    std::vector<std::string> programs;
    for (std::size_t i = 0; i < generated.texts.size(); ++i) {
      const ProgramFrame& frame = all[i / generated.samples()];
      programs.push_back(frame.head + rule.read(generated.texts[i], generated.labels) + frame.tail);
    }
    return programs;
  }

  const std::string& suite() const { return data_.suite; }

 private:
  const std::vector<ProgramFrame>& frames(const PredictionRecord& record) const {
    const auto& tasks = suite_.dataset.tasks;
    const auto data = std::find_if(tasks.begin(), tasks.end(), [&](const TaskData& one) {
      return one.task.name == record.task;
    });
    check(data != tasks.end(), "{}: the suite has no task '{}'", name_, record.task);
    return record.split == "dev" ? data->dev.programs : data->test.programs;
  }

  std::string name_;
  DataOptions data_;
  SuiteData suite_;
};

bool is_wanted(const PredictionRecord& record, const ExecuteRequest& request) {
  const auto fits = [](const std::string& wanted, const std::string& found) {
    return wanted.empty() || wanted == found;
  };
  return fits(request.task, record.task) && record.split == request.split &&
         fits(request.parameters, record.parameters);
}

// Those with a program around each text. Throws Error, which says what is missing, where none has.
std::vector<PredictionRecord> wanted_records(const RunFile& run, const RunPrograms& programs,
                                             const ExecuteRequest& request) {
  const std::string name = run.path().string();
  std::vector<PredictionRecord> records;
  bool any = false, with_program = false;
  for (PredictionRecord& record : run.predictions()) {
    if (!is_wanted(record, request)) continue;
    any = true;
    if (!programs.has(record)) continue;
    with_program = true;
    if (!record.generated.texts.empty()) records.push_back(std::move(record));
  }
  check(any, "{}: has no predictions of {} on {} with {} parameters", name,
        request.task.empty() ? "any task" : fmt::format("task '{}'", request.task), request.split,
        request.parameters.empty() ? "any" : request.parameters);
  check(with_program,
        "{}: suite '{}' says no program for {}; give its description the member program "
        "(docs/own_data.md), prepare it, and train the run again",
        name, programs.suite(), request.task.empty() ? "any of its tasks" : request.task);
  check(!records.empty(),
        "{}: no generated texts are recorded; a task writes them where one of its metrics reads "
        "them (match, say)",
        name);
  return records;
}

// One line, of the words and the end of what was printed.
std::string line_of(const ProgramOutcome& outcome) {
  std::string last = plain_text(outcome.output);
  constexpr std::size_t kShown = 120;
  if (last.size() > kShown) last = "..." + last.substr(last.size() - kShown);
  return last.empty() ? outcome.words : fmt::format("{}: {}", outcome.words, last);
}

// Fills `passed` and the scores of the record.
ExecutedPrograms judge(PredictionRecord& record, const std::vector<ProgramOutcome>& outcomes) {
  ExecutedPrograms found{.task = record.task,
                         .parameters = record.parameters,
                         .scores = {},
                         .examples = record.generated.references.size(),
                         .programs = outcomes.size()};
  record.passed.clear();
  for (const ProgramOutcome& outcome : outcomes) {
    record.passed.push_back(outcome.end == ProgramEnd::kPassed ? 1 : 0);
    found.passed += record.passed.back();
    found.over_time += outcome.end == ProgramEnd::kTimeOver ? 1 : 0;
    if (record.passed.back() == 0 && found.failure.empty()) found.failure = line_of(outcome);
  }
  const auto samples = static_cast<std::int64_t>(record.generated.samples());
  for (const std::int64_t k : kPassAtK) {
    if (k > samples) break;
    found.scores[pass_at_k_name(k)] =
        metrics()
            .find(pass_at_k_name(k))
            .score(
                {.prediction = record.prediction, .label = record.label, .passed = record.passed});
  }
  record.scores = found.scores;
  return found;
}

// A kill leaves the old file or the new one.
void record_passed(const fs::path& file, const std::vector<PredictionRecord>& records,
                   const ProgramLimits& limits) {
  fs::path unready = file;
  unready += ".new";
  duplicate_file(file, unready);
  hdf5::File copy = hdf5::File::open_for_writing(unready);
  for (const PredictionRecord& record : records) write_passed(copy, record, limits);
  copy.close();
  fs::permissions(unready, fs::status(file).permissions());
  commit_file(unready, file);
}

// The best parameters are often the last ones, and their programs the same.
class Outcomes {
 public:
  explicit Outcomes(const ProgramRuns& runs) : runs_(runs) {}

  const std::vector<ProgramOutcome>& of(std::vector<std::string> programs) {
    if (programs != programs_) {
      outcomes_ = run_programs(programs, runs_);
      programs_ = std::move(programs);
    }
    return outcomes_;
  }

 private:
  const ProgramRuns& runs_;
  std::vector<std::string> programs_;
  std::vector<ProgramOutcome> outcomes_;
};

}  // namespace

std::vector<ExecutedPrograms> execute_programs(const fs::path& file,
                                               const ExecuteRequest& request) {
  check(!is_in_summary(file),
        "{}: a summary keeps no generated texts; name the run files themselves", file.string());
  auto lease = LeaseWatch::take(lock_path(file));
  check(lease.has_value(), "{}: another process is writing it", file.string());
  std::vector<PredictionRecord> records;
  std::vector<ExecutedPrograms> found;
  {
    const RunFile run(file);
    check(run.status() == "finished", "{}: is {}, and texts are recorded when a run finishes",
          file.string(), run.status());
    const RunPrograms programs(run, request.paths);
    Outcomes outcomes(request.runs);
    for (PredictionRecord& record : wanted_records(run, programs, request)) {
      if (!record.passed.empty() && !request.again) continue;
      const auto& ends = outcomes.of(programs.of(record));
      if (ends.empty()) return {};
      found.push_back(judge(record, ends));
      records.push_back(std::move(record));
    }
  }
  lease->check();
  if (!records.empty()) record_passed(file, records, request.runs.limits);
  return found;
}

}  // namespace rankwise
