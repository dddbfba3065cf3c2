/// The identity of a run: its config against the defaults, and the content that it reads.
#pragma once

#include "framework/run/run_config.h"

#include <map>
#include <string>

namespace rankwise {

/// Hashes of what a run reads; empty where it reads nothing.
struct Contents {
  std::string tasks;    // content_sha256() of the tasks used; of a suite made in memory: none
  std::string weights;  // of weights, config.json and tokenizer; of random weights: none
  std::string init;     // of the file of parameters that training starts from; of fresh ones: none
};

/// Reads each suite, each backbone and each file of parameters once.
class ContentReader {
 public:
  explicit ContentReader(Paths paths) : paths_(std::move(paths)) {}

  /// Throws Error where data, weights or parameters to start from are missing, or where the suite
  /// was made with another tokenizer than the backbone's.
  Contents of(const RunConfig& config);

 private:
  Paths paths_;
  std::map<std::string, std::string> tasks_, weights_, init_;  // by what they are read from
};

/// `config`: as RunConfig::to_json() gives it, of today or of a version whose options had their old
/// names or were fewer. Throws Error for a variant, backbone or option that is not known.
RunIdentity identify(const nlohmann::json& config, const Contents& contents);
RunIdentity identify(const RunConfig& config, const Contents& contents);

}  // namespace rankwise
