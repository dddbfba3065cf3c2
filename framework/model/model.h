/// A backbone with a variant's updates attached, and what answers each task: a head of its own, or
/// the backbone's head over the vocabulary.
#pragma once

#include "framework/adapter/adapter.h"
#include "framework/model/backbone.h"
#include "framework/model/heads.h"
#include "framework/model/likelihood.h"
#include "framework/record/run_file.h"

#include <torch/nn/module.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace rankwise {

/// Which linears get an update, and what the variant is told when it makes one.
struct AttachOptions {
  std::vector<std::string> sites;  // patterns with * and ?; a linear that matches one is adapted
  AdapterInputs inputs;            // `sites` is filled in
};

/// A buffer called "training_..." is what only training needs, such as an importance: kept for
/// resuming, but no parameter of the model. `buffer`: its name in Model::state().
bool is_of_training(const std::string& buffer);

/// What a model makes of a batch.
struct Outputs {
  Hidden hidden;
  torch::Tensor pooled;  // [S, width] as Heads::pool() gives them, in the heads' type
};

class Model : public torch::nn::Module {
 public:
  /// Attaches an update to every linear that matches. Throws Error for a pattern that matches
  /// none, listing the linears.
  Model(std::shared_ptr<Backbone> backbone, std::unique_ptr<Adapter> adapter,
        std::shared_ptr<Heads> heads, AttachOptions options);

  Outputs forward(const Pass& pass);

  /// The batch's part of its step's loss: a scalar, auxiliary terms left out.
  torch::Tensor loss(const Outputs& outputs, const Batch& batch, const LossShares& shares);
  /// [G, W] of examples with heads, as Heads::predict() gives them.
  torch::Tensor predict(const Outputs& outputs, const Batch& batch);
  /// Of examples by likelihood.
  AnswerLikelihood score_answers(const Outputs& outputs, const Batch& batch);

  /// Forgets which sites a forward has reached.
  void forget_forwards();
  /// Adapted linears that no forward has reached since, by name.
  std::vector<std::string> unreached_sites() const;
  /// Throws Error where there are some: what is learnt there counts for nothing.
  void check_sites_reached() const;

  /// How its batches are packed.
  PackForm pack_form(Purpose purpose) const {
    return {purpose, backbone_->decoder_start(), in_buckets_};
  }

  Backbone& backbone() { return *backbone_; }
  Adapter& adapter() { return *adapter_; }
  Heads& heads() { return *heads_; }

  /// What the optimizer moves: the adapter's (or the whole backbone's), and the heads'.
  std::vector<torch::Tensor> adapter_parameters() const;
  std::vector<torch::Tensor> head_parameters() const;
  ParameterCounts count() const;
  /// FLOPs of a token's updates in a forward: two for each parameter that is multiplied.
  std::int64_t update_flops() const;
  /// What an adapted model adds to its backbone: updates, frozen parts of them, and heads; of one
  /// that trains the backbone, that as well.
  std::int64_t stored_parameters() const;

  /// Everything that training changes, buffers included, with stable names.
  std::vector<std::pair<std::string, torch::Tensor>> state() const;

 private:
  std::shared_ptr<Backbone> backbone_;
  std::unique_ptr<Adapter> adapter_;
  std::shared_ptr<Heads> heads_;
  std::shared_ptr<torch::nn::Module> updates_;
  std::vector<std::pair<std::string, Linear>> sites_;  // those with an update
  torch::ScalarType trained_type_;
  bool in_buckets_;
};

}  // namespace rankwise
