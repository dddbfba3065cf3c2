#include "framework/data/token_file.h"

#include "framework/data/content.h"
#include "framework/data/subset.h"
#include "framework/io/hdf5.h"
#include "framework/io/test_files.h"

#include <gmock/gmock.h>

#include <cmath>
#include <functional>

namespace rankwise {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// One split of a task before it is written; a test spoils what it wants to see refused.
struct Columns {
  std::vector<std::int32_t> tokens{1, 2, 3, 4, 5};
  std::vector<std::uint8_t> segments{0, 0, 1, 0, 1};
  std::vector<std::int64_t> starts{0, 2, 5};
  std::vector<std::int64_t> groups{0, 1, 2};
  std::vector<double> target{1, 0};
  std::vector<std::int32_t> answer_tokens;
  std::vector<std::int64_t> answer_starts, answer_bytes;
  std::vector<std::string> heads, tails;  // of programs
};

struct File {
  std::string format = "rankwise-tokens";
  std::int64_t version = 1;
  std::string answers, loss_on = "answer";  // of version 2
  std::string kind = "classify";
  std::string metrics = R"(["accuracy"])";
  std::string labels = R"(["no", "yes"])";
  std::string family = "toy";
  std::string name = "zebra";
  std::int64_t index = 0;
  std::int64_t classes = 2;
  Columns train;
};

template <class T>
void write(hdf5::File& file, const std::string& path, const std::vector<T>& values) {
  file.write(path, {values.size()}, values);
}

void write_task(hdf5::File& file, const File& contents) {
  const std::string group = "/tasks/" + contents.name;
  file.create_group(group);
  for (const char* split : {"train", "dev", "test"}) {
    const bool own = std::string(split) == "train" || contents.answers == "likelihood";
    const Columns& columns = own ? contents.train : Columns{};
    const std::string folder = group + "/" + split;
    write(file, folder + "/tokens", columns.tokens);
    write(file, folder + "/segments", columns.segments);
    write(file, folder + "/starts", columns.starts);
    write(file, folder + "/groups", columns.groups);
    write(file, folder + "/target", columns.target);
    if (contents.answers != "likelihood") continue;
    write(file, folder + "/answer_tokens", contents.train.answer_tokens);
    write(file, folder + "/answer_starts", contents.train.answer_starts);
    write(file, folder + "/answer_bytes", contents.train.answer_bytes);
    if (contents.train.heads.empty()) continue;
    file.write_strings(folder + "/program_head", contents.train.heads);
    file.write_strings(folder + "/program_tail", contents.train.tails);
  }
  if (!contents.answers.empty()) {
    file.set_attribute(group, "answers", contents.answers);
    file.set_attribute(group, "loss_on", contents.loss_on);
  }
  file.set_attribute(group, "index", contents.index);
  file.set_attribute(group, "family", contents.family);
  file.set_attribute(group, "kind", contents.kind);
  file.set_attribute(group, "classes", contents.classes);
  file.set_attribute(group, "metrics", contents.metrics);
  file.set_attribute(group, "labels", contents.labels);
}

// Tasks zebra (first) and apple.
std::filesystem::path write_file(const File& contents = {}) {
  auto path = test_folder() / "suite.h5";
  hdf5::File file = hdf5::File::create(path);
  write_task(file, contents);
  write_task(file, {.name = "apple", .index = 1});
  file.set_attribute("/", "format", contents.format);
  file.set_attribute("/", "version", contents.version);
  file.set_attribute("/", "suite", std::string("toys"));
  file.set_attribute("/", "vocabulary", std::int64_t{10});
  file.close();
  return path;
}

TEST(TokenFile, IsReadInTheFilesOrder) {
  const auto path = write_file();
  EXPECT_THAT(token_file_tasks(path), ElementsAre("zebra", "apple"));
  const Dataset dataset = read_token_file(path, {});
  EXPECT_EQ(dataset.suite, "toys");
  EXPECT_EQ(dataset.vocabulary, 10);
  ASSERT_EQ(dataset.task_count(), 2);
  const TaskData& zebra = dataset.tasks[0];
  EXPECT_EQ(zebra.task.name, "zebra");
  EXPECT_EQ(zebra.task.family, "toy");
  EXPECT_EQ(zebra.task.classes, 2);
  EXPECT_EQ(zebra.task.outputs, 2);
  EXPECT_THAT(zebra.task.labels, ElementsAre("no", "yes"));
  EXPECT_THAT(zebra.train.tokens, ElementsAre(1, 2, 3, 4, 5));
  EXPECT_THAT(zebra.train.segments, ElementsAre(0, 0, 1, 0, 1));
  EXPECT_EQ(zebra.train.examples(), 2);
  EXPECT_EQ(zebra.train.rows_of(1), 3);
}

TEST(TokenFile, GivesTheTasksAskedForInTheirOrder) {
  const Dataset dataset = read_token_file(write_file(), {"apple", "zebra"});
  EXPECT_EQ(dataset.tasks[0].task.name, "apple");
  EXPECT_EQ(dataset.tasks[1].task.name, "zebra");
  EXPECT_EQ(read_token_file(write_file(), {"apple"}).task_count(), 1);
}

TEST(TokenFile, RegressionTargetsAreStandardised) {
  File contents{.kind = "regress", .metrics = R"(["pearson"])", .labels = "[]", .classes = 1};
  contents.train.target = {2.5, 7.5};
  const Task task = read_token_file(write_file(contents), {"zebra"}).tasks[0].task;
  EXPECT_EQ(task.outputs, 1);
  EXPECT_EQ(task.target_mean, 5);
  EXPECT_EQ(task.target_std, 2.5);
}

TEST(TokenFile, UnknownTaskListsTheOnesThereAre) {
  const std::string message = error_of([] { read_token_file(write_file(), {"zebre"}); });
  EXPECT_THAT(message, HasSubstr("unknown task 'zebre'"));
  EXPECT_THAT(message, HasSubstr("zebra, apple"));
}

// One line that names file and place.
void expect_refused(const std::function<void(File&)>& spoil, const std::string& why) {
  File contents;
  spoil(contents);
  const auto path = write_file(contents);
  const std::string message = error_of([&] { read_token_file(path, {}); });
  EXPECT_THAT(message, HasSubstr(why));
  EXPECT_THAT(message, HasSubstr("suite.h5"));
  EXPECT_THAT(message, Not(HasSubstr("\n")));
}

TEST(TokenFile, RefusesForeignAndOtherVersions) {
  expect_refused([](File& file) { file.format = "tokens"; }, "is not a token file of rankwise");
  expect_refused([](File& file) { file.version = 3; },
                 "written as version 3, this program reads 1 to 2");
}

TEST(TokenFile, RefusesMetadataThatMeansNothing) {
  expect_refused([](File& file) { file.metrics = "[]"; }, "names no metric");
  expect_refused([](File& file) { file.metrics = R"(["accuratesse"])"; }, "unknown metric");
  expect_refused([](File& file) { file.metrics = "accuracy"; },
                 "/tasks/zebra/metrics: 'accuracy' is not a JSON list of strings");
  expect_refused([](File& file) { file.kind = "rank"; }, "unknown task kind 'rank'");
}

TEST(TokenFile, RefusesNamesThatPathsAndModulesCanNotTake) {
  const auto named = [](const std::string& name, const std::string& why) {
    expect_refused([&](File& file) { file.name = name; }, why);
  };
  named("a.b", "task 'a.b': a name has no dot and no slash");
  named("score", "task 'score': run files use that name themselves");
  named("a\x1b[31m", "task 'a\\x1b[31m' has a control or invisible character");
  named("caf\xE9", "task 'caf\\xe9' is not UTF-8");
  named(std::string(101, 'x'), "a name has 1 to 100 bytes");
  expect_refused([](File& file) { file.index = 1; }, "tasks 'apple' and 'zebra' both have index 1");
}

TEST(TokenFile, RefusesWordsWithControlCharacters) {
  expect_refused([](File& file) { file.family = "a\u202Eb"; }, "family 'a\\xe2\\x80\\xaeb' has a");
  expect_refused([](File& file) { file.family = "toy\n"; }, "family 'toy\\x0a' has a control");
  expect_refused([](File& file) { file.labels = R"(["no", "\u001b[2J"])"; },
                 "label '\\x1b[2J' has a control or invisible character");
}

TEST(TokenFile, RefusesMetricsThatDoNotFit) {
  expect_refused([](File& file) { file.metrics = R"(["accuracy", "f1", "accuracy"])"; },
                 "/tasks/zebra: task 'zebra' names metric 'accuracy' twice");
  expect_refused([](File& file) { file.metrics = R"(["pearson"])"; },
                 "task 'zebra' is of kind classify, answered by head, which metric 'pearson' "
                 "cannot score; its metrics are accuracy, f1, macro_f1, matthews");
  expect_refused(
      [](File& file) {
        file.kind = "choose";
        file.metrics = R"(["macro_f1"])";
      },
      "choose, answered by head, which metric 'macro_f1' cannot score; its metrics are accuracy");
  expect_refused(
      [](File& file) {
        file.kind = "regress";
        file.labels = "[]";
        file.metrics = R"(["relative_error"])";
      },
      "'relative_error' needs the unadapted model's outputs");
  expect_refused([](File& file) { file.kind = "regress"; },
                 "regress, answered by head, which metric 'accuracy' cannot score; its metrics are "
                 "pearson, relative_error, spearman");
}

// Two texts: the prompts are those of Columns, the answers (6 7) and (8).
File texts() {
  File contents{.version = 2,
                .answers = "likelihood",
                .kind = "generate",
                .metrics = R"(["exact_match", "perplexity"])",
                .labels = "[]",
                .classes = 1};
  contents.train.target = {0, 0};
  contents.train.answer_tokens = {6, 7, 8};
  contents.train.answer_starts = {0, 2, 3};
  contents.train.answer_bytes = {5, 3};
  return contents;
}

TEST(TokenFile, TheSameContentIsTheSameInBothVersions) {
  const Dataset first = read_token_file(write_file(), {});
  const Dataset second = read_token_file(write_file({.version = 2, .answers = "head"}), {});
  EXPECT_EQ(content_sha256(first), content_sha256(second));
  const auto text_hash = [](const File& contents) {
    return content_sha256(read_token_file(write_file(contents), {"zebra"}));
  };
  File other = texts();
  other.train.answer_tokens[1] = 9;
  EXPECT_NE(text_hash(texts()), text_hash(other)) << "answers are content";
  other = texts();
  other.loss_on = "all";
  EXPECT_NE(text_hash(texts()), text_hash(other));
  other = texts();
  other.train.heads = {"a", "b"};
  other.train.tails = {"", "c"};
  const std::string with_programs = text_hash(other);
  EXPECT_NE(text_hash(texts()), with_programs);
  other.train.tails = {"", "d"};
  EXPECT_NE(text_hash(other), with_programs);
}

TEST(TokenFile, HoldsProgramsOfEveryExampleOrNone) {
  File contents = texts();
  contents.train.heads = {"a", "b"};
  contents.train.tails = {"", "c"};
  Dataset dataset = read_token_file(write_file(contents), {"zebra"});
  ASSERT_EQ(dataset.tasks[0].test.programs.size(), 2U);
  EXPECT_EQ(dataset.tasks[0].test.programs[1].head, "b");
  EXPECT_EQ(dataset.tasks[0].test.programs[1].tail, "c");
  const Split one = subset(dataset.tasks[0].test, 1, 0, 1, Seed(0));
  ASSERT_EQ(one.programs.size(), 1U);
  EXPECT_EQ(one.programs[0].head, one.tokens.size() == 2 ? "a" : "b") << "(1 2) or (3 4 5)";
  contents.train.tails.pop_back();
  EXPECT_THAT(error_of([&] { read_token_file(write_file(contents), {"zebra"}); }),
              HasSubstr("2 heads and 1 tails of programs for 2 examples"));
}

TEST(TokenFile, OfVersionTwoHasAnswers) {
  File contents = texts();
  contents.loss_on = "all";
  contents.name = "apricot";
  const Dataset dataset = read_token_file(write_file(contents), {"apricot"});
  const TaskData& data = dataset.tasks[0];
  EXPECT_EQ(data.task.answered_by, AnsweredBy::kLikelihood);
  EXPECT_TRUE(data.task.loss_on_prompt);
  EXPECT_THAT(data.train.answer_tokens, ElementsAre(6, 7, 8));
  EXPECT_THAT(data.train.answer_bytes, ElementsAre(5, 3));
  EXPECT_EQ(data.train.answer_length(0), 2);
}

void expect_texts_refused(const std::function<void(File&)>& spoil, const std::string& why) {
  expect_refused(
      [&](File& file) {
        file = texts();
        spoil(file);
      },
      why);
}

TEST(TokenFile, RefusesAnswersThatDoNotFit) {
  expect_texts_refused([](File& file) { file.answers = "both"; },
                       "/tasks/zebra/answers: 'both' answers no task");
  expect_texts_refused([](File& file) { file.answers = "head"; },
                       "of kind generate is answered by head, expected likelihood");
  expect_texts_refused([](File& file) { file.loss_on = "prompt"; },
                       "/tasks/zebra/loss_on: 'prompt' is neither answer nor all");
  expect_texts_refused([](File& file) { file.metrics = R"(["acc"])"; },
                       "answered by likelihood, which metric 'acc' cannot score; its metrics are "
                       "any_digit, bits_per_byte, bleu, exact_match, match, perplexity, rouge_l, "
                       "text_matthews, text_pearson");
  expect_texts_refused([](File& file) { file.train.answer_tokens[1] = 10; },
                       "/train/answer_tokens: id 10 is outside the vocabulary of 10");
  expect_texts_refused(
      [](File& file) {
        file.train.answer_starts = {0, 3, 3};
      },
      "/train/answer_starts: offsets must rise from 0 to 3");
  expect_texts_refused(
      [](File& file) {
        file.train.answer_starts = {0, 3};
      },
      "1 answers of 2 lengths for 2 sequences");
  expect_texts_refused([](File& file) { file.train.answer_bytes[1] = -1; },
                       "/train/answer_bytes: an answer has less than 0 bytes");
  expect_texts_refused(
      [](File& file) {
        file.train.groups = {0, 2};
        file.train.target = {0};
      },
      "/train/groups: example 0 has 2 sequences, expected 1");
}

TEST(TokenFile, ATextsLabelsAreNoClasses) {
  File contents = texts();
  contents.labels = R"(["no", "yes"])";
  contents.metrics = R"(["text_matthews"])";
  const Dataset dataset = read_token_file(write_file(contents), {});
  EXPECT_THAT(dataset.tasks[0].task.labels, ElementsAre("no", "yes"));
}

TEST(TokenFile, RefusesClassesWithoutSense) {
  expect_refused([](File& file) { file.classes = 3; }, "has 2 labels for 3 classes");
  expect_refused([](File& file) { file.labels = R"(["no", "no"])"; }, "has label 'no' twice");
  expect_refused([](File& file) { file.classes = 1; }, "1 classes, expected at least 2");
}

TEST(TokenFile, RefusesTargetsThatAreNotFinite) {
  const auto targets = [](std::vector<double> values, const std::string& why) {
    expect_refused(
        [&](File& file) {
          file.kind = "regress";
          file.metrics = R"(["pearson"])";
          file.train.target = values;
        },
        why);
  };
  targets({1, std::nan("")},
          "/tasks/zebra/train/target: nan of example 1 is not a finite number in single precision");
  targets({HUGE_VAL, 0}, "inf of example 0 is not");
  targets({1e300, 0}, "1e+300 of example 0 is not");
  expect_refused([](File& file) { file.train.target = {0, std::nan("")}; }, "nan of example 1");
}

TEST(TokenFile, RefusesATaskAskedForTwice) {
  EXPECT_EQ(error_of([] {
              read_token_file(write_file(), {"apple", "apple"});
            }),
            "data.tasks: 'apple' is there twice; name each task once");
}

TEST(TokenFile, RefusesIdsOutsideTheVocabulary) {
  expect_refused([](File& file) { file.train.tokens[3] = 10; },
                 "/tasks/zebra/train/tokens: id 10 is outside the vocabulary of 10");
  expect_refused([](File& file) { file.train.tokens[0] = -1; }, "id -1 is outside");
}

TEST(TokenFile, RefusesOffsetsThatDoNotRise) {
  expect_refused([](File& file) { file.train.starts = {0, 0, 5}; }, "must rise from 0 to 5");
  expect_refused([](File& file) { file.train.starts = {1, 2, 5}; }, "must rise from 0 to 5");
  expect_refused([](File& file) { file.train.starts = {0, 2, 6}; }, "must rise from 0 to 5");
  expect_refused([](File& file) { file.train.groups = {0, 2, 1}; }, "groups: offsets must rise");
}

TEST(TokenFile, RefusesColumnsThatDoNotFit) {
  expect_refused([](File& file) { file.train.segments.pop_back(); }, "4 segments for 5 tokens");
  expect_refused([](File& file) { file.train.target.pop_back(); }, "1 targets for 2 examples");
}

TEST(TokenFile, RefusesTargetsOutsideTheClasses) {
  expect_refused(
      [](File& file) {
        file.train.target = {1, 2};
      },
      "/tasks/zebra/train/target: 2 of example 1 is not one of 2 classes");
  expect_refused([](File& file) { file.train.target = {0.5, 0}; }, "0.5 of example 0");
  expect_refused([](File& file) { file.train.target = {-1, 0}; }, "-1 of example 0");
  // A choice of one candidate has one class.
  expect_refused(
      [](File& file) {
        file.kind = "choose";
        file.train.target = {0, 1};
      },
      "1 of example 1 is not one of 1 classes");
}

TEST(TokenFile, KnowsWhatTokensSay) {
  const auto path = write_file();
  EXPECT_FALSE(read_token_file(path, {}).token_texts.known());
  EXPECT_EQ(read_token_file(path, {}).end_token, -1);
  const std::int64_t vocabulary = read_token_file(path, {}).vocabulary;
  const auto write_texts = [&](const std::vector<std::int64_t>& starts) {
    const auto written = write_file();
    hdf5::File file = hdf5::File::open_for_writing(written);
    file.set_attribute("/", "end_token", std::int64_t{1});
    file.create_group("/token_bytes");
    file.set_attribute("/token_bytes", "strips_space", std::int64_t{1});
    write(file, "/token_bytes/bytes", std::vector<std::uint8_t>{' ', 'a', 'b', 'c'});
    write(file, "/token_bytes/starts", starts);
    file.close();
    return written;
  };
  std::vector<std::int64_t> starts(static_cast<std::size_t>(vocabulary) + 1, 4);
  starts[0] = starts[1] = 0;
  starts[2] = 2;
  const Dataset dataset = read_token_file(write_texts(starts), {});
  EXPECT_EQ(dataset.end_token, 1);
  EXPECT_EQ(dataset.token_texts.text({1, 2, 3, 1}), "abc a");
  EXPECT_EQ(dataset.token_texts.text({2, 1000}), "bc")
      << "a head over the vocabulary may be padded";
  starts.pop_back();
  EXPECT_THAT(error_of([&] { read_token_file(write_texts(starts), {}); }),
              HasSubstr("/token_bytes/starts"));
}

TEST(TokenFile, RefusesAMissingFile) {
  EXPECT_THAT(error_of([] { read_token_file("/nowhere/suite.h5", {}); }), HasSubstr("suite.h5"));
}

}  // namespace
}  // namespace rankwise
