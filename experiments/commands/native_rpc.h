// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "experiments/commands/native_load.h"
#include "native/rpc/run_rpc.h"

namespace commands {

struct NativeRpcOptions {
  native::RpcRunOptions rpc;
  NativeLoadOptions load;
  std::string budget;    // as text; empty: not said
  std::string patience;  // the same
  bool json = false;
  std::string out;
};

/// Serves real calls over this machine's loopback.
int native_rpc(const NativeRpcOptions& options);

}  // namespace commands
