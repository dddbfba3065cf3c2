/// NaN and infinities are found before anything uses them, and named by where they are.
#pragma once

#include "framework/core/error.h"
#include "framework/model/model.h"
#include "framework/train/options.h"

#include <string>
#include <utility>
#include <vector>

namespace rankwise {

/// What was found where; the caller adds when, and the way out.
class NotFinite : public Error {
 public:
  using Error::Error;
};

/// The name of the first tensor with a value that is not finite; empty where there is none, which
/// costs one wait for the device whatever the number of tensors.
std::string first_not_finite(const std::vector<std::pair<std::string, torch::Tensor>>& tensors);

/// Throws NotFinite with the name of a trained parameter.
void check_parameters(Model& model);

/// Throws Error with the name of a tensor of the frozen backbone: no learning rate mends those.
void check_weights(Backbone& backbone);

/// Throws Error with task, split and example of a target.
void check_targets(const Dataset& dataset);

/// "lower train.learning_rate (now 0.01) or set train.clip"
std::string advice(const TrainOptions& options);

}  // namespace rankwise
