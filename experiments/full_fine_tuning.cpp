// Full fine-tuning: every weight of the backbone is trained; a reference method.

#include "framework/adapter/variant.h"

namespace rankwise {
namespace {

struct FullFineTuningOptions {
  template <class Self, class Visitor>
  static void visit(Self&, Visitor&&) {}
};

class FullFineTuning : public Adapter {
 public:
  std::shared_ptr<Update> make_update(const Site&, const AdapterInputs&) override {
    return nullptr;
  }
  bool trains_backbone() const override { return true; }
};

const RegisterVariant<FullFineTuningOptions> full_fine_tuning_registration(
    "full_fine_tuning",
    {.paper = "a reference method",
     .summary = "every weight of the backbone is trained",
     .exemptions = {{"usage", "nothing is routed"},
                    {"training_usage", "nothing is routed"},
                    {"recompute/bits",
                     "weights that several blocks share (T5's distances) add up their gradients in "
                     "another order"}}},
    [](const FullFineTuningOptions&) { return std::make_unique<FullFineTuning>(); });

}  // namespace
}  // namespace rankwise
