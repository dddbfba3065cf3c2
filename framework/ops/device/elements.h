/// Kernels that treat every element, or every piece of a row, by itself.
#pragma once

#include "framework/ops/device/chunks.h"

namespace rankwise::RANKWISE_MACHINE {

/// Calls step(row, piece) for those of this thread, of the `count` pieces that each row has.
template <class Step>
RANKWISE_DEVICE void each_piece(const Threads& at, std::int64_t rows, std::int64_t count,
                                const Step& step) {
  const std::int64_t row = at.row();
  if (row >= rows) return;
  const std::int64_t lanes = at.lanes();
  for (std::int64_t piece = at.tile() * lanes + at.lane(); piece < count;
       piece += at.tiles() * lanes) {
    step(row, piece);
  }
}

/// The same of chunks: step(row, first, left) for the columns from `first` on.
template <class S, class Step>
RANKWISE_DEVICE void each_chunk(const Threads& at, const device::Shape& shape, const Step& step) {
  const std::int64_t chunks = (shape.width + kChunk<S> - 1) / kChunk<S>;
  each_piece(at, shape.rows, chunks, [&](std::int64_t row, std::int64_t chunk) {
    step(row, chunk * kChunk<S>, shape.width - chunk * kChunk<S>);
  });
}

template <class S>
device::Grid over_chunks(const device::Shape& shape) {
  return device::over_pieces(shape.rows, (shape.width + kChunk<S> - 1) / kChunk<S>);
}

}  // namespace rankwise::RANKWISE_MACHINE
