// The tasks of the toys.

#include "framework/core/seed.h"
#include "framework/testing/toy.h"

#include <map>
#include <vector>

namespace rankwise::toy {

namespace {

constexpr std::int64_t kVocabulary = 24;
constexpr std::int64_t kWidth = 12;  // of feature rows
// Tokens below this carry the answer and occur only where a task puts them.
constexpr std::int64_t kFirstPlain = 8;

void start(Split& split) {
  split.starts = {0};
  split.groups = {0};
}

void end_example(Split& split, double target) {
  split.groups.push_back(split.sequences());
  split.target.push_back(target);
}

std::int32_t plain_token(Random& random) {
  return static_cast<std::int32_t>(kFirstPlain + random.index(kVocabulary - kFirstPlain));
}

// `length` plain tokens, `key` among them at a random place, as one sequence.
void add_sequence(Split& split, std::int64_t length, std::int32_t key, Random& random) {
  const auto place = static_cast<std::int64_t>(random.index(length));
  const auto second = static_cast<std::int64_t>(random.index(length));  // segment 1 from here
  for (std::int64_t i = 0; i < length; ++i) {
    split.tokens.push_back(i == place ? key : plain_token(random));
    split.segments.push_back(i > second ? 1 : 0);
  }
  split.starts.push_back(static_cast<std::int64_t>(split.tokens.size()));
}

std::int64_t some_length(Random& random) { return 2 + static_cast<std::int64_t>(random.index(8)); }

// Which of three keys occurs.
void classify(Split& split, Random& random) {
  const auto key = static_cast<std::int32_t>(random.index(3));
  add_sequence(split, some_length(random), key, random);
  end_example(split, key);
}

// The same keys with other answers, so that the tasks need updates of their own.
void classify_otherwise(Split& split, Random& random) {
  const auto key = static_cast<std::int32_t>(random.index(3));
  add_sequence(split, some_length(random), key, random);
  end_example(split, key == 1 ? 1 : 0);
}

// A number that the key stands for, in units far from one.
void regress(Split& split, Random& random) {
  const auto key = static_cast<std::int32_t>(random.index(4));
  add_sequence(split, some_length(random), key, random);
  end_example(split, 50 + 10 * key);
}

// The candidate that holds key 4; two or three candidates.
void choose(Split& split, Random& random) {
  const std::int64_t candidates = 2 + static_cast<std::int64_t>(random.index(2));
  const auto right = static_cast<std::int64_t>(random.index(candidates));
  for (std::int64_t c = 0; c < candidates; ++c) {
    add_sequence(split, some_length(random), c == right ? 4 : 5, random);
  }
  end_example(split, static_cast<double>(right));
}

// One to three Gaussian rows; returns the mean of their first column.
double add_rows(Split& split, double shift, Random& random) {
  const std::int64_t rows = 1 + static_cast<std::int64_t>(random.index(3));
  double sum = 0;
  for (std::int64_t row = 0; row < rows; ++row) {
    for (std::int64_t column = 0; column < kWidth; ++column) {
      const double value = random.normal() + (column == 0 ? shift : 0);
      if (column == 0) sum += value;
      split.features.push_back(value);
    }
  }
  split.starts.push_back(split.starts.back() + rows);
  return sum / static_cast<double>(rows);
}

void classify_features(Split& split, Random& random) {
  end_example(split, add_rows(split, 0, random) > 0 ? 1 : 0);
}

void regress_features(Split& split, Random& random) {
  end_example(split, 3 * add_rows(split, 0, random));
}

void choose_features(Split& split, Random& random) {
  const auto right = random.index(2);
  for (std::uint64_t c = 0; c < 2; ++c) add_rows(split, c == right ? 1 : -1, random);
  end_example(split, static_cast<double>(right));
}

using AddExample = void (*)(Split&, Random&);

TaskData make_task(Task task, AddExample add, const Seed& seed) {
  TaskData data;
  data.task = std::move(task);
  const auto fill = [&](Split& split, std::int64_t count, const char* name) {
    Random random = seed.stream(data.task.name).stream(name).random();
    start(split);
    for (std::int64_t i = 0; i < count; ++i) add(split, random);
  };
  fill(data.train, 48, "train");
  fill(data.dev, 20, "dev");
  fill(data.test, 20, "test");
  standardise_targets(data);
  return data;
}

Task task(const char* name, TaskKind kind, std::int64_t classes, const char* metric) {
  return {.name = name,
          .family = "toy",
          .kind = kind,
          .classes = classes,
          .outputs = kind == TaskKind::kClassify ? classes : 1,
          .metrics = {metric}};
}

void add_answer(Split& split, const std::vector<std::int32_t>& tokens) {
  if (split.answer_starts.empty()) split.answer_starts = {0};
  split.answer_tokens.insert(split.answer_tokens.end(), tokens.begin(), tokens.end());
  split.answer_starts.push_back(static_cast<std::int64_t>(split.answer_tokens.size()));
  split.answer_bytes.push_back(static_cast<std::int64_t>(tokens.size()));
}

// The right one of three answers of one to three tokens to the same prompt: the key's.
void name_key(Split& split, Random& random) {
  const auto key = static_cast<std::int32_t>(random.index(3));
  Split prompt;
  add_sequence(prompt, some_length(random), key, random);
  for (const std::vector<std::int32_t>& name :
       std::vector<std::vector<std::int32_t>>{{20}, {21, 22}, {23, 20, 21}}) {
    split.tokens.insert(split.tokens.end(), prompt.tokens.begin(), prompt.tokens.end());
    split.segments.resize(split.tokens.size());
    split.starts.push_back(static_cast<std::int64_t>(split.tokens.size()));
    add_answer(split, name);
  }
  end_example(split, key);
}

// A text: the key, twice, and an end.
void repeat_key(Split& split, Random& random) {
  const auto key = static_cast<std::int32_t>(random.index(4));
  add_sequence(split, some_length(random), key, random);
  add_answer(split, {key, key, 6});
  end_example(split, 0);
}

Dataset token_dataset() {
  const Seed seed(7);
  Dataset made;
  made.suite = "toy tokens";
  made.vocabulary = kVocabulary;
  made.tasks = {
      make_task(task("key", TaskKind::kClassify, 3, "accuracy"), classify, seed),
      make_task(task("middle", TaskKind::kClassify, 2, "macro_f1"), classify_otherwise, seed),
      make_task(task("amount", TaskKind::kRegress, 1, "pearson"), regress, seed),
      make_task(task("candidate", TaskKind::kChoose, 3, "accuracy"), choose, seed)};
  return made;
}

Task answered_task(const char* name, TaskKind kind, std::int64_t classes, const char* metric) {
  Task made = task(name, kind, classes, metric);
  made.answered_by = AnsweredBy::kLikelihood;
  return made;
}

std::vector<TaskData> answered_tasks() {
  const Seed seed(9);
  return {
      make_task(answered_task("name", TaskKind::kClassify, 3, "acc"), name_key, seed),
      make_task(answered_task("twice", TaskKind::kGenerate, 1, "perplexity"), repeat_key, seed)};
}

// Two tasks with heads between them.
Dataset decoder_dataset() {
  Dataset made = token_dataset();
  made.suite = "toy tokens and answers";
  std::vector<TaskData> answered = answered_tasks();
  made.tasks = {made.tasks[0], answered[0], made.tasks[2], answered[1]};
  return made;
}

Dataset encoder_decoder_dataset() {
  Dataset made;
  made.suite = "toy answers";
  made.vocabulary = kVocabulary;
  made.tasks = answered_tasks();
  return made;
}

Dataset feature_dataset() {
  const Seed seed(8);
  Dataset made;
  made.suite = "toy features";
  made.feature_width = kWidth;
  made.tasks = {
      make_task(task("sign", TaskKind::kClassify, 2, "accuracy"), classify_features, seed),
      make_task(task("amount", TaskKind::kRegress, 1, "pearson"), regress_features, seed),
      make_task(task("candidate", TaskKind::kChoose, 2, "accuracy"), choose_features, seed)};
  return made;
}

}  // namespace

const Dataset& dataset(Kind kind) {
  static const std::map<Kind, Dataset> all{
      {Kind::kTokens, token_dataset()},
      {Kind::kFeatures, feature_dataset()},
      {Kind::kDecoder, decoder_dataset()},
      {Kind::kEncoderDecoder, encoder_decoder_dataset()},
  };
  return all.at(kind);
}

}  // namespace rankwise::toy
