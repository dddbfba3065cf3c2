#include "framework/model/load_weights.h"

#include "framework/core/error.h"
#include "framework/core/switches.h"
#include "framework/io/safetensors.h"
#include "framework/ops/all_finite.h"

#include <fmt/ranges.h>
#include <torch/types.h>

#include <algorithm>
#include <map>
#include <set>

namespace rankwise {

namespace {

using safetensors::Dtype;

const Switch mapped_switch(
    "mapped-weights",
    "weights of a run's own precision stay where their file is mapped, so that processes share "
    "them "
    "and what is never read takes no memory; without: each process reads a copy");

torch::ScalarType scalar_type(Dtype dtype, const std::string& where) {
  switch (dtype) {
    case Dtype::kF64:
      return torch::kFloat64;
    case Dtype::kF32:
      return torch::kFloat32;
    case Dtype::kF16:
      return torch::kFloat16;
    case Dtype::kBF16:
      return torch::kBFloat16;
    case Dtype::kI64:
      return torch::kInt64;
    default:
      fail("{} has type {}, expected F64, F32, F16, BF16 or I64", where,
           safetensors::to_string(dtype));
  }
}

Dtype dtype_of(torch::ScalarType type) {
  switch (type) {
    case torch::kFloat64:
      return Dtype::kF64;
    case torch::kFloat32:
      return Dtype::kF32;
    case torch::kFloat16:
      return Dtype::kF16;
    case torch::kBFloat16:
      return Dtype::kBF16;
    case torch::kInt64:
      return Dtype::kI64;
    default:
      fail("a tensor of type {} cannot be saved", c10::toString(type));
  }
}

std::string shape_text(at::IntArrayRef shape) {
  return fmt::format("[{}]", fmt::join(shape.begin(), shape.end(), ", "));
}

// The name that the checkpoint has for parameter `name`; the plain one where it has none.
std::string stored_name(const StoredWeights& stored, const std::string& name,
                        const WeightNames& names) {
  std::vector<std::string> known{name};
  for (const auto& [ending, old] : names.old_endings) {
    if (name.ends_with(ending)) known.push_back(name.substr(0, name.size() - ending.size()) + old);
  }
  for (const std::string& prefix : names.prefixes) {
    for (const std::string& candidate : known) {
      if (stored.contains(prefix + candidate)) return prefix + candidate;
    }
  }
  return names.prefixes.front() + name;
}

bool begins_with_one_of(const std::string& name, const std::vector<std::string>& starts) {
  return std::any_of(starts.begin(), starts.end(),
                     [&](const std::string& start) { return name.starts_with(start); });
}

// A layer that the config leaves out, a second copy under another name, a part that this module
// does not compute: hidden rows would be others than the checkpoint's.
void check_all_used(const StoredWeights& stored, const std::set<std::string>& used,
                    const WeightNames& names) {
  std::vector<std::string> left;
  for (const std::string& name : stored.names()) {
    const bool own = begins_with_one_of(name, names.own) && !begins_with_one_of(name, names.spare);
    if (own && !used.contains(name)) left.push_back(name);
  }
  if (left.empty()) return;
  fail(
      "{}{} not used by the model that config.json describes; make config.json (its number of "
      "layers, say) and the weights agree",
      stored.place(left.front()),
      left.size() == 1 ? " is"
                       : fmt::format(" and {} more, up to {}, are", left.size() - 1, left.back()));
}

void check_numbers(const torch::Tensor& parameter, const std::string& where) {
  if (parameter.is_meta()) return;
  check(all_finite(parameter),
        "{} has values that are not finite numbers in {} precision; fetch the weights again", where,
        parameter.scalar_type() == torch::kFloat64    ? "double"
        : parameter.scalar_type() == torch::kBFloat16 ? "bf16"
                                                      : "single");
}

void check_alike(const torch::Tensor& parameter, const safetensors::View& view,
                 const std::string& where) {
  check(at::IntArrayRef(view.shape) == parameter.sizes(), "{} has shape {}, expected {}", where,
        shape_text(view.shape), shape_text(parameter.sizes()));
  const torch::ScalarType type = scalar_type(view.dtype, where);
  check(at::isFloatingType(type) == parameter.is_floating_point(), "{} has type {}, expected {}",
        where, safetensors::to_string(view.dtype),
        parameter.is_floating_point() ? "F64, F32, F16 or BF16" : "I64");
}

void copy_into(torch::Tensor& parameter, const safetensors::View& view, const std::string& where) {
  check_alike(parameter, view, where);
  if (!parameter.is_meta()) parameter.copy_(stored_tensor(view, where));
}

bool can_lie_there(const torch::Tensor& parameter, const safetensors::View& view,
                   const std::string& where) {
  return mapped_switch && parameter.device().is_cpu() &&
         parameter.scalar_type() == scalar_type(view.dtype, where) &&
         reinterpret_cast<std::uintptr_t>(view.bytes.data()) % parameter.element_size() == 0;
}

// The parameter's bytes are the mapped ones; it may be changed as any other, see Reader::mapping().
void place_at(torch::Tensor& parameter, const safetensors::View& view,
              std::shared_ptr<std::byte> mapping) {
  const auto keep = [mapping = std::move(mapping)](void*) {};
  auto* bytes = const_cast<std::byte*>(view.bytes.data());
  parameter.set_data(torch::from_blob(bytes, view.shape, keep, parameter.options()));
}

void check_copies(const torch::nn::Module& module, const StoredWeights& stored,
                  const WeightNames& names) {
  const auto parameters = module.named_parameters();
  for (const auto& [copy, name] : names.copies) {
    for (const std::string& prefix : names.prefixes) {
      if (!stored.contains(prefix + copy)) continue;
      const torch::Tensor* parameter = parameters.find(name);
      if (parameter == nullptr) continue;
      torch::Tensor again = torch::empty_like(*parameter);
      const std::string where = stored.place(prefix + copy);
      copy_into(again, stored.find(prefix + copy), where);
      check(again.is_meta() || torch::equal(again, *parameter),
            "{} is not what {} is, which config.json ties to it; set tie_word_embeddings as the "
            "model was trained, or take the tensor out",
            where, name);
    }
  }
}

// Tensors as their bytes lie on the host.
class HostViews {
 public:
  // `file` names them in messages.
  HostViews(const std::vector<std::pair<std::string, torch::Tensor>>& tensors,
            const std::filesystem::path& file) {
    for (const auto& [name, tensor] : tensors) {
      const torch::Tensor host = tensor.detach().to(torch::kCPU).contiguous();
      kept_.push_back(host);
      const auto bytes =
          std::as_bytes(std::span(static_cast<const char*>(host.data_ptr()), host.nbytes()));
      const safetensors::View view{dtype_of(host.scalar_type()), host.sizes().vec(), bytes};
      check(views_.emplace(name, view).second, "{}: two tensors are called {}", file.string(),
            name);
    }
  }
  const std::map<std::string, safetensors::View>& views() const { return views_; }

 private:
  std::vector<torch::Tensor> kept_;  // their bytes
  std::map<std::string, safetensors::View> views_;
};

}  // namespace

torch::Tensor stored_tensor(const safetensors::View& view, const std::string& where) {
  const auto type = torch::TensorOptions().dtype(scalar_type(view.dtype, where));
  torch::Tensor stored = torch::empty(view.shape, type);
  std::memcpy(stored.data_ptr(), view.bytes.data(), view.bytes.size());  // may be unaligned
  return stored;
}

void load_weights(torch::nn::Module& module, const StoredWeights& stored,
                  const WeightNames& names) {
  const torch::NoGradGuard no_grad;
  std::set<std::string> used;
  for (auto& item : module.named_parameters()) {
    const std::string name = stored_name(stored, item.key(), names);
    const safetensors::View& view = stored.find(name);
    const std::string place = stored.place(name);
    check_alike(item.value(), view, place);
    if (can_lie_there(item.value(), view, place)) {
      place_at(item.value(), view, stored.mapping(name));
    } else {
      copy_into(item.value(), view, place);
    }
    check_numbers(item.value(), place);
    used.insert(name);
  }
  check_all_used(stored, used, names);
  check_copies(module, stored, names);
  stored.forget_pages();
}

void load_tensors(const std::vector<std::pair<std::string, torch::Tensor>>& tensors,
                  const safetensors::Reader& reader) {
  const torch::NoGradGuard no_grad;
  for (const auto& [name, tensor] : tensors) {
    torch::Tensor target = tensor;
    copy_into(target, reader.find(name),
              fmt::format("{}: tensor {}", reader.path().string(), name));
  }
}

void load_tensors(const std::vector<std::pair<std::string, torch::Tensor>>& tensors,
                  const std::filesystem::path& file) {
  load_tensors(tensors, safetensors::Reader(file));
}

void save_tensors(const std::vector<std::pair<std::string, torch::Tensor>>& tensors,
                  const std::filesystem::path& file,
                  const std::map<std::string, std::string>& metadata) {
  safetensors::write(file, HostViews(tensors, file).views(), metadata);
}

void save_sealed_tensors(const std::vector<std::pair<std::string, torch::Tensor>>& tensors,
                         const std::filesystem::path& file,
                         const std::map<std::string, std::string>& metadata) {
  const HostViews host(tensors, file);
  safetensors::write(file, host.views(), safetensors::sealed(host.views(), metadata));
}

}  // namespace rankwise
