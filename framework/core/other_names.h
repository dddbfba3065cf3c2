/// Names that PEFT and the Trainer of Transformers give to what is said in another way here. Where
/// the meaning is the same the option itself knows the name (also_called(), option_name.h).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rankwise {

/// What to write instead: "train.batch, the examples of an optimizer step: ..."; nothing for a name
/// that those libraries do not have, or that means the same here.
std::optional<std::string> instead_of(std::string_view name);

}  // namespace rankwise
