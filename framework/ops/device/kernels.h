/// Kernels of ops on a device, and what they are given.
///
/// The sources (*.cu) hold no LibTorch. nvcc compiles them for CUDA, and the C++ compiler for
/// tests, where the threads of a block take turns (emulated/machine.h): the same bodies, so that
/// their arithmetic is tested where there is no device. All are deterministic: sums are taken in
/// one order, and atomics are not used.
///
/// Rows in bf16 are computed in fp32, others in their own type. An output may be an input of the
/// same shape and stride: each value is read before it is written.
#pragma once

#include <cstdint>

namespace rankwise::device {

enum class Stored { kFp32, kFp64, kBf16 };

/// What rows of this type are computed in.
constexpr Stored computed_in(Stored rows) { return rows == Stored::kBf16 ? Stored::kFp32 : rows; }

using Stream = void*;  // a cudaStream_t

/// Rows that begin `stride` values apart. Without data there are none.
struct In {
  const void* data = nullptr;
  std::int64_t stride = 0;
};
struct Out {
  void* data = nullptr;
  std::int64_t stride = 0;
};

struct Shape {
  Stored stored = Stored::kFp32;
  std::int64_t rows = 0, width = 0;
};

/// The widest rows that norms take: a block holds a row in registers.
inline constexpr std::int64_t kWidestNorm = 8192;

/// As layer_norm() and rms_norm() of ops/norms.h.
struct Norm {
  Shape shape;
  Stored weights = Stored::kFp32;  // the rows' type, or what these are computed in
  double epsilon = 0;
  In x, y;                       // what is normalised is x, or x + y
  const void* weight = nullptr;  // [width]
  const void* bias = nullptr;    // [width] of layer norm
  Out out;
  Out sum;                // RMSNorm: x + y, where there is a y
  Out normalised;         // layer norm: before weight and bias; none: not asked for
  void* scale = nullptr;  // [rows] computed type: 1 / deviation or root; null: not asked for
};

/// As NormGradient of ops/norm_gradient.h.
struct NormGradient {
  Shape shape;
  Stored weights = Stored::kFp32;
  In rows, d_out;
  In d_sum;  // added to the gradient, where there is one
  const void *scale = nullptr, *weight = nullptr;
  Out d_x;
};

enum class Activation { kSilu, kGeluTanh };

/// activation(gate) * up.
struct GatedUnit {
  Shape shape;
  Activation activation = Activation::kSilu;
  In gate, up;
  Out y;
};

struct GatedUnitGradient {
  Shape shape;
  Activation activation = Activation::kSilu;
  In gate, up, d_y;
  Out d_gate, d_up;
};

struct Gelu {
  Shape shape;
  In x;
  Out y;
};

struct GeluGradient {
  Shape shape;
  In x, d_y;
  Out d_x;
};

/// As rotate() of ops/rotary.h: each pair (x_i, x_{i + half}) of every head turned by its angle.
struct Rotation {
  Shape shape;                                    // width: heads * 2 * half
  std::int64_t half = 0;                          // of a head
  const void *cosine = nullptr, *sine = nullptr;  // [rows, half] computed type
  bool back = false;
  In x;
  Out y;
};

/// Indices of the k largest of each row, ascending. Of equal ones the lower index is taken; NaN
/// counts as infinity.
struct TopK {
  Shape shape;
  std::int64_t k = 0;  // at most the width
  In scores;
  std::int64_t* chosen = nullptr;  // [rows, k]
};

/// What the rows of a choice chose, and the weights that they gave.
struct Chosen {
  std::int64_t k = 0;
  const std::int64_t* ranks = nullptr;  // [rows, k]
  const void* weight = nullptr;         // [rows, k]
  Stored weights = Stored::kFp32;
};

/// h = g * z with g zero where a row did not choose a rank.
struct RankGate {
  Shape shape;  // of z
  Chosen chosen;
  In z;
  Out h;
};

struct RankGateGradient {
  Shape shape;
  Chosen chosen;
  In z, d_h;
  Out d_z;
  void* d_weight = nullptr;  // [rows, k] of the weights' type; null: not asked for
};

/// Rows that one block of a tally goes through.
inline constexpr std::int64_t kTallyRows = 64;

/// Adds how often the rows of each task chose each rank, and the sums of their weights. The sums of
/// every kTallyRows rows are taken by themselves, then one after another.
struct Tally {
  std::int64_t rows = 0, ranks = 0, tasks = 1;
  Chosen chosen;                           // without a weight only counts are made
  const std::int64_t* row_task = nullptr;  // [rows]; null: all are of task 0
  std::int64_t* count = nullptr;           // [tasks, ranks]
  double* mass = nullptr;                  // [tasks, ranks]
  std::int64_t* part_count = nullptr;      // [parts(), tasks, ranks] to work in
  double* part_mass = nullptr;             // likewise

  constexpr std::int64_t parts() const { return (rows + kTallyRows - 1) / kTallyRows; }
};

/// The kernels of one machine. Each returns when it is on the stream; throws std::runtime_error
/// where the device does not take it.
struct Kernels {
  /// Whether the current device can run them.
  bool (*usable)();
  void (*layer_norm)(const Norm&, Stream);
  void (*rms_norm)(const Norm&, Stream);
  void (*layer_norm_gradient)(const NormGradient&, Stream);
  void (*rms_norm_gradient)(const NormGradient&, Stream);
  void (*gated_unit)(const GatedUnit&, Stream);
  void (*gated_unit_gradient)(const GatedUnitGradient&, Stream);
  void (*gelu)(const Gelu&, Stream);
  void (*gelu_gradient)(const GeluGradient&, Stream);
  void (*rotate)(const Rotation&, Stream);
  void (*top_k)(const TopK&, Stream);
  void (*rank_gate)(const RankGate&, Stream);
  void (*rank_gate_gradient)(const RankGateGradient&, Stream);
  void (*tally)(const Tally&, Stream);
};

}  // namespace rankwise::device

namespace rankwise::on_cuda {
const device::Kernels& kernels();
}
namespace rankwise::emulated {
const device::Kernels& kernels();
}
