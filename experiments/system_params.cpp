// SPDX-License-Identifier: Apache-2.0
#include "experiments/system_params.h"

namespace experiments {

using memory::MemoryType;

SystemParams unoptimised() {
  return {.nic_mapping = MemoryType::kUncached,
          .message_mapping = MemoryType::kUncached,
          .decision_mapping = MemoryType::kUncached,
          .prestage = false};
}

SystemParams agent_wb() {
  SystemParams system = unoptimised();
  system.nic_mapping = MemoryType::kWriteBack;
  return system;
}

SystemParams host_ptes() {
  return {.prestage = false};
}

SystemParams prestaged() {
  return {};
}

SystemParams write_back() {
  SystemParams system = write_back_prestaged();
  system.prestage = false;
  return system;
}

SystemParams write_back_prestaged() {
  return {.message_mapping = MemoryType::kWriteBack, .decision_mapping = MemoryType::kWriteBack};
}

}  // namespace experiments
