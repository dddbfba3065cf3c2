/// A stack of T5's blocks: the encoder's, or the decoder's, whose rows look at the encoder's too.
#pragma once

#include "framework/adapter/pass.h"
#include "framework/model/t5_config.h"
#include "framework/ops/packed_attention.h"

#include <torch/nn/module.h>

#include <memory>

namespace rankwise {

/// What a decoder's sequences look at.
struct T5Source {
  torch::Tensor rows;          // [M, hidden] the encoder's, after its last norm
  Pass pass;                   // the encoder's: updates of keys and values see its batch
  const LazyBuckets* buckets;  // of the decoder's sequences with their keys; of its batch
  torch::Tensor key_first_rows, key_lengths;  // [S] int64 of the decoder's sequences

  /// The decoder's sequences, whose batch is given, with their keys.
  PackedSequences sequences(const Batch& answers) const;
};

class T5Stack {
 public:
  /// Registers its blocks and last norm below `root`, under the checkpoint's names.
  T5Stack(torch::nn::Module& root, const T5Config& config, bool decodes,
          const torch::TensorOptions& options);
  T5Stack(T5Stack&&) noexcept;
  T5Stack& operator=(T5Stack&&) = delete;
  ~T5Stack();

  /// x [N, hidden] embedded rows of the pass's batch -> [N, hidden] after the last norm. A decoder
  /// asks for `source`.
  torch::Tensor forward(torch::Tensor x, const Pass& pass, const T5Source* source = nullptr);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace rankwise
