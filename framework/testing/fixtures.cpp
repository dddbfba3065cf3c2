#include "framework/testing/fixtures.h"

#include "framework/core/error.h"
#include "framework/io/safetensors.h"

#include <cstdlib>
#include <cstring>

namespace rankwise::fixtures {

namespace {

torch::ScalarType scalar_type(safetensors::Dtype dtype) {
  switch (dtype) {
    case safetensors::Dtype::kF64:
      return torch::kFloat64;
    case safetensors::Dtype::kF32:
      return torch::kFloat32;
    case safetensors::Dtype::kI64:
      return torch::kInt64;
    default:
      fail("fixtures hold F64, F32 and I64 only");
  }
}

}  // namespace

std::filesystem::path file(const std::string& name) {
  return std::filesystem::path(RANKWISE_SOURCE_DIR) / "tests" / "fixtures" / name;
}

std::map<std::string, torch::Tensor> tensors(const std::filesystem::path& path) {
  const safetensors::Reader reader(path);
  std::map<std::string, torch::Tensor> read;
  for (const std::string& name : reader.names()) {
    const safetensors::View& view = reader.find(name);
    torch::Tensor tensor = torch::empty(view.shape, scalar_type(view.dtype));
    std::memcpy(tensor.data_ptr(), view.bytes.data(), view.bytes.size());
    read.emplace(name, tensor);
  }
  return read;
}

std::filesystem::path prepared() {
  const char* data = std::getenv("RANKWISE_DATA");
  return data == nullptr ? std::filesystem::path(RANKWISE_SOURCE_DIR) / "data" : data;
}

Dataset sequences(const std::vector<std::int64_t>& tokens,
                  const std::vector<std::int64_t>& segments,
                  const std::vector<std::int64_t>& starts,
                  const std::vector<std::int64_t>& labels) {
  TaskData data;
  data.task = {.name = "fixture", .metrics = {"accuracy"}};
  Split& split = data.train;
  split.tokens.assign(tokens.begin(), tokens.end());
  split.segments.assign(segments.begin(), segments.end());
  split.segments.resize(tokens.size());
  split.starts = starts;
  for (std::size_t i = 0; i < starts.size(); ++i)
    split.groups.push_back(static_cast<std::int64_t>(i));
  split.target.assign(labels.begin(), labels.end());
  split.target.resize(starts.size() - 1);
  Dataset dataset;
  dataset.suite = "fixture";
  dataset.vocabulary = 1;
  dataset.tasks = {std::move(data)};
  return dataset;
}

torch::Tensor rows(std::int64_t count) {
  return torch::tensor({{1.0, 0.0}}, kDouble).repeat({count, 1});
}

std::vector<std::int64_t> integers(const torch::Tensor& tensor) {
  const torch::Tensor host = tensor.detach().to(torch::kCPU, torch::kInt64).contiguous();
  const auto* first = host.data_ptr<std::int64_t>();
  return {first, first + host.numel()};
}

}  // namespace rankwise::fixtures
