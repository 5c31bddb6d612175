// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "models/core/core.h"
#include "models/memory/mapping.h"
#include "subsystems/wave/agent/layout.h"

namespace wave {

/// The host's end of the table: an application that maps it as the message queues are mapped.
class TableWriter {
 public:
  TableWriter(memory::Mapping& mapping, const TablePlace& place)
      : mapping_(mapping), place_(place) {}

  /// Whoever hears later of what the word is about finds it there: a word that lingered in a
  /// write-combining buffer would be overtaken by the message.
  void write(core::Core& core, std::int64_t index, std::uint64_t word) {
    core.store(mapping_, place_.word(index), word);
    if (mapping_.type() == memory::MemoryType::kWriteCombining) core.store_fence();
  }

 private:
  memory::Mapping& mapping_;
  const TablePlace place_;
};

}  // namespace wave
