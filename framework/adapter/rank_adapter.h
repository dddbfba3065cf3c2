/// What most variants need: an adapter that makes one rank-wise update at each site, and the parts
/// of LoRA's to start from.
#pragma once

#include "framework/adapter/adapter.h"
#include "framework/adapter/rank_update.h"

#include <functional>
#include <memory>

namespace rankwise {

using MakeParts = std::function<RankUpdateParts(const Site& site, const AdapterInputs& inputs)>;

/// An adapter whose sites know nothing of each other: a RankUpdate of these parts at each.
std::unique_ptr<Adapter> rank_adapter(MakeParts make);

/// LoRA's parts (Hu et al., 2022, section 4.1): A [ranks, in] starts as a linear layer does, from
/// the site's stream "A", B is zero, every rank is on. A variant then sets what differs.
RankUpdateParts lora_parts(const Site& site, const AdapterInputs& inputs, std::int64_t ranks);

}  // namespace rankwise
