/// The checks of the conformance suite, and what several of them do; included by them alone.
#pragma once

#include "framework/testing/toy.h"
#include "framework/train/trainer.h"

#include <string>
#include <utility>
#include <vector>

namespace rankwise::conformance {

/// What conformance.cpp says of each: failures go to googletest.
void identity(const toy::Recipe& recipe);
void gradients(const toy::Recipe& recipe);
void frozen(const toy::Recipe& recipe);
void same_bits(const toy::Recipe& recipe);
void replay(const toy::Recipe& recipe);
void save_load(const toy::Recipe& recipe);
void counts(const toy::Recipe& recipe);
void usage(const toy::Recipe& recipe);
void training_usage(const toy::Recipe& recipe);
void neighbours(const toy::Recipe& recipe);
void micro_batches(const toy::Recipe& recipe);
void chunks(const toy::Recipe& recipe);
void processes(const toy::Recipe& recipe);
void recompute(const toy::Recipe& recipe);
void loss_falls(const toy::Recipe& recipe);
void unknown_option(const toy::Recipe& recipe);
void evaluation_state(const toy::Recipe& recipe);
void finite_differences(const toy::Recipe& recipe);
void bf16(const toy::Recipe& recipe);

using State = std::vector<std::pair<std::string, torch::Tensor>>;

double largest_difference(const torch::Tensor& a, const torch::Tensor& b);
std::vector<torch::Tensor> clones(const State& state);
void expect_same_bits(const State& state, const std::vector<torch::Tensor>& expected);

/// Training examples, tasks taking turns, packed as for training.
Batch train_batch(const toy::Recipe& recipe, std::int64_t count = 4);
/// The loss of train_batch(recipe, count) without auxiliary terms.
torch::Tensor train_loss(Model& model, const Outputs& outputs, const toy::Recipe& recipe,
                         std::int64_t count);
Trainer trainer(Model& model, const toy::Recipe& recipe, const TrainOptions& options);
/// The ranks that a dev evaluation counts are what each gate says of itself.
void expect_evaluation_usage(Model& model, const toy::Recipe& recipe);
/// A model three steps away from the start, where B is no longer zero.
std::unique_ptr<Model> trained(const toy::Recipe& recipe);
/// [sequences, H + 1], without gradients: what heads read, and the log-probability of the answer.
torch::Tensor seen(Model& model, const Batch& batch, bool training = false);

}  // namespace rankwise::conformance
