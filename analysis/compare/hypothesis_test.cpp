#include "analysis/compare/hypothesis.h"

#include "analysis/runs/test_truth.h"
#include "analysis/tables/hypothesis.h"
#include "framework/io/source_tree.h"
#include "framework/io/test_files.h"

#include <gtest/gtest.h>

#include <map>

namespace rankwise::analysis {
namespace {

namespace fs = std::filesystem;

/// Runs of a label whose best relative errors by seed are these.
void write_errors(const fs::path& folder, const std::string& label,
                  const std::map<std::int64_t, double>& errors,
                  const std::string& protocol = "protocol-a") {
  for (const auto& [seed, error] : errors) {
    test::RunSpec spec = test::planted_run({1, 1, 1, 1}, {1, 2, 3, 1});
    spec.label = label;
    spec.seed = seed;
    spec.attributes = {{"protocol_hash", protocol}};
    for (auto& [task, score] : spec.test_scores) score = error;
    test::write_run(folder, label + std::to_string(seed), spec);
  }
}

/// "low" has smaller errors than "high" at each of three seeds.
RunSet hypothesis_runs(const fs::path& folder) {
  write_errors(folder, "low", {{0, .10}, {1, .12}, {2, .11}, {3, .5}});
  write_errors(folder, "high", {{0, .30}, {1, .35}, {2, .28}});
  return load_runs({folder});
}

Hypothesis about(const std::string& a, const std::string& relation, const std::string& b) {
  return {.name = "H",
          .statement = "said",
          .study = "trial",
          .measure = "error_best",
          .a = a,
          .relation = relation,
          .b = b};
}

HypothesisResult test_one(const RunSet& runs, const Hypothesis& hypothesis) {
  return test_hypotheses(runs, {hypothesis}).front();
}

TEST(Hypotheses, PairRunsBySeed) {
  const HypothesisResult result =
      test_one(hypothesis_runs(test_folder()), about("low", "less", "high"));
  EXPECT_EQ(result.a.count, 3U);  // seed 3 has no partner
  EXPECT_NEAR(result.a.mean, 0.11, 1e-12);
  EXPECT_NEAR(result.b.mean, 0.31, 1e-12);
  EXPECT_NEAR(result.difference->mean, -0.2, 1e-12);
  EXPECT_NEAR(*result.p, 0.0074166660290697194, 1e-9);  // SciPy's ttest_rel
  EXPECT_EQ(result.holm_p, result.p);
  EXPECT_EQ(result.verdict, Verdict::kSupported);
}

TEST(Hypotheses, DoNotHoldWhereTheIntervalIsOnTheOtherSide) {
  const RunSet runs = hypothesis_runs(test_folder());
  EXPECT_EQ(test_one(runs, about("low", "greater", "high")).verdict, Verdict::kRefuted);
  EXPECT_EQ(test_one(runs, about("high", "less", "low")).verdict, Verdict::kRefuted);
}

TEST(Hypotheses, AreUndecidedWhereTheIntervalIncludesBothSides) {
  const auto folder = test_folder();
  write_errors(folder, "a", {{0, .10}, {1, .30}, {2, .20}});
  write_errors(folder, "b", {{0, .25}, {1, .20}, {2, .20}});
  const RunSet runs = load_runs({folder});
  EXPECT_EQ(test_one(runs, about("a", "less", "b")).verdict, Verdict::kInconclusive);
  Hypothesis equal = about("a", "equal", "b");
  equal.margin = 0.05;
  EXPECT_EQ(test_one(runs, equal).verdict, Verdict::kInconclusive);
}

TEST(Hypotheses, AreUndecidedWithOneSeed) {
  const auto folder = test_folder();
  write_errors(folder, "a", {{0, .10}});
  write_errors(folder, "b", {{0, .25}});
  const HypothesisResult result = test_one(load_runs({folder}), about("a", "less", "b"));
  EXPECT_EQ(result.verdict, Verdict::kInconclusive);
  EXPECT_EQ(result.a.count, 1U);
  EXPECT_FALSE(result.p.has_value());
}

TEST(Hypotheses, CompareWithAMultipleAndAConstant) {
  const RunSet runs = hypothesis_runs(test_folder());
  Hypothesis half = about("low", "less", "high");
  half.times = 0.5;  // .15, .175, .14
  EXPECT_NEAR(test_one(runs, half).difference->mean, 0.11 - 0.155, 1e-12);
  half.constant = -0.1;
  EXPECT_EQ(test_one(runs, half).verdict, Verdict::kRefuted);
  Hypothesis threshold = about("high", "greater", "");
  threshold.constant = 0.2;
  const HypothesisResult result = test_one(runs, threshold);
  EXPECT_NEAR(result.difference->mean, 0.11, 1e-12);
  EXPECT_EQ(result.b.count, 0U);
  EXPECT_EQ(result.verdict, Verdict::kSupported);
}

TEST(Hypotheses, CompareTwoMeasuresOfTheSameRuns) {
  Hypothesis hypothesis = about("low", "greater", "");
  hypothesis.measure_b = "error_last";  // 0.1 below the best
  const HypothesisResult result = test_one(hypothesis_runs(test_folder()), hypothesis);
  EXPECT_EQ(result.a.count, 4U);
  EXPECT_NEAR(result.difference->mean, 0.1, 1e-12);
}

TEST(Hypotheses, HoldForEqualValuesInsideTheMarginAndNotOutsideIt) {
  const auto folder = test_folder();
  write_errors(folder, "a", {{0, .20}, {1, .21}, {2, .22}});
  write_errors(folder, "b", {{0, .20}, {1, .22}, {2, .21}});
  write_errors(folder, "c", {{0, .50}, {1, .52}, {2, .51}});
  const RunSet runs = load_runs({folder});
  Hypothesis equal = about("a", "equal", "b");
  equal.margin = 0.1;
  EXPECT_EQ(test_one(runs, equal).verdict, Verdict::kSupported);
  equal.b = "c";
  EXPECT_EQ(test_one(runs, equal).verdict, Verdict::kRefuted);
}

TEST(Hypotheses, NeedMoreWhenManyAreTested) {
  const RunSet runs = hypothesis_runs(test_folder());
  const std::vector<Hypothesis> many(10, about("low", "less", "high"));
  const HypothesisResult result = test_hypotheses(runs, many).front();
  EXPECT_NEAR(*result.holm_p, 10 * *result.p, 1e-12);
  EXPECT_LT(result.difference->high, 0);
  EXPECT_EQ(result.verdict, Verdict::kInconclusive);
}

TEST(Hypotheses, AreCorrectedAmongThoseOfTheSameName) {
  const RunSet runs = hypothesis_runs(test_folder());
  std::vector<Hypothesis> two(2, about("low", "less", "high"));
  two[1].name = "G";
  for (const HypothesisResult& result : test_hypotheses(runs, two)) {
    EXPECT_EQ(result.holm_p, result.p) << "one claim each";
  }
}

TEST(Hypotheses, CountTheSeedsOfAThreshold) {
  const auto folder = test_folder();
  std::map<std::int64_t, double> errors;
  for (int seed = 0; seed < 10; ++seed) errors[seed] = seed == 0 ? 0.55 : 1;
  write_errors(folder, "ceiling", errors);
  const RunSet runs = load_runs({folder});
  Hypothesis claim = about("ceiling", "greater", "");
  claim.constant = 0.9;
  EXPECT_EQ(test_one(runs, claim).verdict, Verdict::kInconclusive) << "by its mean";
  claim.counts = true;
  const HypothesisResult result = test_one(runs, claim);
  EXPECT_EQ(result.seeds->hits, 9U);
  EXPECT_NEAR(result.share->low, 0.554984, 1e-5);  // SciPy's exact interval
  EXPECT_NEAR(*result.p, 22.0 / 1024, 1e-12);
  EXPECT_EQ(result.verdict, Verdict::kSupported);
  const Table table = hypothesis_table({result});
  EXPECT_EQ(table.rows[0][2].text, "error_best: ceiling > 0.9, in most seeds");
  EXPECT_EQ(table.rows[0][6].text, "9 of 10");
  EXPECT_EQ(table.rows[0][7].text, "55 % to 100 %");
  claim.relation = "less";
  EXPECT_EQ(test_one(runs, claim).verdict, Verdict::kRefuted);
}

TEST(Hypotheses, SayWhyNothingWasMeasured) {
  const auto folder = test_folder();
  write_errors(folder, "other", {{0, .3}, {1, .3}}, "protocol-b");
  const RunSet runs = hypothesis_runs(folder);
  const HypothesisResult absent = test_one(runs, about("low", "less", "nothing"));
  EXPECT_EQ(absent.verdict, Verdict::kNotMeasured);
  EXPECT_EQ(absent.note, "study 'trial' has no finished run of 'nothing'");
  EXPECT_EQ(test_one(runs, about("low", "less", "other")).note,
            "no seed has both values under one protocol");
  Hypothesis unmeasured = about("low", "less", "high");
  unmeasured.measure = "right_recovered";
  EXPECT_EQ(test_one(runs, unmeasured).verdict, Verdict::kNotMeasured);
}

TEST(HypothesisTable, HasARowForEachHypothesis) {
  const RunSet runs = hypothesis_runs(test_folder());
  Hypothesis half = about("low", "less", "high");
  half.times = 0.5;
  half.constant = 0.01;
  const Table table =
      hypothesis_table(test_hypotheses(runs, {half, about("low", "less", "nothing")}));
  ASSERT_EQ(table.rows.size(), 2U);
  for (const auto& row : table.rows) EXPECT_EQ(row.size(), table.header.size());
  EXPECT_EQ(table.rows[0][2].text, "error_best: low < 0.5 × high + 0.01");
  EXPECT_EQ(table.rows[0][3].text, "3");
  EXPECT_EQ(table.rows[0][4].text, "0.110 ± 0.010");
  EXPECT_EQ(table.rows[0][6].text, "-0.055");
  EXPECT_EQ(table.rows[0][10].text, "supported");
  EXPECT_EQ(table.rows[1][10].text, "not measured");
  EXPECT_EQ(table.footers.back(),
            "H, error_best: low < nothing: not measured: study 'trial' has no finished run of "
            "'nothing'.");
}

/// The message about a file with this text.
std::string refusal(const std::string& text) {
  const fs::path path = test_folder() / "h.json";
  write_bytes(path, text);
  const std::string message = error_of([&] { read_hypotheses(path); });
  const std::string start = path.string() + ": ";
  return message.starts_with(start) ? message.substr(start.size()) : message;
}

constexpr const char* kWhole =
    R"({"hypotheses": [{"name": "H", "statement": "s", "study": "t", "a": "x", "measure": "flips")";

TEST(HypothesisFile, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(refusal(std::string(kWhole) + "}]}"), "");
  EXPECT_EQ(refusal("[]"), "expected an object with a list 'hypotheses' and nothing else");
  EXPECT_NE(refusal(std::string(kWhole) + R"(, "than": 3}]})").find("unknown option 'than'"),
            std::string::npos);
  EXPECT_EQ(refusal(R"({"hypotheses": [{"name": "H"}]})"),
            "hypotheses[0].statement: a hypothesis needs one");
  EXPECT_EQ(refusal(std::string(kWhole) + R"(, "relation": "equal"}]})"),
            "hypotheses[0].margin: 'equal' needs the least difference that counts");
  EXPECT_NE(refusal(std::string(kWhole) + R"(, "measure_b": "flop"}]})").find("measure 'flop'"),
            std::string::npos);
  EXPECT_NE(
      refusal(std::string(kWhole) + R"(, "relation": "equal", "margin": 1, "counts": true}]})")
          .find("seeds are counted on one side"),
      std::string::npos);
}

TEST(HypothesisFile, OfThisRepositoryCanBeRead) {
  const auto hypotheses = read_hypotheses(source_tree() / "configs/hypotheses.json");
  EXPECT_GT(hypotheses.size(), 8U);
}

}  // namespace
}  // namespace rankwise::analysis
