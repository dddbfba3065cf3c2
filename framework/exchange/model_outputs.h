/// What a model makes of some random tokens: to tell whether two models are one.
#pragma once

#include "framework/exchange/site_probe.h"
#include "framework/model/model.h"

namespace rankwise {

/// Hidden rows, and logits where the backbone has a head over the vocabulary (a decoder's with
/// them), of a few sequences of the task: one vector of numbers.
torch::Tensor model_outputs(Model& model, std::int64_t vocabulary, const TaskOf& which);

/// Largest |found - expected| over the largest |expected|.
double relative_difference(const torch::Tensor& found, const torch::Tensor& expected);

}  // namespace rankwise
