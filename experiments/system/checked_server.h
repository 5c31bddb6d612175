// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>
#include <stdexcept>

#include "experiments/system/server.h"

namespace experiments::bench {

/// A server of a test: whatever the test is about, what must hold at any instant holds at its end.
class CheckedServer : public Server {
 public:
  using Server::Server;
  ~CheckedServer() {
    try {
      check_invariants();
    } catch (const std::logic_error& broken) {
      ADD_FAILURE() << broken.what();
    }
  }
};

}  // namespace experiments::bench
