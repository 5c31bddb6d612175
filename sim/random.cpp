// SPDX-License-Identifier: Apache-2.0
#include "sim/random.h"

#include <Random123/philox.h>

namespace sim {

Stream::Stream(std::uint64_t seed, std::string_view name)
    : Draws({seed, hash_name(name)}, Row::kSequential, 0) {}

void Draws::refill() {
  const r123::Philox4x64::ctr_type counter = {{blocks_++, index_, row_, 0}};
  const r123::Philox4x64::key_type key = {{key_[0], key_[1]}};
  const auto words = r123::Philox4x64{}(counter, key);
  for (std::size_t i = 0; i < block_.size(); ++i) block_[i] = words[i];
  next_ = 0;
}

}  // namespace sim
