// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/core/observer.h"
#include "models/memory/path.h"
#include "models/pcie/observer.h"
#include "workloads/rpc_calls.h"

namespace experiments {

/// Who is told what happens in a run; nobody where it is null.
struct Observers {
  core::Observer* cores = nullptr;
  memory::PathObserver* paths = nullptr;
  pcie::Observer* pcie = nullptr;
  workloads::CallObserver* calls = nullptr;
};

/// What a core of a server is for.
enum class CoreRole {
  kWorker,
  kAgent,
  kSecondAgent,
  kGenerator,
  kKeeper,
  kStack,
  kDaemon,
  kControlPlane
};

/// A core that a server is made of.
struct CorePlace {
  core::Core* core;
  CoreRole role;
  bool on_nic;
};

}  // namespace experiments
