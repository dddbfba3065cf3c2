// Linear probe: the backbone stays frozen, only the heads are trained; a reference method.

#include "framework/adapter/variant.h"

namespace rankwise {
namespace {

struct LinearProbeOptions {
  template <class Self, class Visitor>
  static void visit(Self&, Visitor&&) {}
};

class LinearProbe : public Adapter {
 public:
  std::shared_ptr<Update> make_update(const Site&, const AdapterInputs&) override {
    return nullptr;
  }
};

const RegisterVariant<LinearProbeOptions> linear_probe_registration(
    "linear_probe",
    {.paper = "a reference method",
     .summary = "frozen backbone, only the heads are trained",
     .exemptions = {{"usage", "nothing is routed"}, {"training_usage", "nothing is routed"}}},
    [](const LinearProbeOptions&) { return std::make_unique<LinearProbe>(); });

}  // namespace
}  // namespace rankwise
