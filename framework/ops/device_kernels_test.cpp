// The kernels of a device in buffers that hold more than their rows, in place, and as a training
// sees them; and the machine that stands in for the device.

#include "framework/ops/device_kernels.h"

#include "framework/core/switches.h"
#include "framework/ops/device/emulated/machine.h"
#include "framework/ops/test_rows.h"
#include "framework/testing/toy.h"
#include "framework/train/trainer.h"

#include <gmock/gmock.h>

#include <stdexcept>

namespace rankwise {
namespace {

using torch::Tensor;

const device::Kernels& by_device() { return emulated::kernels(); }

// [rows, width] in the middle of a wider buffer of ones: at addresses of 16 bytes where `margin`
// is.
Tensor within_buffer(const Tensor& rows, std::int64_t margin) {
  const Tensor buffer = torch::ones({rows.size(0), rows.size(1) + 2 * margin}, rows.options());
  buffer.narrow(1, margin, rows.size(1)).copy_(rows);
  return buffer;
}

class InBuffers : public ::testing::TestWithParam<std::int64_t> {
 protected:
  static Tensor rows_of(const Tensor& buffer) {
    return buffer.narrow(1, GetParam(), buffer.size(1) - 2 * GetParam());
  }
  static void expect_margins_kept(const Tensor& buffer) {
    const std::int64_t margin = GetParam();
    EXPECT_TRUE((buffer.narrow(1, 0, margin) == 1).all().item<bool>());
    EXPECT_TRUE((buffer.narrow(1, buffer.size(1) - margin, margin) == 1).all().item<bool>());
  }
};
INSTANTIATE_TEST_SUITE_P(Margins, InBuffers, ::testing::Values(1, 8));

TEST_P(InBuffers, NormsWriteBesideOtherColumns) {
  const Tensor x = normal_rows({5, 40}, "x").to(torch::kFloat32);
  const Tensor weight = normal_rows({40}, "weight").to(torch::kFloat32);
  const Tensor read = within_buffer(x, GetParam()), written = within_buffer(x * 0, GetParam());
  by_device().rms_norm({.shape = shape_of(x),
                        .weights = stored_as(weight),
                        .epsilon = 1e-6,
                        .x = rows_in(rows_of(read)),
                        .weight = data_of(weight),
                        .out = rows_out(rows_of(written))},
                       nullptr);
  EXPECT_TRUE(torch::allclose(rows_of(written), at::rms_norm(x, {40}, weight, 1e-6), 1e-5, 1e-6));
  expect_margins_kept(written);
}

TEST_P(InBuffers, GatesAreDifferentiatedWhereTheyLie) {
  const Tensor both = normal_rows({3, 64}, "both"), d_y = normal_rows({3, 32}, "d_y");
  const Tensor leaf = both.clone().requires_grad_();
  (at::silu(leaf.narrow(1, 0, 32)) * leaf.narrow(1, 32, 32)).backward(d_y);
  const Tensor buffer = within_buffer(both, GetParam());
  const Tensor gate = rows_of(buffer).narrow(1, 0, 32), up = rows_of(buffer).narrow(1, 32, 32);
  by_device().gated_unit_gradient({.shape = shape_of(gate),
                                   .activation = device::Activation::kSilu,
                                   .gate = rows_in(gate),
                                   .up = rows_in(up),
                                   .d_y = rows_in(d_y),
                                   .d_gate = rows_out(gate),
                                   .d_up = rows_out(up)},
                                  nullptr);
  EXPECT_LE(difference_of_rows(rows_of(buffer), leaf.grad()), 1e-12);
  expect_margins_kept(buffer);
}

TEST_P(InBuffers, RotationTurnsInPlaceAndBack) {
  const Tensor x = normal_rows({4, 48}, "x");
  const Tensor angles = normal_rows({4, 1, 8}, "angles");
  const Tensor cosine = angles.cos(), sine = angles.sin(), buffer = within_buffer(x, GetParam());
  device::Rotation rotation{.shape = shape_of(x),
                            .half = 8,
                            .cosine = data_of(cosine),
                            .sine = data_of(sine),
                            .x = rows_in(rows_of(buffer)),
                            .y = rows_out(rows_of(buffer))};
  by_device().rotate(rotation, nullptr);
  EXPECT_LE((rows_of(buffer)[2][16] - (x[2][16] * cosine[2][0][0] - x[2][24] * sine[2][0][0]))
                .abs()
                .item<double>(),
            1e-12);
  rotation.back = true;
  by_device().rotate(rotation, nullptr);
  EXPECT_LE(difference_of_rows(rows_of(buffer), x), 1e-12);
  expect_margins_kept(buffer);
}

// Every width of blocks: some rows a block, a block a row, and the widest.
TEST(NormsOnADevice, TakeRowsUpToTheWidestInEveryWeightType) {
  for (const std::int64_t width : {512, 513, 1000, 2050, 8192}) {
    const Tensor x = normal_rows({3, width}, "x").to(torch::kBFloat16);
    for (const torch::ScalarType type : {torch::kBFloat16, torch::kFloat32}) {
      const Tensor weight = normal_rows({width}, "weight").to(torch::kBFloat16).to(type);
      const Tensor bias = normal_rows({width}, "bias").to(torch::kBFloat16).to(type);
      const Tensor y = at::empty_like(x);
      by_device().layer_norm({.shape = shape_of(x),
                              .weights = stored_as(weight),
                              .epsilon = 1e-5,
                              .x = rows_in(x),
                              .weight = data_of(weight),
                              .bias = data_of(bias),
                              .out = rows_out(y)},
                             nullptr);
      const Tensor expected =
          at::layer_norm(x.to(torch::kFloat64), {width}, weight.to(torch::kFloat64),
                         bias.to(torch::kFloat64), 1e-5);
      EXPECT_LE(difference_of_rows(y, expected), 0.01) << width << " with weights in " << type;
    }
  }
}

TEST(DeviceKernels, AreThoseOfTheTensorsDeviceAndType) {
  const Tensor x = torch::zeros({2});
  EXPECT_EQ(device_kernels(x), nullptr);
  const InEmulatedKernels emulated;
  EXPECT_NE(device_kernels(x), nullptr);
  EXPECT_EQ(device_kernels(x.to(torch::kInt64)), nullptr);
  const Without without("device-kernels");
  EXPECT_EQ(device_kernels(x), nullptr);
}

TEST(DeviceKernels, AreNamedOrSaidToBeMissing) {
  EXPECT_THAT(device_kernels_text(),
              ::testing::AnyOf(::testing::HasSubstr("sm_"), ::testing::HasSubstr("without nvcc")));
}

TEST(DeviceKernels, AreNotUsedWhereTheDeviceCanNotRunThem) {
  EXPECT_FALSE(device_kernels_missing(c10::kCPU));
  const DeviceKernels too_new{.kernels = emulated::kernels(),
                              .stream = [](const at::Tensor&) -> device::Stream { return nullptr; },
                              .usable = [](const c10::Device&) { return false; },
                              .description = "sm_100"};
  const Tensor x = torch::zeros({2}, torch::kMeta);
  set_device_kernels(c10::kMeta, &too_new);
  EXPECT_EQ(device_kernels(x), nullptr);
  set_device_kernels(c10::kMeta, nullptr);
}

struct TrainedOn {
  std::vector<double> losses;
  Tensor count;  // of the first site
};

TrainedOn trained_on(toy::Kind kind, const std::string& variant) {
  const toy::Recipe recipe{.variant = variant, .kind = kind};
  const auto model = toy::model(recipe);
  Trainer trainer(*model, toy::dataset(kind), toy::training(4), Seed(1), recipe.tensors);
  struct Losses : Observer {
    void on_step(const StepRecord& record) override { values.push_back(record.loss); }
    std::vector<double> values;
  } losses;
  trainer.run({&losses}, [](std::int64_t) {});
  return {losses.values, model->adapter().attached().front().update->training_usage()->count()};
}

// Top-k, gates, counts, norms, activations and rotation together.
TEST(DeviceKernels, TrainAsTheCpuDoes) {
  for (const toy::Kind kind : {toy::Kind::kTokens, toy::Kind::kDecoder}) {
    for (const char* variant : {"smora", "flylora", "lora_moe"}) {
      const TrainedOn expected = trained_on(kind, variant);
      const InEmulatedKernels emulated;
      const TrainedOn found = trained_on(kind, variant);
      EXPECT_THAT(found.losses, ::testing::Pointwise(::testing::DoubleNear(1e-9), expected.losses))
          << variant;
      EXPECT_TRUE(found.count.equal(expected.count)) << variant;
    }
  }
}

TEST(EmulatedMachine, SumsOverLanesInAWarpAndAWholeBlock) {
  std::vector<int> sums(64);
  emulated::run_block(64, [&](int thread) {
    const device::Grid grid{.blocks = 1, .lanes = 64};
    const emulated::Threads at(grid, 0, 0, thread);
    int value = at.exchange(thread, 1) + at.exchange(thread, 32 - 1);
    at.scratch<int>()[thread / kWarp] = thread / kWarp + 1;
    at.barrier();
    value += 1000 * at.scratch<int>()[1 - thread / kWarp];
    sums[static_cast<std::size_t>(thread)] = value;
  });
  EXPECT_EQ(sums[0], 1 + 31 + 2000);
  EXPECT_EQ(sums[40], 41 + (32 + (8 ^ 31)) + 1000);
}

TEST(EmulatedMachine, SaysWhereADeviceWouldHangOrRefuse) {
  const device::Grid grid{.blocks = 1};
  EXPECT_THROW(emulated::run_block(kWarp,
                                   [&](int thread) {
                                     const emulated::Threads at(grid, 0, 0, thread);
                                     if (thread != 3) static_cast<void>(at.ballot(true));
                                   }),
               std::logic_error);
  alignas(16) const std::array<char, 32> bytes{};
  EXPECT_NO_THROW(static_cast<void>(emulated::load16(bytes.data())));
  EXPECT_THROW(static_cast<void>(emulated::load16(bytes.data() + 2)), std::logic_error);
}

}  // namespace
}  // namespace rankwise
