/// Reference values and prepared data for tests that compare with other people's libraries.
#pragma once

#include "framework/data/dataset.h"
#include "framework/data/doubles.h"

#include <torch/types.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace rankwise::fixtures {

/// tests/fixtures/<name> of the source tree.
std::filesystem::path file(const std::string& name);

/// Every tensor of a safetensors file, copied.
std::map<std::string, torch::Tensor> tensors(const std::filesystem::path& file);

/// RANKWISE_DATA, or data/ of the source tree: holds models/ and suites/ where they were prepared.
std::filesystem::path prepared();

/// One task whose training split holds each sequence as an example. `segments` empty: all zero;
/// `labels` empty: all zero, of two classes.
Dataset sequences(const std::vector<std::int64_t>& tokens,
                  const std::vector<std::int64_t>& segments,
                  const std::vector<std::int64_t>& starts, const std::vector<std::int64_t>& labels);

/// How far sums of some hundred terms may lie apart in fp64.
constexpr double kRounding = 1e-10;

/// [count, 2]: every row is (1, 0).
torch::Tensor rows(std::int64_t count);

/// A tensor's elements in order.
std::vector<std::int64_t> integers(const torch::Tensor& tensor);

}  // namespace rankwise::fixtures

/// Skips the running test and says which prepared file is missing.
#define RANKWISE_NEED_PREPARED(path)                                                    \
  if (!std::filesystem::exists(rankwise::fixtures::prepared() / (path)))                \
  GTEST_SKIP() << "NOT CHECKED: " << (rankwise::fixtures::prepared() / (path)).string() \
               << " is missing; make it with scripts/prepare, or set RANKWISE_DATA"
