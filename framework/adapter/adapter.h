/// All updates of one model: what a variant makes, and the hooks that see every site at once.
#pragma once

#include "framework/adapter/update.h"

#include <torch/nn/module.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace rankwise {

/// A variant overrides `make_update`, and the hooks when it acts over all sites.
class Adapter {
 public:
  virtual ~Adapter() = default;

  /// The update of one site; null leaves the frozen linear as it is.
  virtual std::shared_ptr<Update> make_update(const Site& site, const AdapterInputs& inputs) = 0;

  /// True: every weight of the backbone is trained.
  virtual bool trains_backbone() const { return false; }

  /// True: no row's part in training depends on the rows that pass with it. By default that of all
  /// updates; false where after_forward() looks at the batch as a whole.
  virtual bool rows_are_independent() const;

  /// Once a forward, when all sites are done. `pooled` [S, width]: one vector a sequence.
  virtual void after_forward(const torch::Tensor& pooled, const Pass& pass);

  /// Moves out the auxiliary loss of the last training forward: auxiliary_factor() times the sum of
  /// the sites' terms. Called once per micro-batch.
  virtual AuxiliaryTerm take_auxiliary();
  /// How the terms of the `sites` sites that have one are combined: 1 adds them up (the default),
  /// 1 / sites takes their mean.
  virtual double auxiliary_factor(std::int64_t sites) const;

  /// Makes the step's gradients what they are to be, through the updates; the trainer clips them
  /// after it, so that their norm counts what the optimizer uses.
  virtual void edit_gradients(const StepInfo& step_info);
  /// Between clipping and the optimizer's step: reads the gradients that it will use.
  virtual void before_step(const StepInfo& step_info);
  /// Once, after the optimizer's step.
  virtual void after_step(const StepInfo& step_info);

  /// Updates with their sites, in the order in which the model attached them.
  struct Attached {
    Site site;
    std::shared_ptr<Update> update;
  };
  void add(Site site, std::shared_ptr<Update> update) {
    attached_.push_back({std::move(site), std::move(update)});
  }
  const std::vector<Attached>& attached() const { return attached_; }

  /// Patterns by which the options name sites: each is to match one that is adapted.
  void expect_site(const std::string& pattern) { expected_sites_.push_back(pattern); }
  const std::vector<std::string>& expected_sites() const { return expected_sites_; }

 private:
  std::vector<Attached> attached_;
  std::vector<std::string> expected_sites_;
};

}  // namespace rankwise
