/// HDF5 files, datasets and attributes as values and exceptions, over the C API.
///
/// Every failure throws Error with the file, the path inside it and the reason. Objects are named
/// by their full path ("/train/loss"); the groups on the way are created where they are missing.
/// What a file holds is read from that file alone: links, external storage and virtual datasets are
/// refused, and no filter plug-in is loaded.
#pragma once

#include "framework/io/hdf5_handle.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

namespace rankwise::hdf5 {

/// Sizes of the dimensions; empty for a scalar.
using Shape = std::vector<hsize_t>;

std::string to_string(const Shape& shape);  // "[3, 8]"
std::uint64_t element_count(const Shape& shape);

/// Element types. Reading converts the byte order, and the type only where that is asked for.
enum class Type {
  kInt8,
  kInt16,
  kInt32,
  kInt64,
  kUint8,
  kUint16,
  kUint32,
  kUint64,
  kFloat32,
  kFloat64,
  kString
};

std::string to_string(Type type);                // "int64", "float32", "string"
Type type_from_string(const std::string& name);  // the contrary
std::size_t bytes_per_element(Type type);        // of numbers

/// The Type of a C++ number.
template <class T>
constexpr Type type_of() {
  static_assert(std::is_arithmetic_v<T> && !std::is_same_v<T, bool>);
  if constexpr (std::is_floating_point_v<T>) {
    return sizeof(T) == 4 ? Type::kFloat32 : Type::kFloat64;
  } else {
    constexpr int kLog2 = sizeof(T) == 1 ? 0 : sizeof(T) == 2 ? 1 : sizeof(T) == 4 ? 2 : 3;
    const auto first = std::is_signed_v<T> ? Type::kInt8 : Type::kUint8;
    return static_cast<Type>(static_cast<int>(first) + kLog2);
  }
}

/// An open dataset: an array of one type, extensible along its first dimension or fixed.
class Dataset {
 public:
  Dataset(Handle handle, Place place) : handle_(std::move(handle)), place_(std::move(place)) {}

  const Place& place() const { return place_; }
  Type type() const;
  const Shape& shape() const;  // as it was when it was first asked for, or extended here
  std::uint64_t rows() const;  // first dimension

  /// All elements, row-major. Throws where the type differs.
  template <class T>
  std::vector<T> read() const {
    return read_rows<T>(0, rows());
  }

  /// All elements; throws where the shape differs too.
  template <class T>
  std::vector<T> read(const Shape& expected) const {
    expect_shape(expected);
    return read<T>();
  }

  /// The elements of rows [first, first + count).
  template <class T>
  std::vector<T> read_rows(std::uint64_t first, std::uint64_t count) const {
    expect_type(type_of<T>());
    return convert_rows<T>(first, count);
  }

  /// The same of any type of numbers; T must hold them.
  template <class T>
  std::vector<T> convert_rows(std::uint64_t first, std::uint64_t count) const {
    std::vector<T> values(elements_in_rows(count));
    read_into(type_of<T>(), first, count, values.data());
    return values;
  }

  /// Strings of fixed or variable length, UTF-8.
  std::vector<std::string> read_strings() const;

  /// Writes every element; `values` must have as many as the dataset. It is flushed, for closing
  /// would swallow a failure: of a disk that fails once, the file would look whole.
  template <class T>
  void write(const std::vector<T>& values) {
    write_from(type_of<T>(), 0, rows(), values.data(), values.size());
    flush();
  }

  /// The same of texts. Not while SWMR writes.
  void write_strings(const std::vector<std::string>& values);

  /// Writes whole rows from row `first` on, and extends an extensible dataset that is too short. A
  /// flush must follow in the end.
  template <class T>
  void write_rows(std::uint64_t first, const std::vector<T>& values) {
    extend_and_write(type_of<T>(), first, values.data(), values.size());
  }

  template <class T>
  void append(const std::vector<T>& values) {
    write_rows(rows(), values);
  }

  /// Hands everything to the operating system, so that a reader sees it and a kill keeps it.
  void flush();

  void abandon() noexcept { handle_.abandon(); }  // see File::abandon

 private:
  std::uint64_t elements_in_rows(std::uint64_t rows) const;
  void expect_shape(const Shape& expected) const;
  void expect_type(Type expected) const;
  void read_into(Type type, std::uint64_t first, std::uint64_t count, void* values) const;
  void write_from(Type type, std::uint64_t first, std::uint64_t count, const void* values,
                  std::size_t size);
  void extend_and_write(Type type, std::uint64_t first, const void* values, std::size_t size);

  Handle handle_;
  Place place_;
  mutable std::optional<Shape> shape_;
};

/// A value of an attribute; bool is stored as uint8.
using Attribute = std::variant<bool, std::int64_t, std::uint64_t, double, std::string>;

/// An open HDF5 file.
class File {
 public:
  /// A new file in the latest format (SWMR needs it); replaces what is there. Errors call it `name`
  /// where it is going to be renamed.
  static File create(const std::filesystem::path& path, const std::filesystem::path& name = {});

  /// For reading. A file that is being written in SWMR mode, or was left by a kill, opens too and
  /// shows what had been flushed.
  static File open(const std::filesystem::path& path);

  /// For reading and writing; throws where another process has it open for writing.
  static File open_for_writing(const std::filesystem::path& path);

  const std::string& name() const { return place_.file; }
  bool is_open() const { return handle_.get() >= 0; }

  bool exists(const std::string& path) const;
  void create_group(const std::string& path);

  /// Names inside a group, sorted; none where the group does not exist.
  std::vector<std::string> children(const std::string& group) const;

  /// A dataset of a fixed shape, full of zeros.
  Dataset create_dataset(const std::string& path, Type type, const Shape& shape);

  /// A dataset of a fixed shape that takes little space: deflated unless it is small anyway.
  Dataset create_packed(const std::string& path, Type type, const Shape& shape);

  /// A chunked dataset of no rows yet, each of shape `row`.
  Dataset create_extensible(const std::string& path, Type type, const Shape& row,
                            std::uint64_t rows_per_chunk);

  /// A dataset of a fixed shape, with its values.
  template <class T>
  void write(const std::string& path, const Shape& shape, const std::vector<T>& values) {
    create_dataset(path, type_of<T>(), shape).write(values);
  }

  /// Strings of variable length, UTF-8. Not while SWMR writes.
  void write_strings(const std::string& path, const std::vector<std::string>& values);

  /// The same packed: each takes the room of the longest before they are deflated.
  void write_packed_strings(const std::string& path, const std::vector<std::string>& values);

  Dataset dataset(const std::string& path) const;

  /// The dataset's elements; throws where type or shape differ from what is expected.
  template <class T>
  std::vector<T> read(const std::string& path) const {
    return dataset(path).read<T>();
  }
  template <class T>
  std::vector<T> read(const std::string& path, const Shape& expected) const {
    return dataset(path).read<T>(expected);
  }

  /// Attributes of the object at a path. Setting replaces; reading a missing one throws.
  void set_attribute(const std::string& object, const std::string& name, const Attribute& value);
  Attribute attribute(const std::string& object, const std::string& name) const;
  bool has_attribute(const std::string& object, const std::string& name) const;
  std::map<std::string, Attribute> attributes(const std::string& object) const;  // all of them

  /// The attribute as T (bool, int64, uint64, double or string); throws where it holds another
  /// type.
  template <class T>
  T attribute(const std::string& object, const std::string& name) const {
    return value_of<T>(attribute(object, name), object, name);
  }

  /// What attributes() gave, as T.
  template <class T>
  T value_of(const Attribute& value, const std::string& object, const std::string& name) const {
    if (!std::holds_alternative<T>(value)) throw_attribute_type(object, name);
    return std::get<T>(value);
  }

  /// From here on other processes may read while this one appends. Create every dataset and
  /// attribute before: what is created afterwards is lost on a kill.
  void start_swmr();

  void flush();

  /// Closes and reports what the destructor has to swallow.
  void close();

  /// Leaves the file as a kill would: after a failed write in SWMR mode it stays readable so, while
  /// closing would mark it as complete. Its datasets are to be abandoned too.
  void abandon() noexcept { handle_.abandon(); }

 private:
  File(Handle handle, std::string name) : handle_(std::move(handle)), place_{std::move(name), ""} {}

  Place at(const std::string& path) const { return {place_.file, path}; }
  bool part_exists(const std::string& part) const;
  Handle open_object(const std::string& path) const;
  [[noreturn]] void throw_attribute_type(const std::string& object, const std::string& name) const;

  Handle handle_;
  Place place_;
  mutable std::set<std::string> groups_;  // known to be there, and no links
};

}  // namespace rankwise::hdf5
