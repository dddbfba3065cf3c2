/// Networks that give one vector a row, built from our Linear, looked up by name.
#pragma once

#include "framework/core/json.h"
#include "framework/core/options.h"
#include "framework/core/registration.h"
#include "framework/model/linear.h"

#include <torch/nn/module.h>

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace rankwise {

/// What a backbone makes of a packed batch.
struct Hidden {
  torch::Tensor rows;          // [N, width]
  torch::Tensor decoded = {};  // [N', width] of the decoder's rows; undefined without a decoder
};

class Backbone : public torch::nn::Module {
 public:
  virtual Hidden forward(const Pass& pass) = 0;
  virtual std::int64_t width() const = 0;
  /// [V, width]: the head over the vocabulary multiplies decoded rows by its transpose, or the rows
  /// where there is no decoder. Undefined: it has none.
  virtual torch::Tensor vocabulary_weight() const { return {}; }
  /// The first input of a decoder that stands beside an encoder; none: there is no such decoder.
  virtual std::optional<std::int64_t> decoder_start() const { return std::nullopt; }
  /// Its attention adds a bias to the scores.
  virtual bool biases_attention() const { return false; }
  /// Rows see those before them alone: there is no encoder.
  virtual bool causal() const { return false; }
  /// The linear is part of a decoder beside an encoder.
  virtual bool in_decoder(const std::string& /*linear*/) const { return false; }
  /// Rows of the answers alone pass through it: in_decoder(), but for what reads the encoder's
  /// rows.
  virtual bool reads_answers(const std::string& /*linear*/) const { return false; }
  /// Rows of the longest sequence it can read; 0: of any length.
  virtual std::int64_t longest_sequence() const { return 0; }
  /// Kinds of segment it tells apart; 0: it reads none.
  virtual std::int64_t segment_kinds() const { return 0; }

  /// Every linear by its dotted name, in the order of registration.
  std::vector<std::pair<std::string, Linear>> linears() const;
  void freeze(bool frozen);

  /// What layers hand on is of this type; as a new backbone stands, of its weights'.
  void compute_in(torch::ScalarType type) { type_ = type; }
  /// Its attention asks for the buckets of a batch's sequences.
  bool attends_in_buckets() const;

 protected:
  /// The first layer's input in the type that layers hand on.
  torch::Tensor activations(const torch::Tensor& x) const { return type_ ? x.to(*type_) : x; }

 private:
  std::optional<torch::ScalarType> type_;
};

/// What a backbone is made from beside its options.
struct BackboneInputs {
  std::filesystem::path models;  // folder of prepared weights
  std::int64_t vocabulary = 0;   // of the suite; 0: features
  std::int64_t feature_width = 0;
  torch::TensorOptions options;
  Seed seed{0};
};

/// The class of transformers that reads a backbone's checkpoint, for other programs.
struct HubModel {
  std::string loader;                 // "AutoModelForCausalLM"; empty: none reads it
  std::string task_type;              // PEFT's word for it: "CAUSAL_LM"
  std::vector<std::string> prefixes;  // before our names of modules; the first is its own, and
                                      // checkpoints may have any
};

struct BackboneKind {
  std::string summary;
  std::int64_t revision = 1;  // raised by a fix that changes its outputs
  std::vector<OptionInfo> options;
  std::vector<std::string> model_types = {};  // of config.json that it reads
  HubModel hub = {};
  std::vector<std::string> default_sites;  // patterns of the linears that are adapted by default
  std::function<nlohmann::json(const nlohmann::json& options, const std::string& path)> resolve;
  std::function<std::shared_ptr<Backbone>(const nlohmann::json& options, const BackboneInputs&)>
      make;
  /// SHA-256 of what these options load: weights, config.json and tokenizer; "" for random weights.
  std::function<std::string(const nlohmann::json& options, const std::filesystem::path& models)>
      weights_sha256;
};

Registry<BackboneKind>& backbones();

/// Registers a backbone when a static object of this type is made: the line that ends its file.
struct RegisterBackbone {
  RegisterBackbone(const std::string& name, BackboneKind kind) {
    register_item(backbones(), name, std::move(kind));
  }
};

}  // namespace rankwise
