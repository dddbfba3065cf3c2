#include "framework/model/pretrained.h"

#include "framework/adapter/random_tensor.h"
#include "framework/core/hash.h"
#include "framework/core/json_file.h"
#include "framework/model/stored_weights.h"
#include "framework/model/weights_place.h"

#include <torch/types.h>

namespace rankwise {

void check_pretrained(const std::filesystem::path& folder) {
  check(std::filesystem::is_directory(folder),
        "{}: there are no such weights; make them with scripts/prepare --backbone {}, or name a "
        "folder of your own by a path with a slash, as in ./{}",
        folder.string(), folder.filename().string(), folder.filename().string());
}

std::string pretrained_sha256(const nlohmann::json& options, const std::filesystem::path& models) {
  const auto weights = options.value("weights", "");
  if (weights.empty()) return "";
  const std::filesystem::path folder = weights_folder(models, weights);
  check_pretrained(folder);
  std::string text;
  for (const auto& file : weight_files(folder)) {
    text += remembered_sha256(file, models.parent_path() / "hashes.json");
  }
  text += canonical(read_json(folder / "config.json"));
  const auto tokenizer = folder / "tokenizer.json";
  if (std::filesystem::exists(tokenizer)) text += sha256_file(tokenizer);
  return sha256(text);
}

void check_vocabulary(const std::string& backbone, std::int64_t known,
                      const BackboneInputs& inputs) {
  check(inputs.vocabulary > 0, "backbone '{}' reads tokens, and this suite has features", backbone);
  check(known >= inputs.vocabulary,
        "the suite's vocabulary of {} is larger than the backbone's {}; prepare the suite with the "
        "backbone's tokenizer",
        inputs.vocabulary, known);
}

void draw_weights(Backbone& backbone, double std, const Seed& seed, const std::string& kept,
                  const torch::TensorOptions& options) {
  const torch::NoGradGuard no_grad;
  for (auto& item : backbone.named_parameters()) {
    if (item.key().find(kept) != std::string::npos) continue;
    item.value().copy_(normal_tensor(item.value().sizes(), std, seed.stream(item.key()), options));
  }
}

}  // namespace rankwise
