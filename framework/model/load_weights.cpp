#include "framework/model/load_weights.h"

#include "framework/core/error.h"
#include "framework/io/safetensors.h"

#include <fmt/ranges.h>
#include <torch/types.h>

#include <map>

namespace rankwise {

namespace {

using safetensors::Dtype;

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
    case torch::kInt64:
      return Dtype::kI64;
    default:
      fail("a tensor of type {} can not be saved", c10::toString(type));
  }
}

std::string shape_text(at::IntArrayRef shape) {
  return fmt::format("[{}]", fmt::join(shape.begin(), shape.end(), ", "));
}

std::string stored_name(const safetensors::Reader& reader, const std::string& name,
                        const std::vector<std::string>& prefixes) {
  for (const std::string& prefix : prefixes) {
    if (reader.contains(prefix + name)) return prefix + name;
  }
  return prefixes.front() + name;  // find() then says what is missing
}

void copy_into(torch::Tensor& parameter, const safetensors::View& view, const std::string& where) {
  check(at::IntArrayRef(view.shape) == parameter.sizes(), "{} has shape {}, expected {}", where,
        shape_text(view.shape), shape_text(parameter.sizes()));
  const torch::ScalarType type = scalar_type(view.dtype, where);
  if (parameter.is_meta()) return;
  const torch::Tensor stored = torch::empty(view.shape, torch::TensorOptions().dtype(type));
  std::memcpy(stored.data_ptr(), view.bytes.data(), view.bytes.size());  // may be unaligned
  parameter.copy_(stored);
}

}  // namespace

void load_weights(torch::nn::Module& module, const std::filesystem::path& file,
                  const std::vector<std::string>& prefixes) {
  const torch::NoGradGuard no_grad;
  const safetensors::Reader reader(file);
  for (auto& item : module.named_parameters()) {
    const std::string name = stored_name(reader, item.key(), prefixes);
    copy_into(item.value(), reader.find(name), fmt::format("{}: tensor {}", file.string(), name));
  }
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
  std::vector<torch::Tensor> on_host;  // keeps the views' bytes alive
  std::map<std::string, safetensors::View> views;
  for (const auto& [name, tensor] : tensors) {
    const torch::Tensor host = tensor.detach().to(torch::kCPU).contiguous();
    on_host.push_back(host);
    const auto bytes =
        std::as_bytes(std::span(static_cast<const char*>(host.data_ptr()), host.nbytes()));
    const bool added = views
                           .emplace(name, safetensors::View{dtype_of(host.scalar_type()),
                                                            host.sizes().vec(), bytes})
                           .second;
    check(added, "{}: two tensors are called {}", file.string(), name);
  }
  safetensors::write(file, views, metadata);
}

}  // namespace rankwise
