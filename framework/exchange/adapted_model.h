/// The model that trained parameters belong to, without data: with its weights, or its shapes
/// alone.
///
/// Dimensions: T tasks of the parameters.
#pragma once

#include "framework/adapter/peft_form.h"
#include "framework/model/backbone.h"
#include "framework/model/model.h"
#include "framework/run/trained_parameters.h"

#include <memory>
#include <string>
#include <vector>

namespace rankwise {

/// The registered backbone, which transformers must know. Throws Error where it does not, or where
/// the weights are random ones.
const BackboneKind& exchanged_kind(const RunConfig& config);

enum class BackboneWeights { kRead, kShapesOnly };

/// A model of T tasks (one where none is known) without heads: updates on the CPU with the file's
/// values, the backbone with its own weights or on the meta device. Where `file` is empty, updates
/// are on the meta device too. Throws Error for a tensor that is missing or does not fit.
std::unique_ptr<Model> adapted_model(const TrainedParameters& trained, const Paths& paths,
                                     BackboneWeights weights);

/// Its sites with the names that transformers has for them.
std::vector<PeftSite> peft_sites(Model& model, const BackboneKind& kind);

}  // namespace rankwise
