// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "sim/random.h"

namespace capture {

/// Random bytes: what is stored must not be easier to handle than what people store.
std::string value_of(const sim::Stream& stream, std::int64_t key, std::int64_t bytes);

}  // namespace capture
