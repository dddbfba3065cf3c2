#include "framework/testing/toy.h"

#include "framework/core/seed.h"

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

const char* to_string(Kind kind) { return kind == Kind::kTokens ? "tokens" : "features"; }

const Dataset& dataset(Kind kind) {
  static const Dataset tokens = token_dataset();
  static const Dataset features = feature_dataset();
  return kind == Kind::kTokens ? tokens : features;
}

std::shared_ptr<Backbone> backbone(Kind kind, const torch::TensorOptions& tensors) {
  const Dataset& data = dataset(kind);
  const BackboneInputs inputs{"", data.vocabulary, data.feature_width, tensors, Seed(3)};
  if (kind == Kind::kFeatures) return backbones().find("tiny").make({{"layers", 2}}, inputs);
  // A deviation ten times the usual one, so that attention and gates see differences.
  const nlohmann::json options{{"hidden", 16},       {"layers", 2},    {"heads", 2},
                               {"intermediate", 24}, {"positions", 9}, {"std", 0.2}};
  return backbones().find("bert").make(options, inputs);
}

const Variant& variant_of(const Recipe& recipe) {
  return recipe.unregistered ? *recipe.unregistered : variants().find(recipe.variant);
}

std::unique_ptr<Model> model(const Recipe& recipe) {
  const Seed seed(recipe.seed);
  auto encoder = backbone(recipe.kind, recipe.tensors);
  std::vector<Task> tasks;
  for (const TaskData& data : dataset(recipe.kind).tasks) tasks.push_back(data.task);
  auto heads = std::make_shared<Heads>(tasks, encoder->width(), GivenHead{}, seed.stream("heads"),
                                       recipe.tensors);
  const Variant& variant = variant_of(recipe);
  const nlohmann::json options =
      recipe.options.is_null() ? nlohmann::json::object() : recipe.options;
  const auto count = static_cast<std::int64_t>(tasks.size());
  return std::make_unique<Model>(
      std::move(encoder), variant.make(variant.resolve(options, "options")), std::move(heads),
      AttachOptions{recipe.sites, {count, 0, recipe.tensors, seed.stream("adapter")}});
}

std::vector<Example> examples(Kind kind, std::int64_t count) {
  std::vector<Example> chosen;
  for (std::int64_t i = 0; i < count; ++i) {
    for (std::int32_t t = 0; t < dataset(kind).task_count(); ++t) chosen.push_back({t, i});
  }
  return chosen;
}

TrainOptions training(std::int64_t steps) {
  TrainOptions options;
  options.steps = steps;
  options.batch = 16;
  options.learning_rate = 1e-2;
  options.evaluations = 1;
  options.sampler.mixed = true;
  return options;
}

}  // namespace rankwise::toy
