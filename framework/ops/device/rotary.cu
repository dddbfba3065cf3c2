// Rotation by positions, in place or not, and back.
#include "framework/ops/device/elements.h"
#include "framework/ops/device/functions.h"

namespace rankwise::RANKWISE_MACHINE {

namespace {

/// A piece is a chunk of the first half of one head, with its partners in the second half.
template <class S>
struct Rotation {
  static constexpr int kMostThreads = device::kBlockThreads;
  using T = ComputedIn<S>;

  device::Rotation given;
  bool whole;

  static std::int64_t pieces_of_head(const device::Rotation& given) {
    return (given.half + kChunk<S> - 1) / kChunk<S>;
  }
  static device::Grid grid(const device::Rotation& given) {
    const std::int64_t heads = given.shape.width / (2 * given.half);
    return device::over_pieces(given.shape.rows, heads * pieces_of_head(given));
  }

  RANKWISE_DEVICE void operator()(const Threads& at) const {
    const int half = static_cast<int>(given.half);
    const int of_head = (half + kChunk<S> - 1) / kChunk<S>;
    const std::int64_t heads = given.shape.width / (2 * half);
    each_piece(at, given.shape.rows, heads * of_head, [&](std::int64_t row, std::int64_t piece) {
      const int head = static_cast<int>(piece) / of_head;
      const int j = (static_cast<int>(piece) - head * of_head) * kChunk<S>;
      turn(row, static_cast<std::int64_t>(head) * 2 * half, j);
    });
  }

 private:
  RANKWISE_DEVICE void turn(std::int64_t row, std::int64_t head, int j) const {
    const std::int64_t half = given.half, left = half - j;
    T cosine[kChunk<S>], sine[kChunk<S>], first[kChunk<S>], second[kChunk<S>];
    read<kChunk<S>>(static_cast<const T*>(given.cosine) + row * half + j, left, whole, cosine);
    read<kChunk<S>>(static_cast<const T*>(given.sine) + row * half + j, left, whole, sine);
    const S* x = row_of<S>(given.x, row) + head + j;
    read<kChunk<S>>(x, left, whole, first);
    read<kChunk<S>>(x + half, left, whole, second);
    for (int i = 0; i < kChunk<S>; ++i) {
      const T s = given.back ? -sine[i] : sine[i], a = first[i], b = second[i];
      first[i] = a * cosine[i] - b * s;
      second[i] = b * cosine[i] + a * s;
    }
    S* y = row_of<S>(given.y, row) + head + j;
    write(y, left, whole, first);
    write(y + half, left, whole, second);
  }
};

}  // namespace

void rotate(const device::Rotation& given, device::Stream stream) {
  with_type(given.shape.stored, [&](auto rows) {
    using S = typename decltype(rows)::type;
    const WholeChunks whole = WholeChunks(given.half, sizeof(S))
                                  .rows(given.x)
                                  .rows(given.y)
                                  .values(given.cosine)
                                  .values(given.sine);
    launch(Rotation<S>{given, static_cast<bool>(whole)}, Rotation<S>::grid(given), stream);
  });
}

}  // namespace rankwise::RANKWISE_MACHINE
