/// Weight decay by kind of parameter: `train.weight_decay_of`.
///
/// A parameter is told by its name and its module:
/// - bias: it is called "bias" or "..._bias": of linears and normalisations, heads and gates;
/// - norm: of a module of the backbone whose name ends in "norm", in either case;
/// - embedding: it, or its module of the backbone, has "embed" in its name, as task embeddings
///   have; or its module is an Embedding (a T5's relative positions too);
/// - router: of a gate that counts all its parameters as choosing or weighing ranks
///   (Gate::router_parameters());
/// - head: of the tasks' heads, all of them.
/// Of several kinds the first in this order that the options set counts.
#pragma once

#include "framework/model/model.h"
#include "framework/train/options.h"

#include <vector>

namespace rankwise {

/// Parameters that the optimizer lets decay alike.
struct DecayGroup {
  double decay = 0;
  std::vector<torch::Tensor> parameters;
};

/// `parameters`, each of the model's, in groups; within a group in their order.
std::vector<DecayGroup> decay_groups(Model& model, const std::vector<torch::Tensor>& parameters,
                                     const TrainOptions& options);

}  // namespace rankwise
