#include "framework/core/error.h"
#include "framework/io/hdf5.h"
#include "framework/io/hdf5_type.h"

#include <type_traits>

namespace rankwise::hdf5 {
namespace {

/// An attribute's place: "/ @seed".
Place attribute_place(const std::string& file, const std::string& object, const std::string& name) {
  return {file, object + " @" + name};
}

void create_attribute(hid_t object, const std::string& name, hid_t type, const void* value,
                      const Place& place) {
  const Handle space = owned(H5Screate(H5S_SCALAR), H5Sclose, place, "writing");
  const Handle attribute =
      owned(H5Acreate2(object, name.c_str(), type, space.get(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose,
            place, "writing");
  checked(H5Awrite(attribute.get(), type, value), place, "writing");
}

template <class T>
T read_number(hid_t attribute, const Place& place) {
  T value{};
  checked(H5Aread(attribute, native_type(type_of<T>()), &value), place, "reading");
  return value;
}

/// Narrower numbers widen: h5py and other writers choose their own width.
Attribute read_attribute(hid_t attribute, const Place& place) {
  const Handle stored = owned(H5Aget_type(attribute), H5Tclose, place, "reading");
  const Handle space = owned(H5Aget_space(attribute), H5Sclose, place, "reading");
  check(H5Sget_simple_extent_npoints(space.get()) == 1, "{}: expected one value", place.text());
  switch (stored_type(stored.get(), place)) {
    case Type::kString:
      return strings_from(stored.get(), space.get(), place,
                          [&](hid_t memory_type, void* buffer) {
                            return H5Aread(attribute, memory_type, buffer);
                          })
          .front();
    case Type::kUint8:
      return read_number<std::uint8_t>(attribute, place) != 0;
    case Type::kUint16:
    case Type::kUint32:
    case Type::kUint64:
      return read_number<std::uint64_t>(attribute, place);
    case Type::kFloat32:
    case Type::kFloat64:
      return read_number<double>(attribute, place);
    default:
      return read_number<std::int64_t>(attribute, place);
  }
}

/// H5Aiterate2's callback. Nothing may throw through C.
herr_t collect_name(hid_t, const char* name, const H5A_info_t*, void* names) {
  static_cast<std::vector<std::string>*>(names)->emplace_back(name);
  return 0;
}

}  // namespace

void File::set_attribute(const std::string& object, const std::string& name,
                         const Attribute& value) {
  const Place place = attribute_place(place_.file, object, name);
  const Handle opened = open_object(object);
  if (has_attribute(object, name)) {
    checked(H5Adelete(opened.get(), name.c_str()), place, "replacing");
  }
  std::visit(
      [&](const auto& held) {
        using T = std::decay_t<decltype(held)>;
        if constexpr (std::is_same_v<T, std::string>) {
          const char* text = held.c_str();
          create_attribute(opened.get(), name, string_type(place).get(), &text, place);
        } else if constexpr (std::is_same_v<T, bool>) {
          const std::uint8_t byte = held ? 1 : 0;
          create_attribute(opened.get(), name, H5T_NATIVE_UINT8, &byte, place);
        } else {
          create_attribute(opened.get(), name, native_type(type_of<T>()), &held, place);
        }
      },
      value);
}

Attribute File::attribute(const std::string& object, const std::string& name) const {
  const Place place = attribute_place(place_.file, object, name);
  check(has_attribute(object, name), "{}: there is no such attribute", place.text());
  const Handle attribute =
      owned(H5Aopen_by_name(handle_.get(), object.c_str(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT),
            H5Aclose, place, "opening");
  return read_attribute(attribute.get(), place);
}

bool File::has_attribute(const std::string& object, const std::string& name) const {
  check(exists(object), "{}: there is no such object", at(object).text());
  return checked(H5Aexists_by_name(handle_.get(), object.c_str(), name.c_str(), H5P_DEFAULT),
                 attribute_place(place_.file, object, name), "looking up") > 0;
}

std::map<std::string, Attribute> File::attributes(const std::string& object) const {
  const Handle opened = open_object(object);
  std::vector<std::string> names;
  checked(H5Aiterate2(opened.get(), H5_INDEX_NAME, H5_ITER_INC, nullptr, collect_name, &names),
          at(object), "listing attributes");
  std::map<std::string, Attribute> attributes;
  for (const std::string& name : names) {
    const Place place = attribute_place(place_.file, object, name);
    const Handle attribute =
        owned(H5Aopen(opened.get(), name.c_str(), H5P_DEFAULT), H5Aclose, place, "opening");
    attributes.emplace(name, read_attribute(attribute.get(), place));
  }
  return attributes;
}

void File::throw_attribute_type(const std::string& object, const std::string& name) const {
  fail("{}: has another type than expected", attribute_place(place_.file, object, name).text());
}

}  // namespace rankwise::hdf5
