#include "framework/core/error.h"
#include "framework/io/hdf5.h"
#include "framework/io/hdf5_type.h"

#include <unistd.h>

#include <algorithm>

namespace rankwise::hdf5 {
namespace {

/// The rows [first, first + count) of a dataset, and the memory they are copied from or to.
struct Selection {
  Handle stored;
  Handle memory;

  Selection(hid_t dataset, const Place& place, std::uint64_t first, std::uint64_t count)
      : stored(owned(H5Dget_space(dataset), H5Sclose, place, "selecting rows")) {
    Shape size(static_cast<std::size_t>(H5Sget_simple_extent_ndims(stored.get())));
    if (size.empty()) {
      memory = owned(H5Screate(H5S_SCALAR), H5Sclose, place, "selecting rows");
      return;
    }
    H5Sget_simple_extent_dims(stored.get(), size.data(), nullptr);
    Shape start(size.size(), 0);
    start[0] = first;
    size[0] = count;
    checked(H5Sselect_hyperslab(stored.get(), H5S_SELECT_SET, start.data(), nullptr, size.data(),
                                nullptr),
            place, "selecting rows");
    memory = owned(H5Screate_simple(static_cast<int>(size.size()), size.data(), nullptr), H5Sclose,
                   place, "selecting rows");
  }
};

/// How texts are read: by way of a buffer of 4 KiB. HDF5's own takes a MiB and is filled with zeros
/// for each dataset, however short.
hid_t through_small_buffer(const Place& place) {
  static const Handle transfer = [&] {
    Handle made = owned(H5Pcreate(H5P_DATASET_XFER), H5Pclose, place, "reading");
    checked(H5Pset_buffer(made.get(), 4096, nullptr, nullptr), place, "reading");
    return made;
  }();
  return transfer.get();
}

/// All memory of this machine.
std::uint64_t memory_bytes() {
  return static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) *
         static_cast<std::uint64_t>(::sysconf(_SC_PAGE_SIZE));
}

}  // namespace

Type Dataset::type() const {
  const Handle type = owned(H5Dget_type(handle_.get()), H5Tclose, place_, "reading the type");
  return stored_type(type.get(), place_);
}

const Shape& Dataset::shape() const {
  if (shape_) return *shape_;
  const Handle space = owned(H5Dget_space(handle_.get()), H5Sclose, place_, "reading the shape");
  Shape shape(static_cast<std::size_t>(
      checked(H5Sget_simple_extent_ndims(space.get()), place_, "reading the shape")));
  if (!shape.empty()) H5Sget_simple_extent_dims(space.get(), shape.data(), nullptr);
  return shape_.emplace(std::move(shape));
}

std::uint64_t Dataset::rows() const { return shape().empty() ? 1 : shape()[0]; }

// A damaged shape is said here, with its place, and not by the allocator.
std::uint64_t Dataset::elements_in_rows(std::uint64_t rows) const {
  Shape part = shape();
  if (!part.empty()) part[0] = rows;
  const std::uint64_t count = element_count(part);
  check(count <= memory_bytes(), "{}: shape {} is more than this machine's memory holds",
        place_.text(), to_string(part));
  return count;
}

void Dataset::expect_shape(const Shape& expected) const {
  check(shape() == expected, "{}: has shape {}, expected {}", place_.text(), to_string(shape()),
        to_string(expected));
}

void Dataset::expect_type(Type expected) const {
  check(type() == expected, "{}: holds {}, expected {}", place_.text(), to_string(type()),
        to_string(expected));
}

void Dataset::read_into(Type type, std::uint64_t first, std::uint64_t count, void* values) const {
  check(first + count <= rows(), "{}: has {} rows, expected {}", place_.text(), rows(),
        first + count);
  if (elements_in_rows(count) == 0) return;
  if (count == rows()) {
    checked_read(H5Dread(handle_.get(), native_type(type), H5S_ALL, H5S_ALL, H5P_DEFAULT, values),
                 place_);
    return;
  }
  const Selection rows_wanted(handle_.get(), place_, first, count);
  checked_read(H5Dread(handle_.get(), native_type(type), rows_wanted.memory.get(),
                       rows_wanted.stored.get(), H5P_DEFAULT, values),
               place_);
}

std::vector<std::string> Dataset::read_strings() const {
  expect_type(Type::kString);
  elements_in_rows(rows());  // refuses what memory cannot hold
  const Handle type = owned(H5Dget_type(handle_.get()), H5Tclose, place_, "reading the type");
  const Handle space = owned(H5Dget_space(handle_.get()), H5Sclose, place_, "reading the shape");
  return strings_from(type.get(), space.get(), place_, [&](hid_t memory_type, void* buffer) {
    return H5Dread(handle_.get(), memory_type, H5S_ALL, H5S_ALL, through_small_buffer(place_),
                   buffer);
  });
}

void Dataset::write_strings(const std::vector<std::string>& values) {
  expect_type(Type::kString);
  check(values.size() == element_count(shape()), "{}: {} strings for shape {}", place_.text(),
        values.size(), to_string(shape()));
  if (values.empty()) return;
  std::vector<const char*> pointers(values.size());
  std::transform(values.begin(), values.end(), pointers.begin(),
                 [](const std::string& text) { return text.c_str(); });
  checked(H5Dwrite(handle_.get(), string_type(place_).get(), H5S_ALL, H5S_ALL, H5P_DEFAULT,
                   pointers.data()),
          place_, "writing");
  flush();
}

void Dataset::write_from(Type type, std::uint64_t first, std::uint64_t count, const void* values,
                         std::size_t size) {
  expect_type(type);
  check(size == elements_in_rows(count), "{}: {} values for {} rows of shape {}", place_.text(),
        size, count, to_string(shape()));
  if (size == 0) return;
  const Selection rows_wanted(handle_.get(), place_, first, count);
  checked(H5Dwrite(handle_.get(), native_type(type), rows_wanted.memory.get(),
                   rows_wanted.stored.get(), H5P_DEFAULT, values),
          place_, "writing");
}

void Dataset::extend_and_write(Type type, std::uint64_t first, const void* values,
                               std::size_t size) {
  const std::uint64_t row_size = elements_in_rows(1);
  Shape longer = shape();
  check(!longer.empty() && row_size > 0 && size % row_size == 0,
        "{}: {} values do not make whole rows of {}", place_.text(), size, row_size);
  const std::uint64_t count = size / row_size;
  if (first + count > longer[0]) {
    longer[0] = first + count;
    checked(H5Dset_extent(handle_.get(), longer.data()), place_, "extending");
    shape_ = longer;
  }
  write_from(type, first, count, values, size);
}

void Dataset::flush() { checked(H5Dflush(handle_.get()), place_, "flushing"); }

}  // namespace rankwise::hdf5
