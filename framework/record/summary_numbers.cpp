#include "framework/record/summary_numbers.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace rankwise {
namespace {

using hdf5::Type;

constexpr double kLargestWhole = 9007199254740992;  // 2^53: a double counts no further

template <class T>
bool within(double low, double high) {
  return low >= static_cast<double>(std::numeric_limits<T>::lowest()) &&
         high <= static_cast<double>(std::numeric_limits<T>::max());
}

/// The smallest type for whole numbers of a range within ±2^53.
Type whole_type(double low, double high) {
  if (within<std::uint8_t>(low, high)) return Type::kUint8;
  if (within<std::int8_t>(low, high)) return Type::kInt8;
  if (within<std::uint16_t>(low, high)) return Type::kUint16;
  if (within<std::int16_t>(low, high)) return Type::kInt16;
  if (within<std::uint32_t>(low, high)) return Type::kUint32;
  if (within<std::int32_t>(low, high)) return Type::kInt32;
  return Type::kInt64;
}

template <class T>
void write_as(hdf5::Dataset dataset, std::span<const double> values) {
  dataset.write(std::vector<T>(values.begin(), values.end()));
}

}  // namespace

Type smallest_type(std::span<const double> values) {
  const bool whole = std::all_of(values.begin(), values.end(), [](double value) {
    return std::abs(value) <= kLargestWhole && value == std::floor(value);
  });
  if (whole) {
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    return values.empty() ? Type::kUint8 : whole_type(*low, *high);
  }
  const bool single = std::all_of(values.begin(), values.end(), [](double value) {
    return !std::isfinite(value) || (std::abs(value) <= std::numeric_limits<float>::max() &&
                                     static_cast<double>(static_cast<float>(value)) == value);
  });
  return single ? Type::kFloat32 : Type::kFloat64;
}

void write_numbers(hdf5::File& file, const std::string& path, const hdf5::Shape& shape,
                   std::span<const double> values) {
  const Type type = smallest_type(values);
  hdf5::Dataset dataset = file.create_packed(path, type, shape);
  switch (type) {
    case Type::kUint8:
      return write_as<std::uint8_t>(std::move(dataset), values);
    case Type::kInt8:
      return write_as<std::int8_t>(std::move(dataset), values);
    case Type::kUint16:
      return write_as<std::uint16_t>(std::move(dataset), values);
    case Type::kInt16:
      return write_as<std::int16_t>(std::move(dataset), values);
    case Type::kUint32:
      return write_as<std::uint32_t>(std::move(dataset), values);
    case Type::kInt32:
      return write_as<std::int32_t>(std::move(dataset), values);
    case Type::kInt64:
      return write_as<std::int64_t>(std::move(dataset), values);
    case Type::kFloat32:
      return write_as<float>(std::move(dataset), values);
    default:
      return write_as<double>(std::move(dataset), values);
  }
}

float rounded(double value, int bits) {
  if (!std::isfinite(value)) return static_cast<float>(value);
  int exponent = 0;
  const double fraction = std::frexp(value, &exponent);
  const double nearest = std::nearbyint(std::ldexp(fraction, bits));
  return static_cast<float>(std::ldexp(nearest, exponent - bits));
}

RunRows::RunRows(std::size_t runs, const hdf5::Shape& row, double padding) : shape{runs} {
  shape.insert(shape.end(), row.begin(), row.end());
  values.assign(hdf5::element_count(shape), padding);
}

std::span<double> RunRows::operator[](std::size_t run) {
  const std::size_t size = values.size() / shape.front();
  return std::span(values).subspan(run * size, size);
}

void RunRows::write(hdf5::File& file, const std::string& path) const {
  write_numbers(file, path, shape, values);
}

}  // namespace rankwise
