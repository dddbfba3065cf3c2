#include "framework/texts/numbers.h"

#include "framework/texts/characters.h"

#include <boost/multiprecision/cpp_int.hpp>
#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <system_error>

namespace rankwise {

namespace {

using boost::multiprecision::cpp_int;

bool is_digit(char one) { return one >= '0' && one <= '9'; }

// A place in a text, at which nothing stands before its begin and behind its end.
class Place {
 public:
  Place(std::string_view text, std::size_t at) : text_(text), at_(at) {}

  char next(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  char before() const { return at_ == 0 ? '\0' : text_[at_ - 1]; }
  bool follows_word() const {
    const char one = before();
    return is_digit(one) || one == '_' || (one >= 'a' && one <= 'z') || (one >= 'A' && one <= 'Z');
  }
  std::size_t digits(std::size_t ahead = 0) const {
    std::size_t count = 0;
    while (is_digit(next(ahead + count))) ++count;
    return count;
  }
  Place behind(std::size_t bytes) const { return {text_, at_ + bytes}; }

 private:
  std::string_view text_;
  std::size_t at_;
};

// Bytes of the whole part with its thousands; nothing where none stands here. "" before ".5".
std::optional<std::size_t> whole_bytes(const Place& place) {
  const std::size_t digits = place.digits();
  if (digits == 0) {
    const bool fraction = place.next() == '.' && is_digit(place.next(1));
    if (fraction && !is_digit(place.before()) && place.before() != '.') return 0;
    return std::nullopt;
  }
  std::size_t bytes = digits;
  for (std::size_t end = digits; digits <= 3 && place.next(end) == ',';) {
    const std::size_t group = place.digits(end + 1);
    if (group < 3) break;
    end += 4;
    if (group > 3) break;
    bytes = end;
  }
  return bytes;
}

struct Match {
  bool minus = false;
  std::size_t sign = 0;   // bytes of minus and currency
  std::size_t whole = 0;  // bytes
  std::size_t rest = 0;   // bytes of ".5" or "/8"
};

std::optional<Match> match_number(const Place& place) {
  const auto with_sign = [&](bool minus, std::size_t sign) -> std::optional<Match> {
    const auto whole = whole_bytes(place.behind(sign));
    if (!whole) return std::nullopt;
    const Place end = place.behind(sign + *whole);
    const std::size_t digits = end.next() == '.' || end.next() == '/' ? end.digits(1) : 0;
    return Match{minus, sign, *whole, digits == 0 ? 0 : 1 + digits};
  };
  const bool is_minus = !place.follows_word() && place.before() != ')' && place.before() != ']';
  if (place.next() == '-' && is_minus) return with_sign(true, place.next(1) == '$' ? 2 : 1);
  if (place.next() == '$' && place.next(1) == '-' && !place.follows_word()) {
    return with_sign(true, 2);
  }
  return with_sign(false, 0);
}

std::string without_leading_zeros(std::string_view digits) {
  const auto first = digits.find_first_not_of('0');
  return first == std::string_view::npos ? "0" : std::string(digits.substr(first));
}

// In lowest terms. Without a fraction, over 0, the number behind the stroke is the last one.
std::string fraction(bool minus, const std::string& above, std::string_view below) {
  const cpp_int denominator(without_leading_zeros(below));
  const cpp_int numerator(above);
  if (denominator == 0 || numerator == 0) return "0";
  const cpp_int common = gcd(numerator, denominator);
  const std::string shown = (minus ? "-" : "") + cpp_int(numerator / common).str();
  return denominator == common ? shown : shown + "/" + cpp_int(denominator / common).str();
}

std::string canonical(const Match& match, std::string_view text) {
  std::string whole(text.substr(match.sign, match.whole));
  std::erase(whole, ',');
  whole = without_leading_zeros(whole);
  std::string_view rest = text.substr(match.sign + match.whole, match.rest);
  if (rest.starts_with('/')) return fraction(match.minus, whole, rest.substr(1));
  rest = rest.substr(0, rest.find_last_not_of('0') + 1);
  const std::string shown = rest.size() > 1 ? whole + std::string(rest) : whole;
  return match.minus && shown != "0" ? "-" + shown : shown;
}

// [+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?
bool is_decimal(std::string_view text) {
  const auto is_sign = [](char one) { return one == '+' || one == '-'; };
  std::size_t at = is_sign(Place(text, 0).next()) ? 1 : 0;
  const std::size_t whole = Place(text, at).digits();
  at += whole;
  std::size_t places = 0;
  if (Place(text, at).next() == '.') {
    places = Place(text, at + 1).digits();
    at += 1 + places;
  }
  if (whole + places == 0) return false;
  if ((Place(text, at).next() | 0x20) == 'e') {
    at += is_sign(Place(text, at).next(1)) ? 2 : 1;
    const std::size_t exponent = Place(text, at).digits();
    if (exponent == 0) return false;
    at += exponent;
  }
  return at == text.size();
}

}  // namespace

std::vector<std::string> numbers_in(std::string_view text) {
  std::vector<std::string> numbers;
  for (std::size_t at = 0; at < text.size();) {
    const auto match = match_number({text, at});
    if (!match) {
      ++at;
      continue;
    }
    numbers.push_back(canonical(*match, text.substr(at)));
    at += match->sign + match->whole + match->rest;
  }
  return numbers;
}

std::optional<double> decimal(std::string_view text) {
  text = stripped(text);
  if (!is_decimal(text)) return std::nullopt;
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc()) return std::nullopt;
  return value;
}

std::string python_number(double value) {
  std::string shown = fmt::format("{}", value);
  return shown.find_first_of(".e") == std::string::npos ? shown + ".0" : shown;
}

}  // namespace rankwise
