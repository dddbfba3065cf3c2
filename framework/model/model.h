/// A backbone with a variant's updates attached and a head for each task.
#pragma once

#include "framework/adapter/adapter.h"
#include "framework/model/backbone.h"
#include "framework/model/heads.h"
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

class Model : public torch::nn::Module {
 public:
  /// Attaches an update to every linear that matches. Throws Error for a pattern that matches
  /// none, listing the linears.
  Model(std::shared_ptr<Backbone> backbone, std::unique_ptr<Adapter> adapter,
        std::shared_ptr<Heads> heads, AttachOptions options);

  /// Pooled vectors [S, width].
  torch::Tensor forward(const Pass& pass);

  Backbone& backbone() { return *backbone_; }
  Adapter& adapter() { return *adapter_; }
  Heads& heads() { return *heads_; }

  /// What the optimizer moves: the adapter's (or the whole backbone's), and the heads'.
  std::vector<torch::Tensor> adapter_parameters() const;
  std::vector<torch::Tensor> head_parameters() const;
  ParameterCounts count() const;

  /// Everything that training changes, buffers included, with stable names.
  std::vector<std::pair<std::string, torch::Tensor>> state() const;

 private:
  std::shared_ptr<Backbone> backbone_;
  std::unique_ptr<Adapter> adapter_;
  std::shared_ptr<Heads> heads_;
  std::shared_ptr<torch::nn::Module> updates_;
};

}  // namespace rankwise
