#include "framework/adapter/rank_adapter.h"

#include "framework/adapter/random_tensor.h"

#include <utility>

namespace rankwise {

namespace {

class RankAdapter : public Adapter {
 public:
  explicit RankAdapter(MakeParts make) : make_(std::move(make)) {}

  std::shared_ptr<Update> make_update(const Site& site, const AdapterInputs& inputs) override {
    return std::make_shared<RankUpdate>(site, inputs, make_(site, inputs));
  }

 private:
  MakeParts make_;
};

}  // namespace

std::unique_ptr<Adapter> rank_adapter(MakeParts make) {
  return std::make_unique<RankAdapter>(std::move(make));
}

RankUpdateParts lora_parts(const Site& site, const AdapterInputs& inputs, std::int64_t ranks) {
  const Seed seed = inputs.seed.stream(site.name).stream("A");
  return {.a = linear_init(ranks, site.in, seed, inputs.options),
          .scale = lora_scale(std::nullopt, ranks),
          .gate = std::make_shared<OpenGate>(ranks)};
}

}  // namespace rankwise
