/// BLEU (Papineni et al. 2002) as sacrebleu 2.6 computes it by default: tokens of mteval-v13a,
/// words up to four in a row, smoothing exp.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rankwise {

/// What BLEU counts in a text; a corpus has the sums of its texts.
struct BleuCounts {
  static constexpr std::size_t kOrders = 4;
  std::array<std::int64_t, kOrders> right{};  // runs of 1 to 4 words that a reference has
  std::array<std::int64_t, kOrders> all{};
  std::int64_t length = 0;            // words
  std::int64_t reference_length = 0;  // of the reference that comes closest, ties: the shorter

  BleuCounts& operator+=(const BleuCounts& other);
  bool operator==(const BleuCounts&) const = default;
};

/// White space at the ends is dropped first. Throws Error where there is no reference.
BleuCounts bleu_counts(std::string_view text, const std::vector<std::string>& references);

/// Which runs of words count where a text has less than four words.
enum class BleuOrder { kFour, kThoseThereAre };

/// 0 to 1 (sacrebleu prints it times 100); 0 where no word is right.
double bleu(const BleuCounts& counts, BleuOrder order = BleuOrder::kFour);

/// sacrebleu's corpus_bleu; one list of references a text.
double corpus_bleu(const std::vector<std::string>& texts,
                   const std::vector<std::vector<std::string>>& references);

/// sacrebleu's sentence_bleu, of effective order.
double sentence_bleu(std::string_view text, const std::vector<std::string>& references);

}  // namespace rankwise
