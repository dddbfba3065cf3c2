#include "framework/run/memory.h"

#include "framework/core/error.h"
#include "framework/train/micro_batches.h"

#include <torch/types.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <limits>

namespace rankwise {

namespace {

double bytes_of(const torch::Tensor& tensor) {
  return tensor.defined()
             ? static_cast<double>(tensor.numel()) * static_cast<double>(tensor.element_size())
             : 0;
}

double bytes_of(const RankUsage* usage) {
  if (usage == nullptr) return 0;
  return bytes_of(usage->count()) + bytes_of(usage->gate_mass()) + bytes_of(usage->coactivation()) +
         bytes_of(usage->half_count());
}

double model_bytes(Model& model) {
  double bytes = 0;
  for (const torch::Tensor& tensor : model.parameters()) bytes += bytes_of(tensor);
  for (const torch::Tensor& tensor : model.buffers()) bytes += bytes_of(tensor);
  for (const auto& [site, update] : model.adapter().attached()) {
    bytes += bytes_of(update->evaluation_usage()) + bytes_of(update->training_usage()) +
             bytes_of(update->generation_usage());
  }
  return bytes;
}

double training_bytes(Model& model) {
  constexpr double kGradientAndMoments = 3;
  double bytes = 0;
  for (const torch::Tensor& tensor : model.adapter_parameters()) bytes += bytes_of(tensor);
  for (const torch::Tensor& tensor : model.head_parameters()) bytes += bytes_of(tensor);
  bytes *= kGradientAndMoments;
  for (const auto& [name, tensor] : model.state()) bytes += bytes_of(tensor);
  return bytes;
}

// Mean rows of a training example, of the task that has the fewest.
double rows_per_example(const Dataset& dataset, const PackForm& form) {
  double fewest = std::numeric_limits<double>::infinity();
  for (const TaskData& data : dataset.tasks) {
    fewest = std::min(fewest, mean_training_rows(data, form));
  }
  return fewest;
}

// `train`: from with_chunk_rows().
double batch_bytes(const TrainOptions& train, double rows_per_example, double bytes_per_row) {
  const auto examples = static_cast<double>(train.batch);
  const auto at_once = static_cast<double>(
      train.micro_batch == 0 ? train.batch : std::min(train.batch, train.micro_batch));
  const auto chunk = static_cast<double>(train.chunk_rows.value_or(0));
  const double rows = at_once * rows_per_example;
  constexpr auto kListed = static_cast<double>(sizeof(Example) + sizeof(std::int64_t));  // its rows
  return examples * kListed + (chunk > 0 ? std::min(rows, chunk) : rows) * bytes_per_row;
}

// What a control group allows; infinite where there is none.
double group_limit() {
  for (const char* file :
       {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"}) {
    double limit = 0;
    if (std::ifstream(file) >> limit) return limit;  // "max" is no number
  }
  return std::numeric_limits<double>::infinity();
}

}  // namespace

MemoryNeed memory_need(const RunConfig& config, const Paths& paths, const RunSetup& setup) {
  const auto model = make_model(config, paths, setup, setup.tensors.device(torch::kMeta));
  const PackForm form = model->pack_form(Purpose::kTraining);
  const double rows = rows_per_example(setup.suite.dataset, form);
  // Position and task of a row, and a vector of the backbone's width.
  const auto width = static_cast<double>(model->backbone().width());
  const double bytes_per_row =
      2 * sizeof(std::int64_t) + width * static_cast<double>(setup.tensors.dtype().itemsize());
  return {
      .model = model_bytes(*model),
      .training = training_bytes(*model),
      .batch = batch_bytes(with_chunk_rows(config.train, model->adapter(), setup.tensors.device()),
                           rows, bytes_per_row)};
}

double machine_memory() {
  const double pages = static_cast<double>(sysconf(_SC_PHYS_PAGES));
  return std::min(pages * static_cast<double>(sysconf(_SC_PAGE_SIZE)), group_limit());
}

std::string size_text(double bytes) {
  constexpr std::array kUnits{"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  double value = bytes / 1024;
  std::size_t unit = 0;
  for (; value >= 1024 && unit + 1 < kUnits.size(); ++unit) value /= 1024;
  return fmt::format("{:.4g} {}", value, kUnits[unit]);
}

void check_memory(const MemoryNeed& need, double available) {
  if (need.total() <= available) return;
  const bool batch = need.batch > need.model + need.training;
  fail("the run needs at least {} of memory ({} for {}), and this machine has {}; {}",
       size_text(need.total()), size_text(batch ? need.batch : need.model + need.training),
       batch ? "one batch" : "model and optimizer", size_text(available),
       batch ? "lower train.batch or train.micro_batch"
             : "lower the variant's rank, or adapt fewer sites");
}

}  // namespace rankwise
