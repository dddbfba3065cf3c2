// Widths of printed texts, from the advance widths of the figures' font.

#include "analysis/output/figure_style.h"

#include <algorithm>
#include <array>

namespace rankwise::analysis {
namespace {

// DejaVu Sans, thousandths of its size, from the space to the tilde. Source: its horizontal
// metrics.
constexpr char kFirst = ' ';
constexpr std::array<int, 95> kAdvance = {
    318,  401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337,  //   to /
    636,  636, 636, 636, 636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 531,  // 0 to ?
    1000, 684, 686, 698, 770, 632, 575, 775, 752, 295, 295, 656, 557, 863, 748, 787,  // @ to O
    603,  787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 337, 390, 838, 500,  // P to _
    500,  613, 635, 550, 635, 615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612,  // ` to o
    635,  635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838};      // p to ~
constexpr int kOther = 640;  // of a letter beyond ASCII

int advance(char byte) {
  const auto code = static_cast<unsigned char>(byte);
  if ((code & 0xC0) == 0x80) return 0;  // continues a letter of several bytes
  const std::size_t i = code - static_cast<unsigned char>(kFirst);
  return i < kAdvance.size() ? kAdvance[i] : kOther;
}

}  // namespace

double text_width(const std::vector<std::string>& texts, double font_size) {
  int longest = 0;
  for (const std::string& text : texts) {
    int length = 0;
    for (const char byte : text) length += advance(byte);
    longest = std::max(longest, length);
  }
  return longest * font_size / 72'000;
}

}  // namespace rankwise::analysis
