#include "framework/core/metrics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numbers>
#include <numeric>
#include <set>

namespace rankwise {

namespace {

double accuracy(const Scored& scored) {
  std::size_t right = 0;
  for (std::size_t i = 0; i < scored.label.size(); ++i) {
    right += scored.prediction[i] == scored.label[i] ? 1 : 0;
  }
  return static_cast<double>(right) / static_cast<double>(scored.label.size());
}

// F1 of one class against the rest; 0 where neither truth nor prediction has it.
double f1_of(const Scored& scored, double positive) {
  double both = 0;
  double either = 0;
  for (std::size_t i = 0; i < scored.label.size(); ++i) {
    const bool truth = scored.label[i] == positive;
    const bool predicted = scored.prediction[i] == positive;
    both += truth && predicted ? 1 : 0;
    either += (truth ? 1 : 0) + (predicted ? 1 : 0);
  }
  return either == 0 ? 0 : 2 * both / either;
}

double f1(const Scored& scored) { return f1_of(scored, 1); }

double macro_f1(const Scored& scored) {
  std::set<double> classes(scored.label.begin(), scored.label.end());
  classes.insert(scored.prediction.begin(), scored.prediction.end());
  double sum = 0;
  for (const double positive : classes) sum += f1_of(scored, positive);
  return sum / static_cast<double>(classes.size());
}

// Pearson's correlation; 0 where one side is constant.
double correlation(const std::vector<double>& x, const std::vector<double>& y) {
  const auto n = static_cast<double>(x.size());
  const double mean_x = std::accumulate(x.begin(), x.end(), 0.0) / n;
  const double mean_y = std::accumulate(y.begin(), y.end(), 0.0) / n;
  double xy = 0;
  double xx = 0;
  double yy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    xy += (x[i] - mean_x) * (y[i] - mean_y);
    xx += (x[i] - mean_x) * (x[i] - mean_x);
    yy += (y[i] - mean_y) * (y[i] - mean_y);
  }
  return xx == 0 || yy == 0 ? 0 : xy / std::sqrt(xx * yy);
}

// Gorodkin's R_K, the multi-class form that scikit-learn computes.
double matthews(const Scored& scored) {
  std::map<double, double> truth;
  std::map<double, double> predicted;
  double right = 0;
  for (std::size_t i = 0; i < scored.label.size(); ++i) {
    truth[scored.label[i]] += 1;
    predicted[scored.prediction[i]] += 1;
    right += scored.label[i] == scored.prediction[i] ? 1 : 0;
  }
  const auto n = static_cast<double>(scored.label.size());
  double cross = 0;
  double truth_square = 0;
  double predicted_square = 0;
  for (const auto& [label, count] : truth) {
    truth_square += count * count;
    const auto same = predicted.find(label);
    if (same != predicted.end()) cross += count * same->second;
  }
  for (const auto& [label, count] : predicted) predicted_square += count * count;
  const double scale = (n * n - truth_square) * (n * n - predicted_square);
  return scale == 0 ? 0 : (right * n - cross) / std::sqrt(scale);
}

double pearson(const Scored& scored) { return correlation(scored.prediction, scored.label); }

double spearman(const Scored& scored) {
  return correlation(tied_ranks(scored.prediction), tied_ranks(scored.label));
}

double relative_error(const Scored& scored) {
  check(scored.reference.size() == scored.label.size(),
        "metric 'relative_error' needs the unadapted model's outputs, which this task has not");
  double error = 0;
  double reference = 0;
  for (std::size_t i = 0; i < scored.label.size(); ++i) {
    error += std::pow(scored.prediction[i] - scored.label[i], 2);
    reference += std::pow(scored.reference[i] - scored.label[i], 2);
  }
  return error / reference;
}

// How many of `chosen` are the right ones.
double share_right(const std::vector<double>& chosen, const std::vector<double>& label) {
  return accuracy({.prediction = chosen, .label = label});
}

double acc(const Scored& scored) {
  return share_right(likeliest(scored.answers, /*per_byte=*/false), scored.label);
}

double acc_norm(const Scored& scored) {
  return share_right(likeliest(scored.answers, /*per_byte=*/true), scored.label);
}

double sum(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

double perplexity(const Scored& scored) {
  return std::exp(-sum(scored.prediction) / sum(scored.label));
}

double bits_per_byte(const Scored& scored) {
  const auto& bytes = scored.answers.bytes;
  const auto count = std::accumulate(bytes.begin(), bytes.end(), std::int64_t{0});
  return -sum(scored.prediction) / (std::numbers::ln2 * static_cast<double>(count));
}

double exact_match(const Scored& scored) {
  const auto& greedy = scored.answers.greedy;
  return static_cast<double>(std::count(greedy.begin(), greedy.end(), 1)) /
         static_cast<double>(greedy.size());
}

void check_finite(const std::string& metric, const char* what, const std::vector<double>& values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    check(std::isfinite(values[i]), "metric '{}': {} {} is {}, expected a finite number", metric,
          what, i, values[i]);
  }
}

void check_generated(const std::string& metric, const GeneratedTexts& generated) {
  const auto& texts = generated.texts;
  const auto& references = generated.references;
  check(!texts.empty(), "metric '{}' needs generated texts, which are not recorded here", metric);
  check(!references.empty() && texts.size() % references.size() == 0,
        "metric '{}': {} texts for {} examples; expected as many for each", metric, texts.size(),
        references.size());
  for (std::size_t i = 0; i < references.size(); ++i) {
    check(!references[i].empty(), "metric '{}': example {} has no reference", metric, i);
  }
}

// Comparing and sorting are meaningless with NaN, so no metric sees one.
void check_scored(const std::string& name, const Metric& metric, const Scored& scored) {
  check((metric.needs_texts || !scored.label.empty()) &&
            scored.prediction.size() == scored.label.size(),
        "metric '{}': {} predictions for {} labels", name, scored.prediction.size(),
        scored.label.size());
  check_finite(name, "prediction", scored.prediction);
  check_finite(name, "label", scored.label);
  check_finite(name, "reference", scored.reference);
  check(!metric.needs_answers || scored.answers.size() > 0,
        "metric '{}' needs the likelihood of each answer, which is not recorded here", name);
  if (metric.needs_texts) check_generated(name, scored.generated);
  const bool runs = metric.targets == Targets::kPrograms;
  check(!runs || !scored.passed.empty(),
        "metric '{}' needs generated programs that were run; rankwise execute runs them", name);
  check(!runs || scored.passed.size() % scored.label.size() == 0,
        "metric '{}': {} programs for {} examples; expected as many for each", name,
        scored.passed.size(), scored.label.size());
}

Metric checked(const std::string& name, const Metric& metric) {
  Metric behind_checks = metric;
  behind_checks.score = [name, metric](const Scored& scored) {
    check_scored(name, metric, scored);
    const double found = metric.score(scored);
    check(std::isfinite(found),
          "metric '{}' is {}: the predictions are too far from anything; train with a lower "
          "train.learning_rate, or look at the weights",
          name, found);
    return found;
  };
  if (!metric.of_examples) return behind_checks;
  behind_checks.of_examples = [name, metric](const Scored& scored) {
    check_scored(name, metric, scored);
    return metric.of_examples(scored);
  };
  return behind_checks;
}

void add(Registry<Metric>& registry, const std::string& name, const Metric& metric) {
  registry.add(name, checked(name, metric));
}

Registry<Metric> built_in() {
  constexpr auto kClasses = Targets::kClasses;
  constexpr auto kValues = Targets::kValues;
  Registry<Metric> registry("metric", "metrics");
  add(registry, "accuracy", {"share of examples whose class is right", true, kClasses, accuracy});
  add(registry, "f1", {"F1 of class 1", true, kClasses, f1});
  add(registry, "macro_f1", {"mean of the classes' F1", true, kClasses, macro_f1});
  add(registry, "matthews",
      {"Matthews correlation, multi-class form R_K", true, kClasses, matthews});
  add(registry, "pearson", {"linear correlation", true, kValues, pearson});
  add(registry, "spearman",
      {"rank correlation, ties share their mean rank", true, kValues, spearman});
  add(registry, "relative_error",
      {"squared error over that of the unadapted model", false, kValues, relative_error, true});
  constexpr auto kCandidates = Targets::kCandidates;
  constexpr auto kTexts = Targets::kTexts;
  add(registry, "acc",
      {"share of examples whose right candidate has the largest log-probability", true, kCandidates,
       acc, false, true});
  add(registry, "acc_norm",
      {"the same of log-probabilities divided by the candidate's UTF-8 bytes", true, kCandidates,
       acc_norm, false, true});
  add(registry, "perplexity",
      {"exp of the mean negative log-probability of a token", false, kTexts, perplexity, false,
       false, [](double score) { return 1 / score; }});
  add(registry, "bits_per_byte",
      {"negative log-probability in bits over the text's UTF-8 bytes", false, kTexts, bits_per_byte,
       false, true, [](double score) { return std::exp2(-score); }});
  add(registry, "exact_match",
      {"share of texts that greedy decoding gives token for token", true, kTexts, exact_match,
       false, true});
  return registry;
}

}  // namespace

std::vector<double> likeliest(const AnswerScores& answers, bool per_byte) {
  std::vector<double> chosen;
  for (std::size_t example = 0; example + 1 < answers.starts.size(); ++example) {
    const std::int64_t first = answers.starts[example];
    std::int64_t best = first;
    bool finite = true;
    const auto score = [&](std::int64_t i) {
      const auto bytes = static_cast<double>(answers.bytes[i]);
      return answers.log_probability[i] / (per_byte ? bytes : 1);
    };
    for (std::int64_t i = first; i < answers.starts[example + 1]; ++i) {
      finite = finite && std::isfinite(score(i));
      if (score(i) > score(best)) best = i;
    }
    chosen.push_back(finite ? static_cast<double>(best - first)
                            : std::numeric_limits<double>::quiet_NaN());
  }
  return chosen;
}

Registry<Metric>& metrics() {
  static Registry<Metric> registry = built_in();
  return registry;
}

RegisterMetric::RegisterMetric(const std::string& name, const Metric& metric) {
  register_item(metrics(), name, checked(name, metric));
}

std::vector<double> example_scores(const std::string& metric, const Scored& scored) {
  const auto& of_examples = metrics().find(metric).of_examples;
  check(of_examples != nullptr,
        "metric '{}' is no mean over examples, so none of them has a score of its own", metric);
  return of_examples(scored);
}

std::vector<double> tied_ranks(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto before = [](double a, double b) {  // NaN last: any input has an order
    return a < b || (!std::isnan(a) && std::isnan(b));
  };
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return before(values[a], values[b]); });
  std::vector<double> ranks(values.size());
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin + 1;
    while (end < order.size() && values[order[end]] == values[order[begin]]) ++end;
    const double shared = (static_cast<double>(begin + end) + 1) / 2;
    for (; begin < end; ++begin) ranks[order[begin]] = shared;
  }
  return ranks;
}

}  // namespace rankwise
