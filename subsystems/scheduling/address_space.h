// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/memory/shared_line.h"

namespace scheduling {

/// What the kernel keeps of an address space and every CPU changes that takes it up or leaves it
/// (Linux's mm_struct).
struct AddressSpace {
  /// Which have its page tables: those to tell of changes to it.
  memory::SharedLine cpus;
  /// To it; one is that of each CPU that idles since it ran it. Who takes up its page tables reads
  /// in the same line where they are: Linux moved the count away in 2023 for that.
  memory::SharedLine references;
};

}  // namespace scheduling
