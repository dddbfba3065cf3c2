#include "framework/io/hdf5_type.h"

#include "framework/core/error.h"
#include "framework/core/text.h"
#include "framework/io/hdf5.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

namespace rankwise::hdf5 {
namespace {

/// What makes two types of numbers the same here; the byte order may differ.
struct NumberKind {
  H5T_class_t kind;
  std::size_t size;
  H5T_sign_t sign;  // of whole numbers

  bool operator==(const NumberKind&) const = default;
};

NumberKind number_kind(hid_t type) {
  const H5T_class_t kind = H5Tget_class(type);
  return {kind, H5Tget_size(type), kind == H5T_INTEGER ? H5Tget_sign(type) : H5T_SGN_ERROR};
}

struct KnownNumber {
  Type type;
  const char* name;
  hid_t native;
  NumberKind kind = number_kind(native);
};

/// Made once: each H5T_NATIVE_... is a call.
const std::array<KnownNumber, 10>& numbers() {
  static const std::array<KnownNumber, 10> all{
      KnownNumber{Type::kInt8, "int8", H5T_NATIVE_INT8},
      KnownNumber{Type::kInt16, "int16", H5T_NATIVE_INT16},
      KnownNumber{Type::kInt32, "int32", H5T_NATIVE_INT32},
      KnownNumber{Type::kInt64, "int64", H5T_NATIVE_INT64},
      KnownNumber{Type::kUint8, "uint8", H5T_NATIVE_UINT8},
      KnownNumber{Type::kUint16, "uint16", H5T_NATIVE_UINT16},
      KnownNumber{Type::kUint32, "uint32", H5T_NATIVE_UINT32},
      KnownNumber{Type::kUint64, "uint64", H5T_NATIVE_UINT64},
      KnownNumber{Type::kFloat32, "float32", H5T_NATIVE_FLOAT},
      KnownNumber{Type::kFloat64, "float64", H5T_NATIVE_DOUBLE}};
  return all;
}

/// A string of fixed length without its padding.
std::string trimmed(std::string_view text, H5T_str_t padding) {
  if (padding == H5T_STR_SPACEPAD)
    return std::string(text.substr(0, text.find_last_not_of(' ') + 1));
  return std::string(text.substr(0, text.find('\0')));
}

std::vector<std::string> variable_strings(hid_t stored, hid_t space, const Place& place,
                                          std::size_t count, const ReadStrings& read) {
  std::vector<char*> pointers(count, nullptr);
  checked_read(read(stored, pointers.data()), place);
  std::vector<std::string> strings;
  strings.reserve(count);
  for (const char* text : pointers) strings.emplace_back(text == nullptr ? "" : text);
  H5Dvlen_reclaim(stored, space, H5P_DEFAULT, pointers.data());
  return strings;
}

/// As they are stored, whatever their bytes.
std::vector<std::string> any_strings(hid_t stored, hid_t space, const Place& place,
                                     const ReadStrings& read) {
  const auto count =
      static_cast<std::size_t>(checked(H5Sget_simple_extent_npoints(space), place, "reading"));
  if (count == 0) return {};
  if (checked(H5Tis_variable_str(stored), place, "reading") > 0) {
    return variable_strings(stored, space, place, count, read);
  }
  const std::size_t size = H5Tget_size(stored);
  std::string bytes(count * size, '\0');
  checked_read(read(stored, bytes.data()), place);
  std::vector<std::string> strings;
  strings.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    strings.push_back(
        trimmed(std::string_view(bytes).substr(i * size, size), H5Tget_strpad(stored)));
  }
  return strings;
}

}  // namespace

std::string to_string(const Shape& shape) { return fmt::format("[{}]", fmt::join(shape, ", ")); }

std::uint64_t element_count(const Shape& shape) {
  std::uint64_t count = 1;
  for (const std::uint64_t size : shape) {
    check(!__builtin_mul_overflow(count, size, &count), "shape {} is too large", to_string(shape));
  }
  return count;
}

std::string to_string(Type type) {
  for (const KnownNumber& known : numbers()) {
    if (known.type == type) return known.name;
  }
  return "string";
}

Type type_from_string(const std::string& name) {
  for (const KnownNumber& known : numbers()) {
    if (name == known.name) return known.type;
  }
  check(name == "string", "unknown element type '{}'", name);
  return Type::kString;
}

std::size_t bytes_per_element(Type type) { return H5Tget_size(native_type(type)); }

hid_t native_type(Type type) {
  for (const KnownNumber& known : numbers()) {
    if (known.type == type) return known.native;
  }
  fail("internal: strings have no native type");
}

Type stored_type(hid_t stored, const Place& place) {
  const NumberKind kind = number_kind(stored);
  if (kind.kind == H5T_STRING) return Type::kString;
  for (const KnownNumber& known : numbers()) {
    if (known.kind == kind) return known.type;
  }
  fail("{}: holds neither numbers nor strings", place.text());
}

Handle string_type(const Place& place) { return fixed_string_type(H5T_VARIABLE, place); }

Handle fixed_string_type(std::size_t size, const Place& place) {
  Handle type = owned(H5Tcopy(H5T_C_S1), H5Tclose, place, "making a string type");
  checked(H5Tset_size(type.get(), size), place, "making a string type");
  checked(H5Tset_cset(type.get(), H5T_CSET_UTF8), place, "making a string type");
  if (size != H5T_VARIABLE) {
    checked(H5Tset_strpad(type.get(), H5T_STR_NULLPAD), place, "making a string type");
  }
  return type;
}

std::vector<std::string> strings_from(hid_t stored, hid_t space, const Place& place,
                                      const ReadStrings& read) {
  std::vector<std::string> strings = any_strings(stored, space, place, read);
  for (const std::string& text : strings) {
    check(is_utf8(text), "{}: the text '{}' is not UTF-8", place.text(), printable(text));
  }
  return strings;
}

}  // namespace rankwise::hdf5
