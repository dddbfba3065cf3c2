#include "framework/model/recompute.h"

#include "framework/model/linear.h"

#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/types.h>

#include <memory>
#include <utility>
#include <vector>

namespace rankwise {

namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

std::vector<std::shared_ptr<Update>> updates_below(const torch::nn::Module& block) {
  std::vector<std::shared_ptr<Update>> updates;
  for (const auto& module : block.modules()) {
    const auto linear = std::dynamic_pointer_cast<LinearImpl>(module);
    if (linear && linear->update()) updates.push_back(linear->update());
  }
  return updates;
}

/// What a block needs to run again.
struct Again : torch::CustomClassHolder {
  Again(std::vector<std::shared_ptr<Update>> below, const Pass& first, BlockForward run)
      : updates(std::move(below)), pass(first), forward(std::move(run)) {}

  // The block's output, and the terms of the updates that left one: `with_term`.
  variable_list run(const variable_list& inputs, const Pass& with) {
    variable_list outputs{forward(inputs, with)};
    with_term.clear();
    for (const auto& update : updates) {
      if (!update->has_auxiliary()) continue;
      outputs.push_back(update->take_auxiliary().sum);
      with_term.push_back(update);
    }
    return outputs;
  }

  // Handles to what a forward may move.
  std::vector<Tensor> gate_buffers() const {
    std::vector<Tensor> buffers;
    for (const auto& update : updates) {
      if (update->gate() == nullptr) continue;
      for (const Tensor& buffer : update->gate()->buffers()) buffers.push_back(buffer);
    }
    return buffers;
  }

  std::vector<std::shared_ptr<Update>> updates, with_term;
  Pass pass;
  BlockForward forward;
};

std::vector<Tensor> copies(const std::vector<Tensor>& tensors) {
  std::vector<Tensor> kept;
  for (const Tensor& tensor : tensors) kept.push_back(tensor.detach().clone());
  return kept;
}

void restore(const std::vector<Tensor>& tensors, const std::vector<Tensor>& kept) {
  const torch::NoGradGuard no_grad;
  for (std::size_t i = 0; i < tensors.size(); ++i) Tensor(tensors[i]).copy_(kept[i]);
}

class Recomputed : public torch::autograd::Function<Recomputed> {
 public:
  // `anchor` has a gradient, so that a block whose inputs have none still gives its parameters
  // theirs.
  static variable_list forward(AutogradContext* context, at::TensorList inputs,
                               const Tensor& /*anchor*/, const c10::intrusive_ptr<Again>& again) {
    const variable_list kept = inputs.vec();
    c10::List<Tensor> before;
    for (const Tensor& buffer : copies(again->gate_buffers())) before.push_back(buffer);
    context->saved_data["before"] = before;
    context->saved_data["again"] = c10::IValue::make_capsule(again);
    context->save_for_backward(kept);
    return again->run(kept, again->pass);
  }

  static variable_list backward(AutogradContext* context, variable_list upstream) {
    const auto again =
        c10::static_intrusive_pointer_cast<Again>(context->saved_data["again"].toCapsule());
    const std::vector<Tensor> moving = again->gate_buffers(), now = copies(moving);
    restore(moving, context->saved_data["before"].toTensorVector());
    variable_list inputs;
    for (const Tensor& saved : context->get_saved_variables()) {
      inputs.push_back(saved.defined() ? saved.detach().requires_grad_(saved.requires_grad())
                                       : saved);
    }
    differentiate(*again, inputs, upstream);
    restore(moving, now);
    variable_list gradients;
    for (const Tensor& input : inputs) {
      gradients.push_back(input.defined() ? input.grad() : Tensor());
    }
    gradients.insert(gradients.end(), {Tensor(), Tensor()});
    return gradients;
  }

 private:
  // Adds to the gradients of inputs and parameters.
  static void differentiate(Again& again, const variable_list& inputs,
                            const variable_list& upstream) {
    const torch::AutoGradMode with_gradients(true);
    Pass pass = again.pass;
    pass.count_usage = false;
    const variable_list outputs = again.run(inputs, pass);
    variable_list roots, weights;
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      if (!outputs[i].defined() || !outputs[i].requires_grad() || !upstream[i].defined()) continue;
      roots.push_back(outputs[i]);
      weights.push_back(upstream[i]);
    }
    if (!roots.empty()) torch::autograd::backward(roots, weights);
  }
};

}  // namespace

torch::Tensor run_block(const torch::nn::Module& block, const variable_list& inputs,
                        const Pass& pass, const BlockForward& forward) {
  const bool again = pass.recompute && pass.step_info.training && at::GradMode::is_enabled();
  if (!again) return forward(inputs, pass);
  const auto kept = c10::make_intrusive<Again>(updates_below(block), pass, forward);
  const Tensor anchor = at::empty({0}, inputs.front().options()).requires_grad_();
  const variable_list outputs = Recomputed::apply(at::TensorList(inputs), anchor, kept);
  for (std::size_t i = 0; i < kept->with_term.size(); ++i) {
    kept->with_term[i]->keep_auxiliary({outputs[i + 1]});
  }
  return outputs.front();
}

}  // namespace rankwise
