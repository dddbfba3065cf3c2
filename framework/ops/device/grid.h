/// How the threads of a kernel lie over rows.
#pragma once

#include <algorithm>
#include <cstdint>

namespace rankwise {

inline constexpr int kWarp = 32;       // lanes that exchange values without a barrier
inline constexpr int kMostWarps = 32;  // of a block

}  // namespace rankwise

namespace rankwise::device {

/// `blocks` along the rows, each of `rows` rows of `lanes` threads; `tiles` along the columns.
struct Grid {
  std::int64_t blocks = 0, tiles = 1;
  int lanes = kWarp, rows = 1;
};

inline constexpr int kBlockThreads = 256;  // of a block that goes over elements

/// A warp a row.
inline Grid warp_a_row(std::int64_t rows) {
  constexpr int kRows = kBlockThreads / kWarp / 2;
  return {.blocks = (rows + kRows - 1) / kRows, .rows = kRows};
}

/// Rows of `count` pieces, a piece a thread; few pieces: several rows a block, many: several blocks
/// a row, which go round.
inline Grid over_pieces(std::int64_t rows, std::int64_t count) {
  constexpr std::int64_t kMostTiles = 65535;
  if (rows == 0 || count == 0) return {};
  const std::int64_t warps =
      std::min<std::int64_t>((count + kWarp - 1) / kWarp, kBlockThreads / kWarp);
  const int lanes = static_cast<int>(warps) * kWarp, at_once = kBlockThreads / lanes;
  return {.blocks = (rows + at_once - 1) / at_once,
          .tiles = std::min((count + lanes - 1) / lanes, kMostTiles),
          .lanes = lanes,
          .rows = at_once};
}

}  // namespace rankwise::device
