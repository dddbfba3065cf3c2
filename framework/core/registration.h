/// Entries of a registry that static objects make, out of which nothing may be thrown.
#pragma once

#include "framework/core/registry.h"

#include <string>
#include <utility>

namespace rankwise {

/// Keeps what went wrong for check_registrations().
void note_failed_registration(const std::string& message) noexcept;

/// Throws Error with all that went wrong in registrations since the last call.
void check_registrations();

/// add() for static objects: a name that is taken waits for check_registrations().
template <class T>
void register_item(Registry<T>& registry, const std::string& name, T item) noexcept {
  try {
    registry.add(name, std::move(item));
  } catch (const Error& error) {
    note_failed_registration(error.what());
  }
}

}  // namespace rankwise
