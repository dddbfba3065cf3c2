/// What makes two runs the same run, and two runs comparable: hashes of what differs from defaults,
/// so that a new option with a default changes no id.
///
/// The identity is kept in the run file as JSON (`/@identity`); a run's id is its SHA-256.
#pragma once

#include "framework/core/json.h"
#include "framework/core/options.h"

#include <set>
#include <string>
#include <vector>

namespace rankwise {

/// Version of the options schema. Raised only where a key gets another meaning, never for a new
/// key, a new default value of a new key, or a renamed key (which keeps its alias).
inline constexpr std::int64_t kIdentitySchema = 1;

/// One section of a resolved config with what it is measured against.
struct IdentitySection {
  const nlohmann::json& values;            // an object; nested ones are read by dotted names
  const std::vector<OptionInfo>& options;  // names, aliases and defaults
  std::set<std::string> without = {};      // options that change no result: memory, time, paths
  std::int64_t revision = 1;               // of the code behind the section
};

/// {"rank": 16, "sampler.tasks": "equal"}: the options that differ from their defaults, by their
/// first names (a rename changes no id), and "revision" where it is not 1. What `values` lacks is
/// at its default. Throws Error for a value whose name nobody knows.
nlohmann::json differing(const IdentitySection& section);

/// The same values, each option under its first name.
nlohmann::json under_first_names(const nlohmann::json& values,
                                 const std::vector<OptionInfo>& options);

/// The identity without what rows of one table may differ in: variant, options, seed, sites, what
/// is recorded, learning rates, sampler, and the run that training starts from. What is left is the
/// protocol: tasks, splits, budget, batch, backbone, loss, and whether it starts from any run.
nlohmann::json protocol_of(nlohmann::json identity);

/// SHA-256 of the canonical text of an identity or a protocol.
std::string identity_hash(const nlohmann::json& identity);

}  // namespace rankwise
