// Rehearsals of small runs, in this process.

#include "framework/run/calibration.h"

#include "framework/run/run_attributes.h"
#include "framework/run/test_runs.h"

#include <gtest/gtest.h>

namespace rankwise {
namespace {

using nlohmann::json;

RunJob calibrated_job(const json& train) {
  json run = changed("/data/options", {{"tasks", 2}, {"train", 32}, {"dev", 8}, {"test", 8}});
  run["train"] = train;
  return job_of(run, "results");
}

void expect_calibrated(const Calibration& found) {
  EXPECT_GT(seconds_of({1, 1, 30}, found.training), 0);
  EXPECT_GT(seconds_of({1, 30, 30}, found.evaluation), 0);
  EXPECT_GT(found.setup_seconds, 0);
  EXPECT_GT(found.host_mib, 10);
  EXPECT_EQ(found.writing, Rates{}) << "no task is scored by texts";
  EXPECT_FALSE(found.device.has_value()) << "the CPU's memory is the host's";
}

TEST(Calibration, TellsTimeAndMemoryOfARun) {
  const Calibration found = calibrate(calibrated_job({{"steps", 20}, {"batch", 4}}), 0.1);
  expect_calibrated(found);
  EXPECT_LT(found.setup_seconds, found.seconds);
}

TEST(Calibration, OfFewStepsIsTheRunsOwn) {
  for (const int steps : {1, 2}) {
    expect_calibrated(calibrate(calibrated_job({{"steps", steps}, {"batch", 4}}), 10));
  }
}

TEST(Calibration, OfManyMicroBatchesTakesAFew) {
  expect_calibrated(
      calibrate(calibrated_job({{"steps", 3}, {"batch", 24}, {"micro_batch", 2}}), 0.1));
}

TEST(Calibration, OfStepsCutByRowsTakesThemWhole) {
  expect_calibrated(
      calibrate(calibrated_job({{"steps", 3}, {"batch", 24}, {"chunk_rows", 5}}), 0.1));
}

TEST(Calibration, OfWholePassesTakesTheirBatches) {
  expect_calibrated(
      calibrate(calibrated_job({{"steps", nullptr}, {"epochs", 2}, {"batch", 5}}), 0.1));
}

TEST(Calibration, IsReadFromItsOwnJson) {
  const Calibration one{.setup_seconds = 1,
                        .training = {2, 3, 4},
                        .evaluation = {5, 6, 7},
                        .writing = {8, 9, 10},
                        .host_mib = 11,
                        .device = DeviceMemory{12, 13},
                        .seconds = 14};
  const Calibration read = Calibration::from_json(one.to_json());
  EXPECT_EQ(read.to_json(), one.to_json());
  EXPECT_EQ(read.writing, (Rates{8, 9, 10}));
  EXPECT_EQ(read.device->reserved, 13);
  EXPECT_FALSE(Calibration::from_json(Calibration{}.to_json()).device.has_value());
}

TEST(DevicePeak, IsRecordedWhereThereIsADevice) {
  const json on_cpu = closing_attributes({.training_seconds = 1}, 2);
  EXPECT_GT(on_cpu.at("peak_memory_mib"), 10);
  EXPECT_FALSE(on_cpu.contains("peak_device_allocated_mib"));
  const json on_device =
      closing_attributes({.training_seconds = 1, .device_peak = DeviceMemory{3, 4}}, 2);
  EXPECT_EQ(on_device.at("peak_device_allocated_mib"), 3);
  EXPECT_EQ(on_device.at("peak_device_reserved_mib"), 4);
}

}  // namespace
}  // namespace rankwise
