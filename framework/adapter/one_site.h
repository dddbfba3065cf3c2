/// One update of a variant by itself, with values set by hand: for proofs and for variants' own
/// tests.
#pragma once

#include "framework/adapter/variant.h"
#include "framework/core/json.h"

#include <memory>
#include <string>
#include <vector>

namespace rankwise {

/// A site of `in` inputs and `out` outputs whose frozen weight is zero unless given, so that
/// outputs are the update alone. fp64.
class OneSite {
 public:
  struct Shape {
    std::int64_t in = 2, out = 1, tasks = 1, sites = 1;
    torch::Tensor weight = {};                  // [out, in] frozen; undefined: zero
    std::vector<std::int64_t> true_ranks = {};  // [T], where the suite is to know them
  };

  /// `options` null: the defaults.
  OneSite(const std::string& variant, const nlohmann::json& options, const Shape& shape);

  /// A parameter or buffer of the update: "lora_A", "gate.router".
  torch::Tensor get(const std::string& name) const;
  void set(const std::string& name, const torch::Tensor& value);

  /// Row i is a sequence of its own and belongs to tasks[i]; `tasks` empty: all to task 0.
  torch::Tensor forward(const torch::Tensor& x, const std::vector<std::int32_t>& tasks = {},
                        bool training = false);

  torch::Tensor forward_at(const torch::Tensor& x, const std::vector<std::int32_t>& tasks,
                           const StepInfo& step_info);

  /// False for a reference method that leaves the site as it is.
  bool adapts() const { return update_ != nullptr; }
  Update& update() { return *update_; }
  Adapter& adapter() { return *adapter_; }

  static torch::Tensor tensor(const std::vector<std::vector<double>>& rows);

 private:
  Shape shape_;
  std::unique_ptr<Adapter> adapter_;
  std::shared_ptr<Update> update_;
};

}  // namespace rankwise
