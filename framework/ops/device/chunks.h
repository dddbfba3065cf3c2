/// How kernels read and write rows of any stored type: 16 bytes at a time where they can.
#pragma once

#include "framework/ops/device/kernels.h"

#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <type_traits>

#include "machine.h"

namespace rankwise::RANKWISE_MACHINE {

template <class S>
using ComputedIn = std::conditional_t<std::is_same_v<S, Bf16>, float, S>;

RANKWISE_DEVICE float widen(float value) { return value; }
RANKWISE_DEVICE double widen(double value) { return value; }

template <class S>
RANKWISE_DEVICE S narrow(ComputedIn<S> value) {
  if constexpr (std::is_same_v<S, Bf16>) {
    return narrowed(value);
  } else {
    return value;
  }
}

/// Values that a thread reads at once.
template <class S>
inline constexpr int kChunk = 16 / static_cast<int>(sizeof(S));

template <class S>
RANKWISE_DEVICE const S* row_of(const device::In& rows, std::int64_t row) {
  return static_cast<const S*>(rows.data) + row * rows.stride;
}
template <class S>
RANKWISE_DEVICE S* row_of(const device::Out& rows, std::int64_t row) {
  return static_cast<S*>(rows.data) + row * rows.stride;
}

/// The next kCount values of a row of which `left` are left, zeros behind these. `whole`: rows are
/// of whole chunks at addresses that allow it.
template <int kCount, class S>
RANKWISE_DEVICE void read(const S* from, std::int64_t left, bool whole, ComputedIn<S>* to) {
  static_assert(kCount % kChunk<S> == 0);
  S stored[kCount];
  if (whole) {
    RANKWISE_UNROLL
    for (int i = 0; i < kCount; i += kChunk<S>) {
      const Bytes16 bytes = load16(from + i);
      memcpy(stored + i, &bytes, sizeof(bytes));
    }
  } else {
    RANKWISE_UNROLL
    for (int i = 0; i < kCount; ++i) stored[i] = i < left ? from[i] : narrow<S>(0);
  }
  RANKWISE_UNROLL
  for (int i = 0; i < kCount; ++i) to[i] = widen(stored[i]);
}

/// One chunk of a row of which `left` are left.
template <class S>
RANKWISE_DEVICE void write(S* to, std::int64_t left, bool whole, const ComputedIn<S>* from) {
  S stored[kChunk<S>];
  RANKWISE_UNROLL
  for (int i = 0; i < kChunk<S>; ++i) stored[i] = narrow<S>(from[i]);
  if (whole) {
    Bytes16 bytes;
    memcpy(&bytes, stored, sizeof(bytes));
    store16(to, bytes);
    return;
  }
  RANKWISE_UNROLL
  for (int i = 0; i < kChunk<S>; ++i) {
    if (i < left) to[i] = stored[i];
  }
}

/// Whether rows of `width` values of `size` bytes are whole chunks, all of them at addresses that
/// are multiples of 16.
class WholeChunks {
 public:
  WholeChunks(std::int64_t width, std::int64_t size) : size_(size), whole_(fits(width)) {}

  WholeChunks& rows(const device::In& in) { return at(in.data, in.stride); }
  WholeChunks& rows(const device::Out& out) { return at(out.data, out.stride); }
  WholeChunks& values(const void* data) { return at(data, 0); }
  explicit operator bool() const { return whole_; }

 private:
  bool fits(std::int64_t count) const { return count * size_ % 16 == 0; }
  WholeChunks& at(const void* data, std::int64_t stride) {
    whole_ = whole_ && reinterpret_cast<std::uintptr_t>(data) % 16 == 0 && fits(stride);
    return *this;
  }

  std::int64_t size_;
  bool whole_;
};

template <class S>
struct Type {
  using type = S;
};

/// Calls what it is given with the Type of stored rows.
template <class Call>
void with_type(device::Stored stored, const Call& call) {
  if (stored == device::Stored::kBf16) return call(Type<Bf16>());
  if (stored == device::Stored::kFp64) return call(Type<double>());
  return call(Type<float>());
}

/// Likewise with that of the weights: of the rows' type, or of what these are computed in.
template <class Call>
void with_types(device::Stored stored, device::Stored weights, const Call& call) {
  with_type(stored, [&](auto rows) {
    using S = typename decltype(rows)::type;
    if constexpr (!std::is_same_v<S, ComputedIn<S>>) {
      if (weights != stored) return call(rows, Type<ComputedIn<S>>());
    }
    return call(rows, rows);
  });
}

}  // namespace rankwise::RANKWISE_MACHINE
