// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/memory/shared_line.h"

namespace scheduling {

/// What the kernel keeps of an address space and every CPU changes that takes it up or leaves it
/// (Linux's mm_struct).
struct AddressSpace {
  memory::SharedLine cpus;        // which have its page tables: those to tell of changes to it
  memory::SharedLine references;  // to it; one is that of each CPU that idles since it ran it
};

}  // namespace scheduling
