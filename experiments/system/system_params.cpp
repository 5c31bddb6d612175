// SPDX-License-Identifier: Apache-2.0
#include "experiments/system/system_params.h"

namespace experiments {

using memory::MemoryType;

SystemParams unoptimised() {
  SystemParams system;
  system.nic_mapping = MemoryType::kUncached;
  system.message_mapping = MemoryType::kUncached;
  system.decision_mapping = MemoryType::kUncached;
  system.prestage = false;
  return system;
}

SystemParams agent_wb() {
  SystemParams system = unoptimised();
  system.nic_mapping = MemoryType::kWriteBack;
  return system;
}

SystemParams host_ptes() {
  SystemParams system;
  system.prestage = false;
  return system;
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
  SystemParams system;
  system.message_mapping = MemoryType::kWriteBack;
  system.decision_mapping = MemoryType::kWriteBack;
  return system;
}

}  // namespace experiments
