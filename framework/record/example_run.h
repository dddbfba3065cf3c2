/// A small run with everything a run file can hold: for tests.
#pragma once

#include "framework/record/run_file.h"

#include <cstdint>
#include <string>
#include <vector>

namespace rankwise {

/// Two tasks; one site with all there is, one of a decoder with nothing rank-wise.
inline RunLayout example_layout() {
  return {
      .tasks = {{"sst2", "sentiment", "classify", 2, {"accuracy", "f1"}, 0, 7},
                {"stsb", "similarity", "regress", 1, {"pearson"}, 0, 5}},
      .sites = {{.name = "encoder.layer.0.attention.self.query",
                 .in = 3,
                 .out = 5,
                 .ranks = 2,
                 .coactivation = true,
                 .balance_bias = true,
                 .selection = true,
                 .embedding_width = 3},
                {.name = "decoder.layer.0.output.dense", .in = 3, .out = 5, .answers = true}},
      .truth = TruthRecord{.sites = {{.rank = {1, 2},
                                      .directions = 2,
                                      .left = {1, 0, 0, 1, 0, 0, 0, 0, 0, 0},
                                      .right = {0, 1, 0, 0, 1, 0}},
                                     {}},
                           .group = {0, 1},
                           .input_group = {0, 0}},
  };
}

inline StepRecord example_step(std::int64_t step) {
  return {.step = step,
          .task = static_cast<std::int32_t>(step % 2),
          .loss = 1.0 / static_cast<double>(step),
          .auxiliary = 0.25,
          .learning_rate = 1e-3,
          .tokens = 128,
          .seconds = 0.5};
}

inline EvaluationRecord example_evaluation(std::int64_t step) {
  const auto tokens = static_cast<std::uint64_t>(step);
  SiteUsage query{.count = {tokens, 3, 0, 4},
                  .gate_mass = {1.5, 2.5, 0, 3.5},
                  .training_count = {10 * tokens, 30, 0, 40},
                  .coactivation = {tokens, 1, 1, 7},
                  .half_count = {tokens, 1, 0, 2},
                  .balance_bias = {0.5, -0.5},
                  .chosen_rank = {1, 2},
                  .probability = {0.75, 0.25, 0.5, 0.5},
                  .task_embedding = {1, 2, 3, 4, 5, 6}};
  return {.step = step,
          .scores = {{"sst2", {{"accuracy", 0.9}, {"f1", 0.8}}}, {"stsb", {{"pearson", 0.7}}}},
          .usage = {query, {}}};
}

inline FinalRecord example_final() {
  return {.predictions = {{.task = "sst2",
                           .split = "dev",
                           .parameters = "last",
                           .prediction = {1, 0, 1},
                           .label = {1, 1, 1},
                           .correct = {1, 0, 1},
                           .scores = {{"accuracy", 2.0 / 3}, {"f1", 0.8}},
                           .answers = {.starts = {0, 2, 3, 4},
                                       .log_probability = {-2.5, -1, -1, -3},
                                       .tokens = {2, 1, 1, 2},
                                       .bytes = {8, 4, 3, 7},
                                       .greedy = {0, 1, 0, 0}},
                           .generated = {.texts = {"a", "", "c d", "e", "f", "g"},
                                         .references = {{"a"}, {"b", "c"}, {""}},
                                         .labels = {"no", "yes"},
                                         .rule = "first_line"},
                           .passed = {1, 0, 0, 1, 1, 0},
                           .generation_usage = {{"layer.0", {5, 6, 7}}}},
                          {.task = "stsb",
                           .split = "test",
                           .parameters = "best",
                           .width = 2,
                           .prediction = {1.5, 2.5, 3.5, 4.5},
                           .label = {1, 2, 3, 4},
                           .correct = {},
                           .scores = {{"pearson", 0.5}}}},
          .sample_embeddings = {{"pooled", 2, {1, 2, 3, 4, 5, 6}}},
          .sample_tasks = {0, 1, 1},
          .factors = {{.site = "encoder.layer.0.attention.self.query",
                       .ranks = 2,
                       .in = 3,
                       .out = 1,
                       .a = {1, 2, 3, 4, 5, 6},
                       .b = {7, 8}}},
          .gradients = {{.site = "encoder.layer.0.attention.self.query",
                         .ranks = 2,
                         .covariance = {4, 1, 1, 9}}},
          .parameters = {
              .total = 100, .trainable = 20, .active = 10, .router = 5, .frozen = 80, .head = 3}};
}

}  // namespace rankwise
